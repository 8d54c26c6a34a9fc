/** @file tile_result.h
 * What a work item gives: the values that are written to the cube, and the record of what they cost. All
 * functions are Local.
 */
#ifndef PSTM_MPI_FARM_TILE_RESULT_H
#define PSTM_MPI_FARM_TILE_RESULT_H

#include <stdint.h>

#include "core/status.h"
#include "device/accumulators.h"
#include "plan/work_item.h"
#include "profile/profile.h"

/** Sizes of results; items of fewer locations use the front of the arrays. */
typedef struct pstm_tile_shape {
    int64_t n_locations; /**< of the largest item */
    int32_t n_classes;
    int32_t n_times;                /**< of the whole time axis; samples outside the item's windows are 0 */
    pstm_accumulators accumulators; /**< of the gathers */
} pstm_tile_shape;

/** location = (i - i_begin) * (j_end - j_begin) + (j - j_begin) in the item's tile. */
typedef struct pstm_tile_result {
    pstm_work_item item;
    pstm_sums gather; /**< [location][class][k] as the device gave them; of the shape's accumulators */
    float *stack;     /**< [location][k] over all classes, as io/cube/cube.h says */
    uint32_t *fold;   /**< [location][k] over all classes */
    pstm_tile_record record;
} pstm_tile_result;

/** Bytes of the values of a result. */
int64_t pstm_tile_result_bytes(const pstm_tile_shape *shape);

/** Makes the arrays of *result, which owns them; pstm_tile_result_clear() frees them, after a failure too. */
PSTM_MUST_CHECK pstm_status pstm_tile_result_create(const pstm_tile_shape *shape, pstm_tile_result *result);

/** Frees the arrays; safe on all zero. */
void pstm_tile_result_clear(pstm_tile_result *result);

#endif
