#include <math.h>
#include <string.h>

#include "qc/difference.h"
#include "tests/check/suite.h"

enum { N = 500 };
static const double dt_s = 0.002;
static const pstm_image_trace here = {.i = 3, .j = 5, .class_index = 1};

/* Two Ricker wavelets, 30 Hz, the later one weaker; `late_s` moves both. */
static void make_trace(float *values, double late_s, double scale)
{
    for (int k = 0; k < N; k++) {
        values[k] = 0;
        for (int event = 0; event < 2; event++) {
            const double t = k * dt_s - (event ? 0.7 : 0.4) - late_s, u = M_PI * 30 * t;
            values[k] += (float)(scale * (event ? 0.6 : -1) * (1 - 2 * u * u) * exp(-u * u));
        }
    }
}

static pstm_difference *make(void)
{
    pstm_difference *difference = NULL;
    ck_assert_int_eq(pstm_difference_create(dt_s, &difference), PSTM_OK);
    return difference;
}

START_TEST(equal_traces_have_no_difference)
{
    float a[N];
    pstm_difference *difference = make();
    double median_s = 1, within_s = 1;
    make_trace(a, 0, 1);
    pstm_difference_add(difference, a, a, N, &here, 0);
    ck_assert(pstm_difference_is_none(difference));
    ck_assert_double_eq(pstm_difference_nrms(difference), 0);
    pstm_difference_shifts(difference, &median_s, &within_s);
    ck_assert_int_eq(difference->n_shifts, 1);
    ck_assert_double_eq(median_s, 0);
    ck_assert_double_eq(within_s, 0);
    pstm_difference_destroy(&difference);
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(one_changed_bit_is_found_and_placed)
{
    float a[N], b[N];
    pstm_difference *difference = make();
    make_trace(b, 0, 1);
    memcpy(a, b, sizeof a);
    a[210] = nextafterf(b[210], INFINITY);
    pstm_difference_add(difference, b, b, N, &(pstm_image_trace){0}, 0);
    pstm_difference_add(difference, a, b, N, &here, 40);
    ck_assert(!pstm_difference_is_none(difference));
    ck_assert_int_eq(difference->n_differ, 1);
    ck_assert_int_eq(difference->n_samples, 2 * N);
    ck_assert_int_eq(difference->largest_trace.i, 3);
    ck_assert_int_eq(difference->largest_trace.j, 5);
    ck_assert_int_eq(difference->largest_trace.class_index, 1);
    ck_assert_int_eq(difference->largest_k, 250);
    ck_assert_double_gt(difference->largest, 0);
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(minus_zero_is_another_bit_but_no_distance)
{
    float a[N] = {0}, b[N] = {0};
    pstm_difference *difference = make();
    a[7] = -0.0F;
    pstm_difference_add(difference, a, b, N, &here, 0);
    ck_assert_int_eq(difference->n_differ, 1);
    ck_assert_double_eq(pstm_difference_nrms(difference), 0);
    ck_assert_int_eq(difference->n_shifts, 0);
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(the_nrms_is_that_of_the_definition)
{
    float a[N], b[N];
    pstm_difference *difference = make();
    make_trace(b, 0, 1);
    make_trace(a, 0, 1.25); /* a - b = b/4 */
    pstm_difference_add(difference, a, b, N, &here, 0);
    ck_assert_double_eq_tol(pstm_difference_nrms(difference), 0.25, 1e-6); /* float rounding of a */
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(a_delay_is_read_to_a_fraction_of_a_sample)
{
    const double tolerance_s = 0.05 * dt_s; /* what the parabola misses of a Ricker's top at 30 Hz */
    float a[N], b[N];
    pstm_difference *difference = make();
    double median_s = 0, within_s = 0;
    make_trace(b, 0, 1);
    for (int i = 0; i < 100; i++) { /* 97 late by 0.7 ms, three early by 6 ms */
        make_trace(a, i < 3 ? -0.006 : 0.0007, 2);
        pstm_difference_add(difference, a, b, N, &here, 0);
    }
    pstm_difference_shifts(difference, &median_s, &within_s);
    ck_assert_int_eq(difference->n_shifts, 100);
    ck_assert_double_eq_tol(median_s, 0.0007, tolerance_s);
    ck_assert_double_eq_tol(within_s, 0.0007, tolerance_s);
    for (int i = 0; i < 3; i++) { /* now six of 103: more than 5 % */
        make_trace(a, -0.006, 2);
        pstm_difference_add(difference, a, b, N, &here, 0);
    }
    pstm_difference_shifts(difference, &median_s, &within_s);
    ck_assert_double_eq_tol(median_s, 0.0007, tolerance_s);
    ck_assert_double_eq_tol(within_s, 0.006, tolerance_s);
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(noise_and_lost_events_count_for_no_shift)
{
    float noise[N], b[N], zero[N] = {0};
    pstm_difference *difference = make();
    make_trace(b, 0, 1);
    for (int k = 0; k < N; k++)
        noise[k] = k % 2 ? 1 : -1;
    pstm_difference_add(difference, b, noise, N, &here, 0);
    pstm_difference_add(difference, zero, b, N, &here, 0);
    ck_assert_int_eq(difference->n_shifts, 0);
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(a_nan_differs_and_stays_out_of_the_sums)
{
    float a[N], b[N];
    pstm_difference *difference = make();
    make_trace(b, 0, 1);
    memcpy(a, b, sizeof a);
    a[100] = NAN;
    pstm_difference_add(difference, a, b, N, &here, 0);
    pstm_difference_add(difference, a, a, N, &here, 0); /* the same NaN in both is the same */
    pstm_difference_add(difference, b, a, N, &here, 0);
    ck_assert_int_eq(difference->n_differ, 2);
    ck_assert_int_eq(difference->n_not_finite, 2);
    ck_assert_double_eq(pstm_difference_nrms(difference), 0);
    ck_assert_double_eq(difference->largest, 0);
    ck_assert(!pstm_difference_is_none(difference));
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(folds_that_differ_break_equality)
{
    const float a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 5, 4};
    pstm_difference *difference = make();
    pstm_difference_add_folds(difference, a, a, 4);
    ck_assert(pstm_difference_is_none(difference));
    pstm_difference_add_folds(difference, a, b, 4);
    ck_assert_int_eq(difference->n_folds, 8);
    ck_assert_int_eq(difference->n_folds_differ, 1);
    ck_assert_double_eq(difference->largest_fold, 2);
    ck_assert(!pstm_difference_is_none(difference));
    pstm_difference_destroy(&difference);
}
END_TEST

START_TEST(anything_against_zero_is_infinitely_far)
{
    float a[N], zero[N] = {0};
    pstm_difference *difference = make();
    make_trace(a, 0, 1);
    pstm_difference_add(difference, a, zero, N, &here, 0);
    ck_assert(isinf(pstm_difference_nrms(difference)));
    pstm_difference_destroy(&difference);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("difference");
    tcase_add_test(tests, equal_traces_have_no_difference);
    tcase_add_test(tests, one_changed_bit_is_found_and_placed);
    tcase_add_test(tests, minus_zero_is_another_bit_but_no_distance);
    tcase_add_test(tests, the_nrms_is_that_of_the_definition);
    tcase_add_test(tests, a_delay_is_read_to_a_fraction_of_a_sample);
    tcase_add_test(tests, noise_and_lost_events_count_for_no_shift);
    tcase_add_test(tests, a_nan_differs_and_stays_out_of_the_sums);
    tcase_add_test(tests, folds_that_differ_break_equality);
    tcase_add_test(tests, anything_against_zero_is_infinitely_far);
    Suite *suite = suite_create("difference");
    suite_add_tcase(suite, tests);
    return suite;
}
