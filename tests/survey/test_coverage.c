/* A grid that is turned or swapped against its survey is told from one that is meant. */
#include <stdbool.h>

#include "survey/coverage.h"
#include "tests/check/suite.h"

static pstm_grid make_grid(double azimuth_deg)
{
    pstm_grid grid = {.origin_x_m = 1000,
                      .origin_y_m = 5000,
                      .azimuth_deg = azimuth_deg,
                      .n_inline = 20,
                      .n_crossline = 60,
                      .step_inline_m = 50,
                      .step_crossline_m = 25};
    pstm_grid_prepare(&grid);
    return grid;
}

/* Midpoints over all of a grid of this azimuth, from a fraction of its crosslines on. */
static pstm_coverage cover(const pstm_grid *grid, double azimuth_deg, double from, bool swapped)
{
    const pstm_grid other = make_grid(azimuth_deg);
    pstm_coverage coverage = {{0}};
    for (int i = 0; i < other.n_inline; i++) {
        for (int j = (int)(from * other.n_crossline); j < other.n_crossline; j++) {
            double x_m, y_m;
            pstm_grid_node(&other, i, j, &x_m, &y_m);
            pstm_coverage_add(&coverage, grid, swapped ? y_m : x_m, swapped ? x_m : y_m);
        }
    }
    return coverage;
}

START_TEST(a_turned_grid_is_found)
{
    const pstm_orientation orientations[4] = {PSTM_ORIENTATION_GIVEN, PSTM_ORIENTATION_TURNED_90,
                                              PSTM_ORIENTATION_TURNED_180, PSTM_ORIENTATION_TURNED_270};
    for (int azimuth = -30; azimuth < 360; azimuth += 30) {
        const pstm_grid grid = make_grid(azimuth);
        for (int turn = 0; turn < 4; turn++) {
            const pstm_coverage coverage = cover(&grid, azimuth + 90 * turn, 0, false);
            ck_assert_int_eq(pstm_coverage_better(&coverage, &grid), orientations[turn]);
            ck_assert_int_eq(pstm_coverage_count(&coverage, orientations[turn]), 64);
        }
    }
}
END_TEST

START_TEST(swapped_coordinates_are_found)
{
    const pstm_grid grid = make_grid(10);
    const pstm_coverage coverage = cover(&grid, 10, 0, true);
    ck_assert_int_eq(pstm_coverage_better(&coverage, &grid), PSTM_ORIENTATION_SWAPPED);
}
END_TEST

START_TEST(a_grid_that_leaves_the_survey_on_one_side_is_meant)
{
    const pstm_grid grid = make_grid(10);
    for (int part = 1; part < 8; part++) {
        const pstm_coverage coverage = cover(&grid, 10, part / 8.0, false);
        ck_assert_int_eq(pstm_coverage_better(&coverage, &grid), PSTM_ORIENTATION_GIVEN);
    }
}
END_TEST

START_TEST(a_grid_of_few_nodes_tells_nothing)
{
    pstm_grid grid = make_grid(0);
    grid.n_inline = 1;
    grid.n_crossline = 3;
    const pstm_coverage coverage = cover(&grid, 180, 0, false);
    ck_assert_int_eq(pstm_coverage_n_parts(&grid), 3);
    ck_assert_int_eq(pstm_coverage_better(&coverage, &grid), PSTM_ORIENTATION_GIVEN);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tests = tcase_create("coverage");
    tcase_add_test(tests, a_turned_grid_is_found);
    tcase_add_test(tests, swapped_coordinates_are_found);
    tcase_add_test(tests, a_grid_that_leaves_the_survey_on_one_side_is_meant);
    tcase_add_test(tests, a_grid_of_few_nodes_tells_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
