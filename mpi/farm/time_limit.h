/** @file time_limit.h
 * When a run must have ended: by `--max-hours`, and by Slurm's time limit of the job (SLURM_JOB_END_TIME).
 *
 *       no new tiles             give up what is not done       end
 *   ---------|---------------------------------|-----------------|
 *            |<-- 1.5 x the longest tile ----->|<--- closing --->|
 *
 * So a run ends in good order, with exit code 75, before the batch system kills it. All functions are Local.
 */
#ifndef PSTM_MPI_FARM_TIME_LIMIT_H
#define PSTM_MPI_FARM_TIME_LIMIT_H

#include <stdbool.h>

typedef struct pstm_time_limit {
    double end_s;     /**< of pstm_now_s(); INFINITY: no limit */
    double closing_s; /**< to close the cube and to write the reports */
} pstm_time_limit;

/**
 * The earlier of started_s + max_s (0: none) and Slurm's end of the job. The closing takes a minute, or a
 * twentieth of the time that is given if that is less. An end of the job that has passed already (an
 * environment that outlived its job) is warned of and ignored. Reads the wall clock and the environment.
 */
pstm_time_limit pstm_time_limit_find(double started_s, double max_s);

/** Whether a tile that begins now may not be done in time. longest_tile_s: from handing one out to its
 * record. */
bool pstm_time_limit_is_near(const pstm_time_limit *limit, double longest_tile_s);

/** Whether it is time to close, done or not. */
bool pstm_time_limit_is_over(const pstm_time_limit *limit);

#endif
