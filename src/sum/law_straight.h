/** @file law_straight.h
 * Straight rays (laws.h): a reflection point x at two-way time t0 is seen over a leg of horizontal length rho
 * after
 *
 *   T^2 = tau^2 + rho^2 / v^2      tau = t0/2, v = vrms(x, t0)
 *
 * the hyperbola (Dix 1955, eq. 7: docs/references.md), so that source and receiver together give the
 * double square root (Yilmaz 2001, ch. 4: docs/references.md). T >= tau, and T grows with rho, for every
 * rho.
 */
#ifndef PSTM_SUM_LAW_STRAIGHT_H
#define PSTM_SUM_LAW_STRAIGHT_H

#include <math.h>

#include "sum/ray.h"

PSTM_SUM_INLINE double pstm_law_straight_square_s2(double tau_s, double leg_m, const pstm_medium *medium)
{
    const double leg_s = leg_m / medium->vrms_m_s;
    return tau_s * tau_s + leg_s * leg_s;
}

PSTM_SUM_INLINE double pstm_law_straight_longest_leg_m(double t0_s, const pstm_medium *medium)
{
    (void)t0_s, (void)medium;
    return INFINITY;
}

PSTM_SUM_INLINE double pstm_law_straight_latest_t0_s(double arrival_s)
{
    return arrival_s; /* ts and tr are tau at least */
}

PSTM_SUM_INLINE double pstm_law_straight_fastest_m_s(double vrms_m_s)
{
    return vrms_m_s;
}

PSTM_SUM_INLINE double pstm_law_straight_slowest_m_s(double vrms_m_s)
{
    return vrms_m_s;
}

/* dT/dx = rho/(v^2 T), which is sin(theta)/v. */
PSTM_SUM_INLINE double pstm_law_straight_steepest_slope(double sine, double vrms_m_s)
{
    return sine / vrms_m_s;
}

#endif

#ifdef REAL

FORMULA_INLINE REAL FORMULA(pstm_law_straight_time2)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    return REAL_FMA(leg2, ray->slowness2, ray->tau2);
}

FORMULA_INLINE REAL FORMULA(pstm_law_straight_growth)(REAL leg2, const FORMULA(pstm_ray) * ray,
                                                      const FORMULA(pstm_ray) * slopes)
{
    (void)ray;
    return REAL_FMA(leg2, slopes->slowness2, slopes->tau2);
}

/* T^2 grows with both fields. */
FORMULA_INLINE void FORMULA(pstm_law_straight_bounds)(REAL leg2, const FORMULA(pstm_ray) * least,
                                                      const FORMULA(pstm_ray) * most, REAL *low, REAL *high)
{
    *low = FORMULA(pstm_law_straight_time2)(leg2, least);
    *high = FORMULA(pstm_law_straight_time2)(leg2, most);
}

FORMULA_INLINE FORMULA(pstm_shape) FORMULA(pstm_law_straight_shape)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    const FORMULA(pstm_shape) shape = {REAL_OF(1), REAL_OF(1)};
    (void)leg2, (void)ray;
    return shape;
}

FORMULA_INLINE FORMULA(pstm_shape)
    FORMULA(pstm_law_straight_shape_slope)(REAL leg2, const FORMULA(pstm_ray) * ray,
                                           const FORMULA(pstm_ray) * slopes)
{
    const FORMULA(pstm_shape) shape = {REAL_OF(0), REAL_OF(0)};
    (void)leg2, (void)ray, (void)slopes;
    return shape;
}

#ifdef INTEGER
/* dT/dx = x/(v^2 T) = x/v 1/sqrt(x^2 + (v tau)^2). */
FORMULA_INLINE REAL FORMULA(pstm_law_straight_steepness)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    return FORMULA(pstm_reciprocal_root)(leg2 + ray->tau2);
}
#endif

#endif
