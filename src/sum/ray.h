/** @file ray.h
 * What the laws of travel time (laws.h) may need to know at an output sample.
 */
#ifndef PSTM_SUM_RAY_H
#define PSTM_SUM_RAY_H

/** What stands before the formulas in double; CUDA sources define it otherwise. */
#ifndef PSTM_SUM_INLINE
#define PSTM_SUM_INLINE static inline
#endif

/**
 * Start of a reciprocal square root: the float with the bits PSTM_ROOT_START - bits(x)/2 is within 3.44 % of
 * 1/sqrt(x), for x > 0. As a whole number the bits of x are about 2^23 (log2(x) + 127), so those of x^(-1/2)
 * are 3/2 2^23 127 - bits(x)/2. This constant is that less 0.045 3/2 2^23, as log2(1 + m) is taken for
 * m + 0.045 with m in [0, 1), which divides the error evenly.
 */
#define PSTM_ROOT_START 0x5f3759df

#define PSTM_TWO_PI 6.28318530717958647693

/** What the velocity columns say at an output sample. */
typedef struct pstm_medium {
    double vrms_m_s;
    double alpha, beta; /**< how rays bend (law_curved.h); 0 for laws of straight rays */
} pstm_medium;

/** One leg in double. */
typedef struct pstm_leg {
    double time2_s2; /**< T^2 */
    double rise;     /**< v^2 dT^2/d(leg^2): 1 for straight rays */
    double focus;    /**< v^2 T^2/tau sqrt(T'' T'/leg), T' = dT/dleg: 1 for straight rays */
} pstm_leg;

/** X(A, NAME, name, help): what a law may need to know at an output sample. */
#define PSTM_RAY_FIELD_LIST(X, A)                                                                            \
    X(A, TAU2, tau2, "squared half of t0")                                                                   \
    X(A, SLOWNESS2, slowness2, "squared slowness 1/vrms^2, squared time by squared metres")                  \
    X(A, ALPHA, alpha, "by how much rays bend (law_curved.h)")                                               \
    X(A, BETA, beta, "how that ends with the leg")

typedef enum pstm_ray_field {
#define PSTM_RAY_FIELD_ENTRY(A, NAME, name, help) PSTM_RAY_##NAME,
    PSTM_RAY_FIELD_LIST(PSTM_RAY_FIELD_ENTRY, )
#undef PSTM_RAY_FIELD_ENTRY
        PSTM_RAY_FIELDS
} pstm_ray_field;

/** A field as an element of a set. */
#define PSTM_RAY_BIT(NAME) (1u << PSTM_RAY_##NAME)

/** All of them. */
#define PSTM_RAY_ALL ((1u << PSTM_RAY_FIELDS) - 1)

#endif
