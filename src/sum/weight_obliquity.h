/** @file weight_obliquity.h
 * Obliquity and spreading of both legs (weights.h). With the slant distances r = v T and the angles theta of
 * the rays against the vertical, cos(theta) = v tau / r = tau/T:
 *
 *   W = cos(theta_s) cos(theta_r) / (r_s r_r) = tau^2 / (v^2 ts^2 tr^2)        in 1/m^2
 *
 * (Yilmaz 2001, ch. 4, on obliquity and spherical spreading in Kirchhoff summation: docs/references.md).
 *
 *   pair    1/(ts tr)^2, and with tau^4 to it the squared cosines of both rays, between 0 and 1
 *   sample  tau^2/v^2, less tau^4 where the pair has it
 *
 * Kinematic: on data that are not corrected for spreading, amplitudes of reflectors go as cos^3(dip)/z^2.
 */
#ifndef PSTM_SUM_WEIGHT_OBLIQUITY_H
#define PSTM_SUM_WEIGHT_OBLIQUITY_H

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_weight_obliquity_whole(double tau_s, double vrms_m_s, const pstm_leg *source,
                                                   const pstm_leg *receiver)
{
    return tau_s * tau_s / (vrms_m_s * vrms_m_s * source->time2_s2 * receiver->time2_s2);
}

PSTM_SUM_INLINE double pstm_weight_obliquity_in_depth(double z_m, double vrms_m_s, double rs_m, double rr_m)
{
    (void)vrms_m_s;
    const double cos_s = z_m / rs_m, cos_r = z_m / rr_m;
    return cos_s * cos_r / (rs_m * rr_m);
}

PSTM_SUM_INLINE double pstm_weight_obliquity_trace(double offset_m, double area)
{
    (void)offset_m, (void)area;
    return 1;
}

#endif

#ifdef REAL

FORMULA_INLINE REAL FORMULA(pstm_weight_obliquity_pair)(const FORMULA(pstm_pair) * pair)
{
#if WEIGHT_TAU_AT_PAIR
    const REAL root = pair->tau2 * (pair->per_ts * pair->per_tr);
#else
    const REAL root = pair->per_ts * pair->per_tr;
#endif
    return root * root;
}

/* d log(pair)/dk = 4 tau'/tau - 2 (ts'/ts + tr'/tr). */
FORMULA_INLINE REAL FORMULA(pstm_weight_obliquity_slope)(const FORMULA(pstm_pair) * pair, REAL weight)
{
    const REAL of_legs = REAL_FMA(pair->ts_slope, pair->per_ts, pair->tr_slope * pair->per_tr);
    return weight * REAL_FMA(REAL_OF(-2), of_legs, pair->tau_growth);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_obliquity_squares)(const FORMULA(pstm_squares) * squares)
{
#if WEIGHT_TAU_AT_PAIR
    return (squares->tau2 * squares->tau2) / (squares->ts2 * squares->tr2);
#else
    return REAL_OF(1) / (squares->ts2 * squares->tr2);
#endif
}

FORMULA_INLINE REAL FORMULA(pstm_weight_obliquity_sample)(REAL tau2, REAL slowness2, REAL unit_s)
{
    (void)unit_s;
#if WEIGHT_TAU_AT_PAIR
    return slowness2 / tau2;
#else
    return tau2 * slowness2;
#endif
}

#endif
