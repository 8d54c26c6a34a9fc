/** @file velocity.h
 * The velocity model of a run: read by every rank, and the same on all.
 */
#ifndef PSTM_MPI_RUN_VELOCITY_H
#define PSTM_MPI_RUN_VELOCITY_H

#include <mpi.h>

#include "core/status.h"
#include "io/digest.h"
#include "survey/grid.h"
#include "velocity/model.h"

/**
 * Makes the model that the options ask for, and compares what the ranks have read by its key. *out is the
 * caller's (pstm_velocity_destroy). PSTM_USAGE when a rank cannot read the file, PSTM_DATA when it is no
 * velocity text or not that of rank 0. Collective over comm; on failure no rank has a model.
 */
PSTM_MUST_CHECK pstm_status pstm_run_velocity(MPI_Comm comm, const pstm_velocity_options *options,
                                              pstm_velocity **out, char key[PSTM_KEY_CHARS]);

/**
 * Notes how columns on the grid depart from what the model says, a line, and appends it to *about; nothing
 * for a constant. Errors as of pstm_velocity_departures(). Local; rank 0 does it.
 */
PSTM_MUST_CHECK pstm_status pstm_run_tell_columns(const pstm_velocity *velocity, const pstm_grid *grid,
                                                  pstm_text *about);

#endif
