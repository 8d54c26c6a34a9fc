#include "survey_image.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "condition/bank.h"
#include "condition/condition.h"
#include "core/memory.h"

#define MUST(call) ck_assert_msg((call) == PSTM_OK, "%s", pstm_error_text())

survey survey_make(const pstm_synth *synth, pstm_wavelet filter)
{
    return survey_make_levels(synth, filter, 1);
}

survey survey_make_levels(const pstm_synth *synth, pstm_wavelet filter, int32_t n_levels)
{
    const pstm_condition_options keys = {.wavelet = filter};
    return survey_make_conditioned(synth, &keys, filter, n_levels);
}

survey survey_make_conditioned(const pstm_synth *synth, const pstm_condition_options *keys,
                               pstm_wavelet filter, int32_t n_levels)
{
    const int64_t n = pstm_acquisition_n_traces(&synth->acquisition);
    const int64_t copy = pstm_trace_stride(synth->n_samples), stride = n_levels * copy;
    survey made = {.n_samples = synth->n_samples, .sample_s = synth->sample_s};
    pstm_conditioner *conditioner = NULL;
    pstm_condition_work *work = NULL;
    pstm_bank *bank = NULL;
    pstm_bank_work *bank_work = NULL;
    MUST(pstm_synth_check(synth));
    MUST(PSTM_NEW(&made.memory, n * stride, "traces"));
    MUST(PSTM_NEW(&made.traces, n, "trace headers"));
    MUST(pstm_conditioner_create(keys, filter, synth->n_samples, synth->sample_s, &conditioner));
    MUST(pstm_condition_work_create(conditioner, &work));
    MUST(pstm_bank_create(synth->n_samples, n_levels, &bank));
    MUST(pstm_bank_work_create(bank, &bank_work));
    for (int64_t i = 0; i < n; i++) {
        pstm_trace trace;
        float *samples = made.memory + made.n_traces * stride + PSTM_TRACE_PAD;
        pstm_synth_trace(synth, i, &trace, samples);
        MUST(pstm_conditioner_apply(conditioner, work, &trace, samples));
        if (trace.fate != PSTM_TRACE_KEPT) continue;
        pstm_bank_apply(bank, bank_work, trace.live_first, trace.live_last, samples, copy);
        made.traces[made.n_traces++] = (pstm_device_trace){
            .factor = 1,
            .source_x_m = trace.source_x_m,
            .source_y_m = trace.source_y_m,
            .receiver_x_m = trace.receiver_x_m,
            .receiver_y_m = trace.receiver_y_m,
            .samples = samples,
            .live_first = trace.live_first,
            .live_last = trace.live_last,
        };
    }
    pstm_condition_work_destroy(&work);
    pstm_conditioner_destroy(&conditioner);
    pstm_bank_work_destroy(&bank_work);
    pstm_bank_destroy(&bank);
    return made;
}

void survey_clear(survey *made)
{
    PSTM_FREE(&made->memory);
    PSTM_FREE(&made->traces);
}

nodes nodes_make(const pstm_synth *synth, int64_t i, int32_t n_i, int64_t j, int32_t n_j)
{
    nodes made = {.n = n_i * n_j};
    MUST(PSTM_NEW(&made.x_m, made.n, "node x"));
    MUST(PSTM_NEW(&made.y_m, made.n, "node y"));
    for (int32_t a = 0; a < n_i; a++)
        for (int32_t b = 0; b < n_j; b++)
            pstm_grid_node(&synth->grid, i + a, j + b, &made.x_m[a * n_j + b], &made.y_m[a * n_j + b]);
    return made;
}

void nodes_clear(nodes *made)
{
    PSTM_FREE(&made->x_m);
    PSTM_FREE(&made->y_m);
}

pstm_device_plan plan_make(const survey *made, int32_t n_times, double time_first_s, double time_step_s)
{
    return (pstm_device_plan){
        .n_times = n_times,
        .time_first_s = time_first_s,
        .time_step_s = time_step_s,
        .k_end = n_times,
        .n_samples = made->n_samples,
        .sample_s = made->sample_s,
        .n_classes = 1,
        .n_levels = 1,
        .weight = PSTM_WEIGHT_OBLIQUITY,
        .aperture_m = INFINITY,
        .aperture_tan = INFINITY,
        .fast_math = true, /* as a job has it */
        .n_threads = 1,
    };
}

float *vrms_make(const pstm_model *model, const pstm_device_plan *plan)
{
    float *vrms;
    MUST(PSTM_NEW(&vrms, plan->n_times, "vrms"));
    for (int32_t k = 0; k < plan->n_times; k++)
        vrms[k] = (float)pstm_model_vrms(model, plan->time_first_s + k * plan->time_step_s);
    return vrms;
}

const char *const devices[N_DEVICES] = {"reference", "cpu"};

int first_device(void)
{
    const char *kernel = getenv("PSTM_CPU_KERNEL");
    return kernel != NULL && strcmp(kernel, "portable") != 0;
}

/* PSTM_PHYSICS_DEVICE takes the place of `cpu`. */
static const pstm_device_ops *find_device(const char *name)
{
    const char *other = getenv("PSTM_PHYSICS_DEVICE");
    return pstm_device_find(other != NULL && strcmp(name, "cpu") == 0 ? other : name);
}

float *survey_migrate(const char *device, const survey *made, const pstm_device_plan *plan, const nodes *at,
                      float *vrms_m_s)
{
    const pstm_device_ops *ops = find_device(device);
    ck_assert_ptr_nonnull(ops);
    const pstm_device_tile tile = {
        .n_locations = at->n,
        .x_m = at->x_m,
        .y_m = at->y_m,
        .columns = {.n_times = plan->n_times, .one_column = true, .vrms_m_s = vrms_m_s}};
    const int64_t n_sums = (int64_t)at->n * plan->n_times;
    void *self = NULL;
    float *image;
    uint32_t *fold;
    MUST(PSTM_NEW(&image, n_sums, "image"));
    MUST(PSTM_NEW(&fold, n_sums, "fold"));
    MUST(ops->create(plan, &self));
    MUST(ops->begin_tile(self, &tile));
    MUST(ops->add_batch(self, made->traces, made->n_traces));
    MUST(ops->read_tile(self, &(pstm_sums){.sum = image, .fold = fold}));
    ops->destroy(&self);
    PSTM_FREE(&fold);
    return image;
}

double nrms(const float *a, const float *b, int64_t n)
{
    double difference = 0.0, size = 0.0;
    for (int64_t i = 0; i < n; i++) {
        difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        size += (double)b[i] * b[i];
    }
    ck_assert_double_gt(size, 0.0);
    return sqrt(difference / size);
}

peak peak_of(const float *column, int32_t n)
{
    int32_t top = 1;
    for (int32_t k = 1; k < n - 1; k++)
        if (column[k] > column[top]) top = k;
    const double left = column[top - 1], middle = column[top], right = column[top + 1];
    const double curve = left - 2.0 * middle + right;
    const double shift = curve == 0.0 ? 0.0 : 0.5 * (left - right) / curve;
    return (peak){.at = top + shift, .height = middle - 0.25 * (left - right) * shift};
}
