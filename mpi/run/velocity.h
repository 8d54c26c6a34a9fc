/** @file velocity.h
 * The velocity models of a run: the same on all ranks. Every rank reads a text; rank 0 reads a cube for all.
 */
#ifndef PSTM_MPI_RUN_VELOCITY_H
#define PSTM_MPI_RUN_VELOCITY_H

#include <mpi.h>

#include "core/status.h"
#include "io/digest.h"
#include "job/job.h"
#include "survey/grid.h"
#include "velocity/model.h"

/** A model and the key of its digest. */
typedef struct pstm_run_velocity {
    pstm_velocity *model;
    char key[PSTM_KEY_CHARS];
} pstm_run_velocity;

/**
 * Makes the models that n_jobs jobs ask for, and compares what the ranks have read by their keys. Rank 0
 * reads a cube to a file beside the job's own, one for all jobs that read it alike; all ranks open it, and
 * then it has no name any more. out[n_jobs] are the caller's (pstm_velocity_destroy), also on failure.
 * PSTM_USAGE when a rank cannot read a file, PSTM_DATA when it is no velocity file or not that of rank 0.
 * Collective over comm.
 */
PSTM_MUST_CHECK pstm_status pstm_run_velocities(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                                                pstm_run_velocity *out);

/**
 * Notes how columns with these fields on the grid depart from what the model says, a line, and appends it to
 * *about; nothing for a constant. Errors as of pstm_velocity_departures(). Local; rank 0 does it.
 */
PSTM_MUST_CHECK pstm_status pstm_run_tell_columns(const pstm_velocity *velocity, const pstm_grid *grid,
                                                  pstm_fields fields, pstm_text *about);

#endif
