/** @file accumulators.h
 * What a device accumulates for each image location, class and output sample: the list, and arrays of it as
 * they leave the device. Sum and fold are always there, the others where they are wanted
 * (pstm_device_accumulators()). A device keeps them in a form of its own until they are read. All functions
 * are Local.
 */
#ifndef PSTM_DEVICE_ACCUMULATORS_H
#define PSTM_DEVICE_ACCUMULATORS_H

#include <stdint.h>
#include <string.h>

#include "core/memory.h"

/**
 * X(A, NAME, member, type, help): one line an accumulator; A is handed through. The taper sum of the traces
 * that contributed is fold - faded, so that traces without a taper add to the fold alone.
 */
#define PSTM_ACCUMULATOR_LIST(X, A)                                                                          \
    X(A, SUM, sum, float, "weighted samples, added up and divided by nothing")                               \
    X(A, FOLD, fold, uint32_t, "traces that contributed")                                                    \
    X(A, FADED, faded, float, "what tapers took of the fold: the sum of 1 less the taper of both legs")

/** Numbers of the accumulators. */
enum {
#define PSTM_ACCUMULATOR_NUMBER(A, NAME, ...) PSTM_ACCUMULATOR_##NAME,
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_NUMBER, )
#undef PSTM_ACCUMULATOR_NUMBER
        PSTM_ACCUMULATORS
};

/** Some of them, PSTM_ACCUMULATOR_BIT() each. */
typedef uint32_t pstm_accumulators;
#define PSTM_ACCUMULATOR_BIT(NAME) (UINT32_C(1) << PSTM_ACCUMULATOR_##NAME)

/** Arrays, each [location][class][k]; NULL: not wanted. */
typedef struct pstm_sums {
#define PSTM_ACCUMULATOR_MEMBER(A, NAME, member, type, help) type *member;
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_MEMBER, )
#undef PSTM_ACCUMULATOR_MEMBER
} pstm_sums;

/** Bytes of some accumulators, of one output sample of a location and class. */
static inline int64_t pstm_sums_bytes(pstm_accumulators which)
{
#define PSTM_ACCUMULATOR_BYTES(A, NAME, member, type, help)                                                  \
    +(which & PSTM_ACCUMULATOR_BIT(NAME) ? (int64_t)sizeof(type) : 0)
    return 0 PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_BYTES, );
#undef PSTM_ACCUMULATOR_BYTES
}

/** Arrays of n elements, all 0, owned by the caller (pstm_sums_clear(), after a failure too); *sums is all
 * NULL before. PSTM_SYSTEM when memory is short. */
PSTM_MUST_CHECK static inline pstm_status pstm_sums_create(pstm_accumulators which, int64_t n,
                                                           const char *what, pstm_sums *sums)
{
#define PSTM_ACCUMULATOR_NEW(A, NAME, member, type, help)                                                    \
    if (which & PSTM_ACCUMULATOR_BIT(NAME)) PSTM_TRY(PSTM_NEW(&sums->member, n, what));
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_NEW, )
#undef PSTM_ACCUMULATOR_NEW
    return PSTM_OK;
}

/** Frees the arrays; safe on all NULL. */
static inline void pstm_sums_clear(pstm_sums *sums)
{
#define PSTM_ACCUMULATOR_FREE(A, NAME, member, type, help) PSTM_FREE(&sums->member);
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_FREE, )
#undef PSTM_ACCUMULATOR_FREE
}

/** The arrays from element `first` on, borrowed. */
static inline pstm_sums pstm_sums_from(const pstm_sums *sums, int64_t first)
{
    pstm_sums from = *sums;
#define PSTM_ACCUMULATOR_MOVE(A, NAME, member, type, help)                                                   \
    if (from.member != NULL) from.member += first;
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_MOVE, )
#undef PSTM_ACCUMULATOR_MOVE
    return from;
}

/** Copies n elements of each array that both have. */
static inline void pstm_sums_copy(const pstm_sums *to, const pstm_sums *from, int64_t n)
{
#define PSTM_ACCUMULATOR_COPY(A, NAME, member, type, help)                                                   \
    if (to->member != NULL && from->member != NULL)                                                          \
        memcpy(to->member, from->member, (size_t)n * sizeof(type));
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_COPY, )
#undef PSTM_ACCUMULATOR_COPY
}

#endif
