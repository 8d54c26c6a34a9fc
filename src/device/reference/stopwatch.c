/* The stopwatch device: the reference's sum, and the time of its operations (operations.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/memory.h"
#include "device/device.h"
#include "device/reference/reference_sum.h"

typedef struct stopwatch_device {
    pstm_reference_device reference; /* first: it is what the reference's functions see */
    double *scratch;                 /* [location][class][k] what the sums without some operations add to */
    uint32_t *scratch_fold;
    int64_t scratch_capacity, scratch_fold_capacity;
    pstm_reference_pair *passing; /* [location][trace] the samples that the aperture lets through */
    int64_t passing_capacity;
    double up_to_s[PSTM_OPERATIONS]; /* processor seconds of the sum up to each operation */
} stopwatch_device;

static pstm_status stopwatch_probe(pstm_device_info *info)
{
    *info = (pstm_device_info){.kernel = "double", .numerics = 1};
    snprintf(info->description, sizeof info->description,
             "the reference device that times its operations; several times slower");
    return PSTM_OK;
}

static void stopwatch_destroy(void **self)
{
    if (!*self) return;
    stopwatch_device *device = *self;
    pstm_reference_clear(&device->reference);
    PSTM_FREE(&device->scratch);
    PSTM_FREE(&device->scratch_fold);
    PSTM_FREE(&device->passing);
    pstm_free(self);
}

static int64_t stopwatch_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns)
{
    const stopwatch_device *device = NULL; /* for the sizes */
    const size_t sum_bytes = sizeof *device->scratch + sizeof *device->scratch_fold;
    return n_locations * plan->n_classes * plan->n_times * (int64_t)sum_bytes +
           pstm_reference_tile_bytes(plan, n_locations, n_columns);
}

static pstm_status stopwatch_create(const pstm_device_plan *plan, void **self)
{
    stopwatch_device *device;
    PSTM_TRY(pstm_reference_check(plan));
    PSTM_TRY(PSTM_NEW(&device, 1, "stopwatch device"));
    device->reference.plan = *plan;
    *self = device;
    return PSTM_OK;
}

static pstm_status stopwatch_begin_tile(void *self, const pstm_device_tile *tile)
{
    stopwatch_device *device = self;
    PSTM_TRY(pstm_reference_begin_tile(&device->reference, tile));
    PSTM_TRY(PSTM_RENEW(&device->scratch, &device->scratch_capacity, device->reference.n_sums,
                        "scratch image of a tile"));
    return PSTM_RENEW(&device->scratch_fold, &device->scratch_fold_capacity, device->reference.n_sums,
                      "scratch fold of a tile");
}

/* From the first to the last sample that passes the aperture: what the steps before its test go over. */
static pstm_reference_pair find_passing(const pstm_reference_device *device, int64_t i_location,
                                        const pstm_device_trace *trace)
{
    pstm_reference_pair pair = {i_location, trace, device->plan.k_begin, device->plan.k_end};
    const int64_t i_column = pstm_reference_column(device, i_location);
    const float *limit2_m2 = device->limit2_m2 + i_column * device->plan.n_times;
    float longer_leg2_m2 = pstm_reference_longer_leg2(device, &pair);
    while (pair.k_end > pair.k_begin && !pstm_aperture_passes(longer_leg2_m2, limit2_m2[pair.k_end - 1]))
        pair.k_end--;
    while (pair.k_begin < pair.k_end && !pstm_aperture_passes(longer_leg2_m2, limit2_m2[pair.k_begin]))
        pair.k_begin++;
    return pair;
}

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* All traces at one location, up to one operation; each is a loop of its own to the compiler. */
static void add_up_to(stopwatch_device *device, const pstm_reference_pair *passing, int64_t n_traces,
                      pstm_operation last)
{
    const pstm_reference_device *reference = &device->reference;
    bool is_whole = last == PSTM_OPERATION_WEIGHT;
    const pstm_reference_sums whole = {reference->image, reference->fold, reference->faded},
                              scratch = {device->scratch, device->scratch_fold, NULL},
                              *to = is_whole ? &whole : &scratch;
    for (int64_t i = 0; i < n_traces; i++) {
        pstm_reference_pair pair = passing[i];
        if (last >= PSTM_OPERATION_APERTURE) {
            pair.k_begin = reference->plan.k_begin;
            pair.k_end = reference->plan.k_end;
        }
        switch (last) {
#define ADD_UP_TO(name, text, meaning)                                                                       \
    case PSTM_OPERATION_##name:                                                                              \
        pstm_reference_add(reference, &pair, PSTM_OPERATION_##name, to);                                     \
        break;
            PSTM_OPERATION_LIST(ADD_UP_TO)
#undef ADD_UP_TO
        default:
            break;
        }
    }
}

static void add_at_location(stopwatch_device *device, int64_t i_location, const pstm_device_trace *traces,
                            int64_t n_traces, double *up_to_s)
{
    pstm_reference_pair *passing = device->passing + i_location * n_traces;
    for (int64_t i = 0; i < n_traces; i++)
        passing[i] = find_passing(&device->reference, i_location, &traces[i]);
    for (int o = 0; o < PSTM_OPERATIONS; o++) {
        double before_s = processor_s();
        add_up_to(device, passing, n_traces, (pstm_operation)o);
        up_to_s[o] += processor_s() - before_s;
    }
}

static pstm_status stopwatch_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    stopwatch_device *device = self;
    int32_t n_locations = device->reference.tile.n_locations;
    PSTM_TRY(PSTM_GROW(&device->passing, &device->passing_capacity, n_locations * n_traces,
                       "samples inside the aperture"));
#pragma omp parallel num_threads(device->reference.plan.n_threads)
    {
        double up_to_s[PSTM_OPERATIONS] = {0};
#pragma omp for schedule(dynamic)
        for (int32_t i = 0; i < n_locations; i++)
            add_at_location(device, i, traces, n_traces, up_to_s);
#pragma omp critical
        for (int o = 0; o < PSTM_OPERATIONS; o++)
            device->up_to_s[o] += up_to_s[o];
    }
    return PSTM_OK;
}

static void stopwatch_operations(const void *self, double *seconds)
{
    const stopwatch_device *device = self;
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        seconds[o] += device->up_to_s[o] - (o > 0 ? device->up_to_s[o - 1] : 0);
}

const pstm_device_ops pstm_device_stopwatch = {
    .name = "stopwatch",
    .probe = stopwatch_probe,
    .tile_bytes = stopwatch_tile_bytes,
    .create = stopwatch_create,
    .begin_tile = stopwatch_begin_tile,
    .add_batch = stopwatch_add_batch,
    .read_tile = pstm_reference_read_tile,
    .operations = stopwatch_operations,
    .destroy = stopwatch_destroy,
};
