/* What surrounds the sum (cuda_kernels.h): tables of a tile, lines of the traces, the way out. Compiled with
 * -fmad=false: no operation is fused that is not written so. */
#include <cfloat>
#include <cmath>

/* First, since it makes the formulas of sum/ for the device. */
#include "gpu/cuda_formulas.cuh"

#include "gpu/cuda_kernels.h"

namespace
{

constexpr int LANES = PSTM_CUDA_LANES;
constexpr int PIECES = PSTM_CUDA_PIECES;
constexpr int SPAN = PSTM_CUDA_SPAN;
constexpr unsigned ALL = 0xffffffffu;

/* pstm_aperture_limits() of one sample: the same double operations, each rounded once. */
__device__ float aperture_limit2(const pstm_cuda_tile &tile, const pstm_medium &medium, double t0_s)
{
    if (t0_s <= 0) return -1;
    double by_angle_m = medium.vrms_m_s * (t0_s / 2) * tile.aperture_tan;
    double radius_m = by_angle_m < tile.aperture_m ? by_angle_m : tile.aperture_m;
    radius_m = fmin(radius_m, pstm_law_longest_leg_m((pstm_law)tile.law, t0_s, &medium));
    double radius2_m2 = radius_m * radius_m;
    return radius2_m2 <= FLT_MAX ? (float)radius2_m2 : INFINITY;
}

/* pstm_device_medium(): what a column says at output sample k. */
__device__ pstm_medium medium_at(const pstm_cuda_tile &tile, int64_t column, int k)
{
    const int64_t at = column * tile.n_times + k;
    const bool bends = pstm_law_bends(tile.law);
    return {tile.vrms_m_s[at], bends ? tile.alpha[at] : 0.0f, bends ? tile.beta[at] : 0.0f};
}

/* A butterfly: after exchanges over 16, 8, 4, 2 and 1 lanes all have the least of all. */
__device__ float least_of_warp(float x)
{
    for (int step = LANES / 2; step > 0; step /= 2)
        x = fminf(x, __shfl_xor_sync(ALL, x, step));
    return x;
}

__device__ float most_of_warp(float x)
{
    return -least_of_warp(-x);
}

/* pstm_antialias_blocks() of one block: the same double operations, each rounded once. */
__device__ float4 antialias_block(const pstm_cuda_tile &tile, int64_t column, int i_block)
{
    constexpr int SAMPLES = SPAN / PSTM_CUDA_BLOCKS;
    for (int k = i_block * SAMPLES; k < (i_block + 1) * SAMPLES && k < tile.n_times; k++) {
        double t0_s = tile.time_first_s + (double)k * tile.time_step_s;
        if (t0_s <= 0) continue;
        const pstm_medium medium = medium_at(tile, column, k);
        double depth_m = medium.vrms_m_s * (t0_s / 2), sample_m = medium.vrms_m_s * tile.sample_s;
        return make_float4((float)(depth_m * depth_m), (float)(1 / (sample_m * sample_m)),
                           (float)medium.alpha, (float)medium.beta);
    }
    return make_float4(0, 0, 0, 0);
}

/* A warp makes the tables of one span of one column: the fields of the law, tau^2 = (t0/2)^2 and 1/v^2, in
 * input samples, so that times are positions; the aperture; and of the whole span their least and largest, by
 * which classify() of cuda_migrate.cu decides for all of its samples at once. Samples that are not wanted
 * have a limit of -1, which no leg^2 is up to, and do not count in these. */
__global__ void __launch_bounds__(LANES) make_tables(const __grid_constant__ pstm_cuda_tile tile)
{
    int64_t column = blockIdx.x / tile.n_spans;
    int i_span = (int)(blockIdx.x % tile.n_spans);
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    pstm_cuda_span span;
    float tau2_least = INFINITY, tau2_most = 0, slowness2_least = INFINITY, slowness2_most = 0;
    float alpha_least = INFINITY, alpha_most = -INFINITY, beta_least = INFINITY, beta_most = 0;
    for (int piece = 0; piece < PIECES; piece++) {
        int k = i_span * SPAN + piece * LANES + (int)threadIdx.x;
        /* Beyond the last sample are doubles of it, which nobody reads: a span that is full but for them is
         * full. */
        int of = k < tile.n_times ? k : tile.n_times - 1;
        const pstm_medium medium = medium_at(tile, column, of);
        double t0_s = tile.time_first_s + (double)of * tile.time_step_s;
        double tau = t0_s / 2 / tile.sample_s;
        double v_m_per_sample = medium.vrms_m_s * tile.sample_s;
        float tau2 = (float)(tau * tau);
        float slowness2 = (float)(1 / (v_m_per_sample * v_m_per_sample));
        float limit2 = of >= tile.k_begin && of < tile.k_end ? aperture_limit2(tile, medium, t0_s) : -1;
        if (limit2 >= 0) {
            tau2_least = fminf(tau2_least, tau2), tau2_most = fmaxf(tau2_most, tau2);
            slowness2_least = fminf(slowness2_least, slowness2);
            slowness2_most = fmaxf(slowness2_most, slowness2);
            alpha_least = fminf(alpha_least, (float)medium.alpha);
            alpha_most = fmaxf(alpha_most, (float)medium.alpha);
            beta_least = fminf(beta_least, (float)medium.beta);
            beta_most = fmaxf(beta_most, (float)medium.beta);
        }
        if (column == 0) tile.tau2[k] = tau2;
        tile.slowness2[column * n_padded + k] = slowness2;
        tile.limit2_m2[column * n_padded + k] = limit2;
        span.most2_m2[piece] = most_of_warp(limit2);
        span.full2_m2[piece] = least_of_warp(limit2) * tile.full_fraction;
    }
    span.tau2_least = least_of_warp(tau2_least), span.tau2_most = most_of_warp(tau2_most);
    span.slowness2_least = least_of_warp(slowness2_least);
    span.slowness2_most = most_of_warp(slowness2_most);
    span.alpha_least = least_of_warp(alpha_least), span.alpha_most = most_of_warp(alpha_most);
    span.beta_least = least_of_warp(beta_least), span.beta_most = most_of_warp(beta_most);
    if (threadIdx.x == 0) tile.spans[column * tile.n_spans + i_span] = span;
    if (tile.n_levels > 1 && threadIdx.x < PSTM_CUDA_BLOCKS) {
        int i_block = i_span * PSTM_CUDA_BLOCKS + (int)threadIdx.x;
        tile.blocks[column * tile.n_spans * PSTM_CUDA_BLOCKS + i_block] =
            antialias_block(tile, column, i_block);
    }
}

/* The line through samples i and i + 1 over the position p, which counts samples from the trace's first
 * (value_at() of cuda_ray.inc): value s_i - i d at position 0, and slope d = s_{i+1} - s_i. The value is
 * rounded by about i d 2^-24, as p d is when p is near i: a sample late in the trace is off by what the
 * position itself is off. */
__global__ void make_lines(const __grid_constant__ pstm_cuda_batch batch)
{
    int64_t level = blockIdx.y, trace = blockIdx.z;
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= batch.n_samples) return;
    const float *samples = batch.samples + (trace * batch.n_levels + level) * (batch.n_samples + 1) + i;
    float step = samples[1] - samples[0];
    batch.lines[trace][level * batch.line_stride + i] =
        make_float2(__fmaf_rn(-(float)i, step, samples[0]), step);
}

/* Which of the kernels takes a span (device_times.h). */
__device__ __forceinline__ int kernel_of(const pstm_cuda_tile &tile, int k)
{
    const int width = tile.width[k / SPAN];
    return width == 0                  ? PSTM_DEVICE_KERNEL_SINGLE
           : width == PSTM_CUDA_WIDEST ? PSTM_DEVICE_KERNEL_WIDE
                                       : PSTM_DEVICE_KERNEL_NARROW;
}

__device__ __forceinline__ unsigned long long sum_of_warp(unsigned long long x)
{
    for (int step = LANES / 2; step > 0; step /= 2)
        x += __shfl_xor_sync(ALL, x, step);
    return x;
}

/* The way out: a sum gets the weight's factor of its output sample once, in place of each contribution. What
 * each kernel has made is counted. */
__global__ void finish(const __grid_constant__ pstm_cuda_tile tile, int weight, int64_t first,
                       const pstm_cuda_sums to)
{
    int64_t column = first + blockIdx.x;
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    const float *slowness2 = tile.slowness2 + (tile.n_columns == 1 ? 0 : column / tile.n_classes * n_padded);
    unsigned long long made[PSTM_DEVICE_KERNELS] = {};
    for (int k = (int)threadIdx.x; k < tile.n_times; k += (int)blockDim.x) {
        float sum = tile.sums[column * n_padded + k];
        int64_t out = (int64_t)blockIdx.x * tile.n_times + k;
        float tau2 = tile.tau2[k], factor = 1;
        if (tau2 > 0) factor = pstm_weight_sample_f(weight, tau2, slowness2[k], (float)tile.sample_s);
        if (tile.width[k / SPAN] > 0) factor = __fdiv_rn(factor, (float)pstm_cuda_tau_scale(weight, tau2));
        to.sum[out] = sum * factor;
        to.fold[out] = tile.fold[column * n_padded + k];
        if (to.faded) to.faded[out] = tile.faded[column * n_padded + k];
        made[kernel_of(tile, k)] += to.fold[out];
    }
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++) {
        const unsigned long long of_warp = sum_of_warp(made[kernel]);
        if (threadIdx.x % LANES == 0 && of_warp > 0) atomicAdd(&tile.counters[kernel], of_warp);
    }
}

} // namespace

extern "C" double pstm_cuda_most_per_clock(pstm_weight weight, bool antialias, bool groups)
{
    /* The same for compute capabilities 7.0 to 9.0: 16 lanes of special functions, four warps issue. */
    constexpr double SPECIAL_LANES = 16, ISSUE_LANES = 4 * LANES;
    constexpr double ROOTS = 2, INSTRUCTIONS = 17.1, FOR_ANTIALIAS = 4.6, OF_GROUPS = 8.6;
    if (groups) return ISSUE_LANES / (OF_GROUPS + pstm_weight_instructions(weight));
    double instructions = INSTRUCTIONS + pstm_weight_instructions(weight) + (antialias ? FOR_ANTIALIAS : 0);
    double by_issue = ISSUE_LANES / instructions;
    return by_issue < SPECIAL_LANES / ROOTS ? by_issue : SPECIAL_LANES / ROOTS;
}

extern "C" cudaError_t pstm_cuda_make_tables(const pstm_cuda_tile *tile, cudaStream_t stream)
{
    make_tables<<<(unsigned)(tile->n_columns * tile->n_spans), LANES, 0, stream>>>(*tile);
    return cudaGetLastError();
}

extern "C" cudaError_t pstm_cuda_make_lines(const pstm_cuda_batch *batch, cudaStream_t stream)
{
    constexpr int THREADS = 256;
    if (batch->n_new == 0) return cudaSuccess;
    dim3 blocks((unsigned)((batch->n_samples + THREADS - 1) / THREADS), (unsigned)batch->n_levels,
                (unsigned)batch->n_new);
    make_lines<<<blocks, THREADS, 0, stream>>>(*batch);
    return cudaGetLastError();
}

extern "C" cudaError_t pstm_cuda_finish(const pstm_cuda_tile *tile, pstm_weight weight, int64_t first,
                                        int64_t n, const pstm_cuda_sums *to, cudaStream_t stream)
{
    constexpr unsigned THREADS = 256;
    finish<<<(unsigned)n, THREADS, 0, stream>>>(*tile, (int)weight, first, *to);
    return cudaGetLastError();
}
