/* Times the CUDA device on a part of the reference job seed31k: 31,012 traces of 1,600 samples at 2 ms,
 * offsets 300-600 m at all azimuths, 463 x 321 locations at 12.5 m x 25 m, 1,001 samples at 2 ms, vrms 1700
 * to 2500 m/s over 0-2 s, both legs within min(3000 m, v t0/2 tan 60 degrees), weight obliquity, fold.
 *
 *   bench_cuda [width height tiles [device [bank]]]
 *
 * Tiles of width x height locations spread over the grid. As in a run, a batch is a leaf of 256 traces that
 * lie together. A contribution is one unit of fold. Prints the rate while the kernel runs (CUDA events) and
 * of the whole tile, copies and read-back included. "bank": with antialias, 9 levels; copies are not filtered
 * here, which changes no time.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device/device.h"

enum { N_TRACES = 31012, N_SAMPLES = 1600, N_TIMES = 1001, N_INLINES = 463, N_CROSSLINES = 321, LEAF = 256 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static void must(pstm_status status)
{
    if (status == PSTM_OK) return;
    fprintf(stderr, "bench_cuda: %s\n", pstm_error_text());
    exit(1);
}

static void *allocate(size_t bytes)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 64, bytes) != 0) exit(1);
    memset(memory, 0, bytes);
    return memory;
}

/** Sorts midpoints by halving the longer side, as the survey's KD-tree does. */
static int axis;
static int by_axis(const void *a, const void *b)
{
    const pstm_device_trace *p = a, *q = b;
    double d = axis == 0 ? p->source_x_m + p->receiver_x_m - q->source_x_m - q->receiver_x_m
                         : p->source_y_m + p->receiver_y_m - q->source_y_m - q->receiver_y_m;
    return d < 0 ? -1 : d > 0;
}

static void split(pstm_device_trace *traces, int64_t n, double width_m, double height_m)
{
    if (n <= LEAF) return;
    axis = width_m >= height_m ? 0 : 1;
    qsort(traces, (size_t)n, sizeof *traces, by_axis);
    double w = axis == 0 ? width_m / 2 : width_m, h = axis == 1 ? height_m / 2 : height_m;
    split(traces, n / 2, w, h);
    split(traces + n / 2, n - n / 2, w, h);
}

static pstm_device_trace *make_traces(int32_t n_levels)
{
    pstm_device_trace *traces = allocate(N_TRACES * sizeof *traces);
    size_t stride = (size_t)pstm_trace_stride(N_SAMPLES);
    float *samples = allocate(N_TRACES * (size_t)n_levels * stride * sizeof *samples);
    uint64_t state = 31012;
    double width_m = N_INLINES * 12.5, height_m = N_CROSSLINES * 25.0;
    for (int64_t i = 0; i < N_TRACES; i++) {
        double x = 606000 + width_m * random_next(&state), y = 6077000 + height_m * random_next(&state);
        double half_m = 150 + 150 * random_next(&state), azimuth = 2 * M_PI * random_next(&state);
        float *row = samples + (size_t)i * (size_t)n_levels * stride + PSTM_TRACE_PAD;
        traces[i] = (pstm_device_trace){.factor = 1,
                                        .source_x_m = x - half_m * sin(azimuth),
                                        .source_y_m = y - half_m * cos(azimuth),
                                        .receiver_x_m = x + half_m * sin(azimuth),
                                        .receiver_y_m = y + half_m * cos(azimuth),
                                        .samples = row,
                                        .live_last = N_SAMPLES - 1,
                                        .key = i + 1};
        for (int32_t k = 0; k < N_SAMPLES; k++)
            row[k] = (float)(random_next(&state) - 0.5);
        for (int32_t level = 1; level < n_levels; level++)
            memcpy(row + (size_t)level * stride, row, N_SAMPLES * sizeof *row);
    }
    split(traces, N_TRACES, width_m, height_m);
    return traces;
}

static pstm_device_plan make_plan(bool bank)
{
    return (pstm_device_plan){.n_times = N_TIMES,
                              .time_step_s = 0.002,
                              .k_end = N_TIMES,
                              .n_samples = N_SAMPLES,
                              .n_levels = bank ? 9 : 1,
                              .bin_step_m = {{12.5, 0}, {0, 25}},
                              .sample_s = 0.002,
                              .n_classes = 1,
                              .weight = PSTM_WEIGHT_OBLIQUITY,
                              .aperture_m = 3000,
                              .aperture_tan = tan(M_PI / 3),
                              .fast_math = true,
                              .n_threads = 8};
}

/** A tile of width x height locations whose first is (i0, j0), with one column. */
static pstm_device_tile make_tile(int width, int height, int i0, int j0)
{
    int n = width * height;
    double *x = allocate((size_t)n * sizeof *x), *y = allocate((size_t)n * sizeof *y);
    float *vrms = allocate(N_TIMES * sizeof *vrms);
    for (int l = 0; l < n; l++) {
        x[l] = 606000 + 12.5 * (i0 + l % width);
        y[l] = 6077000 + 25.0 * (j0 + l / width);
    }
    for (int k = 0; k < N_TIMES; k++)
        vrms[k] = (float)(1700 + 0.8 * k);
    return (pstm_device_tile){.n_locations = n,
                              .x_m = x,
                              .y_m = y,
                              .lattice = {.first = {j0, i0},
                                          .n = {height, width},
                                          .origin_m = {606000, 6077000},
                                          .step_m = {{0, 25}, {12.5, 0}}},
                              .columns = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms}};
}

int main(int n_arguments, char **arguments)
{
    int width = n_arguments > 2 ? atoi(arguments[1]) : 64, height = n_arguments > 2 ? atoi(arguments[2]) : 64;
    int n_tiles = n_arguments > 3 ? atoi(arguments[3]) : 4;
    const pstm_device_ops *device = pstm_device_find(n_arguments > 4 ? arguments[4] : "cuda");
    if (!device || width < 1 || height < 1 || width > N_INLINES || height > N_CROSSLINES) return 1;
    pstm_device_info info;
    must(device->probe(&info));
    pstm_device_plan plan = make_plan(n_arguments > 5 && strcmp(arguments[5], "bank") == 0);
    pstm_device_trace *traces = make_traces(plan.n_levels);
    size_t n_sums = (size_t)width * (size_t)height * N_TIMES;
    float *image = allocate(n_sums * sizeof *image);
    uint32_t *fold = allocate(n_sums * sizeof *fold);
    void *self;
    must(device->create(&plan, &self));
    printf("%s, %s: tiles of %d x %d\n", info.description, info.kernel, width, height);

    double all_s = 0, all = 0;
    pstm_device_times before = {0};
    for (int i = -1; i < n_tiles; i++) { /* the first warms up and is not counted */
        int spread = i < 0 ? 0 : i;
        pstm_device_tile tile =
            make_tile(width, height, (N_INLINES - width) * spread / (n_tiles > 1 ? n_tiles - 1 : 1) / 16 * 16,
                      (N_CROSSLINES - height) * spread / (n_tiles > 1 ? n_tiles - 1 : 1) / 16 * 16);
        double start_s = seconds();
        must(device->begin_tile(self, &tile));
        for (int64_t j = 0; j < N_TRACES; j += LEAF)
            must(device->add_batch(self, traces + j, N_TRACES - j < LEAF ? N_TRACES - j : LEAF));
        double queued_s = seconds();
        must(device->read_tile(self, &(pstm_sums){.sum = image, .fold = fold}));
        double end_s = seconds();
        double contributions = 0;
        for (size_t s = 0; s < n_sums; s++)
            contributions += fold[s];
        pstm_device_times times = {0};
        if (device->times) device->times(self, &times);
        double kernel_s = times.busy_s - before.busy_s, limit = times.limit - before.limit;
        printf("  tile %2d: %.3e contributions, queued in %.2f ms, read after %.2f ms, kernels %.2f ms: "
               "%.3e/s (%.1f %% of the limit); with all: %.3e/s\n",
               i, contributions, 1e3 * (queued_s - start_s), 1e3 * (end_s - start_s), 1e3 * kernel_s,
               contributions / kernel_s, 100 * contributions / limit, contributions / (end_s - start_s));
        if (i >= 0) all += contributions, all_s += kernel_s;
        before = times;
    }
    printf("  %.3e contributions in %.2f ms of kernels: %.3e/s\n", all, 1e3 * all_s, all / all_s);
    device->destroy(&self);
    return 0;
}
