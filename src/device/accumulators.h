/** @file accumulators.h
 * What a device accumulates for each image location, class and output sample: the list, and arrays of it as
 * they leave the device. A device keeps them in a form of its own until they are read. All functions are
 * Local.
 */
#ifndef PSTM_DEVICE_ACCUMULATORS_H
#define PSTM_DEVICE_ACCUMULATORS_H

#include <stdint.h>
#include <string.h>

#include "core/memory.h"

/** X(A, NAME, member, type, help): one line an accumulator; A is handed through. */
#define PSTM_ACCUMULATOR_LIST(X, A)                                                                          \
    X(A, SUM, sum, float, "weighted samples, added up and divided by nothing")                               \
    X(A, FOLD, fold, uint32_t, "traces that contributed")

/** Arrays of all accumulators, each [location][class][k]. */
typedef struct pstm_sums {
#define PSTM_ACCUMULATOR_MEMBER(A, NAME, member, type, help) type *member;
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_MEMBER, )
#undef PSTM_ACCUMULATOR_MEMBER
} pstm_sums;

/** Bytes of all accumulators of one output sample of a location and class. */
static inline int64_t pstm_sums_bytes(void)
{
#define PSTM_ACCUMULATOR_BYTES(A, NAME, member, type, help) +(int64_t)sizeof(type)
    return 0 PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_BYTES, );
#undef PSTM_ACCUMULATOR_BYTES
}

/** Arrays of n elements, all 0, owned by the caller (pstm_sums_clear(), after a failure too); *sums is all
 * NULL before. PSTM_SYSTEM when memory is short. */
PSTM_MUST_CHECK static inline pstm_status pstm_sums_create(int64_t n, const char *what, pstm_sums *sums)
{
#define PSTM_ACCUMULATOR_NEW(A, NAME, member, type, help) PSTM_TRY(PSTM_NEW(&sums->member, n, what));
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
#define PSTM_ACCUMULATOR_MOVE(A, NAME, member, type, help) from.member += first;
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_MOVE, )
#undef PSTM_ACCUMULATOR_MOVE
    return from;
}

/** Copies n elements of each array; `to` holds arrays of its own. */
static inline void pstm_sums_copy(const pstm_sums *to, const pstm_sums *from, int64_t n)
{
#define PSTM_ACCUMULATOR_COPY(A, NAME, member, type, help)                                                   \
    memcpy(to->member, from->member, (size_t)n * sizeof(type));
    PSTM_ACCUMULATOR_LIST(PSTM_ACCUMULATOR_COPY, )
#undef PSTM_ACCUMULATOR_COPY
}

#endif
