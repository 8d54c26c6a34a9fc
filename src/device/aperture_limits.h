/** @file aperture_limits.h
 * The aperture of sum/aperture.h along a column, as every device compares it. Local.
 */
#ifndef PSTM_DEVICE_APERTURE_LIMITS_H
#define PSTM_DEVICE_APERTURE_LIMITS_H

#include "device/device.h"

/**
 * limit2_m2[k] = A^2 rounded once to float, for all n_times of k; INFINITY where it passes the largest
 * float, -1 (nothing passes) where t0 <= 0.
 */
void pstm_aperture_limits(const pstm_device_plan *plan, const pstm_columns *column, float *limit2_m2);

#endif
