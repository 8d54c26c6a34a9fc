#include "plan/tiles.h"

#include <math.h>

pstm_status pstm_tiling_make(const pstm_grid *grid, int32_t tile_inline, int32_t tile_crossline,
                             pstm_tiling *tiling)
{
    if (tile_inline < 1 || tile_inline % PSTM_TILE_UNIT != 0 || tile_crossline < 1 ||
        tile_crossline % PSTM_TILE_UNIT != 0)
        return pstm_fail(PSTM_USAGE,
                         "tile.inline %d and tile.crossline %d: both must be multiples of %d above 0",
                         (int)tile_inline, (int)tile_crossline, (int)PSTM_TILE_UNIT);
    pstm_tiling made = {.n_inline = grid->n_inline,
                        .n_crossline = grid->n_crossline,
                        .tile_inline = tile_inline,
                        .tile_crossline = tile_crossline};
    made.n_tiles_inline = ((int64_t)grid->n_inline + tile_inline - 1) / tile_inline;
    made.n_tiles_crossline = ((int64_t)grid->n_crossline + tile_crossline - 1) / tile_crossline;
    made.n_tiles = made.n_tiles_inline * made.n_tiles_crossline;
    *tiling = made;
    return PSTM_OK;
}

static int32_t clipped(int64_t end, int32_t n)
{
    return end < n ? (int32_t)end : n;
}

pstm_tile pstm_tile_at(const pstm_tiling *tiling, int64_t number)
{
    int64_t i_begin = number / tiling->n_tiles_crossline * tiling->tile_inline;
    int64_t j_begin = number % tiling->n_tiles_crossline * tiling->tile_crossline;
    return (pstm_tile){.number = number,
                       .i_begin = (int32_t)i_begin,
                       .i_end = clipped(i_begin + tiling->tile_inline, tiling->n_inline),
                       .j_begin = (int32_t)j_begin,
                       .j_end = clipped(j_begin + tiling->tile_crossline, tiling->n_crossline)};
}

void pstm_tile_locations(const pstm_grid *grid, const pstm_tile *tile, double *x_m, double *y_m)
{
    int64_t location = 0;
    for (int64_t i = tile->i_begin; i < tile->i_end; i++)
        for (int64_t j = tile->j_begin; j < tile->j_end; j++, location++)
            pstm_grid_node(grid, i, j, &x_m[location], &y_m[location]);
}

pstm_box pstm_tile_box(const pstm_grid *grid, const pstm_tile *tile)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x_m, y_m;
        pstm_grid_node(grid, corner & 1 ? tile->i_end - 1 : tile->i_begin,
                       corner & 2 ? tile->j_end - 1 : tile->j_begin, &x_m, &y_m);
        box.min_x_m = fmin(box.min_x_m, x_m);
        box.max_x_m = fmax(box.max_x_m, x_m);
        box.min_y_m = fmin(box.min_y_m, y_m);
        box.max_y_m = fmax(box.max_y_m, y_m);
    }
    return box;
}
