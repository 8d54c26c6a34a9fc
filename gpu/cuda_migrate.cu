/* The kernel of single locations (cuda_kernels.h). Compiled with -fmad=false: every fused multiply-add is
 * written by hand, so that a bit of the image depends on no compiler's taste. */
#include <cfloat>
#include <cmath>
#include <cstddef>

/* First, since it makes the formulas of sum/ for the device. */
#include "gpu/cuda_formulas.cuh"

#include "gpu/cuda_kernels.h"

namespace
{

#include "gpu/cuda_ray.inc"

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

/* Bit i of a number below 2^4 is brought to byte i: the product has a copy of it shifted by 0, 7, 14 and 21
 * bits, and bit i of the copy shifted by 7 i lies at 8 i. */
constexpr unsigned BIT_COPIES = 0x00204081u, BYTE_LOWEST = 0x01010101u;

/* Samples by which a span must lie inside a live window to need no comparison, and the same relative to the
 * time: far more than the rounding of a time. */
constexpr float LIVE_MARGIN = 0.01f, LIVE_MARGIN_RELATIVE = 1e-6f;

/* Part of a limit that is given away where a test of a box stands for that of its traces. */
constexpr double BOX_MARGIN = 1e-5;

#include "gpu/cuda_owner.inc"

/* Whether a kernel sums what the tapers take (accumulators.h). */
template <int WEIGHT, bool TAPERED> __device__ __forceinline__ bool fades()
{
    return TAPERED && !pstm_weight_is_true(WEIGHT);
}

/* Adds a trace that reaches every sample of the span. The caller counts the fold. */
template <int LAW, int WEIGHT>
__device__ __forceinline__ void add_full(const Ray &ray, const Copies &copies, Owner &own)
{
    float position[PIECES], of_pair[PIECES];
    float2 line[PIECES];
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        position[i] = arrival<LAW, WEIGHT>(ray, own.ray(i), of_pair[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        line[i] = load_line(ray.lines, copies.of[i], position[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        own.sum[i] = add<WEIGHT>(own.sum[i], of_pair[i], value_at(position[i], line[i]));
}

/* Adds a trace that reaches piece FIRST in part, and those after it in full: the way into an aperture that
 * widens with time. The caller counts the fold of the full pieces. */
template <int LAW, int WEIGHT, int FIRST>
__device__ __forceinline__ void add_edge(const Ray &ray, const Copies &copies, Owner &own)
{
    bool passes = fmaxf(ray.source_leg2, ray.receiver_leg2) <= own.limit2[FIRST];
    float position[PIECES], of_pair[PIECES];
    float2 line[PIECES];
#pragma unroll
    for (int i = FIRST; i < PIECES; i++)
        position[i] = arrival<LAW, WEIGHT>(ray, own.ray(i), of_pair[i]);
    position[FIRST] = passes ? position[FIRST] : 0.0f;
#pragma unroll
    for (int i = FIRST; i < PIECES; i++)
        line[i] = load_line(ray.lines, copies.of[i], position[i]);
#pragma unroll
    for (int i = FIRST; i < PIECES; i++) {
        float value = value_at(position[i], line[i]);
        float sum = add<WEIGHT>(own.sum[i], of_pair[i], value);
        own.sum[i] = i > FIRST || passes ? sum : own.sum[i];
        if (i == FIRST && passes) own.count(i);
    }
}

/* add_edge() for the piece that ray.reach tells, one of [BEGIN, END). */
template <int LAW, int WEIGHT, int BEGIN, int END>
__device__ __forceinline__ void add_edge_of(const Ray &ray, const Copies &copies, Owner &own)
{
    constexpr int MIDDLE = (BEGIN + END) / 2;
    if constexpr (END - BEGIN == 1) {
        add_edge<LAW, WEIGHT, BEGIN>(ray, copies, own);
    } else {
        if (ray.reach < EDGE + MIDDLE)
            add_edge_of<LAW, WEIGHT, BEGIN, MIDDLE>(ray, copies, own);
        else
            add_edge_of<LAW, WEIGHT, MIDDLE, END>(ray, copies, own);
    }
}

/* Adds a trace that reaches some samples of the span. Lanes that it does not reach do the same work and drop
 * it: without branches the pieces' loads overlap. */
template <int LAW, int WEIGHT, bool TAPERED, bool ENDING>
__device__ __forceinline__ void add_part(const Ray &ray, const Copies &copies, const pstm_cuda_trace *trace,
                                         float taper_scale, Owner &own)
{
    float longer2 = fmaxf(ray.source_leg2, ray.receiver_leg2);
    float start = 0, first = 0, last = 0;
    if (ENDING) start = trace->start, first = trace->live_first, last = trace->live_last;
    float position[PIECES], of_pair[PIECES];
    float2 line[PIECES];
    bool passes[PIECES];
#pragma unroll
    for (int i = 0; i < PIECES; i++) {
        passes[i] = longer2 <= own.limit2[i];
        position[i] = arrival<LAW, WEIGHT>(ray, own.ray(i), of_pair[i]);
        if (ENDING) {
            float exact = exact_arrival<LAW>(ray, start, own.ray(i));
            passes[i] = passes[i] && exact >= first && exact <= last;
            position[i] = fminf(fmaxf(position[i], first), last);
        }
        position[i] = passes[i] ? position[i] : 0.0f;
    }
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        line[i] = load_line(ray.lines, copies.of[i], position[i]);
#pragma unroll
    for (int i = 0; i < PIECES; i++) {
        float value = value_at(position[i], line[i]);
        float taper = 1;
        if (TAPERED)
            taper = leg_taper(ray.source_leg2, own.limit2[i], taper_scale) *
                    leg_taper(ray.receiver_leg2, own.limit2[i], taper_scale);
        if (TAPERED) value *= taper;
        if (passes[i]) {
            if (fades<WEIGHT, TAPERED>()) own.faded[i] += 1.0f - taper;
            own.sum[i] = add<WEIGHT>(own.sum[i], of_pair[i], value);
            own.count(i);
        }
    }
}

/* Adds a ray in shared memory that is not full. */
template <int LAW, int WEIGHT, bool TAPERED, bool BANK>
__device__ __forceinline__ void add_other(unsigned address, unsigned to_copies, const pstm_cuda_trace *traces,
                                          float taper_scale, Owner &own)
{
    Ray ray = load_ray(address);
    Copies copies = load_copies<BANK>(address + to_copies);
    if (ray.reach >= EDGE)
        add_edge_of<LAW, WEIGHT, 0, PIECES>(ray, copies, own);
    else if (ray.reach == PART)
        add_part<LAW, WEIGHT, TAPERED, false>(ray, copies, nullptr, taper_scale, own);
    else
        add_part<LAW, WEIGHT, TAPERED, true>(ray, copies, traces + load_word(address + RAY_TRACE),
                                             taper_scale, own);
}

/* Adds n rays in their order; bit i of `full` says that ray i is. Stretches of full ones need no look at what
 * they are before their load. */
template <int LAW, int WEIGHT, bool TAPERED, bool BANK>
__device__ __forceinline__ void add_rays(unsigned address, unsigned n, unsigned full, unsigned to_copies,
                                         const pstm_cuda_trace *traces, float taper_scale, Owner &own)
{
    constexpr unsigned STEP = sizeof(Ray);
    unsigned end = address + n * STEP;
    while (address != end) {
        if (full & 1) {
            unsigned n_full = __clz(__brev(~full));
            unsigned full_end = address + n_full * STEP;
#pragma unroll 2
            for (; address != full_end; address += STEP)
                add_full<LAW, WEIGHT>(load_ray(address), load_copies<BANK>(address + to_copies), own);
            full = __funnelshift_rc(full, 0, n_full);
        } else {
            add_other<LAW, WEIGHT, TAPERED, BANK>(address, to_copies, traces, taper_scale, own);
            address += STEP;
            full >>= 1;
        }
    }
}

/* The pieces, a bit each, whose limit a leg^2 does not exceed. */
__device__ __forceinline__ unsigned within(float leg2, float4 limits2)
{
    return (leg2 <= limits2.x ? 1u : 0) | (leg2 <= limits2.y ? 2u : 0) | (leg2 <= limits2.z ? 4u : 0) |
           (leg2 <= limits2.w ? 8u : 0);
}

__device__ __forceinline__ unsigned sum_of_warp(unsigned x)
{
#if __CUDA_ARCH__ >= 800
    return __reduce_add_sync(ALL, x);
#else
    for (int step = LANES / 2; step > 0; step /= 2)
        x += __shfl_xor_sync(ALL, x, step);
    return x;
#endif
}

/* Whether a trace with its ends in the box may reach a location whose largest limit is given: no end is
 * nearer than the box. A leg^2 is rounded to float, by some 2^-23 of itself, so that the limit is taken a
 * little wider. */
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

constexpr unsigned SPAN_MOST2 = offsetof(pstm_cuda_span, most2_m2),
                   SPAN_FULL2 = offsetof(pstm_cuda_span, full2_m2),
                   SPAN_INNER = offsetof(pstm_cuda_span, tau2_least);
static_assert(PIECES == 4 && SPAN_INNER + 2 * sizeof(float4) == sizeof(pstm_cuda_span), "");

/* What a trace is to a span, which lies in shared memory at `span`; `whole`: the pieces, a bit each, that it
 * reaches in full. `first` and `last` are the live window's ends.
 *
 * One decision for 128 samples: the law bounds T^2 over the span by its values at two sets of fields (low and
 * high), so all arrivals lie between `from` and `to`. Neither needs to be sharp: what they leave open is
 * decided sample by sample. The pieces that the aperture reaches are mostly the last ones, as it widens with
 * time: if `some` is all from its lowest bit on, and `full` all but that one, only the piece FIRST is asked
 * (add_edge()). */
template <int LAW, bool TAPERED>
__device__ unsigned classify(unsigned span, const Ray &ray, float first, float last, unsigned &whole)
{
    constexpr unsigned EVERY = (1u << PIECES) - 1;
    float longer2 = fmaxf(ray.source_leg2, ray.receiver_leg2);
    unsigned some = within(longer2, load_floats(span + SPAN_MOST2)),
             full = within(longer2, load_floats(span + SPAN_FULL2));
    whole = 0;
    if (some == 0) return NONE;
    float4 inner = load_floats(span + SPAN_INNER), bend = {};
    if (pstm_law_bends(LAW)) bend = load_floats(span + SPAN_INNER + (unsigned)sizeof(float4));
    const pstm_ray_f least = ray_of(inner.x, inner.z, bend.x, bend.z),
                     most = ray_of(inner.y, inner.w, bend.y, bend.w);
    float ts2_low, ts2_high, tr2_low, tr2_high;
    pstm_law_bounds_f(LAW, ray.source_leg2, &least, &most, &ts2_low, &ts2_high);
    pstm_law_bounds_f(LAW, ray.receiver_leg2, &least, &most, &tr2_low, &tr2_high);
    float from = position_of(ray, ts2_low, reciprocal_root(ts2_low), tr2_low, reciprocal_root(tr2_low));
    float to = position_of(ray, ts2_high, reciprocal_root(ts2_high), tr2_high, reciprocal_root(tr2_high));
    float margin = __fmaf_rn(to - ray.to_position, LIVE_MARGIN_RELATIVE, LIVE_MARGIN);
    if (from - margin > last || to + margin < first) return NONE;
    if (from - margin < first || to + margin > last) return ENDS;
    if (full == EVERY) {
        whole = full;
        return FULL;
    }
    unsigned lowest = some & (0 - some);
    if (TAPERED || some + lowest != EVERY + 1 || full != some - lowest) return PART;
    whole = full;
    return EDGE + __ffs(some) - 1;
}

/* Adds to the fold in memory, [PIECES][LANES] from the lane's first sample on: the traces that reach pieces
 * in full, a byte a piece of each lane, and what the lane has counted itself. A lane has looked at one trace
 * of each group, so its bytes are LANES at most, and the warp's sums need 16 bits: even and odd bytes are
 * added up apart. */
__device__ __forceinline__ void add_fold(uint32_t *fold, unsigned whole_counts, Owner &own)
{
    constexpr unsigned EVEN = 0x00ff00ffu;
    unsigned even = sum_of_warp(whole_counts & EVEN), odd = sum_of_warp(whole_counts >> 8 & EVEN);
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        unsigned whole = (piece % 2 == 0 ? even : odd) >> 16 * (piece / 2) & 0xffff;
        fold[piece * LANES] += whole + (own.fold[piece / 2] >> 16 * (piece % 2) & 0xffff);
    }
    own.fold[0] = own.fold[1] = 0;
}

/* d . B of antialias.h of source and receiver on both axes. */
__device__ float4 projections(const pstm_cuda_tile &tile, double x, double y, const pstm_cuda_trace &trace)
{
    const float(&step)[2][2] = tile.bin_step_m;
    float source_x = (float)(x - trace.ends_m[0]), source_y = (float)(y - trace.ends_m[1]);
    float receiver_x = (float)(x - trace.ends_m[2]), receiver_y = (float)(y - trace.ends_m[3]);
    return make_float4(pstm_antialias_projection_f(source_x, source_y, step[0][0], step[0][1]),
                       pstm_antialias_projection_f(source_x, source_y, step[1][0], step[1][1]),
                       pstm_antialias_projection_f(receiver_x, receiver_y, step[0][0], step[0][1]),
                       pstm_antialias_projection_f(receiver_x, receiver_y, step[1][0], step[1][1]));
}

/* Where load_copies() finds block i of a span: the pieces of a lane lie together. */
__device__ __forceinline__ int place_of_block(int i)
{
    constexpr int BLOCKS_OF_PIECE = PSTM_CUDA_BLOCKS / PIECES;
    return i % BLOCKS_OF_PIECE * PIECES + i / BLOCKS_OF_PIECE;
}

/* What a warp has in shared memory. Copies and projections are as far from ray to ray as the rays are. */
struct __align__(16) WarpMemory
{
    Ray rays[LANES];
    pstm_cuda_span span;
};
struct __align__(16) BankMemory
{
    unsigned copies[LANES][PSTM_CUDA_BLOCKS];
    float4 along[LANES];
};
static_assert(sizeof(Ray) == PSTM_CUDA_BLOCKS * sizeof(unsigned) && offsetof(WarpMemory, span) % 16 == 0, "");

/* Chooses the copy of each ray for each block of the span, a block a lane: LANES / PSTM_CUDA_BLOCKS rays at a
 * time. What is kept is the float INTEGER_BIT of the copy (cuda_ray.inc), by its bits. */
template <int LAW>
__device__ __forceinline__ void choose_copies(unsigned rays, unsigned bank, int n_rays, int lane,
                                              float4 block, int n_levels, int line_stride)
{
    constexpr int AT_A_TIME = LANES / PSTM_CUDA_BLOCKS;
    const pstm_ray_f ray = ray_of(block.x, 1, block.z, block.w);
    unsigned place = bank + (unsigned)place_of_block(lane % PSTM_CUDA_BLOCKS) * (unsigned)sizeof(unsigned);
    for (int i = lane / PSTM_CUDA_BLOCKS; i < n_rays; i += AT_A_TIME) {
        float4 d = load_floats(bank + (unsigned)offsetof(BankMemory, along) + i * (unsigned)sizeof(float4));
        float2 leg2 = load_legs(rays + i * (unsigned)sizeof(Ray));
        const pstm_antialias_legs_f legs = {leg2.x, leg2.y, {d.x, d.y}, {d.z, d.w}};
        int lines = pstm_antialias_level_f(LAW, &legs, &ray, block.y, n_levels - 1) * line_stride;
        store_word(place + i * (unsigned)sizeof(Ray), INTEGER_BITS + (unsigned)lines);
    }
    __syncwarp();
}

/* A trace of the batch as a location sees it. */
template <int LAW, bool TAPERED>
__device__ __forceinline__ Ray see(const pstm_cuda_batch &batch, int i_trace, double x, double y,
                                   unsigned span, unsigned &whole)
{
    const pstm_cuda_trace trace = batch.traces[i_trace];
    Ray ray;
    ray.trace = i_trace;
    ray.source_leg2 = leg2(x, y, trace.ends_m[0], trace.ends_m[1]);
    ray.receiver_leg2 = leg2(x, y, trace.ends_m[2], trace.ends_m[3]);
    ray.to_position = -trace.start;
    ray.lines = reinterpret_cast<const char *>(trace.lines) - (int64_t)INTEGER_BITS * (int64_t)sizeof(float2);
    ray.reach = classify<LAW, TAPERED>(span, ray, trace.live_first, trace.live_last, whole);
    return ray;
}

/* A warp owns a span of one location and class; it has the sums in registers and goes by the traces of the
 * launch.
 *
 *   32 groups at a time, a lane each: does the box of its traces reach the location at all?
 *   each group that does, a lane a trace: legs, and what the trace is to the span (see, classify)
 *   those that reach it are put into shared memory, close together and in their order (__ballot, __popc)
 *   all lanes add each of them, in turn, to their own samples (add_rays)
 *
 * So the order of additions to a sum is that of the traces, whatever the launch and the GPU. */
template <int LAW, int WEIGHT, bool TAPERED, bool BANK>
__global__ void __launch_bounds__(WARPS *LANES, BANK ? BANK_BLOCKS : BLOCKS)
    migrate(const __grid_constant__ pstm_cuda_tile tile, const __grid_constant__ pstm_cuda_batch batch)
{
    __shared__ WarpMemory memory[WARPS];
    __shared__ BankMemory bank_memory[BANK ? WARPS : 1];
    int warp = threadIdx.x / LANES, lane = threadIdx.x % LANES;
    const unsigned rays = address_of(&memory[warp]), bank = BANK ? address_of(&bank_memory[warp]) : 0;
    /* From a ray to its copies for the lane's samples. */
    const unsigned to_copies = BANK ? bank - rays + lane / 16 * PIECES * (unsigned)sizeof(unsigned) : 0;

    /* Neighbouring locations share a thread block and so the samples; the spans with most work go first. */
    unsigned n_blocks = (tile.n_locations + WARPS - 1) / WARPS;
    int location = (int)(blockIdx.x % n_blocks) * WARPS + warp;
    int rest = (int)(blockIdx.x / n_blocks);
    const pstm_cuda_spans spans = tile.spans_of[0];
    int i_span = spans.list[spans.n - 1 - rest % spans.n];
    const pstm_cuda_range range = batch.ranges[rest / spans.n];
    if (location >= tile.n_locations) return;

    int64_t column = tile.n_columns == 1 ? 0 : location;
    int64_t n_padded = (int64_t)tile.n_spans * SPAN;
    int64_t k = (int64_t)i_span * SPAN + lane;
    int64_t i_sum = ((int64_t)location * tile.n_classes + range.class_index) * n_padded + k;
    const pstm_cuda_span &of_tile = tile.spans[column * tile.n_spans + i_span];
    float most2 = -1;
#pragma unroll
    for (int i = 0; i < PIECES; i++)
        most2 = fmaxf(most2, of_tile.most2_m2[i]);
    if (most2 < 0) return;
    const unsigned span = rays + (unsigned)offsetof(WarpMemory, span);
    if (lane < (int)(sizeof(pstm_cuda_span) / sizeof(float)))
        store_word(span + lane * (unsigned)sizeof(float), reinterpret_cast<const unsigned *>(&of_tile)[lane]);
    __syncwarp();

    double x = tile.x_m[location], y = tile.y_m[location];
    float4 block = {};
    if (BANK)
        block = tile.blocks[(column * tile.n_spans + i_span) * PSTM_CUDA_BLOCKS + lane % PSTM_CUDA_BLOCKS];
    Owner own;
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        own.tau2[piece] = tile.tau2[k + piece * LANES];
        own.slowness2[piece] = tile.slowness2[column * n_padded + k + piece * LANES];
        own.load_bend<LAW>(tile, column, k, piece);
        own.limit2[piece] = tile.limit2_m2[column * n_padded + k + piece * LANES];
        own.sum[piece] = tile.sums[i_sum + piece * LANES];
        if (fades<WEIGHT, TAPERED>()) own.faded[piece] = tile.faded[i_sum + piece * LANES];
    }
    own.fold[0] = own.fold[1] = 0;

    int n_groups = (range.n_traces + PSTM_CUDA_GROUP - 1) / PSTM_CUDA_GROUP;
    for (int first_group = 0; first_group < n_groups; first_group += LANES) {
        int my_group = first_group + lane;
        unsigned whole_counts = 0; /* a byte a piece: no more than the LANES groups of a turn */
        bool near =
            my_group < n_groups && box_reaches(batch.boxes[range.first_group + my_group], x, y, most2);
        for (unsigned groups = __ballot_sync(ALL, near); groups; groups &= groups - 1) {
            int in_group = (first_group + __ffs(groups) - 1) * PSTM_CUDA_GROUP;
            Ray ray = {};
            unsigned whole = 0;
            float4 along;
            if (in_group + lane < range.n_traces) {
                int i_trace = range.first_trace + in_group + lane;
                ray = see<LAW, TAPERED>(batch, i_trace, x, y, span, whole);
                if (BANK) along = projections(tile, x, y, batch.traces[i_trace]);
            }
            unsigned some = __ballot_sync(ALL, ray.reach != NONE);
            if (some == 0) continue;
            whole_counts += whole * BIT_COPIES & BYTE_LOWEST;
            if (ray.reach != NONE) {
                unsigned place = __popc(some & ((1u << lane) - 1));
                store_ray(rays + place * (unsigned)sizeof(Ray), ray);
                if (BANK)
                    store_floats(bank + (unsigned)offsetof(BankMemory, along) +
                                     place * (unsigned)sizeof(float4),
                                 along);
            }
            __syncwarp();
            int n_rays = __popc(some);
            if (BANK) choose_copies<LAW>(rays, bank, n_rays, lane, block, tile.n_levels, batch.line_stride);
            unsigned reach = load_word(rays + lane * (unsigned)sizeof(Ray) + RAY_REACH);
            unsigned full = __ballot_sync(ALL, lane < n_rays && reach == FULL);
            add_rays<LAW, WEIGHT, TAPERED, BANK>(rays, (unsigned)n_rays, full, to_copies, batch.traces,
                                                 tile.taper_scale, own);
            __syncwarp();
        }
        add_fold(tile.fold + i_sum, whole_counts, own);
    }
#pragma unroll
    for (int piece = 0; piece < PIECES; piece++) {
        tile.sums[i_sum + piece * LANES] = own.sum[piece];
        if (fades<WEIGHT, TAPERED>()) tile.faded[i_sum + piece * LANES] = own.faded[piece];
    }
}

using Migrate = void(const pstm_cuda_tile, const pstm_cuda_batch);

/* The kernels of one law and weight. */
template <int LAW, int WEIGHT> Migrate *pick(bool tapered, bool bank)
{
    if (bank) return tapered ? migrate<LAW, WEIGHT, true, true> : migrate<LAW, WEIGHT, false, true>;
    return tapered ? migrate<LAW, WEIGHT, true, false> : migrate<LAW, WEIGHT, false, false>;
}

using Pick = Migrate *(bool tapered, bool bank);

/* [law][weight], in the order of the lists. */
#define PICK(LAW, WEIGHT, ...) pick<PSTM_LAW_##LAW, PSTM_WEIGHT_##WEIGHT>,
#define PICK_LAW(A, LAW, ...) {PSTM_WEIGHT_LIST(PICK, LAW)},
Pick *const picks[PSTM_LAWS][PSTM_WEIGHTS] = {PSTM_LAW_LIST(PICK_LAW, )};

} // namespace

extern "C" cudaError_t pstm_cuda_migrate(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                                         const pstm_cuda_sum *sum, cudaStream_t stream)
{
    if (tile->spans_of[0].n == 0) return cudaSuccess;
    unsigned n_blocks = (unsigned)((tile->n_locations + WARPS - 1) / WARPS);
    n_blocks *= (unsigned)tile->spans_of[0].n * (unsigned)batch->n_ranges;
    Migrate *kernel = picks[sum->law][sum->weight](sum->tapered, tile->n_levels > 1);
    kernel<<<n_blocks, WARPS * LANES, 0, stream>>>(*tile, *batch);
    return cudaGetLastError();
}
