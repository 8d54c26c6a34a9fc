/** @file tiles.h
 * Tiles: blocks of neighbouring image locations, the unit of work and of resuming.
 *
 * Tiles are numbered row-major over the full grid, whatever part of it is asked for: tile (ti, tj) covers
 * inlines [ti * tile_inline, (ti + 1) * tile_inline) and crosslines likewise, clipped at the grid's end,
 * and has the number ti * n_tiles_crossline + tj. All functions are Local.
 */
#ifndef PSTM_PLAN_TILES_H
#define PSTM_PLAN_TILES_H

#include <stdint.h>

#include "core/status.h"
#include "survey/box.h"
#include "survey/grid.h"

enum { PSTM_TILE_UNIT = 16 /**< tile sizes are multiples of this, the cube's chunk */ };

typedef struct pstm_tiling {
    int32_t n_inline, n_crossline;             /**< nodes of the grid */
    int32_t tile_inline, tile_crossline;       /**< nodes of a whole tile */
    int64_t n_tiles_inline, n_tiles_crossline; /**< tiles on each axis, the clipped last one too */
    int64_t n_tiles;
} pstm_tiling;

/** Nodes [i_begin, i_end) x [j_begin, j_end) as indices of the grid. */
typedef struct pstm_tile {
    int64_t number;
    int32_t i_begin, i_end, j_begin, j_end;
} pstm_tile;

/** Cuts the grid into tiles. PSTM_USAGE unless both sizes are multiples of 16 above 0. */
PSTM_MUST_CHECK pstm_status pstm_tiling_make(const pstm_grid *grid, int32_t tile_inline,
                                             int32_t tile_crossline, pstm_tiling *tiling);

/** The tile of this number, [0, n_tiles). */
pstm_tile pstm_tile_at(const pstm_tiling *tiling, int64_t number);

/** Image locations of a tile. */
static inline int64_t pstm_tile_n_locations(const pstm_tile *tile)
{
    return (int64_t)(tile->i_end - tile->i_begin) * (tile->j_end - tile->j_begin);
}

/** Its nodes as an area of the grid. */
static inline pstm_grid_area pstm_tile_area(const pstm_tile *tile)
{
    return (pstm_grid_area){tile->i_begin, tile->i_end, tile->j_begin, tile->j_end};
}

/**
 * World positions of a tile's nodes into x_m, y_m [pstm_tile_n_locations()], location =
 * (i - i_begin) * (j_end - j_begin) + (j - j_begin).
 */
void pstm_tile_locations(const pstm_grid *grid, const pstm_tile *tile, double *x_m, double *y_m);

/** The rectangle along the world axes round the tile's nodes. */
pstm_box pstm_tile_box(const pstm_grid *grid, const pstm_tile *tile);

#endif
