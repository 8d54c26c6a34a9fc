#include "mpi/farm/time_limit.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"

static const double CLOSING_MOST_S = 60, CLOSING_SHARE = 0.05, TILE_MARGIN = 1.5;

/* Seconds until Slurm ends the job; INFINITY outside a job. */
static double slurm_left_s(void)
{
    const char *text = getenv("SLURM_JOB_END_TIME");
    if (text == NULL || *text == '\0') return INFINITY;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const double left_s = strtod(text, NULL) - (double)now.tv_sec - 1e-9 * (double)now.tv_nsec;
    if (left_s > 0) return left_s;
    pstm_warn("SLURM_JOB_END_TIME is %.0f s ago; it is of another job and is ignored", -left_s);
    return INFINITY;
}

pstm_time_limit pstm_time_limit_find(double started_s, double max_s)
{
    const double now_s = pstm_now_s();
    double end_s = now_s + slurm_left_s();
    if (max_s > 0) end_s = fmin(end_s, started_s + max_s);
    return (pstm_time_limit){.end_s = end_s,
                             .closing_s = fmin(CLOSING_MOST_S, CLOSING_SHARE * (end_s - started_s))};
}

bool pstm_time_limit_is_near(const pstm_time_limit *limit, double longest_tile_s)
{
    return pstm_now_s() + TILE_MARGIN * longest_tile_s >= limit->end_s - limit->closing_s;
}

bool pstm_time_limit_is_over(const pstm_time_limit *limit)
{
    return pstm_now_s() >= limit->end_s - limit->closing_s;
}
