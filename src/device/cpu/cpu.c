/* The CPU device: single precision, threads over locations, vectors over the samples of a block. */
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "device/cpu/tables.h"
#include "device/device.h"
#include "sum/aperture.h"
#include "sum/real_double.h"

enum {
    SUB_BATCH_BYTES = 2 << 20, /**< of samples, one copy of each trace, that a few locations take one after
                                    the other; so large that few of a kernel's groups are not full */
    MAX_GROUP = 4,             /**< locations that a thread takes at a time */
    LEAST_TURNS = 4, /**< at most one in so many of those that are left of a share, but one at least */
};

/** A thread's part of the locations, in cache lines of its own. */
typedef struct share {
    _Alignas(64) _Atomic int32_t next; /**< location that nobody has taken in this batch */
} share;

typedef struct cpu_device {
    pstm_device_plan plan;
    const pstm_cpu_kernel *kernel;
    pstm_cpu_tables tables;
    pstm_device_tile tile;
    float *image;           /**< [location][class][k]; see pstm_cpu_column */
    uint32_t *fold;         /**< the same */
    float *faded;           /**< the same; NULL: not wanted */
    uint32_t *block_fold;   /**< [location][class][block_stride()] */
    pstm_cpu_traces traces; /**< of the batch, by class, in order within each */
    int64_t *class_begin;   /**< [n_classes + 1] first trace of a class */
    share *shares;          /**< [n_threads] */
    int64_t image_capacity, fold_capacity, faded_capacity, block_fold_capacity, traces_capacity;
} cpu_device;

static pstm_status cpu_probe(pstm_device_info *info)
{
    const pstm_cpu_kernel *kernel;
    PSTM_TRY(pstm_cpu_kernel_pick(&kernel));
    *info = (pstm_device_info){.numerics = 5};
    snprintf(info->kernel, sizeof info->kernel, "%s", kernel->name);
    snprintf(info->description, sizeof info->description, "CPU in single precision, %s kernel", kernel->name);
    return PSTM_OK;
}

/** Entries of block_fold of a location and class: whole cache lines, since threads that count in the same one
 * would wait for each other. */
static int64_t block_stride(const pstm_device_plan *plan)
{
    const int64_t n_blocks = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK;
    return (n_blocks + 15) / 16 * 16;
}

/** Whether the sums of tapers are wanted. */
static bool fades(const pstm_device_plan *plan)
{
    return pstm_device_accumulators(plan) & PSTM_ACCUMULATOR_BIT(FADED);
}

static int64_t cpu_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns)
{
    const cpu_device *device = NULL; /* for the sizes */
    const int64_t n_samples = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK * PSTM_BLOCK;
    const size_t faded_bytes = fades(plan) ? sizeof *device->faded : 0;
    const int64_t sum_bytes =
        n_samples * (int64_t)(sizeof *device->image + sizeof *device->fold + faded_bytes) +
        block_stride(plan) * (int64_t)sizeof *device->block_fold;
    return n_locations * plan->n_classes * sum_bytes + pstm_cpu_tables_bytes(plan, n_columns);
}

static void clear_traces(cpu_device *device)
{
    pstm_cpu_traces *traces = &device->traces;
    PSTM_FREE(&traces->source_x_m);
    PSTM_FREE(&traces->source_y_m);
    PSTM_FREE(&traces->receiver_x_m);
    PSTM_FREE(&traces->receiver_y_m);
    PSTM_FREE(&traces->traces);
    device->traces_capacity = 0;
}

/** Room for n traces. Behind the last a kernel reads, but does not use, what is there. */
static pstm_status make_room(cpu_device *device, int64_t n)
{
    if (n <= device->traces_capacity) return PSTM_OK;
    clear_traces(device);
    pstm_cpu_traces *traces = &device->traces;
    int64_t room = n + n / 2 + PSTM_CPU_PAD;
    PSTM_TRY(PSTM_NEW(&traces->source_x_m, room, "traces of a batch"));
    PSTM_TRY(PSTM_NEW(&traces->source_y_m, room, "traces of a batch"));
    PSTM_TRY(PSTM_NEW(&traces->receiver_x_m, room, "traces of a batch"));
    PSTM_TRY(PSTM_NEW(&traces->receiver_y_m, room, "traces of a batch"));
    PSTM_TRY(PSTM_NEW(&traces->traces, room, "traces of a batch"));
    device->traces_capacity = room - PSTM_CPU_PAD;
    return PSTM_OK;
}

static void cpu_destroy(void **self)
{
    if (!*self) return;
    cpu_device *device = *self;
    pstm_cpu_tables_clear(&device->tables);
    PSTM_FREE(&device->image);
    PSTM_FREE(&device->fold);
    PSTM_FREE(&device->faded);
    PSTM_FREE(&device->block_fold);
    clear_traces(device);
    PSTM_FREE(&device->class_begin);
    PSTM_FREE(&device->shares);
    pstm_free(self);
}

static pstm_status allocate(cpu_device *device)
{
    const pstm_device_plan *plan = &device->plan;
    PSTM_TRY(pstm_cpu_tables_start(plan, &device->tables));
    PSTM_TRY(PSTM_NEW(&device->shares, plan->n_threads, "threads of a CPU device"));
    return PSTM_NEW(&device->class_begin, (int64_t)plan->n_classes + 1, "classes of a CPU device");
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
    int64_t n_block_folds = n_columns * block_stride(&device->plan);
    PSTM_TRY(PSTM_RENEW(&device->image, &device->image_capacity, n_sums, "image of a tile"));
    PSTM_TRY(PSTM_RENEW(&device->fold, &device->fold_capacity, n_sums, "fold of a tile"));
    if (fades(&device->plan))
        PSTM_TRY(PSTM_RENEW(&device->faded, &device->faded_capacity, n_sums, "taper sums of a tile"));
    PSTM_TRY(PSTM_RENEW(&device->block_fold, &device->block_fold_capacity, n_block_folds, "fold of a tile"));
    PSTM_TRY(pstm_cpu_tables_fill(&device->tables, tile));
    device->tile = *tile;
    const size_t n_each = (size_t)(device->plan.n_classes * device->tables.n_padded);
#pragma omp parallel for schedule(static) num_threads(device->plan.n_threads)
    for (int32_t i = 0; i < tile->n_locations; i++) {
        memset(device->image + (size_t)i * n_each, 0, n_each * sizeof *device->image);
        memset(device->fold + (size_t)i * n_each, 0, n_each * sizeof *device->fold);
        if (device->faded != NULL)
            memset(device->faded + (size_t)i * n_each, 0, n_each * sizeof *device->faded);
    }
    memset(device->block_fold, 0, (size_t)n_block_folds * sizeof *device->block_fold);
    return PSTM_OK;
}

/**
 * The end of the blocks that a trace can reach, by the law. One sample is given away, far more than rounding,
 * so that only the kernel's own comparison decides.
 */
static int32_t end_block(const pstm_device_plan *plan, const pstm_device_trace *trace)
{
    double live_end_s = trace->start_s + (trace->live_last + 1) * plan->sample_s;
    double latest_s = pstm_law_latest_t0_s(plan->law, live_end_s);
    double k_last = floor((latest_s - plan->time_first_s) / plan->time_step_s);
    k_last = fmin(fmax(k_last, -1), plan->k_end - 1);
    return ((int32_t)k_last + PSTM_BLOCK) / PSTM_BLOCK;
}

static bool is_live(const pstm_device_trace *trace)
{
    return trace->live_first <= trace->live_last;
}

static void put_trace(cpu_device *device, int64_t i, const pstm_device_trace *trace)
{
    pstm_cpu_traces *traces = &device->traces;
    traces->source_x_m[i] = trace->source_x_m;
    traces->source_y_m[i] = trace->source_y_m;
    traces->receiver_x_m[i] = trace->receiver_x_m;
    traces->receiver_y_m[i] = trace->receiver_y_m;
    traces->traces[i] = (pstm_cpu_trace){.samples = trace->samples,
                                         .start = (float)(trace->start_s / device->plan.sample_s),
                                         .live_first = (float)trace->live_first,
                                         .live_last = (float)trace->live_last,
                                         .last_window = trace->live_last,
                                         .block_end = end_block(&device->plan, trace),
                                         .factor = (float)trace->factor};
}

/** Sorts the live traces by class; within a class they stay in order. */
static pstm_status sort_batch(cpu_device *device, const pstm_device_trace *traces, int64_t n_traces)
{
    const pstm_device_plan *plan = &device->plan;
    int64_t *begin = device->class_begin;
    PSTM_TRY(make_room(device, n_traces));
    memset(begin, 0, ((size_t)plan->n_classes + 1) * sizeof *begin);
    for (int64_t i = 0; i < n_traces; i++)
        begin[traces[i].class_index + 1] += is_live(&traces[i]);
    for (int32_t c = 0; c < plan->n_classes; c++)
        begin[c + 1] += begin[c];
    /* Each class is filled from its begin on; afterwards that is where the next one begins. */
    for (int64_t i = 0; i < n_traces; i++) {
        if (is_live(&traces[i])) put_trace(device, begin[traces[i].class_index]++, &traces[i]);
    }
    memmove(begin + 1, begin, (size_t)plan->n_classes * sizeof *begin);
    begin[0] = 0;
    return PSTM_OK;
}

/** The sums of a class at a location, as a kernel sees them. */
static pstm_cpu_column column_of(const cpu_device *device, int64_t i_location, int32_t class_index)
{
    int64_t sum = i_location * device->plan.n_classes + class_index;
    pstm_cpu_column column;
    pstm_cpu_tables_column(&device->tables, pstm_columns_index(&device->tile.columns, i_location), &column);
    column.x_m = device->tile.x_m[i_location];
    column.y_m = device->tile.y_m[i_location];
    column.image = device->image + sum * device->tables.n_padded;
    column.fold = (int32_t *)device->fold + sum * device->tables.n_padded;
    if (device->faded != NULL) column.faded = device->faded + sum * device->tables.n_padded;
    column.block_fold = device->block_fold + sum * block_stride(&device->plan);
    return column;
}

static int64_t minimum(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** Adds the batch to the locations [begin, end), part by part so that its samples stay near. */
static void add_to_locations(const cpu_device *device, int64_t begin, int64_t end)
{
    const pstm_device_plan *plan = &device->plan;
    pstm_cpu_add *add = device->kernel->add[plan->law][plan->weight][plan->n_levels > 1];
    int64_t trace_bytes = pstm_trace_stride(plan->n_samples) * (int64_t)sizeof(float);
    int64_t n_sub = SUB_BATCH_BYTES > trace_bytes ? SUB_BATCH_BYTES / trace_bytes : 1;
    for (int32_t c = 0; c < plan->n_classes; c++) {
        int64_t class_end = device->class_begin[c + 1];
        for (int64_t i_trace = device->class_begin[c]; i_trace < class_end; i_trace += n_sub) {
            for (int64_t i = begin; i < end; i++) {
                pstm_cpu_column column = column_of(device, i, c);
                add(&column, &device->traces, i_trace, minimum(i_trace + n_sub, class_end));
            }
        }
    }
}

/** The first location of a thread's share, [0, n_threads]. */
static int32_t share_begin(const cpu_device *device, int32_t thread)
{
    return (int32_t)((int64_t)device->tile.n_locations * thread / device->plan.n_threads);
}

/** Takes the next locations of a share: fewer of them the fewer are left, so that no thread waits long for
 * another at the end of a batch. False when none is left. */
static bool take_locations(cpu_device *device, int32_t thread, int32_t *begin, int32_t *end)
{
    _Atomic int32_t *next = &device->shares[thread].next;
    const int32_t share_end = share_begin(device, thread + 1);
    int32_t first = atomic_load(next), n;
    do {
        if (first >= share_end) return false;
        n = (int32_t)minimum(MAX_GROUP, (share_end - first) / LEAST_TURNS);
        if (n < 1) n = 1;
    } while (!atomic_compare_exchange_weak(next, &first, first + n));
    *begin = first;
    *end = first + n;
    return true;
}

/** Each thread takes its own share of the locations first, the same in each batch, so that their sums
 * need not go from core to core; then what others have left of theirs. */
static pstm_status cpu_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    cpu_device *device = self;
    const int32_t n_threads = device->plan.n_threads;
    PSTM_TRY(sort_batch(device, traces, n_traces));
    for (int32_t t = 0; t < n_threads; t++)
        atomic_store(&device->shares[t].next, share_begin(device, t));
#pragma omp parallel num_threads(n_threads)
    for (int32_t i = 0; i < n_threads; i++) {
        int32_t begin, end;
        while (take_locations(device, (omp_get_thread_num() + i) % n_threads, &begin, &end))
            add_to_locations(device, begin, end);
    }
    return PSTM_OK;
}

/** Writes one location and class. */
static void read_column(const cpu_device *device, int64_t i_sum, pstm_sums to)
{
    const pstm_device_plan *plan = &device->plan;
    const pstm_cpu_column column =
        column_of(device, i_sum / plan->n_classes, (int32_t)(i_sum % plan->n_classes));
    for (int32_t k = 0; k < plan->n_times; k++) {
        /* Of a block that the time window cuts, all samples have been summed. */
        bool wanted = k >= plan->k_begin && k < plan->k_end;
        const float tau2 = column.ray[PSTM_RAY_TAU2][k], slowness2 = column.ray[PSTM_RAY_SLOWNESS2][k];
        float factor = 1;
        if (tau2 > 0)
            factor = pstm_weight_sample_f((int)plan->weight, tau2, slowness2, (float)plan->sample_s);
        to.sum[k] = wanted ? column.image[k] * factor : 0;
        to.fold[k] = wanted ? column.fold[k] + column.block_fold[k / PSTM_BLOCK] : 0;
        if (to.faded != NULL) to.faded[k] = wanted && column.faded != NULL ? column.faded[k] : 0;
    }
}

static pstm_status cpu_read_tile(void *self, const pstm_sums *sums)
{
    cpu_device *device = self;
    const pstm_device_plan *plan = &device->plan;
    int64_t n_sums = (int64_t)device->tile.n_locations * plan->n_classes;
#pragma omp parallel for schedule(static) num_threads(plan->n_threads)
    for (int64_t i = 0; i < n_sums; i++)
        read_column(device, i, pstm_sums_from(sums, i * plan->n_times));
    return PSTM_OK;
}

const pstm_device_ops pstm_device_cpu = {
    .name = "cpu",
    .probe = cpu_probe,
    .tile_bytes = cpu_tile_bytes,
    .create = cpu_create,
    .begin_tile = cpu_begin_tile,
    .add_batch = cpu_add_batch,
    .read_tile = cpu_read_tile,
    .destroy = cpu_destroy,
};
