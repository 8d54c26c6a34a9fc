/** @file worker.h
 * A compute thread of a rank, one of several where a rank drives several devices: takes tile numbers, streams
 * the traces of each tile through the device and hands finished tiles back. It does no MPI and no HDF5.
 *
 * The main thread gives tiles and takes results; both never wait. The next tile's traces are asked for
 * while the present one is summed. Everything in the plan is borrowed until the worker is destroyed.
 * All functions are Local and are called by the main thread.
 */
#ifndef PSTM_MPI_FARM_WORKER_H
#define PSTM_MPI_FARM_WORKER_H

#include <stdint.h>

#include "core/status.h"
#include "device/device.h"
#include "io/store/store.h"
#include "plan/cost.h"
#include "plan/scheduler.h"
#include "plan/work_item.h"
#include "profile/aperture_stats.h"
#include "profile/profile.h"
#include "survey/bins.h"
#include "survey/kdtree.h"
#include "velocity/velocity.h"

enum {
    PSTM_WORKER_TILES = PSTM_SCHEDULE_HOLD, /**< tiles a worker can hold: one in work, the others waiting */
    PSTM_WORKER_RESULTS = 2, /**< results it can hold: one being written while the next is made */
};

/** What a worker works with. */
typedef struct pstm_worker_plan {
    const pstm_grid *grid;
    const pstm_tiling *tiling;
    const pstm_windows *windows; /**< of every item */
    pstm_group_size group;       /**< the largest group of tiles that it may be given */
    const pstm_bins *bins;
    const pstm_aperture *aperture;
    const pstm_kdtree *tree;
    const pstm_velocity *velocity;
    const pstm_store *store;
    const pstm_device_ops *device;
    const pstm_device_plan *device_plan;
    bool trace_prefilter;       /**< off: a tile gets all traces */
    bool spatial_index;         /**< off: the prefilter looks at every trace, not at the tree */
    bool batch;                 /**< off: the device gets one trace at a time */
    int64_t memory_bytes;       /**< for all that the worker holds */
    int32_t rank;               /**< for the tile records */
    int32_t worker;             /**< of the rank's workers, from 0; [0, PSTM_RANK_WORKERS) */
    const char *device_name;    /**< for the tile records */
    pstm_rank_profile *profile; /**< NULL: none; the worker writes its own lanes only */
    pstm_aperture_stats *stats; /**< NULL: none; gets the worker's when that is destroyed */
} pstm_worker_plan;

/** A migrated item; location = (i - i_begin) * (j_end - j_begin) + (j - j_begin) in its tile. */
typedef struct pstm_tile_result {
    pstm_work_item item;
    float *gather;         /**< [location][class][k] raw sums */
    uint32_t *gather_fold; /**< [location][class][k] */
    float *stack;          /**< [location][k] sum over classes / max(fold, 1) */
    uint32_t *fold;        /**< [location][k] over all classes */
    pstm_tile_record record;
} pstm_tile_result;

typedef struct pstm_worker pstm_worker;

/** Bytes a worker needs beside its traces: device sums, results, velocity columns. */
int64_t pstm_worker_fixed_bytes(const pstm_worker_plan *plan);

/** Starts the thread, which makes and frees what is large. PSTM_USAGE with the remedy when memory_bytes is
 * too small. */
PSTM_MUST_CHECK pstm_status pstm_worker_create(const pstm_worker_plan *plan, pstm_worker **out);

/** Waits until the thread has made its device and buffers, and returns the error if it could not: so several
 * workers make theirs at the same time. */
PSTM_MUST_CHECK pstm_status pstm_worker_await(pstm_worker *worker);

/** Says that the thread hangs: destroying the worker shall not wait for it. */
void pstm_worker_give_up(pstm_worker *worker);

/** Says that there is probably no tile left for it: the thread frees its traces, beside the writing and
 * syncing of its results. A tile may still come. */
void pstm_worker_rest(pstm_worker *worker);

/** Tells the thread to stop and free its device, traces and results, and does not wait for it; NULL-safe. */
void pstm_worker_stop(pstm_worker *worker);

/**
 * Stops the thread, between two leaves if it is in a tile, and frees all; NULL-safe. A thread that does not
 * stop within patience_s hangs: it is left alone with all that it may touch, and the process must end soon.
 */
void pstm_worker_destroy(pstm_worker **worker, double patience_s);

/** Gives it the group of tiles whose first has this number; at most PSTM_WORKER_TILES may be without a
 * result. */
PSTM_MUST_CHECK pstm_status pstm_worker_give(pstm_worker *worker, int64_t tile_number, pstm_group_size size);

/** *result = the next finished tile, or NULL. An error of the thread comes out here, behind its results. */
PSTM_MUST_CHECK pstm_status pstm_worker_take(pstm_worker *worker, pstm_tile_result **result);

/** A count that grows while the thread computes. */
int64_t pstm_worker_progress(pstm_worker *worker);

/** The tile that the thread has in work or has failed at; -1: none. */
int64_t pstm_worker_tile_in_work(pstm_worker *worker);

/** Gives a result back, so that its memory serves the next tile. */
void pstm_worker_give_back(pstm_worker *worker, pstm_tile_result *result);

#endif
