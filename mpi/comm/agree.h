/** @file agree.h
 * Collective agreement on errors, at the ends of phases. All ranks leave with one status and one text.
 */
#ifndef PSTM_MPI_COMM_AGREE_H
#define PSTM_MPI_COMM_AGREE_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"

/**
 * Every rank passes its status (and has its error text set if it failed); every rank returns the status of
 * the lowest failing rank, with that rank's text, led by "rank N: " when there are several ranks.
 * Collective over comm.
 */
PSTM_MUST_CHECK pstm_status pstm_agree(MPI_Comm comm, pstm_status status);

/** Sums each of values[n] over the ranks, everywhere. Collective over comm. */
void pstm_sum_over_ranks(MPI_Comm comm, int64_t *values, int n);

#endif
