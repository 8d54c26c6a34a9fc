/* Band-pass and AGC of the trace conditioning, and that its bits are the same everywhere. */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "condition_fixture.h"
#include "core/memory.h"
#include "tests/check/suite.h"

static const double PI = 3.14159265358979323846;

/** Rounding of single-precision FFTs of about a thousand samples of size 1. */
static const double FFT_ROUNDING = 2e-6;

/* ---- band-pass ---- */

/** A sine of `hz` under a Gaussian in the middle of the trace: narrow in frequency (sigma 1.6 Hz). */
static double burst(double hz, double t_s)
{
    double t = t_s - 0.5;
    return exp(-0.5 * t * t / 0.01) * sin(2.0 * PI * hz * t);
}

static const struct {
    double hz, factor;
} passes[] = {{15, 0.0}, {40, 0.5}, {70, 1.0}, {110, 0.5}, {150, 0.0}};

START_TEST(the_band_pass_is_a_trapezium_without_delay)
{
    pstm_condition_options keys = nothing_on();
    keys.bandpass = true;
    memcpy(keys.bandpass_hz, (double[]){30, 50, 90, 130}, sizeof keys.bandpass_hz);
    pstm_trace trace = a_trace();
    float samples[N];
    for (int i = 0; i < N; i++)
        samples[i] = (float)burst(passes[_i].hz, i * SAMPLE_S);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    /* The factor is that of the burst's middle frequency; on a slope the spectrum's width bends it. */
    double tolerance = passes[_i].factor == 0.5 ? 0.08 : 2e-4;
    for (int i = 0; i < N; i++)
        ck_assert_double_eq_tol((double)samples[i], passes[_i].factor * burst(passes[_i].hz, i * SAMPLE_S),
                                tolerance);
}
END_TEST

START_TEST(a_band_pass_that_leaves_nothing_is_refused)
{
    pstm_condition_options keys = nothing_on();
    keys.bandpass = true;
    memcpy(keys.bandpass_hz, (double[]){250, 260, 300, 320}, sizeof keys.bandpass_hz);
    pstm_conditioner *conditioner = NULL;
    ck_assert_int_eq(pstm_conditioner_create(&keys, PSTM_WAVELET_OFF, N, SAMPLE_S, &conditioner), PSTM_USAGE);
    ck_assert_ptr_null(conditioner);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "condition.bandpass"));
}
END_TEST

/* ---- AGC ---- */

/** The AGC from its formula, window by window. */
static double slow_agc(const float *samples, int first, int last, int half, int i)
{
    double energy = 0.0;
    int begin = i - half > first ? i - half : first, end = i + half < last ? i + half : last;
    for (int j = begin; j <= end; j++)
        energy += (double)samples[j] * samples[j];
    return samples[i] / sqrt(energy / (end - begin + 1));
}

START_TEST(the_agc_divides_by_the_rms_of_the_live_samples_around)
{
    const double windows_s[] = {0.001, 0.02, 0.1, 0.7, 100.0};
    pstm_condition_options keys = nothing_on();
    keys.agc_s = windows_s[_i];
    keys.mute_velocity_m_s = 2000.0;
    pstm_trace trace = a_trace();
    trace.n_samples = 450;
    float samples[N], before[N];
    fill_noise(samples, N, 7);
    for (int i = 0; i < N; i++)
        samples[i] *= expf(-0.02F * (float)i);
    memcpy(before, samples, sizeof before);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 150, 449);
    double half = round(0.5 * windows_s[_i] / SAMPLE_S);
    for (int i = 150; i < 450; i++)
        ck_assert_double_eq_tol((double)samples[i], slow_agc(before, 150, 449, half < N ? (int)half : N, i),
                                1e-6);
}
END_TEST

START_TEST(the_agc_keeps_zeros_zero_and_does_not_lift_what_is_100_dB_down)
{
    pstm_condition_options keys = nothing_on();
    keys.agc_s = 0.05;
    pstm_trace trace = a_trace();
    float samples[N] = {0};
    samples[100] = 1.0F;
    samples[400] = 1e-7F;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, N - 1);
    ck_assert_float_gt(samples[100], 1.0F);
    ck_assert_float_eq_tol(samples[400], 0.01F, 1e-6F);
    for (int i = 0; i < N; i++)
        if (i != 100 && i != 400) ck_assert(samples[i] == 0.0F);
}
END_TEST

START_TEST(the_agc_comes_before_the_wavelet_filter)
{
    pstm_condition_options keys = nothing_on(), agc_only = nothing_on(), filter_only = nothing_on();
    keys.agc_s = agc_only.agc_s = 0.1;
    float together[N], apart[N];
    fill_noise(together, N, 11);
    memcpy(apart, together, sizeof apart);
    pstm_trace trace = a_trace();
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_2D, &trace, together), PSTM_OK);
    ck_assert_int_eq(condition(&agc_only, PSTM_WAVELET_OFF, &trace, apart), PSTM_OK);
    ck_assert_int_eq(condition(&filter_only, PSTM_WAVELET_2D, &trace, apart), PSTM_OK);
    ck_assert_mem_eq(together, apart, sizeof apart);
}
END_TEST

/* ---- the same bits everywhere ---- */

/** One thread's share: every trace of the set, with buffers of its own. */
typedef struct share {
    const pstm_conditioner *conditioner;
    float samples[20][N];
    bool failed, backwards;
} share;

static void *condition_all(void *argument)
{
    share *mine = argument;
    pstm_condition_work *work = NULL;
    mine->failed = pstm_condition_work_create(mine->conditioner, &work) != PSTM_OK;
    for (int k = 0; k < 20 && !mine->failed; k++) {
        int i = mine->backwards ? 19 - k : k;
        pstm_trace trace = a_trace();
        trace.receiver_x_m = 50.0 * i;
        fill_noise(mine->samples[i], N, (uint32_t)i + 100);
        mine->failed |= pstm_conditioner_apply(mine->conditioner, work, &trace, mine->samples[i]) != PSTM_OK;
    }
    pstm_condition_work_destroy(&work);
    return NULL;
}

START_TEST(threads_and_the_order_of_traces_change_no_bit)
{
    enum { THREADS = 4 };
    pstm_condition_options keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0;
    keys.mute_taper_s = 0.05;
    keys.bandpass = true;
    memcpy(keys.bandpass_hz, (double[]){5, 10, 60, 80}, sizeof keys.bandpass_hz);
    keys.agc_s = 0.2;
    pstm_conditioner *conditioner = NULL;
    ck_assert_int_eq(pstm_conditioner_create(&keys, PSTM_WAVELET_3D, N, SAMPLE_S, &conditioner), PSTM_OK);
    share *shares = NULL;
    ck_assert_int_eq(PSTM_NEW(&shares, THREADS, "shares"), PSTM_OK);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        shares[i].conditioner = conditioner;
        shares[i].backwards = i % 2 == 1;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, condition_all, &shares[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(!shares[i].failed);
        ck_assert_mem_eq(shares[i].samples, shares[0].samples, sizeof shares[0].samples);
    }
    ck_assert(shares[0].samples[3][N / 2] != 0.0F);
    PSTM_FREE(&shares);
    pstm_conditioner_destroy(&conditioner);
}
END_TEST

START_TEST(a_filtered_trace_scales_with_its_samples)
{
    pstm_condition_options keys = nothing_on();
    keys.bandpass = true;
    memcpy(keys.bandpass_hz, (double[]){5, 10, 60, 80}, sizeof keys.bandpass_hz);
    float once[N], thrice[N];
    fill_noise(once, N, 5);
    for (int i = 0; i < N; i++)
        thrice[i] = 3.0F * once[i];
    pstm_trace trace = a_trace();
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, once), PSTM_OK);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, thrice), PSTM_OK);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq_tol((double)thrice[i], 3.0 * (double)once[i], FFT_ROUNDING);
}
END_TEST

START_TEST(destroying_nothing_is_allowed)
{
    pstm_conditioner *conditioner = NULL;
    pstm_condition_work *work = NULL;
    pstm_conditioner_destroy(&conditioner);
    pstm_condition_work_destroy(&work);
    ck_assert_ptr_null(conditioner);
    ck_assert_ptr_null(work);
}
END_TEST

static TCase *filters_case(void)
{
    TCase *tests = tcase_create("filters");
    tcase_add_loop_test(tests, the_band_pass_is_a_trapezium_without_delay, 0,
                        (int)(sizeof passes / sizeof *passes));
    tcase_add_test(tests, a_band_pass_that_leaves_nothing_is_refused);
    tcase_add_loop_test(tests, the_agc_divides_by_the_rms_of_the_live_samples_around, 0, 5);
    tcase_add_test(tests, the_agc_keeps_zeros_zero_and_does_not_lift_what_is_100_dB_down);
    tcase_add_test(tests, the_agc_comes_before_the_wavelet_filter);
    tcase_add_test(tests, threads_and_the_order_of_traces_change_no_bit);
    tcase_add_test(tests, a_filtered_trace_scales_with_its_samples);
    tcase_add_test(tests, destroying_nothing_is_allowed);
    return tests;
}

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("condition filters");
    suite_add_tcase(suite, filters_case());
    return suite;
}
