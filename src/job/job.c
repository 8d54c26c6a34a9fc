#include "job/job.h"

#include "survey/bins.h"

pstm_law pstm_job_law(const pstm_job *job)
{
    return job->traveltime == PSTM_TRAVELTIME_VTI ? PSTM_LAW_CURVED : (pstm_law)job->traveltime;
}

bool pstm_job_writes_gathers(const pstm_job *job)
{
    const pstm_switch gathers = job->output.gathers;
    return gathers == PSTM_ON || (gathers == PSTM_AUTO && pstm_bins_n_classes(&job->bins) > 1);
}
