/** @file first_trace.h  A trace that one rank has found, for a message of all. */
#ifndef PSTM_MPI_SURVEY_FIRST_TRACE_H
#define PSTM_MPI_SURVEY_FIRST_TRACE_H

#include <mpi.h>
#include <stdint.h>

#include "survey/trace.h"

/**
 * The first trace that the lowest rank with one has found, on every rank; traces[n] of each rank, first: an
 * index of them, or n where it has found none. All zero where no rank has. Collective.
 */
pstm_trace pstm_first_trace_of_ranks(MPI_Comm comm, const pstm_trace *traces, int64_t n, int64_t first);

#endif
