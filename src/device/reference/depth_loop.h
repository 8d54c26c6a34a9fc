/** @file depth_loop.h
 * Travel time and weight as the old program computed them, through a depth. Kept so that the ladder can
 * show what the time-domain form saves; mathematically the same. Local.
 */
#ifndef PSTM_DEVICE_REFERENCE_DEPTH_LOOP_H
#define PSTM_DEVICE_REFERENCE_DEPTH_LOOP_H

#include "device/reference/arrival.h"

/**
 * Through the depth z = v t0/2 and the slant distances r_s, r_r of straight rays:
 *
 *   r_s = sqrt(z^2 + |x-s|^2)   t = (r_s + r_r) / v
 */
static inline pstm_arrival pstm_depth_loop_arrival(const pstm_device_plan *plan, double t0_s, double vrms_m_s,
                                                   double source_leg_m, double receiver_leg_m)
{
    double z_m = vrms_m_s * t0_s / 2;
    double r_s_m = sqrt(z_m * z_m + source_leg_m * source_leg_m);
    double r_r_m = sqrt(z_m * z_m + receiver_leg_m * receiver_leg_m);
    return (pstm_arrival){.time_s = (r_s_m + r_r_m) / vrms_m_s,
                          .weight = pstm_weight_in_depth(plan->weight, z_m, vrms_m_s, r_s_m, r_r_m)};
}

#endif
