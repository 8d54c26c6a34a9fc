#include "random_job.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device/antialias.h"
#include "device/aperture_limits.h"
#include "device/reference/arrival.h"
#include "sum/aperture.h"
#include "tests/device/bends.h"

enum { MOST_TRACES = 40, MOST_LOCATIONS = 4, MOST_TIMES = 2000, ALIGNMENT = 64 };

typedef struct guarded {
    char *mapped; /* NULL: allocated */
    size_t mapped_bytes;
    float *first;
} guarded;

struct random_job {
    contract_job job;
    guarded memory[MOST_TRACES];
    char words[32]; /* which kind of velocity */
};

/* --- choices */

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * contract_random(state);
}

static int32_t one_of(uint64_t *state, int32_t n)
{
    return (int32_t)(contract_random(state) * n);
}

static bool chance(uint64_t *state, double probability)
{
    return contract_random(state) < probability;
}

/* Evenly by size: as many below the geometric mean as above. */
static double by_size(uint64_t *state, double low, double high)
{
    return low * pow(high / low, contract_random(state));
}

/* --- memory */

static void fill_with_nan(float *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        from[i] = NAN;
}

/* At the begin (way 0) or the end (1) of pages of their own, as exactly as the alignment has it, or in memory
 * of just their size. */
static guarded guarded_create(size_t n_floats, int way)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = n_floats * sizeof(float);
    guarded made = {0};
    if (way == 2) {
        ck_assert_int_eq(posix_memalign((void **)&made.first, ALIGNMENT, bytes), 0);
        return made;
    }
    const size_t inside = (bytes + page - 1) / page * page;
    made.mapped_bytes = inside + 2 * page;
    made.mapped = mmap(NULL, made.mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(made.mapped, MAP_FAILED);
    fill_with_nan((float *)(void *)(made.mapped + page), inside / sizeof(float));
    ck_assert_int_eq(mprotect(made.mapped, page, PROT_NONE), 0);
    ck_assert_int_eq(mprotect(made.mapped + page + inside, page, PROT_NONE), 0);
    const size_t at = way == 0 ? 0 : (inside - bytes) / ALIGNMENT * ALIGNMENT;
    made.first = (float *)(void *)(made.mapped + page + at);
    return made;
}

static void guarded_free(guarded *memory)
{
    if (memory->mapped)
        munmap(memory->mapped, memory->mapped_bytes);
    else
        free(memory->first);
}

/* --- the plan */

/* Of records: sometimes of just so many blocks or registers, rarely so long that a float of their times is
 * coarse. */
static int32_t random_length(uint64_t *state)
{
    static const int32_t special[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128};
    if (chance(state, 0.2)) return special[one_of(state, sizeof special / sizeof special[0])];
    if (chance(state, 0.03)) return 20000;
    return (int32_t)by_size(state, 20, 1500);
}

static void choose_axes(uint64_t *state, pstm_device_plan *plan)
{
    static const double samples_s[] = {0.001, 0.002, 0.004, 0.00390625, 0.0033};
    static const double per_sample[] = {1, 1, 1, 1, 0.5, 0.25, 0.1, 0.9, 2, 3, 4, 7.3, 12};
    plan->n_samples = random_length(state);
    plan->sample_s = samples_s[one_of(state, 5)];
    plan->time_step_s = plan->sample_s * per_sample[one_of(state, 13)];
    const double record_s = plan->n_samples * plan->sample_s;
    const double most_times = chance(state, 0.15) ? MOST_TIMES : MOST_TIMES / 8;
    plan->n_times =
        1 + (int32_t)fmin(1.2 * record_s / plan->time_step_s, most_times * contract_random(state));
    const double rest_s = record_s - plan->n_times * plan->time_step_s;
    switch (one_of(state, 5)) {
    case 0:
        plan->time_first_s = -between(state, 0, 40) * plan->time_step_s;
        break;
    case 1:
        plan->time_first_s = -(double)one_of(state, 40) * plan->time_step_s;
        break;
    case 2:
        plan->time_first_s = fmax(rest_s, 0) * contract_random(state);
        break;
    default:
        plan->time_first_s = 0;
    }
    plan->k_end = plan->n_times;
    if (chance(state, 0.8)) return;
    plan->k_begin = one_of(state, plan->n_times);
    plan->k_end = plan->k_begin + one_of(state, plan->n_times - plan->k_begin + 1);
}

static void choose_sum(uint64_t *state, double reach_m, pstm_device_plan *plan)
{
    static const double tapers[] = {0, 0, 0, 0.02, 0.1, 0.5, 0.95};
    plan->n_classes = chance(state, 0.5) ? 1 : 1 + one_of(state, 4);
    plan->weight = (pstm_weight)one_of(state, PSTM_WEIGHTS);
    plan->aperture_m = chance(state, 0.4) ? INFINITY : between(state, 0.1, 1.5) * reach_m;
    plan->aperture_tan = chance(state, 0.3) ? INFINITY : tan(between(state, 5, 85) * M_PI / 180);
    plan->aperture_taper = tapers[one_of(state, 7)];
    plan->fast_math = true;
    plan->n_threads = 1;
    plan->n_levels = chance(state, 0.5) ? 1 : 2 + one_of(state, PSTM_MOST_LEVELS - 1);
    for (int axis = 0; axis < 2; axis++) {
        const double step_m = chance(state, 0.2) ? 0 : by_size(state, 1e-3, 0.2) * reach_m;
        const double azimuth = between(state, 0, 2 * M_PI);
        plan->bin_step_m[axis][0] = step_m * cos(azimuth);
        plan->bin_step_m[axis][1] = step_m * sin(azimuth);
    }
}

/* --- velocities */

static double within_schema(double vrms_m_s)
{
    return fmin(fmax(vrms_m_s, 100), 10000);
}

/* Values at picks n_apart samples from each other, linear between them or held. */
static void pick_velocities(uint64_t *state, int32_t n_times, int32_t n_apart, bool held, float *vrms_m_s)
{
    double before = between(state, 1000, 5000), after = before;
    for (int32_t k = 0; k < n_times; k++) {
        if (k % n_apart == 0) {
            before = after;
            after = chance(state, 0.3) ? between(state, 300, 9000) : before * between(state, 0.7, 1.4);
        }
        const double part = held ? 0 : (double)(k % n_apart) / n_apart;
        vrms_m_s[k] = (float)within_schema(before + (after - before) * part);
    }
}

static void fill_velocities(uint64_t *state, int kind, const pstm_device_plan *plan, double middle_m_s,
                            float *vrms_m_s)
{
    const double first_m_s = middle_m_s * between(state, 0.9, 1.1);
    const double slope = kind == 0 ? 0 : between(state, -0.5, 2) * middle_m_s;
    for (int32_t k = 0; k < plan->n_times; k++)
        vrms_m_s[k] = (float)within_schema(first_m_s + slope * fmax(pstm_device_time_s(plan, k), 0));
    if (kind == 2) pick_velocities(state, plan->n_times, 5 + one_of(state, 100), false, vrms_m_s);
    if (kind == 3) pick_velocities(state, plan->n_times, 1 + one_of(state, 60), true, vrms_m_s);
    if (kind != 4) return;
    for (int32_t k = 0; k < plan->n_times; k++)
        vrms_m_s[k] = (float)by_size(state, 100, 10000);
}

static void choose_velocities(uint64_t *state, random_job *random, double middle_m_s)
{
    static const char *const kinds[] = {"constant", "gradient", "picks", "jumps", "noise"};
    contract_job *job = &random->job;
    const int kind = chance(state, 0.1) ? 4 : one_of(state, 4);
    job->tile.columns.one_column = chance(state, 0.3);
    const int64_t n_columns = pstm_columns_count(&job->tile.columns, job->tile.n_locations);
    for (int64_t i = 0; i < n_columns; i++)
        fill_velocities(state, kind, &job->plan, middle_m_s, job->vrms_m_s + i * job->plan.n_times);
    snprintf(random->words, sizeof random->words, "%s", kinds[kind]);
}

/* For laws that bend: growing with time, of either sign, none, and now and then at random. Of numbers of
 * their own, so that jobs of other laws are what they were. */
static void choose_bends(uint64_t seed, contract_job *job)
{
    uint64_t state = ~seed * 0x9e3779b97f4a7c15ULL;
    const int64_t n_columns = pstm_columns_count(&job->tile.columns, job->tile.n_locations);
    for (int i = 0; i < 8; i++)
        contract_random(&state);
    const bool none = chance(&state, 0.15), noise = chance(&state, 0.1);
    bends_fill(job->alpha, job->beta, n_columns, job->plan.n_times,
               none                  ? 0
               : chance(&state, 0.2) ? between(&state, -0.2, 0)
                                     : between(&state, 0.01, 0.35));
    for (int64_t i = 0; i < n_columns * job->plan.n_times && noise; i++)
        job->alpha[i] = (float)between(&state, -0.2, 0.3), job->beta[i] = (float)between(&state, 0, 2);
}

/* --- traces */

static void place_trace(uint64_t *state, const contract_job *job, double reach_m, pstm_device_trace *trace)
{
    const int32_t i = one_of(state, job->tile.n_locations);
    double *const ends_m[] = {&trace->source_x_m, &trace->source_y_m, &trace->receiver_x_m,
                              &trace->receiver_y_m};
    const double size_m = reach_m * (chance(state, 0.1) ? 0 : by_size(state, 0.01, 1));
    for (int e = 0; e < 4; e++)
        *ends_m[e] = (e % 2 == 0 ? job->x_m[i] : job->y_m[i]) + size_m * between(state, -1, 1);
}

static void choose_live_window(uint64_t *state, int32_t n_samples, pstm_device_trace *trace)
{
    const int32_t a = one_of(state, n_samples), b = one_of(state, n_samples);
    trace->live_last = n_samples - 1;
    if (chance(state, 0.4)) return;
    trace->live_first = a < b ? a : b;
    trace->live_last = a < b ? b : a;
    if (chance(state, 0.1)) trace->live_last = trace->live_first;
    if (chance(state, 0.05)) trace->live_last = trace->live_first - 1;
}

/* Noise in each copy's live window, zeros elsewhere. Every fourth trace has the same in all copies, ones. */
static void fill_samples(uint64_t *state, const pstm_device_plan *plan, const pstm_device_trace *trace,
                         float *first, size_t n_floats)
{
    const bool ones = chance(state, 0.25);
    fill_with_nan(first, n_floats);
    for (int32_t level = 0; level < plan->n_levels; level++) {
        float *copy = first + level * pstm_trace_stride(plan->n_samples);
        memset(copy, 0, ((size_t)plan->n_samples + 2 * PSTM_TRACE_PAD) * sizeof *copy);
        for (int32_t i = trace->live_first; i <= trace->live_last; i++)
            copy[PSTM_TRACE_PAD + i] = ones ? 1 : (float)between(state, -1, 1);
    }
}

static void choose_trace(uint64_t *state, random_job *random, int64_t i, double reach_m)
{
    const pstm_device_plan *plan = &random->job.plan;
    pstm_device_trace *trace = &random->job.traces[i];
    const size_t n_floats = (size_t)((plan->n_levels - 1) * pstm_trace_stride(plan->n_samples)) +
                            (size_t)plan->n_samples + 2 * PSTM_TRACE_PAD;
    place_trace(state, &random->job, reach_m, trace);
    choose_live_window(state, plan->n_samples, trace);
    trace->class_index = one_of(state, plan->n_classes);
    trace->factor = pstm_weight_has_trace((int)plan->weight) ? between(state, 0.3, 1.5) : 1;
    random->memory[i] = guarded_create(n_floats, (int)(i % 3));
    trace->samples = random->memory[i].first + PSTM_TRACE_PAD;
    fill_samples(state, plan, trace, random->memory[i].first, n_floats);
}

/* Some records begin late, or before time zero; a few so late that a float of their times is coarse. */
static void choose_starts(uint64_t *state, contract_job *job)
{
    const double late_s = chance(state, 0.2) ? between(state, 0, 20000) * job->plan.sample_s : 0;
    if (chance(state, 0.6)) return;
    for (int64_t i = 0; i < job->n_traces; i++)
        job->traces[i].start_s = late_s + between(state, -30, 30) * job->plan.sample_s;
    job->plan.time_first_s += late_s;
}

static void *zeros(size_t n, size_t bytes)
{
    void *memory = calloc(n, bytes);
    ck_assert_ptr_nonnull(memory);
    return memory;
}

random_job *random_job_create(uint64_t seed)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 1;
    random_job *random = zeros(1, sizeof *random);
    contract_job *job = &random->job;
    for (int i = 0; i < 8; i++)
        contract_random(&state);
    choose_axes(&state, &job->plan);
    const double middle_m_s = by_size(&state, 600, 6000);
    const double reach_m =
        middle_m_s * job->plan.n_samples * job->plan.sample_s / 2 * between(&state, 0.05, 1);
    choose_sum(&state, reach_m, &job->plan);
    job->plan.law = (pstm_law)(seed / 4 % PSTM_LAWS);
    const bool large = job->plan.n_times > MOST_TIMES / 8 || job->plan.n_samples > 2000;
    job->n_traces = 1 + one_of(&state, large ? MOST_TRACES / 4 : MOST_TRACES);
    job->tile.n_locations = 1 + one_of(&state, large ? 1 : MOST_LOCATIONS);
    const size_t n_locations = (size_t)job->tile.n_locations;
    job->tile.x_m = job->x_m = zeros(n_locations, sizeof *job->x_m);
    job->tile.y_m = job->y_m = zeros(n_locations, sizeof *job->y_m);
    job->vrms_m_s = zeros(n_locations * (size_t)job->plan.n_times, sizeof(float));
    job->alpha = zeros(n_locations * (size_t)job->plan.n_times, sizeof(float));
    job->beta = zeros(n_locations * (size_t)job->plan.n_times, sizeof(float));
    job->tile.columns = (pstm_columns){
        .n_times = job->plan.n_times, .vrms_m_s = job->vrms_m_s, .alpha = job->alpha, .beta = job->beta};
    job->traces = zeros((size_t)job->n_traces, sizeof *job->traces);
    const double origin_m = chance(&state, 0.5) ? 0 : 6e6;
    for (size_t i = 0; i < n_locations; i++) {
        job->x_m[i] = origin_m + between(&state, -0.3, 0.3) * reach_m;
        job->y_m[i] = origin_m + between(&state, -0.3, 0.3) * reach_m;
    }
    choose_starts(&state, job);
    choose_velocities(&state, random, middle_m_s);
    choose_bends(seed, job);
    for (int64_t i = 0; i < job->n_traces; i++)
        choose_trace(&state, random, i, reach_m);
    return random;
}

void random_job_destroy(random_job **random)
{
    contract_job *job = &(*random)->job;
    for (int64_t i = 0; i < job->n_traces; i++)
        guarded_free(&(*random)->memory[i]);
    free(job->traces);
    free(job->x_m);
    free(job->y_m);
    free(job->vrms_m_s);
    free(job->alpha);
    free(job->beta);
    free(*random);
    *random = NULL;
}

contract_job *random_job_get(random_job *random)
{
    return &random->job;
}

const char *random_job_describe(const random_job *random)
{
    static char text[640];
    const pstm_device_plan *plan = &random->job.plan;
    snprintf(
        text, sizeof text,
        "%d locations%s, %d traces from %g s on of %d samples of %g s; %d times of %g s from %g on, [%d, %d) "
        "wanted; %d classes; %s, %s; aperture %g m, tan %g, taper %g; %d levels; vrms: %s",
        (int)random->job.tile.n_locations, random->job.tile.columns.one_column ? ", one column" : "",
        (int)random->job.n_traces, random->job.traces[0].start_s, (int)plan->n_samples, plan->sample_s,
        (int)plan->n_times, plan->time_step_s, plan->time_first_s, (int)plan->k_begin, (int)plan->k_end,
        (int)plan->n_classes, pstm_law_word((int)plan->law), pstm_weight_word((int)plan->weight),
        plan->aperture_m, plan->aperture_tan, plan->aperture_taper, (int)plan->n_levels, random->words);
    return text;
}

/* --- what is allowed */

/* A few roundings of a float: of both legs' squares, slownesses and roots, of their sum, of the start. */
static const double ROUNDINGS = 5e-7;

/* device.h, fast_math: of the time of both legs. */
static const double FAST_TIME = 1.0 / 500, FAST_WEIGHT = 2; /* times the tolerance of the weight */

/* Of records longer than the 2,048 samples for which devices promise their values: how far a device may take
 * the line between two samples beyond them, per sample of the record. */
static const double LONG_RECORD = 0x1p-20;

/* Some ten roundings of a float. */
static const double WEIGHT_ROUNDINGS = 2e-6;

/* Arrivals nearer than this to an end of a live window may be decided by rounding. */
static const double LEAST_EDGE = 2e-3;

static double taper_of(const pstm_device_plan *plan, double leg_m, double radius_m)
{
    if (plan->aperture_taper == 0 || isinf(radius_m)) return 1;
    const double factor = (1 - pow(leg_m / radius_m, 2)) * pstm_aperture_taper_scale(plan->aperture_taper);
    return fmin(fmax(factor, 0), 1);
}

/* The largest sample about a position, and the steepest rise. */
static void look_around(const pstm_device_plan *plan, const float *samples, double position, double *most,
                        double *rise)
{
    const int32_t i = (int32_t)floor(position);
    *most = *rise = 0;
    for (int32_t j = i - 1; j <= i + 2; j++) {
        if (j < -1 || j > plan->n_samples) continue;
        *most = fmax(*most, fabs((double)samples[j]));
        *rise = fmax(*rise, fabs((double)samples[j + 1] - samples[j]));
    }
}

/* What stays the same for one location and trace. */
typedef struct location_pair {
    const pstm_device_plan *plan;
    const pstm_device_trace *trace;
    pstm_columns column;
    const float *limit2_m2;
    const pstm_antialias_block *blocks;
    pstm_antialias_legs_f antialias;
    double source_leg_m, receiver_leg_m;
} location_pair;

static void allow_sample(const location_pair *pair, int32_t k, random_allowance *allowed)
{
    const pstm_device_plan *plan = pair->plan;
    const pstm_device_trace *trace = pair->trace;
    const float longer2_m2 = fmaxf(pair->antialias.source_leg2_m2, pair->antialias.receiver_leg2_m2);
    if (!pstm_aperture_passes(longer2_m2, pair->limit2_m2[k])) return;
    const double t0_s = pstm_device_time_s(plan, k);
    const pstm_medium medium = pstm_device_medium(&pair->column, k);
    const pstm_arrival arrival =
        pstm_reference_arrival(plan, t0_s, &medium, pair->source_leg_m, pair->receiver_leg_m);
    const double position = (arrival.time_s - trace->start_s) / plan->sample_s;
    const double rounding = ROUNDINGS * (arrival.time_s + fabs(trace->start_s)) / plan->sample_s + 1e-5;
    const double edge = fmax(LEAST_EDGE, rounding) + (plan->fast_math ? FAST_TIME : 0);
    if (position < trace->live_first - edge || position > trace->live_last + edge) return;
    const float *samples = trace->samples;
    if (plan->n_levels > 1)
        samples += pstm_antialias_block_level(plan, &pair->antialias, &pair->blocks[k / PSTM_BLOCK]) *
                   pstm_trace_stride(plan->n_samples);
    double most, rise;
    look_around(plan, samples, position, &most, &rise);
    const double radius_m = pstm_aperture_limit_m(plan, t0_s, &medium);
    const double taper =
        taper_of(plan, pair->source_leg_m, radius_m) * taper_of(plan, pair->receiver_leg_m, radius_m);
    const double weight = fabs(arrival.weight * trace->factor);
    const double taper_error =
        plan->aperture_taper > 0 ? 1e-6 * pstm_aperture_taper_scale(plan->aperture_taper) : 0;
    const bool undecided = position < trace->live_first + edge || position > trace->live_last - edge;
    const bool fast = plan->fast_math;
    allowed->undecided += undecided;
    allowed->n_traces++;
    allowed->image += undecided ? weight * (taper + taper_error) * most : 0;
    const double beyond = plan->n_samples > 2048 ? LONG_RECORD * plan->n_samples : 0;
    allowed->image += weight * taper * rise * (rounding + beyond + (fast ? FAST_TIME : 0));
    allowed->image +=
        weight * taper * most *
        (WEIGHT_ROUNDINGS + (fast ? FAST_WEIGHT * pstm_weight_tolerance((int)plan->weight) : 0));
    allowed->image += weight * most * taper_error;
    allowed->image += weight * most * 1e-7 * MOST_TRACES; /* of the sum */
}

static void allow_location(const random_job *random, int32_t i, location_pair *pair,
                           random_allowance *allowed)
{
    const contract_job *job = &random->job;
    const pstm_device_plan *plan = &job->plan;
    for (int64_t t = 0; t < job->n_traces; t++) {
        const pstm_device_trace *trace = &job->traces[t];
        if (trace->live_first > trace->live_last) continue;
        pair->trace = trace;
        pair->antialias = pstm_antialias_legs_of(plan, job->x_m[i], job->y_m[i], trace);
        pair->source_leg_m = hypot(job->x_m[i] - trace->source_x_m, job->y_m[i] - trace->source_y_m);
        pair->receiver_leg_m = hypot(job->x_m[i] - trace->receiver_x_m, job->y_m[i] - trace->receiver_y_m);
        random_allowance *of_class =
            allowed + ((int64_t)i * plan->n_classes + trace->class_index) * plan->n_times;
        for (int32_t k = plan->k_begin; k < plan->k_end; k++)
            allow_sample(pair, k, of_class + k);
    }
}

void random_job_allow(const random_job *random, random_allowance *allowed)
{
    const contract_job *job = &random->job;
    const pstm_device_plan *plan = &job->plan;
    const size_t n_sums = (size_t)job->tile.n_locations * (size_t)plan->n_classes * (size_t)plan->n_times;
    float *limit2_m2 = zeros((size_t)plan->n_times, sizeof *limit2_m2);
    pstm_antialias_block *blocks = zeros((size_t)pstm_antialias_n_blocks(plan->n_times), sizeof *blocks);
    memset(allowed, 0, n_sums * sizeof *allowed);
    for (int32_t i = 0; i < job->tile.n_locations; i++) {
        const pstm_columns column =
            pstm_columns_view(&job->tile.columns, pstm_columns_index(&job->tile.columns, i));
        pstm_aperture_limits(plan, &column, limit2_m2);
        pstm_antialias_blocks(plan, &column, blocks);
        location_pair pair = {.plan = plan, .column = column, .limit2_m2 = limit2_m2, .blocks = blocks};
        allow_location(random, i, &pair, allowed);
    }
    free(limit2_m2);
    free(blocks);
}
