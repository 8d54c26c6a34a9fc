/** @file cuda_cache.h
 * The traces on the GPU: rows of lines in device memory, which stay there from launch to launch and tile to
 * tile as long as there is room, so that a trace crosses the bus once and not for every tile.
 *
 * Rows are found by the key of their trace (device.h). A new trace takes a free row, else that of a trace
 * which no recent launch has used (a clock hand goes round). Memory is taken in slabs, up to a budget, as
 * traces come. Rows are written and read by work on one stream only, so a row may be given to another trace
 * while a launch before it still reads the old one. All functions are Local.
 */
#ifndef PSTM_GPU_CUDA_CACHE_H
#define PSTM_GPU_CUDA_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "gpu/cuda_gpu.h"

typedef struct pstm_cuda_cache {
    const pstm_cuda_gpu *gpu; /**< borrowed */
    size_t row_bytes;
    int32_t slab_rows;
    int32_t n_slabs, most_slabs;
    int64_t slab_capacity;
    char **slabs;   /**< [n_slabs] of slab_rows rows each */
    int32_t n_used; /**< rows that have had a trace: the first ones */
    int32_t hand;   /**< where the search for a row goes on */
    int64_t launch; /**< the present one; counts from 1 */
    /* of each row: */
    int64_t *keys;     /**< 0: found by nobody */
    int64_t *last_use; /**< the launch that used it last */
    int32_t *next;     /**< in the list of its bucket; -1: the last */
    int64_t keys_capacity, use_capacity, next_capacity;
    int32_t *buckets;  /**< [n_buckets] first row of each list; -1: none */
    int32_t n_buckets; /**< a power of two */
} pstm_cuda_cache;

/** Starts with no memory; it will take up to budget_bytes, at least one slab. */
PSTM_MUST_CHECK pstm_status pstm_cuda_cache_open(const pstm_cuda_gpu *gpu, size_t row_bytes,
                                                 size_t budget_bytes, pstm_cuda_cache *cache);
void pstm_cuda_cache_close(pstm_cuda_cache *cache);

/** The traces of the present launch are complete; their rows may be given away from now on. */
void pstm_cuda_cache_next_launch(pstm_cuda_cache *cache);

/**
 * The row of a trace of the present launch. *found: it holds the lines of this key; otherwise they have to be
 * made. *row = -1 when no row can be had that the present launch does not use. key 0 is never found.
 */
PSTM_MUST_CHECK pstm_status pstm_cuda_cache_take(pstm_cuda_cache *cache, int64_t key, int32_t *row,
                                                 bool *found);

/** Device memory of a row. */
void *pstm_cuda_cache_row(const pstm_cuda_cache *cache, int32_t row);

/** A row whose lines were not made after all. */
void pstm_cuda_cache_forget(pstm_cuda_cache *cache, int32_t row);

/** Gives half of the memory back, with all traces, for good. *shrunk: false with a single slab. Nothing may
 * be in flight. */
void pstm_cuda_cache_shrink(pstm_cuda_cache *cache, bool *shrunk);

#endif
