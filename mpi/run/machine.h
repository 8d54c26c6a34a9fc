/** @file machine.h
 * What a rank may use: its place among the ranks, threads and memory of its node, and the worker slots that
 * its devices drive. Who makes it owns it; every rank has one. pstm_machine_find() finds all but the devices,
 * devices.h chooses those and fills the slots.
 */
#ifndef PSTM_MPI_RUN_MACHINE_H
#define PSTM_MPI_RUN_MACHINE_H

#include <mpi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "device/device.h"
#include "profile/profile.h"

/** What a worker computes with: a unit of a device, and some of the rank's threads. */
typedef struct pstm_worker_slot {
    const pstm_device_ops *device;
    int32_t unit;      /**< of the device */
    int32_t n_sharing; /**< slots of this rank that use the unit */
    int32_t n_threads; /**< >= 1 */
    char name[28];     /**< "cpu", "cuda:1": for reports */
    pthread_t warm_up; /**< where is_warming_up: the thread that gets the unit ready */
    bool is_warming_up;
} pstm_worker_slot;

typedef struct pstm_machine {
    MPI_Comm comm; /**< borrowed */
    int rank, n_ranks;
    int node_rank, n_node_ranks; /**< among the ranks that share this node's memory */
    int n_cores;                 /**< that this process may run on */
    int n_threads;               /**< compute threads of this rank */
    int64_t memory_bytes;        /**< budget of this rank, all it holds included */
    char host[64];

    /* By devices.h; all zero before. */
    const pstm_device_ops *device; /**< the one that is wanted; of several the fastest that is here */
    bool is_mixed;                 /**< several devices share the job (`devices: mixed`) */
    char device_names[64];         /**< for people */
    char numerics_id[96];          /**< the same on every rank */
    pstm_worker_slot slots[PSTM_RANK_WORKERS];
    int32_t n_slots;     /**< 0: this rank only dispatches */
    int32_t *n_slots_of; /**< [rank]; owned */
} pstm_machine;

/**
 * Finds the node's ranks, cores and memory. threads 0: the cores that the process may use, divided among the
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
