/* Checks, mutes and live window of the trace conditioning. Band-pass and AGC: test_condition_filters.c. The
 * wavelet filter: test_wavelet.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "condition_fixture.h"
#include "tests/check/suite.h"

/* ---- checks ---- */

START_TEST(a_trace_with_nothing_to_do_comes_out_as_it_went_in)
{
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
    pstm_trace trace = a_trace();
    float samples[N];
    fill(samples, 1.0F);
    samples[N - 1] = bad[_i];
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_2D, &trace, samples), PSTM_OK);
    assert_dropped(&trace, samples, PSTM_TRACE_NOT_FINITE);
}
END_TEST

START_TEST(a_sample_beyond_1e25_drops_the_trace)
{
    pstm_condition_options keys = nothing_on();
    for (int beyond = 0; beyond <= 1; beyond++) {
        pstm_trace trace = a_trace();
        float samples[N];
        fill(samples, 1.0F);
        samples[N - 1] = beyond ? -1.01e25F : -0.99e25F;
        ck_assert_int_eq(condition(&keys, PSTM_WAVELET_3D, &trace, samples), PSTM_OK);
        if (beyond)
            assert_dropped(&trace, samples, PSTM_TRACE_ABSURD);
        else
            assert_live(&trace, 0, N - 1);
    }
}
END_TEST

START_TEST(a_spike_over_the_limit_of_max_over_rms_drops_the_trace)
{
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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

START_TEST(with_ramps_at_the_ends_the_live_window_falls_to_zero_over_the_taper)
{
    pstm_condition_options keys = nothing_on();
    keys.ramps_ends = true;
    keys.mute_taper_s = 0.1; /* 50 samples */
    pstm_trace trace = a_trace();
    trace.n_samples = N - 20;
    float samples[N];
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    const int last = N - 21;
    assert_live(&trace, 0, last);
    ck_assert_float_le(samples[last], 1e-7F);
    ck_assert_float_eq_tol(samples[last - 25], 0.5F, 1e-6F);
    for (int i = 0; i <= last - 50; i++)
        ck_assert(samples[i] == 1.0F);
    keys.mute_taper_s = 0;
    fill(samples, 1.0F);
    ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
    ck_assert(samples[last] == 1.0F);
}
END_TEST

START_TEST(a_mute_before_the_first_sample_changes_nothing_but_its_ramp)
{
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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

START_TEST(the_sample_on_the_border_of_a_mute_is_live_for_every_delay_and_millisecond)
{
    pstm_condition_options keys = nothing_on();
    keys.header_mute = true;
    for (int delay_ms = 0; delay_ms <= 700; delay_ms += 100) {
        for (int i = 1; i < N; i += 3) {
            pstm_trace trace = a_trace();
            trace.start_s = 0.001 * delay_ms;
            trace.mute_end_ms = (int16_t)(delay_ms + 2 * i);
            float samples[N];
            fill(samples, 1.0F);
            ck_assert_int_eq(condition(&keys, PSTM_WAVELET_OFF, &trace, samples), PSTM_OK);
            ck_assert_int_eq(trace.live_first, i);
        }
    }
}
END_TEST

START_TEST(surgical_and_header_mute_together_leave_what_neither_covers)
{
    pstm_condition_options keys = nothing_on();
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
    pstm_condition_options keys = nothing_on();
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

static TCase *checks_case(void)
{
    TCase *tests = tcase_create("checks");
    tcase_add_test(tests, a_trace_with_nothing_to_do_comes_out_as_it_went_in);
    tcase_add_test(tests, a_trace_of_zeros_is_dead);
    tcase_add_loop_test(tests, one_sample_that_is_not_finite_drops_the_trace, 0, 3);
    tcase_add_test(tests, a_sample_beyond_1e25_drops_the_trace);
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
    tcase_add_test(tests, with_ramps_at_the_ends_the_live_window_falls_to_zero_over_the_taper);
    tcase_add_test(tests, a_mute_before_the_first_sample_changes_nothing_but_its_ramp);
    tcase_add_test(tests, a_trace_muted_from_end_to_end_is_dropped);
    tcase_add_loop_test(tests, a_header_mute_zeroes_its_samples_and_moves_the_window_it_covers, 0,
                        (int)(sizeof header_mutes / sizeof *header_mutes));
    tcase_add_test(tests, the_sample_on_the_border_of_a_mute_is_live_for_every_delay_and_millisecond);
    tcase_add_test(tests, surgical_and_header_mute_together_leave_what_neither_covers);
    tcase_add_test(tests, filters_leave_zeros_in_front_of_the_live_window);
    return tests;
}

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("condition");
    suite_add_tcase(suite, checks_case());
    suite_add_tcase(suite, mutes_case());
    return suite;
}
