/** @file kernel.h
 * The inner loop of the CPU device, compiled for each instruction set (device/cpu/kernel.inc; for AVX-512
 * twice) and picked at run time. Local.
 *
 * Times are counted in input samples and squared times in their squares, which saves a rounding. Every
 * array over k has whole blocks of PSTM_BLOCK, is anchored at k = 0 and 64-byte aligned.
 *
 * The time axis of a column is cut into spans of 1, 2 or 4 blocks, anchored at absolute samples. With
 * fast_math the arrival times of a span follow the cubic in k that has the values and slopes at both ends,
 * the knots (Hermite's), and the weights the quadratic nearest to such a cubic; a span is as long as that is
 * exact enough (device/cpu/spans.h).
 * Without it each sample has its own square roots, and the cubic only tells where they lie. A register of
 * output samples falls into a short window of a trace, so that its samples are picked out of one or two
 * registers instead of gathered. Where a velocity bends within a block, the samples have square roots too;
 * where a window cannot be told, they are gathered. Which of these a block takes depends on location, trace
 * and block alone.
 *
 * A weight's factor of both legs' times (sum/weights.h) is accumulated with its power of tau, which brings it
 * near to a quadratic; what a location and k alone give comes to the sum when it is read.
 */
#ifndef PSTM_DEVICE_CPU_KERNEL_H
#define PSTM_DEVICE_CPU_KERNEL_H

#include "device/device.h"
#include "sum/real_float.h"

enum {
    PSTM_CPU_GROUP = 16,      /**< traces that a kernel adds at a time, the sums in registers */
    PSTM_CPU_SPAN_BLOCKS = 4, /**< blocks of the longest span */
    PSTM_CPU_PAD = 32,        /**< readable entries behind the last of arrays over spans, blocks and traces */
};

/** A max_error over which the window of a span is not known. */
#define PSTM_CPU_NO_WINDOW 8.0f

/** One image location and class. Arrays over spans and blocks have PSTM_CPU_PAD entries more. */
typedef struct pstm_cpu_column {
    double x_m, y_m;
    int32_t n_blocks;                  /**< blocks from here on are not wanted */
    const float *ray[PSTM_RAY_FIELDS]; /**< [field of sum/ray.h][k] */
    const float *limit2_m2;            /**< [k] squared aperture; -1 in blocks in which nothing is wanted */
    /* Of block b: */
    const float *reach2_m2;       /**< largest squared aperture of this block and those before */
    const float *untapered2_m2;   /**< squared legs up to this are not tapered */
    const float *plain2_m2;       /**< squared legs up to this reach all samples of this block and of those
                                       behind it, untapered */
    const int32_t *span_of_block; /**< the span in which it lies */
    /* At knot i, where span i begins: values of the fields, and half of what they grow by from sample to
     * sample. */
    const float *knot[PSTM_RAY_FIELDS], *knot_slope[PSTM_RAY_FIELDS];
    const float
        *knot_tau_growth; /**< what the logarithm of the weight's power of tau grows by; 0 at t0 = 0 */
    /* Of span i: */
    const int32_t *span_block, *span_n_blocks; /**< first block, and how many: 1, 2 or 4 */
    const float *length, *per_length;          /**< samples, and 1 / samples */
    const float *max_error;  /**< 0: cubics do; else by how many samples they may miss, and square roots do;
                                  PSTM_CPU_NO_WINDOW: not even the window is known */
    const float *most_slope; /**< of a time of two legs, in samples of input per sample of output */
    const float *known; /**< 0 where max_error and most_slope hold for all legs in the aperture, else -1 */
    const float *known_leg2; /**< longest squared leg for which max_error and most_slope hold and times grow
                                from sample to sample; -1: none */
    const float *depth2_m2[PSTM_CPU_SPAN_BLOCKS]; /**< pstm_antialias_block of a span's blocks */
    const float *per_sample2_m2[PSTM_CPU_SPAN_BLOCKS];
    const float *block_alpha[PSTM_CPU_SPAN_BLOCKS], *block_beta[PSTM_CPU_SPAN_BLOCKS];
    float step_m[2][2];   /**< bin_step_m of the plan */
    int32_t n_levels;     /**< antialias copies of a trace */
    int32_t copy_samples; /**< from one to the next */
    float taper_scale;    /**< of aperture.h; INFINITY: no taper */
    float *image;         /**< [k] the sum so far, without the weight's factor of the output sample */
    int32_t *fold;        /**< [k] the count so far, to which block_fold[k / 16] is to be added */
    float *faded;         /**< [k] what tapers took so far; NULL: not wanted */
    uint32_t *block_fold; /**< [block] traces that reached all samples of a block */
} pstm_cpu_column;

/** What a trace is to all locations: copied as one register of 32 bytes. */
typedef struct pstm_cpu_trace {
    _Alignas(32) const float *samples; /**< with the pads of pstm_device_trace */
    float start;                       /**< time of samples[0], in samples */
    float live_first, live_last;       /**< sample indices, first <= last */
    int32_t last_window;               /**< live_last */
    int32_t block_end;                 /**< blocks from here on take nothing from this trace; at most a
                                            column's n_blocks */
    float factor;                      /**< of the weight */
} pstm_cpu_trace;

/** Live traces of a batch: arrays with PSTM_CPU_PAD readable entries behind the last. */
typedef struct pstm_cpu_traces {
    double *source_x_m, *source_y_m, *receiver_x_m, *receiver_y_m;
    pstm_cpu_trace *traces;
} pstm_cpu_traces;

/** Adds the traces [begin, end) to a column, in order. How traces are cut into calls changes no bit. */
typedef void pstm_cpu_add(const pstm_cpu_column *column, const pstm_cpu_traces *traces, int64_t begin,
                          int64_t end);

typedef struct pstm_cpu_kernel {
    const char *name;                              /**< portable, avx2 or avx512 */
    bool (*usable)(void);                          /**< whether this processor runs it */
    pstm_cpu_add *add[PSTM_LAWS][PSTM_WEIGHTS][2]; /**< [law][weight][whether traces have antialias copies] */
} pstm_cpu_kernel;

extern const pstm_cpu_kernel pstm_cpu_kernel_portable, pstm_cpu_kernel_avx2, pstm_cpu_kernel_avx512,
    pstm_cpu_kernel_avx512_halves;

/**
 * The kernel named by the environment variable PSTM_CPU_KERNEL, else the widest that this processor runs.
 * PSTM_USAGE for an unknown name, PSTM_SYSTEM for a kernel that this processor or build does not have.
 */
PSTM_MUST_CHECK pstm_status pstm_cpu_kernel_pick(const pstm_cpu_kernel **kernel);

#endif
