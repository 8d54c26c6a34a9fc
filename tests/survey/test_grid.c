#include <math.h>
#include <stdlib.h>

#include "survey/grid.h"
#include "tests/check/suite.h"

/** World coordinates of 1e7 m are spaced by 2e-9 m; a node is the sum of three of them. */
#define POSITION_TOLERANCE_M 1e-8
/** The above over a step of 5 m or more, and the division. */
#define INDEX_TOLERANCE 1e-8

static pstm_grid make_grid(double azimuth_deg)
{
    pstm_grid grid = {.origin_x_m = 606000,
                      .origin_y_m = 6077000,
                      .azimuth_deg = azimuth_deg,
                      .n_inline = 463,
                      .n_crossline = 321,
                      .step_inline_m = 12.5,
                      .step_crossline_m = 25,
                      .first_inline = 1,
                      .first_crossline = 1,
                      .n_times = 11,
                      .time_first_s = 0.5,
                      .time_step_s = 0.002};
    pstm_grid_prepare(&grid);
    return grid;
}

START_TEST(crosslines_grow_along_the_azimuth_and_inlines_along_azimuth_plus_90)
{
    double x, y;
    pstm_grid north = make_grid(0);
    pstm_grid_node(&north, 0, 4, &x, &y);
    ck_assert(x == 606000 && y == 6077100);
    pstm_grid_node(&north, 4, 0, &x, &y);
    ck_assert(x == 606050 && y == 6077000);

    pstm_grid oblique = make_grid(30);
    pstm_grid_node(&oblique, 0, 4, &x, &y);
    ck_assert_double_eq_tol(x, 606000 + 50, POSITION_TOLERANCE_M);
    ck_assert_double_eq_tol(y, 6077000 + 50 * sqrt(3), POSITION_TOLERANCE_M);
    pstm_grid_node(&oblique, 8, 0, &x, &y);
    ck_assert_double_eq_tol(x, 606000 + 50 * sqrt(3), POSITION_TOLERANCE_M);
    ck_assert_double_eq_tol(y, 6077000 - 50, POSITION_TOLERANCE_M);
}
END_TEST

START_TEST(azimuth_90_with_one_inline_is_a_line_along_x_exactly)
{
    pstm_grid grid = make_grid(90);
    for (int64_t j = 0; j < 321; j++) {
        double x, y;
        pstm_grid_node(&grid, 0, j, &x, &y);
        ck_assert(x == 606000 + 25.0 * (double)j);
        ck_assert(y == 6077000);
    }
}
END_TEST

START_TEST(sine_and_cosine_are_exact_at_every_multiple_of_90_degrees)
{
    static const double sines[4] = {0, 1, 0, -1};
    for (int quarter = -8; quarter <= 8; quarter++) {
        pstm_grid grid = make_grid(90.0 * quarter);
        ck_assert(grid.sin_azimuth == sines[(quarter + 8) % 4]);
        ck_assert(grid.cos_azimuth == sines[(quarter + 9) % 4]);
    }
}
END_TEST

START_TEST(indices_are_the_inverse_of_node_also_outside_the_grid)
{
    for (int step = -40; step <= 40; step++) {
        pstm_grid grid = make_grid(9.37 * step);
        int64_t i = 13 * step, j = 300 - 7 * step;
        double x, y, found_i, found_j;
        pstm_grid_node(&grid, i, j, &x, &y);
        pstm_grid_indices(&grid, x, y, &found_i, &found_j);
        ck_assert_double_eq_tol(found_i, (double)i, INDEX_TOLERANCE);
        ck_assert_double_eq_tol(found_j, (double)j, INDEX_TOLERANCE);
    }
}
END_TEST

START_TEST(time_counts_from_the_first_sample)
{
    pstm_grid grid = make_grid(0);
    ck_assert(pstm_grid_time_s(&grid, 0) == 0.5);
    ck_assert_double_eq_tol(pstm_grid_time_s(&grid, 10), 0.52, 1e-15);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("grid");
    tcase_add_test(tests, crosslines_grow_along_the_azimuth_and_inlines_along_azimuth_plus_90);
    tcase_add_test(tests, azimuth_90_with_one_inline_is_a_line_along_x_exactly);
    tcase_add_test(tests, sine_and_cosine_are_exact_at_every_multiple_of_90_degrees);
    tcase_add_test(tests, indices_are_the_inverse_of_node_also_outside_the_grid);
    tcase_add_test(tests, time_counts_from_the_first_sample);
    Suite *suite = suite_create("survey/grid");
    suite_add_tcase(suite, tests);
    return suite;
}
