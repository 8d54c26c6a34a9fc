/* The reference device: the formulas of device.h in double, one trace and one sample at a time. */
#include "migrate/reference.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "migrate/aperture.h"
#include "migrate/depth_loop.h"
#include "migrate/device_list.h"

typedef struct reference_device {
    pstm_device_plan plan;
    pstm_device_tile tile;
    int64_t n_sums, capacity;
    double *image;    /**< [location][class][k] */
    uint32_t *fold;   /**< the same */
    float *limit2_m2; /**< [location][k], or [k] when the tile has one column */
    int64_t fold_capacity, limit_capacity;
} reference_device;

pstm_arrival pstm_reference_arrival(double t0_s, double vrms_m_s, double source_leg_m, double receiver_leg_m)
{
    double tau_s = t0_s / 2;
    double source_s = source_leg_m / vrms_m_s;
    double receiver_s = receiver_leg_m / vrms_m_s;
    double ts2 = tau_s * tau_s + source_s * source_s;
    double tr2 = tau_s * tau_s + receiver_s * receiver_s;
    return (pstm_arrival){.time_s = sqrt(ts2) + sqrt(tr2),
                          .obliquity = tau_s * tau_s / (vrms_m_s * vrms_m_s * ts2 * tr2)};
}

static pstm_status reference_probe(pstm_device_info *info)
{
    *info = (pstm_device_info){.kernel = "double", .numerics = 1};
    snprintf(info->description, sizeof info->description, "the formulas in double precision, for checking");
    return PSTM_OK;
}

static void reference_destroy(void **self)
{
    if (!*self) return;
    reference_device *device = *self;
    PSTM_FREE(&device->image);
    PSTM_FREE(&device->fold);
    PSTM_FREE(&device->limit2_m2);
    pstm_free(self);
}

static pstm_status reference_create(const pstm_device_plan *plan, void **self)
{
    reference_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "reference device"));
    device->plan = *plan;
    *self = device;
    return PSTM_OK;
}

static int64_t column_start(const reference_device *device, int64_t i_location)
{
    return device->tile.one_column ? 0 : i_location * device->plan.n_times;
}

static pstm_status reference_begin_tile(void *self, const pstm_device_tile *tile)
{
    reference_device *device = self;
    const pstm_device_plan *plan = &device->plan;
    int64_t n_columns = tile->one_column ? 1 : tile->n_locations;
    int64_t n_sums = (int64_t)tile->n_locations * plan->n_classes * plan->n_times;
    PSTM_TRY(PSTM_GROW(&device->image, &device->capacity, n_sums, "image of a tile"));
    PSTM_TRY(PSTM_GROW(&device->fold, &device->fold_capacity, n_sums, "fold of a tile"));
    PSTM_TRY(PSTM_GROW(&device->limit2_m2, &device->limit_capacity, n_columns * plan->n_times,
                       "apertures of a tile"));
    device->tile = *tile;
    device->n_sums = n_sums;
    memset(device->image, 0, (size_t)n_sums * sizeof *device->image);
    memset(device->fold, 0, (size_t)n_sums * sizeof *device->fold);
    for (int64_t i = 0; i < n_columns; i++)
        pstm_aperture_limits(plan, tile->vrms_m_s + i * plan->n_times, device->limit2_m2 + i * plan->n_times);
    return PSTM_OK;
}

/** The factor T of aperture.h of a leg. */
static double leg_taper(const pstm_device_plan *plan, double leg_m, double radius_m)
{
    if (plan->aperture_taper == 0 || isinf(radius_m)) return 1;
    double ratio = leg_m / radius_m;
    double factor = (1 - ratio * ratio) * pstm_aperture_taper_scale(plan->aperture_taper);
    return fmin(fmax(factor, 0), 1);
}

/** Adds one trace to one location's sums of the trace's class. */
static void add_trace(reference_device *device, int64_t i_location, const pstm_device_trace *trace)
{
    const pstm_device_plan *plan = &device->plan;
    double x_m = device->tile.x_m[i_location];
    double y_m = device->tile.y_m[i_location];
    double source_leg_m = hypot(x_m - trace->source_x_m, y_m - trace->source_y_m);
    double receiver_leg_m = hypot(x_m - trace->receiver_x_m, y_m - trace->receiver_y_m);
    float longer_leg2_m2 = fmaxf(pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m),
                                 pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m));
    const float *vrms_m_s = device->tile.vrms_m_s + column_start(device, i_location);
    const float *limit2_m2 = device->limit2_m2 + column_start(device, i_location);
    int64_t sum = (i_location * plan->n_classes + trace->class_index) * plan->n_times;

    for (int32_t k = plan->k_begin; k < plan->k_end; k++) {
        if (!pstm_aperture_passes(longer_leg2_m2, limit2_m2[k])) continue;
        double t0_s = pstm_device_time_s(plan, k);
        pstm_arrival arrival = plan->depth_loop
                                   ? pstm_depth_loop_arrival(t0_s, vrms_m_s[k], source_leg_m, receiver_leg_m)
                                   : pstm_reference_arrival(t0_s, vrms_m_s[k], source_leg_m, receiver_leg_m);
        double position = (arrival.time_s - trace->start_s) / plan->sample_s;
        if (position < trace->live_first || position > trace->live_last) continue;
        int32_t i = (int32_t)position;
        double fraction = position - i;
        double value = (1 - fraction) * trace->samples[i] + fraction * trace->samples[i + 1];
        double weight = plan->weight == PSTM_WEIGHT_OBLIQUITY ? arrival.obliquity : 1;
        double radius_m = pstm_aperture_radius_m(plan, vrms_m_s[k], t0_s);
        weight *= leg_taper(plan, source_leg_m, radius_m) * leg_taper(plan, receiver_leg_m, radius_m);
        device->image[sum + k] += weight * value;
        device->fold[sum + k] += 1;
    }
}

static pstm_status reference_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    reference_device *device = self;
#pragma omp parallel for schedule(dynamic) num_threads(device->plan.n_threads)
    for (int32_t i = 0; i < device->tile.n_locations; i++) {
        for (int64_t i_trace = 0; i_trace < n_traces; i_trace++)
            add_trace(device, i, &traces[i_trace]);
    }
    return PSTM_OK;
}

static pstm_status reference_read_tile(void *self, float *image, uint32_t *fold)
{
    reference_device *device = self;
    for (int64_t i = 0; i < device->n_sums; i++)
        image[i] = (float)device->image[i];
    memcpy(fold, device->fold, (size_t)device->n_sums * sizeof *fold);
    return PSTM_OK;
}

const pstm_device_ops pstm_device_reference = {
    .name = "reference",
    .probe = reference_probe,
    .create = reference_create,
    .begin_tile = reference_begin_tile,
    .add_batch = reference_add_batch,
    .read_tile = reference_read_tile,
    .destroy = reference_destroy,
};
