/** @file aperture.h
 * Which traces a sample of the image takes, and how they fade out towards the edge of the aperture.
 *
 * A trace passes where both horizontal legs, image location to source and to receiver, are at most
 *
 *   A(t0) = min(A_max, vrms(t0) * t0/2 * tan(angle))
 *
 * The decision is the same on every device, bit by bit: one float limit per sample from
 * pstm_aperture_limits() (device/aperture_limits.h), one float squared length per leg from
 * pstm_aperture_leg2(), compared with <=. All functions are Local.
 */
#ifndef PSTM_SUM_APERTURE_H
#define PSTM_SUM_APERTURE_H

#include <math.h>
#include <stdbool.h>

/**
 * A(t0) = min(A_max, vrms t0/2 tan(angle)) in metres: how far source and receiver may lie from an image
 * location at two-way time t0_s > 0. aperture_m = A_max and aperture_tan = tan(angle) may be INFINITY: no
 * limit.
 */
static inline double pstm_aperture_radius_m(double aperture_m, double aperture_tan, double vrms_m_s,
                                            double t0_s)
{
    const double by_angle_m = vrms_m_s * (t0_s / 2) * aperture_tan;
    return by_angle_m < aperture_m ? by_angle_m : aperture_m;
}

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
 * Slope of the taper for the fraction f = taper_fraction of A over which a leg fades out. A leg of
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
