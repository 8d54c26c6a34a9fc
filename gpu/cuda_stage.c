#include "gpu/cuda_stage.h"

#include <nvtx3/nvToolsExt.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/memory.h"
#include "gpu/cuda_lists.h"
#include "gpu/cuda_pieces.h"

enum {
    MOST_TRACES = 8192,         /* of a slot: a launch of a few milliseconds */
    MOST_SLOT_BYTES = 16 << 20, /* of pinned memory, which takes long to get */
    FREE_SHARE = 8,             /* a slot takes at most 1/8 of the free device memory */
    CACHE_SHARE = 2,            /* the traces that stay, half of it */
    TRACES_WORTH_THREADS = 16,  /* fewer are copied by one thread */
};

static size_t copy_floats(const pstm_cuda_stage *stage)
{
    return (size_t)stage->plan.n_samples + 1;
}

static size_t row_floats(const pstm_cuda_stage *stage)
{
    return (size_t)stage->plan.n_levels * copy_floats(stage);
}

static size_t row_lines(const pstm_device_plan *plan)
{
    return (size_t)plan->n_levels * (size_t)pstm_cuda_line_stride(plan->n_samples);
}

static void free_slot(pstm_cuda_slot *slot)
{
    cudaFreeHost(slot->samples);
    cudaFreeHost(slot->lists);
    cudaFree(slot->device_samples);
    cudaFree(slot->device_lists);
    PSTM_FREE(&slot->arrived);
    PSTM_FREE(&slot->classes);
    PSTM_FREE(&slot->new_rows);
    slot->samples = slot->device_samples = NULL;
    slot->lists = slot->device_lists = NULL;
}

static cudaError_t allocate_pinned_and_device(void **pinned, void **device, size_t bytes)
{
    cudaError_t error = cudaMallocHost(pinned, bytes);
    return error != cudaSuccess ? error : cudaMalloc(device, bytes);
}

static cudaError_t allocate_slot(const pstm_cuda_stage *stage, pstm_cuda_slot *slot)
{
    size_t sample_bytes = (size_t)stage->new_capacity * row_floats(stage) * sizeof(float);
    cudaError_t error =
        allocate_pinned_and_device((void **)&slot->samples, (void **)&slot->device_samples, sample_bytes);
    if (error == cudaSuccess)
        error = allocate_pinned_and_device((void **)&slot->lists, (void **)&slot->device_lists,
                                           pstm_cuda_list_bytes(stage->capacity));
    return error;
}

static void halve(pstm_cuda_stage *stage)
{
    stage->capacity /= 2;
    stage->new_capacity = (stage->new_capacity + 1) / 2;
}

/** Allocates both slots, smaller ones when memory is short. */
static pstm_status allocate_slots(pstm_cuda_stage *stage)
{
    cudaError_t error = cudaSuccess;
    for (;; halve(stage)) {
        for (int i = 0; i < PSTM_CUDA_SLOTS && error == cudaSuccess; i++)
            error = allocate_slot(stage, &stage->slots[i]);
        if (error == cudaSuccess) break;
        for (int i = 0; i < PSTM_CUDA_SLOTS; i++)
            free_slot(&stage->slots[i]);
        if (error != cudaErrorMemoryAllocation || stage->capacity / 2 < PSTM_CUDA_LEAST_TRACES)
            return pstm_while(pstm_cuda_fail(stage->gpu, error, "cudaMalloc"),
                              "while taking room for %d traces of %d samples", stage->capacity,
                              stage->plan.n_samples);
        error = cudaSuccess;
        (void)cudaGetLastError();
    }
    for (int i = 0; i < PSTM_CUDA_SLOTS; i++) {
        PSTM_TRY(PSTM_NEW(&stage->slots[i].arrived, stage->capacity, "traces for a GPU"));
        PSTM_TRY(PSTM_NEW(&stage->slots[i].classes, stage->capacity, "traces for a GPU"));
        PSTM_TRY(PSTM_NEW(&stage->slots[i].new_rows, stage->new_capacity, "traces for a GPU"));
    }
    return PSTM_OK;
}

/** Bytes of traces that may stay: the environment's word, for tests, else a share of what is free. */
static size_t cache_budget(size_t n_free)
{
    const char *forced = getenv("PSTM_CUDA_CACHE_MIB");
    return forced ? (size_t)strtoul(forced, NULL, 10) << 20 : n_free / CACHE_SHARE;
}

static int32_t within(size_t n, size_t least, size_t most)
{
    return (int32_t)(n < least ? least : n > most ? most : n);
}

/** The traces of a slot and of the cache that the free memory suggests. */
static pstm_status choose_capacity(pstm_cuda_stage *stage)
{
    size_t n_free, n_all;
    PSTM_CUDA_TRY(stage->gpu, cudaMemGetInfo(&n_free, &n_all));
    n_free /= stage->plan.n_sharing > 1 ? (size_t)stage->plan.n_sharing : 1;
    size_t line_bytes = row_lines(&stage->plan) * sizeof(float2),
           new_bytes = row_floats(stage) * sizeof(float);
    size_t most_new = n_free / FREE_SHARE / new_bytes, most_pinned = MOST_SLOT_BYTES / new_bytes;
    stage->capacity = within(n_free / FREE_SHARE / (line_bytes + pstm_cuda_list_bytes(1)),
                             PSTM_CUDA_LEAST_TRACES, MOST_TRACES);
    stage->new_capacity = within(most_new < most_pinned ? most_new : most_pinned, 1, (size_t)stage->capacity);
    return pstm_cuda_cache_open(stage->gpu, line_bytes, cache_budget(n_free), &stage->cache);
}

pstm_status pstm_cuda_stage_open(const pstm_cuda_gpu *gpu, const pstm_device_plan *plan,
                                 pstm_cuda_stage *stage)
{
    *stage = (pstm_cuda_stage){.gpu = gpu, .plan = *plan};
    stage->most_per_s =
        gpu->n_multiprocessors * gpu->clock_hz *
        pstm_cuda_most_per_clock(plan->weight, plan->n_levels > 1, pstm_cuda_groups_apply(plan));
    PSTM_CUDA_TRY(gpu, cudaStreamCreateWithFlags(&stage->copying, cudaStreamNonBlocking));
    PSTM_CUDA_TRY(gpu, cudaStreamCreateWithFlags(&stage->computing, cudaStreamNonBlocking));
    PSTM_CUDA_TRY(gpu, cudaStreamCreateWithFlags(&stage->beside, cudaStreamNonBlocking));
    PSTM_CUDA_TRY(gpu, cudaEventCreateWithFlags(&stage->forked, cudaEventDisableTiming));
    PSTM_CUDA_TRY(gpu, cudaEventCreateWithFlags(&stage->joined, cudaEventDisableTiming));
    PSTM_CUDA_TRY(gpu, cudaEventCreate(&stage->anchor));
    for (int i = 0; i < PSTM_CUDA_SLOTS; i++) {
        pstm_cuda_slot *slot = &stage->slots[i];
        cudaEvent_t *events[] = {&slot->copying, &slot->copied, &slot->preparing, &slot->begun, &slot->done};
        for (size_t e = 0; e < sizeof events / sizeof *events; e++)
            PSTM_CUDA_TRY(gpu, cudaEventCreate(events[e]));
    }
    PSTM_TRY(PSTM_NEW(&stage->class_places, (int64_t)plan->n_classes + 1, "classes for a GPU"));
    PSTM_TRY(choose_capacity(stage));
    return allocate_slots(stage);
}

void pstm_cuda_stage_close(pstm_cuda_stage *stage)
{
    if (stage->copying) cudaStreamSynchronize(stage->copying);
    if (stage->computing) cudaStreamSynchronize(stage->computing);
    for (int i = 0; i < PSTM_CUDA_SLOTS; i++) {
        pstm_cuda_slot *slot = &stage->slots[i];
        free_slot(slot);
        cudaEvent_t events[] = {slot->copying, slot->copied, slot->preparing, slot->begun, slot->done};
        for (size_t e = 0; e < sizeof events / sizeof *events; e++)
            if (events[e]) cudaEventDestroy(events[e]);
    }
    if (stage->anchor) cudaEventDestroy(stage->anchor);
    if (stage->forked) cudaEventDestroy(stage->forked);
    if (stage->joined) cudaEventDestroy(stage->joined);
    if (stage->beside) cudaStreamDestroy(stage->beside);
    if (stage->copying) cudaStreamDestroy(stage->copying);
    if (stage->computing) cudaStreamDestroy(stage->computing);
    PSTM_FREE(&stage->class_places);
    pstm_cuda_cache_close(&stage->cache);
    *stage = (pstm_cuda_stage){0};
}

pstm_status pstm_cuda_stage_anchor(pstm_cuda_stage *stage)
{
    PSTM_CUDA_TRY(stage->gpu, cudaEventRecord(stage->anchor, stage->computing));
    PSTM_CUDA_TRY(stage->gpu, cudaEventSynchronize(stage->anchor));
    stage->anchor_s = pstm_now_s();
    return PSTM_OK;
}

pstm_status pstm_cuda_stage_time(pstm_cuda_stage *stage, pstm_device_step step, cudaEvent_t begin,
                                 cudaEvent_t end)
{
    float elapsed_ms;
    PSTM_CUDA_TRY(stage->gpu, cudaEventElapsedTime(&elapsed_ms, begin, end));
    stage->times.step_s[step] += elapsed_ms / 1e3;
    return PSTM_OK;
}

/** Adds what the events of a finished launch tell. */
static pstm_status measure(pstm_cuda_stage *stage, const pstm_cuda_slot *slot)
{
    float begun_ms, took_ms;
    PSTM_TRY(pstm_cuda_stage_time(stage, PSTM_DEVICE_STEP_COPY_IN, slot->copying, slot->copied));
    PSTM_TRY(pstm_cuda_stage_time(stage, PSTM_DEVICE_STEP_PREPARE, slot->preparing, slot->begun));
    PSTM_CUDA_TRY(stage->gpu, cudaEventElapsedTime(&begun_ms, stage->anchor, slot->begun));
    PSTM_CUDA_TRY(stage->gpu, cudaEventElapsedTime(&took_ms, slot->begun, slot->done));
    double begun_s = stage->anchor_s + begun_ms / 1e3;
    double busy_s = pstm_cuda_gpu_busy(stage->gpu, begun_s, begun_s + took_ms / 1e3);
    stage->times.step_s[PSTM_DEVICE_STEP_MIGRATE] += took_ms / 1e3;
    stage->times.busy_s += busy_s;
    stage->times.limit += busy_s * stage->most_per_s;
    return PSTM_OK;
}

/** Waits until the kernel is done with a slot. */
static pstm_status wait_for(pstm_cuda_stage *stage, pstm_cuda_slot *slot)
{
    if (!slot->in_flight) return PSTM_OK;
    nvtxRangePushA("wait for a launch");
    cudaError_t error = cudaEventSynchronize(slot->done);
    nvtxRangePop();
    if (error != cudaSuccess) return pstm_cuda_fail(stage->gpu, error, "cudaEventSynchronize");
    slot->in_flight = false;
    return measure(stage, slot);
}

pstm_status pstm_cuda_stage_drain(pstm_cuda_stage *stage)
{
    for (int i = 0; i < PSTM_CUDA_SLOTS; i++) {
        pstm_cuda_slot *slot = &stage->slots[i];
        PSTM_TRY(wait_for(stage, slot));
        for (int32_t k = 0; i == stage->current && k < slot->n_new; k++)
            pstm_cuda_cache_forget(&stage->cache, slot->new_rows[k]);
        slot->n_traces = slot->n_new = 0;
    }
    return PSTM_OK;
}

pstm_status pstm_cuda_stage_shrink(pstm_cuda_stage *stage, bool *shrunk)
{
    PSTM_TRY(pstm_cuda_stage_drain(stage));
    pstm_cuda_cache_shrink(&stage->cache, shrunk);
    if (*shrunk || stage->capacity / 2 < PSTM_CUDA_LEAST_TRACES) return PSTM_OK;
    for (int i = 0; i < PSTM_CUDA_SLOTS; i++)
        free_slot(&stage->slots[i]);
    halve(stage);
    PSTM_TRY(allocate_slots(stage));
    *shrunk = true;
    return PSTM_OK;
}

/** Copies n samples, times the factor that the weight has of their trace. */
static void copy_weighted(float *to, const float *from, size_t n, float factor)
{
    if (factor == 1) {
        memcpy(to, from, n * sizeof *to);
        return;
    }
    for (size_t i = 0; i < n; i++)
        to[i] = from[i] * factor;
}

/** Copies the samples of the slot's newest n traces of the new ones. */
static void copy_samples(const pstm_cuda_stage *stage, pstm_cuda_slot *slot,
                         const pstm_device_trace *const *traces, int32_t n)
{
    size_t n_floats = copy_floats(stage);
    int64_t stride = pstm_trace_stride(stage->plan.n_samples);
    int32_t n_levels = stage->plan.n_levels;
    float *first = slot->samples + (size_t)(slot->n_new - n) * row_floats(stage);
#pragma omp parallel for schedule(static) num_threads(stage->plan.n_threads) if (n >= TRACES_WORTH_THREADS)
    for (int32_t i = 0; i < n; i++)
        for (int32_t level = 0; level < n_levels; level++)
            copy_weighted(first + (size_t)i * row_floats(stage) + (size_t)level * n_floats,
                          traces[i]->samples + level * stride, n_floats, (float)traces[i]->factor);
}

/** Adds a trace to the slot; *is_new: its samples have to be copied. *added = false: a launch has to make
 * room first. */
static pstm_status add_trace(pstm_cuda_stage *stage, pstm_cuda_slot *slot, const pstm_device_trace *trace,
                             bool *added, bool *is_new)
{
    int32_t row = -1;
    bool found = false;
    *added = false;
    if (slot->n_traces == stage->capacity || slot->n_new == stage->new_capacity) return PSTM_OK;
    PSTM_TRY(pstm_cuda_cache_take(&stage->cache, trace->key, &row, &found));
    if (row < 0) return PSTM_OK;
    *added = true;
    *is_new = !found;
    if (!found) slot->new_rows[slot->n_new++] = row;
    slot->classes[slot->n_traces] = trace->class_index;
    slot->arrived[slot->n_traces++] = (pstm_cuda_trace){
        .ends_m = {trace->source_x_m, trace->source_y_m, trace->receiver_x_m, trace->receiver_y_m},
        .start = (float)(trace->start_s / stage->plan.sample_s),
        .live_first = (float)trace->live_first,
        .live_last = (float)trace->live_last,
        .lines = pstm_cuda_cache_row(&stage->cache, row),
    };
    return PSTM_OK;
}

/** The slot's lists as the kernels find them, and where its new traces belong. */
static pstm_cuda_batch make_batch(pstm_cuda_stage *stage, pstm_cuda_slot *slot)
{
    const pstm_cuda_arrivals arrivals = {slot->n_traces, stage->plan.n_classes, slot->arrived, slot->classes};
    float2 **lines = pstm_cuda_lists_lines(slot->lists, stage->capacity);
    pstm_cuda_batch batch = {
        .n_new = slot->n_new,
        .n_levels = stage->plan.n_levels,
        .n_samples = stage->plan.n_samples,
        .line_stride = pstm_cuda_line_stride(stage->plan.n_samples),
        .samples = slot->device_samples,
    };
    for (int32_t i = 0; i < slot->n_new; i++)
        lines[i] = pstm_cuda_cache_row(&stage->cache, slot->new_rows[i]);
    pstm_cuda_lists_fill(&arrivals, stage->class_places, slot->lists, stage->capacity, &batch);
    pstm_cuda_lists_find(slot->device_lists, stage->capacity, &batch);
    return batch;
}

static pstm_status queue_copy(const pstm_cuda_stage *stage, const pstm_cuda_slot *slot)
{
    const pstm_cuda_gpu *gpu = stage->gpu;
    size_t bytes = (size_t)slot->n_new * row_floats(stage) * sizeof(float);
    PSTM_CUDA_TRY(gpu, cudaEventRecord(slot->copying, stage->copying));
    if (bytes > 0)
        PSTM_CUDA_TRY(gpu, cudaMemcpyAsync(slot->device_samples, slot->samples, bytes, cudaMemcpyHostToDevice,
                                           stage->copying));
    PSTM_CUDA_TRY(gpu, cudaMemcpyAsync(slot->device_lists, slot->lists, pstm_cuda_list_bytes(stage->capacity),
                                       cudaMemcpyHostToDevice, stage->copying));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(slot->copied, stage->copying));
    return PSTM_OK;
}

/** Queues the kernels of groups, the narrow ones on a stream of their own. */
static pstm_status queue_groups(const pstm_cuda_stage *stage, const pstm_cuda_tile *tile,
                                const pstm_cuda_batch *batch, const pstm_cuda_sum *sum)
{
    const pstm_cuda_gpu *gpu = stage->gpu;
    unsigned *narrow = tile->progress + pstm_cuda_progress_words(tile, PSTM_CUDA_WIDEST, stage->capacity);
    PSTM_CUDA_TRY(
        gpu, pstm_cuda_migrate_groups(tile, batch, sum, PSTM_CUDA_WIDEST, tile->progress, stage->computing));
    PSTM_CUDA_TRY(gpu,
                  pstm_cuda_migrate_groups(tile, batch, sum, PSTM_CUDA_WIDEST / 2, narrow, stage->beside));
    return PSTM_OK;
}

/** Queues the kernels of the sum. Each has spans of its own, so they run at the same time: the later ones
 * fill what the last thread blocks of the first leave idle. */
static pstm_status queue_sum(const pstm_cuda_stage *stage, const pstm_cuda_tile *tile,
                             const pstm_cuda_batch *batch)
{
    const pstm_cuda_gpu *gpu = stage->gpu;
    const pstm_cuda_sum sum = {stage->plan.law, stage->plan.weight, stage->plan.aperture_taper > 0};
    const size_t bytes = tile->progress ? pstm_cuda_progress_bytes(tile, stage->capacity) : 0;
    if (bytes > 0) PSTM_CUDA_TRY(gpu, cudaMemsetAsync(tile->progress, 0, bytes, stage->computing));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(stage->forked, stage->computing));
    PSTM_CUDA_TRY(gpu, cudaStreamWaitEvent(stage->beside, stage->forked, 0));
    if (bytes > 0) PSTM_TRY(queue_groups(stage, tile, batch, &sum));
    PSTM_CUDA_TRY(gpu, pstm_cuda_migrate(tile, batch, &sum, stage->beside));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(stage->joined, stage->beside));
    PSTM_CUDA_TRY(gpu, cudaStreamWaitEvent(stage->computing, stage->joined, 0));
    return PSTM_OK;
}

/** Queues the kernels of a batch behind its copy. */
static pstm_status queue_kernels(const pstm_cuda_stage *stage, const pstm_cuda_slot *slot,
                                 const pstm_cuda_tile *tile, const pstm_cuda_batch *batch)
{
    const pstm_cuda_gpu *gpu = stage->gpu;
    PSTM_CUDA_TRY(gpu, cudaStreamWaitEvent(stage->computing, slot->copied, 0));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(slot->preparing, stage->computing));
    PSTM_CUDA_TRY(gpu, pstm_cuda_make_lines(batch, stage->computing));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(slot->begun, stage->computing));
    if (pstm_fault_counts(PSTM_FAULT_LAUNCH))
        return pstm_cuda_fail(gpu, cudaErrorLaunchFailure, "pstm_cuda_migrate (PSTM_FAULT)");
    PSTM_TRY(queue_sum(stage, tile, batch));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(slot->done, stage->computing));
    return PSTM_OK;
}

pstm_status pstm_cuda_stage_flush(pstm_cuda_stage *stage, const pstm_cuda_tile *tile)
{
    pstm_cuda_slot *slot = &stage->slots[stage->current];
    if (slot->n_traces == 0) return PSTM_OK;
    nvtxRangePushA("launch");
    pstm_cuda_batch batch = make_batch(stage, slot);
    pstm_status status = queue_copy(stage, slot);
    if (status == PSTM_OK) status = queue_kernels(stage, slot, tile, &batch);
    nvtxRangePop();
    PSTM_TRY(status);
    slot->in_flight = true;
    pstm_cuda_cache_next_launch(&stage->cache);
    stage->current = (stage->current + 1) % PSTM_CUDA_SLOTS;
    slot = &stage->slots[stage->current];
    PSTM_TRY(wait_for(stage, slot));
    slot->n_traces = slot->n_new = 0;
    return PSTM_OK;
}

pstm_status pstm_cuda_stage_add(pstm_cuda_stage *stage, const pstm_cuda_tile *tile,
                                const pstm_device_trace *traces, int64_t n_traces)
{
    enum { PICK = 256 };
    const pstm_device_trace *new_traces[PICK];
    for (int64_t i = 0; i < n_traces;) {
        pstm_cuda_slot *slot = &stage->slots[stage->current];
        int32_t n = 0;
        bool has_room = true, is_new = false;
        while (i < n_traces && n < PICK && has_room) {
            if (traces[i].live_first <= traces[i].live_last) {
                PSTM_TRY(add_trace(stage, slot, &traces[i], &has_room, &is_new));
                if (has_room && is_new) new_traces[n++] = &traces[i];
            }
            i += has_room;
        }
        copy_samples(stage, slot, new_traces, n);
        if (!has_room) PSTM_TRY(pstm_cuda_stage_flush(stage, tile));
    }
    return PSTM_OK;
}
