/* The paranoid device: the CPU kernels behind a memory of their own, as a GPU has one. Tiles and batches are
 * copied in, sums are copied out, and whatever has not been copied, or no longer counts, is NaN. A host that
 * changes a buffer and does not send it again, or a device that keeps a pointer past its call, shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/memory.h"
#include "device/device.h"

enum { STALE = 0xff }; /* every byte 0xff is NaN as float and double, and a fold nobody has */

typedef struct paranoid_device {
    pstm_device_plan plan;
    void *cpu;
    int64_t stride; /**< floats from one trace to the next, with its antialias copies */
    int64_t n_sums; /**< of the tile */
    double *x_m, *y_m;
    pstm_columns columns;
    pstm_device_trace *traces;
    float *samples;
    pstm_sums sums;
    int64_t sums_capacity[PSTM_ACCUMULATORS];
    pstm_device_times times;
    int64_t x_capacity, y_capacity, traces_capacity, samples_capacity;
    int64_t columns_capacity[PSTM_N_FIELDS];
} paranoid_device;

static pstm_status paranoid_probe(pstm_device_info *info)
{
    PSTM_TRY(pstm_device_cpu.probe(info));
    snprintf(info->description, sizeof info->description, "CPU with separate memory, for finding bugs");
    return PSTM_OK;
}

/* PSTM_PARANOID_UNITS=N plays a node with N GPUs, for tests of several in one process. */
static int32_t paranoid_units(pstm_device_info *infos, int32_t most)
{
    const char *text = getenv("PSTM_PARANOID_UNITS");
    int32_t n = text != NULL ? atoi(text) : 1;
    n = n < 1 ? 1 : n > most ? most : n;
    for (int32_t i = 0; i < n; i++) {
        if (paranoid_probe(&infos[i]) != PSTM_OK) return i;
        if (text != NULL) snprintf(infos[i].uuid, sizeof infos[i].uuid, "PARANOID-%d", i);
    }
    return n;
}

static void paranoid_destroy(void **self)
{
    if (!*self) return;
    paranoid_device *device = *self;
    pstm_device_cpu.destroy(&device->cpu);
    PSTM_FREE(&device->x_m);
    PSTM_FREE(&device->y_m);
    pstm_columns_clear(&device->columns);
    PSTM_FREE(&device->traces);
    PSTM_FREE(&device->samples);
    pstm_sums_clear(&device->sums);
    pstm_free(self);
}

static pstm_status paranoid_create(const pstm_device_plan *plan, void **self)
{
    paranoid_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "paranoid device"));
    device->plan = *plan;
    device->stride = plan->n_levels * pstm_trace_stride(plan->n_samples);
    pstm_status status = pstm_device_cpu.create(plan, &device->cpu);
    if (status != PSTM_OK) {
        void *unfinished = device;
        paranoid_destroy(&unfinished);
        return status;
    }
    *self = device;
    return PSTM_OK;
}

static int64_t paranoid_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns)
{
    const paranoid_device *device = NULL; /* for the sizes */
    const int64_t location_bytes = (int64_t)(sizeof *device->x_m + sizeof *device->y_m);
    const int64_t sums_bytes = pstm_sums_bytes(pstm_device_accumulators(plan));
    return n_locations * (location_bytes + (int64_t)plan->n_classes * plan->n_times * sums_bytes) +
           n_columns * pstm_columns_bytes(pstm_device_fields(plan), plan->n_times) +
           pstm_device_cpu.tile_bytes(plan, n_locations, n_columns);
}

/** Makes room for n elements and makes all of the room stale. */
static pstm_status make_stale(void **array, int64_t *capacity, int64_t n, size_t element_bytes)
{
    PSTM_TRY(pstm_renew(array, capacity, n, element_bytes, "memory of the paranoid device"));
    if (*capacity > 0) memset(*array, STALE, (size_t)*capacity * element_bytes);
    return PSTM_OK;
}
#define MAKE_STALE(array, capacity, n) make_stale((void **)(array), (capacity), (n), sizeof **(array))

/** Copies a tile's columns into the device's own memory. */
static pstm_status copy_columns(paranoid_device *device, const pstm_device_tile *tile)
{
    const pstm_columns *from = &tile->columns;
    const int64_t n = pstm_columns_count(from, tile->n_locations) * from->n_times;
    const pstm_fields wanted = pstm_device_fields(&device->plan);
    device->columns.n_times = from->n_times;
    device->columns.one_column = from->one_column;
    for (int f = 0; f < PSTM_N_FIELDS; f++) {
        float **to = &device->columns.fields[f];
        if (from->fields[f] == NULL || (wanted & pstm_field_bit((pstm_field)f)) == 0) continue;
        PSTM_TRY(MAKE_STALE(to, &device->columns_capacity[f], n));
        memcpy(*to, from->fields[f], (size_t)n * sizeof **to);
    }
    return PSTM_OK;
}

static pstm_status paranoid_begin_tile(void *self, const pstm_device_tile *tile)
{
    paranoid_device *device = self;
    if (pstm_fault_counts(PSTM_FAULT_MEMORY))
        return pstm_fail(PSTM_SYSTEM, "device paranoid: out of device memory (PSTM_FAULT)");
    int64_t n = tile->n_locations;
    PSTM_TRY(MAKE_STALE(&device->x_m, &device->x_capacity, n));
    PSTM_TRY(MAKE_STALE(&device->y_m, &device->y_capacity, n));
    memcpy(device->x_m, tile->x_m, (size_t)n * sizeof *tile->x_m);
    memcpy(device->y_m, tile->y_m, (size_t)n * sizeof *tile->y_m);
    PSTM_TRY(copy_columns(device, tile));
    device->n_sums = n * device->plan.n_classes * device->plan.n_times;
    return pstm_device_cpu.begin_tile(device->cpu, &(pstm_device_tile){.n_locations = tile->n_locations,
                                                                       .x_m = device->x_m,
                                                                       .y_m = device->y_m,
                                                                       .lattice = tile->lattice,
                                                                       .columns = device->columns});
}

/** Copies a batch into the device's own memory. */
static pstm_status copy_batch(paranoid_device *device, const pstm_device_trace *traces, int64_t n_traces)
{
    PSTM_TRY(MAKE_STALE(&device->traces, &device->traces_capacity, n_traces));
    PSTM_TRY(MAKE_STALE(&device->samples, &device->samples_capacity, n_traces * device->stride));
    for (int64_t i = 0; i < n_traces; i++) {
        float *stored = device->samples + i * device->stride;
        int64_t copy = pstm_trace_stride(device->plan.n_samples);
        size_t n_floats = (size_t)device->plan.n_samples + 2 * PSTM_TRACE_PAD;
        for (int32_t level = 0; level < device->plan.n_levels; level++)
            memcpy(stored + level * copy, traces[i].samples - PSTM_TRACE_PAD + level * copy,
                   n_floats * sizeof *stored);
        device->traces[i] = traces[i];
        device->traces[i].samples = stored + PSTM_TRACE_PAD;
    }
    return PSTM_OK;
}

/** Adds the seconds since *since_s to a step, and starts anew. */
static void count_step(paranoid_device *device, pstm_device_step step, double *since_s)
{
    const double now_s = pstm_now_s(), took_s = now_s - *since_s;
    device->times.step_s[step] += took_s;
    if (step == PSTM_DEVICE_STEP_MIGRATE) device->times.busy_s += took_s;
    *since_s = now_s;
}

static pstm_status paranoid_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    paranoid_device *device = self;
    double since_s = pstm_now_s();
    if (pstm_fault_counts(PSTM_FAULT_LAUNCH))
        return pstm_fail(PSTM_SYSTEM, "device paranoid: the launch of a kernel failed (PSTM_FAULT)");
    PSTM_TRY(copy_batch(device, traces, n_traces));
    count_step(device, PSTM_DEVICE_STEP_COPY_IN, &since_s);
    PSTM_TRY(pstm_device_cpu.add_batch(device->cpu, device->traces, n_traces));
    count_step(device, PSTM_DEVICE_STEP_MIGRATE, &since_s);
    PSTM_TRY(MAKE_STALE(&device->traces, &device->traces_capacity, n_traces));
    return MAKE_STALE(&device->samples, &device->samples_capacity, n_traces * device->stride);
}

static pstm_status paranoid_read_tile(void *self, const pstm_sums *sums)
{
    paranoid_device *device = self;
    double since_s = pstm_now_s();
    const pstm_accumulators which = pstm_device_accumulators(&device->plan);
#define STALE_SUMS(A, NAME, member, type, help)                                                              \
    if (which & PSTM_ACCUMULATOR_BIT(NAME))                                                                  \
        PSTM_TRY(MAKE_STALE(&device->sums.member, &device->sums_capacity[PSTM_ACCUMULATOR_##NAME],           \
                            device->n_sums));
    PSTM_ACCUMULATOR_LIST(STALE_SUMS, )
#undef STALE_SUMS
    PSTM_TRY(pstm_device_cpu.read_tile(device->cpu, &device->sums));
    pstm_sums_copy(sums, &device->sums, device->n_sums);
    count_step(device, PSTM_DEVICE_STEP_READ_BACK, &since_s);
    return PSTM_OK;
}

static void paranoid_times(const void *self, pstm_device_times *times)
{
    const paranoid_device *device = self;
    pstm_device_times_add(times, &device->times);
}

const pstm_device_ops pstm_device_paranoid = {
    .name = "paranoid",
    .group_side = 64,
    .probe = paranoid_probe,
    .units = paranoid_units,
    .tile_bytes = paranoid_tile_bytes,
    .create = paranoid_create,
    .begin_tile = paranoid_begin_tile,
    .add_batch = paranoid_add_batch,
    .read_tile = paranoid_read_tile,
    .times = paranoid_times,
    .destroy = paranoid_destroy,
};
