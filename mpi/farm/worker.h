/** @file worker.h
 * A compute thread of a rank, one of several where a rank drives several devices: takes work items, borrows
 * their leaves of traces from the store for its tile operator (tile_operator.h) and hands finished results
 * back. It does no MPI and no HDF5.
 *
 * The main thread gives items and takes results; both never wait. The next item's leaves are asked for
 * while the present one is computed. Everything in the plan is borrowed until the worker is destroyed.
 * All functions are Local and are called by the main thread.
 */
#ifndef PSTM_MPI_FARM_WORKER_H
#define PSTM_MPI_FARM_WORKER_H

#include <stdint.h>

#include "core/status.h"
#include "io/store/store.h"
#include "mpi/farm/tile_operator.h"
#include "mpi/farm/tile_result.h"
#include "plan/scheduler.h"
#include "plan/work_item.h"
#include "profile/profile.h"

enum {
    PSTM_WORKER_ITEMS = PSTM_SCHEDULE_HOLD, /**< items a worker can hold: one in work, the others waiting */
    PSTM_WORKER_RESULTS = 2, /**< results it can hold: one being written while the next is made */
};

/** What a worker works with. */
typedef struct pstm_worker_plan {
    const pstm_tile_operator *op;
    const pstm_operator_context *context; /**< of the operator */
    const pstm_store *store;              /**< with the leaves that the operator names */
    pstm_tile_shape shape;                /**< of the results; no item has more locations */
    int64_t memory_bytes;                 /**< for all that the worker holds */
    int32_t rank;                         /**< for the tile records */
    int32_t worker;                       /**< of the rank's workers, from 0; [0, PSTM_RANK_WORKERS) */
    const char *name;                     /**< of what it computes with, for the tile records */
    pstm_rank_profile *profile;           /**< NULL: none; the worker writes its own lanes only */
} pstm_worker_plan;

typedef struct pstm_worker pstm_worker;

/** Bytes a worker needs beside its leaves: those of its operator, and its results. Looks at op, context and
 * shape of the plan alone. */
int64_t pstm_worker_fixed_bytes(const pstm_worker_plan *plan);

/** Starts the thread, which makes and frees what is large. PSTM_USAGE with the remedy when memory_bytes is
 * too small. */
PSTM_MUST_CHECK pstm_status pstm_worker_create(const pstm_worker_plan *plan, pstm_worker **out);

/** Waits until the thread has started its operator and made its results, and returns the error if it could
 * not: so several workers make theirs at the same time. */
PSTM_MUST_CHECK pstm_status pstm_worker_await(pstm_worker *worker);

/** Says that the thread hangs: destroying the worker shall not wait for it. */
void pstm_worker_give_up(pstm_worker *worker);

/** Says that there is probably no item left for it: the thread frees its leaves, beside the writing and
 * syncing of its results. An item may still come. */
void pstm_worker_rest(pstm_worker *worker);

/** Tells the thread to stop and free its operator's memory, leaves and results, and does not wait for it;
 * NULL-safe. */
void pstm_worker_stop(pstm_worker *worker);

/**
 * Stops the thread, between two leaves if it is in an item, and frees all; NULL-safe. A thread that does not
 * stop within patience_s hangs: it is left alone with all that it may touch, and the process must end soon.
 */
void pstm_worker_destroy(pstm_worker **worker, double patience_s);

/** Gives it an item (copied); at most PSTM_WORKER_ITEMS may be without a result. */
PSTM_MUST_CHECK pstm_status pstm_worker_give(pstm_worker *worker, const pstm_work_item *item);

/** *result = that of the next finished item, or NULL. An error of the thread comes out here, behind its
 * results. */
PSTM_MUST_CHECK pstm_status pstm_worker_take(pstm_worker *worker, pstm_tile_result **result);

/** A count that grows while the thread computes. */
int64_t pstm_worker_progress(pstm_worker *worker);

/** The number of the item that the thread has in work or has failed at; -1: none. */
int64_t pstm_worker_tile_in_work(pstm_worker *worker);

/** Gives a result back, so that its memory is used for the next item. */
void pstm_worker_give_back(pstm_worker *worker, pstm_tile_result *result);

#endif
