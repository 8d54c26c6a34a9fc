/** @file arrival.h
 * The travel time of the reference device, in double, from the formulas of device.h. Local.
 */
#ifndef PSTM_DEVICE_REFERENCE_ARRIVAL_H
#define PSTM_DEVICE_REFERENCE_ARRIVAL_H

#include <math.h>

/** When a reflection at an image sample arrives, and how it is weighted by obliquity. */
typedef struct pstm_arrival {
    double time_s;
    double obliquity; /**< cos(theta_s) cos(theta_r) / (v ts v tr), in 1/m^2 */
} pstm_arrival;

/** By the double square root: ts = sqrt((t0/2)^2 + |x-s|^2/v^2), tr likewise, t = ts + tr. t0_s > 0. */
static inline pstm_arrival pstm_reference_arrival(double t0_s, double vrms_m_s, double source_leg_m,
                                                  double receiver_leg_m)
{
    double tau_s = t0_s / 2;
    double source_s = source_leg_m / vrms_m_s;
    double receiver_s = receiver_leg_m / vrms_m_s;
    double ts2 = tau_s * tau_s + source_s * source_s;
    double tr2 = tau_s * tau_s + receiver_s * receiver_s;
    return (pstm_arrival){.time_s = sqrt(ts2) + sqrt(tr2),
                          .obliquity = tau_s * tau_s / (vrms_m_s * vrms_m_s * ts2 * tr2)};
}

#endif
