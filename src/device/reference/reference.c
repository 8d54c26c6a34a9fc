/* The reference device: the formulas of device.h in double, one trace and one sample at a time. */
#include "device/reference/reference_sum.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "device/aperture_limits.h"
#include "device/device.h"

static pstm_status reference_probe(pstm_device_info *info)
{
    *info = (pstm_device_info){.kernel = "double", .numerics = 1};
    snprintf(info->description, sizeof info->description, "the formulas in double precision, for checking");
    return PSTM_OK;
}

void pstm_reference_clear(pstm_reference_device *device)
{
    PSTM_FREE(&device->image);
    PSTM_FREE(&device->fold);
    PSTM_FREE(&device->faded);
    PSTM_FREE(&device->limit2_m2);
    PSTM_FREE(&device->blocks);
}

/* Whether the sums of tapers are wanted. */
static bool fades(const pstm_device_plan *plan)
{
    return pstm_device_accumulators(plan) & PSTM_ACCUMULATOR_BIT(FADED);
}

static void reference_destroy(void **self)
{
    if (!*self) return;
    pstm_reference_device *device = *self;
    pstm_reference_clear(device);
    pstm_free(self);
}

int64_t pstm_reference_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns)
{
    const pstm_reference_device *device = NULL; /* for the sizes */
    const size_t sum_bytes =
        sizeof *device->image + sizeof *device->fold + (fades(plan) ? sizeof *device->faded : 0);
    const size_t n_blocks = plan->n_levels > 1 ? (size_t)pstm_antialias_n_blocks(plan->n_times) : 0;
    const size_t column_bytes =
        (size_t)plan->n_times * sizeof *device->limit2_m2 + n_blocks * sizeof *device->blocks;
    return n_locations * plan->n_classes * plan->n_times * (int64_t)sum_bytes +
           n_columns * (int64_t)column_bytes;
}

pstm_status pstm_reference_check(const pstm_device_plan *plan)
{
    if (!plan->depth_loop || pstm_law_in_depth((int)plan->law)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "optimise.time_domain: off is the old program's loop, which knows straight rays "
                     "alone; set migrate.traveltime: straight, or optimise.time_domain: on");
}

static pstm_status reference_create(const pstm_device_plan *plan, void **self)
{
    PSTM_TRY(pstm_reference_check(plan));
    pstm_reference_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "reference device"));
    device->plan = *plan;
    *self = device;
    return PSTM_OK;
}

pstm_status pstm_reference_begin_tile(void *self, const pstm_device_tile *tile)
{
    pstm_reference_device *device = self;
    const pstm_device_plan *plan = &device->plan;
    int64_t n_columns = pstm_columns_count(&tile->columns, tile->n_locations);
    int64_t n_sums = (int64_t)tile->n_locations * plan->n_classes * plan->n_times;
    PSTM_TRY(PSTM_RENEW(&device->image, &device->capacity, n_sums, "image of a tile"));
    PSTM_TRY(PSTM_RENEW(&device->fold, &device->fold_capacity, n_sums, "fold of a tile"));
    if (fades(plan))
        PSTM_TRY(PSTM_RENEW(&device->faded, &device->faded_capacity, n_sums, "taper sums of a tile"));
    PSTM_TRY(PSTM_RENEW(&device->limit2_m2, &device->limit_capacity, n_columns * plan->n_times,
                        "apertures of a tile"));
    int64_t n_blocks = plan->n_levels > 1 ? pstm_antialias_n_blocks(plan->n_times) : 0;
    PSTM_TRY(PSTM_RENEW(&device->blocks, &device->blocks_capacity, n_columns * n_blocks,
                        "antialias tables of a tile"));
    device->tile = *tile;
    device->n_sums = n_sums;
    memset(device->image, 0, (size_t)n_sums * sizeof *device->image);
    memset(device->fold, 0, (size_t)n_sums * sizeof *device->fold);
    if (device->faded != NULL) memset(device->faded, 0, (size_t)n_sums * sizeof *device->faded);
    for (int64_t i = 0; i < n_columns; i++) {
        const pstm_columns column = pstm_columns_view(&tile->columns, i);
        pstm_aperture_limits(plan, &column, device->limit2_m2 + i * plan->n_times);
        if (n_blocks > 0) pstm_antialias_blocks(plan, &column, device->blocks + i * n_blocks);
    }
    return PSTM_OK;
}

static pstm_status reference_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    pstm_reference_device *device = self;
    const pstm_reference_sums to = {device->image, device->fold, device->faded};
#pragma omp parallel for schedule(dynamic) num_threads(device->plan.n_threads)
    for (int32_t i = 0; i < device->tile.n_locations; i++) {
        for (int64_t i_trace = 0; i_trace < n_traces; i_trace++) {
            const pstm_reference_pair pair = {i, &traces[i_trace], device->plan.k_begin, device->plan.k_end};
            pstm_reference_add(device, &pair, PSTM_OPERATION_WEIGHT, &to);
        }
    }
    return PSTM_OK;
}

pstm_status pstm_reference_read_tile(void *self, const pstm_sums *sums)
{
    pstm_reference_device *device = self;
    for (int64_t i = 0; i < device->n_sums; i++)
        sums->sum[i] = (float)device->image[i];
    memcpy(sums->fold, device->fold, (size_t)device->n_sums * sizeof *sums->fold);
    for (int64_t i = 0; sums->faded != NULL && device->faded != NULL && i < device->n_sums; i++)
        sums->faded[i] = (float)device->faded[i];
    return PSTM_OK;
}

const pstm_device_ops pstm_device_reference = {
    .name = "reference",
    .probe = reference_probe,
    .tile_bytes = pstm_reference_tile_bytes,
    .create = reference_create,
    .begin_tile = pstm_reference_begin_tile,
    .add_batch = reference_add_batch,
    .read_tile = pstm_reference_read_tile,
    .destroy = reference_destroy,
};
