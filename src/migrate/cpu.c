/* The CPU device: single precision, threads over locations, vectors over the samples of a block. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "migrate/aperture.h"
#include "migrate/cpu_kernel.h"
#include "migrate/device_list.h"

enum {
    SUB_BATCH_BYTES = 256 * 1024, /**< of samples; what a core keeps near while it goes over its locations */
    MAX_GROUP = 16,               /**< locations that a thread takes at a time */
};

typedef struct cpu_device {
    pstm_device_plan plan;
    const pstm_cpu_kernel *kernel;
    int32_t n_blocks;
    int64_t n_padded; /**< n_times in whole blocks */
    float *tau2;      /**< [k] squared half times in squared input samples */
    pstm_device_tile tile;
    /* Of the tile's columns (1 when it has one for all locations): */
    float *slowness2;    /**< [column][k] */
    float *limit2_m2;    /**< [column][k]; -1 outside [k_begin, k_end) and behind n_times */
    float *block_limit2; /**< [column][block] the largest of a block */
    float *reach2;       /**< [column][block] the largest of this block and those before */
    float *image;        /**< [location][class][k] */
    uint32_t *fold;      /**< the same */
    int64_t slowness_capacity, limit_capacity, block_capacity, reach_capacity, image_capacity, fold_capacity;
} cpu_device;

static pstm_status cpu_probe(pstm_device_info *info)
{
    const pstm_cpu_kernel *kernel;
    PSTM_TRY(pstm_cpu_kernel_pick(&kernel));
    *info = (pstm_device_info){.numerics = 1};
    snprintf(info->kernel, sizeof info->kernel, "%s", kernel->name);
    snprintf(info->description, sizeof info->description, "CPU in single precision, %s kernel", kernel->name);
    return PSTM_OK;
}

static void cpu_destroy(void **self)
{
    if (!*self) return;
    cpu_device *device = *self;
    PSTM_FREE(&device->tau2);
    PSTM_FREE(&device->slowness2);
    PSTM_FREE(&device->limit2_m2);
    PSTM_FREE(&device->block_limit2);
    PSTM_FREE(&device->reach2);
    PSTM_FREE(&device->image);
    PSTM_FREE(&device->fold);
    pstm_free(self);
}

static pstm_status cpu_create(const pstm_device_plan *plan, void **self)
{
    if (plan->depth_loop)
        return pstm_fail(PSTM_USAGE, "optimise.time_domain: off needs the reference device; set "
                                     "devices: reference, or optimise.time_domain: on");
    const pstm_cpu_kernel *kernel;
    PSTM_TRY(pstm_cpu_kernel_pick(&kernel));
    cpu_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "CPU device"));
    device->plan = *plan;
    device->kernel = kernel;
    device->n_blocks = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK;
    device->n_padded = (int64_t)device->n_blocks * PSTM_BLOCK;
    pstm_status status = PSTM_NEW(&device->tau2, device->n_padded, "half times of a CPU device");
    if (status != PSTM_OK) {
        void *unfinished = device;
        cpu_destroy(&unfinished);
        return status;
    }
    for (int32_t k = 0; k < plan->n_times; k++) {
        double tau = pstm_device_time_s(plan, k) / 2 / plan->sample_s;
        device->tau2[k] = (float)(tau * tau);
    }
    *self = device;
    return PSTM_OK;
}

/** Makes the tables of one column; slots behind n_times stay masked by a limit of -1. */
static void fill_column(cpu_device *device, int64_t i_column)
{
    const pstm_device_plan *plan = &device->plan;
    const float *vrms_m_s = device->tile.vrms_m_s + i_column * plan->n_times;
    float *slowness2 = device->slowness2 + i_column * device->n_padded;
    float *limit2_m2 = device->limit2_m2 + i_column * device->n_padded;
    float *block_limit2 = device->block_limit2 + i_column * device->n_blocks;
    float *reach2 = device->reach2 + i_column * device->n_blocks;

    pstm_aperture_limits(plan, vrms_m_s, limit2_m2);
    for (int64_t k = 0; k < device->n_padded; k++) {
        if (k < plan->k_begin || k >= plan->k_end) limit2_m2[k] = -1;
        slowness2[k] = 0;
        if (k >= plan->n_times) continue;
        double v_m_per_sample = vrms_m_s[k] * plan->sample_s;
        slowness2[k] = (float)(1 / (v_m_per_sample * v_m_per_sample));
    }
    float reach = -1;
    for (int32_t block = 0; block < device->n_blocks; block++) {
        float most = -1;
        for (int j = 0; j < PSTM_BLOCK; j++)
            most = fmaxf(most, limit2_m2[(int64_t)block * PSTM_BLOCK + j]);
        reach = fmaxf(reach, most);
        block_limit2[block] = most;
        reach2[block] = reach;
    }
}

static pstm_status cpu_begin_tile(void *self, const pstm_device_tile *tile)
{
    cpu_device *device = self;
    int64_t n_columns = tile->one_column ? 1 : tile->n_locations;
    int64_t n_k = n_columns * device->n_padded;
    int64_t n_blocks = n_columns * device->n_blocks;
    int64_t n_sums = (int64_t)tile->n_locations * device->plan.n_classes * device->n_padded;
    PSTM_TRY(PSTM_GROW(&device->slowness2, &device->slowness_capacity, n_k, "slownesses of a tile"));
    PSTM_TRY(PSTM_GROW(&device->limit2_m2, &device->limit_capacity, n_k, "apertures of a tile"));
    PSTM_TRY(PSTM_GROW(&device->block_limit2, &device->block_capacity, n_blocks, "apertures of a tile"));
    PSTM_TRY(PSTM_GROW(&device->reach2, &device->reach_capacity, n_blocks, "apertures of a tile"));
    PSTM_TRY(PSTM_GROW(&device->image, &device->image_capacity, n_sums, "image of a tile"));
    PSTM_TRY(PSTM_GROW(&device->fold, &device->fold_capacity, n_sums, "fold of a tile"));
    device->tile = *tile;
    memset(device->image, 0, (size_t)n_sums * sizeof *device->image);
    memset(device->fold, 0, (size_t)n_sums * sizeof *device->fold);
#pragma omp parallel for schedule(static) num_threads(device->plan.n_threads)
    for (int64_t i = 0; i < n_columns; i++)
        fill_column(device, i);
    return PSTM_OK;
}

/** The first block whose aperture, or an earlier one's, reaches a leg of this length; n_blocks if none. */
static int32_t first_block(const float *reach2, int32_t n_blocks, float longer_leg2_m2)
{
    int32_t low = 0, high = n_blocks;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (pstm_aperture_passes(longer_leg2_m2, reach2[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/**
 * The end of the blocks that a trace can reach: no reflection arrives before t0. One sample is given away,
 * far more than rounding, so that only the kernel's own comparison decides.
 */
static int32_t end_block(const cpu_device *device, const pstm_device_trace *trace)
{
    const pstm_device_plan *plan = &device->plan;
    double live_end_s = trace->start_s + (trace->live_last + 1) * plan->sample_s;
    double k_last = floor((live_end_s - plan->time_first_s) / plan->time_step_s);
    k_last = fmin(fmax(k_last, -1), plan->k_end - 1);
    return ((int32_t)k_last + PSTM_BLOCK) / PSTM_BLOCK;
}

/** Adds traces to the sums of one location. */
static void add_to_location(cpu_device *device, int64_t i_location, const pstm_device_trace *traces,
                            int64_t n_traces)
{
    const pstm_device_plan *plan = &device->plan;
    int64_t i_column = device->tile.one_column ? 0 : i_location;
    double x_m = device->tile.x_m[i_location];
    double y_m = device->tile.y_m[i_location];
    const float *reach2 = device->reach2 + i_column * device->n_blocks;
    int64_t location_sum = i_location * plan->n_classes * device->n_padded;
    pstm_cpu_add *add = device->kernel->add[plan->weight][plan->aperture_taper > 0];
    pstm_cpu_column column = {
        .tau2 = device->tau2,
        .slowness2 = device->slowness2 + i_column * device->n_padded,
        .limit2_m2 = device->limit2_m2 + i_column * device->n_padded,
        .block_limit2 = device->block_limit2 + i_column * device->n_blocks,
        .taper_scale = (float)pstm_aperture_taper_scale(plan->aperture_taper),
    };

    for (int64_t i = 0; i < n_traces; i++) {
        const pstm_device_trace *trace = &traces[i];
        if (trace->live_first > trace->live_last) continue;
        float source_leg2 = pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m);
        float receiver_leg2 = pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m);
        float longer_leg2 = fmaxf(source_leg2, receiver_leg2);
        if (!pstm_aperture_passes(longer_leg2, reach2[device->n_blocks - 1])) continue;
        pstm_cpu_ray ray = {
            .source_leg2_m2 = source_leg2,
            .receiver_leg2_m2 = receiver_leg2,
            .start = (float)(trace->start_s / plan->sample_s),
            .live_first = (float)trace->live_first,
            .live_last = (float)trace->live_last,
            .samples = trace->samples,
            .block_begin = first_block(reach2, device->n_blocks, longer_leg2),
            .block_end = end_block(device, trace),
        };
        int64_t sum = location_sum + trace->class_index * device->n_padded;
        column.image = device->image + sum;
        column.fold = device->fold + sum;
        add(&column, &ray);
    }
}

/** Locations of a group: few enough that every thread gets several groups. */
static int32_t group_size(const cpu_device *device)
{
    int32_t share = device->tile.n_locations / (4 * device->plan.n_threads);
    return share < 1 ? 1 : share > MAX_GROUP ? MAX_GROUP : share;
}

static int64_t minimum(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static pstm_status cpu_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    cpu_device *device = self;
    int64_t trace_bytes = pstm_trace_stride(device->plan.n_samples) * (int64_t)sizeof(float);
    int64_t n_sub = SUB_BATCH_BYTES > trace_bytes ? SUB_BATCH_BYTES / trace_bytes : 1;
    int32_t n_locations = device->tile.n_locations;
    int32_t n_group = group_size(device);
#pragma omp parallel for schedule(dynamic) num_threads(device->plan.n_threads)
    for (int32_t group = 0; group < n_locations; group += n_group) {
        int64_t group_end = minimum((int64_t)group + n_group, n_locations);
        for (int64_t i_trace = 0; i_trace < n_traces; i_trace += n_sub) {
            for (int64_t i = group; i < group_end; i++)
                add_to_location(device, i, traces + i_trace, minimum(n_sub, n_traces - i_trace));
        }
    }
    return PSTM_OK;
}

static pstm_status cpu_read_tile(void *self, float *image, uint32_t *fold)
{
    cpu_device *device = self;
    int64_t n_times = device->plan.n_times;
    int64_t n_columns = (int64_t)device->tile.n_locations * device->plan.n_classes;
    for (int64_t i = 0; i < n_columns; i++) {
        memcpy(image + i * n_times, device->image + i * device->n_padded, (size_t)n_times * sizeof *image);
        memcpy(fold + i * n_times, device->fold + i * device->n_padded, (size_t)n_times * sizeof *fold);
    }
    return PSTM_OK;
}

const pstm_device_ops pstm_device_cpu = {
    .name = "cpu",
    .probe = cpu_probe,
    .create = cpu_create,
    .begin_tile = cpu_begin_tile,
    .add_batch = cpu_add_batch,
    .read_tile = cpu_read_tile,
    .destroy = cpu_destroy,
};
