/** @file reference_sum.h
 * The sum of the reference device, as a whole or up to one of its operations (operations.h). Private to
 * reference.c and stopwatch.c, so that what the stopwatch times is the source that sums. Local.
 */
#ifndef PSTM_DEVICE_REFERENCE_REFERENCE_SUM_H
#define PSTM_DEVICE_REFERENCE_REFERENCE_SUM_H

#include "device/antialias.h"
#include "device/aperture_limits.h"
#include "device/device.h"
#include "device/operations.h"
#include "device/reference/arrival.h"
#include "device/reference/depth_loop.h"
#include "sum/aperture.h"

typedef struct pstm_reference_device {
    pstm_device_plan plan;
    pstm_device_tile tile;
    int64_t n_sums, capacity;
    double *image;                /**< [location][class][k] */
    uint32_t *fold;               /**< the same */
    double *faded;                /**< the same; NULL: not wanted */
    float *limit2_m2;             /**< [column][k] */
    pstm_antialias_block *blocks; /**< [column][block], with antialias only */
    int64_t fold_capacity, faded_capacity, limit_capacity, blocks_capacity;
} pstm_reference_device;

/** reference.c: what the stopwatch shares. PSTM_USAGE for a law that the depth loop of the plan does not
 * know. */
PSTM_MUST_CHECK pstm_status pstm_reference_check(const pstm_device_plan *plan);
void pstm_reference_clear(pstm_reference_device *device);
int64_t pstm_reference_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns);
PSTM_MUST_CHECK pstm_status pstm_reference_begin_tile(void *self, const pstm_device_tile *tile);
PSTM_MUST_CHECK pstm_status pstm_reference_read_tile(void *self, const pstm_sums *sums);

/** One trace at one location, and the output samples [k_begin, k_end). */
typedef struct pstm_reference_pair {
    int64_t i_location;
    const pstm_device_trace *trace;
    int32_t k_begin, k_end;
} pstm_reference_pair;

/** What a pair is added to, each [location][class][k]; faded: NULL where it is not wanted. */
typedef struct pstm_reference_sums {
    double *image;
    uint32_t *fold;
    double *faded;
} pstm_reference_sums;

/** Which column a location has. */
static inline int64_t pstm_reference_column(const pstm_reference_device *device, int64_t i_location)
{
    return pstm_columns_index(&device->tile.columns, i_location);
}

/** The squared length of the longer leg, as the aperture compares it. */
static inline float pstm_reference_longer_leg2(const pstm_reference_device *device,
                                               const pstm_reference_pair *pair)
{
    double x_m = device->tile.x_m[pair->i_location], y_m = device->tile.y_m[pair->i_location];
    const pstm_device_trace *trace = pair->trace;
    return fmaxf(pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m),
                 pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m));
}

/** The copies of a trace from which the blocks of one location are read. */
typedef struct pstm_reference_copies {
    const float *samples; /**< of the copy for i_block */
    int32_t i_block;      /**< -1: none yet */
    int64_t stride;
    const pstm_antialias_block *blocks;
    pstm_antialias_legs_f legs;
} pstm_reference_copies;

static inline pstm_reference_copies pstm_reference_copies_of(const pstm_reference_device *device,
                                                             const pstm_reference_pair *pair)
{
    const pstm_device_plan *plan = &device->plan;
    pstm_reference_copies copies = {.samples = pair->trace->samples, .i_block = -1};
    if (plan->n_levels == 1) return copies;
    const int64_t column = pstm_reference_column(device, pair->i_location);
    copies.stride = pstm_trace_stride(plan->n_samples);
    copies.blocks = device->blocks + column * pstm_antialias_n_blocks(plan->n_times);
    copies.legs = pstm_antialias_legs_of(plan, device->tile.x_m[pair->i_location],
                                         device->tile.y_m[pair->i_location], pair->trace);
    return copies;
}

/** The samples that output sample k reads. */
static inline const float *pstm_reference_copy(const pstm_device_plan *plan, pstm_reference_copies *copies,
                                               const pstm_device_trace *trace, int32_t k)
{
    int32_t i_block = k / PSTM_BLOCK;
    if (plan->n_levels == 1 || i_block == copies->i_block) return copies->samples;
    int32_t level = pstm_antialias_block_level(plan, &copies->legs, &copies->blocks[i_block]);
    copies->i_block = i_block;
    copies->samples = trace->samples + level * copies->stride;
    return copies->samples;
}

/** The factor T of aperture.h of a leg, with a taper. */
static inline double pstm_reference_taper(const pstm_device_plan *plan, double leg_m, double radius_m)
{
    if (isinf(radius_m)) return 1;
    double ratio = leg_m / radius_m;
    double factor = (1 - ratio * ratio) * pstm_aperture_taper_scale(plan->aperture_taper);
    return fmin(fmax(factor, 0), 1);
}

/** The factors T of both legs at output time t0_s; 1 without a taper. */
static inline double pstm_reference_tapers(const pstm_device_plan *plan, double t0_s,
                                           const pstm_medium *medium, double source_leg_m,
                                           double receiver_leg_m)
{
    if (!(plan->aperture_taper > 0)) return 1;
    const pstm_medium own = *medium; /* its address leaves, so that the caller's stays in registers */
    double radius_m = pstm_aperture_limit_m(plan, t0_s, &own);
    return pstm_reference_taper(plan, source_leg_m, radius_m) *
           pstm_reference_taper(plan, receiver_leg_m, radius_m);
}

/**
 * Adds a trace to the sums of its class at one location. `last`, a constant, is the last operation that is
 * done: PSTM_OPERATION_WEIGHT is the sum; below it something is added that depends on all that was done.
 */
static inline __attribute__((always_inline)) void pstm_reference_add(const pstm_reference_device *device,
                                                                     const pstm_reference_pair *pair,
                                                                     const pstm_operation last,
                                                                     const pstm_reference_sums *to)
{
    const pstm_device_plan *plan = &device->plan;
    const pstm_device_trace *trace = pair->trace;
    const int64_t i_column = pstm_reference_column(device, pair->i_location);
    const pstm_columns column = pstm_columns_view(&device->tile.columns, i_column);
    const float *limit2_m2 = device->limit2_m2 + i_column * plan->n_times;
    int64_t sum = (pair->i_location * plan->n_classes + trace->class_index) * plan->n_times;
    double x_m = device->tile.x_m[pair->i_location], y_m = device->tile.y_m[pair->i_location];
    double *const image = to->image + sum, *const faded = to->faded != NULL ? to->faded + sum : NULL;
    uint32_t *const fold = to->fold + sum;
    double source_leg_m = 0.5, receiver_leg_m = 0.5;
    float longer_leg2_m2 = 0;
    pstm_reference_copies copies = {0};
    if (last >= PSTM_OPERATION_INTERPOLATION) copies = pstm_reference_copies_of(device, pair);
    if (last >= PSTM_OPERATION_DISTANCE) {
        source_leg_m = hypot(x_m - trace->source_x_m, y_m - trace->source_y_m);
        receiver_leg_m = hypot(x_m - trace->receiver_x_m, y_m - trace->receiver_y_m);
        longer_leg2_m2 = pstm_reference_longer_leg2(device, pair);
    }
    for (int32_t k = pair->k_begin; k < pair->k_end; k++) {
        double value = source_leg_m + receiver_leg_m;
        if (last >= PSTM_OPERATION_APERTURE && !pstm_aperture_passes(longer_leg2_m2, limit2_m2[k])) continue;
        if (last >= PSTM_OPERATION_ROOTS) {
            double t0_s = pstm_device_time_s(plan, k);
            const pstm_medium medium = pstm_device_medium(&column, k);
            pstm_arrival arrival =
                plan->depth_loop
                    ? pstm_depth_loop_arrival(plan, t0_s, medium.vrms_m_s, source_leg_m, receiver_leg_m)
                    : pstm_reference_arrival(plan, t0_s, &medium, source_leg_m, receiver_leg_m);
            value = arrival.time_s;
            if (last >= PSTM_OPERATION_INTERPOLATION) {
                double position = (arrival.time_s - trace->start_s) / plan->sample_s;
                if (position < trace->live_first || position > trace->live_last) continue;
                int32_t i = (int32_t)position;
                double fraction = position - i;
                const float *samples = pstm_reference_copy(plan, &copies, trace, k);
                value = (1 - fraction) * samples[i] + fraction * samples[i + 1];
            }
            if (last >= PSTM_OPERATION_WEIGHT) {
                const double taper = pstm_reference_tapers(plan, t0_s, &medium, source_leg_m, receiver_leg_m);
                value *= arrival.weight * trace->factor * taper;
                if (faded != NULL) faded[k] += 1 - taper;
            }
        }
        image[k] += value;
        fold[k] += 1;
    }
}

#endif
