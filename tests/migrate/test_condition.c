/* Checks, mutes, live window, band-pass and AGC of the trace conditioning. The wavelet filter has its own
 * tests in test_wavelet.c. */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "migrate/condition.h"

enum { N = 500 };
static const double SAMPLE_S = 0.002;
static const double PI = 3.14159265358979323846;

/** Rounding of single-precision FFTs of about a thousand samples of size 1. */
static const double FFT_ROUNDING = 2e-6;

static pstm_job_condition nothing_on(void)
{
    return (pstm_job_condition){.wavelet = PSTM_WAVELET_OFF};
}

static pstm_trace a_trace(void)
{
    return (pstm_trace){.receiver_x_m = 600.0, .n_samples = N, .number = 41};
}

/** Conditions one trace with a conditioner of its own. */
static pstm_status condition(const pstm_job_condition *keys, pstm_wavelet wavelet, pstm_trace *trace,
                             float *samples)
{
    pstm_conditioner *conditioner = NULL;
    pstm_condition_work *work = NULL;
    ck_assert_int_eq(pstm_conditioner_create(keys, wavelet, N, SAMPLE_S, &conditioner), PSTM_OK);
    ck_assert_int_eq(pstm_condition_work_create(conditioner, &work), PSTM_OK);
    pstm_status status = pstm_conditioner_apply(conditioner, work, trace, samples);
    pstm_condition_work_destroy(&work);
    pstm_conditioner_destroy(&conditioner);
    return status;
}

static void fill(float *samples, float value)
{
    for (int i = 0; i < N; i++)
        samples[i] = value;
}

/** A repeatable noise in (-1, 1). */
static void fill_noise(float *samples, int n, uint32_t seed)
{
    for (int i = 0; i < n; i++) {
        seed = seed * 1664525U + 1013904223U;
        samples[i] = (float)((double)seed / 2147483648.0 - 1.0);
    }
}

static void assert_dropped(const pstm_trace *trace, const float *samples, int fate)
{
    ck_assert_int_eq(trace->fate, fate);
    ck_assert_int_gt(trace->live_first, trace->live_last);
    for (int i = 0; i < N; i++)
        ck_assert_msg(samples[i] == 0.0F, "sample %d is %g", i, (double)samples[i]);
}

static void assert_live(const pstm_trace *trace, int first, int last)
{
    ck_assert_int_eq(trace->fate, PSTM_TRACE_KEPT);
    ck_assert_int_eq(trace->live_first, first);
    ck_assert_int_eq(trace->live_last, last);
}

/* ---- checks ---- */

START_TEST(a_trace_with_nothing_to_do_comes_out_as_it_went_in)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    float samples[N], before[N];
    fill_noise(samples, N, 1);
    samples[0] = samples[N - 1] = 0.0F;
    memcpy(before, samples, sizeof before);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, N - 1);
    ck_assert_mem_eq(samples, before, sizeof before);
}
END_TEST

START_TEST(a_trace_of_zeros_is_dead)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    float samples[N] = {0};
    samples[7] = -0.0F;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_3D, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_DEAD);
}
END_TEST

START_TEST(one_sample_that_is_not_finite_drops_the_trace)
{
    const float bad[] = {NAN, INFINITY, -INFINITY};
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    float samples[N];
    fill(samples, 1.0F);
    samples[N - 1] = bad[_i];
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_2D, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_NOT_FINITE);
}
END_TEST

START_TEST(samples_whose_filtered_values_overflow_drop_the_trace)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    float samples[N];
    for (int i = 0; i < N; i++)
        samples[i] = (i / 4) % 2 ? 3e38F : -3e38F;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_3D, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_NOT_FINITE);
}
END_TEST

START_TEST(a_spike_over_the_limit_of_max_over_rms_drops_the_trace)
{
    pstm_job_condition keys = nothing_on();
    float samples[N] = {0};
    samples[100] = -8.0F; /* max over rms of a spike is sqrt(N) = 22.36 */
    pstm_trace trace = a_trace();
    keys.max_over_rms = 22.37;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, N - 1);
    keys.max_over_rms = 22.35;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_OUTLIER);
}
END_TEST

START_TEST(a_fate_known_from_the_header_stays_and_the_samples_become_zero)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    trace.fate = PSTM_TRACE_NOT_SEISMIC;
    float samples[N];
    fill(samples, NAN);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_NOT_SEISMIC);
}
END_TEST

START_TEST(a_short_trace_is_live_as_far_as_it_was_recorded)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    trace.n_samples = 200;
    float samples[N];
    fill(samples, 1.0F);
    samples[300] = NAN; /* not recorded: nobody looks */
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_3D, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, 199);
    for (int i = 200; i < N; i++)
        ck_assert(samples[i] == 0.0F);
}
END_TEST

START_TEST(a_trace_longer_than_the_conditioner_is_refused_by_number)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    trace.n_samples = N + 1;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "41"));
    ck_assert(samples[0] == 1.0F);
}
END_TEST

/* ---- mutes ---- */

START_TEST(a_surgical_mute_ends_at_delay_plus_offset_over_velocity)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0; /* 600 m: 0.3 s */
    keys.mute_delay_s = 0.1;
    pstm_trace trace = a_trace();
    trace.start_s = 0.05;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 175, N - 1); /* 0.4 s = 0.05 s + 175 * 0.002 s: on the border is live */
    ck_assert(samples[174] == 0.0F);
    ck_assert(samples[175] == 1.0F);
}
END_TEST

START_TEST(the_ramp_after_a_mute_rises_from_zero_to_one_over_the_taper)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0;
    keys.mute_taper_s = 0.1;
    pstm_trace trace = a_trace();
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 150, N - 1);
    ck_assert_float_le(samples[150], 1e-7F);
    ck_assert_float_eq_tol(samples[175], 0.5F, 1e-6F);
    for (int i = 151; i < 200; i++)
        ck_assert_float_gt(samples[i], samples[i - 1]);
    for (int i = 200; i < N; i++)
        ck_assert(samples[i] == 1.0F);
}
END_TEST

START_TEST(a_mute_before_the_first_sample_changes_nothing_but_its_ramp)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0;
    keys.mute_taper_s = 0.1;
    pstm_trace trace = a_trace();
    trace.start_s = 0.35;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, N - 1);
    ck_assert_float_eq_tol(samples[0], 0.5F, 1e-6F);
    ck_assert(samples[25] == 1.0F);
}
END_TEST

START_TEST(a_trace_muted_from_end_to_end_is_dropped)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 100.0; /* 6 s; the trace ends at 1 s */
    pstm_trace trace = a_trace();
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_2D, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_MUTED);
}
END_TEST

/** Header mutes [start, end) in ms and the live window they leave of samples at 0, 2, ... 998 ms. */
static const struct {
    int16_t start_ms, end_ms;
    int first, last;
} header_mutes[] = {
    {0, 100, 50, 499},    /* the usual one, on the top */
    {-20, 101, 51, 499},  /* from before the first sample, to between two samples */
    {900, 2000, 0, 449},  /* the tail */
    {400, 500, 0, 499},   /* inside: the window's ends stay */
    {100, 100, 0, 499},   /* equal: none */
    {300, 200, 0, 499},   /* reversed: none */
    {1000, 2000, 0, 499}, /* behind the last sample */
};

START_TEST(a_header_mute_zeroes_its_samples_and_moves_the_window_it_covers)
{
    pstm_job_condition keys = nothing_on();
    pstm_trace trace = a_trace();
    trace.mute_start_ms = header_mutes[_i].start_ms;
    trace.mute_end_ms = header_mutes[_i].end_ms;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 0, N - 1); /* header_mute is off */
    keys.header_mute = true;
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, header_mutes[_i].first, header_mutes[_i].last);
    for (int i = 0; i < N; i++) {
        bool muted = 2 * i >= trace.mute_start_ms && 2 * i < trace.mute_end_ms;
        ck_assert_msg(samples[i] == (muted ? 0.0F : 1.0F), "sample %d is %g", i, (double)samples[i]);
    }
}
END_TEST

START_TEST(surgical_and_header_mute_together_leave_what_neither_covers)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0; /* to 0.3 s */
    keys.header_mute = true;
    pstm_trace trace = a_trace();
    trace.mute_start_ms = 200;
    trace.mute_end_ms = 400;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    assert_live(&trace, 200, N - 1);
    ck_assert(samples[199] == 0.0F && samples[200] == 1.0F);
}
END_TEST

START_TEST(filters_leave_zeros_in_front_of_the_live_window)
{
    pstm_job_condition keys = nothing_on();
    keys.mute_velocity_m_s = 2000.0;
    keys.bandpass = true;
    memcpy(keys.bandpass_hz, (double[]){5, 10, 60, 80}, sizeof keys.bandpass_hz);
    keys.agc_s = 0.1;
    pstm_trace trace = a_trace();
    trace.n_samples = 400;
    float samples[N];
    fill_noise(samples, N, 3);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_2D, &trace, samples), PSTM_OK);
    assert_live(&trace, 150, 399);
    for (int i = 0; i < N; i++)
        ck_assert_msg((samples[i] != 0.0F) == (i >= 150 && i < 400), "sample %d is %g", i,
                      (double)samples[i]);
}
END_TEST

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
    pstm_job_condition keys = nothing_on();
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
    pstm_job_condition keys = nothing_on();
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
    pstm_job_condition keys = nothing_on();
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
    pstm_job_condition keys = nothing_on();
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
    pstm_job_condition keys = nothing_on(), agc_only = nothing_on(), filter_only = nothing_on();
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
    pstm_job_condition keys = nothing_on();
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
    pstm_job_condition keys = nothing_on();
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

static TCase *checks_case(void)
{
    TCase *tests = tcase_create("checks");
    tcase_add_test(tests, a_trace_with_nothing_to_do_comes_out_as_it_went_in);
    tcase_add_test(tests, a_trace_of_zeros_is_dead);
    tcase_add_loop_test(tests, one_sample_that_is_not_finite_drops_the_trace, 0, 3);
    tcase_add_test(tests, samples_whose_filtered_values_overflow_drop_the_trace);
    tcase_add_test(tests, a_spike_over_the_limit_of_max_over_rms_drops_the_trace);
    tcase_add_test(tests, a_fate_known_from_the_header_stays_and_the_samples_become_zero);
    tcase_add_test(tests, a_short_trace_is_live_as_far_as_it_was_recorded);
    tcase_add_test(tests, a_trace_longer_than_the_conditioner_is_refused_by_number);
    return tests;
}

static TCase *mutes_case(void)
{
    TCase *tests = tcase_create("mutes");
    tcase_add_test(tests, a_surgical_mute_ends_at_delay_plus_offset_over_velocity);
    tcase_add_test(tests, the_ramp_after_a_mute_rises_from_zero_to_one_over_the_taper);
    tcase_add_test(tests, a_mute_before_the_first_sample_changes_nothing_but_its_ramp);
    tcase_add_test(tests, a_trace_muted_from_end_to_end_is_dropped);
    tcase_add_loop_test(tests, a_header_mute_zeroes_its_samples_and_moves_the_window_it_covers, 0,
                        (int)(sizeof header_mutes / sizeof *header_mutes));
    tcase_add_test(tests, surgical_and_header_mute_together_leave_what_neither_covers);
    tcase_add_test(tests, filters_leave_zeros_in_front_of_the_live_window);
    return tests;
}

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

int main(void)
{
    Suite *suite = suite_create("condition");
    suite_add_tcase(suite, checks_case());
    suite_add_tcase(suite, mutes_case());
    suite_add_tcase(suite, filters_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
