/** @file live_stack.h
 * The stack of amplitudes: the mean over the classes that are live (sum/live.h) and have a fold above 0;
 * where none is, the class with the smallest offset that has. Local.
 */
#ifndef PSTM_MPI_FARM_LIVE_STACK_H
#define PSTM_MPI_FARM_LIVE_STACK_H

#include <stdint.h>

#include "device/device.h"
#include "sum/live.h"

/**
 * Of one location. live: [n_classes of the plan]; vrms_m_s: [k]; gather, gather_fold: [class][k]; stack and
 * fold (the traces of all classes): [k].
 */
void pstm_live_stack(const pstm_device_plan *plan, const pstm_live_class *live, const float *vrms_m_s,
                     const float *gather, const uint32_t *gather_fold, float *stack, uint32_t *fold);

#endif
