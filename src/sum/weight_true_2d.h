/** @file weight_true_2d.h
 * True amplitude on a 2D line over a 3D earth ("2.5D"), as weight_true.h for data corrected for spreading:
 *
 *   W = a tau/(v sqrt(2 pi)) (1/ts^2 + 1/tr^2) sqrt(ts tr/(ts + tr))        in sqrt(s) with a in m
 *
 * a: the length of the line that a trace stands for. It is the 3D weight with the sum across the line done
 * by stationary phase, whose half derivative goes to the filter, (-i omega)^(1/2) in place of -i omega:
 * docs/theory.md (Bleistein, Cohen and Stockwell 2001, ch. 7, on 2.5D: docs/references.md).
 *
 * With bent rays 1/ts^2 is focus_s/ts^2, as in 3D, and 1/ts under the root is rise_s/ts (ray.h): across the
 * line the time bends by T'/leg = rise/(v^2 T) of each leg.
 *
 *   pair    (1/ts^2 + 1/tr^2) / sqrt(1/ts + 1/tr), and tau^2 with it
 *   sample  tau/(v sqrt(2 pi)), less tau^2 where the pair has it
 *   trace   a; 1 where areas are off
 */
#ifndef PSTM_SUM_WEIGHT_TRUE_2D_H
#define PSTM_SUM_WEIGHT_TRUE_2D_H

#include <math.h>

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_weight_true_2d_whole(double tau_s, double vrms_m_s, const pstm_leg *source,
                                                 const pstm_leg *receiver)
{
    return tau_s / (vrms_m_s * sqrt(PSTM_TWO_PI)) *
           (source->focus / source->time2_s2 + receiver->focus / receiver->time2_s2) /
           sqrt(source->rise / sqrt(source->time2_s2) + receiver->rise / sqrt(receiver->time2_s2));
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
    REAL across = pair->per_ts + pair->per_tr;
    if (pair->bends) across = pair->source.rise * pair->per_ts + pair->receiver.rise * pair->per_tr;
    const REAL of_pair = FORMULA(pstm_weight_true_foci)(pair) / REAL_ROOT(across);
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
    REAL of_squares = REAL_FMA(p, p_slope, q * q_slope) / REAL_FMA(p, p, q * q);
    REAL of_root = (p_slope + q_slope) / (p + q);
    if (pair->bends) {
        const FORMULA(pstm_shape) *a = &pair->source, *b = &pair->receiver;
        const FORMULA(pstm_shape) *a_slope = &pair->source_slope, *b_slope = &pair->receiver_slope;
        const REAL half = FORMULA(pstm_weight_true_loss)(a, a_slope, p, pair->ts_slope) +
                          FORMULA(pstm_weight_true_loss)(b, b_slope, q, pair->tr_slope);
        of_squares = -half / FORMULA(pstm_weight_true_foci)(pair);
        of_root = (a_slope->rise * p + a->rise * p_slope + (b_slope->rise * q + b->rise * q_slope)) /
                  (a->rise * p + b->rise * q);
    }
    const REAL of_legs = REAL_FMA(REAL_OF(-0.25), of_root, of_squares);
    return weight * REAL_FMA(REAL_OF(2), of_legs, pair->tau_growth);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_true_2d_squares)(const FORMULA(pstm_squares) * squares)
{
    const REAL ts2 = squares->ts2, tr2 = squares->tr2;
    const REAL one = REAL_OF(1);
    REAL both = one / ts2 + one / tr2, across = one / REAL_ROOT(ts2) + one / REAL_ROOT(tr2);
    if (squares->bends) {
        both = squares->source.focus / ts2 + squares->receiver.focus / tr2;
        across = squares->source.rise / REAL_ROOT(ts2) + squares->receiver.rise / REAL_ROOT(tr2);
    }
#if WEIGHT_TAU_AT_PAIR
    return squares->tau2 * (both / REAL_ROOT(across));
#else
    return both / REAL_ROOT(across);
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
