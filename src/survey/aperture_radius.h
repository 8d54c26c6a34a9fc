/** @file aperture_radius.h  The one formula of the aperture, for the prefilter, the plan and the devices.
 * Local. */
#ifndef PSTM_SURVEY_APERTURE_RADIUS_H
#define PSTM_SURVEY_APERTURE_RADIUS_H

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

#endif
