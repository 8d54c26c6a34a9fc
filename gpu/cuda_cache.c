#include "gpu/cuda_cache.h"

#include <string.h>

#include "core/memory.h"

enum { SLAB_BYTES = 64 << 20, LEAST_BUCKETS = 1024 };

pstm_status pstm_cuda_cache_open(const pstm_cuda_gpu *gpu, size_t row_bytes, size_t budget_bytes,
                                 pstm_cuda_cache *cache)
{
    size_t slab_rows = row_bytes < SLAB_BYTES ? SLAB_BYTES / row_bytes : 1;
    size_t most = budget_bytes / (slab_rows * row_bytes), most_counted = INT32_MAX / 4 / slab_rows;
    most = most < most_counted ? most : most_counted;
    *cache = (pstm_cuda_cache){.gpu = gpu,
                               .row_bytes = row_bytes,
                               .slab_rows = (int32_t)slab_rows,
                               .most_slabs = most > 1 ? (int32_t)most : 1,
                               .launch = 1};
    return PSTM_OK;
}

void pstm_cuda_cache_close(pstm_cuda_cache *cache)
{
    for (int32_t i = 0; i < cache->n_slabs; i++)
        cudaFree(cache->slabs[i]);
    PSTM_FREE(&cache->slabs);
    PSTM_FREE(&cache->keys);
    PSTM_FREE(&cache->last_use);
    PSTM_FREE(&cache->next);
    PSTM_FREE(&cache->buckets);
    *cache = (pstm_cuda_cache){0};
}

void pstm_cuda_cache_next_launch(pstm_cuda_cache *cache)
{
    cache->launch++;
}

void *pstm_cuda_cache_row(const pstm_cuda_cache *cache, int32_t row)
{
    return cache->slabs[row / cache->slab_rows] + (size_t)(row % cache->slab_rows) * cache->row_bytes;
}

/* ---- keys -------------------------------------------------------------------------------------------- */

static int32_t *bucket_of(const pstm_cuda_cache *cache, int64_t key)
{
    uint64_t mixed = (uint64_t)key * 0x9e3779b97f4a7c15ULL;
    return &cache->buckets[(mixed >> 32) & (uint64_t)(cache->n_buckets - 1)];
}

static void insert(pstm_cuda_cache *cache, int32_t row)
{
    int32_t *bucket = bucket_of(cache, cache->keys[row]);
    cache->next[row] = *bucket;
    *bucket = row;
}

static int32_t find(const pstm_cuda_cache *cache, int64_t key)
{
    if (cache->n_buckets == 0) return -1;
    int32_t row = *bucket_of(cache, key);
    while (row >= 0 && cache->keys[row] != key)
        row = cache->next[row];
    return row;
}

void pstm_cuda_cache_forget(pstm_cuda_cache *cache, int32_t row)
{
    if (cache->keys[row] == 0) return;
    int32_t *link = bucket_of(cache, cache->keys[row]);
    while (*link != row)
        link = &cache->next[*link];
    *link = cache->next[row];
    cache->keys[row] = 0;
}

/** Buckets for twice as many rows as there are. */
static pstm_status make_buckets(pstm_cuda_cache *cache)
{
    int32_t n = LEAST_BUCKETS;
    while (n < 2 * cache->n_slabs * cache->slab_rows)
        n *= 2;
    if (n == cache->n_buckets) return PSTM_OK;
    int32_t *buckets;
    PSTM_TRY(PSTM_NEW(&buckets, n, "the traces on a GPU"));
    PSTM_FREE(&cache->buckets);
    cache->buckets = buckets;
    cache->n_buckets = n;
    memset(buckets, 0xff, (size_t)n * sizeof *buckets);
    for (int32_t row = 0; row < cache->n_used; row++)
        if (cache->keys[row] != 0) insert(cache, row);
    return PSTM_OK;
}

/* ---- rows -------------------------------------------------------------------------------------------- */

/** Takes another slab; where there is no memory for it, the slabs that are there have to do. */
static pstm_status add_slab(pstm_cuda_cache *cache)
{
    int64_t n_rows = ((int64_t)cache->n_slabs + 1) * cache->slab_rows;
    PSTM_TRY(PSTM_GROW(&cache->slabs, &cache->slab_capacity, cache->n_slabs + 1, "the traces on a GPU"));
    PSTM_TRY(PSTM_GROW(&cache->keys, &cache->keys_capacity, n_rows, "the traces on a GPU"));
    PSTM_TRY(PSTM_GROW(&cache->last_use, &cache->use_capacity, n_rows, "the traces on a GPU"));
    PSTM_TRY(PSTM_GROW(&cache->next, &cache->next_capacity, n_rows, "the traces on a GPU"));
    cudaError_t error =
        cudaMalloc((void **)&cache->slabs[cache->n_slabs], (size_t)cache->slab_rows * cache->row_bytes);
    if (error == cudaErrorMemoryAllocation && cache->n_slabs > 0) {
        (void)cudaGetLastError();
        cache->most_slabs = cache->n_slabs;
        return PSTM_OK;
    }
    if (error != cudaSuccess) return pstm_cuda_fail(cache->gpu, error, "cudaMalloc");
    cache->n_slabs++;
    return make_buckets(cache);
}

/** A row that no trace has yet, or whose trace the present launch does not use; -1: none. */
static pstm_status free_row(pstm_cuda_cache *cache, int32_t *row)
{
    if (cache->n_used == cache->n_slabs * cache->slab_rows && cache->n_slabs < cache->most_slabs)
        PSTM_TRY(add_slab(cache));
    if (cache->n_used < cache->n_slabs * cache->slab_rows) {
        *row = cache->n_used++;
        return PSTM_OK;
    }
    *row = -1;
    for (int32_t i = 0; i < cache->n_used && *row < 0; i++) {
        if (cache->last_use[cache->hand] != cache->launch) *row = cache->hand;
        cache->hand = (cache->hand + 1) % cache->n_used;
    }
    if (*row >= 0) pstm_cuda_cache_forget(cache, *row);
    return PSTM_OK;
}

pstm_status pstm_cuda_cache_take(pstm_cuda_cache *cache, int64_t key, int32_t *row, bool *found)
{
    *row = key == 0 ? -1 : find(cache, key);
    *found = *row >= 0;
    if (!*found) {
        PSTM_TRY(free_row(cache, row));
        if (*row < 0) return PSTM_OK;
        cache->keys[*row] = key;
        if (key != 0) insert(cache, *row);
    }
    cache->last_use[*row] = cache->launch;
    return PSTM_OK;
}

void pstm_cuda_cache_shrink(pstm_cuda_cache *cache, bool *shrunk)
{
    *shrunk = cache->n_slabs > 1;
    if (!*shrunk) return;
    cache->most_slabs = cache->n_slabs / 2;
    while (cache->n_slabs > cache->most_slabs)
        cudaFree(cache->slabs[--cache->n_slabs]);
    cache->n_used = cache->hand = 0;
    memset(cache->keys, 0, (size_t)cache->keys_capacity * sizeof *cache->keys);
    memset(cache->buckets, 0xff, (size_t)cache->n_buckets * sizeof *cache->buckets);
}
