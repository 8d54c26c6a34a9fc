/* The antialias copies of a trace: gain, phase, live window. */
#include <math.h>
#include <string.h>

#include "condition/bank.h"
#include "tests/check/suite.h"

enum { N = 1000, STRIDE = 1010, N_LEVELS = 9, MIDDLE = 500, FIRST = 120, LAST = 900 };

/** Copies are rounded to float once. */
static const double ROUNDING = 1e-6;
/** What the ends of a long sine's window still do to its middle: the tails of the filters. */
static const double TAILS = 2e-3;

static float samples[N_LEVELS][STRIDE];

static void make_copies(float (*value)(int i, double parameter), double parameter, int first, int last)
{
    pstm_bank *bank = NULL;
    pstm_bank_work *work = NULL;
    memset(samples, 0xff, sizeof samples); /* NaN: whatever is not written shows */
    for (int i = 0; i < N; i++)
        samples[0][i] = i >= first && i <= last ? value(i, parameter) : 0;
    ck_assert_int_eq(pstm_bank_create(N, N_LEVELS, &bank), PSTM_OK);
    ck_assert_int_eq(pstm_bank_work_create(bank, &work), PSTM_OK);
    pstm_bank_apply(bank, work, first, last, samples[0], STRIDE);
    pstm_bank_work_destroy(&work);
    pstm_bank_destroy(&bank);
}

static float constant(int i, double parameter)
{
    (void)i;
    return (float)parameter;
}

static float spike(int i, double parameter)
{
    return i == (int)parameter ? 1 : 0;
}

/* A sine of a fraction of the Nyquist frequency under a wide Hann window round the middle. */
static float tone(int i, double fraction)
{
    double window = cos(M_PI * (i - MIDDLE) / N);
    return (float)(window * window * cos(M_PI * fraction * (i - MIDDLE)));
}

START_TEST(a_constant_keeps_its_value)
{
    make_copies(constant, 3, 0, N - 1);
    for (int level = 1; level < N_LEVELS; level++)
        ck_assert_double_eq_tol(samples[level][MIDDLE], 3, level < 5 ? 1e-3 : 2e-2);
    for (int level = 0; level < 12; level++)
        ck_assert(pstm_bank_gain(level, 0) == 1);
}
END_TEST

START_TEST(the_spectrum_of_a_spike_is_the_gain)
{
    make_copies(spike, MIDDLE, 0, N - 1);
    for (int level = 1; level < N_LEVELS; level++) {
        const double cutoff = pow(2, -0.5 * level);
        for (double fraction = 0; fraction < 1; fraction += 0.01) {
            double sum = 0;
            for (int i = 0; i < N; i++)
                sum += samples[level][i] * cos(M_PI * fraction * (i - MIDDLE));
            ck_assert_double_eq_tol(sum, pstm_bank_gain(level, fraction), TAILS);
            if (fraction >= cutoff) ck_assert_double_le(fabs(sum), TAILS);
            if (fraction <= 0.5 * cutoff) ck_assert_double_eq_tol(sum, 1, TAILS);
        }
    }
}
END_TEST

START_TEST(the_phase_is_zero)
{
    make_copies(spike, MIDDLE, 0, N - 1);
    for (int level = 1; level < N_LEVELS; level++)
        for (int i = 1; i < 400; i++) {
            ck_assert_double_eq_tol(samples[level][MIDDLE + i], samples[level][MIDDLE - i], ROUNDING);
            ck_assert(samples[level][MIDDLE + i] < samples[level][MIDDLE]);
        }
}
END_TEST

START_TEST(tones_below_the_cutoff_stay_and_above_go)
{
    for (int level = 1; level < 7; level++) {
        const double cutoff = pow(2, -0.5 * level);
        make_copies(tone, 0.45 * cutoff, 0, N - 1);
        for (int i = MIDDLE - 100; i < MIDDLE + 100; i++)
            ck_assert_double_eq_tol(samples[level][i], samples[0][i], TAILS);
        make_copies(tone, 1.05 * cutoff, 0, N - 1);
        for (int i = MIDDLE - 100; i < MIDDLE + 100; i++)
            ck_assert_double_eq_tol(samples[level][i], 0, TAILS);
    }
}
END_TEST

START_TEST(copies_are_zero_outside_the_live_window_and_whole_inside)
{
    make_copies(constant, -2, FIRST, LAST);
    for (int level = 1; level < N_LEVELS; level++)
        for (int i = 0; i < N; i++) {
            if (i < FIRST || i > LAST)
                ck_assert(samples[level][i] == 0);
            else /* the trace goes on at the ends of its window, so that the edges do not fall to half */
                ck_assert(samples[level][i] < (level < 5 ? -1.9 : -1.5));
        }
}
END_TEST

START_TEST(a_trace_without_a_live_window_has_copies_of_zeros)
{
    make_copies(constant, 1, 0, -1);
    for (int level = 1; level < N_LEVELS; level++)
        for (int i = 0; i < N; i++)
            ck_assert(samples[level][i] == 0);
}
END_TEST

START_TEST(one_level_makes_no_copy)
{
    pstm_bank *bank = NULL;
    pstm_bank_work *work = NULL;
    ck_assert_int_eq(pstm_bank_create(N, 1, &bank), PSTM_OK);
    ck_assert_int_eq(pstm_bank_work_create(bank, &work), PSTM_OK);
    ck_assert_int_eq(pstm_bank_work_bytes(bank), 0);
    memset(samples, 0, sizeof samples);
    samples[1][3] = 7;
    pstm_bank_apply(bank, work, 0, N - 1, samples[0], STRIDE);
    ck_assert(samples[1][3] == 7);
    pstm_bank_work_destroy(&work);
    pstm_bank_destroy(&bank);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("bank");
    TCase *tests = tcase_create("bank");
    tcase_add_test(tests, a_constant_keeps_its_value);
    tcase_add_test(tests, the_spectrum_of_a_spike_is_the_gain);
    tcase_add_test(tests, the_phase_is_zero);
    tcase_add_test(tests, tones_below_the_cutoff_stay_and_above_go);
    tcase_add_test(tests, copies_are_zero_outside_the_live_window_and_whole_inside);
    tcase_add_test(tests, a_trace_without_a_live_window_has_copies_of_zeros);
    tcase_add_test(tests, one_level_makes_no_copy);
    suite_add_tcase(suite, tests);
    return suite;
}
