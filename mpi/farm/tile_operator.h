/** @file tile_operator.h
 * The promise of a tile operator: what turns the traces of a work item into its result. A worker (worker.h)
 * knows an operator by this table alone: it takes items, borrows the leaves of traces that the operator names
 * and hands results back. Migration by a device is the operator `sum` (op_sum.c).
 *
 *   main thread    create                                                                      destroy
 *   worker thread         start  prepare(0) begin(0) add ... prepare(1) ... finish  begin(1) ... stop
 *
 * An item has one of PSTM_OPERATOR_PLACES places from its preparation to its finish. The next item is
 * prepared in the other place while the present one is added up, so that its leaves are read meanwhile. An
 * item may be left off after any add: then stop comes.
 *
 * Bits: the result must be a pure function of the item, of the leaves' traces in order and of the context;
 * how the leaves are cut into calls of add, and which items came before, change no bit.
 *
 * All functions are Local.
 */
#ifndef PSTM_MPI_FARM_TILE_OPERATOR_H
#define PSTM_MPI_FARM_TILE_OPERATOR_H

#include <stdint.h>

#include "core/status.h"
#include "device/device_times.h"
#include "io/store/leaf_cache.h"
#include "mpi/farm/tile_result.h"
#include "plan/operator_list.h"
#include "plan/work_item.h"
#include "profile/profile.h"

enum { PSTM_OPERATOR_PLACES = 2 /**< one item in work, and the next */ };

/** What a run gives to its operators (operator_context.h). */
typedef struct pstm_operator_context pstm_operator_context;

/** An operator; its name and help are in the list of operators. `place` is [0, PSTM_OPERATOR_PLACES). */
typedef struct pstm_tile_operator {
    /** Bytes that one of them takes, for items of at most n_locations, beside leaves and results. Asked
     * before the context has a tree. */
    int64_t (*fixed_bytes)(const pstm_operator_context *context, int64_t n_locations);

    /**
     * Makes an operator for items of at most n_locations; context and lane (of the worker; NULL: none) are
     * borrowed until it is destroyed. *self is the caller's, for destroy. Main thread.
     */
    pstm_status (*create)(const pstm_operator_context *context, int64_t n_locations, pstm_lane *lane,
                          void **self);

    /** Frees *self and sets it to NULL; NULL-safe. Adds what was measured to the context's. Main thread, when
     * the other one has ended. */
    void (*destroy)(void **self);

    /** Makes what is large, and what belongs to one thread. */
    pstm_status (*start)(void *self);

    /** Frees that; also where start has failed or was never called. */
    void (*stop)(void *self);

    /**
     * Finds out which leaves of the store the item needs: *n_leaves numbers, ascending, into leaves, which
     * has room for all of the store.
     */
    pstm_status (*prepare)(void *self, int place, const pstm_work_item *item, int64_t *leaves,
                           int64_t *n_leaves);

    /** Begins the item prepared in this place. */
    pstm_status (*begin)(void *self, int place);

    /** Adds the next n >= 1 leaves of the item; each leaf once, in the order of prepare. Views are borrowed
     * for the call. */
    pstm_status (*add)(void *self, const pstm_leaf_view *views, int64_t n);

    /** Fills in the values of the result (not its record), all leaves being added. PSTM_SYSTEM when they
     * cannot be right: the worker is then left out, and others do its items. */
    pstm_status (*finish)(void *self, pstm_tile_result *result);

    /** Adds what it has measured of itself up to the last finish. NULL: it measures nothing. */
    void (*measured)(const void *self, pstm_device_times *times);
} pstm_tile_operator;

#define PSTM_OPERATOR_ENTRY(word, NAME, help) extern const pstm_tile_operator pstm_op_##word;
PSTM_OPERATOR_LIST(PSTM_OPERATOR_ENTRY)
#undef PSTM_OPERATOR_ENTRY

/** An operator of the list. */
const pstm_tile_operator *pstm_tile_operator_get(pstm_operator which);

#endif
