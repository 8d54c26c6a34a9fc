/** @file leaf_cache.h
 * The leaves of a trace store in memory, within a budget of bytes, read ahead by a thread of its own.
 *
 * The user says in which order it will want leaves (pstm_leaf_cache_want) and then borrows them in just
 * that order. The reader goes down the same list, so it is ahead as far as the budget lets it. A leaf stays
 * in memory until its place is needed; the one that the list wants last goes first, then the one unused for
 * longest. A list that repeats itself and is longer than the cache therefore finds most of the cache again.
 *
 * One thread wants, borrows and gives back; the reader is inside. All functions are Local.
 */
#ifndef PSTM_IO_STORE_LEAF_CACHE_H
#define PSTM_IO_STORE_LEAF_CACHE_H

#include <stdint.h>

#include "core/status.h"
#include "io/store/store.h"
#include "profile/profile.h"

typedef struct pstm_leaf_cache pstm_leaf_cache;

/** A leaf in memory; borrowed until it is given back. */
typedef struct pstm_leaf_view {
    int64_t n_traces;
    int64_t first_row;        /**< row of traces[0] in the store */
    int64_t stride;           /**< floats of a row of samples */
    const pstm_trace *traces; /**< [n_traces] */
    const float *samples;     /**< [n_traces][stride] */
} pstm_leaf_view;

/** Bytes that one leaf of this store takes at most: the least budget. */
int64_t pstm_leaf_cache_least_bytes(const pstm_store *store);

/**
 * Starts the reader. `store` is borrowed until the cache is destroyed. `lane` (NULL: none) gets the
 * reader's time and bytes. PSTM_USAGE when the budget is below pstm_leaf_cache_least_bytes().
 */
PSTM_MUST_CHECK pstm_status pstm_leaf_cache_create(const pstm_store *store, int64_t budget_bytes,
                                                   pstm_lane *lane, pstm_leaf_cache **out);

/** Stops the reader and frees all; NULL-safe. What is borrowed becomes invalid. */
void pstm_leaf_cache_destroy(pstm_leaf_cache **cache);

/** Appends n leaves to the list of what will be borrowed. */
PSTM_MUST_CHECK pstm_status pstm_leaf_cache_want(pstm_leaf_cache *cache, const int64_t *leaves, int64_t n);

/** The next wanted leaf; waits until it is there. A read error of the reader comes out here. */
PSTM_MUST_CHECK pstm_status pstm_leaf_cache_borrow(pstm_leaf_cache *cache, int64_t leaf,
                                                   pstm_leaf_view *view);

/** Gives a borrowed leaf back. */
void pstm_leaf_cache_give_back(pstm_leaf_cache *cache, int64_t leaf);

/** Frees the memory of all leaves if none is wanted; those that are wanted again are read again. */
void pstm_leaf_cache_drop(pstm_leaf_cache *cache);

#endif
