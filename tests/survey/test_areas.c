/* Areas of traces and spacings of midpoints. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey/areas.h"
#include "survey/spacing.h"
#include "tests/check/suite.h"

#define MUST(call) ck_assert_msg((call) == PSTM_OK, "%s", pstm_error_text())

enum { MOST = 5000 };
static pstm_area_point points[MOST];
static pstm_position places[MOST];
static float areas[MOST];
static int64_t n;
static uint64_t state;

static void start(void)
{
    n = 0;
    state = 16;
}

static double draw(void)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(state >> 11) / 9007199254740992.0;
}

static void add(double u_m, double v_m)
{
    ck_assert_int_lt(n, MOST);
    places[n] = (pstm_position){u_m, v_m};
    points[n] = (pstm_area_point){u_m, v_m, n};
    n++;
}

static double spacing(bool on_a_line)
{
    int number;
    MUST(pstm_spacing_find(places, n, on_a_line, &number));
    ck_assert_int_ge(number, 0);
    return pstm_spacing_m(number);
}

static void add_square(int side, double step_m)
{
    for (int i = 0; i < side * side; i++)
        add(1e6 + i / side * step_m, 7e6 + i % side * step_m);
}

START_TEST(the_spacing_is_that_of_a_regular_grid_whatever_its_fold)
{
    for (int fold = 0; fold < 5; fold++) {
        add_square(30, 25);
        ck_assert_double_ge(spacing(false), 0.75 * 25);
        ck_assert_double_le(spacing(false), 1.05 * 25);
    }
}
END_TEST

START_TEST(heaps_of_midpoints_have_the_spacing_of_the_heaps)
{
    for (int i = 0; i < 14 * 14; i++)
        for (int k = 0; k < 20; k++)
            add(i / 14 * 50 + draw(), i % 14 * 50 + draw());
    ck_assert_double_ge(spacing(false), 0.75 * 50);
    ck_assert_double_le(spacing(false), 1.1 * 50);
}
END_TEST

START_TEST(random_midpoints_have_about_the_root_of_the_area_per_trace)
{
    for (int i = 0; i < 1600; i++)
        add(draw() * 1000, draw() * 1000);
    ck_assert_double_ge(spacing(false), 0.85 * 25);
    ck_assert_double_le(spacing(false), 1.3 * 25);
}
END_TEST

START_TEST(a_line_has_the_spacing_along_it)
{
    for (int i = 0; i < 300; i++)
        add(i * 10, 0);
    ck_assert_double_ge(spacing(true), 0.7 * 10);
    ck_assert_double_le(spacing(true), 1.05 * 10);
}
END_TEST

START_TEST(few_midpoints_have_a_spacing_and_one_place_has_none)
{
    int number;
    add(0, 0);
    add(0, 0);
    MUST(pstm_spacing_find(places, n, false, &number));
    ck_assert_int_eq(number, -1);
    add(100, 0);
    ck_assert_double_eq_tol(spacing(true), 100, 20);
    ck_assert_double_ge(spacing(false), 50);
}
END_TEST

START_TEST(a_regular_grid_has_the_area_of_its_cells)
{
    add_square(20, 25);
    MUST(pstm_areas_find(points, n, 0, n, 25, false, areas));
    for (int i = 2; i < 18; i++)
        for (int j = 2; j < 18; j++)
            ck_assert_float_eq_tol(areas[i * 20 + j], 625, 1e-3F);
}
END_TEST

START_TEST(areas_add_up_to_what_the_midpoints_reach)
{
    double sum = 0;
    const double s = 30;
    for (int i = 0; i < 1000; i++)
        add(5000 + draw() * 900, draw() * 900);
    MUST(pstm_areas_find(points, n, 0, n, s, false, areas));
    for (int64_t i = 0; i < n; i++)
        sum += (double)areas[i];
    /* The square, and half a spacing round its outermost midpoints. */
    ck_assert_double_ge(sum, (900 - s) * (900 - s));
    ck_assert_double_le(sum, (900 + s) * (900 + s));
}
END_TEST

START_TEST(at_the_edge_a_trace_stands_for_as_much_as_in_the_midst)
{
    add_square(20, 25);
    MUST(pstm_areas_find(points, n, 0, n, 25, false, areas));
    ck_assert_float_eq_tol(areas[10], 625, 0.03F * 625);
    ck_assert_float_eq_tol(areas[0], 625, 0.15F * 625); /* a round corner */
}
END_TEST

START_TEST(traces_at_one_place_share_its_area)
{
    add_square(9, 25);
    add(1e6 + 4 * 25, 7e6 + 4 * 25);
    add(1e6 + 4 * 25, 7e6 + 4 * 25);
    MUST(pstm_areas_find(points, n, 0, n, 25, false, areas));
    ck_assert_float_eq_tol(areas[4 * 9 + 4], 625.0F / 3, 1e-3F);
    ck_assert_float_eq(areas[81], areas[40]);
    ck_assert_float_eq(areas[82], areas[40]);
}
END_TEST

/* What a rank finds of its own rows, with those of others within the margin, is what one rank finds of
 * all. */
START_TEST(a_part_has_the_areas_of_the_whole)
{
    static float part[MOST];
    enum { ROWS = 500 };
    const double s = 25, margin = pstm_areas_margin_m(s);
    for (int i = 0; i < 2 * ROWS; i++)
        add(i < ROWS ? draw() * 300 : 300 + draw() * 900, draw() * 600);
    pstm_area_point *near;
    int64_t n_near = 0;
    MUST(PSTM_NEW(&near, n, "midpoints"));
    for (int64_t i = n - 1; i >= 0; i--)
        if (points[i].row < ROWS || points[i].u_m <= 300 + margin) near[n_near++] = points[i];
    MUST(pstm_areas_find(points, n, 0, n, s, false, areas));
    MUST(pstm_areas_find(near, n_near, 0, ROWS, s, false, part));
    ck_assert_int_lt(n_near, n);
    for (int i = 0; i < ROWS; i++)
        ck_assert_float_eq(part[i], areas[i]);
    ck_assert_float_eq(part[ROWS], 0);
    PSTM_FREE(&near);
}
END_TEST

START_TEST(on_a_line_a_trace_has_half_the_way_to_its_neighbours)
{
    add(0, 0);
    add(10, 0);
    add(16, 0);
    add(16, 0);
    add(100, 0);
    MUST(pstm_areas_find(points, n, 0, n, 10, true, areas));
    ck_assert_float_eq(areas[0], 10); /* at an end */
    ck_assert_float_eq(areas[1], 8);
    ck_assert_float_eq(areas[2], 4); /* shared, and a gap */
    ck_assert_float_eq(areas[3], 4);
    ck_assert_float_eq(areas[4], 10);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("areas");
    TCase *cases = tcase_create("areas");
    tcase_add_checked_fixture(cases, start, NULL);
    tcase_add_test(cases, the_spacing_is_that_of_a_regular_grid_whatever_its_fold);
    tcase_add_test(cases, heaps_of_midpoints_have_the_spacing_of_the_heaps);
    tcase_add_test(cases, random_midpoints_have_about_the_root_of_the_area_per_trace);
    tcase_add_test(cases, a_line_has_the_spacing_along_it);
    tcase_add_test(cases, few_midpoints_have_a_spacing_and_one_place_has_none);
    tcase_add_test(cases, a_regular_grid_has_the_area_of_its_cells);
    tcase_add_test(cases, areas_add_up_to_what_the_midpoints_reach);
    tcase_add_test(cases, at_the_edge_a_trace_stands_for_as_much_as_in_the_midst);
    tcase_add_test(cases, traces_at_one_place_share_its_area);
    tcase_add_test(cases, a_part_has_the_areas_of_the_whole);
    tcase_add_test(cases, on_a_line_a_trace_has_half_the_way_to_its_neighbours);
    suite_add_tcase(suite, cases);
    return suite;
}
