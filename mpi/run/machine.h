/** @file machine.h  What a rank may use of its node. */
#ifndef PSTM_MPI_RUN_MACHINE_H
#define PSTM_MPI_RUN_MACHINE_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef struct pstm_machine {
    int rank, n_ranks;
    int node_rank, n_node_ranks; /**< among the ranks that share this node's memory */
    int n_cores;                 /**< that this process may run on */
    int n_threads;               /**< compute threads of this rank */
    int64_t memory_bytes;        /**< budget of this rank, all it holds included */
    char host[64];
} pstm_machine;

/**
 * Finds the node's ranks, cores and memory. threads 0: the cores that the process may use, shared among the
 * node's ranks unless each is bound to cores of its own. memory_bytes 0: half of the node's memory (or of
 * the control group's limit) over its ranks. Collective over comm.
 */
void pstm_machine_find(MPI_Comm comm, int32_t threads, int64_t memory_bytes, pstm_machine *machine);

/** With more ranks than this, rank 0 only dispatches. */
enum { PSTM_RANKS_WITH_WORKING_RANK_0 = 16 };

/** Whether this rank migrates. Local. */
static inline bool pstm_machine_works(const pstm_machine *machine)
{
    return machine->rank != 0 || machine->n_ranks <= PSTM_RANKS_WITH_WORKING_RANK_0;
}

/** Bytes that this process holds in memory now (resident set); 0 where the system does not tell. Local. */
int64_t pstm_machine_resident_bytes(void);

/**
 * The `memory` in MiB to name to who has less than needed_bytes, of which what is resident now is a part:
 * more than that, since the next run's resident size differs by a little. Local.
 */
double pstm_machine_advised_mib(int64_t needed_bytes);

/** The most that this process ever held in memory (peak resident set); 0 where the system does not tell.
 * Local. */
int64_t pstm_machine_peak_bytes(void);

#endif
