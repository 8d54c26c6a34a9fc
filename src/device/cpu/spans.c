#include "device/cpu/spans.h"

#include <math.h>

/* By how much polynomials through knots may miss: the sum of both legs' times in samples, and a weight
 * relative to itself. device.h promises the user twice that, for what lies between the legs that are tried.
 */
static const double TIME_TOLERANCE = 1e-3, WEIGHT_TOLERANCE = 5e-4;

/* Windows are made wider by twice the miss that was found and by this many samples. */
static const double WINDOW_MARGIN = 0.01;

/* Legs that are tried, as multiples of v t0/2: the tangents of their slopes. Of all legs up to the longest
 * one tried, that one or the first has the steepest time: of (A + B x)/sqrt(C + D x), with A, C, D > 0, the
 * largest value on an interval is at an end. */
static const double tangents[] = {0, 0.25, 0.5, 1, 2, 4, 8};
enum { N_TANGENTS = sizeof tangents / sizeof tangents[0] };

double pstm_cpu_half_time(const pstm_device_plan *plan, int64_t k)
{
    return pstm_device_time_s(plan, k) / 2 / plan->sample_s;
}

/** The squared half time of output sample k. */
static double tau2_at(const pstm_device_plan *plan, int64_t k)
{
    double tau = pstm_cpu_half_time(plan, k);
    return tau * tau;
}

static double slowness2_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    enum { BACK = 4 };
    int64_t last = plan->n_times - 1;
    double v_m_s = column->vrms_m_s[k < 0 ? 0 : k > last ? last : k];
    if (k > last && last >= BACK)
        v_m_s += (v_m_s - column->vrms_m_s[last - BACK]) / BACK * (double)(k - last);
    double v_m_per_sample = fmax(v_m_s, 1) * plan->sample_s;
    return 1 / (v_m_per_sample * v_m_per_sample);
}

float pstm_cpu_slowness2(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    return (float)slowness2_at(plan, column, k);
}

/* The slope of 1/v^2 is taken over two samples to each side, which evens out the rounding of velocities. */
pstm_cpu_knot pstm_cpu_knot_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    double tau = pstm_cpu_half_time(plan, k), step = plan->time_step_s / 2 / plan->sample_s;
    int64_t before = k >= 2 ? k - 2 : 0, after = k + 2;
    double rise = slowness2_at(plan, column, after) - slowness2_at(plan, column, before);
    return (pstm_cpu_knot){.tau2 = (float)(tau * tau),
                           .tau2_slope = (float)(tau * step),
                           .slowness2 = (float)slowness2_at(plan, column, k),
                           .slowness2_slope = (float)(rise / (double)(after - before) / 2)};
}

/** The worst of a span: how far polynomials miss, and by how much a time grows from sample to sample. */
typedef struct miss {
    double time, weight;
    double least_slope, most_slope;
} miss;

/** Adds to `worst` what a trace with two legs of this length has in a span from sample k on. */
static void measure(const pstm_cpu_velocity *velocity, const pstm_cpu_knot knots[2], int64_t k,
                    int32_t length, double leg2_m2, miss *worst)
{
    double time[2], slope[2], weight[2], weight_slope[2];
    for (int i = 0; i < 2; i++) {
        time[i] = sqrt(tau2_at(velocity->plan, k + i * length) + leg2_m2 * knots[i].slowness2);
        slope[i] = length * (knots[i].tau2_slope + leg2_m2 * knots[i].slowness2_slope) / time[i];
        double tau2 = tau2_at(velocity->plan, k + i * length), cosine2 = tau2 / (time[i] * time[i]);
        weight[i] = cosine2 * cosine2; /* of a trace with two such legs */
        weight_slope[i] = 4 * weight[i] * (length * knots[i].tau2_slope / tau2 - slope[i] / time[i]);
    }
    const float *slowness2 = velocity->slowness2 + k;
    double exact_before = 0, by_cubic_before = 0;
    for (int32_t j = 0; j < length; j++) {
        double u = (double)j / length;
        double end = u * u * (3 - 2 * u), from = u * (1 - u) * (1 - u), to = -u * u * (1 - u);
        double tau2 = tau2_at(velocity->plan, k + j);
        double exact2 = tau2 + leg2_m2 * slowness2[j], exact = sqrt(exact2), cosine2 = tau2 / exact2;
        double by_cubic = time[0] + (time[1] - time[0]) * end + slope[0] * from + slope[1] * to;
        double weight_by_cubic =
            weight[0] + (weight[1] - weight[0]) * end + weight_slope[0] * from + weight_slope[1] * to;
        double cube = weight_slope[0] + weight_slope[1] - 2 * (weight[1] - weight[0]);
        double weight_by_quadratic = weight_by_cubic - cube * (u * u * (u - 1.5) + u * 9 / 16 - 1.0 / 32);
        worst->time = fmax(worst->time, 2 * fabs(by_cubic - exact));
        if (j > 0) {
            worst->least_slope =
                fmin(worst->least_slope, 2 * fmin(exact - exact_before, by_cubic - by_cubic_before));
            worst->most_slope =
                fmax(worst->most_slope, 2 * fmax(exact - exact_before, by_cubic - by_cubic_before));
        }
        exact_before = exact;
        by_cubic_before = by_cubic;
        worst->weight = fmax(worst->weight, fabs(weight_by_quadratic / (cosine2 * cosine2) - 1));
    }
}

static bool cubics_do(const pstm_device_plan *plan, const miss *worst)
{
    return worst->least_slope >= 0 && worst->time <= TIME_TOLERANCE &&
           (plan->weight == PSTM_WEIGHT_NONE || worst->weight <= WEIGHT_TOLERANCE);
}

/** The longest leg between one that is known and one with which times do not grow from sample to sample. */
static void find_longest(const pstm_cpu_velocity *velocity, const pstm_cpu_knot knots[2], int64_t k,
                         int32_t length, double too_long2_m2, float *known2_m2, miss *worst)
{
    enum { STEPS = 6 };
    for (int i = 0; i < STEPS; i++) {
        double leg2_m2 = (fmax(*known2_m2, 0) + too_long2_m2) / 2;
        miss with = *worst;
        measure(velocity, knots, k, length, leg2_m2, &with);
        if (with.least_slope < 0) {
            too_long2_m2 = leg2_m2;
        } else {
            *worst = with;
            *known2_m2 = (float)leg2_m2;
        }
    }
}

/** Tries a span of n_blocks; false if it is too long, which one block never is. */
static bool try_span(const pstm_cpu_velocity *velocity, pstm_cpu_span *span)
{
    const pstm_device_plan *plan = velocity->plan;
    int64_t k = (int64_t)span->first_block * PSTM_BLOCK;
    int32_t length = span->n_blocks * PSTM_BLOCK;
    float most2_m2 = -1;
    for (int32_t j = 0; j < length; j++)
        most2_m2 = fmaxf(most2_m2, velocity->limit2_m2[k + j]);
    span->bend = PSTM_CPU_NO_WINDOW;
    span->bend_leg2 = -1;
    span->known = false;
    span->most_slope = 0;
    if (pstm_cpu_half_time(plan, k) <= 0 || most2_m2 < 0) return span->n_blocks == 1; /* no slope at time 0 */

    pstm_cpu_knot knots[2] = {pstm_cpu_knot_at(plan, velocity->column, k),
                              pstm_cpu_knot_at(plan, velocity->column, k + length)};
    miss worst = {.least_slope = INFINITY};
    double tau = pstm_cpu_half_time(plan, k + length - 1);
    double unit2_m2 = tau * tau / velocity->slowness2[k + length - 1];
    for (int i = 0; i < N_TANGENTS && span->bend_leg2 < most2_m2; i++) {
        double leg2_m2 = fmin(tangents[i] * tangents[i] * unit2_m2, most2_m2);
        miss with = worst;
        measure(velocity, knots, k, length, leg2_m2, &with);
        if (span->n_blocks > 1 && !cubics_do(plan, &with)) return false;
        if (with.least_slope < 0) {
            find_longest(velocity, knots, k, length, leg2_m2, &span->bend_leg2, &worst);
            break;
        }
        worst = with;
        span->bend_leg2 = (float)leg2_m2;
    }
    span->known = span->bend_leg2 >= most2_m2;
    if (span->bend_leg2 < 0) return span->n_blocks == 1;
    span->most_slope = (float)worst.most_slope;
    if (plan->fast_math && cubics_do(plan, &worst))
        span->bend = 0;
    else if (2 * worst.time + WINDOW_MARGIN < PSTM_CPU_NO_WINDOW)
        span->bend = (float)(2 * worst.time + WINDOW_MARGIN);
    else
        span->bend_leg2 = -1, span->known = false;
    return span->n_blocks == 1 || span->known;
}

pstm_cpu_span pstm_cpu_span_at(const pstm_cpu_velocity *velocity, int32_t block, int32_t n_blocks)
{
    pstm_cpu_span span = {.first_block = block};
    for (span.n_blocks = PSTM_CPU_SPAN_BLOCKS; span.n_blocks > 1; span.n_blocks /= 2) {
        if (block % span.n_blocks != 0 || block + span.n_blocks > n_blocks) continue;
        if (try_span(velocity, &span)) return span;
    }
    try_span(velocity, &span);
    return span;
}
