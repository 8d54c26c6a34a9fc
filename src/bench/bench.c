#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench_job.h"
#include "bench/plain_loop.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/processor.h"
#include "device/aperture_limits.h"
#include "device/cpu/kernel.h"
#include "sum/aperture.h"

/* What of the job a row changes. */
typedef struct setting {
    const char *more; /* for people, beside law and weight; "": nothing */
    int i_job;
    pstm_law law;
    pstm_weight weight;
    double taper;
    bool fast_math;
} setting;

enum { JOB_PLAIN, JOB_COARSE, JOB_BENT, JOB_BANK, JOB_WIDE, JOB_WIDE_BANK, N_JOBS };

static const pstm_bench_shape shapes[N_JOBS] = {
    [JOB_PLAIN] = {.time_step_s = 0.002},
    [JOB_COARSE] = {.time_step_s = 0.004},
    [JOB_BENT] = {.time_step_s = 0.002, .bent = true},
    [JOB_BANK] = {.time_step_s = 0.002, .bank = true},
    [JOB_WIDE] = {.time_step_s = 0.002, .wide = true},
    [JOB_WIDE_BANK] = {.time_step_s = 0.002, .bank = true, .wide = true},
};

/* What the plain loop sums by; and the job's own weight, which has a factor of both legs. */
#define PLAIN_LAW PSTM_LAW_STRAIGHT
#define PLAIN_WEIGHT PSTM_WEIGHT_NONE
#define JOB_WEIGHT PSTM_WEIGHT_OBLIQUITY

/* Rows of each law and weight of the lists. */
#define ROWS_OF_WEIGHT(LAW, WEIGHT, ...)                                                                     \
    {"", JOB_PLAIN, PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT, 0, true},                                          \
        {"fast_math off", JOB_PLAIN, PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT, 0, false},
#define ROWS_OF_LAW(A, LAW, ...) PSTM_WEIGHT_LIST(ROWS_OF_WEIGHT, LAW)
#define WIDE_ROW_OF_WEIGHT(LAW, WEIGHT, ...) {"", JOB_WIDE, PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT, 0, true},
#define WIDE_ROWS_OF_LAW(A, LAW, ...) PSTM_WEIGHT_LIST(WIDE_ROW_OF_WEIGHT, LAW)

static const setting settings[] = {
    PSTM_LAW_LIST(ROWS_OF_LAW, ) /* and what else leaves the plain path */
    {"output at 4 ms", JOB_COARSE, PLAIN_LAW, PLAIN_WEIGHT, 0, true},
    {"velocity bent at picks", JOB_BENT, PLAIN_LAW, PLAIN_WEIGHT, 0, true},
    {"taper 0.1", JOB_PLAIN, PLAIN_LAW, JOB_WEIGHT, 0.1, true},
    {"antialias", JOB_BANK, PLAIN_LAW, JOB_WEIGHT, 0, true},
};

static const setting wide_settings[] = {
    PSTM_LAW_LIST(WIDE_ROWS_OF_LAW, ) /* and */
    {"antialias", JOB_WIDE_BANK, PLAIN_LAW, JOB_WEIGHT, 0, true},
};

enum {
    N_SETTINGS = sizeof settings / sizeof settings[0],
    N_WIDE_SETTINGS = sizeof wide_settings / sizeof wide_settings[0],
    REFERENCE_LOCATIONS = 4,
    WIDE_ROUNDS_S = 10, /* a wide round takes so many times that of the others, or reading would show */
};

static const pstm_plain_loop *const loops[] = {
    &pstm_plain_loop_baseline,
#if defined(__x86_64__)
    &pstm_plain_loop_avx2,
    &pstm_plain_loop_avx512,
#endif
};

enum { N_LOOPS = sizeof loops / sizeof loops[0] };

static const char *const kernels[] = {"avx512", "avx2", "portable"};

/* A row while it is measured. */
typedef struct bench_case {
    pstm_bench_row *row;
    const pstm_bench_job *job;
    pstm_device_plan plan;
    pstm_device_tile tile;
    const pstm_plain_loop *loop; /* or */
    const pstm_device_ops *device;
    void *self;
    double contributions; /* of a call */
    int64_t n_calls;      /* of a round */
    double rates[PSTM_BENCH_MAX_ROUNDS];
} bench_case;

typedef struct bench {
    pstm_bench_job *jobs;
    float *tau2, *slowness2, *limit2_m2, *image; /* of the plain loop: [k], and [location][k] */
    float *read_image;                           /* of the devices */
    uint32_t *read_fold;
    int64_t image_capacity, fold_capacity;
    bench_case cases[PSTM_BENCH_MAX_ROWS];
    int n_cases, n_rounds;
    double round_s; /* of a case */
    pstm_bench_report *report;
} bench;

static double processor_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double clock_of(const bench_case *c)
{
    const bool on_cpu = c->loop || c->device == &pstm_device_cpu || c->device == &pstm_device_reference;
    return on_cpu ? processor_s() : pstm_now_s();
}

/* ---- the plain loop ---- */

static pstm_status prepare_plain(bench *b)
{
    const pstm_bench_job *job = &b->jobs[JOB_PLAIN];
    const pstm_device_plan *plan = &job->plan;
    PSTM_TRY(PSTM_NEW(&b->tau2, plan->n_times, "tables of the plain loop"));
    PSTM_TRY(PSTM_NEW(&b->slowness2, plan->n_times, "tables of the plain loop"));
    PSTM_TRY(PSTM_NEW(&b->limit2_m2, plan->n_times, "tables of the plain loop"));
    PSTM_TRY(PSTM_NEW(&b->image, (int64_t)plan->n_times * PSTM_BENCH_LOCATIONS, "image of the plain loop"));
    pstm_aperture_limits(plan, &job->columns, b->limit2_m2);
    for (int32_t k = 0; k < plan->n_times; k++) {
        double tau = pstm_device_time_s(plan, k) / 2 / plan->sample_s;
        double v_m_per_sample = job->columns.vrms_m_s[k] * plan->sample_s;
        b->tau2[k] = (float)(tau * tau);
        b->slowness2[k] = (float)(1 / (v_m_per_sample * v_m_per_sample));
    }
    return PSTM_OK;
}

/* Adds one trace to one location: the aperture opens with time, the record is longer than all arrivals. */
static int64_t add_plain(const bench *b, const pstm_plain_loop *loop, int i_location,
                         const pstm_device_trace *trace)
{
    const pstm_bench_job *job = &b->jobs[JOB_PLAIN];
    double x_m = job->x_m[i_location], y_m = job->y_m[i_location];
    float source_leg2 = pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m);
    float receiver_leg2 = pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m);
    float longer_leg2 = source_leg2 > receiver_leg2 ? source_leg2 : receiver_leg2;
    int32_t low = 0, high = job->plan.n_times;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (longer_leg2 <= b->limit2_m2[middle])
            high = middle;
        else
            low = middle + 1;
    }
    const int32_t n = job->plan.n_times - low;
    loop->add(b->tau2 + low, b->slowness2 + low, trace->samples, source_leg2, receiver_leg2, n,
              b->image + (int64_t)i_location * job->plan.n_times + low);
    return n;
}

/* Some traces at a time over all locations, so that they stay in the cache, as a kernel does it. */
static int64_t run_plain(const bench *b, const pstm_plain_loop *loop)
{
    enum { SOME = 32 };
    int64_t n = 0;
    for (int some = 0; some < PSTM_BENCH_TRACES; some += SOME) {
        for (int i_location = 0; i_location < PSTM_BENCH_LOCATIONS; i_location++) {
            for (int i = some; i < some + SOME; i++)
                n += add_plain(b, loop, i_location, &b->jobs[JOB_PLAIN].traces[i]);
        }
    }
    return n;
}

/* ---- rows ---- */

/* Makes a job that is not there yet, and room to read its image. */
static pstm_status make_job(bench *b, int i)
{
    if (b->jobs[i].samples) return PSTM_OK;
    PSTM_TRY(pstm_bench_job_make(&shapes[i], &b->jobs[i]));
    int64_t n = (int64_t)b->jobs[i].plan.n_times * b->jobs[i].tile.n_locations;
    PSTM_TRY(PSTM_GROW(&b->read_image, &b->image_capacity, n, "image of the bench"));
    return PSTM_GROW(&b->read_fold, &b->fold_capacity, n, "fold of the bench");
}

/* "[LAW, ]WEIGHT[, MORE]"; the law only where it is not that of the plain loop. */
static void name_setting(const setting *s, char *text, size_t bytes)
{
    const bool is_plain = s->law == PLAIN_LAW;
    snprintf(text, bytes, "%s%s%s%s%s", is_plain ? "" : pstm_law_word((int)s->law), is_plain ? "" : ", ",
             s->weight == PLAIN_WEIGHT ? "no weight" : pstm_weight_word((int)s->weight),
             s->more[0] != '\0' ? ", " : "", s->more);
}

static bench_case *new_case(bench *b, const char *device, const char *kernel, const setting *s)
{
    if (b->n_cases == PSTM_BENCH_MAX_ROWS) return NULL;
    bench_case *c = &b->cases[b->n_cases];
    c->row = &b->report->rows[b->n_cases++];
    c->job = &b->jobs[s->i_job];
    c->plan = c->job->plan;
    c->plan.law = s->law;
    c->plan.weight = s->weight;
    c->plan.aperture_taper = s->taper;
    c->plan.fast_math = s->fast_math;
    c->tile = c->job->tile;
    snprintf(c->row->device, sizeof c->row->device, "%s", device);
    snprintf(c->row->kernel, sizeof c->row->kernel, "%s", kernel);
    name_setting(s, c->row->setting, sizeof c->row->setting);
    return c;
}

static void add_loops(bench *b)
{
    static const setting plain = {"no fold", JOB_PLAIN, PLAIN_LAW, PLAIN_WEIGHT, 0, false};
    for (int i = 0; i < N_LOOPS; i++) {
        if (!loops[i]->usable()) continue;
        bench_case *c = new_case(b, "plain", loops[i]->name, &plain);
        if (c) c->loop = loops[i];
    }
}

static pstm_status add_device(bench *b, const pstm_device_ops *device, const setting *s)
{
    pstm_device_info info;
    PSTM_TRY(device->probe(&info));
    bench_case *c = new_case(b, device->name, info.kernel, s);
    if (!c) return PSTM_OK;
    const bool on_cpu = device == &pstm_device_cpu;
    c->device = device;
    c->row->is_best_of = on_cpu && s->weight == PLAIN_WEIGHT && s->law == PLAIN_LAW && s->i_job == JOB_PLAIN;
    if (device == &pstm_device_reference) c->tile.n_locations = REFERENCE_LOCATIONS;
    pstm_status status = device->create(&c->plan, &c->self);
    if (status != PSTM_USAGE) return status;
    b->n_cases--; /* what a device cannot do has no row */
    *c->row = (pstm_bench_row){0};
    *c = (bench_case){0};
    return PSTM_OK;
}

/* Rows of the CPU device, kernel by kernel; which one runs is an environment variable's matter. */
static pstm_status add_cpu(bench *b, const pstm_device_ops *device)
{
    char *forced = NULL;
    const char *before = getenv("PSTM_CPU_KERNEL");
    if (before) PSTM_TRY(pstm_copy_text(&forced, before));
    pstm_status status = PSTM_OK;
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0] && status == PSTM_OK; i++) {
        const pstm_cpu_kernel *kernel;
        setenv("PSTM_CPU_KERNEL", kernels[i], 1);
        if (pstm_cpu_kernel_pick(&kernel) != PSTM_OK) continue;
        for (int s = 0; s < N_SETTINGS && status == PSTM_OK; s++)
            status = add_device(b, device, &settings[s]);
    }
    if (forced)
        setenv("PSTM_CPU_KERNEL", forced, 1);
    else
        unsetenv("PSTM_CPU_KERNEL");
    PSTM_FREE(&forced);
    return status;
}

/* Rows of a device that needs many locations. */
static pstm_status add_wide(bench *b, const pstm_device_ops *device)
{
    for (int s = 0; s < N_WIDE_SETTINGS; s++) {
        PSTM_TRY(make_job(b, wide_settings[s].i_job));
        PSTM_TRY(add_device(b, device, &wide_settings[s]));
    }
    return PSTM_OK;
}

/* Rows of the reference device, which is slow: each law and weight once, and antialias. */
static pstm_status add_reference(bench *b, const pstm_device_ops *device)
{
    for (int s = 0; s < N_SETTINGS; s++)
        if (settings[s].more[0] == '\0' || settings[s].i_job == JOB_BANK)
            PSTM_TRY(add_device(b, device, &settings[s]));
    return PSTM_OK;
}

static pstm_status add_devices(bench *b)
{
    size_t n;
    const char *const *names = pstm_device_names(&n);
    for (size_t i = 0; i < n; i++) {
        const pstm_device_ops *device = pstm_device_find(names[i]);
        pstm_device_info info;
        if (device == &pstm_device_cpu)
            PSTM_TRY(add_cpu(b, device));
        else if (device == &pstm_device_reference)
            PSTM_TRY(add_reference(b, device));
        else if (pstm_device_is_automatic(device) && device->probe(&info) == PSTM_OK)
            PSTM_TRY(add_wide(b, device)); /* the others are for tests */
    }
    return PSTM_OK;
}

/* ---- measuring ---- */

/* Does n calls of a case; *seconds on its clock. */
static pstm_status run_case(bench *b, bench_case *c, int64_t n, double *seconds)
{
    if (!c->loop) PSTM_TRY(c->device->begin_tile(c->self, &c->tile));
    double begin_s = clock_of(c);
    for (int64_t i = 0; i < n; i++) {
        if (c->loop)
            c->contributions = (double)run_plain(b, c->loop);
        else
            PSTM_TRY(c->device->add_batch(c->self, c->job->traces, PSTM_BENCH_TRACES));
    }
    /* A device that works on its own is done when it has been read. */
    if (!c->loop && c->device != &pstm_device_cpu)
        PSTM_TRY(c->device->read_tile(c->self, &(pstm_sums){.sum = b->read_image, .fold = b->read_fold}));
    *seconds = clock_of(c) - begin_s;
    return PSTM_OK;
}

/* One call, to count the contributions and to see how many calls a round needs. */
static pstm_status warm_up(bench *b, bench_case *c)
{
    double seconds;
    PSTM_TRY(run_case(b, c, 1, &seconds));
    double round_s = c->tile.n_locations > PSTM_BENCH_LOCATIONS ? WIDE_ROUNDS_S * b->round_s : b->round_s;
    if (c->tile.n_locations > PSTM_BENCH_LOCATIONS)
        PSTM_TRY(run_case(b, c, 1, &seconds)); /* traces are there */
    c->n_calls = seconds < round_s ? (int64_t)(round_s / (seconds > 1e-6 ? seconds : 1e-6)) + 1 : 1;
    if (c->loop) return PSTM_OK;
    PSTM_TRY(c->device->read_tile(c->self, &(pstm_sums){.sum = b->read_image, .fold = b->read_fold}));
    c->contributions = 0;
    for (int64_t i = 0; i < (int64_t)c->tile.n_locations * c->plan.n_times; i++)
        c->contributions += b->read_fold[i];
    return PSTM_OK;
}

static pstm_status measure(bench *b)
{
    for (int i = 0; i < b->n_cases; i++)
        PSTM_TRY(warm_up(b, &b->cases[i]));
    for (int round = 0; round < b->n_rounds; round++) {
        for (int i = 0; i < b->n_cases; i++) {
            bench_case *c = &b->cases[i];
            double seconds;
            PSTM_TRY(run_case(b, c, c->n_calls, &seconds));
            c->rates[round] = c->contributions * (double)c->n_calls / seconds;
        }
    }
    return PSTM_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median, least and most of n numbers. */
static double median(const double *numbers, int n, double *least, double *most)
{
    double sorted[PSTM_BENCH_MAX_ROUNDS];
    memcpy(sorted, numbers, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, compare_numbers);
    *least = sorted[0];
    *most = sorted[n - 1];
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/* The plain loop with the best median. */
static const bench_case *fastest_plain(const bench *b)
{
    const bench_case *best = NULL;
    for (int i = 0; i < b->n_cases; i++) {
        const bench_case *c = &b->cases[i];
        if (c->loop && (!best || c->row->contributions_per_s > best->row->contributions_per_s)) best = c;
    }
    return best;
}

/* The plain loop with a kernel's instruction set; the fastest if it has none of those. */
static const bench_case *plain_of(const bench *b, const char *kernel)
{
    const char *name = strcmp(kernel, "portable") == 0 ? "baseline" : kernel;
    for (int i = 0; i < b->n_cases; i++) {
        if (b->cases[i].loop && strcmp(b->cases[i].loop->name, name) == 0) return &b->cases[i];
    }
    return fastest_plain(b);
}

static double ratio(const bench *b, const bench_case *c, const bench_case *plain, double *least, double *most)
{
    double ratios[PSTM_BENCH_MAX_ROUNDS];
    for (int round = 0; round < b->n_rounds; round++)
        ratios[round] = c->rates[round] / plain->rates[round];
    return median(ratios, b->n_rounds, least, most);
}

static void report_rows(bench *b)
{
    for (int i = 0; i < b->n_cases; i++) {
        pstm_bench_row *row = b->cases[i].row;
        row->contributions_per_s =
            median(b->cases[i].rates, b->n_rounds, &row->least_per_s, &row->most_per_s);
    }
    for (int i = 0; i < b->n_cases; i++) {
        const bench_case *c = &b->cases[i];
        pstm_bench_row *row = c->row;
        double least, most;
        row->ratio_to_fastest = ratio(b, c, fastest_plain(b), &least, &most);
        row->ratio_to_plain = ratio(b, c, plain_of(b, row->kernel), &row->least_ratio, &row->most_ratio);
        if (row->is_best_of && row->ratio_to_fastest > b->report->ratio_to_fastest) {
            b->report->ratio_to_fastest = row->ratio_to_fastest;
            b->report->ratio_to_plain = row->ratio_to_plain;
        }
    }
    b->report->n_rows = b->n_cases;
}

/* Copies an array much larger than the caches, the best of some times. */
static pstm_status measure_memory(bool quick, double *bytes_per_s)
{
    size_t bytes = (size_t)(quick ? 64 : 256) << 20;
    char *from = NULL, *to = NULL;
    pstm_status status = PSTM_NEW(&from, (int64_t)bytes, "memory to copy");
    if (status == PSTM_OK) status = PSTM_NEW(&to, (int64_t)bytes, "memory to copy");
    for (int i = 0; i < 4 && status == PSTM_OK; i++) {
        memset(from, i, bytes); /* another content each time, or the copy could be left out */
        double begin_s = processor_s();
        memcpy(to, from, bytes);
        double rate = 2 * (double)bytes / (processor_s() - begin_s);
        if (to[bytes / 2] == i && rate > *bytes_per_s) *bytes_per_s = rate;
    }
    PSTM_FREE(&from);
    PSTM_FREE(&to);
    return status;
}

static void name_machine(pstm_bench_report *report)
{
    pstm_processor_name(report->cpu, sizeof report->cpu);
    snprintf(report->compiler, sizeof report->compiler, "%s", PSTM_COMPILER);
    snprintf(report->flags, sizeof report->flags, "%s", PSTM_FLAGS);
}

static pstm_status prepare(bench *b)
{
    PSTM_TRY(PSTM_NEW(&b->jobs, N_JOBS, "jobs of the bench"));
    for (int i = 0; i <= JOB_BANK; i++)
        PSTM_TRY(make_job(b, i));
    PSTM_TRY(prepare_plain(b));
    add_loops(b);
    return add_devices(b);
}

static void clear(bench *b)
{
    for (int i = 0; i < b->n_cases; i++) {
        if (b->cases[i].device) b->cases[i].device->destroy(&b->cases[i].self);
    }
    for (int i = 0; b->jobs && i < N_JOBS; i++)
        pstm_bench_job_clear(&b->jobs[i]);
    PSTM_FREE(&b->jobs);
    PSTM_FREE(&b->tau2);
    PSTM_FREE(&b->slowness2);
    PSTM_FREE(&b->limit2_m2);
    PSTM_FREE(&b->image);
    PSTM_FREE(&b->read_image);
    PSTM_FREE(&b->read_fold);
}

pstm_status pstm_bench_run(bool quick, pstm_bench_report *report)
{
    *report = (pstm_bench_report){.n_rounds = quick ? 3 : 7};
    bench *b;
    PSTM_TRY(PSTM_NEW(&b, 1, "bench"));
    b->report = report;
    b->n_rounds = report->n_rounds;
    b->round_s = quick ? 0.01 : 0.05;
    name_machine(report);
    pstm_status status = prepare(b);
    if (status == PSTM_OK) status = measure(b);
    if (status == PSTM_OK) report_rows(b);
    if (status == PSTM_OK) status = measure_memory(quick, &report->copy_bytes_per_s);
    clear(b);
    PSTM_FREE(&b);
    return status;
}
