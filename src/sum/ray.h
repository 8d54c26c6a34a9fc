/** @file ray.h
 * What the laws of travel time (laws.h) may need to know at an output sample.
 */
#ifndef PSTM_SUM_RAY_H
#define PSTM_SUM_RAY_H

/** What stands before the formulas in double; CUDA sources define it otherwise. */
#ifndef PSTM_SUM_INLINE
#define PSTM_SUM_INLINE static inline
#endif

/** What the velocity columns say at an output sample. */
typedef struct pstm_medium {
    double vrms_m_s;
} pstm_medium;

/** X(A, NAME, name, help): what a law may need to know at an output sample. */
#define PSTM_RAY_FIELD_LIST(X, A)                                                                            \
    X(A, TAU2, tau2, "squared half of t0")                                                                   \
    X(A, SLOWNESS2, slowness2, "squared slowness 1/vrms^2, squared time by squared metres")

typedef enum pstm_ray_field {
#define PSTM_RAY_FIELD_ENTRY(A, NAME, name, help) PSTM_RAY_##NAME,
    PSTM_RAY_FIELD_LIST(PSTM_RAY_FIELD_ENTRY, )
#undef PSTM_RAY_FIELD_ENTRY
        PSTM_RAY_FIELDS
} pstm_ray_field;

/** A field as an element of a set. */
#define PSTM_RAY_BIT(NAME) (1u << PSTM_RAY_##NAME)

#endif
