/** @file index_set.h
 * A set of indices [0, n): add, remove and "the next member from here" in O(log n), as words of bits with a
 * tree of words above them that tells which words are not empty. All functions are Local.
 */
#ifndef PSTM_PLAN_INDEX_SET_H
#define PSTM_PLAN_INDEX_SET_H

#include <stdint.h>

#include "core/status.h"

enum { PSTM_INDEX_SET_LEVELS = 6 /**< of 64 each: up to 2^36 indices */ };

/** All zero is a set without room. */
typedef struct pstm_index_set {
    int64_t n;
    int n_levels;
    int64_t n_words[PSTM_INDEX_SET_LEVELS];
    uint64_t
        *levels[PSTM_INDEX_SET_LEVELS]; /**< [0] holds the members; bit i of [k + 1]: word i of [k] != 0 */
} pstm_index_set;

/** Room for indices [0, n), none of them in. pstm_index_set_clear() frees it. */
PSTM_MUST_CHECK pstm_status pstm_index_set_make(pstm_index_set *set, int64_t n);

/** Frees what it holds; safe on all zero. */
void pstm_index_set_clear(pstm_index_set *set);

/** Puts i in, or takes it out; nothing happens if it is so already. */
void pstm_index_set_add(pstm_index_set *set, int64_t i);
void pstm_index_set_remove(pstm_index_set *set, int64_t i);

/** The least member >= from (from >= 0), or -1. */
int64_t pstm_index_set_next(const pstm_index_set *set, int64_t from);

#endif
