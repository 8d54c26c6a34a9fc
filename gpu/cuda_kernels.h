/** @file cuda_kernels.h
 * The kernels of the CUDA device as C functions that queue work on a stream. None waits; each returns what
 * its launch says. All pointers in the structs are device memory. All functions are Local.
 *
 * Two kernels share the spans of the time axis (cuda_pieces.h): that of single locations and that of groups.
 *
 * Times are counted in input samples and squared times in their squares, as in the CPU kernel. In the kernel
 * of single locations a warp owns a span of PSTM_CUDA_SPAN output samples of one location and class, anchored
 * at multiples of the span; a lane owns every 32nd of them and keeps its sums in registers while the traces
 * of a launch go by, in order. So there are no atomics, and nothing but the order of the traces reaches the
 * bits of a sum.
 */
#ifndef PSTM_GPU_CUDA_KERNELS_H
#define PSTM_GPU_CUDA_KERNELS_H

#include <cuda_runtime_api.h>
#include <stdbool.h>
#include <stdint.h>

#include "device/device_times.h"
#include "gpu/cuda_piece.h"
#include "sum/laws.h"
#include "sum/weights.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PSTM_CUDA_LANES = 32,
    PSTM_CUDA_PIECES = 4, /**< pieces of 32 samples in a span */
    PSTM_CUDA_SPAN = PSTM_CUDA_LANES * PSTM_CUDA_PIECES,
    PSTM_CUDA_BLOCKS =
        PSTM_CUDA_SPAN / 16,        /**< of PSTM_BLOCK samples in a span, with an antialias level each */
    PSTM_CUDA_GROUP = 32,           /**< traces that a warp looks at at a time, a lane each */
    PSTM_CUDA_MOST_LINES = 1 << 21, /**< of a trace and its antialias copies */
    PSTM_CUDA_GROUP_ROWS = 2,       /**< rows of groups of a thread block, which share the samples */
    PSTM_CUDA_GROUP_WARPS = PSTM_CUDA_GROUP_ROWS * PSTM_CUDA_PIECES_OF_SPAN,
    PSTM_CUDA_TURN = 2048, /**< traces of a class that a thread block of groups goes by at a time */
    PSTM_CUDA_COUNTERS = PSTM_DEVICE_KERNELS + PSTM_DEVICE_MEETINGS,
};

/** What a span of a column admits, so that most decisions fall for a piece of it at once. */
typedef struct pstm_cuda_span {
    float most2_m2[PSTM_CUDA_PIECES]; /**< a longer leg^2 above this reaches no sample of the piece; -1: none
                                           is wanted */
    float full2_m2[PSTM_CUDA_PIECES]; /**< one up to this reaches every sample, and none of them tapers it */
    float tau2_least, tau2_most;      /**< of the wanted samples of the span */
    float slowness2_least, slowness2_most;
    float alpha_least, alpha_most, beta_least, beta_most; /**< of laws that bend */
} pstm_cuda_span;

/** How the locations of a tile lie on the grid: along the axis of the groups, and across it. Location (a, c)
 * of the tile is along_stride * a + across_stride * c, and node (first_along + a, first_across + c) of the
 * grid. */
typedef struct pstm_cuda_lattice {
    int32_t first_along, n_along, along_stride;
    int32_t first_across, n_across, across_stride;
    double origin_m[2];             /**< x, y of node (0, 0) */
    double along_m[2], across_m[2]; /**< steps */
    double step_m;                  /**< length of the step along */
} pstm_cuda_lattice;

/** Spans that one kernel takes, in ascending order. */
typedef struct pstm_cuda_spans {
    const int32_t *list;
    int32_t n;
} pstm_cuda_spans;

/** The image side: a tile and its tables. n_padded = n_spans * PSTM_CUDA_SPAN; what
 * is beyond n_times means nothing. */
typedef struct pstm_cuda_tile {
    int32_t n_locations, n_columns; /**< n_columns: 1, or n_locations */
    int32_t law;                    /**< a pstm_law */
    int32_t n_times, n_spans, n_classes;
    int32_t k_begin, k_end;
    double time_first_s, time_step_s, sample_s;
    double aperture_m, aperture_tan;
    float full_fraction;           /**< of a limit^2, up to which no leg is tapered; 1 without a taper */
    float taper_scale;             /**< of aperture.h */
    int32_t n_levels;              /**< copies of a trace; 1: no antialias */
    float bin_step_m[2][2];        /**< of the plan */
    const double *x_m, *y_m;       /**< [location] */
    const float *vrms_m_s;         /**< [column][n_times] */
    const float *alpha, *beta;     /**< the same, of laws that bend */
    float *tau2;                   /**< [k] (t0/2)^2 */
    float *slowness2;              /**< [column][k] 1/vrms^2, in samples^2/m^2 */
    float *limit2_m2;              /**< [column][k] aperture.h; -1 where no sample is wanted */
    pstm_cuda_span *spans;         /**< [column][span] */
    float4 *blocks;                /**< [column][span][PSTM_CUDA_BLOCKS] those of a pstm_antialias_block */
    pstm_cuda_spans spans_of[3];   /**< of single locations, of groups of half the width, of wide ones */
    const uint8_t *width;          /**< [span] locations of a group; 0: single ones */
    const pstm_cuda_piece *pieces; /**< [span][PSTM_CUDA_PIECES_OF_SPAN] of the only column; groups only */
    pstm_cuda_lattice lattice;     /**< groups only */
    /** [location][class][k] without the part of the weight that k alone gives; of a span of groups times
     * pstm_cuda_tau_scale() */
    float *sums;
    uint32_t *fold;               /**< [location][class][k] */
    float *faded;                 /**< [location][class][k] of accumulators.h; NULL: not wanted */
    unsigned *progress;           /**< of the turns of a launch (pstm_cuda_progress_words()); groups only */
    unsigned long long *counters; /**< [PSTM_CUDA_COUNTERS] what device_times.h counts, of this tile: by
                                       kernel, then meetings */
} pstm_cuda_tile;

/**
 * One trace. Between two samples it is a straight line over the position, which counts samples from its
 * first: so a value is one multiply-add. What the line is off by rounding grows with the time, as what the
 * position is off does.
 */
typedef struct pstm_cuda_trace {
    double ends_m[4];            /**< source x, y, receiver x, y */
    float start;                 /**< time of its first sample */
    float live_first, live_last; /**< first <= last */
    const float2 *lines;         /**< [n_levels][line_stride] from each sample to the next: value at position
                                      0, and slope */
} pstm_cuda_trace;

/** The box round the ends of a group of traces. */
typedef struct pstm_cuda_box {
    double least_m[4], most_m[4];
} pstm_cuda_box;

/** The traces of one class in a launch: traces and groups count from the batch's first. */
typedef struct pstm_cuda_range {
    int32_t class_index, first_trace, n_traces, first_group;
} pstm_cuda_range;

/**
 * A part of a class's traces in a launch: thread blocks of groups go by one each, so that a launch has many
 * short ones and ends evenly. A warp waits until the turn before is done with its sums (cuda_turns.inc).
 */
typedef struct pstm_cuda_turn {
    pstm_cuda_range range;
    int32_t chain;  /**< of turns of one class, which follow each other; -1: it has no other */
    int32_t before; /**< turns of the chain before this one */
} pstm_cuda_turn;

/** The traces of one launch, sorted by class, in their order within a class. */
typedef struct pstm_cuda_batch {
    int32_t n_new; /**< traces whose lines are still to be made */
    int32_t n_ranges, n_turns, n_samples, n_levels;
    int32_t line_stride;           /**< from pstm_cuda_line_stride() */
    const float *samples;          /**< [new trace][n_levels][n_samples + 1] */
    float2 *const *lines;          /**< [new trace] where its lines belong, [n_levels][line_stride] */
    const pstm_cuda_trace *traces; /**< [trace] */
    const pstm_cuda_box *boxes;    /**< [group] of PSTM_CUDA_GROUP traces, anew for each class */
    const pstm_cuda_range *ranges; /**< [range] */
    const pstm_cuda_turn *turns;   /**< [turn] of all ranges, those of a chain in their order */
} pstm_cuda_batch;

/** Thread blocks that a turn of a tile needs of groups of `width`. */
static inline int64_t pstm_cuda_group_blocks(const pstm_cuda_tile *tile, int width)
{
    const pstm_cuda_lattice *lattice = &tile->lattice;
    const int n_columns =
        (lattice->first_along + lattice->n_along - 1) / width - lattice->first_along / width + 1;
    const int n_rows = (lattice->n_across + PSTM_CUDA_GROUP_ROWS - 1) / PSTM_CUDA_GROUP_ROWS;
    return (int64_t)n_columns * n_rows * tile->spans_of[width == PSTM_CUDA_WIDEST ? 2 : 1].n;
}

/** What the turns of a launch of at most n_traces need: a ticket for each width, and for each chain and warp
 * the turns that are done. */
static inline int64_t pstm_cuda_progress_words(const pstm_cuda_tile *tile, int width, int32_t n_traces)
{
    return 1 + n_traces / PSTM_CUDA_TURN * PSTM_CUDA_GROUP_WARPS * pstm_cuda_group_blocks(tile, width);
}

/** Bytes of both widths, the wide one first. */
static inline size_t pstm_cuda_progress_bytes(const pstm_cuda_tile *tile, int32_t n_traces)
{
    const int64_t n_words = pstm_cuda_progress_words(tile, PSTM_CUDA_WIDEST, n_traces) +
                            pstm_cuda_progress_words(tile, PSTM_CUDA_WIDEST / 2, n_traces);
    return (size_t)n_words * sizeof *tile->progress;
}

/** Lines from one copy of a trace to the next: 16-byte rows. */
static inline int32_t pstm_cuda_line_stride(int32_t n_samples)
{
    return (n_samples + 1) / 2 * 2;
}

/**
 * Contributions that the kernels can make at most in a clock of a multiprocessor: what its special function
 * units or the issue of instructions allow, whichever is less, from the counts of docs/performance.md; with
 * `groups` what the inner loop of the kernel of groups allows.
 */
double pstm_cuda_most_per_clock(pstm_weight weight, bool antialias, bool groups);

/** Fills tau2, slowness2, limit2_m2, spans and blocks from vrms_m_s, alpha and beta. */
cudaError_t pstm_cuda_make_tables(const pstm_cuda_tile *tile, cudaStream_t stream);

/** Makes the lines of a batch's new traces from their samples. */
cudaError_t pstm_cuda_make_lines(const pstm_cuda_batch *batch, cudaStream_t stream);

/** Which sum: what the kernels are made for. */
typedef struct pstm_cuda_sum {
    pstm_law law;
    pstm_weight weight;
    bool tapered;
} pstm_cuda_sum;

/** Adds a batch to the sums and the fold of the spans of single locations. */
cudaError_t pstm_cuda_migrate(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                              const pstm_cuda_sum *sum, cudaStream_t stream);

/** The same of the spans of groups of `width` locations, PSTM_CUDA_WIDEST or half of it. progress:
 * pstm_cuda_progress_words() of that width, all 0. */
cudaError_t pstm_cuda_migrate_groups(const pstm_cuda_tile *tile, const pstm_cuda_batch *batch,
                                     const pstm_cuda_sum *sum, int width, unsigned *progress,
                                     cudaStream_t stream);

/** Accumulators on their way out, arrays of the GPU; faded is NULL where the tile has none. */
typedef struct pstm_cuda_sums {
    float *sum;
    uint32_t *fold;
    float *faded;
} pstm_cuda_sums;

/** Writes the accumulators of n columns (location, class) from the first one on, as [column][n_times]. */
cudaError_t pstm_cuda_finish(const pstm_cuda_tile *tile, pstm_weight weight, int64_t first, int64_t n,
                             const pstm_cuda_sums *to, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif
