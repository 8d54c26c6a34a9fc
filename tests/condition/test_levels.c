/* How loud traces are, and what of it adds up. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "condition/levels.h"
#include "tests/check/suite.h"

enum { N = 101 };

/* A record whose samples go up to `size`. */
static void make_record(float *samples, float size)
{
    for (int i = 0; i < N; i++)
        samples[i] = size * (float)sin(0.7 * i + 0.2) * (float)exp(-0.01 * i);
}

static pstm_trace_level level_of(float size)
{
    float samples[N];
    make_record(samples, size);
    return pstm_trace_level_find(samples, N);
}

START_TEST(the_level_is_the_rms_and_the_two_largest_sizes)
{
    const float samples[] = {0, 3, -4, 1, -4, 4};
    const pstm_trace_level level = pstm_trace_level_find(samples, 6);
    ck_assert_double_eq_tol(level.rms, sqrt(58.0 / 6), 1e-12);
    ck_assert(level.largest == -4 && level.next == 3 && level.n_largest == 2);
    const pstm_trace_level none = pstm_trace_level_find(samples, 0), zero = pstm_trace_level_find(samples, 1);
    ck_assert(none.rms == 0 && zero.rms == 0 && zero.next == 0 && !pstm_trace_level_is_lone(&zero));
}
END_TEST

START_TEST(sizes_at_the_ends_of_float_have_a_level)
{
    const float sizes[] = {1e-44F, 1e-38F, 1e-20F, 1, 1e20F, 9e24F};
    pstm_file_levels levels = {0};
    for (int i = 0; i < 6; i++) {
        const pstm_trace_level level = level_of(sizes[i]);
        ck_assert(isfinite(level.rms) && level.rms > 0);
        pstm_file_levels_count(&levels, i, &level);
    }
    ck_assert(levels.n == 6 && levels.loudest_number == 5 && isfinite(pstm_file_levels_median(&levels)));
}
END_TEST

START_TEST(lone_samples_are_those_far_above_all_others)
{
    float samples[N];
    make_record(samples, 1);
    const float next = pstm_trace_level_find(samples, N).next;
    const struct {
        float factor;
        int n;
        bool lone;
    } cases[] = {{99, 1, false}, {101, 1, true},   {101, 2, true},
                 {11, 2, false}, {9.9F, 3, false}, {11, 3, true}};
    ck_assert(next > 0.5F);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        make_record(samples, 1);
        const float largest = fabsf(pstm_trace_level_find(samples, N).largest);
        for (int i = 0; i < cases[c].n; i++)
            samples[40 + i] = -cases[c].factor * largest;
        const pstm_trace_level level = pstm_trace_level_find(samples, N);
        ck_assert_msg(pstm_trace_level_is_lone(&level) == cases[c].lone, "case %d", (int)c);
    }
    memset(samples, 0, sizeof samples);
    samples[7] = 1; /* an impulse */
    const pstm_trace_level impulse = pstm_trace_level_find(samples, N);
    ck_assert(!pstm_trace_level_is_lone(&impulse));
}
END_TEST

START_TEST(the_median_is_that_of_most_traces)
{
    pstm_file_levels levels = {0};
    ck_assert(pstm_file_levels_median(&levels) == 0);
    for (int i = 0; i < 51; i++) {
        const pstm_trace_level level = level_of(i < 30 ? 3 : 3e6F);
        pstm_file_levels_count(&levels, i, &level);
    }
    const double rms = level_of(3).rms;
    ck_assert_double_eq_tol(pstm_file_levels_median(&levels), rms, 0.1 * rms);
    ck_assert_int_eq(pstm_file_levels_above(&levels, 100 * rms), 21);
    ck_assert_int_eq(pstm_file_levels_above(&levels, 1e7 * rms), 0);
}
END_TEST

/* Traces by number, in two parts, one in the wrong order. */
START_TEST(levels_of_parts_add_up_in_any_order)
{
    pstm_file_levels part[2] = {0}, whole = {0}, sum = {0}, other = {0};
    for (int i = 0; i < 40; i++) {
        float samples[N];
        make_record(samples, (float)(1 + (i * 7) % 11));
        if (i % 10 == 4) samples[50] = 1e6F;
        const pstm_trace_level level = pstm_trace_level_find(samples, N);
        pstm_file_levels_count(&whole, i, &level);
        pstm_file_levels_count(&part[i % 2], i, &level);
    }
    pstm_file_levels_add(&sum, &part[0]);
    pstm_file_levels_add(&sum, &part[1]);
    pstm_file_levels_add(&other, &part[1]);
    pstm_file_levels_add(&other, &part[0]);
    ck_assert_mem_eq(&sum, &whole, sizeof whole);
    ck_assert_mem_eq(&other, &whole, sizeof whole);
    ck_assert(whole.n == 40 && whole.n_lone == 4 && whole.lone_number == 4 && whole.lone.largest == 1e6F);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("levels");
    TCase *tests = tcase_create("levels");
    tcase_add_test(tests, the_level_is_the_rms_and_the_two_largest_sizes);
    tcase_add_test(tests, sizes_at_the_ends_of_float_have_a_level);
    tcase_add_test(tests, lone_samples_are_those_far_above_all_others);
    tcase_add_test(tests, the_median_is_that_of_most_traces);
    tcase_add_test(tests, levels_of_parts_add_up_in_any_order);
    suite_add_tcase(suite, tests);
    return suite;
}
