/** @file weight_true_2d.h
 * True amplitude on a 2D line over a 3D earth ("2.5D"), as weight_true.h for data corrected for spreading:
 *
 *   W = a tau/(v sqrt(2 pi)) (1/ts^2 + 1/tr^2) sqrt(ts tr/(ts + tr))        in sqrt(s) with a in m
 *
 * a: the length of the line that a trace stands for. It is the 3D weight with the sum across the line done
 * by stationary phase, whose half derivative goes to the filter, (-i omega)^(1/2) in place of -i omega:
 * docs/theory.md (Bleistein, Cohen and Stockwell 2001, ch. 7, on 2.5D: docs/references.md).
 *
 *   pair    (1/ts^2 + 1/tr^2) / sqrt(1/ts + 1/tr), and tau^2 with it
 *   sample  tau/(v sqrt(2 pi)), less tau^2 where the pair has it
 *   trace   a; 1 where areas are off
 */
#ifndef PSTM_SUM_WEIGHT_TRUE_2D_H
#define PSTM_SUM_WEIGHT_TRUE_2D_H

#include <math.h>

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_weight_true_2d_whole(double tau_s, double vrms_m_s, double ts2_s2, double tr2_s2)
{
    return tau_s / (vrms_m_s * sqrt(PSTM_TWO_PI)) * (1 / ts2_s2 + 1 / tr2_s2) /
           sqrt(1 / sqrt(ts2_s2) + 1 / sqrt(tr2_s2));
}

PSTM_SUM_INLINE double pstm_weight_true_2d_in_depth(double z_m, double vrms_m_s, double rs_m, double rr_m)
{
    return z_m / sqrt(PSTM_TWO_PI * vrms_m_s) * (1 / (rs_m * rs_m) + 1 / (rr_m * rr_m)) /
           sqrt(1 / rs_m + 1 / rr_m);
}

PSTM_SUM_INLINE double pstm_weight_true_2d_trace(double offset_m, double area)
{
    (void)offset_m;
    return area;
}

#endif

#ifdef REAL

FORMULA_INLINE REAL FORMULA(pstm_weight_true_2d_pair)(const FORMULA(pstm_pair) * pair)
{
    const REAL squares = REAL_FMA(pair->per_ts, pair->per_ts, pair->per_tr * pair->per_tr);
    const REAL of_pair = squares / REAL_ROOT(pair->per_ts + pair->per_tr);
#if WEIGHT_TAU_AT_PAIR
    return pair->tau2 * of_pair;
#else
    return of_pair;
#endif
}

/* With p = 1/ts, q = 1/tr and p' = -ts' p^2: d log(pair)/dk = 2 (p p' + q q')/(p^2 + q^2)
 * - (p' + q')/(2 (p + q)) + 2 tau'/tau. */
FORMULA_INLINE REAL FORMULA(pstm_weight_true_2d_slope)(const FORMULA(pstm_pair) * pair, REAL weight)
{
    const REAL p = pair->per_ts, q = pair->per_tr;
    const REAL p_slope = -(pair->ts_slope * p) * p, q_slope = -(pair->tr_slope * q) * q;
    const REAL of_squares = REAL_FMA(p, p_slope, q * q_slope) / REAL_FMA(p, p, q * q);
    const REAL of_root = (p_slope + q_slope) / (p + q);
    const REAL of_legs = REAL_FMA(REAL_OF(-0.25), of_root, of_squares);
    return weight * REAL_FMA(REAL_OF(2), of_legs, pair->tau_growth);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_2d_squares)(REAL tau2, REAL ts2, REAL tr2)
{
    const REAL one = REAL_OF(1);
    const REAL of_pair = (one / ts2 + one / tr2) / REAL_ROOT(one / REAL_ROOT(ts2) + one / REAL_ROOT(tr2));
#if WEIGHT_TAU_AT_PAIR
    return tau2 * of_pair;
#else
    (void)tau2;
    return of_pair;
#endif
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_2d_sample)(REAL tau2, REAL slowness2, REAL unit_s)
{
    const REAL per_length2 = unit_s * slowness2 * REAL_OF(1 / PSTM_TWO_PI);
#if WEIGHT_TAU_AT_PAIR
    return REAL_ROOT(per_length2 / tau2);
#else
    return REAL_ROOT(per_length2 * tau2);
#endif
}

#endif
