/* The CPU device: single precision, threads over locations, vectors over the samples of a block. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "migrate/aperture.h"
#include "migrate/cpu_tables.h"
#include "migrate/device_list.h"

enum {
    SUB_BATCH_BYTES = 256 * 1024, /**< of samples; what a core keeps near while it goes over its locations */
    MAX_GROUP = 16,               /**< locations that a thread takes at a time */
};

/** A trace as all locations see it. */
typedef struct cpu_trace {
    double source_x_m, source_y_m, receiver_x_m, receiver_y_m;
    const float *samples;
    float start, live_first, live_last; /**< in samples */
    int32_t block_end;                  /**< no block from here on is reached */
    int32_t class_index;
} cpu_trace;

typedef struct cpu_device {
    pstm_device_plan plan;
    const pstm_cpu_kernel *kernel;
    pstm_cpu_tables tables;
    pstm_device_tile tile;
    float *image;         /**< [location][class][k]; see pstm_cpu_column */
    uint32_t *fold;       /**< the same */
    uint32_t *block_fold; /**< [location][class][block] */
    int64_t n_block_fold; /**< of a location and class */
    cpu_trace *traces;    /**< of the batch, by class, in order within each */
    int64_t *class_begin; /**< [n_classes + 1] first trace of a class */
    float *knots;         /**< [thread] of a kernel's scratch */
    int64_t image_capacity, fold_capacity, block_fold_capacity, traces_capacity;
} cpu_device;

static pstm_status cpu_probe(pstm_device_info *info)
{
    const pstm_cpu_kernel *kernel;
    PSTM_TRY(pstm_cpu_kernel_pick(&kernel));
    *info = (pstm_device_info){.numerics = 2};
    snprintf(info->kernel, sizeof info->kernel, "%s", kernel->name);
    snprintf(info->description, sizeof info->description, "CPU in single precision, %s kernel", kernel->name);
    return PSTM_OK;
}

static void cpu_destroy(void **self)
{
    if (!*self) return;
    cpu_device *device = *self;
    pstm_cpu_tables_clear(&device->tables);
    PSTM_FREE(&device->image);
    PSTM_FREE(&device->fold);
    PSTM_FREE(&device->block_fold);
    PSTM_FREE(&device->traces);
    PSTM_FREE(&device->class_begin);
    PSTM_FREE(&device->knots);
    pstm_free(self);
}

static int64_t knots_of_a_thread(const cpu_device *device)
{
    return PSTM_CPU_GROUP * PSTM_CPU_KNOT_FIELDS * device->tables.stride;
}

static pstm_status allocate(cpu_device *device)
{
    const pstm_device_plan *plan = &device->plan;
    PSTM_TRY(pstm_cpu_tables_start(plan, &device->tables));
    device->n_block_fold = (device->tables.n_blocks + PSTM_CPU_BLOCK_PAD) / 16 * 16;
    PSTM_TRY(PSTM_NEW(&device->class_begin, (int64_t)plan->n_classes + 1, "classes of a CPU device"));
    return PSTM_NEW(&device->knots, plan->n_threads * knots_of_a_thread(device), "knots of a CPU device");
}

static pstm_status cpu_create(const pstm_device_plan *plan, void **self)
{
    if (plan->depth_loop)
        return pstm_fail(PSTM_USAGE, "optimise.time_domain: off needs the reference device; set "
                                     "devices: reference, or optimise.time_domain: on");
    if (plan->n_levels > 1)
        return pstm_fail(PSTM_USAGE, "migrate.antialias: the device cpu does not have it yet; set devices: "
                                     "reference, or migrate.antialias: off");
    const pstm_cpu_kernel *kernel;
    PSTM_TRY(pstm_cpu_kernel_pick(&kernel));
    cpu_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "CPU device"));
    device->plan = *plan;
    device->kernel = kernel;
    pstm_status status = allocate(device);
    if (status != PSTM_OK) {
        void *unfinished = device;
        cpu_destroy(&unfinished);
        return status;
    }
    *self = device;
    return PSTM_OK;
}

static pstm_status cpu_begin_tile(void *self, const pstm_device_tile *tile)
{
    cpu_device *device = self;
    int64_t n_columns = (int64_t)tile->n_locations * device->plan.n_classes;
    int64_t n_sums = n_columns * device->tables.n_padded;
    int64_t n_block_folds = n_columns * device->n_block_fold;
    PSTM_TRY(PSTM_GROW(&device->image, &device->image_capacity, n_sums, "image of a tile"));
    PSTM_TRY(PSTM_GROW(&device->fold, &device->fold_capacity, n_sums, "fold of a tile"));
    PSTM_TRY(PSTM_GROW(&device->block_fold, &device->block_fold_capacity, n_block_folds, "fold of a tile"));
    PSTM_TRY(pstm_cpu_tables_fill(&device->tables, tile));
    device->tile = *tile;
    memset(device->image, 0, (size_t)n_sums * sizeof *device->image);
    memset(device->fold, 0, (size_t)n_sums * sizeof *device->fold);
    memset(device->block_fold, 0, (size_t)n_block_folds * sizeof *device->block_fold);
    return PSTM_OK;
}

/**
 * The end of the blocks that a trace can reach: no reflection arrives before t0. One sample is given away,
 * far more than rounding, so that only the kernel's own comparison decides.
 */
static int32_t end_block(const pstm_device_plan *plan, const pstm_device_trace *trace)
{
    double live_end_s = trace->start_s + (trace->live_last + 1) * plan->sample_s;
    double k_last = floor((live_end_s - plan->time_first_s) / plan->time_step_s);
    k_last = fmin(fmax(k_last, -1), plan->k_end - 1);
    return ((int32_t)k_last + PSTM_BLOCK) / PSTM_BLOCK;
}

static bool is_live(const pstm_device_trace *trace)
{
    return trace->live_first <= trace->live_last;
}

/** Sorts the live traces by class; within a class they stay in order. */
static pstm_status sort_batch(cpu_device *device, const pstm_device_trace *traces, int64_t n_traces)
{
    const pstm_device_plan *plan = &device->plan;
    int64_t *begin = device->class_begin;
    PSTM_TRY(PSTM_GROW(&device->traces, &device->traces_capacity, n_traces, "traces of a batch"));
    memset(begin, 0, ((size_t)plan->n_classes + 1) * sizeof *begin);
    for (int64_t i = 0; i < n_traces; i++)
        begin[traces[i].class_index + 1] += is_live(&traces[i]);
    for (int32_t c = 0; c < plan->n_classes; c++)
        begin[c + 1] += begin[c];
    /* Each class is filled from its begin on; afterwards that is where the next one begins. */
    for (int64_t i = 0; i < n_traces; i++) {
        const pstm_device_trace *trace = &traces[i];
        if (!is_live(trace)) continue;
        device->traces[begin[trace->class_index]++] =
            (cpu_trace){.source_x_m = trace->source_x_m,
                        .source_y_m = trace->source_y_m,
                        .receiver_x_m = trace->receiver_x_m,
                        .receiver_y_m = trace->receiver_y_m,
                        .samples = trace->samples,
                        .start = (float)(trace->start_s / plan->sample_s),
                        .live_first = (float)trace->live_first,
                        .live_last = (float)trace->live_last,
                        .block_end = end_block(plan, trace),
                        .class_index = trace->class_index};
    }
    memmove(begin + 1, begin, (size_t)plan->n_classes * sizeof *begin);
    begin[0] = 0;
    return PSTM_OK;
}

/** The first block whose aperture, or an earlier one's, reaches a leg of this length, which one does;
 * neighbouring traces begin near each other. */
static int32_t first_block(const float *reach2, float longer_leg2_m2, int32_t near)
{
    while (near > 0 && pstm_aperture_passes(longer_leg2_m2, reach2[near - 1]))
        near--;
    while (!pstm_aperture_passes(longer_leg2_m2, reach2[near]))
        near++;
    return near;
}

/** Adds traces of one class to the sums of one location. */
static void add_class(const cpu_device *device, const pstm_cpu_scratch *scratch, int64_t i_location,
                      const cpu_trace *traces, int64_t n_traces)
{
    int64_t i_column = device->tile.one_column ? 0 : i_location;
    double x_m = device->tile.x_m[i_location];
    double y_m = device->tile.y_m[i_location];
    const float *reach2 = pstm_cpu_tables_reach2(&device->tables, i_column);
    float furthest2 = reach2[device->tables.n_blocks - 1];
    int64_t sum = i_location * device->plan.n_classes + traces->class_index;
    pstm_cpu_add *add = device->kernel->add[device->plan.weight];
    pstm_cpu_column column;
    pstm_cpu_tables_column(&device->tables, i_column, &column);
    column.image = device->image + sum * device->tables.n_padded;
    column.fold = device->fold + sum * device->tables.n_padded;
    column.block_fold = device->block_fold + sum * device->n_block_fold;

    pstm_cpu_ray rays[PSTM_CPU_GROUP];
    int32_t n_rays = 0, block = 0;
    for (int64_t i = 0; i < n_traces; i++) {
        const cpu_trace *trace = &traces[i];
        float source_leg2 = pstm_aperture_leg2(x_m, y_m, trace->source_x_m, trace->source_y_m);
        float receiver_leg2 = pstm_aperture_leg2(x_m, y_m, trace->receiver_x_m, trace->receiver_y_m);
        float longer_leg2 = source_leg2 > receiver_leg2 ? source_leg2 : receiver_leg2;
        if (!pstm_aperture_passes(longer_leg2, furthest2)) continue;
        block = first_block(reach2, longer_leg2, block);
        rays[n_rays++] = (pstm_cpu_ray){.source_leg2_m2 = source_leg2,
                                        .receiver_leg2_m2 = receiver_leg2,
                                        .start = trace->start,
                                        .live_first = trace->live_first,
                                        .live_last = trace->live_last,
                                        .samples = trace->samples,
                                        .block_begin = block,
                                        .block_end = trace->block_end};
        if (n_rays < PSTM_CPU_GROUP) continue;
        add(&column, rays, n_rays, scratch);
        n_rays = 0;
    }
    if (n_rays > 0) add(&column, rays, n_rays, scratch);
}

static int64_t minimum(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** Adds the batch to the locations [begin, end), piece by piece so that its samples stay near. */
static void add_to_locations(const cpu_device *device, const pstm_cpu_scratch *scratch, int64_t begin,
                             int64_t end)
{
    int64_t trace_bytes = pstm_trace_stride(device->plan.n_samples) * (int64_t)sizeof(float);
    int64_t n_sub = SUB_BATCH_BYTES > trace_bytes ? SUB_BATCH_BYTES / trace_bytes : 1;
    for (int32_t c = 0; c < device->plan.n_classes; c++) {
        int64_t class_end = device->class_begin[c + 1];
        for (int64_t i_trace = device->class_begin[c]; i_trace < class_end; i_trace += n_sub) {
            for (int64_t i = begin; i < end; i++)
                add_class(device, scratch, i, device->traces + i_trace, minimum(n_sub, class_end - i_trace));
        }
    }
}

/** Locations of a group: few enough that every thread gets several groups. */
static int32_t group_size(const cpu_device *device)
{
    int32_t share = device->tile.n_locations / (4 * device->plan.n_threads);
    return share < 1 ? 1 : share > MAX_GROUP ? MAX_GROUP : share;
}

static pstm_status cpu_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    cpu_device *device = self;
    PSTM_TRY(sort_batch(device, traces, n_traces));
    int32_t n_locations = device->tile.n_locations;
    int32_t n_group = group_size(device);
#pragma omp parallel num_threads(device->plan.n_threads)
    {
        pstm_cpu_scratch scratch = {.stride = device->tables.stride,
                                    .knots =
                                        device->knots + omp_get_thread_num() * knots_of_a_thread(device)};
#pragma omp for schedule(dynamic)
        for (int32_t group = 0; group < n_locations; group += n_group)
            add_to_locations(device, &scratch, group, minimum((int64_t)group + n_group, n_locations));
    }
    return PSTM_OK;
}

/** Writes one location and class. */
static void read_column(const cpu_device *device, int64_t i_sum, const pstm_cpu_column *column, float *image,
                        uint32_t *fold)
{
    const pstm_device_plan *plan = &device->plan;
    const float *image_sum = device->image + i_sum * device->tables.n_padded;
    const uint32_t *fold_sum = device->fold + i_sum * device->tables.n_padded;
    const uint32_t *block_fold = device->block_fold + i_sum * device->n_block_fold;
    for (int32_t k = 0; k < plan->n_times; k++) {
        float factor = plan->weight == PSTM_WEIGHT_NONE ? 1.0f : column->tau2[k] * column->slowness2[k];
        image[k] = image_sum[k] * factor;
        fold[k] = fold_sum[k] + block_fold[k / PSTM_BLOCK];
    }
}

static pstm_status cpu_read_tile(void *self, float *image, uint32_t *fold)
{
    cpu_device *device = self;
    const pstm_device_plan *plan = &device->plan;
    for (int64_t i = 0; i < (int64_t)device->tile.n_locations * plan->n_classes; i++) {
        pstm_cpu_column column;
        pstm_cpu_tables_column(&device->tables, device->tile.one_column ? 0 : i / plan->n_classes, &column);
        read_column(device, i, &column, image + i * plan->n_times, fold + i * plan->n_times);
    }
    return PSTM_OK;
}

const pstm_device_ops pstm_device_cpu = {
    .name = "cpu",
    .sum_bytes = sizeof(float) + sizeof(uint32_t),
    .probe = cpu_probe,
    .create = cpu_create,
    .begin_tile = cpu_begin_tile,
    .add_batch = cpu_add_batch,
    .read_tile = cpu_read_tile,
    .destroy = cpu_destroy,
};
