#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "../survey/tree_of_one.h"
#include "plan/cost.h"
#include "tests/check/suite.h"

enum { N_TRACES = 20000, N_TIMES = 101 };

/** Leaves at the border of the aperture are in or out only in part; over all tiles this evens out. */
#define TILE_TOLERANCE 0.15
#define SUM_TOLERANCE 0.03

static uint64_t random_state;

static double random_unit(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(random_state >> 11) * 0x1p-53;
}

static pstm_grid make_grid(void)
{
    pstm_grid grid = {.origin_x_m = 606000,
                      .origin_y_m = 6077000,
                      .azimuth_deg = 32.5,
                      .n_inline = 96,
                      .n_crossline = 80,
                      .step_inline_m = 50,
                      .step_crossline_m = 50,
                      .n_times = N_TIMES,
                      .time_step_s = 0.02};
    pstm_grid_prepare(&grid);
    return grid;
}

/** Midpoints over the grid, denser to one side; offsets in this range, all azimuths. */
static pstm_trace *make_survey(const pstm_grid *grid, double least_offset_m, double greatest_offset_m)
{
    pstm_trace *traces = calloc(N_TRACES, sizeof *traces);
    for (int64_t i = 0; i < N_TRACES; i++) {
        double u = random_unit(), x, y, angle = 2 * M_PI * random_unit();
        double h = 0.5 * (least_offset_m + (greatest_offset_m - least_offset_m) * random_unit());
        pstm_grid fine = *grid;
        fine.step_inline_m /= 100;
        fine.step_crossline_m /= 100;
        pstm_grid_node(&fine, (int64_t)(9600 * u * u), (int64_t)(8000 * random_unit()), &x, &y);
        traces[i] = (pstm_trace){.source_x_m = x - h * sin(angle),
                                 .source_y_m = y - h * cos(angle),
                                 .receiver_x_m = x + h * sin(angle),
                                 .receiver_y_m = y + h * cos(angle),
                                 .number = i};
    }
    return traces;
}

static void make_column(float *column)
{
    for (int k = 0; k < N_TIMES; k++)
        column[k] = (float)(1700 + 8 * k);
}

static const pstm_windows WHOLE_AXIS = {.n = 1, .at = {{0, N_TIMES}}};

/** Contributions of an item, counted for some of the traces and locations and scaled. */
static double count(const pstm_grid *grid, const pstm_work_item *item, const pstm_trace *traces,
                    const pstm_aperture *aperture, const float *column)
{
    const pstm_tile *tile = &item->tile;
    enum { STRIDE = 11, NODE_STRIDE = 5 };
    double apertures[N_TIMES], n = 0;
    int64_t n_nodes = 0;
    for (int32_t k = 0; k < N_TIMES; k++)
        apertures[k] = pstm_aperture_at_m(aperture, pstm_grid_time_s(grid, k), (double)column[k]);
    for (int64_t i = tile->i_begin; i < tile->i_end; i += NODE_STRIDE) {
        for (int64_t j = tile->j_begin; j < tile->j_end; j += NODE_STRIDE, n_nodes++) {
            double x, y;
            pstm_grid_node(grid, i, j, &x, &y);
            for (int64_t i_trace = 0; i_trace < N_TRACES; i_trace += STRIDE) {
                const pstm_trace *t = &traces[i_trace];
                double leg = fmax(hypot(x - t->source_x_m, y - t->source_y_m),
                                  hypot(x - t->receiver_x_m, y - t->receiver_y_m));
                for (int32_t w = 0; w < item->windows.n; w++)
                    for (int32_t k = item->windows.at[w].k_begin; k < item->windows.at[w].k_end; k++)
                        n += apertures[k] >= leg;
            }
        }
    }
    return n * STRIDE * (double)pstm_tile_n_locations(tile) / (double)n_nodes;
}

static double cost_at(pstm_cost *cost, const pstm_work_item *item, float *vrms_m_s, int32_t n_times)
{
    const pstm_columns column = {.n_times = n_times, .one_column = true, .vrms_m_s = vrms_m_s};
    return pstm_work_item_cost(cost, item, &column);
}

/** Compares prediction and count, tile by tile and in all. */
static void check_prediction(double least_offset_m, double greatest_offset_m, const pstm_aperture *aperture,
                             const pstm_windows *windows)
{
    random_state = 5;
    pstm_grid grid = make_grid();
    pstm_trace *traces = make_survey(&grid, least_offset_m, greatest_offset_m);
    pstm_kdtree *tree = NULL;
    pstm_cost *cost = NULL;
    pstm_tiling tiling;
    float column[N_TIMES];
    make_column(column);
    ck_assert(tree_of_one(traces, N_TRACES, &tree) == PSTM_OK);
    ck_assert(pstm_cost_create(tree, &grid, aperture, &cost) == PSTM_OK);
    ck_assert(pstm_tiling_make(&grid, 16, 16, &tiling) == PSTM_OK);
    double predicted = 0, counted = 0;
    for (int64_t number = 0; number < tiling.n_tiles; number++) {
        pstm_work_item item =
            pstm_work_item_make(&tiling, &(pstm_lines){0}, number, (pstm_group_size){1, 1}, windows);
        double here = cost_at(cost, &item, column, N_TIMES);
        double truth = count(&grid, &item, traces, aperture, column);
        predicted += here;
        counted += truth;
        ck_assert_msg(fabs(here - truth) < TILE_TOLERANCE * truth, "tile %d: %g, counted %g", (int)number,
                      here, truth);
    }
    ck_assert_msg(fabs(predicted - counted) < SUM_TOLERANCE * counted, "%g, counted %g", predicted, counted);
    pstm_cost_destroy(&cost);
    pstm_cost_destroy(&cost);
    pstm_kdtree_destroy(&tree);
    free(traces);
}

START_TEST(the_prediction_is_near_the_count_for_short_offsets)
{
    pstm_aperture aperture = {3000, tan(M_PI / 3)};
    check_prediction(300, 600, &aperture, &WHOLE_AXIS);
}
END_TEST

START_TEST(the_prediction_is_near_the_count_for_mixed_offsets)
{
    pstm_aperture aperture = {2500, tan(M_PI / 4)};
    check_prediction(0, 2000, &aperture, &WHOLE_AXIS);
}
END_TEST

START_TEST(the_prediction_counts_the_time_window_only)
{
    pstm_aperture aperture = {2500, tan(M_PI / 4)};
    check_prediction(0, 1000, &aperture, &(pstm_windows){.n = 1, .at = {{60, 80}}});
}
END_TEST

START_TEST(the_prediction_counts_each_of_several_windows)
{
    pstm_aperture aperture = {2500, tan(M_PI / 4)};
    check_prediction(0, 1000, &aperture, &(pstm_windows){.n = 3, .at = {{30, 42}, {60, 61}, {64, 80}}});
}
END_TEST

START_TEST(without_limits_every_trace_counts_at_every_later_sample)
{
    pstm_grid grid = make_grid();
    random_state = 1;
    pstm_trace *traces = make_survey(&grid, 0, 3000);
    pstm_kdtree *tree = NULL;
    pstm_cost *cost = NULL;
    float column[N_TIMES];
    make_column(column);
    pstm_aperture aperture = {INFINITY, INFINITY};
    ck_assert(tree_of_one(traces, N_TRACES, &tree) == PSTM_OK);
    ck_assert(pstm_cost_create(tree, &grid, &aperture, &cost) == PSTM_OK);
    pstm_work_item item = {{.i_begin = 16, .i_end = 32, .j_begin = 64, .j_end = 80}, WHOLE_AXIS};
    ck_assert(cost_at(cost, &item, column, N_TIMES) == 256.0 * N_TRACES * (N_TIMES - 1));
    pstm_cost_destroy(&cost);
    pstm_kdtree_destroy(&tree);
    free(traces);
}
END_TEST

START_TEST(a_velocity_that_falls_with_time_is_counted_all_the_same)
{
    /* Two traces of offset 0, 100 m from the one location: A(t0) >= 100 m at samples 1 and 2 only. */
    pstm_grid grid = make_grid();
    grid.n_times = 4;
    grid.time_step_s = 0.1;
    float column[4] = {2000, 2100, 1050, 600};
    pstm_aperture aperture = {INFINITY, 1};
    pstm_trace traces[2] = {0};
    for (int i = 0; i < 2; i++)
        traces[i] = (pstm_trace){.source_x_m = grid.origin_x_m + 100,
                                 .source_y_m = grid.origin_y_m,
                                 .receiver_x_m = grid.origin_x_m + 100,
                                 .receiver_y_m = grid.origin_y_m,
                                 .number = i};
    pstm_kdtree *tree = NULL;
    pstm_cost *cost = NULL;
    ck_assert(tree_of_one(traces, 2, &tree) == PSTM_OK);
    grid.step_inline_m = grid.step_crossline_m = 1e-3;
    ck_assert(pstm_cost_create(tree, &grid, &aperture, &cost) == PSTM_OK);
    pstm_work_item item = {{.i_end = 1, .j_end = 1}, {.n = 1, .at = {{0, 4}}}};
    ck_assert(cost_at(cost, &item, column, 4) == 4);
    item.windows = (pstm_windows){.n = 2, .at = {{1, 2}, {3, 4}}}; /* of both windows the earlier reaches */
    ck_assert(cost_at(cost, &item, column, 4) == 2);
    pstm_cost_destroy(&cost);
    pstm_kdtree_destroy(&tree);
}
END_TEST

START_TEST(the_aperture_is_the_lesser_of_distance_and_angle)
{
    pstm_aperture aperture = {1000, 0.5};
    ck_assert(pstm_aperture_at_m(&aperture, 1, 2000) == 500);
    ck_assert(pstm_aperture_at_m(&aperture, 3, 2000) == 1000);
    ck_assert(pstm_aperture_at_m(&aperture, 0, 2000) == 0);
    ck_assert(pstm_aperture_at_m(&aperture, -1, 2000) == 0);
    aperture.aperture_tan = tan(M_PI / 3); /* the examples of the original plan */
    ck_assert(pstm_aperture_at_m(&aperture, 0, 1700) == 0);
    ck_assert_double_eq_tol(pstm_aperture_at_m(&aperture, 0.1, 1700), 147.22, 0.01);
    aperture.aperture_tan = INFINITY;
    ck_assert(pstm_aperture_at_m(&aperture, 1e-3, 2000) == 1000);
    ck_assert(pstm_aperture_at_m(&aperture, 0, 2000) == 0);
}
END_TEST

START_TEST(the_reach_of_an_item_is_the_greatest_of_its_columns_in_its_windows)
{
    pstm_grid grid = make_grid();
    float vrms_m_s[3 * N_TIMES];
    for (int i = 0; i < 3 * N_TIMES; i++)
        vrms_m_s[i] = 2000;
    vrms_m_s[N_TIMES + 50] = 6000;
    vrms_m_s[2 * N_TIMES + 90] = 9000;
    pstm_columns columns = {.n_times = N_TIMES, .vrms_m_s = vrms_m_s};
    pstm_aperture aperture = {INFINITY, 1};
    const pstm_tile tile = {.i_end = 3, .j_end = 1};
    const pstm_work_item one = {tile, {.n = 1, .at = {{10, 61}}}},
                         two = {tile, {.n = 2, .at = {{10, 50}, {51, 61}}}},
                         all = {tile, {.n = 2, .at = {{10, 50}, {51, N_TIMES}}}};
    ck_assert_double_eq_tol(pstm_work_item_reach_m(&aperture, &grid, &one, &columns), 3000, 1e-9);
    ck_assert_double_eq_tol(pstm_work_item_reach_m(&aperture, &grid, &two, &columns), 1200, 1e-9);
    ck_assert_double_eq_tol(pstm_work_item_reach_m(&aperture, &grid, &all, &columns), 8100, 1e-9);
    aperture.aperture_m = 2500;
    ck_assert(pstm_work_item_reach_m(&aperture, &grid, &one, &columns) == 2500);
    columns.one_column = true;
    ck_assert_double_eq_tol(pstm_work_item_reach_m(&aperture, &grid, &one, &columns), 1200, 1e-9);
}
END_TEST

START_TEST(who_takes_one_window_refuses_several_by_name)
{
    pstm_windows windows = {.n = 1, .at = {{3, 7}, {9, 10}}};
    pstm_window window = {0};
    ck_assert(pstm_windows_single(&windows, "a cube", &window) == PSTM_OK);
    ck_assert(window.k_begin == 3 && window.k_end == 7);
    windows.n = 2;
    ck_assert(pstm_windows_single(&windows, "a cube", &window) == PSTM_USAGE);
    ck_assert_str_eq(pstm_error_text(), "a cube takes one window of output samples, and 2 are wanted");
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("cost");
    tcase_add_test(tests, the_prediction_is_near_the_count_for_short_offsets);
    tcase_add_test(tests, the_prediction_is_near_the_count_for_mixed_offsets);
    tcase_add_test(tests, the_prediction_counts_the_time_window_only);
    tcase_add_test(tests, the_prediction_counts_each_of_several_windows);
    tcase_add_test(tests, without_limits_every_trace_counts_at_every_later_sample);
    tcase_add_test(tests, a_velocity_that_falls_with_time_is_counted_all_the_same);
    tcase_add_test(tests, the_aperture_is_the_lesser_of_distance_and_angle);
    tcase_add_test(tests, the_reach_of_an_item_is_the_greatest_of_its_columns_in_its_windows);
    tcase_add_test(tests, who_takes_one_window_refuses_several_by_name);
    Suite *suite = suite_create("plan/cost");
    suite_add_tcase(suite, tests);
    return suite;
}
