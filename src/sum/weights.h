/** @file weights.h
 * The weights of the sum: what a sample of a trace counts for in a sample of the image, beside the taper of
 * the aperture. A weight is one header, weight_<name>.h, one line of the list below and one #include at the
 * end of this file.
 *
 * A weight is a product
 *
 *   W = pair(ts, tr) * sample(tau, v) * trace
 *
 * of a factor of both legs' times, which the kernels make for each contribution; one of the output sample,
 * which a sum gets once, when it is read out; and one of the trace, which is in its coefficients or samples
 * before any sum. `pair` lacks a power of tau that would bring it near to a polynomial along t0; kernels that
 * interpolate it put that power to the pair, and take it out of the sample's factor (WEIGHT_TAU_AT_PAIR of
 * formulas.inc). The formulas are written once, over a type of number (laws.h). A weight called <name> has
 *
 *   as bodies over a type, with times in any one unit:
 *     pstm_weight_<name>_pair(pair)        from tau2 and the reciprocal times of both legs
 *     pstm_weight_<name>_slope(pair, w)    what the former, w, grows by from sample to sample
 *     pstm_weight_<name>_squares(squares)  the same factor from squared times, exact to some roundings
 *     pstm_weight_<name>_sample(tau2, slowness2, unit_s)   the output sample's factor, tau2 > 0, for times
 *                                                          counted in units of unit_s seconds
 *   in double, in seconds and metres:
 *     pstm_weight_<name>_whole(tau_s, vrms_m_s, source, receiver)  pair times sample, of a pstm_leg each:
 *                                                                  the definition
 *     pstm_weight_<name>_in_depth(z_m, vrms_m_s, rs_m, rr_m)       the same through depth and slant
 *                                                                  distances, as the device reference sums
 *                                                                  with `optimise.time_domain: off`
 *     pstm_weight_<name>_trace(offset_m, area)     the trace's factor; 1 where the list says so. area: what
 *                                                  the trace stands for, in m^2, on a 2D line in m, or 1
 *
 * tests/sum/test_weights.c compares the bodies with the definition. All functions are Local and pure.
 */
#ifndef PSTM_SUM_WEIGHTS_H
#define PSTM_SUM_WEIGHTS_H

#include "sum/ray.h"

/**
 * X(A, NAME, name, of_pair, of_trace, tau_power, tolerance, instructions, is_true, on_line, help); A is
 * handed through.
 *   name          the word of the job
 *   of_pair       0: pair is 1, and kernels leave it out
 *   of_trace      0: the trace's factor is 1, and kernels leave it out. It needs of_pair
 *   tau_power     of the power of tau that the pair's factor gets where it is interpolated
 *   tolerance     how far that may miss, as a part of the factor
 *   instructions  of a GPU for each contribution, for the bound of its rate (docs/performance.md)
 *   is_true       1: reflectivity comes out; traces then stand for areas, and the stack is a mean over live
 *                 classes
 *   on_line       the entry that takes its place for the traces of a 2D line; itself where it holds there too
 */
#define PSTM_WEIGHT_LIST(X, A)                                                                               \
    X(A, NONE, none, 0, 0, 0, 0.0, 0.0, 0, NONE, "every sample counts 1")                                    \
    X(A, OBLIQUITY, obliquity, 1, 0, 4, 5e-4, 2.0, 0, OBLIQUITY,                                             \
      "cosines of both rays over their lengths: cos cos/(r r)")                                              \
    X(A, TRUE, true, 1, 1, 2, 5e-4, 2.0, 1, TRUE_2D,                                                         \
      "reflectivity times wavelet comes out; on a 2D line it is `true_2d`, by itself")                       \
    X(A, TRUE_2D, true_2d, 1, 1, 2, 5e-4, 6.0, 1, TRUE_2D,                                                   \
      "the same for the traces of a 2D line over a 3D earth")

typedef enum pstm_weight {
#define PSTM_WEIGHT_ENTRY(A, NAME, ...) PSTM_WEIGHT_##NAME,
    PSTM_WEIGHT_LIST(PSTM_WEIGHT_ENTRY, )
#undef PSTM_WEIGHT_ENTRY
        PSTM_WEIGHTS
} pstm_weight;

/** Columns of the list, by a weight's number. */
PSTM_SUM_INLINE int pstm_weight_has_pair(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, ...)                                                      \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return of_pair;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE int pstm_weight_has_trace(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, ...)                                            \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return of_trace;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE int pstm_weight_tau_power(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, tau_power, ...)                                 \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return tau_power;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE double pstm_weight_tolerance(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, tau_power, tolerance, ...)                      \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return tolerance;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE double pstm_weight_instructions(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, tau_power, tolerance, instructions, ...)        \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return instructions;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

/** Whether reflectivity comes out. */
PSTM_SUM_INLINE int pstm_weight_is_true(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, tau_power, tolerance, instructions, is_true,    \
                           ...)                                                                              \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return is_true;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return 0;
    }
}

/** The weight that takes this one's place for the traces of a 2D line. */
PSTM_SUM_INLINE int pstm_weight_on_line(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, of_pair, of_trace, tau_power, tolerance, instructions, is_true,    \
                           on_line, ...)                                                                     \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return PSTM_WEIGHT_##on_line;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return weight;
    }
}

/** Whether it holds on a 2D line alone, where it takes another one's place. */
PSTM_SUM_INLINE int pstm_weight_wants_line(int weight)
{
    for (int other = 0; other < PSTM_WEIGHTS; other++)
        if (other != weight && pstm_weight_on_line(other) == weight) return 1;
    return 0;
}

/** The word of the job for a weight; never NULL. */
PSTM_SUM_INLINE const char *pstm_weight_word(int weight)
{
    switch (weight) {
#define PSTM_WEIGHT_COLUMN(A, NAME, name, ...)                                                               \
    case PSTM_WEIGHT_##NAME:                                                                                 \
        return #name;
        PSTM_WEIGHT_LIST(PSTM_WEIGHT_COLUMN, )
#undef PSTM_WEIGHT_COLUMN
    default:
        return "unknown";
    }
}

#endif

#include "sum/weight_none.h"
#include "sum/weight_obliquity.h"
#include "sum/weight_true.h"
#include "sum/weight_true_2d.h"
