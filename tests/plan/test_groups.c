#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "plan/work_item.h"
#include "tests/check/suite.h"

static pstm_tiling make_tiling(int32_t n_inline, int32_t n_crossline, int32_t tile)
{
    pstm_grid grid = {
        .n_inline = n_inline, .n_crossline = n_crossline, .step_inline_m = 1, .step_crossline_m = 1};
    pstm_tiling tiling;
    pstm_grid_prepare(&grid);
    ck_assert(pstm_tiling_make(&grid, tile, tile, &tiling) == PSTM_OK);
    return tiling;
}

/* Every third tile is left out when `holes`. */
static int64_t list_tiles(const pstm_tiling *t, bool holes, pstm_work *work)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n_tiles; i++)
        if (!holes || i % 3 != 1) work[n++] = (pstm_work){.number = i, .cost = (double)(i + 1)};
    return n;
}

static void check_join(bool holes)
{
    const pstm_tiling t = make_tiling(463, 321, 16);
    const pstm_group_size size = {4, 8};
    pstm_work *work = calloc((size_t)t.n_tiles, sizeof *work);
    int8_t *seen = calloc((size_t)t.n_tiles, 1);
    const int64_t n = list_tiles(&t, holes, work);
    double cost = 0, joined_cost = 0;
    for (int64_t i = 0; i < n; i++) {
        cost += work[i].cost;
        seen[work[i].number] = 1;
    }
    const int64_t n_joined = pstm_work_join(&t, &(pstm_lines){0}, size, work, n);
    ck_assert_int_lt(n_joined, n);
    int64_t n_tiles = 0;
    for (int64_t k = 0; k < n_joined; k++) {
        const pstm_work *w = &work[k];
        joined_cost += w->cost;
        n_tiles += pstm_work_n_tiles(w);
        ck_assert_ptr_eq(pstm_work_find(work, n_joined, w->number), w);
        ck_assert(w->n_inline <= 4 && w->n_crossline <= 8);
        for (int64_t i = 0; i < w->n_inline; i++)
            for (int64_t j = 0; j < w->n_crossline; j++)
                ck_assert_int_eq(seen[w->number + i * t.n_tiles_crossline + j]--, 1);
    }
    ck_assert_int_eq(n_tiles, n);
    ck_assert_double_eq(joined_cost, cost); /* whole numbers */
    if (!holes) ck_assert_int_eq(n_joined, 8 * 3);
    ck_assert_ptr_null(pstm_work_find(work, n_joined, t.n_tiles));
    free(work);
    free(seen);
}

START_TEST(all_tiles_join_to_whole_blocks_once)
{
    check_join(false);
}
END_TEST

START_TEST(tiles_with_holes_join_to_rectangles_without_the_holes)
{
    check_join(true);
}
END_TEST

/* Tiles that lines meet join along them; where they cross, or are two in neighbouring tiles, they do not. */
START_TEST(tiles_of_lines_join_only_where_no_more_is_wanted)
{
    const pstm_tiling t = make_tiling(128, 128, 16);
    const pstm_group_size size = {8, 8};
    struct pstm_wanted_line of[] = {{true, 5}, {true, 20}, {false, 70}};
    pstm_work work[64];
    for (int64_t n_lines = 1; n_lines <= 3; n_lines++) {
        const pstm_lines lines = {n_lines, of};
        int64_t n = 0, n_nodes = 0, n_of_tiles = 0;
        for (int64_t number = 0; number < t.n_tiles; number++) {
            const pstm_tile tile = pstm_tile_at(&t, number), part = pstm_lines_part(&lines, &tile);
            if (!(tile.i_begin == 0 || (n_lines > 1 && tile.i_begin == 16) ||
                  (n_lines > 2 && tile.j_begin == 64)))
                continue;
            work[n++] = (pstm_work){.number = number, .cost = 1};
            n_of_tiles += pstm_tile_n_locations(&part);
        }
        n = pstm_work_join(&t, &lines, size, work, n);
        for (int64_t k = 0; k < n; k++) {
            const pstm_group_size joined = {work[k].n_inline, work[k].n_crossline};
            const pstm_work_item item =
                pstm_work_item_make(&t, &lines, work[k].number, joined, &(pstm_windows){.n = 1});
            n_nodes += pstm_tile_n_locations(&item.tile);
        }
        ck_assert_int_eq(n_nodes, n_of_tiles);
        /* The lines; with a third they are cut in three each, and it has 6 more tiles, which join. */
        ck_assert_int_eq(n, n_lines == 3 ? 6 : n_lines);
    }
}
END_TEST

START_TEST(a_group_covers_its_tiles_and_ends_with_the_grid)
{
    const pstm_tiling t = make_tiling(463, 321, 16);
    const pstm_tile g = pstm_group_at(&t, 28 * t.n_tiles_crossline + 16, (pstm_group_size){4, 8});
    ck_assert_int_eq(g.i_begin, 448);
    ck_assert_int_eq(g.i_end, 463);
    ck_assert_int_eq(g.j_begin, 256);
    ck_assert_int_eq(g.j_end, 321);
}
END_TEST

static void check_size(pstm_group_size got, int32_t n_inline, int32_t n_crossline)
{
    ck_assert_int_eq(got.n_inline, n_inline);
    ck_assert_int_eq(got.n_crossline, n_crossline);
}

START_TEST(groups_are_as_large_as_device_workers_and_memory_let_them)
{
    const pstm_tiling t = make_tiling(463, 321, 16);
    check_size(pstm_group_size_choose(&t, 0, 1, INT64_MAX), 1, 1);
    check_size(pstm_group_size_choose(&t, 128, 1, INT64_MAX), 4, 8);  /* 24 groups */
    check_size(pstm_group_size_choose(&t, 128, 2, INT64_MAX), 4, 4);  /* 48 */
    check_size(pstm_group_size_choose(&t, 128, 16, INT64_MAX), 4, 4); /* not under 64 x 64 */
    check_size(pstm_group_size_choose(&t, 128, 600, INT64_MAX), 1, 1);
    check_size(pstm_group_size_choose(&t, 128, 1, 1024), 2, 2);
    check_size(pstm_group_size_choose(&t, 128, 1, 1), 1, 1);
    const pstm_tiling large = make_tiling(463, 321, 256);
    check_size(pstm_group_size_choose(&large, 128, 1, INT64_MAX), 1, 1);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("groups");
    TCase *tests = tcase_create("groups");
    tcase_add_test(tests, all_tiles_join_to_whole_blocks_once);
    tcase_add_test(tests, tiles_with_holes_join_to_rectangles_without_the_holes);
    tcase_add_test(tests, tiles_of_lines_join_only_where_no_more_is_wanted);
    tcase_add_test(tests, a_group_covers_its_tiles_and_ends_with_the_grid);
    tcase_add_test(tests, groups_are_as_large_as_device_workers_and_memory_let_them);
    suite_add_tcase(suite, tests);
    return suite;
}
