/** @file real_double.h
 * The formulas of laws.h and weights.h in double (names end in _d), what the device reference sums with, and
 * those of a whole column by the law's or weight's number. No multiply-add is fused. Local, pure.
 */
#ifndef PSTM_SUM_REAL_DOUBLE_H
#define PSTM_SUM_REAL_DOUBLE_H

#include <math.h>

#include "sum/ray.h"

#define REAL double
#define REAL_OF(x) ((double)(x))
#define REAL_FMA(a, b, c) ((a) * (b) + (c))
#define REAL_ROOT(x) sqrt(x)
#define REAL_MAX(a, b) fmax(a, b)
#define FORMULA(name) name##_d
#define FORMULA_INLINE PSTM_SUM_INLINE
#define WEIGHT_TAU_AT_PAIR 1
#include "sum/formulas.inc"

#define PSTM_LAW_CALL(function, NAME, name, ...)                                                             \
    case PSTM_LAW_##NAME:                                                                                    \
        return pstm_law_##name##_##function PSTM_ARGUMENTS;
#define PSTM_WEIGHT_CALL(function, NAME, name, ...)                                                          \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return pstm_weight_##name##_##function PSTM_ARGUMENTS;

/** The squared time of a leg by the law's definition. */
PSTM_SUM_INLINE double pstm_law_square_s2(pstm_law law, double tau_s, double leg_m, const pstm_medium *medium)
{
#define PSTM_ARGUMENTS (tau_s, leg_m, medium)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, square_s2)
    default:
        return 0;
    }
#undef PSTM_ARGUMENTS
}

/** A leg by the law's definition; rise and focus by its formulas. */
PSTM_SUM_INLINE pstm_leg pstm_law_leg(pstm_law law, double tau_s, double leg_m, const pstm_medium *medium)
{
    pstm_leg leg = {pstm_law_square_s2(law, tau_s, leg_m, medium), 1, 1};
    if (!pstm_law_bends(law)) return leg;
    const double slowness2 = 1 / (medium->vrms_m_s * medium->vrms_m_s);
    const pstm_ray_d ray = {tau_s * tau_s, slowness2, medium->alpha, medium->beta};
    const pstm_shape_d shape = pstm_law_shape_d(law, leg_m * leg_m, &ray);
    leg.rise = shape.rise;
    leg.focus = shape.focus;
    return leg;
}

/** The longest leg in metres that a law allows at two-way time t0_s > 0; INFINITY: any. */
PSTM_SUM_INLINE double pstm_law_longest_leg_m(pstm_law law, double t0_s, const pstm_medium *medium)
{
#define PSTM_ARGUMENTS (t0_s, medium)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, longest_leg_m)
    default:
        return INFINITY;
    }
#undef PSTM_ARGUMENTS
}

/** The latest t0 that a trace reaches whose last sample is at arrival_s. */
PSTM_SUM_INLINE double pstm_law_latest_t0_s(pstm_law law, double arrival_s)
{
#define PSTM_ARGUMENTS (arrival_s)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, latest_t0_s)
    default:
        return INFINITY;
    }
#undef PSTM_ARGUMENTS
}

/** T^2 of a leg is at least tau^2 + leg^2/this^2. */
PSTM_SUM_INLINE double pstm_law_fastest_m_s(pstm_law law, double vrms_m_s)
{
#define PSTM_ARGUMENTS (vrms_m_s)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, fastest_m_s)
    default:
        return INFINITY;
    }
#undef PSTM_ARGUMENTS
}

/** T^2 of a leg is at most tau^2 + leg^2/this^2. */
PSTM_SUM_INLINE double pstm_law_slowest_m_s(pstm_law law, double vrms_m_s)
{
#define PSTM_ARGUMENTS (vrms_m_s)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, slowest_m_s)
    default:
        return 0;
    }
#undef PSTM_ARGUMENTS
}

/** A bound of dT/dx of one leg, in s/m, for legs of slopes up to this sine. */
PSTM_SUM_INLINE double pstm_law_steepest_slope(pstm_law law, double sine, double vrms_m_s)
{
#define PSTM_ARGUMENTS (sine, vrms_m_s)
    switch ((int)law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, steepest_slope)
    default:
        return INFINITY;
    }
#undef PSTM_ARGUMENTS
}

/** The whole weight of a pair but for the trace's factor. */
PSTM_SUM_INLINE double pstm_weight_whole(pstm_weight weight, double tau_s, double vrms_m_s,
                                         const pstm_leg *source, const pstm_leg *receiver)
{
#define PSTM_ARGUMENTS (tau_s, vrms_m_s, source, receiver)
    switch ((int)weight) {
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_CALL, whole)
    default:
        return 0;
    }
#undef PSTM_ARGUMENTS
}

/** The same through depth and slant distances in metres. */
PSTM_SUM_INLINE double pstm_weight_in_depth(pstm_weight weight, double z_m, double vrms_m_s, double rs_m,
                                            double rr_m)
{
#define PSTM_ARGUMENTS (z_m, vrms_m_s, rs_m, rr_m)
    switch ((int)weight) {
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_CALL, in_depth)
    default:
        return 0;
    }
#undef PSTM_ARGUMENTS
}

/** A trace's factor, from its source-receiver distance and what it stands for (survey/areas.h), or 1. */
PSTM_SUM_INLINE double pstm_weight_trace(pstm_weight weight, double offset_m, double area)
{
#define PSTM_ARGUMENTS (offset_m, area)
    switch ((int)weight) {
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_CALL, trace)
    default:
        return 1;
    }
#undef PSTM_ARGUMENTS
}

#undef PSTM_LAW_CALL
#undef PSTM_WEIGHT_CALL

#endif
