/** @file groups.h
 * Groups: neighbouring tiles that a device migrates together, because it is fast with many locations only
 * (docs/decisions/0006-tile-groups.md). The job's tiles keep their numbers, and each chunk column of the cube
 * its own line in the journal. All functions are Local.
 */
#ifndef PSTM_PLAN_GROUPS_H
#define PSTM_PLAN_GROUPS_H

#include <stdint.h>

#include "plan/lines.h"
#include "plan/schedule.h"
#include "plan/tiles.h"

enum { PSTM_GROUP_MOST = 8 /**< tiles of a group on each axis */ };

/** Tiles of a whole group on each axis, 1 to PSTM_GROUP_MOST. */
typedef struct pstm_group_size {
    int32_t n_inline, n_crossline;
} pstm_group_size;

/**
 * The groups for a device that likes tiles of side x side locations (0: it has no likings, a group is a
 * tile). They are halved on their longer axis while they have more than most_locations, while there are fewer
 * than 16 for each of n_workers and a group has side/2 on both axes or more, and while there are fewer than
 * workers. A job's tile is never cut.
 */
pstm_group_size pstm_group_size_choose(const pstm_tiling *tiling, int32_t side, int32_t n_workers,
                                       int64_t most_locations);

/** The nodes of the group whose first tile has this number; clipped at the grid's end. */
pstm_tile pstm_group_at(const pstm_tiling *tiling, int64_t number, pstm_group_size size);

/**
 * Joins n single tiles, ascending by number, to rectangles inside the blocks of `size` tiles that the grid is
 * cut into; where tiles of a block are missing it becomes several, and where the part of the rectangle that
 * the lines want would hold more nodes than the parts of its tiles. Each has the number and place of its
 * first tile, and the sum of the costs. Works in place; returns how many are left, ascending by number.
 */
int64_t pstm_work_join(const pstm_tiling *tiling, const pstm_lines *lines, pstm_group_size size,
                       pstm_work *work, int64_t n);

/** The work of this number among n ascending by number; NULL if there is none. */
const pstm_work *pstm_work_find(const pstm_work *work, int64_t n, int64_t number);

/** Tiles of a piece of work. */
static inline int64_t pstm_work_n_tiles(const pstm_work *work)
{
    return (int64_t)(work->n_inline > 1 ? work->n_inline : 1) *
           (work->n_crossline > 1 ? work->n_crossline : 1);
}

#endif
