/** @file node_test.h
 * What the ranks of a job have of their nodes: cores, binding, memory bandwidth, and whether the threads of
 * all ranks at once compute as fast as one alone.
 */
#ifndef PSTM_QC_NODE_TEST_H
#define PSTM_QC_NODE_TEST_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "mpi/run/machine.h"

/** One rank. Plain bytes: they cross MPI. */
typedef struct pstm_rank_summary {
    pstm_machine machine;
    int32_t n_online;        /**< cores of the node */
    int32_t n_shared_cores;  /**< of its own that another rank of the node may run on too */
    char cores[64];          /**< it may run on: "0-3,8" */
    double copy_bytes_per_s; /**< read and written by its threads, while all ranks copy */
    double work_of; /**< so many undisturbed threads do what its own do while all work; at most n_threads */
} pstm_rank_summary;

/**
 * Measures for a second or two. threads 0: as pstm_machine_find(). *summaries: [n_ranks] on rank 0, owned
 * by the caller (PSTM_FREE); NULL elsewhere. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_node_test(MPI_Comm comm, int32_t threads, pstm_rank_summary **summaries);

#endif
