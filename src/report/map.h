/** @file map.h  A map of points in metres, with the outline of a grid and an arrow to the north, as PNG.
 * Local. */
#ifndef PSTM_REPORT_MAP_H
#define PSTM_REPORT_MAP_H

#include <stdint.h>

#include "core/status.h"

/** Points of one kind; borrowed. */
typedef struct pstm_map_points {
    const char *name; /**< for the legend */
    uint32_t colour;  /**< 0xRRGGBB */
    double size_px;   /**< side of their squares */
    const double *xy; /**< [n][2] east and north, metres */
    int64_t n;
} pstm_map_points;

enum { PSTM_MAP_KINDS = 3 };

typedef struct pstm_map {
    const char *title, *subtitle;
    pstm_map_points points[PSTM_MAP_KINDS]; /**< drawn in this order; those of n = 0 have no legend */
    const double *corners;                  /**< [4][2] of the grid, in a round; NULL: none */
    const double *axis; /**< [2][2] the first inline, from its first crossline on; NULL: none */
} pstm_map;

/** Draws the PNG, whole or not at all; what lies far beyond most points and the grid is left out. PSTM_USAGE
 * where there is nothing to draw, PSTM_SYSTEM with the path when it cannot be written. */
PSTM_MUST_CHECK pstm_status pstm_map_write(const pstm_map *map, const char *path);

#endif
