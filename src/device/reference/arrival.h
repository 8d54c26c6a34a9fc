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
static inline pstm_arrival pstm_reference_arrival(const pstm_device_plan *plan, double t0_s,
                                                  const pstm_medium *medium, double source_leg_m,
                                                  double receiver_leg_m)
{
    const double tau_s = t0_s / 2;
    const pstm_leg source = pstm_law_leg(plan->law, tau_s, source_leg_m, medium);
    const pstm_leg receiver = pstm_law_leg(plan->law, tau_s, receiver_leg_m, medium);
    return (pstm_arrival){.time_s = sqrt(source.time2_s2) + sqrt(receiver.time2_s2),
                          .weight =
                              pstm_weight_whole(plan->weight, tau_s, medium->vrms_m_s, &source, &receiver)};
}

#endif
