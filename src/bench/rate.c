#include "bench/rate.h"

#include "bench/bench_job.h"
#include "core/clock.h"
#include "core/memory.h"

static const double MEASURED_S = 0.5;

typedef struct running {
    pstm_bench_job job;
    const pstm_device_ops *device;
    void *self;
    float *image;
    uint32_t *fold;
} running;

/* Counts the contributions of one call. */
static pstm_status count(running *r, double *contributions)
{
    const int64_t n = (int64_t)r->job.tile.n_locations * r->job.plan.n_times;
    PSTM_TRY(r->device->begin_tile(r->self, &r->job.tile));
    PSTM_TRY(r->device->add_batch(r->self, r->job.traces, PSTM_BENCH_TRACES));
    PSTM_TRY(r->device->read_tile(r->self, &(pstm_sums){.sum = r->image, .fold = r->fold}));
    *contributions = 0;
    for (int64_t i = 0; i < n; i++)
        *contributions += r->fold[i];
    return PSTM_OK;
}

static pstm_status time_calls(running *r, double *calls_per_s)
{
    const double begin_s = pstm_now_s();
    int64_t n = 0;
    double seconds = 0;
    while (seconds < MEASURED_S) {
        PSTM_TRY(r->device->begin_tile(r->self, &r->job.tile));
        for (int i = 0; i < 4; i++, n++)
            PSTM_TRY(r->device->add_batch(r->self, r->job.traces, PSTM_BENCH_TRACES));
        PSTM_TRY(r->device->read_tile(r->self, &(pstm_sums){.sum = r->image, .fold = r->fold}));
        seconds = pstm_now_s() - begin_s;
    }
    *calls_per_s = (double)n / seconds;
    return PSTM_OK;
}

static pstm_status measure(running *r, const pstm_rate_wish *wish, double *rate)
{
    const int64_t n = (int64_t)r->job.tile.n_locations * r->job.plan.n_times;
    double contributions, calls_per_s;
    r->job.plan.law = wish->law;
    r->job.plan.weight = wish->weight;
    r->job.plan.aperture_taper = wish->taper;
    r->job.plan.fast_math = wish->fast_math;
    r->job.plan.n_threads = wish->n_threads;
    PSTM_TRY(PSTM_NEW(&r->image, n, "a measured image"));
    PSTM_TRY(PSTM_NEW(&r->fold, n, "a measured image"));
    PSTM_TRY(r->device->create(&r->job.plan, &r->self));
    PSTM_TRY(count(r, &contributions));
    PSTM_TRY(time_calls(r, &calls_per_s));
    *rate = contributions * calls_per_s;
    return PSTM_OK;
}

pstm_status pstm_rate_measure(const pstm_device_ops *device, const pstm_rate_wish *wish, double *rate)
{
    running r = {.device = device};
    const pstm_bench_shape shape = {
        .time_step_s = 0.002, .bank = wish->antialias, .wide = device->n_workers > 1};
    pstm_status status = pstm_bench_job_make(&shape, &r.job);
    if (status == PSTM_OK) status = measure(&r, wish, rate);
    if (r.self != NULL) device->destroy(&r.self);
    PSTM_FREE(&r.image);
    PSTM_FREE(&r.fold);
    pstm_bench_job_clear(&r.job);
    return status;
}
