/** @file law_curved.h
 * Rays that bend with the velocity (laws.h), by one rational term behind the hyperbola of the rms velocity:
 *
 *   T^2 = tau^2 (1 + y - alpha y^2/(1 + beta y))      y = rho^2/(v tau)^2, beta >= 0
 *
 * alpha and beta are columns beside vrms, fitted so that T is exact for two rays through the interval
 * velocities (velocity/bend.h). For short legs alpha is a quarter of the heterogeneity mu4/mu2^2 - 1 (Taner
 * and Koehler 1969: docs/references.md), or with anisotropy twice eta (Alkhalifah and Tsvankin 1995:
 * docs/references.md); both 0 are straight rays. Anisotropy with eta < 0 has alpha < 0.
 *
 * With w = 1 + beta y the squared time grows with the squared leg by
 *
 *   rise = v^2 dT^2/drho^2 = 1 - (alpha/beta) (1 - 1/w^2)
 *
 * from 1 on, down for alpha > 0 and up for alpha < 0. The law holds as long as the rise is between LEAST and
 * MOST below: rays that are steeper than any velocities make them, or a fit that has left its data. Up to
 * there T >= tau, T grows with rho, and tau^2 + LEAST r <= T^2 <= tau^2 + MOST r, r = rho^2/v^2.
 *
 * In the formulas s = r/(tau^2 + beta r) = (y/w) stands for the one division, with A = alpha s, B = beta s
 * and C = 1 - B = 1/w:
 *
 *   T^2 = tau^2 + r (1 - A)      rise = 1 - A (1 + C)
 *
 * The slope margin: T along t0 grows by (1 + alpha s^2) tau tau'/T and by what r, alpha and beta grow by; the
 * latter are largest where their legs are longest, the former between two tries by less than a tenth.
 */
#ifndef PSTM_SUM_LAW_CURVED_H
#define PSTM_SUM_LAW_CURVED_H

#include <math.h>

#include "sum/ray.h"

#define PSTM_LAW_CURVED_LEAST 0.1   /* of the rise: an apparent velocity of 3.2 vrms */
#define PSTM_LAW_CURVED_MOST 1.25   /* eta = -0.1 at any leg, and -0.2 up to legs of 0.6 of the depth */
#define PSTM_LAW_CURVED_FOCUS2 1e-4 /* the squared focus is not taken for less */

PSTM_SUM_INLINE double pstm_law_curved_square_s2(double tau_s, double leg_m, const pstm_medium *medium)
{
    const double ratio = leg_m / (medium->vrms_m_s * tau_s), y = ratio * ratio;
    return tau_s * tau_s * (1 + y - medium->alpha * y * y / (1 + medium->beta * y));
}

/* Where the rise reaches its limit, 1 - c with c = alpha g and g = (1 - 1/w^2)/beta: w^2 = 1/(1 - beta
 * c/alpha), and y = (w - 1)/beta = (c/alpha) w^2/(w + 1), which has no beta to divide by. */
PSTM_SUM_INLINE double pstm_law_curved_longest_leg_m(double t0_s, const pstm_medium *medium)
{
    const double c = medium->alpha > 0 ? 1 - PSTM_LAW_CURVED_LEAST : 1 - PSTM_LAW_CURVED_MOST;
    if (medium->alpha == 0) return INFINITY;
    const double of_alpha = c / medium->alpha, left = 1 - medium->beta * of_alpha;
    if (left <= 0) return INFINITY;
    const double w2 = 1 / left, y = of_alpha * (w2 / (sqrt(w2) + 1));
    return medium->vrms_m_s * (t0_s / 2) * sqrt(y);
}

PSTM_SUM_INLINE double pstm_law_curved_latest_t0_s(double arrival_s)
{
    return arrival_s; /* ts and tr are tau at least */
}

PSTM_SUM_INLINE double pstm_law_curved_fastest_m_s(double vrms_m_s)
{
    return vrms_m_s / sqrt(PSTM_LAW_CURVED_LEAST);
}

PSTM_SUM_INLINE double pstm_law_curved_slowest_m_s(double vrms_m_s)
{
    return vrms_m_s / sqrt(PSTM_LAW_CURVED_MOST);
}

/* dT/dx = rise x/(v^2 T). If the rise falls with the leg, T^2 >= tau^2 + rise r, and this is less than for a
 * straight ray of the same angle; if it grows, T is longer than a straight ray's. */
PSTM_SUM_INLINE double pstm_law_curved_steepest_slope(double sine, double vrms_m_s)
{
    return PSTM_LAW_CURVED_MOST * sine / vrms_m_s;
}

#endif

#ifdef REAL

FORMULA_INLINE REAL FORMULA(pstm_law_curved_time2)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    const REAL r = leg2 * ray->slowness2;
    const REAL s = r / REAL_FMA(ray->beta, r, ray->tau2);
    return REAL_FMA(r, REAL_FMA(-ray->alpha, s, REAL_OF(1)), ray->tau2);
}

/* d T^2 = (1 + alpha s^2) d tau^2 + rise dr - r s d alpha + alpha r s^2 d beta. */
FORMULA_INLINE REAL FORMULA(pstm_law_curved_growth)(REAL leg2, const FORMULA(pstm_ray) * ray,
                                                    const FORMULA(pstm_ray) * slopes)
{
    const REAL r = leg2 * ray->slowness2;
    const REAL s = r / REAL_FMA(ray->beta, r, ray->tau2);
    const REAL a = ray->alpha * s, rise = REAL_OF(1) - a * (REAL_OF(2) - ray->beta * s);
    const REAL of_tau2 = REAL_FMA(slopes->tau2, a * s, slopes->tau2);
    const REAL of_r = REAL_FMA(leg2 * slopes->slowness2, rise, of_tau2);
    return REAL_FMA(r * s, REAL_FMA(a, slopes->beta, -slopes->alpha), of_r);
}

/* The bent part is alpha q, q = r^2/(tau^2 + beta r), which grows with r and falls with tau^2 and beta. */
FORMULA_INLINE void FORMULA(pstm_law_curved_bounds)(REAL leg2, const FORMULA(pstm_ray) * least,
                                                    const FORMULA(pstm_ray) * most, REAL *low, REAL *high)
{
    const REAL zero = REAL_OF(0), r_least = leg2 * least->slowness2, r_most = leg2 * most->slowness2;
    const REAL q_least = r_least * (r_least / REAL_FMA(most->beta, r_least, most->tau2));
    const REAL q_most = r_most * (r_most / REAL_FMA(least->beta, r_most, least->tau2));
    const REAL down = REAL_MAX(least->alpha, zero), up = REAL_MAX(-least->alpha, zero);
    const REAL bent_high = (most->tau2 + r_most) + (up * q_most - down * q_least);
    *low = REAL_MAX(REAL_FMA(REAL_OF(PSTM_LAW_CURVED_LEAST), r_least, least->tau2),
                    (least->tau2 + r_least) - REAL_MAX(most->alpha, zero) * q_most);
    *high = -REAL_MAX(-REAL_FMA(REAL_OF(PSTM_LAW_CURVED_MOST), r_most, most->tau2), -bent_high);
}

/* With F = T^2/tau^2 over y, focus^2 = F' (F (F' + 2 y F'') - y F'^2): the definition of ray.h, where
 * T' = leg F'/(v^2 T) and T'' follows from it. F' is the rise, y F'' = -2 A C^2, F = 1 + y (1 - A) and y C =
 * s, so that with E = F' + 2 y F'' = F' - 4 A C^2
 *
 *   focus^2 = F' (E + s A G)      G = (1 - 4 C) - A (1 - 3 C) */
FORMULA_INLINE FORMULA(pstm_shape) FORMULA(pstm_law_curved_shape)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    const REAL one = REAL_OF(1), three = REAL_OF(3), four = REAL_OF(4), r = leg2 * ray->slowness2;
    const REAL s = r / REAL_FMA(ray->beta, r, ray->tau2);
    const REAL a = ray->alpha * s, c = one - ray->beta * s;
    const REAL rise = one - a * (one + c), e = rise - four * a * (c * c);
    const REAL g = (one - four * c) - a * (one - three * c);
    FORMULA(pstm_shape) shape;
    shape.rise = rise;
    shape.focus = REAL_ROOT(REAL_MAX(rise * REAL_FMA(s * a, g, e), REAL_OF(PSTM_LAW_CURVED_FOCUS2)));
    return shape;
}

/* The same, each line by the chain rule; half slopes are doubled at the end. */
FORMULA_INLINE FORMULA(pstm_shape)
    FORMULA(pstm_law_curved_shape_slope)(REAL leg2, const FORMULA(pstm_ray) * ray,
                                         const FORMULA(pstm_ray) * slopes)
{
    const REAL one = REAL_OF(1), two = REAL_OF(2), three = REAL_OF(3), four = REAL_OF(4);
    const REAL r = leg2 * ray->slowness2, per_d = one / REAL_FMA(ray->beta, r, ray->tau2);
    const REAL s = r * per_d, a = ray->alpha * s, c = one - ray->beta * s;
    const REAL rise = one - a * (one + c), e = rise - four * a * (c * c);
    const REAL g = (one - four * c) - a * (one - three * c), q = REAL_FMA(s * a, g, e);

    const REAL r_slope = leg2 * slopes->slowness2;
    const REAL d_slope = slopes->tau2 + (ray->beta * r_slope + slopes->beta * r);
    const REAL s_slope = (r_slope - s * d_slope) * per_d;
    const REAL a_slope = slopes->alpha * s + ray->alpha * s_slope;
    const REAL c_slope = -(slopes->beta * s + ray->beta * s_slope);
    const REAL rise_slope = -(a_slope * (one + c) + a * c_slope);
    const REAL e_slope = rise_slope - four * c * (a_slope * c + two * a * c_slope);
    const REAL g_slope = (three * a - four) * c_slope - a_slope * (one - three * c);
    const REAL q_slope = e_slope + ((s_slope * a + s * a_slope) * g + (s * a) * g_slope);
    const REAL focus2 = REAL_MAX(rise * q, REAL_OF(PSTM_LAW_CURVED_FOCUS2));
    FORMULA(pstm_shape) shape;
    shape.rise = two * rise_slope;
    shape.focus = (rise_slope * q + rise * q_slope) / REAL_ROOT(focus2);
    return shape;
}

#ifdef INTEGER
/* rise/sqrt((v T)^2); both are held to what they may be for legs that the law has a time for. */
FORMULA_INLINE REAL FORMULA(pstm_law_curved_steepness)(REAL leg2, const FORMULA(pstm_ray) * ray)
{
    const REAL one = REAL_OF(1), bent = ray->beta * leg2;
    const REAL s = leg2 / REAL_MAX(ray->tau2 + bent, REAL_OF(1e-12)); /* 0 in blocks without a sample */
    const REAL a = ray->alpha * s, b = ray->beta * s, rise = one - a * (REAL_OF(2) - b);
    const REAL most = -REAL_MAX(-rise, REAL_OF(-PSTM_LAW_CURVED_MOST));
    const REAL shortest = REAL_OF(PSTM_LAW_CURVED_LEAST) * leg2, of_leg = leg2 * (one - a);
    const REAL within = -REAL_MAX(-of_leg, REAL_OF(-PSTM_LAW_CURVED_MOST) * leg2);
    const REAL path2 = ray->tau2 + REAL_MAX(within, shortest);
    return REAL_MAX(most, REAL_OF(PSTM_LAW_CURVED_LEAST)) * FORMULA(pstm_reciprocal_root)(path2);
}
#endif

#endif
