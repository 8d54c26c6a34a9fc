/** @file partition.h
 * Equal partitions: of n things rank r of n_ranks has those from pstm_partition_first(n, r, n_ranks) up to
 * that of rank r + 1. Local. n * n_ranks must stay below 2^63.
 */
#ifndef PSTM_MPI_COMM_PARTITION_H
#define PSTM_MPI_COMM_PARTITION_H

#include <stdint.h>

/** The first thing of a rank; n for rank n_ranks. */
static inline int64_t pstm_partition_first(int64_t n, int rank, int n_ranks)
{
    return n * rank / n_ranks;
}

/** The rank that has thing i of n > i. */
static inline int pstm_partition_owner(int64_t n, int64_t i, int n_ranks)
{
    return (int)(((i + 1) * n_ranks - 1) / n);
}

#endif
