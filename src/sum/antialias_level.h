/** @file antialias_level.h
 * The choice of an antialias copy (device/antialias.h), operation by operation, over a type of number
 * (formulas.inc). Multiplications and additions are rounded once each, in this order, and never fused
 * (-ffp-contract=off, -fmad=false); so every device chooses the same, bit by bit. They tell the slope to 1e-5
 * of itself. Local.
 */
#ifndef PSTM_SUM_ANTIALIAS_LEVEL_H
#define PSTM_SUM_ANTIALIAS_LEVEL_H

/** What the level of a block needs of a column, at the block's first sample with t0 > 0. */
typedef struct pstm_antialias_block {
    float depth2_m2;      /**< (v t0/2)^2 */
    float per_sample2_m2; /**< 1 / (v sample_s)^2 in 1/m^2; 0 in a block without t0 > 0 */
    float alpha, beta;    /**< of the law; 0 where it takes none */
} pstm_antialias_block;

#endif

#ifdef INTEGER

/** A trace as a location sees it. */
typedef struct FORMULA(pstm_antialias_legs) {
    REAL source_leg2_m2, receiver_leg2_m2;         /**< pstm_aperture_leg2() */
    REAL source_along_m2[2], receiver_along_m2[2]; /**< pstm_antialias_projection() on each axis */
} FORMULA(pstm_antialias_legs);

/** d . B of a leg: its components, differences taken in double and rounded, and those of B_a rounded. */
FORMULA_INLINE REAL FORMULA(pstm_antialias_projection)(REAL dx_m, REAL dy_m, REAL step_x_m, REAL step_y_m)
{
    const REAL along_x = dx_m * step_x_m, along_y = dy_m * step_y_m;
    return along_x + along_y;
}

/** 0 where x < 1, else min(most, 1 + floor(log2 x)): the exponent of x. x >= 0. */
FORMULA_INLINE INTEGER FORMULA(pstm_antialias_octave)(REAL x, INTEGER most)
{
    const INTEGER level = (BITS_OF(x) >> 23) - INTEGER_OF(126);
    return INTEGER_MIN(INTEGER_MAX(level, INTEGER_OF(0)), most);
}

/** The steepness of laws.h. */
FORMULA_INLINE REAL FORMULA(pstm_law_steepness)(const int law, REAL leg2, const FORMULA(pstm_ray) * ray)
{
#define PSTM_ARGUMENTS (leg2, ray)
    switch (law) {
        PSTM_LAW_LIST(PSTM_LAW_CALL, steepness)
    default:
        return leg2;
    }
#undef PSTM_ARGUMENTS
}

/** The level of a block, `most` at most, of both legs' steepness; per_sample2 of a pstm_antialias_block. */
FORMULA_INLINE INTEGER FORMULA(pstm_antialias_level_of)(const FORMULA(pstm_antialias_legs) * legs,
                                                        REAL source, REAL receiver, REAL per_sample2,
                                                        INTEGER most)
{
    REAL steepest = REAL_OF(0);
    for (int a = 0; a < 2; a++) {
        const REAL of_source = legs->source_along_m2[a] * source;
        const REAL of_receiver = legs->receiver_along_m2[a] * receiver;
        steepest = REAL_MAX(steepest, REAL_ABS(of_source + of_receiver));
    }
    return FORMULA(pstm_antialias_octave)((steepest * steepest) * per_sample2, most);
}

/** The level of a block, `most` at most. Of the block's ray tau2 is its depth2 and slowness2 is 1: times in
 * metres. */
FORMULA_INLINE INTEGER FORMULA(pstm_antialias_level)(const int law, const FORMULA(pstm_antialias_legs) * legs,
                                                     const FORMULA(pstm_ray) * ray, REAL per_sample2,
                                                     INTEGER most)
{
    return FORMULA(pstm_antialias_level_of)(legs, FORMULA(pstm_law_steepness)(law, legs->source_leg2_m2, ray),
                                            FORMULA(pstm_law_steepness)(law, legs->receiver_leg2_m2, ray),
                                            per_sample2, most);
}

#endif
