/** @file run.h  A job from its input files to its finished cube, on all ranks. */
#ifndef PSTM_MPI_RUN_RUN_H
#define PSTM_MPI_RUN_RUN_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "job/job.h"
#include "profile/profile.h"

/** What a run took and did, for those who compare runs; needs output.profile. */
typedef struct pstm_run_measured {
    double busy_s;      /**< of a rank's compute thread, all but waiting for tiles and traces; the largest of
                             all ranks */
    double processor_s; /**< that all threads of all ranks spent while tiles were migrated */
    double sum_s;       /**< the part of it that the device summed, likewise */
    int64_t counts[PSTM_COUNTERS];       /**< over all ranks */
    double operation_s[PSTM_OPERATIONS]; /**< processor seconds over all ranks; of the device `stopwatch` */
    int64_t n_locations;                 /**< migrated by this run */
    int64_t n_traces;                    /**< usable ones of the survey */
    int32_t n_times;                     /**< wanted output samples */
    int32_t n_ranks, n_threads;          /**< threads of rank 0 */
    char numerics_id[96];
} pstm_run_measured;

typedef struct pstm_run_options {
    bool overwrite;      /**< replace a cube that stands, whatever image it is of */
    bool quiet;          /**< no progress lines */
    int32_t shard;       /**< migrate only this shard of n_shards (pstm_target_shard()) */
    int32_t n_shards;    /**< 0: the whole target */
    double max_s;        /**< end in good order within this time; 0: no limit but Slurm's */
    const char *version; /**< of the program, for the record */
    const char *commit;
    pstm_run_measured *measured; /**< filled in on rank 0 if there was work; NULL: not wanted */
} pstm_run_options;

/**
 * Migrates the job; goes on where an earlier run of the same image stopped. Leaves beside the cube: the
 * journal, the list of dropped traces, progress, and with output.profile the profile (JSON and CSV).
 * Rank 0 says on standard error what happens. PSTM_STOPPED when a signal or the time limit
 * (time_limit.h) ended it in good order; PSTM_SYSTEM when the time limit did before anything was achieved, as
 * a job that requeues itself would then go on for ever.
 * Collective over comm: every rank returns the same status with the same text.
 */
PSTM_MUST_CHECK pstm_status pstm_run(MPI_Comm comm, const pstm_job *job, const pstm_run_options *options);

#endif
