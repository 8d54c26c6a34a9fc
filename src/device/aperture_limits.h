/** @file aperture_limits.h
 * The aperture of sum/aperture.h along a column, as every device compares it. Local.
 */
#ifndef PSTM_DEVICE_APERTURE_LIMITS_H
#define PSTM_DEVICE_APERTURE_LIMITS_H

#include "device/device.h"

/** The longest leg in metres that a plan admits at t0_s > 0: A(t0), and what its law allows; may be
 * INFINITY. */
double pstm_aperture_limit_m(const pstm_device_plan *plan, double t0_s, const pstm_medium *medium);

/**
 * limit2_m2[k] = the square of that rounded once to float, for all n_times of k; INFINITY where it passes the
 * largest float, -1 (nothing passes) where t0 <= 0.
 */
void pstm_aperture_limits(const pstm_device_plan *plan, const pstm_columns *column, float *limit2_m2);

#endif
