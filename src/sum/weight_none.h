/** @file weight_none.h
 * No weight (weights.h): W = 1. Kinematic: amplitudes of reflectors go as 1/cos(dip).
 */
#ifndef PSTM_SUM_WEIGHT_NONE_H
#define PSTM_SUM_WEIGHT_NONE_H

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_weight_none_whole(double tau_s, double vrms_m_s, const pstm_leg *source,
                                              const pstm_leg *receiver)
{
    (void)tau_s, (void)vrms_m_s, (void)source, (void)receiver;
    return 1;
}

PSTM_SUM_INLINE double pstm_weight_none_in_depth(double z_m, double vrms_m_s, double rs_m, double rr_m)
{
    (void)z_m, (void)vrms_m_s, (void)rs_m, (void)rr_m;
    return 1;
}

PSTM_SUM_INLINE double pstm_weight_none_trace(double offset_m, double area)
{
    (void)offset_m, (void)area;
    return 1;
}

#endif

#ifdef REAL

FORMULA_INLINE REAL FORMULA(pstm_weight_none_pair)(const FORMULA(pstm_pair) * pair)
{
    (void)pair;
    return REAL_OF(1);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_none_slope)(const FORMULA(pstm_pair) * pair, REAL weight)
{
    (void)pair, (void)weight;
    return REAL_OF(0);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_none_squares)(const FORMULA(pstm_squares) * squares)
{
    (void)squares;
    return REAL_OF(1);
}

FORMULA_INLINE REAL FORMULA(pstm_weight_none_sample)(REAL tau2, REAL slowness2, REAL unit_s)
{
    (void)unit_s;
    (void)tau2, (void)slowness2;
    return REAL_OF(1);
}

#endif
