#include "mpi/comm/first_failure.h"

#include <stdio.h>

void pstm_first_failure_clear(pstm_first_failure *failure)
{
    failure->status = PSTM_OK;
    atomic_store(&failure->place, INT64_MAX);
}

bool pstm_first_failure_is_before(const pstm_first_failure *failure, int64_t place)
{
    return atomic_load(&failure->place) < place;
}

void pstm_first_failure_keep(pstm_first_failure *failure, int64_t place, pstm_status status)
{
#pragma omp critical(pstm_first_failure)
    if (place < atomic_load(&failure->place)) {
        failure->status = status;
        snprintf(failure->text, sizeof failure->text, "%s", pstm_error_text());
        atomic_store(&failure->place, place);
    }
}

pstm_status pstm_first_failure_raise(const pstm_first_failure *failure)
{
    return failure->status == PSTM_OK ? PSTM_OK : pstm_fail(failure->status, "%s", failure->text);
}
