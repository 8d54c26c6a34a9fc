/** @file run.h  A job from its input files to its finished cube, on all ranks. */
#ifndef PSTM_MPI_RUN_H
#define PSTM_MPI_RUN_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "job/job.h"

typedef struct pstm_run_options {
    bool overwrite;      /**< replace a cube that stands, whatever image it is of */
    bool quiet;          /**< no progress lines */
    int32_t shard;       /**< migrate only this shard of n_shards (pstm_target_shard()) */
    int32_t n_shards;    /**< 0: the whole target */
    double max_s;        /**< end in good order within this time; 0: no limit but Slurm's */
    const char *version; /**< of the program, for the record */
    const char *commit;
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
