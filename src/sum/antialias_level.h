/** @file antialias_level.h
 * The choice of an antialias copy (antialias.h), operation by operation: for devices in C and, with
 * PSTM_ANTIALIAS_INLINE defined accordingly, in CUDA. Multiplications and additions are rounded once each, in
 * this order, and never fused (-ffp-contract=off, -fmad=false); so every device chooses the same, bit by bit.
 * They tell the slope to 1e-5 of itself. All functions are Local.
 */
#ifndef PSTM_SUM_ANTIALIAS_LEVEL_H
#define PSTM_SUM_ANTIALIAS_LEVEL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef PSTM_ANTIALIAS_INLINE
#define PSTM_ANTIALIAS_INLINE static inline
#endif

/** What the level of a block needs of a column's velocity. */
typedef struct pstm_antialias_block {
    float depth2_m2;      /**< (v t0/2)^2 at its first sample with t0 > 0 */
    float per_sample2_m2; /**< 1 / (v sample_s)^2 there, in 1/m^2; 0 in a block without t0 > 0 */
} pstm_antialias_block;

/** d . B of a leg: its components, differences taken in double and rounded, and those of B_a rounded. */
PSTM_ANTIALIAS_INLINE float pstm_antialias_projection(float dx_m, float dy_m, float step_x_m, float step_y_m)
{
    float along_x = dx_m * step_x_m, along_y = dy_m * step_y_m;
    return along_x + along_y;
}

/** 1 / sqrt(x) to 5e-6 of itself, from its exponent and two steps of Newton's; finite for x = 0. */
PSTM_ANTIALIAS_INLINE float pstm_antialias_reciprocal_root(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = 0x5f3759dfU - (bits >> 1);
    float y, half = 0.5F * x;
    memcpy(&y, &bits, sizeof y);
    y = y * (1.5F - (half * y) * y);
    return y * (1.5F - (half * y) * y);
}

/** 0 where x < 1, else min(most, 1 + floor(log2 x)): the exponent of x. x >= 0. */
PSTM_ANTIALIAS_INLINE int32_t pstm_antialias_octave(float x, int32_t most)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int32_t level = (bits >> 23) - 126;
    level = level > 0 ? level : 0;
    return level < most ? level : most;
}

/** A trace as a location sees it. */
typedef struct pstm_antialias_legs {
    float source_leg2_m2, receiver_leg2_m2;         /**< pstm_aperture_leg2() */
    float source_along_m2[2], receiver_along_m2[2]; /**< pstm_antialias_projection() on each axis */
} pstm_antialias_legs;

/** The level of a block. */
PSTM_ANTIALIAS_INLINE int32_t pstm_antialias_level(const pstm_antialias_legs *legs,
                                                   const pstm_antialias_block *block, int32_t n_levels)
{
    float source = pstm_antialias_reciprocal_root(legs->source_leg2_m2 + block->depth2_m2);
    float receiver = pstm_antialias_reciprocal_root(legs->receiver_leg2_m2 + block->depth2_m2);
    float steepest = 0;
    for (int a = 0; a < 2; a++) {
        float of_source = legs->source_along_m2[a] * source;
        float of_receiver = legs->receiver_along_m2[a] * receiver;
        steepest = fmaxf(steepest, fabsf(of_source + of_receiver));
    }
    return pstm_antialias_octave((steepest * steepest) * block->per_sample2_m2, n_levels - 1);
}

#endif
