/* The choice of the antialias level, against the formula of antialias.h in double. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "device/antialias.h"
#include "sum/aperture.h"
#include "tests/check/suite.h"

enum { N_TIMES = 100, N_LEVELS = 9, N_TRIES = 20000 };

/** The float formula tells a slope to 1e-5, its square to twice that, and in octaves: */
static const double BORDER_OCTAVES = 1e-4;

static pstm_device_plan make_plan(double step_m)
{
    pstm_device_plan plan = {.n_times = N_TIMES,
                             .time_first_s = -0.03,
                             .time_step_s = 0.004,
                             .sample_s = 0.002,
                             .n_levels = N_LEVELS,
                             .aperture_tan = tan(60 * M_PI / 180)};
    pstm_grid grid = {.azimuth_deg = 27,
                      .n_inline = 10,
                      .n_crossline = 10,
                      .step_inline_m = step_m,
                      .step_crossline_m = 2 * step_m};
    pstm_grid_prepare(&grid);
    pstm_antialias_steps(&grid, 1, plan.bin_step_m);
    return plan;
}

static double random_between(double low, double high)
{
    static uint64_t state = 7;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return low + (high - low) * (double)(state >> 11) / 9007199254740992.0;
}

/* log2 of x of antialias.h, from the travel time's formula. */
static double octaves(const pstm_device_plan *plan, double t0_s, double v_m_s, double x_m, double y_m,
                      const pstm_device_trace *trace)
{
    const double ends_m[2][2] = {{trace->source_x_m, trace->source_y_m},
                                 {trace->receiver_x_m, trace->receiver_y_m}};
    double steepest = 0;
    for (int axis = 0; axis < 2; axis++) {
        double slope = 0;
        for (int end = 0; end < 2; end++) {
            double dx_m = x_m - ends_m[end][0], dy_m = y_m - ends_m[end][1];
            double leg_s = sqrt(t0_s * t0_s / 4 + (dx_m * dx_m + dy_m * dy_m) / (v_m_s * v_m_s));
            slope += (dx_m * plan->bin_step_m[axis][0] + dy_m * plan->bin_step_m[axis][1]) /
                     (v_m_s * v_m_s * leg_s);
        }
        steepest = fmax(steepest, fabs(slope) / plan->sample_s);
    }
    return 2 * log2(steepest);
}

static int32_t level_of(const pstm_antialias_legs_f *legs, const pstm_antialias_block *block)
{
    const pstm_device_plan plan = {.n_levels = N_LEVELS};
    return pstm_antialias_block_level(&plan, legs, block);
}

START_TEST(the_level_is_that_of_the_formula)
{
    const pstm_device_plan plan = make_plan(12.5);
    float vrms_m_s[N_TIMES];
    const pstm_columns column = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms_m_s};
    pstm_antialias_block blocks[N_TIMES / PSTM_BLOCK + 1];
    int n_of_level[N_LEVELS] = {0};
    for (int i = 0; i < N_TRIES; i++) {
        for (int k = 0; k < N_TIMES; k++)
            vrms_m_s[k] = (float)random_between(1400, 4000);
        pstm_antialias_blocks(&plan, &column, blocks);
        const pstm_device_trace trace = {.source_x_m = 5e5 + random_between(-900, 900),
                                         .source_y_m = 6e6 + random_between(-900, 900),
                                         .receiver_x_m = 5e5 + random_between(-900, 900),
                                         .receiver_y_m = 6e6 + random_between(-900, 900)};
        const pstm_antialias_legs_f legs = pstm_antialias_legs_of(&plan, 5e5, 6e6, &trace);
        const int b = i % pstm_antialias_n_blocks(N_TIMES);
        const int k = b == 0 ? 8 : PSTM_BLOCK * b; /* the first with t0 > 0 */
        const double x = octaves(&plan, pstm_device_time_s(&plan, k), vrms_m_s[k], 5e5, 6e6, &trace);
        const int level = level_of(&legs, &blocks[b]);
        const double expected = x < 0 ? 0 : fmin(N_LEVELS - 1, 1 + floor(x));
        ck_assert_msg(level == expected || fabs(x - round(x)) < BORDER_OCTAVES, "%d, not %g (%g octaves)",
                      level, expected, x);
        n_of_level[level]++;
    }
    for (int level = 0; level < N_LEVELS - 1; level++)
        ck_assert_int_gt(n_of_level[level], 20);
}
END_TEST

START_TEST(legs_without_length_and_tiny_times_have_level_0)
{
    pstm_device_plan plan = make_plan(12.5);
    float vrms_m_s[N_TIMES];
    const pstm_columns column = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms_m_s};
    pstm_antialias_block blocks[N_TIMES / PSTM_BLOCK + 1];
    for (int k = 0; k < N_TIMES; k++)
        vrms_m_s[k] = 1500;
    plan.time_first_s = 0;
    plan.time_step_s = 1e-26; /* (v t0/2)^2 is below the least float */
    pstm_antialias_blocks(&plan, &column, blocks);
    const pstm_device_trace trace = {.source_x_m = 10, .receiver_x_m = 10};
    const pstm_antialias_legs_f above = pstm_antialias_legs_of(&plan, 10, 0, &trace);
    ck_assert_int_eq(level_of(&above, &blocks[0]), 0);
    const pstm_antialias_legs_f beside = pstm_antialias_legs_of(&plan, 15, 0, &trace);
    ck_assert_int_gt(level_of(&beside, &blocks[0]), 0);
    plan.time_step_s = 0; /* no t0 > 0 at all */
    pstm_antialias_blocks(&plan, &column, blocks);
    ck_assert_int_eq(level_of(&beside, &blocks[0]), 0);
}
END_TEST

START_TEST(the_octave_counts_powers_of_two)
{
    ck_assert_int_eq(pstm_antialias_octave_f(0, 11), 0);
    ck_assert_int_eq(pstm_antialias_octave_f(nextafterf(1, 0), 11), 0);
    ck_assert_int_eq(pstm_antialias_octave_f(1, 11), 1);
    ck_assert_int_eq(pstm_antialias_octave_f(nextafterf(2, 0), 11), 1);
    ck_assert_int_eq(pstm_antialias_octave_f(2, 11), 2);
    ck_assert_int_eq(pstm_antialias_octave_f(FLT_MAX, 11), 11);
    ck_assert_int_eq(pstm_antialias_octave_f(FLT_MAX, 0), 0);
}
END_TEST

/* 2 sin(60) 25 m / (1700 m/s 2 ms) = 12.7 samples, 7.3 octaves of their square: levels 0 to 8. */
START_TEST(a_job_has_the_levels_of_its_steepest_operator)
{
    pstm_device_plan plan = make_plan(12.5);
    ck_assert_int_eq(pstm_antialias_n_levels(&plan, 1700), 9);
    ck_assert_int_eq(pstm_antialias_n_levels(&plan, 3400), 7);
    plan.aperture_tan = INFINITY;
    ck_assert_int_eq(pstm_antialias_n_levels(&plan, 1700), 9);
    plan = make_plan(1000);
    ck_assert_int_eq(pstm_antialias_n_levels(&plan, 1700), PSTM_MOST_LEVELS);
    plan = make_plan(0.5);
    ck_assert_int_eq(pstm_antialias_n_levels(&plan, 1700), 1);
}
END_TEST

START_TEST(steps_follow_the_grid_and_an_axis_of_one_node_does_not_count)
{
    pstm_grid grid = {
        .azimuth_deg = 30, .n_inline = 5, .n_crossline = 7, .step_inline_m = 20, .step_crossline_m = 30};
    double steps_m[2][2], x_m, y_m;
    pstm_grid_prepare(&grid);
    pstm_antialias_steps(&grid, 1.5, steps_m);
    pstm_grid_node(&grid, 1, 0, &x_m, &y_m);
    ck_assert_double_eq_tol(steps_m[0][0], 1.5 * x_m, 1e-12);
    ck_assert_double_eq_tol(steps_m[0][1], 1.5 * y_m, 1e-12);
    pstm_grid_node(&grid, 0, 1, &x_m, &y_m);
    ck_assert_double_eq_tol(steps_m[1][0], 1.5 * x_m, 1e-12);
    ck_assert_double_eq_tol(steps_m[1][1], 1.5 * y_m, 1e-12);
    grid.n_inline = 1;
    pstm_antialias_steps(&grid, 1.5, steps_m);
    ck_assert(steps_m[0][0] == 0 && steps_m[0][1] == 0 && steps_m[1][0] > 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("antialias");
    TCase *tests = tcase_create("antialias");
    tcase_add_test(tests, the_level_is_that_of_the_formula);
    tcase_add_test(tests, legs_without_length_and_tiny_times_have_level_0);
    tcase_add_test(tests, the_octave_counts_powers_of_two);
    tcase_add_test(tests, a_job_has_the_levels_of_its_steepest_operator);
    tcase_add_test(tests, steps_follow_the_grid_and_an_axis_of_one_node_does_not_count);
    suite_add_tcase(suite, tests);
    return suite;
}
