/** @file agree.h
 * Collective agreement on errors, at the ends of phases. All ranks leave with one status and one text.
 */
#ifndef PSTM_MPI_AGREE_H
#define PSTM_MPI_AGREE_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"

/**
 * Every rank passes its status (and has its error text set if it failed); every rank returns the status of
 * the lowest failing rank, with that rank's text, led by "rank N: " when there are several ranks.
 * Collective over comm.
 */
PSTM_MUST_CHECK pstm_status pstm_agree(MPI_Comm comm, pstm_status status);

/** Copies rank 0's n bytes into `bytes` of every rank; n may pass 2^31. Collective over comm. */
void pstm_broadcast_bytes(MPI_Comm comm, void *bytes, int64_t n);

/**
 * Brings n elements of element_bytes each from every rank to rank 0. There `elements` has room for those of
 * all ranks and begins with rank 0's own n; the others' follow in order of rank. Elsewhere they are only
 * read. PSTM_DATA when all together are more than 2^31 - 1. Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_gather_elements(MPI_Comm comm, void *elements, int64_t n,
                                                 size_t element_bytes);

/** Sums each of values[n] over the ranks, everywhere. Collective over comm. */
void pstm_sum_over_ranks(MPI_Comm comm, int64_t *values, int n);

#endif
