/** @file cpu_kernel.h
 * The inner loop of the CPU device, compiled once for each instruction set (cpu_kernel.inc) and picked at
 * run time.
 *
 * Times are counted in input samples and squared times in their squares, which saves a rounding. Every
 * array over k has whole blocks of PSTM_BLOCK, is anchored at k = 0 and 64-byte aligned.
 *
 * A block of 16 output samples falls into a short window of a trace, so that its samples are picked out of
 * one or two registers instead of gathered. Where the window lies is known from the arrival times at the
 * block's ends, the knots (k = 16 b). With fast_math the times between knots follow the cubic that has the
 * values and slopes at both ends (Hermite's); without it each sample has its own square roots. Where a
 * velocity bends within a block, the samples have square roots of their own too; where a window cannot be
 * told, they are gathered. Which of these a block takes depends on location, trace and block alone.
 *
 * The image is accumulated without the factor of the weight that a location and k alone give, see
 * pstm_cpu_column.
 */
#ifndef PSTM_MIGRATE_CPU_KERNEL_H
#define PSTM_MIGRATE_CPU_KERNEL_H

#include "migrate/device.h"

enum {
    PSTM_CPU_GROUP = 4,       /**< traces that a kernel adds at a time, the sum in registers */
    PSTM_CPU_BLOCK_PAD = 32,  /**< readable entries behind the last block of arrays over blocks and knots */
    PSTM_CPU_KNOT_FIELDS = 4, /**< arrays over knots that a kernel makes of a trace */
};

/** The bend of a block over which its window is not known. */
#define PSTM_CPU_NO_WINDOW 1.0f

/** One image location and class. Arrays over blocks and knots have PSTM_CPU_BLOCK_PAD entries more. */
typedef struct pstm_cpu_column {
    const float *tau2;      /**< [k] (t0/2)^2 */
    const float *slowness2; /**< [k] 1/vrms^2, in samples^2/m^2 */
    const float *limit2_m2; /**< [k] squared aperture; -1 where nothing is wanted */
    /* At knot b, k = 16 b: value, and half the slope per block, so that a time's slope is (half)/time. */
    const float *knot_tau2, *knot_tau2_slope, *knot_slowness2, *knot_slowness2_slope;
    /* Of block b: */
    const float *least_limit2, *most_limit2; /**< of limit2_m2; -1 behind the last block */
    const float *plain_limit2;               /**< legs up to this are not tapered */
    const float *bend;       /**< 0: cubics do; else by how many samples they may miss, and square roots do;
                                  PSTM_CPU_NO_WINDOW: not even the window is known */
    const float *most_slope; /**< of a time of two legs, in samples of input per sample of output */
    const float *smooth;     /**< 0 where cubics do for all legs in the aperture, else -1 */
    const float *bend_leg2;  /**< longest squared leg for which bend and most_slope hold and times grow
                                from sample to sample; -1: none */
    float taper_scale;       /**< of aperture.h */
    float *image;            /**< [k] the sum so far; for PSTM_WEIGHT_OBLIQUITY without tau2 * slowness2 */
    uint32_t *fold;          /**< [k] the count so far, to which block_fold[k / 16] is to be added */
    uint32_t *block_fold; /**< [block], 15 more behind the last; traces that reached all samples of a block */
} pstm_cpu_column;

/** One trace as a location sees it. */
typedef struct pstm_cpu_ray {
    float source_leg2_m2, receiver_leg2_m2;
    float start;                    /**< time of samples[0] */
    float live_first, live_last;    /**< sample indices, first <= last */
    const float *samples;           /**< with the pads of pstm_device_trace */
    int32_t block_begin, block_end; /**< blocks outside [begin, end) take nothing from this trace */
} pstm_cpu_ray;

/** A kernel's working memory of one thread. */
typedef struct pstm_cpu_scratch {
    int64_t stride; /**< entries of an array, >= n_blocks + PSTM_CPU_BLOCK_PAD */
    float *knots;   /**< [PSTM_CPU_GROUP][PSTM_CPU_KNOT_FIELDS][stride] */
} pstm_cpu_scratch;

/** Adds 1 to PSTM_CPU_GROUP traces to a column, in order. How traces are cut into groups changes no bit. */
typedef void pstm_cpu_add(const pstm_cpu_column *column, const pstm_cpu_ray *rays, int32_t n_rays,
                          const pstm_cpu_scratch *scratch);

typedef struct pstm_cpu_kernel {
    const char *name;     /**< portable, avx2 or avx512 */
    bool (*usable)(void); /**< whether this processor runs it */
    pstm_cpu_add *add[2]; /**< [weight] */
} pstm_cpu_kernel;

extern const pstm_cpu_kernel pstm_cpu_kernel_portable, pstm_cpu_kernel_avx2, pstm_cpu_kernel_avx512;

/**
 * The kernel named by the environment variable PSTM_CPU_KERNEL, else the widest that this processor runs.
 * PSTM_USAGE for an unknown name, PSTM_SYSTEM for a kernel that this processor or build does not have.
 */
PSTM_MUST_CHECK pstm_status pstm_cpu_kernel_pick(const pstm_cpu_kernel **kernel);

#endif
