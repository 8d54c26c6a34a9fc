#include "migrate/cpu_tables.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "migrate/aperture.h"

/* Arrays over blocks and knots of a column. */
enum {
    SLOWNESS2,
    SLOWNESS2_SLOPE,
    LEAST,
    MOST,
    PLAIN,
    BEND,
    BEND_LEG2,
    SMOOTH,
    MOST_SLOPE,
    REACH2,
    N_FIELDS
};

/* By how much a cubic through knots may miss: the sum of both legs' times in samples, and a weight relative
 * to itself. device.h promises the user twice that, for what lies between the legs that are tried. */
static const double TIME_TOLERANCE = 1e-3, WEIGHT_TOLERANCE = 5e-4;

/* Windows are made wider by twice the miss that was found and by this many samples. */
static const double WINDOW_MARGIN = 0.01;

/* Legs that are tried, as multiples of v t0/2: the tangents of their slopes. Of all legs up to the longest
 * one tried, that one or the first has the steepest time: of (A + B x)/sqrt(C + D x), with A, C, D > 0, the
 * largest value on an interval is at an end. */
static const double tangents[] = {0, 0.25, 0.5, 1, 2, 4, 8};
enum { N_TANGENTS = sizeof tangents / sizeof tangents[0] };

/** Half time of output sample k in input samples. */
static double half_time(const pstm_device_plan *plan, int64_t k)
{
    return pstm_device_time_s(plan, k) / 2 / plan->sample_s;
}

pstm_status pstm_cpu_tables_start(const pstm_device_plan *plan, pstm_cpu_tables *tables)
{
    *tables = (pstm_cpu_tables){.plan = *plan};
    tables->n_blocks = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK;
    tables->n_padded = (int64_t)tables->n_blocks * PSTM_BLOCK;
    tables->stride = (tables->n_blocks + PSTM_CPU_BLOCK_PAD + 15) / 16 * 16;
    PSTM_TRY(PSTM_NEW(&tables->tau2, tables->n_padded, "half times of a CPU device"));
    PSTM_TRY(PSTM_NEW(&tables->knot_tau2, 2 * tables->stride, "half times of a CPU device"));
    for (int64_t k = 0; k < tables->n_padded; k++)
        tables->tau2[k] = (float)(half_time(plan, k) * half_time(plan, k));
    double step = PSTM_BLOCK * plan->time_step_s / 2 / plan->sample_s;
    for (int64_t b = 0; b < tables->stride; b++) {
        double tau = half_time(plan, b * PSTM_BLOCK);
        tables->knot_tau2[b] = (float)(tau * tau);
        tables->knot_tau2[tables->stride + b] = (float)(tau * step);
    }
    return PSTM_OK;
}

/** 1/v^2 of a column at any k, in samples^2/m^2; behind the end the velocity goes on as it came. */
static double slowness2_at(const pstm_device_plan *plan, const float *vrms_m_s, int64_t k)
{
    enum { BACK = 4 };
    int64_t last = plan->n_times - 1;
    double v_m_s = vrms_m_s[k < 0 ? 0 : k > last ? last : k];
    if (k > last && last >= BACK) v_m_s += (v_m_s - vrms_m_s[last - BACK]) / BACK * (double)(k - last);
    double v_m_per_sample = fmax(v_m_s, 1) * plan->sample_s;
    return 1 / (v_m_per_sample * v_m_per_sample);
}

/** Half the slope of 1/v^2 at a knot, per block; over two samples to each side, which evens out the rounding
 * of the velocities. */
static double slowness2_slope_at(const pstm_device_plan *plan, const float *vrms_m_s, int64_t k)
{
    int64_t before = k >= 2 ? k - 2 : 0, after = k + 2;
    double rise = slowness2_at(plan, vrms_m_s, after) - slowness2_at(plan, vrms_m_s, before);
    return rise / (double)(after - before) * PSTM_BLOCK / 2;
}

/** The worst of a block: how far cubics miss, and by how much a time grows from sample to sample. */
typedef struct miss {
    double time, weight;
    double least_slope, most_slope;
} miss;

/** Adds to `worst` what a trace with two legs of this length has in block b. */
static void measure(const pstm_cpu_tables *tables, const float *slowness2, const float *fields, int64_t b,
                    double leg2_m2, miss *worst)
{
    double time[2], slope[2], weight[2], weight_slope[2];
    for (int i = 0; i < 2; i++) {
        const float *knot = fields + b + i, *tau2 = tables->knot_tau2 + b + i;
        time[i] = sqrt(tau2[0] + leg2_m2 * knot[SLOWNESS2 * tables->stride]);
        slope[i] = (tau2[tables->stride] + leg2_m2 * knot[SLOWNESS2_SLOPE * tables->stride]) / time[i];
        weight[i] = 1 / (time[i] * time[i] * time[i] * time[i]); /* of a trace with two such legs */
        weight_slope[i] = -4 * weight[i] * slope[i] / time[i];
    }
    double exact_before = 0, by_cubic_before = 0;
    for (int j = 0; j < PSTM_BLOCK; j++) {
        int64_t k = b * PSTM_BLOCK + j;
        double u = (double)j / PSTM_BLOCK;
        double end = u * u * (3 - 2 * u), from = u * (1 - u) * (1 - u), to = -u * u * (1 - u);
        double exact = sqrt(tables->tau2[k] + leg2_m2 * slowness2[k]);
        double exact_weight = 1 / (exact * exact * exact * exact);
        double by_cubic = time[0] + (time[1] - time[0]) * end + slope[0] * from + slope[1] * to;
        double weight_by_cubic =
            weight[0] + (weight[1] - weight[0]) * end + weight_slope[0] * from + weight_slope[1] * to;
        worst->time = fmax(worst->time, 2 * fabs(by_cubic - exact));
        if (j > 0) {
            worst->least_slope =
                fmin(worst->least_slope, 2 * fmin(exact - exact_before, by_cubic - by_cubic_before));
            worst->most_slope =
                fmax(worst->most_slope, 2 * fmax(exact - exact_before, by_cubic - by_cubic_before));
        }
        exact_before = exact;
        by_cubic_before = by_cubic;
        worst->weight = fmax(worst->weight, fabs(weight_by_cubic / exact_weight - 1));
    }
}

/** Decides how the samples of block b get their times; most2_m2 is the largest squared aperture. */
static void find_bend(const pstm_cpu_tables *tables, const float *slowness2, float *fields, int64_t b,
                      float most2_m2)
{
    const pstm_device_plan *plan = &tables->plan;
    float *bend = fields + BEND * tables->stride + b;
    float *bend_leg2 = fields + BEND_LEG2 * tables->stride + b;
    *bend = PSTM_CPU_NO_WINDOW;
    *bend_leg2 = -1;
    int64_t k_last = b * PSTM_BLOCK + PSTM_BLOCK - 1;
    if (half_time(plan, b * PSTM_BLOCK) <= 0 || most2_m2 < 0) return; /* no slope at time 0 */

    miss worst = {.least_slope = INFINITY};
    double tau = half_time(plan, k_last);
    double unit2_m2 = tau * tau / slowness2[k_last];
    for (int i = 0; i < N_TANGENTS && *bend_leg2 < most2_m2; i++) {
        *bend_leg2 = (float)fmin(tangents[i] * tangents[i] * unit2_m2, most2_m2);
        measure(tables, slowness2, fields, b, *bend_leg2, &worst);
    }
    bool weights_miss = plan->weight != PSTM_WEIGHT_NONE && !(worst.weight <= WEIGHT_TOLERANCE);
    fields[MOST_SLOPE * tables->stride + b] = (float)worst.most_slope;
    if (plan->fast_math && worst.least_slope >= 0 && worst.time <= TIME_TOLERANCE && !weights_miss)
        *bend = 0;
    else if (worst.least_slope >= 0 && 2 * worst.time + WINDOW_MARGIN < PSTM_CPU_NO_WINDOW)
        *bend = (float)(2 * worst.time + WINDOW_MARGIN);
    else
        *bend_leg2 = -1;
}

static void fill_block(const pstm_cpu_tables *tables, const float *slowness2, float *limit2_m2, float *fields,
                       int64_t b)
{
    const pstm_device_plan *plan = &tables->plan;
    float least = INFINITY, most = -1;
    for (int64_t k = b * PSTM_BLOCK; k < (b + 1) * PSTM_BLOCK && k < plan->n_times; k++) {
        least = fminf(least, limit2_m2[k]);
        most = fmaxf(most, limit2_m2[k]);
    }
    find_bend(tables, slowness2, fields, b, most);
    bool smooth = fields[BEND * tables->stride + b] == 0 && fields[BEND_LEG2 * tables->stride + b] >= most;
    fields[SMOOTH * tables->stride + b] = smooth ? 0 : -1;
    float inner = 1 - (float)plan->aperture_taper;
    fields[PLAIN * tables->stride + b] = plan->aperture_taper > 0 ? inner * inner * least : INFINITY;

    /* The time window last: it may not change how a block is computed. */
    least = INFINITY, most = -1;
    for (int64_t k = b * PSTM_BLOCK; k < (b + 1) * PSTM_BLOCK; k++) {
        if (k < plan->k_begin || k >= plan->k_end) limit2_m2[k] = -1;
        least = fminf(least, limit2_m2[k]);
        most = fmaxf(most, limit2_m2[k]);
    }
    fields[LEAST * tables->stride + b] = least;
    fields[MOST * tables->stride + b] = most;
    fields[REACH2 * tables->stride + b] = b > 0 ? fmaxf(most, fields[REACH2 * tables->stride + b - 1]) : most;
}

static void fill_column(pstm_cpu_tables *tables, const float *vrms_m_s, int64_t i_column)
{
    const pstm_device_plan *plan = &tables->plan;
    float *slowness2 = tables->slowness2 + i_column * tables->n_padded;
    float *limit2_m2 = tables->limit2_m2 + i_column * tables->n_padded;
    float *fields = tables->blocks + i_column * N_FIELDS * tables->stride;
    for (int64_t k = 0; k < tables->n_padded; k++)
        slowness2[k] = (float)slowness2_at(plan, vrms_m_s, k);
    pstm_aperture_limits(plan, vrms_m_s, limit2_m2);
    for (int64_t k = plan->n_times; k < tables->n_padded; k++)
        limit2_m2[k] = -1;
    for (int64_t b = 0; b < tables->stride; b++) {
        fields[SLOWNESS2 * tables->stride + b] = (float)slowness2_at(plan, vrms_m_s, b * PSTM_BLOCK);
        fields[SLOWNESS2_SLOPE * tables->stride + b] =
            (float)slowness2_slope_at(plan, vrms_m_s, b * PSTM_BLOCK);
    }
    for (int64_t b = 0; b < tables->stride; b++) {
        if (b < tables->n_blocks) {
            fill_block(tables, slowness2, limit2_m2, fields, b);
            continue;
        }
        for (int field = LEAST; field <= REACH2; field++)
            fields[field * tables->stride + b] = field == BEND || field == SMOOTH ? 0 : -1;
    }
}

pstm_status pstm_cpu_tables_fill(pstm_cpu_tables *tables, const pstm_device_tile *tile)
{
    int64_t n_columns = tile->one_column ? 1 : tile->n_locations;
    int64_t n_k = n_columns * tables->n_padded;
    PSTM_TRY(PSTM_GROW(&tables->slowness2, &tables->slowness_capacity, n_k, "slownesses of a tile"));
    PSTM_TRY(PSTM_GROW(&tables->limit2_m2, &tables->limit_capacity, n_k, "apertures of a tile"));
    PSTM_TRY(PSTM_GROW(&tables->blocks, &tables->blocks_capacity, n_columns * N_FIELDS * tables->stride,
                       "knots of a tile"));
#pragma omp parallel for schedule(static) num_threads(tables->plan.n_threads)
    for (int64_t i = 0; i < n_columns; i++)
        fill_column(tables, tile->vrms_m_s + i * tables->plan.n_times, i);
    return PSTM_OK;
}

void pstm_cpu_tables_column(const pstm_cpu_tables *tables, int64_t i_column, pstm_cpu_column *column)
{
    const float *fields = tables->blocks + i_column * N_FIELDS * tables->stride;
    *column = (pstm_cpu_column){
        .tau2 = tables->tau2,
        .slowness2 = tables->slowness2 + i_column * tables->n_padded,
        .limit2_m2 = tables->limit2_m2 + i_column * tables->n_padded,
        .knot_tau2 = tables->knot_tau2,
        .knot_tau2_slope = tables->knot_tau2 + tables->stride,
        .knot_slowness2 = fields + SLOWNESS2 * tables->stride,
        .knot_slowness2_slope = fields + SLOWNESS2_SLOPE * tables->stride,
        .least_limit2 = fields + LEAST * tables->stride,
        .most_limit2 = fields + MOST * tables->stride,
        .plain_limit2 = fields + PLAIN * tables->stride,
        .bend = fields + BEND * tables->stride,
        .smooth = fields + SMOOTH * tables->stride,
        .most_slope = fields + MOST_SLOPE * tables->stride,
        .bend_leg2 = fields + BEND_LEG2 * tables->stride,
        .taper_scale = (float)pstm_aperture_taper_scale(tables->plan.aperture_taper),
    };
}

const float *pstm_cpu_tables_reach2(const pstm_cpu_tables *tables, int64_t i_column)
{
    return tables->blocks + (i_column * N_FIELDS + REACH2) * tables->stride;
}

void pstm_cpu_tables_clear(pstm_cpu_tables *tables)
{
    PSTM_FREE(&tables->tau2);
    PSTM_FREE(&tables->knot_tau2);
    PSTM_FREE(&tables->slowness2);
    PSTM_FREE(&tables->limit2_m2);
    PSTM_FREE(&tables->blocks);
}
