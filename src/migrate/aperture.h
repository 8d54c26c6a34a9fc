/** @file aperture.h
 * Which traces a sample of the image takes, and how they fade out towards the edge of the aperture.
 *
 * A trace passes where both horizontal legs, image location to source and to receiver, are at most
 *
 *   A(t0) = min(A_max, vrms(t0) * t0/2 * tan(angle))
 *
 * The decision is the same on every device, bit by bit: one float limit per sample from
 * pstm_aperture_limits(), one float squared length per leg from pstm_aperture_leg2(), compared with <=.
 * All functions are Local.
 */
#ifndef PSTM_MIGRATE_APERTURE_H
#define PSTM_MIGRATE_APERTURE_H

#include <math.h>

#include "migrate/device.h"
#include "survey/aperture_radius.h"

/**
 * limit2_m2[k] = A^2 rounded once to float, for all n_times of k; INFINITY where it passes the largest
 * float, -1 (nothing passes) where t0 <= 0. vrms_m_s is [n_times].
 */
void pstm_aperture_limits(const pstm_device_plan *plan, const float *vrms_m_s, float *limit2_m2);

/**
 * Squared horizontal length of a leg. The differences are taken in double, so that a leg is as exact at
 * world coordinates as it is near the origin.
 */
static inline float pstm_aperture_leg2(double x_m, double y_m, double end_x_m, double end_y_m)
{
    float dx = (float)(x_m - end_x_m);
    float dy = (float)(y_m - end_y_m);
    return fmaf(dx, dx, dy * dy);
}

/** Whether a trace whose longer leg has this squared length passes. */
static inline bool pstm_aperture_passes(float longer_leg2_m2, float limit2_m2)
{
    return longer_leg2_m2 <= limit2_m2;
}

/**
 * Slope of the taper for the fraction f = plan->aperture_taper of A over which a leg fades out. A leg of
 * length h has the factor
 *
 *   T(h) = clamp((1 - h^2/A^2) * scale, 0, 1)      scale = 1 / (1 - (1 - f)^2)
 *
 * linear in h^2: 1 up to (1 - f) A, 0 at A. A trace's taper is the product of both legs'. INFINITY, which
 * gives no fading, for f = 0.
 */
static inline double pstm_aperture_taper_scale(double taper_fraction)
{
    return 1 / (1 - (1 - taper_fraction) * (1 - taper_fraction));
}

#endif
