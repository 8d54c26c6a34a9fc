#include "contract_job.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/bends.h"

enum { FADE = 12 }; /* samples over which a trace fades out at the ends of its live window */

static const double MOST_ALPHA = 0.2; /* of laws that bend */
static const double ORIGIN_X_M = 512345.25, ORIGIN_Y_M = 6712345.5;

void contract_must(pstm_status status)
{
    ck_assert_msg(status == PSTM_OK, "%s: %s", pstm_status_text(status), pstm_error_text());
}

/* Knuth's MMIX generator. */
double contract_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static void *allocate(size_t bytes)
{
    void *memory = NULL;
    ck_assert_int_eq(posix_memalign(&memory, 64, bytes > 0 ? bytes : 1), 0);
    memset(memory, 0, bytes);
    return memory;
}

/* All copies; the last without what rounds its stride up. */
static float *allocate_samples(const pstm_device_plan *plan)
{
    size_t n_floats = (size_t)((plan->n_levels - 1) * pstm_trace_stride(plan->n_samples)) +
                      (size_t)plan->n_samples + 2 * PSTM_TRACE_PAD;
    return (float *)allocate(n_floats * sizeof(float)) + PSTM_TRACE_PAD;
}

float *contract_job_sample(const contract_job *job, int64_t i_trace, int32_t i_sample)
{
    /* The job made the samples; they are const for devices only. */
    return (float *)(uintptr_t)job->traces[i_trace].samples + i_sample;
}

static contract_job *create_empty(pstm_device_plan plan, int32_t n_locations, int64_t n_traces)
{
    contract_job *job = allocate(sizeof *job);
    job->plan = plan;
    job->n_traces = n_traces;
    job->x_m = allocate((size_t)n_locations * sizeof *job->x_m);
    job->y_m = allocate((size_t)n_locations * sizeof *job->y_m);
    job->vrms_m_s = allocate((size_t)n_locations * (size_t)plan.n_times * sizeof *job->vrms_m_s);
    job->alpha = allocate((size_t)n_locations * (size_t)plan.n_times * sizeof *job->alpha);
    job->beta = allocate((size_t)n_locations * (size_t)plan.n_times * sizeof *job->beta);
    bends_fill(job->alpha, job->beta, n_locations, plan.n_times, MOST_ALPHA);
    job->traces = allocate((size_t)n_traces * sizeof *job->traces);
    for (int64_t i = 0; i < n_traces; i++) {
        job->traces[i].samples = allocate_samples(&plan);
        job->traces[i].factor = 1;
    }
    job->tile = (pstm_device_tile){
        .n_locations = n_locations,
        .x_m = job->x_m,
        .y_m = job->y_m,
        .columns = {
            .n_times = plan.n_times, .vrms_m_s = job->vrms_m_s, .alpha = job->alpha, .beta = job->beta}};
    return job;
}

/** Smooth noise of unit size that fades to zero at both ends of the live window. */
static void fill_trace(const contract_job *job, int64_t i_trace, int32_t level, uint64_t *state)
{
    int32_t copy = level * (int32_t)pstm_trace_stride(job->plan.n_samples);
    const pstm_device_trace *trace = &job->traces[i_trace];
    double a = 0, b = 0;
    for (int32_t i = trace->live_first; i <= trace->live_last; i++) {
        a = 0.6 * a + (contract_random(state) - 0.5);
        b = 0.6 * b + a;
        double from_end = fmin(i - trace->live_first, trace->live_last - i);
        *contract_job_sample(job, i_trace, copy + i) = (float)(b * fmin(from_end / FADE, 1));
    }
}

static void fill_location(contract_job *job, int32_t i)
{
    job->x_m[i] = ORIGIN_X_M + 25.0 * (i % 4);
    job->y_m[i] = ORIGIN_Y_M + 12.5 * (i / 4);
    for (int32_t k = 0; k < job->plan.n_times; k++)
        job->vrms_m_s[(int64_t)i * job->plan.n_times + k] =
            (float)(1600 + 37 * i + 800 * pstm_device_time_s(&job->plan, k));
}

static contract_job *create_random(pstm_device_plan plan, int32_t n_locations, int64_t n_traces)
{
    contract_job *job = create_empty(plan, n_locations, n_traces);
    for (int32_t i = 0; i < n_locations; i++)
        fill_location(job, i);
    uint64_t state = 20261101;
    for (int64_t i = 0; i < n_traces; i++) {
        pstm_device_trace *trace = &job->traces[i];
        trace->source_x_m = ORIGIN_X_M + 800 * (contract_random(&state) - 0.5);
        trace->source_y_m = ORIGIN_Y_M + 800 * (contract_random(&state) - 0.5);
        trace->receiver_x_m = trace->source_x_m + 500 * (contract_random(&state) - 0.5);
        trace->receiver_y_m = trace->source_y_m + 500 * (contract_random(&state) - 0.5);
        trace->live_first = (int32_t)(contract_random(&state) * 0.1 * plan.n_samples);
        trace->live_last = (int32_t)((0.6 + 0.4 * contract_random(&state)) * plan.n_samples);
        trace->class_index = (int32_t)(contract_random(&state) * plan.n_classes);
        for (int32_t level = 0; level < plan.n_levels; level++)
            fill_trace(job, i, level, &state);
    }
    return job;
}

static pstm_device_plan plan_of(int32_t n_samples, double sample_s, int32_t n_times, double time_step_s)
{
    return (pstm_device_plan){.n_times = n_times,
                              .time_step_s = time_step_s,
                              .k_end = n_times,
                              .n_samples = n_samples,
                              .sample_s = sample_s,
                              .n_classes = 3,
                              .n_levels = 1,
                              .aperture_m = 900,
                              .aperture_tan = tan(50 * M_PI / 180),
                              .n_threads = 1};
}

contract_job *contract_job_create_axes(int32_t n_locations, int64_t n_traces, int32_t n_samples,
                                       double sample_s, int32_t n_times, double time_step_s)
{
    return create_random(plan_of(n_samples, sample_s, n_times, time_step_s), n_locations, n_traces);
}

contract_job *contract_job_create_antialias(int32_t n_locations, int64_t n_traces)
{
    pstm_device_plan plan = plan_of(256, 0.004, 100, 0.004);
    plan.n_levels = 6;
    plan.bin_step_m[0][0] = 18;
    plan.bin_step_m[0][1] = 3;
    plan.bin_step_m[1][0] = -4;
    plan.bin_step_m[1][1] = 24;
    return create_random(plan, n_locations, n_traces);
}

contract_job *contract_job_create(int32_t n_locations, int64_t n_traces)
{
    return contract_job_create_axes(n_locations, n_traces, 256, 0.004, 100, 0.004);
}

void contract_job_set_formulas(contract_job *job, pstm_law law, pstm_weight weight)
{
    job->plan.law = law;
    job->plan.weight = weight;
    for (int64_t i = 0; i < job->n_traces; i++)
        job->traces[i].factor = pstm_weight_has_trace((int)weight) ? 0.5 + 0.25 * (double)(i % 5) : 1;
}

void contract_job_set_vrms(contract_job *job, float vrms_m_s)
{
    for (int64_t i = 0; i < (int64_t)job->tile.n_locations * job->plan.n_times; i++)
        job->vrms_m_s[i] = vrms_m_s;
}

contract_job *contract_job_create_single(int32_t n_samples, float (*value)(int32_t i))
{
    pstm_device_plan plan = {.n_times = n_samples,
                             .time_step_s = 1.0 / 256,
                             .k_end = n_samples,
                             .n_samples = n_samples,
                             .sample_s = 1.0 / 256,
                             .n_classes = 1,
                             .n_levels = 1,
                             .aperture_m = INFINITY,
                             .aperture_tan = INFINITY,
                             .n_threads = 1};
    contract_job *job = create_empty(plan, 1, 1);
    contract_job_set_vrms(job, 2000);
    job->traces[0].live_last = n_samples - 1;
    for (int32_t i = 0; i < n_samples; i++)
        *contract_job_sample(job, 0, i) = value(i);
    return job;
}

void contract_job_destroy(contract_job **job)
{
    for (int64_t i = 0; i < (*job)->n_traces; i++)
        free(contract_job_sample(*job, i, -PSTM_TRACE_PAD));
    free((*job)->traces);
    free((*job)->x_m);
    free((*job)->y_m);
    free((*job)->vrms_m_s);
    free((*job)->alpha);
    free((*job)->beta);
    free(*job);
    *job = NULL;
}

contract_image contract_run_on(const pstm_device_ops *device, void *self, const contract_job *job,
                               int64_t n_batch)
{
    contract_image out = {.n = (int64_t)job->tile.n_locations * job->plan.n_classes * job->plan.n_times};
    out.image = allocate((size_t)out.n * sizeof *out.image);
    out.fold = allocate((size_t)out.n * sizeof *out.fold);
    if (pstm_device_accumulators(&job->plan) & PSTM_ACCUMULATOR_BIT(FADED))
        out.faded = allocate((size_t)out.n * sizeof *out.faded);
    contract_must(device->begin_tile(self, &job->tile));
    for (int64_t i = 0; i < job->n_traces; i += n_batch) {
        int64_t n = job->n_traces - i < n_batch ? job->n_traces - i : n_batch;
        contract_must(device->add_batch(self, job->traces + i, n));
    }
    contract_must(device->read_tile(self, &(pstm_sums){out.image, out.fold, out.faded}));
    return out;
}

contract_image contract_run(const pstm_device_ops *device, const contract_job *job, int64_t n_batch)
{
    void *self = NULL;
    contract_must(device->create(&job->plan, &self));
    contract_image out = contract_run_on(device, self, job, n_batch);
    device->destroy(&self);
    ck_assert_ptr_null(self);
    return out;
}

contract_image contract_image_part(const contract_image *image, int64_t first, int64_t n)
{
    return (contract_image){n, image->image + first, image->fold + first,
                            image->faded != NULL ? image->faded + first : NULL};
}

void contract_image_free(contract_image *image)
{
    free(image->image);
    free(image->fold);
    free(image->faded);
    *image = (contract_image){0};
}

void contract_assert_equal(const contract_image *a, const contract_image *b)
{
    ck_assert_int_eq(a->n, b->n);
    for (int64_t i = 0; i < a->n; i++) {
        ck_assert_msg(memcmp(&a->image[i], &b->image[i], sizeof(float)) == 0, "image[%lld]: %.9g and %.9g",
                      (long long)i, a->image[i], b->image[i]);
        if (a->faded != NULL && b->faded != NULL)
            ck_assert_msg(memcmp(&a->faded[i], &b->faded[i], sizeof(float)) == 0,
                          "faded[%lld]: %.9g and %.9g", (long long)i, a->faded[i], b->faded[i]);
        ck_assert_msg(a->fold[i] == b->fold[i], "fold[%lld]: %u and %u", (long long)i, a->fold[i],
                      b->fold[i]);
    }
}

double contract_nrms(const contract_image *a, const contract_image *b)
{
    double difference = 0, size = 0;
    ck_assert_int_eq(a->n, b->n);
    for (int64_t i = 0; i < a->n; i++) {
        difference += pow((double)a->image[i] - b->image[i], 2);
        size += pow(b->image[i], 2);
    }
    ck_assert(size > 0);
    return sqrt(difference / size);
}
