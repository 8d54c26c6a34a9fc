/** @file apart.h  Files of one survey that lie far from each other. Collective over comm. */
#ifndef PSTM_MPI_SURVEY_APART_H
#define PSTM_MPI_SURVEY_APART_H

#include <mpi.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "mpi/survey/inputs.h"
#include "survey/trace.h"

/**
 * Doubts the coordinates of a file that lies outside the others and would lie with them if x and y were
 * swapped or its numbers multiplied; and that files belong to one survey when a gap on one axis parts the
 * usable midpoints of some from those of the others, of PSTM_FILES_APART_M, or ten times the size of each
 * side. Each rank passes the traces that it has read. The doubts are the same on every rank. Memory: 120
 * bytes a file. Agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_doubt_files_apart(MPI_Comm comm, const pstm_inputs *inputs,
                                                   const pstm_trace *traces, int64_t n, pstm_doubts *doubts);

/** No survey that is migrated as one has a gap like that; coordinates of two zones or projections have. */
#define PSTM_FILES_APART_M 100e3

#endif
