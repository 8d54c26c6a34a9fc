/** @file target.h
 * The part of the image that a run migrates: tiles, of them whole or some lines, and windows of output
 * samples. Local.
 */
#ifndef PSTM_PLAN_TARGET_H
#define PSTM_PLAN_TARGET_H

#include <stdint.h>

#include "core/status.h"
#include "plan/lines.h"
#include "plan/target_options.h"
#include "plan/tiles.h"
#include "plan/work_item.h"

typedef struct pstm_target {
    int64_t n_tiles;      /**< >= 1 */
    int64_t *tiles;       /**< [n_tiles] ascending tile numbers */
    pstm_lines lines;     /**< what is wanted of each tile (pstm_lines_part()) */
    pstm_windows windows; /**< of output samples */
} pstm_target;

/**
 * The tiles that satisfy everything that `target:` sets, whole even where only a part of a tile is asked for,
 * but for lines:
 *   tiles       among these numbers and ranges "12-20"
 *   inlines, crosslines   hold a node whose label is in the closed range
 *   x_m, y_m    the tile's bins (its nodes and half a step around) touch the rectangle
 *   lines       hold a node of one of these lines, "inline 120" or "crossline 80"; the lines are wanted alone
 * and one window of the output samples whose time is in the closed range time_s. Nothing set: everything.
 * PSTM_USAGE, naming the key and the valid range, for a tile or line outside the grid, a text that cannot
 * be read, or when nothing is selected. *out is owned by the caller (pstm_target_destroy).
 */
PSTM_MUST_CHECK pstm_status pstm_target_select(const pstm_target_options *options, const pstm_grid *grid,
                                               const pstm_tiling *tiling, pstm_target **out);

/**
 * Keeps shard `shard` of `n_shards` (1 <= shard <= n_shards) of the target's tiles. Of each n_shards tiles in
 * a row every shard gets one, at a place that changes from row to row, so that none gets a stripe of the
 * image. The split depends on the target and n_shards alone: shards of equal n_shards are disjoint and make
 * up the whole. PSTM_USAGE, with the most shards that can be, if no tile is left for this one; the target is
 * then unchanged.
 */
PSTM_MUST_CHECK pstm_status pstm_target_shard(pstm_target *target, int32_t shard, int32_t n_shards);

/** The smallest block of nodes round all tiles of the target; its number is 0. */
pstm_tile pstm_target_area(const pstm_target *target, const pstm_tiling *tiling);

/** Frees *target and sets it to NULL; NULL-safe. */
void pstm_target_destroy(pstm_target **target);

#endif
