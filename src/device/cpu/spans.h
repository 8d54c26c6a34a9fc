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
    const float *ray[PSTM_RAY_FIELDS]; /**< [field][k] of all blocks: pstm_cpu_field() */
    const float *limit2_m2;            /**< [k] of all blocks: squared aperture */
} pstm_cpu_velocity;

/** What is known at the sample where a span begins or ends: the fields of sum/ray.h in input samples, and
 * half of what they grow by from sample to sample. */
typedef struct pstm_cpu_knot {
    pstm_ray_f value, half_slope;
} pstm_cpu_knot;

/** A span: see pstm_cpu_column for the fields. */
typedef struct pstm_cpu_span {
    int32_t first_block, n_blocks;
    float max_error, most_slope, known_leg2;
    bool known;
} pstm_cpu_span;

/** Half time of output sample k. */
double pstm_cpu_half_time(const pstm_device_plan *plan, int64_t k);

/** A field of the law at any k; behind the end the velocity goes on as it came. */
float pstm_cpu_field(const pstm_device_plan *plan, const pstm_columns *column, pstm_ray_field field,
                     int64_t k);

/** The knot at output sample k. */
pstm_cpu_knot pstm_cpu_knot_at(const pstm_device_plan *plan, const pstm_columns *column, int64_t k);

/** The longest span that begins at a block; n_blocks is that of the column. */
pstm_cpu_span pstm_cpu_span_at(const pstm_cpu_velocity *velocity, int32_t block, int32_t n_blocks);

#endif
