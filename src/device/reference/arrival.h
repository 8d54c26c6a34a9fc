/** @file arrival.h
 * The travel time and the weight of the reference device, in double, from the definitions of laws and
 * weights. Local.
 */
#ifndef PSTM_DEVICE_REFERENCE_ARRIVAL_H
#define PSTM_DEVICE_REFERENCE_ARRIVAL_H

#include "device/device.h"
#include "sum/real_double.h"

/** When a reflection at an image sample arrives, and how it is weighted but for taper and the trace's factor.
 * */
typedef struct pstm_arrival {
    double time_s;
    double weight;
} pstm_arrival;

/** By the law and the weight of the plan. t0_s > 0. */
static inline pstm_arrival pstm_reference_arrival(const pstm_device_plan *plan, double t0_s, double vrms_m_s,
                                                  double source_leg_m, double receiver_leg_m)
{
    const pstm_medium medium = {.vrms_m_s = vrms_m_s};
    const double tau_s = t0_s / 2;
    const double ts2 = pstm_law_square_s2(plan->law, tau_s, source_leg_m, &medium);
    const double tr2 = pstm_law_square_s2(plan->law, tau_s, receiver_leg_m, &medium);
    return (pstm_arrival){.time_s = sqrt(ts2) + sqrt(tr2),
                          .weight = pstm_weight_whole(plan->weight, tau_s, vrms_m_s, ts2, tr2)};
}

#endif
