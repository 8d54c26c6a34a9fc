/** @file laws.h
 * The laws of travel time: how long a ray takes along one leg, from an image location to a source or a
 * receiver. A law is one header, law_<name>.h, one line of the list below and one #include at the end of this
 * file.
 *
 * All laws speak of squared one-way times T^2 and squared horizontal legs. Their formulas are written once,
 * over a type of number, and made for each type by formulas.inc: double, float, the registers of the CPU
 * kernels, CUDA. Times may be counted in any unit, as long as it is the same in all fields. A law called
 * <name> has
 *
 *   of a leg, as bodies over a type (`ray` holds the fields at one output sample):
 *     pstm_law_<name>_time2(leg2, ray)             T^2
 *     pstm_law_<name>_growth(leg2, ray, slopes)    half of what T^2 grows by from sample to sample; `slopes`
 *                                                  are half of what the fields grow by. A time's slope is
 *                                                  this by the time
 *     pstm_law_<name>_bounds(leg2, least, most, low, high)   T^2 is between *low > 0 and *high wherever each
 *                                                  field is between its `least` and `most` and the leg is no
 *                                                  longer than the longest
 *     pstm_law_<name>_shape(leg2, ray)             rise and focus of the leg (ray.h)
 *     pstm_law_<name>_shape_slope(leg2, ray, slopes)   what they grow by from sample to sample
 *     pstm_law_<name>_steepness(leg2, ray)         v dT/dx by x, for x along the leg, in 1/m, of a ray with
 *                                                  times in metres: tau2 is (v tau)^2 and slowness2 is 1. By
 *                                                  this the antialias copy is chosen; operations each
 *                                                  rounded once, never fused. Finite for any leg and depth,
 *                                                  since a block's first sample may not admit the leg
 *   in double, in seconds and metres:
 *     pstm_law_<name>_square_s2(tau_s, leg_m, medium)   T^2: the definition, by which the device reference
 *                                                       sums
 *   of a whole column, in double:
 *     pstm_law_<name>_longest_leg_m(t0_s, medium)       the longest leg for which T >= tau and T grows with
 *                                                       the leg; INFINITY: all are. It limits the aperture
 *     pstm_law_<name>_latest_t0_s(arrival_s)            a trace that ends at arrival_s reaches no later t0
 *                                                       than this
 *     pstm_law_<name>_fastest_m_s(vrms_m_s)             T^2 >= tau^2 + leg^2/this^2 for all legs up to the
 *                                                       longest, and
 *     pstm_law_<name>_slowest_m_s(vrms_m_s)             T^2 <= tau^2 + leg^2/this^2; both grow with vrms. By
 *                                                       these a record is told to end before any arrival, or
 *                                                       to begin after all (survey/extent.h)
 *     pstm_law_<name>_steepest_slope(sine, vrms_m_s)    a bound of dT/dx for legs of slopes up to this sine,
 *                                                       in s/m
 *
 * tests/sum/test_laws.c compares each of these with a dense search. All functions are Local and pure.
 */
#ifndef PSTM_SUM_LAWS_H
#define PSTM_SUM_LAWS_H

#include "sum/ray.h"

/**
 * X(A, NAME, name, fields, slope_margin, bends, in_depth, help); A is handed through.
 *   name          the word of the job
 *   fields        the set of PSTM_RAY_BIT() that the law needs, TAU2 always among them
 *   slope_margin  by what part the slope of T along t0 may exceed, for any leg, its largest value at the legs
 *                 that device/cpu/spans.c tries; 0 where the largest is provably at one of them
 *   bends         0: rise and focus are 1, and kernels leave them out
 *   in_depth      1: the old program's loop over depth sums by it too (device/reference/depth_loop.h)
 */
#define PSTM_LAW_LIST(X, A)                                                                                  \
    X(A, STRAIGHT, straight, PSTM_RAY_BIT(TAU2) | PSTM_RAY_BIT(SLOWNESS2), 0.0, 0, 1,                        \
      "straight rays in the rms velocity: the double square root")                                           \
    X(A, CURVED, curved, PSTM_RAY_ALL, 0.2, 1, 0,                                                            \
      "rays that bend in the interval velocities of the rms velocity (Dix)")

typedef enum pstm_law {
#define PSTM_LAW_ENTRY(A, NAME, ...) PSTM_LAW_##NAME,
    PSTM_LAW_LIST(PSTM_LAW_ENTRY, )
#undef PSTM_LAW_ENTRY
        PSTM_LAWS
} pstm_law;

/** The fields that a law needs: a set of PSTM_RAY_BIT(). */
PSTM_SUM_INLINE unsigned pstm_law_needs(int law)
{
    switch (law) {
#define PSTM_LAW_COLUMN(A, NAME, name, fields, ...)                                                          \
    case PSTM_LAW_##NAME:                                                                                    \
        return fields;
        PSTM_LAW_LIST(PSTM_LAW_COLUMN, )
#undef PSTM_LAW_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE double pstm_law_slope_margin(int law)
{
    switch (law) {
#define PSTM_LAW_COLUMN(A, NAME, name, fields, slope_margin, ...)                                            \
    case PSTM_LAW_##NAME:                                                                                    \
        return slope_margin;
        PSTM_LAW_LIST(PSTM_LAW_COLUMN, )
#undef PSTM_LAW_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE int pstm_law_bends(int law)
{
    switch (law) {
#define PSTM_LAW_COLUMN(A, NAME, name, fields, slope_margin, bends, ...)                                     \
    case PSTM_LAW_##NAME:                                                                                    \
        return bends;
        PSTM_LAW_LIST(PSTM_LAW_COLUMN, )
#undef PSTM_LAW_COLUMN
    default:
        return 0;
    }
}

PSTM_SUM_INLINE int pstm_law_in_depth(int law)
{
    switch (law) {
#define PSTM_LAW_COLUMN(A, NAME, name, fields, slope_margin, bends, in_depth, ...)                           \
    case PSTM_LAW_##NAME:                                                                                    \
        return in_depth;
        PSTM_LAW_LIST(PSTM_LAW_COLUMN, )
#undef PSTM_LAW_COLUMN
    default:
        return 0;
    }
}

/** The word of the job for a law; never NULL. */
PSTM_SUM_INLINE const char *pstm_law_word(int law)
{
    switch (law) {
#define PSTM_LAW_COLUMN(A, NAME, name, ...)                                                                  \
    case PSTM_LAW_##NAME:                                                                                    \
        return #name;
        PSTM_LAW_LIST(PSTM_LAW_COLUMN, )
#undef PSTM_LAW_COLUMN
    default:
        return "unknown";
    }
}

#endif

#include "sum/law_curved.h"
#include "sum/law_straight.h"
