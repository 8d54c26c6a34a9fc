#include "bench/bench_job.h"

#include <math.h>

#include "condition/bank.h"
#include "core/memory.h"
#include "device/antialias.h"

enum { N_SAMPLES = 1600, TRACES_OF_A_LEAF = 64, LEAVES_OF_A_ROW = 3 };

static const double SAMPLE_S = 0.002, RECORD_S = 2.0, STEP_X_M = 12.5, STEP_Y_M = 25;

/** Random numbers in [0, 1), the same everywhere (Knuth's MMIX generator). */
static double random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*state >> 11) / 9007199254740992.0;
}

/** vrms at two-way time t0. */
static double velocity(double t0_s, bool bent)
{
    double linear_m_s = 1700 + 400 * t0_s;
    if (!bent) return linear_m_s;
    /* Every second pick lies 40 m/s above the line. */
    double picks = t0_s / 0.3, between = picks - floor(picks);
    bool from_high = (int)picks % 2 != 0;
    return linear_m_s + 40 * (from_high ? 1 - between : between);
}

/** Trace i: leaves of 64 neighbours 40 m apart, as a survey's index cuts them, up to 1,000 m from the tile.
 */
static void place_trace(pstm_device_trace *trace, int i, uint64_t *state)
{
    int leaf = i / TRACES_OF_A_LEAF, in_leaf = i % TRACES_OF_A_LEAF;
    double x_m = (leaf % LEAVES_OF_A_ROW - 1) * 1000.0 + in_leaf % 8 * 40.0;
    double y_m = (leaf / LEAVES_OF_A_ROW - 1) * 900.0 + in_leaf / 8 * 40.0;
    double azimuth_rad = 2 * M_PI * random_next(state);
    double half_offset_m = 150 + 150 * random_next(state);
    double dx_m = half_offset_m * cos(azimuth_rad), dy_m = half_offset_m * sin(azimuth_rad);
    trace->source_x_m = x_m + dx_m;
    trace->source_y_m = y_m + dy_m;
    trace->receiver_x_m = x_m - dx_m;
    trace->receiver_y_m = y_m - dy_m;
}

static void fill_traces(pstm_bench_job *job)
{
    uint64_t state = 31012;
    for (int i = 0; i < PSTM_BENCH_TRACES; i++) {
        float *samples =
            job->samples + i * job->plan.n_levels * pstm_trace_stride(N_SAMPLES) + PSTM_TRACE_PAD;
        for (int k = 0; k < N_SAMPLES; k++)
            samples[k] = (float)(random_next(&state) - 0.5);
        job->traces[i] =
            (pstm_device_trace){.factor = 1, .samples = samples, .live_last = N_SAMPLES - 1, .key = i + 1};
        place_trace(&job->traces[i], i, &state);
    }
}

static pstm_status make_copies(pstm_bench_job *job)
{
    pstm_bank *bank = NULL;
    pstm_bank_work *work = NULL;
    pstm_status status;
    PSTM_GO(pstm_bank_create(N_SAMPLES, job->plan.n_levels, &bank));
    PSTM_GO(pstm_bank_work_create(bank, &work));
    int64_t stride = pstm_trace_stride(N_SAMPLES);
    for (int i = 0; i < PSTM_BENCH_TRACES; i++)
        pstm_bank_apply(bank, work, 0, N_SAMPLES - 1,
                        job->samples + i * job->plan.n_levels * stride + PSTM_TRACE_PAD, stride);
cleanup:
    pstm_bank_work_destroy(&work);
    pstm_bank_destroy(&bank);
    return status;
}

/* How rays bend, alpha by t0^2: 0.12 at 4 s, as in 1800 + 0.6 z. */
static const double BEND = 0.0075;

/* Locations run along 12.5 m first. */
static pstm_status make_tile(const pstm_bench_shape *shape, pstm_bench_job *job)
{
    int32_t n_x = shape->wide ? 128 : 8, n = shape->wide ? 128 * 64 : PSTM_BENCH_LOCATIONS;
    PSTM_TRY(PSTM_NEW(&job->x_m, n, "locations of the bench"));
    PSTM_TRY(PSTM_NEW(&job->y_m, n, "locations of the bench"));
    const pstm_fields of_any_law = (1u << PSTM_N_FIELDS) - 1;
    PSTM_TRY(pstm_columns_create(of_any_law, 1, job->plan.n_times, &job->columns));
    for (int32_t k = 0; k < job->plan.n_times; k++) {
        const double t0_s = k * shape->time_step_s;
        job->columns.vrms_m_s[k] = (float)velocity(t0_s, shape->bent);
        job->columns.alpha[k] = (float)(BEND * t0_s * t0_s);
        job->columns.beta[k] = 0.3F;
    }
    for (int32_t i = 0; i < n; i++) {
        job->x_m[i] = STEP_X_M * (i % n_x);
        job->y_m[i] = STEP_Y_M * (i / n_x);
    }
    job->tile = (pstm_device_tile){.n_locations = n,
                                   .x_m = job->x_m,
                                   .y_m = job->y_m,
                                   .lattice = {.n = {n / n_x, n_x}, .step_m = {{0, STEP_Y_M}, {STEP_X_M, 0}}},
                                   .columns = job->columns};
    return PSTM_OK;
}

pstm_status pstm_bench_job_make(const pstm_bench_shape *shape, pstm_bench_job *job)
{
    *job = (pstm_bench_job){.plan = {.n_times = (int32_t)lround(RECORD_S / shape->time_step_s) + 1,
                                     .time_step_s = shape->time_step_s,
                                     .n_samples = N_SAMPLES,
                                     .sample_s = SAMPLE_S,
                                     .n_classes = 1,
                                     .n_levels = 1,
                                     .aperture_m = 3000,
                                     .aperture_tan = tan(60 * M_PI / 180),
                                     .fast_math = true,
                                     .n_threads = 1}};
    job->plan.k_end = job->plan.n_times;
    if (shape->bank) {
        job->plan.bin_step_m[0][0] = STEP_X_M;
        job->plan.bin_step_m[1][1] = STEP_Y_M;
        job->plan.n_levels = pstm_antialias_n_levels(&job->plan, velocity(0, false));
    }
    PSTM_TRY(make_tile(shape, job));
    PSTM_TRY(PSTM_NEW(&job->samples, PSTM_BENCH_TRACES * job->plan.n_levels * pstm_trace_stride(N_SAMPLES),
                      "traces of the bench"));
    fill_traces(job);
    return make_copies(job);
}

void pstm_bench_job_clear(pstm_bench_job *job)
{
    PSTM_FREE(&job->x_m);
    PSTM_FREE(&job->y_m);
    pstm_columns_clear(&job->columns);
    PSTM_FREE(&job->samples);
}
