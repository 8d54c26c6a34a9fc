/** @file exchange.h
 * Arrays of any length between the ranks. MPI 3 counts in int: what is longer travels in pieces of a few MiB,
 * so that MPI needs no memory for the whole either. Collective over comm.
 */
#ifndef PSTM_MPI_COMM_EXCHANGE_H
#define PSTM_MPI_COMM_EXCHANGE_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"

/** Copies rank 0's n bytes into `bytes` of every rank. */
void pstm_broadcast_bytes(MPI_Comm comm, void *bytes, int64_t n);

/**
 * Brings n elements of element_bytes each from every rank to rank 0. There `elements` has room for
 * those of all ranks and begins with rank 0's own n; the others' follow in order of rank. Elsewhere they are
 * only read.
 */
void pstm_gather_elements(MPI_Comm comm, void *elements, int64_t n, size_t element_bytes);

/**
 * Sends elements [first[r], first[r + 1]) to each rank r; first: [n_ranks + 1]; `elements` is only read, and
 * may be NULL if there is none. *received is owned by the caller (pstm_free) and holds *n_received elements:
 * what each rank has sent here, in order of rank. Memory: what is received, and 16 bytes a rank. Agrees on
 * errors.
 */
PSTM_MUST_CHECK pstm_status pstm_exchange_elements(MPI_Comm comm, void *elements, const int64_t *first,
                                                   size_t element_bytes, void **received,
                                                   int64_t *n_received);

#endif
