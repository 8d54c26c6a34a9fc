#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/target.h"
#include "tests/check/suite.h"

enum { N_TILES_CROSSLINE = 5, N_TILES = 4 * N_TILES_CROSSLINE };

static pstm_grid grid;
static pstm_tiling tiling;

/** Inlines 101 to 160, crosslines -9 to 65, 0.5 to 2.5 s; tiles of 16 x 16: 4 x 5. */
static void set_up(void)
{
    grid = (pstm_grid){.origin_x_m = 606000,
                       .origin_y_m = 6077000,
                       .azimuth_deg = 30,
                       .n_inline = 60,
                       .n_crossline = 75,
                       .step_inline_m = 10,
                       .step_crossline_m = 20,
                       .first_inline = 101,
                       .first_crossline = -9,
                       .n_times = 501,
                       .time_first_s = 0.5,
                       .time_step_s = 0.004};
    pstm_grid_prepare(&grid);
    ck_assert(pstm_tiling_make(&grid, 16, 16, &tiling) == PSTM_OK);
    ck_assert_int_eq(tiling.n_tiles, N_TILES);
}

/** "0 1 2" of the selected tiles, or the error text. */
static const char *select_tiles(const pstm_target_options *job)
{
    static char text[400];
    pstm_target *target = NULL;
    pstm_status status = pstm_target_select(job, &grid, &tiling, &target);
    if (status != PSTM_OK) {
        ck_assert_int_eq(status, PSTM_USAGE);
        ck_assert_ptr_null(target);
        return pstm_error_text();
    }
    size_t length = 0;
    text[0] = '\0';
    for (int64_t i = 0; i < target->n_tiles; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, i == 0 ? "%d" : " %d",
                                   (int)target->tiles[i]);
    pstm_target_destroy(&target);
    return text;
}

static void check_says(const pstm_target_options *job, const char *words)
{
    const char *found = select_tiles(job);
    ck_assert_msg(strstr(found, words) != NULL, "%s", found);
}

START_TEST(nothing_set_selects_everything)
{
    pstm_target_options job = {0};
    ck_assert_str_eq(select_tiles(&job), "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
    pstm_target *target = NULL;
    ck_assert(pstm_target_select(&job, &grid, &tiling, &target) == PSTM_OK);
    ck_assert(target->windows.n == 1 && target->windows.at[0].k_begin == 0 &&
              target->windows.at[0].k_end == 501);
    pstm_target_destroy(&target);
    pstm_target_destroy(&target);
}
END_TEST

START_TEST(tile_numbers_and_ranges_are_put_in_order_once_each)
{
    char a[] = "17", b[] = "3-5", c[] = "4", d[] = "0-0", *texts[] = {a, b, c, d};
    pstm_target_options job = {.tiles = {4, texts}};
    ck_assert_str_eq(select_tiles(&job), "0 3 4 5 17");
}
END_TEST

START_TEST(bad_tile_texts_are_refused_with_the_valid_range)
{
    static const char *const bad[][2] = {
        {"20", "its tiles are 0 to 19"},    {"3-20", "its tiles are 0 to 19"},
        {"-1", "\"-1\" is no tile number"}, {"5-3", "no tile number and no range"},
        {"4x", "no tile number"},           {"", "no tile number"},
        {"3-", "no tile number"},           {"99999999999999999999", "no tile number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[32], *texts[] = {text};
        snprintf(text, sizeof text, "%s", bad[i][0]);
        pstm_target_options job = {.tiles = {1, texts}};
        check_says(&job, bad[i][1]);
    }
}
END_TEST

START_TEST(a_box_in_labels_takes_the_tiles_that_hold_any_of_its_nodes)
{
    /* Inline 116 is index 15, in the first row; 117 begins the second. Crossline 7 begins column 1. */
    pstm_target_options job = {.inlines = {true, 116, 117}, .crosslines = {true, -20, 6}};
    ck_assert_str_eq(select_tiles(&job), "0 5");
    job.inlines = (pstm_range){true, 116.5, 117};
    job.crosslines = (pstm_range){true, 6.5, 23};
    ck_assert_str_eq(select_tiles(&job), "6 7");
    job = (pstm_target_options){.inlines = {true, 160, 1e300}};
    ck_assert_str_eq(select_tiles(&job), "15 16 17 18 19");
    job = (pstm_target_options){.inlines = {true, 161, 170}};
    check_says(&job, "no inline in 161 to 170; the grid has 101 to 160");
    job = (pstm_target_options){.crosslines = {true, 3.2, 3.8}};
    check_says(&job, "no crossline in 3.2 to 3.8; the grid has -9 to 65");
}
END_TEST

START_TEST(lines_take_whole_rows_and_columns_of_tiles)
{
    char first[] = "inline 133", second[] = "crossline -9", bad[32], *texts[] = {first, second};
    pstm_target_options job = {.lines = {2, texts}};
    ck_assert_str_eq(select_tiles(&job), "0 5 10 11 12 13 14 15");
    static const char *const errors[][2] = {
        {"inline 100", "inline 100 is outside the grid, which has 101 to 160"},
        {"crossline 66", "crossline 66 is outside the grid, which has -9 to 65"},
        {"inline", "not like"},
        {"inline120", "not like"},
        {"xline 80", "not like"},
        {"inline 120.5", "not like"},
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        texts[1] = bad;
        snprintf(bad, sizeof bad, "%s", errors[i][0]);
        check_says(&job, errors[i][1]);
    }
}
END_TEST

/** By brute force: points of a fine lattice of the rectangle in a bin of the tile. */
static bool touches_by_brute_force(const pstm_tile *tile, const pstm_target_options *job)
{
    enum { N = 60 };
    for (int a = 0; a <= N; a++) {
        for (int b = 0; b <= N; b++) {
            double i, j;
            pstm_grid_indices(&grid, job->x_m.first + (job->x_m.last - job->x_m.first) * a / N,
                              job->y_m.first + (job->y_m.last - job->y_m.first) * b / N, &i, &j);
            if (i >= tile->i_begin - 0.5 && i <= tile->i_end - 0.5 && j >= tile->j_begin - 0.5 &&
                j <= tile->j_end - 0.5)
                return true;
        }
    }
    return false;
}

START_TEST(a_box_in_metres_takes_the_tiles_whose_bins_it_touches)
{
    int n_touching = 0;
    for (int i_case = 0; i_case < 60; i_case++) {
        double x = 605500 + 37.3 * (i_case % 13) * 3, y = 6076500 + 53.9 * (i_case % 7) * 5;
        double size = i_case % 3 == 0 ? 1 : 40.0 * (i_case % 11);
        pstm_target_options job = {.x_m = {true, x, x + size}, .y_m = {true, y, y + 2 * size}};
        char wanted[400] = "";
        size_t length = 0;
        for (int number = 0; number < N_TILES; number++) {
            pstm_tile tile = pstm_tile_at(&tiling, number);
            if (!touches_by_brute_force(&tile, &job)) continue;
            length +=
                (size_t)snprintf(wanted + length, sizeof wanted - length, length == 0 ? "%d" : " %d", number);
            n_touching++;
        }
        if (length > 0) {
            ck_assert_str_eq(select_tiles(&job), wanted);
        } else {
            check_says(&job, "touches no bin of the grid, which lies within x ");
        }
    }
    ck_assert(n_touching > 60);
}
END_TEST

START_TEST(a_box_open_at_a_side_is_cut_at_the_grid)
{
    pstm_target_options job = {.x_m = {true, -INFINITY, INFINITY}};
    ck_assert_str_eq(select_tiles(&job), "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
    /* Only row 3 reaches as far south as its node (52, 0), with its first tile. */
    double x, y;
    pstm_grid_node(&grid, 52, 0, &x, &y);
    job = (pstm_target_options){.y_m = {true, -1e30, y}};
    ck_assert_str_eq(select_tiles(&job), "15");
    job = (pstm_target_options){.y_m = {true, 0, 100}};
    check_says(&job, "touches no bin");
}
END_TEST

/* The nodes that lines want of the tiles that begin with this one. */
static void check_part(pstm_target_options *job, int64_t number, pstm_tile wanted)
{
    pstm_target *target = NULL;
    ck_assert(pstm_target_select(job, &grid, &tiling, &target) == PSTM_OK);
    const pstm_work_item item =
        pstm_work_item_make(&tiling, &target->lines, number, (pstm_group_size){1, 2}, &target->windows);
    ck_assert_int_eq(item.tile.number, number);
    ck_assert_int_eq(item.tile.i_begin, wanted.i_begin);
    ck_assert_int_eq(item.tile.i_end, wanted.i_end);
    ck_assert_int_eq(item.tile.j_begin, wanted.j_begin);
    ck_assert_int_eq(item.tile.j_end, wanted.j_end);
    pstm_target_destroy(&target);
}

START_TEST(lines_want_the_smallest_rectangle_round_them)
{
    char inline_133[] = "inline 133", inline_140[] = "inline 140", crossline_3[] = "crossline 3";
    char *texts[] = {inline_133, inline_140, crossline_3};
    pstm_target_options job = {.lines = {1, texts}};
    check_part(&job, 10, (pstm_tile){.i_begin = 32, .i_end = 33, .j_begin = 0, .j_end = 32});
    check_part(&job, 14, (pstm_tile){.i_begin = 32, .i_end = 33, .j_begin = 64, .j_end = 75});
    check_part(&job, 15, (pstm_tile){.i_begin = 48, .i_end = 60, .j_begin = 0, .j_end = 32});
    job.lines.n = 2;
    check_part(&job, 10, (pstm_tile){.i_begin = 32, .i_end = 40, .j_begin = 0, .j_end = 32});
    job.lines.n = 3;
    check_part(&job, 10, (pstm_tile){.i_begin = 32, .i_end = 48, .j_begin = 0, .j_end = 32});
    check_part(&job, 5, (pstm_tile){.i_begin = 16, .i_end = 32, .j_begin = 12, .j_end = 13});
    check_part(&job, 12, (pstm_tile){.i_begin = 32, .i_end = 40, .j_begin = 32, .j_end = 64});
}
END_TEST

START_TEST(lines_want_their_own_nodes)
{
    struct pstm_wanted_line of[] = {{true, 4}, {false, 7}};
    const pstm_lines none = {0}, both = {2, of};
    ck_assert(pstm_lines_want(&none, 5, 5));
    ck_assert(pstm_lines_want(&both, 4, 9) && pstm_lines_want(&both, 9, 7) && pstm_lines_want(&both, 4, 7));
    ck_assert(!pstm_lines_want(&both, 7, 4) && !pstm_lines_want(&both, 5, 8));
}
END_TEST

START_TEST(all_that_is_set_must_hold)
{
    char tiles[] = "0-9", line[] = "crossline 0", *tile_texts[] = {tiles}, *line_texts[] = {line};
    pstm_target_options job = {.tiles = {1, tile_texts}, .lines = {1, line_texts}};
    ck_assert_str_eq(select_tiles(&job), "0 5");
    job.inlines = (pstm_range){true, 117, 200};
    ck_assert_str_eq(select_tiles(&job), "5");
    job.inlines = (pstm_range){true, 150, 200};
    check_says(&job, "no tile satisfies all");
}
END_TEST

START_TEST(the_time_window_is_closed_and_cut_at_the_record)
{
    static const struct {
        double first, last;
        int k_begin, k_end;
    } cases[] = {
        {0.508, 0.512, 2, 4}, {0.509, 0.511, -1, -1}, {0.5081, 0.5119, -1, -1}, {0.509, 0.5121, 3, 4},
        {0, 0.5, 0, 1},       {2.5, 9, 500, 501},     {0, 1e300, 0, 501},       {2.51, 9, -1, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pstm_target_options job = {.time_s = {true, cases[i].first, cases[i].last}};
        pstm_target *target = NULL;
        pstm_status status = pstm_target_select(&job, &grid, &tiling, &target);
        if (cases[i].k_begin < 0) {
            ck_assert_int_eq(status, PSTM_USAGE);
            ck_assert_ptr_nonnull(strstr(pstm_error_text(), "they go from 0.5 to 2.5 s"));
            continue;
        }
        ck_assert_int_eq(status, PSTM_OK);
        ck_assert_int_eq(target->windows.n, 1);
        ck_assert_int_eq(target->windows.at[0].k_begin, cases[i].k_begin);
        ck_assert_int_eq(target->windows.at[0].k_end, cases[i].k_end);
        pstm_target_destroy(&target);
    }
}
END_TEST

/** How often each tile is in a shard, and the sizes of the smallest and largest shard. */
static void take_all_shards(const pstm_target_options *job, int32_t n_shards, int *times, int64_t *least,
                            int64_t *most)
{
    *least = INT64_MAX;
    *most = 0;
    for (int32_t shard = 1; shard <= n_shards; shard++) {
        pstm_target *target = NULL;
        ck_assert_int_eq(pstm_target_select(job, &grid, &tiling, &target), PSTM_OK);
        ck_assert_int_eq(pstm_target_shard(target, shard, n_shards), PSTM_OK);
        for (int64_t i = 0; i < target->n_tiles; i++) {
            times[target->tiles[i]]++;
            ck_assert(i == 0 || target->tiles[i] > target->tiles[i - 1]);
        }
        *least = target->n_tiles < *least ? target->n_tiles : *least;
        *most = target->n_tiles > *most ? target->n_tiles : *most;
        pstm_target_destroy(&target);
    }
}

START_TEST(shards_are_disjoint_make_up_the_target_and_are_of_one_size)
{
    static char inline_110[] = "inline 110", crossline_40[] = "crossline 40";
    static char *lines[] = {inline_110, crossline_40};
    pstm_target_options jobs[2];
    memset(jobs, 0, sizeof jobs);
    jobs[1].lines = (pstm_names){2, lines};
    const int64_t n_selected[] = {N_TILES, 5 + 3};
    for (int j = 0; j < 2; j++)
        for (int32_t n_shards = 1; n_shards <= n_selected[j]; n_shards++) {
            int times[N_TILES] = {0};
            int64_t least, most, n = 0;
            take_all_shards(&jobs[j], n_shards, times, &least, &most);
            for (int t = 0; t < N_TILES; t++) {
                ck_assert_int_le(times[t], 1);
                n += times[t];
            }
            ck_assert_int_eq(n, n_selected[j]);
            ck_assert_int_le(most - least, 1);
        }
}
END_TEST

START_TEST(as_many_shards_as_crossline_tiles_give_no_stripes)
{
    pstm_target_options job;
    memset(&job, 0, sizeof job);
    pstm_target *target = NULL;
    ck_assert_int_eq(pstm_target_select(&job, &grid, &tiling, &target), PSTM_OK);
    ck_assert_int_eq(pstm_target_shard(target, 1, N_TILES_CROSSLINE), PSTM_OK);
    bool is_stripe = true;
    for (int64_t i = 1; i < target->n_tiles; i++)
        is_stripe &= target->tiles[i] % N_TILES_CROSSLINE == target->tiles[0] % N_TILES_CROSSLINE;
    ck_assert(!is_stripe);
    pstm_target_destroy(&target);
}
END_TEST

START_TEST(more_shards_than_tiles_are_refused_with_what_can_be)
{
    pstm_target_options job;
    memset(&job, 0, sizeof job);
    pstm_target *target = NULL;
    ck_assert_int_eq(pstm_target_select(&job, &grid, &tiling, &target), PSTM_OK);
    ck_assert_int_eq(pstm_target_shard(target, 1, N_TILES + 1), PSTM_USAGE);
    ck_assert(strstr(pstm_error_text(), "at most 20 shards") != NULL);
    ck_assert_int_eq(target->n_tiles, N_TILES);
    pstm_target_destroy(&target);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("target");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, nothing_set_selects_everything);
    tcase_add_test(tests, tile_numbers_and_ranges_are_put_in_order_once_each);
    tcase_add_test(tests, bad_tile_texts_are_refused_with_the_valid_range);
    tcase_add_test(tests, a_box_in_labels_takes_the_tiles_that_hold_any_of_its_nodes);
    tcase_add_test(tests, lines_take_whole_rows_and_columns_of_tiles);
    tcase_add_test(tests, lines_want_the_smallest_rectangle_round_them);
    tcase_add_test(tests, lines_want_their_own_nodes);
    tcase_add_test(tests, a_box_in_metres_takes_the_tiles_whose_bins_it_touches);
    tcase_add_test(tests, a_box_open_at_a_side_is_cut_at_the_grid);
    tcase_add_test(tests, all_that_is_set_must_hold);
    tcase_add_test(tests, the_time_window_is_closed_and_cut_at_the_record);
    tcase_add_test(tests, shards_are_disjoint_make_up_the_target_and_are_of_one_size);
    tcase_add_test(tests, as_many_shards_as_crossline_tiles_give_no_stripes);
    tcase_add_test(tests, more_shards_than_tiles_are_refused_with_what_can_be);
    Suite *suite = suite_create("plan/target");
    suite_add_tcase(suite, tests);
    return suite;
}
