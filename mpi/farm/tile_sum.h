/** @file tile_sum.h
 * The sum of a group of tiles on a device: which leaves and traces it needs, the traces through the device,
 * the result. Belongs to a worker (worker.h): its thread calls all but create and destroy. All functions are
 * Local.
 */
#ifndef PSTM_MPI_FARM_TILE_SUM_H
#define PSTM_MPI_FARM_TILE_SUM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "mpi/farm/worker.h"
#include "survey/box.h"

enum { PSTM_PREPARED_TILES = 2 /**< one in work, and the next */ };

/** A group of tiles with all that is known before its sum: where it is and which leaves it needs. */
typedef struct pstm_prepared_tile {
    bool ready;
    pstm_work_item item;
    pstm_box box;
    double reach_m;
    double *x_m, *y_m;    /**< of the locations */
    pstm_columns columns; /**< of the locations */
    int64_t *leaves;
    int64_t n_leaves;
} pstm_prepared_tile;

typedef struct pstm_tile_sum pstm_tile_sum;

/** Makes all but the device; plan is borrowed. Errors as of pstm_worker_create(). */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_create(const pstm_worker_plan *plan, pstm_tile_sum **out);

/** Frees the traces that are in memory while no tile is prepared; the next one's are read again. */
void pstm_tile_sum_drop_traces(pstm_tile_sum *sum);

/** Frees what is large, traces and device, in the thread that used it. Nothing but destroy comes after. */
void pstm_tile_sum_stop(pstm_tile_sum *sum);

/** Adds what the device has measured and the statistics to those of the plan, and frees all; NULL-safe. */
void pstm_tile_sum_destroy(pstm_tile_sum **sum);

/** Makes the device, in the thread that will use it. */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_start(pstm_tile_sum *sum);

/** One of the PSTM_PREPARED_TILES; owned by the sum. */
pstm_prepared_tile *pstm_tile_sum_prepared(pstm_tile_sum *sum, int which);

/** Finds out what the group with this first tile needs, and has its leaves read ahead. */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_prepare(pstm_tile_sum *sum, pstm_prepared_tile *prepared,
                                                  int64_t tile_number, pstm_group_size size);

/** Begins the sum of a prepared group on the device. */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_begin(pstm_tile_sum *sum, const pstm_prepared_tile *prepared);

/** Adds the traces of the group's leaf i; all of them, in order. Waits for them to be read. */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_add_leaf(pstm_tile_sum *sum, const pstm_prepared_tile *prepared,
                                                   int64_t i);

/** Fills in the values of the result. PSTM_SYSTEM when they are no numbers: the device is broken. */
PSTM_MUST_CHECK pstm_status pstm_tile_sum_finish(pstm_tile_sum *sum, const pstm_prepared_tile *prepared,
                                                 pstm_tile_result *result);

/** What the device has measured of itself so far; all zero if it measures nothing. */
pstm_device_times pstm_tile_sum_measured(const pstm_tile_sum *sum);

#endif
