/* The kernels of cuda_kernels.h. Compiled with -fmad=false: every fused multiply-add is written by hand, so
 * that a bit of the image depends on no compiler's taste. */
#include "gpu/cuda_kernels.h"

#include <cfloat>
#include <cmath>

#define PSTM_ANTIALIAS_INLINE static __device__ __forceinline__
#include "migrate/antialias_level.h"

namespace
{

constexpr int LANES = PSTM_CUDA_LANES;
constexpr int PIECES = PSTM_CUDA_PIECES;
constexpr int SPAN = PSTM_CUDA_SPAN;
constexpr int WARPS = 4; /* of a thread block */
/* Thread blocks of a multiprocessor at least: 64 registers a thread, 80 with antialias. */
constexpr int BLOCKS = 8, BANK_BLOCKS = 6;
constexpr unsigned ALL = 0xffffffffu;

/* What a trace is to a span. */
enum Reach : unsigned {
    NONE = 0,
    FULL = 1, /* every sample takes it, untapered, inside its live window */
    PART = 2, /* inside the live window; the aperture decides, and the taper */
    ENDS = 3, /* the live window decides too */
    EDGE = 4, /* + piece: the aperture decides in this piece; those after it are full, those before none */
};

/* Samples by which a span must lie inside a live window to need no comparison, and the same relative to the
 * time: far more than the rounding of a time. */
constexpr float LIVE_MARGIN = 0.01f, LIVE_MARGIN_RELATIVE = 1e-6f;

/* Part of a limit that is given away where a test of a box stands for that of its traces. */
constexpr double BOX_MARGIN = 1e-5;

/* 2^23. Added to a float below it, rounding down, it leaves the integer part in the lowest bits. */
constexpr float INTEGER_BIT = 8388608.0f;
constexpr unsigned INTEGER_BITS = 0x4b000000u;

/* A trace as a location sees it. */
struct __align__(16) Ray
{
    float source_leg2, receiver_leg2, minus_start;
    unsigned reach;    /* of each piece */
    const char *pairs; /* INTEGER_BITS pairs before the trace's first */
    const pstm_cuda_trace *trace;
};

/* The first 24 bytes of a ray in shared memory. Written out because the compiler makes a 32-bit address of a
 * pointer anew for each. */
__device__ __forceinline__ Ray load_ray(unsigned address)
{
    Ray ray;
    asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(ray.source_leg2), "=f"(ray.receiver_leg2), "=f"(ray.minus_start), "=r"(ray.reach)
                 : "r"(address));
    asm volatile("ld.shared.b64 %0, [%1+16];" : "=l"(ray.pairs) : "r"(address));
    return ray;
}

__device__ __forceinline__ const pstm_cuda_trace *load_trace(unsigned address)
{
    const pstm_cuda_trace *trace;
    asm volatile("ld.shared.b64 %0, [%1+24];" : "=l"(trace) : "r"(address));
    return trace;
}

__device__ __forceinline__ float reciprocal_root(float x)
{
    float y;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/* Arrival in input samples; `product` is 1 / (ts tr). */
__device__ __forceinline__ float arrival(const Ray &ray, float tau2, float slowness2, float &product)
{
    float ts2 = __fmaf_rn(ray.source_leg2, slowness2, tau2);
    float tr2 = __fmaf_rn(ray.receiver_leg2, slowness2, tau2);
    float rs = reciprocal_root(ts2);
    float rr = reciprocal_root(tr2);
    product = rs * rr;
    return __fmaf_rn(tr2, rr, __fmaf_rn(ts2, rs, ray.minus_start));
}

/* The same, each operation rounded once: what the live window is compared with, on every device. */
__device__ float exact_arrival(const Ray &ray, float tau2, float slowness2)
{
    float ts2 = __fmaf_rn(ray.source_leg2, slowness2, tau2);
    float tr2 = __fmaf_rn(ray.receiver_leg2, slowness2, tau2);
    return __fadd_rn(__fadd_rn(__fsqrt_rn(ts2), __fsqrt_rn(tr2)), ray.minus_start);
}

/* Turns a position from 0 to the last sample into the sample before it, with the step to the next, and the
 * fraction of the step. `copy`: pairs from the trace to its antialias copy. */
__device__ __forceinline__ float2 load_pair(const char *pairs, unsigned copy, float &position)
{
    float integer = __fadd_rd(position, INTEGER_BIT);
    position -= integer - INTEGER_BIT;
    size_t offset = (size_t)(__float_as_uint(integer) + copy) * sizeof(float2);
    return __ldg(reinterpret_cast<const float2 *>(pairs + offset));
}

template <bool OBLIQUITY> __device__ __forceinline__ float add(float sum, float product, float value)
{
    return OBLIQUITY ? __fmaf_rn(product * product, value, sum) : sum + value;
}

/* T of aperture.h. */
__device__ float leg_taper(float leg2, float limit2, float scale)
{
    float factor = (1.0f - __fdiv_rn(leg2, limit2)) * scale;
    return fminf(fmaxf(factor, 0.0f), 1.0f);
}

/* Pairs to the antialias copy that each of a lane's samples reads. */
struct Copies {
    unsigned of[PIECES];
};

/* Those of a ray, made by choose_copies(). */
template <bool BANK> __device__ __forceinline__ Copies load_copies(unsigned address)
{
    Copies copies = {};
    if (BANK)
        asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
                     : "=r"(copies.of[0]), "=r"(copies.of[1]), "=r"(copies.of[2]), "=r"(copies.of[3])
                     : "r"(address));
    return copies;
}

/* What a lane owns. */
struct Owner {
    float tau2[PIECES], slowness2[PIECES], limit2[PIECES];
    float sum[PIECES];
    unsigned fold[PIECES];
};

/* Adds a trace that reaches every sample of the span. The caller counts the fold. */
template <bool OBLIQUITY>
__device__ __forceinline__ void add_full(const Ray &ray, const Copies &copies, Owner &own)
{
    float position[PIECES], product[PIECES];
    float2 pair[PIECES];
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        position[i] = arrival(ray, own.tau2[i], own.slowness2[i], product[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        pair[i] = load_pair(ray.pairs, copies.of[i], position[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        own.sum[i] = add<OBLIQUITY>(own.sum[i], product[i], __fmaf_rn(position[i], pair[i].y, pair[i].x));
}

/* Adds a trace that reaches piece FIRST in part, and those after it in full: the way into an aperture that
 * widens with time. The caller counts the fold of the full pieces. */
template <bool OBLIQUITY, int FIRST>
__device__ __forceinline__ void add_edge(const Ray &ray, const Copies &copies, Owner &own)
{
    bool passes = fmaxf(ray.source_leg2, ray.receiver_leg2) <= own.limit2[FIRST];
    float position[PIECES], product[PIECES];
    float2 pair[PIECES];
#pragma unroll
    for (int i = FIRST; i < PIECES; i++)
        position[i] = arrival(ray, own.tau2[i], own.slowness2[i], product[i]);
    position[FIRST] = passes ? position[FIRST] : 0.0f;
#pragma unroll
    for (int i = FIRST; i < PIECES; i++)
        pair[i] = load_pair(ray.pairs, copies.of[i], position[i]);
#pragma unroll
    for (int i = FIRST; i < PIECES; i++) {
        float value = __fmaf_rn(position[i], pair[i].y, pair[i].x);
        float sum = add<OBLIQUITY>(own.sum[i], product[i], value);
        own.sum[i] = i > FIRST || passes ? sum : own.sum[i];
        if (i == FIRST && passes) own.fold[i]++;
    }
}

/* add_edge() for the piece that ray.reach tells, one of [BEGIN, END). */
template <bool OBLIQUITY, int BEGIN, int END>
__device__ __forceinline__ void add_edge_of(const Ray &ray, const Copies &copies, Owner &own)
{
    constexpr int MIDDLE = (BEGIN + END) / 2;
    if constexpr (END - BEGIN == 1) {
        add_edge<OBLIQUITY, BEGIN>(ray, copies, own);
    } else {
        if (ray.reach < EDGE + MIDDLE)
            add_edge_of<OBLIQUITY, BEGIN, MIDDLE>(ray, copies, own);
        else
            add_edge_of<OBLIQUITY, MIDDLE, END>(ray, copies, own);
    }
}

/* Adds a trace that reaches some samples of the span. Lanes that it does not reach do the same work and drop
 * it: without branches the pieces' loads overlap. */
template <bool OBLIQUITY, bool TAPERED, bool ENDING>
__device__ __forceinline__ void add_part(const Ray &ray, const Copies &copies, const pstm_cuda_trace *trace,
                                         float taper_scale, Owner &own)
{
    float longer2 = fmaxf(ray.source_leg2, ray.receiver_leg2);
    float first = 0, last = 0;
    if (ENDING) first = __ldg(&trace->live_first), last = __ldg(&trace->live_last);
    float position[PIECES], product[PIECES];
    float2 pair[PIECES];
    bool passes[PIECES];
#pragma unroll
    for (int i = 0; i < PIECES; i++) {
        passes[i] = longer2 <= own.limit2[i];
        position[i] = arrival(ray, own.tau2[i], own.slowness2[i], product[i]);
        if (ENDING) {
            float exact = exact_arrival(ray, own.tau2[i], own.slowness2[i]);
            passes[i] = passes[i] && exact >= first && exact <= last;
            position[i] = fminf(fmaxf(position[i], first), last);
        }
        position[i] = passes[i] ? position[i] : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        pair[i] = load_pair(ray.pairs, copies.of[i], position[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++) {
        float value = __fmaf_rn(position[i], pair[i].y, pair[i].x);
        if (TAPERED)
            value *= leg_taper(ray.source_leg2, own.limit2[i], taper_scale) *
                     leg_taper(ray.receiver_leg2, own.limit2[i], taper_scale);
        if (passes[i]) {
            own.sum[i] = add<OBLIQUITY>(own.sum[i], product[i], value);
            own.fold[i]++;
        }
    }
}

/* Adds the ray at an address in shared memory. */
template <bool OBLIQUITY, bool TAPERED, bool BANK>
__device__ __forceinline__ void add_ray(unsigned address, unsigned to_copies, float taper_scale, Owner &own)
{
    Ray ray = load_ray(address);
    Copies copies = load_copies<BANK>(address + to_copies);
    if (ray.reach == FULL) {
        add_full<OBLIQUITY>(ray, copies, own);
    } else if (ray.reach >= EDGE) {
        add_edge_of<OBLIQUITY, 0, PIECES>(ray, copies, own);
    } else if (ray.reach == PART) {
        add_part<OBLIQUITY, TAPERED, false>(ray, copies, nullptr, taper_scale, own);
    } else {
        add_part<OBLIQUITY, TAPERED, true>(ray, copies, load_trace(address), taper_scale, own);
    }
}

/* Whether a trace with its ends in the box may reach a location whose largest limit is given. */
__device__ bool box_reaches(const pstm_cuda_box &box, double x, double y, float most2)
{
    double bound = (double)most2 * (1 + BOX_MARGIN);
    for (int end = 0; end < 4; end += 2) {
        double dx = fmax(fmax(box.least_m[end] - x, x - box.most_m[end]), 0.0);
        double dy = fmax(fmax(box.least_m[end + 1] - y, y - box.most_m[end + 1]), 0.0);
        if (dx * dx + dy * dy > bound) return false;
    }
    return true;
}

/* pstm_aperture_leg2(). */
__device__ __forceinline__ float leg2(double x, double y, double end_x, double end_y)
{
    float dx = (float)(x - end_x);
    float dy = (float)(y - end_y);
    return __fmaf_rn(dx, dx, dy * dy);
}

/* What a trace in reach is to a span. */
template <bool TAPERED>
__device__ unsigned classify(const pstm_cuda_span &span, const Ray &ray, float first, float last)
{
    float longer2 = fmaxf(ray.source_leg2, ray.receiver_leg2);
    unsigned some = 0, full = 0;
#pragma unroll
    for (int i = 0; i < PIECES; i++) {
        some |= longer2 <= span.most2_m2[i] ? 1u << i : 0;
        full |= longer2 <= span.full2_m2[i] ? 1u << i : 0;
    }
    if (some == 0) return NONE;
    float product;
    float from = arrival(ray, span.tau2_least, span.slowness2_least, product);
    float to = arrival(ray, span.tau2_most, span.slowness2_most, product);
    float margin = __fmaf_rn(to - ray.minus_start, LIVE_MARGIN_RELATIVE, LIVE_MARGIN);
    if (from - margin > last || to + margin < first) return NONE;
    if (from - margin < first || to + margin > last) return ENDS;
    constexpr unsigned EVERY = (1u << PIECES) - 1;
    if (full == EVERY) return FULL;
    if (TAPERED) return PART;
    unsigned piece = __ffs(some) - 1;
    bool widens = some == (EVERY << piece & EVERY) && full == (EVERY << (piece + 1) & EVERY);
    return widens ? EDGE + piece : PART;
}

/* d . B of antialias.h of source and receiver on both axes. */
__device__ float4 projections(const pstm_cuda_tile &tile, double x, double y, const pstm_cuda_trace &trace)
{
    const float(&step)[2][2] = tile.bin_step_m;
    float source_x = (float)(x - trace.ends_m[0]), source_y = (float)(y - trace.ends_m[1]);
    float receiver_x = (float)(x - trace.ends_m[2]), receiver_y = (float)(y - trace.ends_m[3]);
    return make_float4(pstm_antialias_projection(source_x, source_y, step[0][0], step[0][1]),
                       pstm_antialias_projection(source_x, source_y, step[1][0], step[1][1]),
                       pstm_antialias_projection(receiver_x, receiver_y, step[0][0], step[0][1]),
                       pstm_antialias_projection(receiver_x, receiver_y, step[1][0], step[1][1]));
}

/* Where load_copies() finds block i of a span: the pieces of a lane lie together. */
__device__ __forceinline__ int place_of_block(int i)
{
    constexpr int BLOCKS_OF_PIECE = PSTM_CUDA_BLOCKS / PIECES;
    return i % BLOCKS_OF_PIECE * PIECES + i / BLOCKS_OF_PIECE;
}

/* Chooses the copy of each ray for each block of the span, a block a lane. */
__device__ __forceinline__ void choose_copies(const Ray *rays, const float4 *along, int n_rays, int lane,
                                              float2 block, int n_levels, int pair_stride,
                                              unsigned (*copies)[PSTM_CUDA_BLOCKS])
{
    constexpr int AT_A_TIME = LANES / PSTM_CUDA_BLOCKS;
    const pstm_antialias_block of_column = {block.x, block.y};
    int place = place_of_block(lane % PSTM_CUDA_BLOCKS);
    for (int i = lane / PSTM_CUDA_BLOCKS; i < n_rays; i += AT_A_TIME) {
        float4 d = along[i];
        const pstm_antialias_legs legs = {rays[i].source_leg2, rays[i].receiver_leg2, {d.x, d.y}, {d.z, d.w}};
        copies[i][place] = (unsigned)(pstm_antialias_level(&legs, &of_column, n_levels) * pair_stride);
    }
    __syncwarp();
}

template <bool OBLIQUITY, bool TAPERED, bool BANK>
__global__ void __launch_bounds__(WARPS *LANES, BANK ? BANK_BLOCKS : BLOCKS)
    migrate(const __grid_constant__ pstm_cuda_tile tile, const __grid_constant__ pstm_cuda_batch batch)
{
    __shared__ Ray all_rays[WARPS][LANES];
    int warp = threadIdx.x / LANES, lane = threadIdx.x % LANES;
    Ray *rays = all_rays[warp];
    const unsigned first_ray = (unsigned)__cvta_generic_to_shared(rays);

    /* As far from ray to ray as the rays are. */
    __shared__ __align__(16) unsigned all_copies[BANK ? WARPS : 1][BANK ? LANES : 1][PSTM_CUDA_BLOCKS];
    static_assert(sizeof all_copies[0][0] == sizeof(Ray), "");
    __shared__ float4 all_along[BANK ? WARPS : 1][BANK ? LANES : 1];
    unsigned to_copies = 0;
    if (BANK)
        to_copies = (unsigned)__cvta_generic_to_shared(&all_copies[warp][0][lane / 16 * PIECES]) - first_ray;

    /* Neighbouring locations share a thread block and so the samples; the spans with most work go first. */
    unsigned n_blocks = (tile.n_locations + WARPS - 1) / WARPS;
    int location = (int)(blockIdx.x % n_blocks) * WARPS + warp;
    int rest = (int)(blockIdx.x / n_blocks);
    int i_span = tile.n_spans - 1 - rest % tile.n_spans;
    const pstm_cuda_range range = batch.ranges[rest / tile.n_spans];
    if (location >= tile.n_locations) return;

    int64_t column = tile.n_columns == 1 ? 0 : location;
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    int64_t k = (int64_t)i_span * SPAN + lane;
    int64_t i_sum = ((int64_t)location * tile.n_classes + range.class_index) * n_padded + k;
    const pstm_cuda_span &span = tile.spans[column * tile.n_spans + i_span];
    float most2 = -1;
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        most2 = fmaxf(most2, span.most2_m2[i]);
    if (most2 < 0) return;

    double x = tile.x_m[location], y = tile.y_m[location];
    float2 block = {};
    if (BANK)
        block = tile.blocks[(column * tile.n_spans + i_span) * PSTM_CUDA_BLOCKS + lane % PSTM_CUDA_BLOCKS];
    Owner own;
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        own.tau2[piece] = tile.tau2[k + piece * LANES];
        own.slowness2[piece] = tile.slowness2[column * n_padded + k + piece * LANES];
        own.limit2[piece] = tile.limit2_m2[column * n_padded + k + piece * LANES];
        own.sum[piece] = tile.sums[i_sum + piece * LANES];
        own.fold[piece] = tile.fold[i_sum + piece * LANES];
    }

    int n_groups = (range.n_traces + PSTM_CUDA_GROUP - 1) / PSTM_CUDA_GROUP;
    for (int first_group = 0; first_group < n_groups; first_group += LANES) {
        int my_group = first_group + lane;
        bool near =
            my_group < n_groups && box_reaches(batch.boxes[range.first_group + my_group], x, y, most2);
        for (unsigned groups = __ballot_sync(ALL, near); groups; groups &= groups - 1) {
            int in_group = (first_group + __ffs(groups) - 1) * PSTM_CUDA_GROUP;
            const pstm_cuda_trace *traces = batch.traces + range.first_trace + in_group;
            Ray ray = {};
            float4 along;
            if (in_group + lane < range.n_traces) {
                const pstm_cuda_trace trace = traces[lane];
                ray.source_leg2 = leg2(x, y, trace.ends_m[0], trace.ends_m[1]);
                ray.receiver_leg2 = leg2(x, y, trace.ends_m[2], trace.ends_m[3]);
                ray.minus_start = -trace.start;
                ray.pairs = reinterpret_cast<const char *>(trace.pairs) -
                            (int64_t)INTEGER_BITS * (int64_t)sizeof(float2);
                if (BANK) along = projections(tile, x, y, trace);
                ray.trace = traces + lane;
                ray.reach = classify<TAPERED>(span, ray, trace.live_first, trace.live_last);
            }
            unsigned some = __ballot_sync(ALL, ray.reach != NONE);
            if (some == 0) continue;
            unsigned full = ray.reach == FULL ? ALL : ray.reach >= EDGE ? ALL << (ray.reach - EDGE + 1) : 0;
#pragma unroll
            for (int piece = 0; piece < PIECES; piece++)
                own.fold[piece] += __popc(__ballot_sync(ALL, full >> piece & 1));
            if (ray.reach != NONE) {
                int place = __popc(some & ((1u << lane) - 1));
                rays[place] = ray;
                if (BANK) all_along[warp][place] = along;
            }
            __syncwarp();
            if (BANK)
                choose_copies(rays, all_along[warp], __popc(some), lane, block, tile.n_levels,
                              batch.pair_stride, all_copies[warp]);
            unsigned end = first_ray + (unsigned)__popc(some) * (unsigned)sizeof(Ray);
            if (some == __ballot_sync(ALL, ray.reach == FULL)) {
#pragma unroll 2
                for (unsigned address = first_ray; address != end; address += (unsigned)sizeof(Ray))
                    add_full<OBLIQUITY>(load_ray(address), load_copies<BANK>(address + to_copies), own);
            } else {
#pragma unroll 1
                for (unsigned address = first_ray; address != end; address += (unsigned)sizeof(Ray))
                    add_ray<OBLIQUITY, TAPERED, BANK>(address, to_copies, tile.taper_scale, own);
            }
            __syncwarp();
        }
    }
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        tile.sums[i_sum + piece * LANES] = own.sum[piece];
        tile.fold[i_sum + piece * LANES] = own.fold[piece];
    }
}

/* pstm_aperture_limits() of one sample: the same double operations, each rounded once. */
__device__ float aperture_limit2(const pstm_cuda_tile &tile, float vrms_m_s, double t0_s)
{
    if (t0_s <= 0) return -1;
    double by_angle_m = vrms_m_s * (t0_s / 2) * tile.aperture_tan;
    double radius_m = by_angle_m < tile.aperture_m ? by_angle_m : tile.aperture_m;
    double radius2_m2 = radius_m * radius_m;
    return radius2_m2 <= FLT_MAX ? (float)radius2_m2 : INFINITY;
}

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
__device__ float2 antialias_block(const pstm_cuda_tile &tile, const float *vrms_m_s, int i_block)
{
    constexpr int SAMPLES = SPAN / PSTM_CUDA_BLOCKS;
    for (int k = i_block * SAMPLES; k < (i_block + 1) * SAMPLES && k < tile.n_times; k++) {
        double t0_s = tile.time_first_s + (double)k * tile.time_step_s;
        if (t0_s <= 0) continue;
        double depth_m = vrms_m_s[k] * (t0_s / 2), sample_m = vrms_m_s[k] * tile.sample_s;
        return make_float2((float)(depth_m * depth_m), (float)(1 / (sample_m * sample_m)));
    }
    return make_float2(0, 0);
}

/* A warp makes the tables of one span of one column. */
__global__ void __launch_bounds__(LANES) make_tables(const __grid_constant__ pstm_cuda_tile tile)
{
    int64_t column = blockIdx.x / tile.n_spans;
    int i_span = (int)(blockIdx.x % tile.n_spans);
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    pstm_cuda_span span;
    float tau2_least = INFINITY, tau2_most = 0, slowness2_least = INFINITY, slowness2_most = 0;
    for (int piece = 0; piece < PIECES; piece++) {
        int k = i_span * SPAN + piece * LANES + (int)threadIdx.x;
        float tau2 = 0, slowness2 = 0, limit2 = -1;
        if (k < tile.n_times) {
            float vrms_m_s = tile.vrms_m_s[column * tile.n_times + k];
            double t0_s = tile.time_first_s + (double)k * tile.time_step_s;
            double tau = t0_s / 2 / tile.sample_s;
            double v_m_per_sample = vrms_m_s * tile.sample_s;
            tau2 = (float)(tau * tau);
            slowness2 = (float)(1 / (v_m_per_sample * v_m_per_sample));
            if (k >= tile.k_begin && k < tile.k_end) limit2 = aperture_limit2(tile, vrms_m_s, t0_s);
        }
        if (limit2 >= 0) {
            tau2_least = fminf(tau2_least, tau2), tau2_most = fmaxf(tau2_most, tau2);
            slowness2_least = fminf(slowness2_least, slowness2);
            slowness2_most = fmaxf(slowness2_most, slowness2);
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
    if (threadIdx.x == 0) tile.spans[column * tile.n_spans + i_span] = span;
    if (tile.n_levels > 1 && threadIdx.x < PSTM_CUDA_BLOCKS) {
        int i_block = i_span * PSTM_CUDA_BLOCKS + (int)threadIdx.x;
        tile.blocks[column * tile.n_spans * PSTM_CUDA_BLOCKS + i_block] =
            antialias_block(tile, tile.vrms_m_s + column * tile.n_times, i_block);
    }
}

__global__ void make_pairs(const __grid_constant__ pstm_cuda_batch batch)
{
    int64_t level = blockIdx.y, trace = blockIdx.z;
    int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= batch.n_samples) return;
    const float *samples = batch.samples + (trace * batch.n_levels + level) * (batch.n_samples + 1) + i;
    batch.pairs[trace][level * batch.pair_stride + i] = make_float2(samples[0], samples[1] - samples[0]);
}

__global__ void finish(const __grid_constant__ pstm_cuda_tile tile, bool obliquity, int64_t first,
                       float *image, uint32_t *fold)
{
    int64_t column = first + blockIdx.x;
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    const float *slowness2 = tile.slowness2 + (tile.n_columns == 1 ? 0 : column / tile.n_classes * n_padded);
    for (int k = (int)threadIdx.x; k < tile.n_times; k += (int)blockDim.x) {
        float sum = tile.sums[column * n_padded + k];
        int64_t out = (int64_t)blockIdx.x * tile.n_times + k;
        image[out] = obliquity ? sum * (tile.tau2[k] * slowness2[k]) : sum;
        fold[out] = tile.fold[column * n_padded + k];
    }
}

using Migrate = void(const pstm_cuda_tile, const pstm_cuda_batch);

template <bool BANK> Migrate *pick(bool obliquity, bool tapered)
{
    if (obliquity) return tapered ? migrate<true, true, BANK> : migrate<true, false, BANK>;
    return tapered ? migrate<false, true, BANK> : migrate<false, false, BANK>;
}

} // namespace

extern "C" double pstm_cuda_most_per_clock(bool obliquity, bool antialias)
{
    /* The same for compute capabilities 7.0 to 9.0: 16 lanes of special functions, four warps issue. */
    constexpr double SPECIAL_LANES = 16, ISSUE_LANES = 4 * LANES;
    constexpr double ROOTS = 2, INSTRUCTIONS = 21.6, FOR_OBLIQUITY = 2, FOR_ANTIALIAS = 4.9;
    double instructions = INSTRUCTIONS + (obliquity ? FOR_OBLIQUITY : 0) + (antialias ? FOR_ANTIALIAS : 0);
    double by_issue = ISSUE_LANES / instructions;
    return by_issue < SPECIAL_LANES / ROOTS ? by_issue : SPECIAL_LANES / ROOTS;
}

extern "C" cudaError_t pstm_cuda_make_tables(const pstm_cuda_tile *tile, cudaStream_t stream)
{
    make_tables<<<(unsigned)(tile->n_columns * tile->n_spans), LANES, 0, stream>>>(*tile);
    return cudaGetLastError();
}

extern "C" cudaError_t pstm_cuda_make_pairs(const pstm_cuda_batch *batch, cudaStream_t stream)
{
    constexpr int THREADS = 256;
    if (batch->n_new == 0) return cudaSuccess;
    dim3 blocks((unsigned)((batch->n_samples + THREADS - 1) / THREADS), (unsigned)batch->n_levels,
                (unsigned)batch->n_new);
    make_pairs<<<blocks, THREADS, 0, stream>>>(*batch);
    return cudaGetLastError();
}

extern "C" cudaError_t pstm_cuda_migrate(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                                         bool obliquity, bool tapered, cudaStream_t stream)
{
    unsigned n_blocks = (unsigned)((tile->n_locations + WARPS - 1) / WARPS);
    n_blocks *= (unsigned)tile->n_spans * (unsigned)batch->n_ranges;
    auto kernel = tile->n_levels > 1 ? pick<true>(obliquity, tapered) : pick<false>(obliquity, tapered);
    kernel<<<n_blocks, WARPS * LANES, 0, stream>>>(*tile, *batch);
    return cudaGetLastError();
}

extern "C" cudaError_t pstm_cuda_finish(const pstm_cuda_tile *tile, bool obliquity, int64_t first, int64_t n,
                                        float *image, uint32_t *fold, cudaStream_t stream)
{
    constexpr unsigned THREADS = 256;
    finish<<<(unsigned)n, THREADS, 0, stream>>>(*tile, obliquity, first, image, fold);
    return cudaGetLastError();
}
