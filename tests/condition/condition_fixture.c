#include "condition_fixture.h"

#include <check.h>

pstm_condition_options nothing_on(void)
{
    return (pstm_condition_options){.wavelet = PSTM_WAVELET_OFF};
}

pstm_trace a_trace(void)
{
    return (pstm_trace){.receiver_x_m = 600.0, .n_samples = N, .number = 41};
}

pstm_status condition(const pstm_condition_options *keys, pstm_wavelet wavelet, pstm_trace *trace,
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

void fill(float *samples, float value)
{
    for (int i = 0; i < N; i++)
        samples[i] = value;
}

void fill_noise(float *samples, int n, uint32_t seed)
{
    for (int i = 0; i < n; i++) {
        seed = seed * 1664525U + 1013904223U;
        samples[i] = (float)((double)seed / 2147483648.0 - 1.0);
    }
}

void assert_dropped(const pstm_trace *trace, const float *samples, int fate)
{
    ck_assert_int_eq(trace->fate, fate);
    ck_assert_int_gt(trace->live_first, trace->live_last);
    for (int i = 0; i < N; i++)
        ck_assert_msg(samples[i] == 0.0F, "sample %d is %g", i, (double)samples[i]);
}

void assert_live(const pstm_trace *trace, int first, int last)
{
    ck_assert_int_eq(trace->fate, PSTM_TRACE_KEPT);
    ck_assert_int_eq(trace->live_first, first);
    ck_assert_int_eq(trace->live_last, last);
}
