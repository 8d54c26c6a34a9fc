/** @file weight_true.h
 * True amplitude in 3D (weights.h): data d = R F(t - L/v) of a reflector of reflectivity R, corrected for
 * spreading, come out as R times the wavelet.
 *
 *   W = a tau/(2 pi v^2) (1/ts^2 + 1/tr^2)        in s with a in m^2
 *
 * a: the area of the midpoints that a trace stands for (survey/areas.h). It is the Beylkin determinant of
 * common offset in a constant velocity, for the filter -d/dt in rad/s: docs/theory.md (Beylkin 1985;
 * Schleicher, Tygel and Hubral 1993: docs/references.md). It depends on offset and azimuth by ts and tr
 * alone.
 *
 * In a velocity that changes with depth each leg has its own part, a (G_s + G_r)/(2 pi) with
 * G = sqrt(T'' T'/leg), T' = dT/dleg, which is tau/(v^2 T^2) for straight rays and the focus (ray.h) times
 * that for bent ones: 1/ts^2 then is focus_s/ts^2, and so for the receiver.
 *
 *   pair    1/ts^2 + 1/tr^2, and with tau^2 to it the squared cosines of both rays, between 0 and 2
 *   sample  tau/(2 pi v^2), less tau^2 where the pair has it
 *   trace   a; 1 where areas are off, and amplitudes are then relative
 */
#ifndef PSTM_SUM_WEIGHT_TRUE_H
#define PSTM_SUM_WEIGHT_TRUE_H

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_weight_true_whole(double tau_s, double vrms_m_s, const pstm_leg *source,
                                              const pstm_leg *receiver)
{
    return tau_s / (PSTM_TWO_PI * vrms_m_s * vrms_m_s) *
           (source->focus / source->time2_s2 + receiver->focus / receiver->time2_s2);
}

PSTM_SUM_INLINE double pstm_weight_true_in_depth(double z_m, double vrms_m_s, double rs_m, double rr_m)
{
    return z_m / (PSTM_TWO_PI * vrms_m_s) * (1 / (rs_m * rs_m) + 1 / (rr_m * rr_m));
}

PSTM_SUM_INLINE double pstm_weight_true_trace(double offset_m, double area)
{
    (void)offset_m;
    return area;
}

#endif

#ifdef REAL

/* focus_s/ts^2 + focus_r/tr^2. */
FORMULA_INLINE REAL FORMULA(pstm_weight_true_foci)(const FORMULA(pstm_pair) * pair)
{
    if (!pair->bends) return REAL_FMA(pair->per_ts, pair->per_ts, pair->per_tr * pair->per_tr);
    return REAL_FMA(pair->source.focus * pair->per_ts, pair->per_ts,
                    (pair->receiver.focus * pair->per_tr) * pair->per_tr);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_pair)(const FORMULA(pstm_pair) * pair)
{
    const REAL squares = FORMULA(pstm_weight_true_foci)(pair);
#if WEIGHT_TAU_AT_PAIR
    return pair->tau2 * squares;
#else
    return squares;
#endif
}

/* Half of what focus/T^2 loses from sample to sample: focus T'/T^3 - focus'/(2 T^2). */
FORMULA_INLINE REAL FORMULA(pstm_weight_true_loss)(const FORMULA(pstm_shape) * shape,
                                                   const FORMULA(pstm_shape) * shape_slope, REAL per_t,
                                                   REAL t_slope)
{
    const REAL of_time = (t_slope * per_t) * (per_t * per_t);
    return REAL_FMA(shape->focus, of_time, REAL_OF(-0.5) * shape_slope->focus * (per_t * per_t));
}

/* d pair/dk = pair 2 tau'/tau - 2 tau^2 (ts'/ts^3 + tr'/tr^3), for straight rays. */
FORMULA_INLINE REAL FORMULA(pstm_weight_true_slope)(const FORMULA(pstm_pair) * pair, REAL weight)
{
    REAL of_ts = (pair->ts_slope * pair->per_ts) * (pair->per_ts * pair->per_ts);
    REAL of_tr = (pair->tr_slope * pair->per_tr) * (pair->per_tr * pair->per_tr);
    if (pair->bends) {
        of_ts =
            FORMULA(pstm_weight_true_loss)(&pair->source, &pair->source_slope, pair->per_ts, pair->ts_slope);
        of_tr = FORMULA(pstm_weight_true_loss)(&pair->receiver, &pair->receiver_slope, pair->per_tr,
                                               pair->tr_slope);
    }
#if WEIGHT_TAU_AT_PAIR
    const REAL of_legs = pair->tau2 * (of_ts + of_tr);
#else
    const REAL of_legs = of_ts + of_tr;
#endif
    return REAL_FMA(REAL_OF(-2), of_legs, weight * pair->tau_growth);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_squares)(const FORMULA(pstm_squares) * squares)
{
    const REAL ts2 = squares->ts2, tr2 = squares->tr2;
    REAL both = ts2 + tr2;
    if (squares->bends) both = squares->receiver.focus * ts2 + squares->source.focus * tr2;
#if WEIGHT_TAU_AT_PAIR
    return squares->tau2 * both / (ts2 * tr2);
#else
    return both / (ts2 * tr2);
#endif
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_sample)(REAL tau2, REAL slowness2, REAL unit_s)
{
    const REAL per_area = unit_s * slowness2 * REAL_OF(1 / PSTM_TWO_PI);
#if WEIGHT_TAU_AT_PAIR
    return per_area / REAL_ROOT(tau2);
#else
    return per_area * REAL_ROOT(tau2);
#endif
}

#endif
