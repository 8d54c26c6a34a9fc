/** @file spans.h
 * Into which spans the CPU device cuts the time axis of a velocity column, and how the samples of a span get
 * their arrival times (device/cpu/kernel.h). Times are counted in input samples. All functions are Local.
 */
#ifndef PSTM_DEVICE_CPU_SPANS_H
#define PSTM_DEVICE_CPU_SPANS_H

#include "device/cpu/kernel.h"

/** A column, and what is known of it. */
typedef struct pstm_cpu_velocity {
    const pstm_device_plan *plan;
    const pstm_columns *column;
    const float *slowness2; /**< [k] of all blocks: pstm_cpu_slowness2() */
    const float *limit2_m2; /**< [k] of all blocks: squared aperture */
} pstm_cpu_velocity;

/** What is known at the sample where a span begins or ends. */
typedef struct pstm_cpu_knot {
    float tau2, tau2_slope;           /**< value, and half the slope per sample */
    float slowness2, slowness2_slope; /**< the same of 1/vrms^2, in samples^2/m^2 */
} pstm_cpu_knot;

/** A span: see pstm_cpu_column for the fields. */
typedef struct pstm_cpu_span {
    int32_t first_block, n_blocks;
    float bend, most_slope, bend_leg2;
    bool known;
} pstm_cpu_span;

/** Half time of output sample k. */
double pstm_cpu_half_time(const pstm_device_plan *plan, int64_t k);

/** 1/vrms^2 at any k; behind the end the velocity goes on as it came. */
float pstm_cpu_slowness2(const pstm_device_plan *plan, const pstm_columns *column, int64_t k);

/** The knot at output sample k. */
pstm_cpu_knot pstm_cpu_knot_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k);

/** The longest span that begins at a block; n_blocks is that of the column. */
pstm_cpu_span pstm_cpu_span_at(const pstm_cpu_velocity *velocity, int32_t block, int32_t n_blocks);

#endif
