/* The CUDA device: tables, sums and traces on the GPU, work queued on two streams. */
#include <nvtx3/nvToolsExt.h>
#include <stdio.h>
#include <string.h>

#include "core/fault.h"
#include "core/memory.h"
#include "device/device.h"
#include "gpu/cuda_choice.h"
#include "gpu/cuda_stage.h"
#include "sum/aperture.h"

enum {
    NUMERICS = 4,
    READ_BUFFERS = 2,
    READ_BYTES = 8 << 20, /* of image and fold that travel back at a time */
};

typedef struct buffer {
    void *memory; /* of the device */
    size_t bytes;
} buffer;

/* What a tile needs. The first ones are copied from the host. */
enum {
    B_X,
    B_Y,
    B_VRMS,
    B_ALPHA,
    B_BETA,
    B_ORDER,
    B_WIDTH,
    B_PIECES,
    N_COPIED,
    B_TAU2 = N_COPIED,
    B_SLOWNESS2,
    B_LIMIT2,
    B_SPANS,
    B_BLOCKS,
    B_SUMS,
    B_FOLD,
    B_FADED, /* empty where it is not wanted */
    B_COUNTERS,
    B_PROGRESS, /* empty without groups */
    N_BUFFERS
};

typedef struct cuda_device {
    pstm_cuda_gpu gpu;
    pstm_device_plan plan;
    pstm_cuda_stage stage;
    pstm_cuda_tile tile;
    buffer buffers[N_BUFFERS];
    pstm_cuda_choice choice;
    int64_t read_columns; /* columns of n_times that fit a read buffer */
    char *read_pinned[READ_BUFFERS], *read_device[READ_BUFFERS];
    cudaEvent_t read_begun[READ_BUFFERS], read_done[READ_BUFFERS];
    cudaEvent_t tables_done;
} cuda_device;

static pstm_status describe_unit(int index, pstm_device_info *info)
{
    pstm_cuda_gpu gpu;
    PSTM_TRY(pstm_cuda_gpu_describe(index, &gpu));
    *info = (pstm_device_info){.numerics = NUMERICS};
    snprintf(info->kernel, sizeof info->kernel, "%s", gpu.kernel);
    snprintf(info->description, sizeof info->description, "GPU %d, %.90s, single precision", gpu.index,
             gpu.name);
    snprintf(info->uuid, sizeof info->uuid, "%s", gpu.uuid);
    return PSTM_OK;
}

static pstm_status cuda_probe(pstm_device_info *info)
{
    int n_visible;
    PSTM_TRY(pstm_cuda_gpu_count(&n_visible));
    return describe_unit(0, info);
}

static int32_t cuda_units(pstm_device_info *infos, int32_t most)
{
    int n_visible, n = 0;
    if (pstm_cuda_gpu_count(&n_visible) != PSTM_OK) return 0;
    while (n < n_visible && n < most && describe_unit(n, &infos[n]) == PSTM_OK)
        n++;
    return n;
}

static void cuda_destroy(void **self)
{
    if (!*self) return;
    cuda_device *device = *self;
    cudaSetDevice(device->gpu.index);
    pstm_cuda_stage_close(&device->stage);
    for (int i = 0; i < N_BUFFERS; i++)
        cudaFree(device->buffers[i].memory);
    for (int i = 0; i < READ_BUFFERS; i++) {
        cudaFreeHost(device->read_pinned[i]);
        cudaFree(device->read_device[i]);
        if (device->read_begun[i]) cudaEventDestroy(device->read_begun[i]);
        if (device->read_done[i]) cudaEventDestroy(device->read_done[i]);
    }
    if (device->tables_done) cudaEventDestroy(device->tables_done);
    pstm_cuda_choice_close(&device->choice);
    /* Errors of the past are told where they happened; the next device shall not find them. */
    (void)cudaGetLastError();
    pstm_free(self);
}

static bool fades(const pstm_device_plan *plan)
{
    return pstm_device_accumulators(plan) & PSTM_ACCUMULATOR_BIT(FADED);
}

static int64_t sums_bytes(const pstm_device_plan *plan)
{
    return pstm_sums_bytes(pstm_device_accumulators(plan));
}

static size_t read_bytes(const cuda_device *device)
{
    return (size_t)device->read_columns * (size_t)device->plan.n_times * (size_t)sums_bytes(&device->plan);
}

static pstm_status make_read_buffers(cuda_device *device)
{
    int64_t column_bytes = device->plan.n_times * sums_bytes(&device->plan);
    device->read_columns = READ_BYTES > column_bytes ? READ_BYTES / column_bytes : 1;
    for (int i = 0; i < READ_BUFFERS; i++) {
        PSTM_CUDA_TRY(&device->gpu, cudaMallocHost((void **)&device->read_pinned[i], read_bytes(device)));
        PSTM_CUDA_TRY(&device->gpu, cudaMalloc((void **)&device->read_device[i], read_bytes(device)));
        PSTM_CUDA_TRY(&device->gpu, cudaEventCreate(&device->read_begun[i]));
        PSTM_CUDA_TRY(&device->gpu, cudaEventCreate(&device->read_done[i]));
    }
    PSTM_CUDA_TRY(&device->gpu, cudaEventCreate(&device->tables_done));
    return PSTM_OK;
}

static pstm_status take_gpu(const pstm_cuda_gpu *gpu)
{
    PSTM_CUDA_TRY(gpu, cudaSetDevice(gpu->index));
    return PSTM_OK;
}

/* Makes the context. A failure comes again, and is told, when a device is created. */
static void cuda_warm_up(int32_t unit)
{
    if (cudaSetDevice(unit) == cudaSuccess) cudaFree(NULL);
    (void)cudaGetLastError();
}

static pstm_status cuda_create(const pstm_device_plan *plan, void **self)
{
    if (plan->depth_loop)
        return pstm_fail(PSTM_USAGE, "optimise.time_domain: off needs the reference device; set "
                                     "devices: reference, or optimise.time_domain: on");
    if ((int64_t)plan->n_levels * pstm_cuda_line_stride(plan->n_samples) > PSTM_CUDA_MOST_LINES)
        return pstm_fail(
            PSTM_USAGE,
            "the device cuda takes %d samples of a trace with all its antialias copies, and this "
            "job has %d times %d; use devices: cpu, or shorter traces",
            PSTM_CUDA_MOST_LINES, plan->n_levels, plan->n_samples);
    pstm_status status;
    void *unfinished = NULL;
    cuda_device *device;
    PSTM_TRY(PSTM_NEW(&device, 1, "CUDA device"));
    unfinished = device;
    device->plan = *plan;
    PSTM_GO(pstm_cuda_gpu_describe(plan->unit, &device->gpu));
    PSTM_GO(take_gpu(&device->gpu));
    PSTM_GO(make_read_buffers(device));
    PSTM_GO(pstm_cuda_choice_open(plan, &device->choice));
    PSTM_GO(pstm_cuda_stage_open(&device->gpu, plan, &device->stage));
    *self = device;
    unfinished = NULL;
cleanup:
    cuda_destroy(&unfinished);
    return status;
}

/** Makes room for a tile; *error tells of the first buffer that did not fit. */
static void reserve(cuda_device *device, const size_t *bytes, cudaError_t *error)
{
    *error = cudaSuccess;
    for (int i = 0; i < N_BUFFERS && *error == cudaSuccess; i++) {
        buffer *room = &device->buffers[i];
        if (room->bytes >= bytes[i]) continue;
        cudaFree(room->memory);
        *room = (buffer){0};
        *error = pstm_fault_counts(PSTM_FAULT_MEMORY) ? cudaErrorMemoryAllocation
                                                      : cudaMalloc(&room->memory, bytes[i]);
        if (*error == cudaSuccess) room->bytes = bytes[i];
    }
}

/** The same; when memory is short the traces get less of it. */
static pstm_status reserve_or_shrink(cuda_device *device, const size_t *bytes)
{
    for (;;) {
        cudaError_t error;
        bool shrunk;
        reserve(device, bytes, &error);
        if (error == cudaSuccess) return PSTM_OK;
        if (error != cudaErrorMemoryAllocation) return pstm_cuda_fail(&device->gpu, error, "cudaMalloc");
        (void)cudaGetLastError();
        PSTM_TRY(pstm_cuda_stage_shrink(&device->stage, &shrunk));
        if (shrunk) continue;
        size_t all = 0, n_free = 0, n_all = 0;
        for (int i = 0; i < N_BUFFERS; i++)
            all += bytes[i];
        cudaMemGetInfo(&n_free, &n_all);
        return pstm_fail(
            PSTM_SYSTEM,
            "CUDA device %d (%s), %s: out of device memory: it needs %.0f MiB and %.0f of %.0f MiB "
            "are free beside it; make the tiles smaller or give the GPU to fewer programs",
            device->gpu.index, device->gpu.name, device->gpu.work, (double)all / 1048576,
            (double)n_free / 1048576, (double)n_all / 1048576);
    }
}

/** What the kernels need to know of a tile, with the buffers in place. */
static pstm_cuda_tile describe(const cuda_device *device, const pstm_device_tile *tile)
{
    const pstm_device_plan *plan = &device->plan;
    const buffer *buffers = device->buffers;
    pstm_cuda_tile described = {
        .n_locations = tile->n_locations,
        .n_columns = (int32_t)pstm_columns_count(&tile->columns, tile->n_locations),
        .law = (int32_t)plan->law,
        .n_times = plan->n_times,
        .n_spans = device->choice.n_spans,
        .n_classes = plan->n_classes,
        .k_begin = plan->k_begin,
        .k_end = plan->k_end,
        .time_first_s = plan->time_first_s,
        .time_step_s = plan->time_step_s,
        .sample_s = plan->sample_s,
        .aperture_m = plan->aperture_m,
        .aperture_tan = plan->aperture_tan,
        .full_fraction = device->choice.full_fraction,
        .n_levels = plan->n_levels,
        .bin_step_m = {{(float)plan->bin_step_m[0][0], (float)plan->bin_step_m[0][1]},
                       {(float)plan->bin_step_m[1][0], (float)plan->bin_step_m[1][1]}},
        .taper_scale = (float)pstm_aperture_taper_scale(plan->aperture_taper),
        .x_m = buffers[B_X].memory,
        .y_m = buffers[B_Y].memory,
        .vrms_m_s = buffers[B_VRMS].memory,
        .alpha = buffers[B_ALPHA].memory,
        .beta = buffers[B_BETA].memory,
        .tau2 = buffers[B_TAU2].memory,
        .slowness2 = buffers[B_SLOWNESS2].memory,
        .limit2_m2 = buffers[B_LIMIT2].memory,
        .spans = buffers[B_SPANS].memory,
        .blocks = buffers[B_BLOCKS].memory,
        .width = buffers[B_WIDTH].memory,
        .pieces = buffers[B_PIECES].memory,
        .lattice = pstm_cuda_choice_lattice(&device->choice, &tile->lattice),
        .sums = buffers[B_SUMS].memory,
        .fold = buffers[B_FOLD].memory,
        .faded = fades(plan) ? buffers[B_FADED].memory : NULL,
        .counters = buffers[B_COUNTERS].memory,
        .progress = device->choice.axis >= 0 ? buffers[B_PROGRESS].memory : NULL,
    };
    pstm_cuda_choice_spans(&device->choice, buffers[B_ORDER].memory, described.spans_of);
    return described;
}

static int64_t n_sums(const pstm_cuda_tile *tile)
{
    return (int64_t)tile->n_locations * tile->n_classes * tile->n_spans * PSTM_CUDA_SPAN;
}

/** About what size_buffers() says, of the GPU's memory; the host's budget holds as much, to be safe. */
static int64_t cuda_tile_bytes(const pstm_device_plan *plan, int64_t n_locations, int64_t n_columns)
{
    const int64_t n_padded = (plan->n_times + PSTM_BLOCK - 1) / PSTM_BLOCK * PSTM_BLOCK;
    const int of_column = pstm_law_bends((int)plan->law) ? 5 : 3;
    return n_padded * (n_locations * plan->n_classes * sums_bytes(plan) +
                       n_columns * of_column * (int64_t)sizeof(float));
}

/** Bytes of each buffer for a tile. */
static void size_buffers(const cuda_device *device, const pstm_cuda_tile *tile, size_t bytes[N_BUFFERS])
{
    size_t n_locations = (size_t)tile->n_locations, n_columns = (size_t)tile->n_columns;
    size_t n_spans = (size_t)tile->n_spans, n_padded = n_spans * PSTM_CUDA_SPAN;
    size_t n_blocks = device->plan.n_levels > 1 ? n_columns * n_spans * PSTM_CUDA_BLOCKS : 0;
    size_t sum_bytes = (size_t)n_sums(tile) * sizeof(float);
    bytes[B_X] = bytes[B_Y] = n_locations * sizeof(double);
    bytes[B_VRMS] = n_columns * (size_t)tile->n_times * sizeof(float);
    bytes[B_ALPHA] = bytes[B_BETA] = pstm_law_bends((int)device->plan.law) ? bytes[B_VRMS] : 0;
    bytes[B_ORDER] = n_spans * sizeof *device->choice.order;
    bytes[B_WIDTH] = n_spans * sizeof *device->choice.width;
    bytes[B_PIECES] =
        device->choice.axis >= 0 ? n_spans * PSTM_CUDA_PIECES_OF_SPAN * sizeof(pstm_cuda_piece) : 0;
    bytes[B_TAU2] = n_padded * sizeof(float);
    bytes[B_SLOWNESS2] = bytes[B_LIMIT2] = n_columns * n_padded * sizeof(float);
    bytes[B_SPANS] = n_columns * n_spans * sizeof(pstm_cuda_span);
    bytes[B_BLOCKS] = n_blocks * sizeof(float4);
    bytes[B_SUMS] = bytes[B_FOLD] = sum_bytes;
    bytes[B_FADED] = fades(&device->plan) ? sum_bytes : 0;
    bytes[B_COUNTERS] = PSTM_CUDA_COUNTERS * sizeof *tile->counters;
    bytes[B_PROGRESS] = device->choice.axis < 0 ? 0 : pstm_cuda_progress_bytes(tile, device->stage.capacity);
}

/** Queues the tile's way in, its tables, and sums of 0. */
static pstm_status queue_tile(cuda_device *device, const pstm_device_tile *tile, const size_t *bytes)
{
    const pstm_cuda_gpu *gpu = &device->gpu;
    const void *const from[N_COPIED] = {[B_X] = tile->x_m,
                                        [B_Y] = tile->y_m,
                                        [B_VRMS] = tile->columns.vrms_m_s,
                                        [B_ALPHA] = tile->columns.alpha,
                                        [B_BETA] = tile->columns.beta,
                                        [B_ORDER] = device->choice.order,
                                        [B_WIDTH] = device->choice.width,
                                        [B_PIECES] = device->choice.pieces.piece};
    const buffer *to = device->buffers;
    cudaStream_t stream = device->stage.computing;
    for (int i = 0; i < N_COPIED; i++)
        if (bytes[i] > 0)
            PSTM_CUDA_TRY(gpu,
                          cudaMemcpyAsync(to[i].memory, from[i], bytes[i], cudaMemcpyHostToDevice, stream));
    PSTM_CUDA_TRY(gpu, cudaMemsetAsync(device->tile.sums, 0, bytes[B_SUMS], stream));
    PSTM_CUDA_TRY(gpu, cudaMemsetAsync(device->tile.fold, 0, bytes[B_FOLD], stream));
    if (bytes[B_FADED] > 0)
        PSTM_CUDA_TRY(gpu, cudaMemsetAsync(device->tile.faded, 0, bytes[B_FADED], stream));
    PSTM_CUDA_TRY(gpu, cudaMemsetAsync(device->tile.counters, 0, bytes[B_COUNTERS], stream));
    PSTM_CUDA_TRY(gpu, pstm_cuda_make_tables(&device->tile, stream));
    PSTM_CUDA_TRY(gpu, cudaEventRecord(device->tables_done, stream));
    return PSTM_OK;
}

static pstm_status cuda_begin_tile(void *self, const pstm_device_tile *tile)
{
    cuda_device *device = self;
    size_t bytes[N_BUFFERS];
    PSTM_CUDA_TRY(&device->gpu, cudaSetDevice(device->gpu.index));
    PSTM_TRY(pstm_cuda_stage_drain(&device->stage));
    snprintf(device->gpu.work, sizeof device->gpu.work, "tile of %d locations from (%.1f, %.1f)",
             tile->n_locations, tile->x_m[0], tile->y_m[0]);
    nvtxMarkA(device->gpu.work);
    PSTM_TRY(pstm_cuda_choose(&device->choice, &device->plan, tile));
    const pstm_cuda_tile shape = describe(device, tile);
    size_buffers(device, &shape, bytes);
    PSTM_TRY(reserve_or_shrink(device, bytes));
    device->tile = describe(device, tile);
    PSTM_TRY(pstm_cuda_stage_anchor(&device->stage));
    return queue_tile(device, tile, bytes);
}

static pstm_status cuda_add_batch(void *self, const pstm_device_trace *traces, int64_t n_traces)
{
    cuda_device *device = self;
    PSTM_CUDA_TRY(&device->gpu, cudaSetDevice(device->gpu.index));
    return pstm_cuda_stage_add(&device->stage, &device->tile, traces, n_traces);
}

/** The accumulators of n_samples samples in a read buffer, one behind the other. */
static pstm_sums sums_in(const cuda_device *device, char *memory, size_t n_samples)
{
    float *sum = (float *)(void *)memory;
    uint32_t *fold = (uint32_t *)(void *)(sum + n_samples);
    return (pstm_sums){sum, fold, fades(&device->plan) ? (float *)(void *)(fold + n_samples) : NULL};
}

/** Queues the way back of n columns through read buffer i. */
static pstm_status queue_read(cuda_device *device, int i, int64_t first, int64_t n)
{
    cudaStream_t stream = device->stage.computing;
    const size_t n_samples = (size_t)(n * device->plan.n_times);
    const pstm_sums to = sums_in(device, device->read_device[i], n_samples);
    const pstm_cuda_sums of_gpu = {to.sum, to.fold, to.faded};
    const size_t bytes = n_samples * (size_t)sums_bytes(&device->plan);
    PSTM_CUDA_TRY(&device->gpu, cudaEventRecord(device->read_begun[i], stream));
    PSTM_CUDA_TRY(&device->gpu,
                  pstm_cuda_finish(&device->tile, device->plan.weight, first, n, &of_gpu, stream));
    PSTM_CUDA_TRY(&device->gpu, cudaMemcpyAsync(device->read_pinned[i], device->read_device[i], bytes,
                                                cudaMemcpyDeviceToHost, stream));
    PSTM_CUDA_TRY(&device->gpu, cudaEventRecord(device->read_done[i], stream));
    return PSTM_OK;
}

/** Waits for what queue_read() queued and hands it out. */
static pstm_status collect_read(cuda_device *device, int i, int64_t first, int64_t n, const pstm_sums *sums)
{
    PSTM_CUDA_TRY(&device->gpu, cudaEventSynchronize(device->read_done[i]));
    PSTM_TRY(pstm_cuda_stage_time(&device->stage, PSTM_DEVICE_STEP_READ_BACK, device->read_begun[i],
                                  device->read_done[i]));
    size_t n_samples = (size_t)(n * device->plan.n_times);
    const pstm_sums from = sums_in(device, device->read_pinned[i], n_samples),
                    to = pstm_sums_from(sums, first * device->plan.n_times);
    int32_t n_threads = device->plan.n_threads;
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (int32_t t = 0; t < n_threads; t++) {
        size_t begin = n_samples * (size_t)t / (size_t)n_threads;
        size_t count = n_samples * ((size_t)t + 1) / (size_t)n_threads - begin;
        const pstm_sums part = pstm_sums_from(&from, (int64_t)begin),
                        to_part = pstm_sums_from(&to, (int64_t)begin);
        pstm_sums_copy(&to_part, &part, (int64_t)count);
    }
    return PSTM_OK;
}

static int64_t minimum(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** Reads all columns, one buffer on its way while the other is handed out. */
static pstm_status read_columns(cuda_device *device, const pstm_sums *sums)
{
    int64_t n_columns = (int64_t)device->tile.n_locations * device->tile.n_classes;
    int64_t step = device->read_columns;
    int i = 0;
    for (int64_t first = 0; first < n_columns + step; first += step, i = 1 - i) {
        if (first < n_columns) PSTM_TRY(queue_read(device, i, first, minimum(step, n_columns - first)));
        int64_t before = first - step;
        if (before >= 0 && before < n_columns)
            PSTM_TRY(collect_read(device, 1 - i, before, minimum(step, n_columns - before), sums));
    }
    return PSTM_OK;
}

/** Adds what the kernels have counted of the tile. */
static pstm_status read_counters(cuda_device *device)
{
    unsigned long long counters[PSTM_CUDA_COUNTERS];
    cudaStream_t stream = device->stage.computing;
    PSTM_CUDA_TRY(&device->gpu, cudaMemcpyAsync(counters, device->tile.counters, sizeof counters,
                                                cudaMemcpyDeviceToHost, stream));
    PSTM_CUDA_TRY(&device->gpu, cudaStreamSynchronize(stream));
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        device->stage.times.contributions[kernel] += (double)counters[kernel];
    for (int meeting = 0; meeting < PSTM_DEVICE_MEETINGS; meeting++)
        device->stage.times.meetings[meeting] += (double)counters[PSTM_DEVICE_KERNELS + meeting];
    return PSTM_OK;
}

static pstm_status cuda_read_tile(void *self, const pstm_sums *sums)
{
    cuda_device *device = self;
    PSTM_CUDA_TRY(&device->gpu, cudaSetDevice(device->gpu.index));
    PSTM_TRY(pstm_cuda_stage_flush(&device->stage, &device->tile));
    nvtxRangePushA("read a tile");
    pstm_status status = read_columns(device, sums);
    nvtxRangePop();
    PSTM_TRY(status);
    PSTM_TRY(read_counters(device));
    PSTM_TRY(pstm_cuda_stage_time(&device->stage, PSTM_DEVICE_STEP_PREPARE, device->stage.anchor,
                                  device->tables_done));
    return pstm_cuda_stage_drain(&device->stage);
}

static void cuda_times(const void *self, pstm_device_times *times)
{
    const cuda_device *device = self;
    pstm_device_times_add(times, &device->stage.times);
}

const pstm_device_ops pstm_device_cuda = {
    .name = "cuda",
    .group_side = 128,
    .n_workers = 2,
    .most_threads = 4,
    .probe = cuda_probe,
    .units = cuda_units,
    .warm_up = cuda_warm_up,
    .tile_bytes = cuda_tile_bytes,
    .create = cuda_create,
    .begin_tile = cuda_begin_tile,
    .add_batch = cuda_add_batch,
    .read_tile = cuda_read_tile,
    .times = cuda_times,
    .destroy = cuda_destroy,
};
