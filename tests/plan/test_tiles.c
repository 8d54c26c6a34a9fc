#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/tiles.h"
#include "tests/check/suite.h"

/** Nodes at UTM distances are spaced by 1e-9 m. */
#define POSITION_TOLERANCE_M 1e-8

static pstm_grid make_grid(int32_t n_inline, int32_t n_crossline)
{
    pstm_grid grid = {.origin_x_m = 606000,
                      .origin_y_m = 6077000,
                      .azimuth_deg = 32.5,
                      .n_inline = n_inline,
                      .n_crossline = n_crossline,
                      .step_inline_m = 12.5,
                      .step_crossline_m = 25};
    pstm_grid_prepare(&grid);
    return grid;
}

START_TEST(tiles_cover_every_node_once_and_know_their_number)
{
    static const int32_t sizes[][2] = {{1, 1}, {16, 16}, {17, 15}, {463, 321}, {1, 200}, {40, 33}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        pstm_grid grid = make_grid(sizes[s][0], sizes[s][1]);
        pstm_tiling tiling;
        ck_assert(pstm_tiling_make(&grid, 16, 32, &tiling) == PSTM_OK);
        int64_t n_nodes = 0;
        for (int64_t number = 0; number < tiling.n_tiles; number++) {
            pstm_tile tile = pstm_tile_at(&tiling, number);
            ck_assert_int_eq(tile.number, number);
            ck_assert(tile.i_begin < tile.i_end && tile.i_end <= grid.n_inline);
            ck_assert(tile.j_begin < tile.j_end && tile.j_end <= grid.n_crossline);
            ck_assert_int_eq(tile.i_begin, number / tiling.n_tiles_crossline * 16);
            ck_assert_int_eq(tile.j_begin, number % tiling.n_tiles_crossline * 32);
            ck_assert(tile.i_end <= tile.i_begin + 16 && tile.j_end <= tile.j_begin + 32);
            n_nodes += pstm_tile_n_locations(&tile);
        }
        ck_assert_int_eq(n_nodes, (int64_t)grid.n_inline * grid.n_crossline);
    }
}
END_TEST

START_TEST(tiles_are_numbered_row_by_row_with_crosslines_fastest)
{
    pstm_grid grid = make_grid(463, 321);
    pstm_tiling tiling;
    ck_assert(pstm_tiling_make(&grid, 16, 16, &tiling) == PSTM_OK);
    ck_assert_int_eq(tiling.n_tiles_inline, 29);
    ck_assert_int_eq(tiling.n_tiles_crossline, 21);
    ck_assert_int_eq(tiling.n_tiles, 29 * 21);
    pstm_tile tile = pstm_tile_at(&tiling, 21 + 20);
    ck_assert_int_eq(tile.i_begin, 16);
    ck_assert_int_eq(tile.i_end, 32);
    ck_assert_int_eq(tile.j_begin, 320);
    ck_assert_int_eq(tile.j_end, 321);
}
END_TEST

START_TEST(sizes_that_are_no_multiple_of_16_are_refused)
{
    pstm_grid grid = make_grid(463, 321);
    static const int32_t bad[][2] = {{0, 16}, {16, 0}, {-16, 16}, {8, 16}, {16, 24}};
    for (size_t s = 0; s < sizeof bad / sizeof *bad; s++) {
        pstm_tiling tiling = {.n_tiles = 5};
        ck_assert_int_eq(pstm_tiling_make(&grid, bad[s][0], bad[s][1], &tiling), PSTM_USAGE);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), "multiples of 16"));
        ck_assert_int_eq(tiling.n_tiles, 5);
    }
}
END_TEST

START_TEST(locations_are_the_nodes_crossline_fastest_and_lie_in_the_box)
{
    pstm_grid grid = make_grid(40, 40);
    pstm_tiling tiling;
    ck_assert(pstm_tiling_make(&grid, 16, 16, &tiling) == PSTM_OK);
    pstm_tile tile = pstm_tile_at(&tiling, 5);
    ck_assert_int_eq(pstm_tile_n_locations(&tile), 16 * 8);
    double x[16 * 8], y[16 * 8];
    pstm_tile_locations(&grid, &tile, x, y);
    pstm_box box = pstm_tile_box(&grid, &tile), seen = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int64_t i = 16; i < 32; i++) {
        for (int64_t j = 32; j < 40; j++) {
            double wanted_x, wanted_y;
            int64_t location = (i - 16) * 8 + j - 32;
            pstm_grid_node(&grid, i, j, &wanted_x, &wanted_y);
            ck_assert(x[location] == wanted_x && y[location] == wanted_y);
            seen.min_x_m = fmin(seen.min_x_m, wanted_x);
            seen.max_x_m = fmax(seen.max_x_m, wanted_x);
            seen.min_y_m = fmin(seen.min_y_m, wanted_y);
            seen.max_y_m = fmax(seen.max_y_m, wanted_y);
        }
    }
    ck_assert_double_eq_tol(box.min_x_m, seen.min_x_m, POSITION_TOLERANCE_M);
    ck_assert_double_eq_tol(box.max_x_m, seen.max_x_m, POSITION_TOLERANCE_M);
    ck_assert_double_eq_tol(box.min_y_m, seen.min_y_m, POSITION_TOLERANCE_M);
    ck_assert_double_eq_tol(box.max_y_m, seen.max_y_m, POSITION_TOLERANCE_M);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("tiles");
    tcase_add_test(tests, tiles_cover_every_node_once_and_know_their_number);
    tcase_add_test(tests, tiles_are_numbered_row_by_row_with_crosslines_fastest);
    tcase_add_test(tests, sizes_that_are_no_multiple_of_16_are_refused);
    tcase_add_test(tests, locations_are_the_nodes_crossline_fastest_and_lie_in_the_box);
    Suite *suite = suite_create("plan/tiles");
    suite_add_tcase(suite, tests);
    return suite;
}
