/** @file work_item.h
 * A work item: what is computed and written in one piece, the wanted nodes of a tile or of a group of tiles
 * (plan/groups.h) with the output samples that are wanted of them. The nodes are a rectangle: the whole tile,
 * or a part of it where lines alone are wanted (docs/decisions/0018-parts-of-tiles.md).
 *
 * Prediction of its cost, the reach with which its traces are found, its sum and its result are functions of
 * the item. The scheduler knows it by the number of its first tile (pstm_work). All functions are Local.
 */
#ifndef PSTM_PLAN_WORK_ITEM_H
#define PSTM_PLAN_WORK_ITEM_H

#include <stdint.h>

#include "core/status.h"
#include "plan/groups.h"
#include "plan/lines.h"
#include "plan/tiles.h"

enum { PSTM_MOST_WINDOWS = 8 };

/** Output samples [k_begin, k_end), not empty. */
typedef struct pstm_window {
    int32_t k_begin, k_end;
} pstm_window;

/** The wanted output samples of every location: windows that rise and do not touch. */
typedef struct pstm_windows {
    int32_t n; /**< 1 to PSTM_MOST_WINDOWS */
    pstm_window at[PSTM_MOST_WINDOWS];
} pstm_windows;

/** Plain data. */
typedef struct pstm_work_item {
    pstm_tile tile; /**< its wanted nodes; the number is that of its first tile */
    pstm_windows windows;
} pstm_work_item;

/** The item of the group whose first tile has this number: what the lines want of it. */
static inline pstm_work_item pstm_work_item_make(const pstm_tiling *tiling, const pstm_lines *lines,
                                                 int64_t number, pstm_group_size size,
                                                 const pstm_windows *windows)
{
    const pstm_tile group = pstm_group_at(tiling, number, size);
    return (pstm_work_item){pstm_lines_part(lines, &group), *windows};
}

/** The one window that is wanted. PSTM_USAGE if there are several: `who` ("a cube") takes one only. */
PSTM_MUST_CHECK pstm_status pstm_windows_single(const pstm_windows *windows, const char *who,
                                                pstm_window *window);

#endif
