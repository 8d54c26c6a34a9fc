/** @file lines.h
 * Lines of the grid that are wanted, and the part of a block of nodes that they want. All functions are
 * Local.
 */
#ifndef PSTM_PLAN_LINES_H
#define PSTM_PLAN_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "plan/tiles.h"

/** All zero: no lines are set, and all nodes are wanted. */
typedef struct pstm_lines {
    int64_t n;
    struct pstm_wanted_line {
        bool is_inline; /**< else a crossline */
        int32_t index;  /**< of the grid, from 0 */
    } * of;             /**< [n] in any order */
} pstm_lines;

/** Whether they want the node (i, j) of the grid. */
bool pstm_lines_want(const pstm_lines *lines, int32_t i, int32_t j);

/**
 * The smallest rectangle of the block's nodes round all that is wanted of it: of one line its nodes, of lines
 * that cross in the block all nodes, of a block that no line meets all nodes too. The block's number stays.
 */
pstm_tile pstm_lines_part(const pstm_lines *lines, const pstm_tile *block);

#endif
