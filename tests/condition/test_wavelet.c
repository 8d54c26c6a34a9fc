/* The wavelet filter: its signs, its size, its length, and what `auto` stands for. */
#include <math.h>
#include <string.h>

#include "condition/condition.h"
#include "condition/wavelet.h"
#include "tests/check/suite.h"

enum { N = 600, MIDDLE = 300 };
static const double SAMPLE_S = 0.004;

/**
 * A Gaussian of 3 samples' width, whose spectrum is 1e-19 at the Nyquist frequency: it can be sampled, so
 * that the filters of the samples are the filters of the pulse.
 */
static const double WIDTH_S = 0.012;

/**
 * Part of the largest sample that the images of the pulse add, which the circular FFT puts one padded length
 * (1,344 samples) apart: the 2D filter's tail falls as t^-1.5 and is 3.2e-4 at 900 samples, behind a pulse
 * whose mean is not zero. Field data have no mean, and less tail.
 */
static const double IMAGES = 5e-4;

static double pulse(double t_s)
{
    return exp(-0.5 * t_s * t_s / (WIDTH_S * WIDTH_S));
}

static void fill_pulse(float *samples, int middle)
{
    for (int i = 0; i < N; i++)
        samples[i] = (float)pulse((i - middle) * SAMPLE_S);
}

static void filter(pstm_wavelet wavelet, float *samples)
{
    pstm_condition_options keys = {.wavelet = wavelet};
    pstm_trace trace = {.n_samples = N};
    pstm_conditioner *conditioner = NULL;
    pstm_condition_work *work = NULL;
    ck_assert_int_eq(pstm_conditioner_create(&keys, wavelet, N, SAMPLE_S, &conditioner), PSTM_OK);
    ck_assert_int_eq(pstm_condition_work_create(conditioner, &work), PSTM_OK);
    ck_assert_int_eq(pstm_conditioner_apply(conditioner, work, &trace, samples), PSTM_OK);
    ck_assert_int_eq(trace.fate, PSTM_TRACE_KEPT);
    pstm_condition_work_destroy(&work);
    pstm_conditioner_destroy(&conditioner);
}

static double largest_size(const float *samples, int begin, int end)
{
    double largest = 0.0;
    for (int i = begin; i < end; i++)
        largest = fmax(largest, fabs((double)samples[i]));
    return largest;
}

START_TEST(the_3d_filter_is_minus_the_derivative)
{
    float samples[N];
    fill_pulse(samples, MIDDLE);
    filter(PSTM_WAVELET_3D, samples);
    double largest = exp(-0.5) / WIDTH_S; /* of the derivative, one width from the middle */
    for (int i = 0; i < N; i++) {
        double t_s = (i - MIDDLE) * SAMPLE_S;
        double expected = t_s / (WIDTH_S * WIDTH_S) * pulse(t_s);
        /* Rounding of single-precision FFTs, multiplied by omega. */
        ck_assert_double_eq_tol((double)samples[i], expected, 1e-5 * largest);
    }
    ck_assert_float_gt(samples[MIDDLE + 3], 0.0F);
}
END_TEST

START_TEST(the_2d_filter_twice_is_the_3d_filter)
{
    float twice[N], once[N];
    fill_pulse(twice, MIDDLE);
    fill_pulse(once, MIDDLE);
    filter(PSTM_WAVELET_2D, twice);
    filter(PSTM_WAVELET_2D, twice);
    filter(PSTM_WAVELET_3D, once);
    /* The tail of the first pass is cut at the trace's start, 1.2 s from the pulse. */
    double tolerance = 1e-3 * largest_size(once, 0, N);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq_tol((double)twice[i], (double)once[i], tolerance);
}
END_TEST

/**
 * (-d/dt)^(1/2) f(t) = -1/sqrt(pi) * integral over s from t to infinity of f'(s)/sqrt(s - t): the right-sided
 * half derivative of Liouville. With s = t + u^2 the root leaves the integral.
 */
static double half_derivative(double t_s)
{
    const int steps = 4000;
    const double end = 1.2, step = end / steps;
    double sum = 0.0;
    for (int i = 0; i < steps; i++) {
        double u = (i + 0.5) * step, s = t_s + u * u;
        sum += -s / (WIDTH_S * WIDTH_S) * pulse(s);
    }
    return -2.0 * sum * step / sqrt(3.14159265358979323846);
}

START_TEST(the_2d_filter_is_the_half_derivative_of_what_comes_later)
{
    float samples[N];
    fill_pulse(samples, MIDDLE);
    filter(PSTM_WAVELET_2D, samples);
    double largest = largest_size(samples, 0, N);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq_tol((double)samples[i], half_derivative((i - MIDDLE) * SAMPLE_S),
                                IMAGES * largest);
}
END_TEST

START_TEST(the_2d_filter_gives_nothing_after_a_pulse_and_a_tail_before_it)
{
    float samples[N];
    fill_pulse(samples, MIDDLE);
    filter(PSTM_WAVELET_2D, samples);
    double largest = largest_size(samples, 0, N);
    ck_assert_double_lt(largest_size(samples, MIDDLE + 20, N), IMAGES * largest);
    ck_assert_double_gt(largest_size(samples, MIDDLE - 40, MIDDLE - 20), 2e-2 * largest);
}
END_TEST

START_TEST(what_is_filtered_near_one_end_does_not_come_back_at_the_other)
{
    float samples[N];
    fill_pulse(samples, 20);
    filter(PSTM_WAVELET_2D, samples);
    double largest = largest_size(samples, 0, N);
    ck_assert_double_lt(largest_size(samples, N / 2, N), IMAGES * largest);
}
END_TEST

START_TEST(a_trace_that_does_not_end_in_zeros_does_not_ring)
{
    float samples[N];
    for (int i = 0; i < N; i++)
        samples[i] = 5.0F;
    filter(PSTM_WAVELET_3D, samples);
    /* A cut would give 5 / 0.004 s = 1250 at the ends and ring inwards; the fade's own slope is 31. */
    ck_assert_double_lt(largest_size(samples, 0, N), 31.0);
    ck_assert_double_lt(largest_size(samples, 10, N - 10), 1.0);
}
END_TEST

START_TEST(the_factor_follows_the_formula)
{
    double real, imaginary;
    pstm_wavelet_factor(PSTM_WAVELET_2D, 50.0, &real, &imaginary);
    ck_assert_double_eq(real, 5.0);
    ck_assert_double_eq(imaginary, -5.0);
    pstm_wavelet_factor(PSTM_WAVELET_3D, 50.0, &real, &imaginary);
    ck_assert_double_eq(real, 0.0);
    ck_assert_double_eq(imaginary, -50.0);
    pstm_wavelet_factor(PSTM_WAVELET_OFF, 50.0, &real, &imaginary);
    ck_assert_double_eq(real, 1.0);
    ck_assert_double_eq(imaginary, 0.0);
}
END_TEST

START_TEST(auto_is_2d_on_a_line_and_3d_elsewhere_and_a_wish_stays)
{
    ck_assert_int_eq(pstm_wavelet_resolve(PSTM_WAVELET_AUTO, true), PSTM_WAVELET_2D);
    ck_assert_int_eq(pstm_wavelet_resolve(PSTM_WAVELET_AUTO, false), PSTM_WAVELET_3D);
    ck_assert_int_eq(pstm_wavelet_resolve(PSTM_WAVELET_OFF, true), PSTM_WAVELET_OFF);
    ck_assert_int_eq(pstm_wavelet_resolve(PSTM_WAVELET_3D, true), PSTM_WAVELET_3D);
    ck_assert_int_eq(pstm_wavelet_resolve(PSTM_WAVELET_2D, false), PSTM_WAVELET_2D);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("wavelet");
    TCase *tests = tcase_create("filter");
    tcase_add_test(tests, the_3d_filter_is_minus_the_derivative);
    tcase_add_test(tests, the_2d_filter_twice_is_the_3d_filter);
    tcase_add_test(tests, the_2d_filter_is_the_half_derivative_of_what_comes_later);
    tcase_add_test(tests, the_2d_filter_gives_nothing_after_a_pulse_and_a_tail_before_it);
    tcase_add_test(tests, what_is_filtered_near_one_end_does_not_come_back_at_the_other);
    tcase_add_test(tests, a_trace_that_does_not_end_in_zeros_does_not_ring);
    tcase_add_test(tests, the_factor_follows_the_formula);
    tcase_add_test(tests, auto_is_2d_on_a_line_and_3d_elsewhere_and_a_wish_stays);
    suite_add_tcase(suite, tests);
    return suite;
}
