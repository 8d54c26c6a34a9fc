/* A velocity that falls and dips for four samples opens and shuts the aperture again, so that a trace is
 * added masked to samples which it does not reach, at times that are far from its record. Nothing outside of
 * the record and its pads may be read: both stand between pages that cannot be. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "contract_job.h"
#include "device/device.h"
#include "kernels.h"
#include "tests/check/suite.h"
#include "tests/device/bends.h"

enum { DIP = 4 /* samples */, GUARD_BYTES = 1 << 22, PAGE_BYTES = 4096 };

static const double SAMPLE_S = 0.0005, STEP_S = 0.002;

/** A record of ones between guard pages, as near to the one behind it as its alignment lets it. */
static float *guarded_ones(int32_t n_samples)
{
    size_t bytes = (size_t)(n_samples + 2 * PSTM_TRACE_PAD) * sizeof(float);
    size_t room = (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    char *memory = mmap(NULL, room + 2 * GUARD_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
    ck_assert_int_eq(mprotect(memory + GUARD_BYTES, room, PROT_READ | PROT_WRITE), 0);
    float *samples = (float *)(void *)(memory + GUARD_BYTES + (room - bytes) / 64 * 64) + PSTM_TRACE_PAD;
    for (int32_t i = 0; i < n_samples; i++)
        samples[i] = 1;
    return samples;
}

typedef struct dipped {
    int32_t n_times, begin;    /* output samples; the first one of the dip */
    double tangent;            /* of the aperture */
    float v_m_s, v_in_dip_m_s; /* behind sample 106, where 10,000 m/s end */
    float ripple;              /* of the velocity in the middle of each block */
    double leg_m;
} dipped;

static pstm_status migrate(const dipped *dip, pstm_law law, pstm_weight weight, bool fast_math)
{
    float vrms_m_s[1024];
    for (int32_t k = 0; k < dip->n_times; k++) {
        bool ripples = k % PSTM_BLOCK >= 6 && k % PSTM_BLOCK <= 9;
        vrms_m_s[k] = k < 106 ? 10000 : dip->v_m_s * (1 + (ripples ? dip->ripple : 0));
        if (k >= dip->begin && k < dip->begin + DIP) vrms_m_s[k] = dip->v_in_dip_m_s;
    }
    double tau_s = dip->n_times * STEP_S / 2, leg_s = dip->leg_m / dip->v_m_s;
    int32_t last = (int32_t)(2 * hypot(tau_s, leg_s) / SAMPLE_S) + 10;
    double here_m = 0;
    pstm_device_plan plan = {.n_times = dip->n_times,
                             .time_step_s = STEP_S,
                             .k_end = dip->n_times,
                             .n_samples = last + 1,
                             .sample_s = SAMPLE_S,
                             .n_classes = 1,
                             .n_levels = 1,
                             .law = law,
                             .weight = weight,
                             .aperture_m = INFINITY,
                             .aperture_tan = dip->tangent,
                             .fast_math = fast_math,
                             .n_threads = 1};
    float alpha[1024], beta[1024];
    bends_fill(alpha, beta, 1, dip->n_times, 0.3);
    pstm_device_tile tile = {
        .n_locations = 1,
        .x_m = &here_m,
        .y_m = &here_m,
        .columns = {
            .n_times = dip->n_times, .one_column = true, .vrms_m_s = vrms_m_s, .alpha = alpha, .beta = beta}};
    pstm_device_trace trace = {.factor = 1,
                               .source_x_m = dip->leg_m,
                               .receiver_x_m = dip->leg_m,
                               .samples = guarded_ones(plan.n_samples),
                               .live_last = last};
    float image[1024];
    uint32_t fold[1024];
    void *self = NULL;
    PSTM_TRY(pstm_device_cpu.create(&plan, &self));
    PSTM_TRY(pstm_device_cpu.begin_tile(self, &tile));
    PSTM_TRY(pstm_device_cpu.add_batch(self, &trace, 1));
    PSTM_TRY(pstm_device_cpu.read_tile(self, &(pstm_sums){.sum = image, .fold = fold}));
    pstm_device_cpu.destroy(&self);
    for (int32_t k = 0; k < dip->n_times; k++)
        ck_assert_msg(pstm_weight_has_pair((int)weight) ? isfinite(image[k]) : image[k] == (float)fold[k],
                      "image[%d] is %g of %u ones", k, image[k], fold[k]);
    return PSTM_OK;
}

START_TEST(no_lane_is_led_out_of_a_record)
{
    static const dipped dips[] = {
        {208, 182, 0.05, 400, 230, 0, 47},
        {320, 291, 0.05, 150, 31, 0.02F, 47},
        {320, 291, 0.05, 150, 31, 0.02F, 43},
        {432, 403, 0.05, 150, 33, 0.02F, 47},
    };
    const pstm_law law = (pstm_law)(_i / PSTM_WEIGHTS);
    const pstm_weight weight = (pstm_weight)(_i % PSTM_WEIGHTS);
    const char *kernels[KERNELS_MOST];
    int n = kernels_list(kernels);
    for (int i = 0; i < n; i++) {
        kernels_force(kernels[i]);
        for (size_t d = 0; d < sizeof dips / sizeof dips[0]; d++) {
            contract_must(migrate(&dips[d], law, weight, true));
            contract_must(migrate(&dips[d], law, weight, false));
        }
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("guard pages");
    TCase *test_case = tcase_create("guard pages");
    tcase_add_loop_test(test_case, no_lane_is_led_out_of_a_record, 0, PSTM_LAWS * PSTM_WEIGHTS);
    suite_add_tcase(suite, test_case);
    return suite;
}
