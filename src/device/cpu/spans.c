#include "device/cpu/spans.h"

#include <math.h>

#include "sum/real_double.h"

/* How long may a span be? Between its knots the time of a trace is a cubic and its weight a quadratic
 * (cubics.inc), whatever the trace. So each span is tried before there are traces: polynomials and formulas
 * are compared at every sample for some legs from 0 to the aperture, with both legs of the trace the same.
 * One with different legs misses in time by the mean of what two such traces miss. The longest of 64, 32 and
 * 16 samples that misses little enough is taken. One block is always a span; if the cubic does not do there,
 * its samples have square roots.
 *
 * The way to a sample in memory (cubics.inc) needs two things more of the times of a span: that they grow
 * from sample to sample, and by how much at most.
 *
 * By how much polynomials through knots may miss: the sum of both legs' times in samples. A weight has its
 * own tolerance (sum/weights.h). device.h promises the user twice that, for what lies between the legs that
 * are tried. */
static const double TIME_TOLERANCE = 1e-3;

/* Windows are made wider by twice the miss that was found and by this many samples. */
static const double WINDOW_MARGIN = 0.01;

/* Legs that are tried, as multiples of v t0/2: the tangents of their slopes. None is longer
 * than the aperture, and of an aperture beyond the last one nothing is known.
 *
 * For straight rays the growth of T = sqrt(c + d x), x = leg^2, from a sample to the next, sqrt(c1 + d1 x) -
 * sqrt(c0 + d0 x) with c1 > c0, is largest at the least or the largest x. The sign of its derivative by x is
 * that of d1^2 c0 - d0^2 c1 + d0 d1 (d1 - d0) x: negative for all x if d1 <= d0, else it changes once, from
 * negative to positive. In general a law says by how much the
 * steepest time of any leg up to the longest one tried may exceed the steepest of these
 * (sum/laws.h). */
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

/* Behind the last sample a field of a column goes on with its slope over the last BACK samples: an end knot
 * may lie there. 0 for a field that there is not. */
static double field_at(const pstm_device_plan *plan, const float *field, int64_t k)
{
    enum { BACK = 4 };
    if (field == NULL) return 0;
    int64_t last = plan->n_times - 1;
    double value = field[k < 0 ? 0 : k > last ? last : k];
    if (k > last && last >= BACK) value += (value - field[last - BACK]) / BACK * (double)(k - last);
    return value;
}

/* The velocity stays positive there, and beta not negative. */
static double slowness2_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    enum { LEAST_M_S = 1 };
    double v_m_per_sample = fmax(field_at(plan, column->vrms_m_s, k), LEAST_M_S) * plan->sample_s;
    return 1 / (v_m_per_sample * v_m_per_sample);
}

static pstm_ray_d ray_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    return (pstm_ray_d){.tau2 = tau2_at(plan, k),
                        .slowness2 = slowness2_at(plan, column, k),
                        .alpha = field_at(plan, column->alpha, k),
                        .beta = fmax(field_at(plan, column->beta, k), 0)};
}

float pstm_cpu_field(const pstm_device_plan *plan, const pstm_columns *column, pstm_ray_field field,
                     int64_t k)
{
    const pstm_ray_d ray = ray_at(plan, column, k);
    switch (field) {
#define FIELD(A, NAME, name, help)                                                                           \
    case PSTM_RAY_##NAME:                                                                                    \
        return (float)ray.name;
        PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    default:
        return 0;
    }
}

/* The slopes of what velocities make are taken over two samples to each side, which evens out the rounding of
 * velocities; that of tau^2 is known. */
pstm_cpu_knot pstm_cpu_knot_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k)
{
    const int64_t before = k >= 2 ? k - 2 : 0, after = k + 2;
    const pstm_ray_d ray = ray_at(plan, column, k);
    const pstm_ray_d low = ray_at(plan, column, before), high = ray_at(plan, column, after);
    pstm_cpu_knot knot;
#define FIELD(A, NAME, name, help)                                                                           \
    knot.value.name = (float)ray.name;                                                                       \
    knot.half_slope.name = (float)((high.name - low.name) / (double)(after - before) / 2);
    PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    const double tau = pstm_cpu_half_time(plan, k), step = plan->time_step_s / 2 / plan->sample_s;
    knot.half_slope.tau2 = (float)(tau * step);
    return knot;
}

/** The worst of a span: how far polynomials miss, and by how much a time grows from sample to sample; less
 * than 0 too where a sample has no time at all, the leg being longer than the law has one for. */
typedef struct miss {
    double time, weight;
    double least_slope, most_slope;
} miss;

/** The fields at sample k of a column, tau^2 in double. */
static pstm_ray_d exact_ray(const pstm_cpu_velocity *velocity, int64_t k)
{
    pstm_ray_d ray;
#define FIELD(A, NAME, name, help)                                                                           \
    ray.name = velocity->ray[PSTM_RAY_##NAME] == NULL ? 0 : velocity->ray[PSTM_RAY_##NAME][k];
    PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    ray.tau2 = tau2_at(velocity->plan, k);
    return ray;
}

static pstm_ray_d widen(const pstm_ray_f *ray)
{
    pstm_ray_d wide;
#define FIELD(A, NAME, name, help) wide.name = ray->name;
    PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    return wide;
}

/** A trace with two equal legs at a knot: values, and slopes over the span. */
typedef struct end {
    double time, slope, weight, weight_slope;
} end;

static end end_of_span(const pstm_device_plan *plan, const pstm_cpu_knot *knot, int64_t k, int32_t length,
                       double leg2_m2)
{
    pstm_ray_d ray = widen(&knot->value);
    const pstm_ray_d slopes = widen(&knot->half_slope);
    ray.tau2 = tau2_at(plan, k);
    end made = {.time = sqrt(pstm_law_time2_d((int)plan->law, leg2_m2, &ray))};
    made.slope = length * pstm_law_growth_d((int)plan->law, leg2_m2, &ray, &slopes) / made.time;
    const double tau_growth = pstm_weight_tau_power((int)plan->weight) * (length * slopes.tau2 / ray.tau2);
    pstm_pair_d pair = {.tau2 = ray.tau2,
                        .per_ts = 1 / made.time,
                        .per_tr = 1 / made.time,
                        .ts_slope = made.slope,
                        .tr_slope = made.slope,
                        .tau_growth = tau_growth};
    pstm_ray_d growth = slopes;
#define FIELD(A, NAME, name, help) growth.name *= length;
    PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
    pstm_pair_shapes_d((int)plan->law, (int)plan->weight, leg2_m2, leg2_m2, &ray, &pair);
    pstm_pair_shape_slopes_d((int)plan->law, leg2_m2, leg2_m2, &ray, &growth, &pair);
    made.weight = pstm_weight_pair_d((int)plan->weight, &pair);
    made.weight_slope = pstm_weight_slope_d((int)plan->weight, &pair, made.weight);
    return made;
}

/**
 * Adds to `worst` what a trace with two legs of this length has in a span from sample k on. The cubic is
 * written by Hermite's basis over u in [0, 1], with slopes over the whole span:
 *
 *   p(u) = a + (b - a) u^2 (3 - 2 u) + a' u (1 - u)^2 - b' u^2 (1 - u)
 *
 * Its coefficient of u^3 is a' + b' - 2 (b - a), and the nearest quadratic lacks that times
 * u^3 - 3/2 u^2 + 9/16 u - 1/32, a 32nd of Chebyshev's polynomial (cubics.inc). Times are of two legs, so
 * that a miss counts twice.
 */
static void measure(const pstm_cpu_velocity *velocity, const pstm_cpu_knot knots[2], int64_t k,
                    int32_t length, double leg2_m2, miss *worst)
{
    const pstm_device_plan *plan = velocity->plan;
    const end a = end_of_span(plan, &knots[0], k, length, leg2_m2);
    const end b = end_of_span(plan, &knots[1], k + length, length, leg2_m2);
    const double margin = 1 + pstm_law_slope_margin((int)plan->law);
    double exact_before = 0, by_cubic_before = 0;
    if (!(a.time > 0 && b.time > 0)) worst->least_slope = -INFINITY;
    for (int32_t j = 0; j < length; j++) {
        const double u = (double)j / length;
        const double to_b = u * u * (3 - 2 * u), from_a = u * (1 - u) * (1 - u), from_b = -u * u * (1 - u);
        const pstm_ray_d ray = exact_ray(velocity, k + j);
        const double exact2 = pstm_law_time2_d((int)plan->law, leg2_m2, &ray), exact = sqrt(exact2);
        const double by_cubic = a.time + (b.time - a.time) * to_b + a.slope * from_a + b.slope * from_b;
        const double weight_by_cubic =
            a.weight + (b.weight - a.weight) * to_b + a.weight_slope * from_a + b.weight_slope * from_b;
        const double cube = a.weight_slope + b.weight_slope - 2 * (b.weight - a.weight);
        const double weight_by_quadratic =
            weight_by_cubic - cube * (u * u * (u - 1.5) + u * 9 / 16 - 1.0 / 32);
        if (!(exact2 > 0)) worst->least_slope = -INFINITY;
        worst->time = fmax(worst->time, 2 * fabs(by_cubic - exact));
        if (j > 0) {
            worst->least_slope =
                fmin(worst->least_slope, 2 * fmin(exact - exact_before, by_cubic - by_cubic_before));
            worst->most_slope =
                fmax(worst->most_slope, margin * 2 * fmax(exact - exact_before, by_cubic - by_cubic_before));
        }
        exact_before = exact;
        by_cubic_before = by_cubic;
        const double weight = pstm_weight_of_squares_d((int)plan->law, (int)plan->weight, leg2_m2, leg2_m2,
                                                       &ray, exact2, exact2);
        worst->weight = fmax(worst->weight, fabs(weight_by_quadratic / weight - 1));
    }
}

static bool cubics_do(const pstm_device_plan *plan, const miss *worst)
{
    return worst->least_slope >= 0 && worst->time <= TIME_TOLERANCE &&
           (!pstm_weight_has_pair((int)plan->weight) ||
            worst->weight <= pstm_weight_tolerance((int)plan->weight));
}

/** The longest leg between one that is known and one with which times do not grow from sample to sample, by
 * halving the difference of their squares STEPS times. */
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

/** Tries a span of n_blocks; false if it is too long, which one block never is. Longer spans must do with
 * cubics up to the aperture. Of one block is found out up to which leg times grow (known_leg2; `known` if
 * that is the aperture) and how far the cubic misses (max_error): twice what was found, for the legs between.
 * */
static bool try_span(const pstm_cpu_velocity *velocity, pstm_cpu_span *span)
{
    const pstm_device_plan *plan = velocity->plan;
    int64_t k = (int64_t)span->first_block * PSTM_BLOCK;
    int32_t length = span->n_blocks * PSTM_BLOCK;
    float most2_m2 = -1;
    for (int32_t j = 0; j < length; j++)
        most2_m2 = fmaxf(most2_m2, velocity->limit2_m2[k + j]);
    span->max_error = PSTM_CPU_NO_WINDOW;
    span->known_leg2 = -1;
    span->known = false;
    span->most_slope = 0;
    if (pstm_cpu_half_time(plan, k) <= 0 || most2_m2 < 0) return span->n_blocks == 1; /* no slope at time 0 */

    pstm_cpu_knot knots[2] = {pstm_cpu_knot_at(plan, velocity->column, k),
                              pstm_cpu_knot_at(plan, velocity->column, k + length)};
    miss worst = {.least_slope = INFINITY};
    double tau = pstm_cpu_half_time(plan, k + length - 1);
    double unit2_m2 = tau * tau / velocity->ray[PSTM_RAY_SLOWNESS2][k + length - 1];
    for (int i = 0; i < N_TANGENTS && span->known_leg2 < most2_m2; i++) {
        double leg2_m2 = fmin(tangents[i] * tangents[i] * unit2_m2, most2_m2);
        miss with = worst;
        measure(velocity, knots, k, length, leg2_m2, &with);
        if (span->n_blocks > 1 && !cubics_do(plan, &with)) return false;
        if (with.least_slope < 0) {
            find_longest(velocity, knots, k, length, leg2_m2, &span->known_leg2, &worst);
            break;
        }
        worst = with;
        span->known_leg2 = (float)leg2_m2;
    }
    span->known = span->known_leg2 >= most2_m2;
    if (span->known_leg2 < 0) return span->n_blocks == 1;
    span->most_slope = (float)worst.most_slope;
    if (plan->fast_math && cubics_do(plan, &worst))
        span->max_error = 0;
    else if (2 * worst.time + WINDOW_MARGIN < PSTM_CPU_NO_WINDOW)
        span->max_error = (float)(2 * worst.time + WINDOW_MARGIN);
    else
        span->known_leg2 = -1, span->known = false;
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
