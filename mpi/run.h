/** @file run.h  A job from its input files to its finished cube, on all ranks. */
#ifndef PSTM_MPI_RUN_H
#define PSTM_MPI_RUN_H

#include <mpi.h>
#include <stdbool.h>

#include "core/status.h"
#include "job/job.h"

typedef struct pstm_run_options {
    bool overwrite;      /**< replace a cube that stands, whatever image it is of */
    bool quiet;          /**< no progress lines */
    const char *version; /**< of the program, for the record */
    const char *commit;
} pstm_run_options;

/**
 * Migrates the job; goes on where an earlier run of the same image stopped. Leaves beside the cube: the
 * journal, the list of dropped traces, progress, and with output.profile the profile (JSON and CSV).
 * Rank 0 says on standard error what happens. PSTM_STOPPED when a signal ended it in good order.
 * Collective over comm: every rank returns the same status with the same text.
 */
PSTM_MUST_CHECK pstm_status pstm_run(MPI_Comm comm, const pstm_job *job, const pstm_run_options *options);

#endif
