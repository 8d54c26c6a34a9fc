#include "io/store/leaf_cache.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/memory.h"
#include "device/device.h"

static const int64_t NEVER = INT64_MAX;

/* While other leaves in memory are wanted again, this share of the places is read ahead into. */
enum { AHEAD_SHARE = 4 };

/* Places get their memory together: many small pieces take far longer to get and to free. */
enum { SLAB_SLOTS = 32 };

/* A place for one leaf. */
typedef struct slot {
    int64_t leaf;   /* -1: empty */
    int64_t n_pins; /* times wanted and not yet given back */
    int64_t last_use;
    bool is_new; /* not borrowed since it was read */
} slot;

/* The memory of SLAB_SLOTS places behind each other; NULL until it is needed. */
typedef struct slab {
    pstm_trace *traces; /* [SLAB_SLOTS][leaf_traces] */
    float *samples;     /* [SLAB_SLOTS][leaf_traces][stride] */
} slab;

/* An entry of the list of what will be borrowed. Entries have positions, counted over the whole run. */
typedef struct want {
    int64_t leaf, again; /* again: position of the same leaf's next entry, or NEVER */
} want;

struct pstm_leaf_cache {
    const pstm_store *store;
    const pstm_leaf *leaves;
    int64_t stride, leaf_traces; /* floats of a row; traces of the largest leaf */
    slot *slots;
    slab *slabs;
    int64_t n_slots, n_slabs;
    int32_t *slot_of; /* [n_leaves]; -1: not in memory, or being read */
    pstm_lane *lane;

    pthread_t reader;
    bool has_reader;
    pthread_mutex_t mutex; /* guards all below, the slots' fields and slot_of */
    pthread_cond_t changed;
    bool stop;
    bool needs_place; /* the reader waits until a leaf is given back or borrowed; else it need not be woken
                         then */
    pstm_status failed;
    char failed_text[1024];
    want *wanted; /* [n_wanted], from position `base` on; the reader is at wanted[next_read] */
    int64_t n_wanted, next_read, wanted_capacity, base, clock;
    int64_t *first_want, *last_want; /* [n_leaves] positions of those that the reader has not passed; NEVER */
    int64_t n_new;                   /* slots with is_new */
};

static int64_t largest_leaf(const pstm_store *store)
{
    const pstm_leaf *leaves = pstm_store_leaves(store);
    int64_t most = 1;
    for (int64_t i = 0; i < pstm_store_get_about(store)->n_leaves; i++)
        if (leaves[i].n_traces > most) most = leaves[i].n_traces;
    return most;
}

int64_t pstm_leaf_cache_least_bytes(const pstm_store *store)
{
    return largest_leaf(store) * ((int64_t)sizeof(pstm_trace) + 4 * pstm_store_stride(store));
}

/* When the leaf of a slot is wanted next: a position, or NEVER. */
static int64_t next_want(const pstm_leaf_cache *cache, const slot *s)
{
    return s->leaf < 0 ? NEVER : cache->first_want[s->leaf];
}

/* The place of a new leaf: the unpinned one whose own is wanted last (Belady 1966: docs/references.md), of
 * several that which is unused for longest. NULL while there is none, or while it is too early: places of
 * leaves that are wanted again are filled a few ahead only, or reading ahead would throw out all that the
 * next tile needs. */
static slot *free_slot(pstm_leaf_cache *cache)
{
    slot *best = NULL;
    int64_t best_want = 0;
    for (int64_t i = 0; i < cache->n_slots; i++) {
        slot *s = &cache->slots[i];
        if (s->n_pins > 0) continue;
        const int64_t its_want = next_want(cache, s);
        if (best != NULL &&
            (its_want < best_want || (its_want == best_want && s->last_use >= best->last_use)))
            continue;
        best = s;
        best_want = its_want;
    }
    const bool is_early = best_want != NEVER && cache->n_new > cache->n_slots / AHEAD_SHARE;
    return is_early ? NULL : best;
}

static pstm_trace *traces_of(const pstm_leaf_cache *cache, const slot *s)
{
    const int64_t i = s - cache->slots;
    return cache->slabs[i / SLAB_SLOTS].traces + i % SLAB_SLOTS * cache->leaf_traces;
}

static float *samples_of(const pstm_leaf_cache *cache, const slot *s)
{
    const int64_t i = s - cache->slots;
    return cache->slabs[i / SLAB_SLOTS].samples + i % SLAB_SLOTS * cache->leaf_traces * cache->stride;
}

static pstm_status need_memory(const pstm_leaf_cache *cache, const slot *s)
{
    const int64_t i = (s - cache->slots) / SLAB_SLOTS, n_left = cache->n_slots - i * SLAB_SLOTS;
    const int64_t n_rows = (n_left < SLAB_SLOTS ? n_left : SLAB_SLOTS) * cache->leaf_traces;
    slab *memory = &cache->slabs[i];
    if (memory->traces == NULL) PSTM_TRY(PSTM_NEW(&memory->traces, n_rows, "the leaf cache"));
    if (memory->samples != NULL) return PSTM_OK;
    return PSTM_NEW(&memory->samples, n_rows * cache->stride, "the leaf cache");
}

/* Called without the lock: nobody else touches a slot that is pinned and not in slot_of. */
static pstm_status fill_slot(pstm_leaf_cache *cache, const slot *s, int64_t leaf)
{
    const pstm_leaf *about = &cache->leaves[leaf];
    PSTM_TRY(need_memory(cache, s));
    PSTM_TRY(pstm_store_read_leaf(cache->store, leaf, traces_of(cache, s), samples_of(cache, s)));
    pstm_lane_count(cache->lane, PSTM_COUNT_BYTES_READ,
                    about->n_traces * ((int64_t)sizeof(pstm_trace) + 4 * cache->stride));
    return PSTM_OK;
}

/* Reads one leaf into a place of its own. Called with the lock; gives it up meanwhile. */
static void read_leaf(pstm_leaf_cache *cache, slot *s, int64_t leaf)
{
    if (s->leaf >= 0) cache->slot_of[s->leaf] = -1;
    s->leaf = -1;
    s->n_pins = 1;
    pthread_mutex_unlock(&cache->mutex);
    pstm_phase_switch(cache->lane, PSTM_PHASE_READ);
    const pstm_status status = fill_slot(cache, s, leaf);
    pstm_phase_switch(cache->lane, PSTM_PHASE_WAIT);
    pthread_mutex_lock(&cache->mutex);
    if (status != PSTM_OK) {
        cache->failed = status;
        snprintf(cache->failed_text, sizeof cache->failed_text, "%s", pstm_error_text());
        return;
    }
    s->leaf = leaf;
    s->is_new = true;
    cache->n_new++;
    s->last_use = cache->clock++;
    cache->slot_of[leaf] = (int32_t)(s - cache->slots);
}

/* The reader is done with the entry that it is at. */
static void pass_want(pstm_leaf_cache *cache)
{
    const want *passed = &cache->wanted[cache->next_read++];
    cache->first_want[passed->leaf] = passed->again;
    if (passed->again == NEVER) cache->last_want[passed->leaf] = NEVER;
}

static void *reader_main(void *self)
{
    pstm_leaf_cache *cache = self;
    pstm_lane_start(cache->lane, PSTM_PHASE_WAIT);
    pthread_mutex_lock(&cache->mutex);
    while (!cache->stop && cache->failed == PSTM_OK) {
        if (cache->next_read == cache->n_wanted) {
            pthread_cond_wait(&cache->changed, &cache->mutex);
            continue;
        }
        const int64_t leaf = cache->wanted[cache->next_read].leaf;
        if (cache->slot_of[leaf] >= 0) {
            slot *s = &cache->slots[cache->slot_of[leaf]];
            s->n_pins++;
            s->last_use = cache->clock++;
        } else {
            slot *s = free_slot(cache);
            if (s == NULL) {
                cache->needs_place = true;
                pthread_cond_wait(&cache->changed, &cache->mutex);
                cache->needs_place = false;
                continue;
            }
            read_leaf(cache, s, leaf);
        }
        pass_want(cache);
        pthread_cond_broadcast(&cache->changed);
    }
    pthread_mutex_unlock(&cache->mutex);
    pstm_lane_stop(cache->lane);
    return NULL;
}

pstm_status pstm_leaf_cache_create(const pstm_store *store, int64_t budget_bytes, pstm_lane *lane,
                                   pstm_leaf_cache **out)
{
    const int64_t least = pstm_leaf_cache_least_bytes(store),
                  n_leaves = pstm_store_get_about(store)->n_leaves;
    if (budget_bytes < least)
        return pstm_fail(
            PSTM_USAGE,
            "memory: %.1f MiB are left for traces, one leaf of the trace store needs %.1f MiB; raise "
            "`memory` or lower `tile`",
            (double)budget_bytes / 1048576.0, (double)least / 1048576.0);
    pstm_leaf_cache *cache = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&cache, 1, "the leaf cache"));
    pthread_mutex_init(&cache->mutex, NULL);
    pthread_cond_init(&cache->changed, NULL);
    cache->store = store;
    cache->leaves = pstm_store_leaves(store);
    cache->stride = pstm_store_stride(store);
    cache->leaf_traces = largest_leaf(store);
    cache->lane = lane;
    cache->n_slots = budget_bytes / least < n_leaves ? budget_bytes / least : n_leaves;
    cache->n_slabs = cache->n_slots / SLAB_SLOTS + 1;
    PSTM_GO(PSTM_NEW(&cache->slots, cache->n_slots, "the leaf cache"));
    PSTM_GO(PSTM_NEW(&cache->slabs, cache->n_slabs, "the leaf cache"));
    PSTM_GO(PSTM_NEW(&cache->slot_of, n_leaves, "the leaf cache"));
    PSTM_GO(PSTM_NEW(&cache->first_want, n_leaves, "the leaf cache"));
    PSTM_GO(PSTM_NEW(&cache->last_want, n_leaves, "the leaf cache"));
    for (int64_t i = 0; i < cache->n_slots; i++)
        cache->slots[i].leaf = -1;
    for (int64_t i = 0; i < n_leaves; i++) {
        cache->slot_of[i] = -1;
        cache->first_want[i] = cache->last_want[i] = NEVER;
    }
    if (pthread_create(&cache->reader, NULL, reader_main, cache) != 0) {
        status = pstm_fail(PSTM_SYSTEM, "cannot start the reader thread");
        goto cleanup;
    }
    cache->has_reader = true;
    *out = cache;
    return PSTM_OK;
cleanup:
    pstm_leaf_cache_destroy(&cache);
    return status;
}

static void free_slabs(pstm_leaf_cache *cache)
{
    for (int64_t i = 0; cache->slabs != NULL && i < cache->n_slabs; i++) {
        PSTM_FREE(&cache->slabs[i].traces);
        PSTM_FREE(&cache->slabs[i].samples);
    }
}

void pstm_leaf_cache_destroy(pstm_leaf_cache **cache_at)
{
    pstm_leaf_cache *cache = *cache_at;
    if (cache == NULL) return;
    if (cache->has_reader) {
        pthread_mutex_lock(&cache->mutex);
        cache->stop = true;
        pthread_cond_broadcast(&cache->changed);
        pthread_mutex_unlock(&cache->mutex);
        pthread_join(cache->reader, NULL);
    }
    free_slabs(cache);
    PSTM_FREE(&cache->slabs);
    PSTM_FREE(&cache->slots);
    PSTM_FREE(&cache->slot_of);
    PSTM_FREE(&cache->first_want);
    PSTM_FREE(&cache->last_want);
    PSTM_FREE(&cache->wanted);
    pthread_cond_destroy(&cache->changed);
    pthread_mutex_destroy(&cache->mutex);
    PSTM_FREE(cache_at);
}

/* Drops what the reader has passed, so that the list does not grow over a run. */
static void forget_read(pstm_leaf_cache *cache)
{
    const int64_t left = cache->n_wanted - cache->next_read;
    for (int64_t i = 0; i < left; i++)
        cache->wanted[i] = cache->wanted[cache->next_read + i];
    cache->base += cache->next_read;
    cache->n_wanted = left;
    cache->next_read = 0;
}

/* The list has room for it. */
static void append_want(pstm_leaf_cache *cache, int64_t leaf)
{
    const int64_t position = cache->base + cache->n_wanted;
    if (cache->first_want[leaf] == NEVER)
        cache->first_want[leaf] = position;
    else
        cache->wanted[cache->last_want[leaf] - cache->base].again = position;
    cache->last_want[leaf] = position;
    cache->wanted[cache->n_wanted++] = (want){leaf, NEVER};
}

pstm_status pstm_leaf_cache_want(pstm_leaf_cache *cache, const int64_t *leaves, int64_t n)
{
    pthread_mutex_lock(&cache->mutex);
    forget_read(cache);
    const pstm_status status =
        PSTM_GROW(&cache->wanted, &cache->wanted_capacity, cache->n_wanted + n, "the leaf cache");
    if (status == PSTM_OK) {
        for (int64_t i = 0; i < n; i++)
            append_want(cache, leaves[i]);
        pthread_cond_broadcast(&cache->changed);
    }
    pthread_mutex_unlock(&cache->mutex);
    return status;
}

/* The reader takes a core from the sum whenever it wakes, so it is not woken for nothing. */
static void wake_for_place(pstm_leaf_cache *cache)
{
    if (cache->needs_place) pthread_cond_broadcast(&cache->changed);
}

pstm_status pstm_leaf_cache_borrow(pstm_leaf_cache *cache, int64_t leaf, pstm_leaf_view *view)
{
    pstm_status status = PSTM_OK;
    pthread_mutex_lock(&cache->mutex);
    while (cache->failed == PSTM_OK &&
           (cache->slot_of[leaf] < 0 || cache->slots[cache->slot_of[leaf]].n_pins == 0))
        pthread_cond_wait(&cache->changed, &cache->mutex);
    if (cache->failed != PSTM_OK) {
        status = pstm_fail(cache->failed, "%s", cache->failed_text);
    } else {
        slot *s = &cache->slots[cache->slot_of[leaf]];
        if (s->is_new) {
            s->is_new = false;
            cache->n_new--;
            wake_for_place(cache);
        }
        *view = (pstm_leaf_view){.n_traces = cache->leaves[leaf].n_traces,
                                 .first_row = cache->leaves[leaf].first_trace,
                                 .stride = cache->stride,
                                 .traces = traces_of(cache, s),
                                 .samples = samples_of(cache, s)};
    }
    pthread_mutex_unlock(&cache->mutex);
    return status;
}

void pstm_leaf_cache_give_back(pstm_leaf_cache *cache, int64_t leaf)
{
    pthread_mutex_lock(&cache->mutex);
    slot *s = &cache->slots[cache->slot_of[leaf]];
    s->n_pins--;
    s->last_use = cache->clock++;
    wake_for_place(cache);
    pthread_mutex_unlock(&cache->mutex);
}

static bool is_wanted(const pstm_leaf_cache *cache)
{
    bool wanted = cache->next_read < cache->n_wanted;
    for (int64_t i = 0; i < cache->n_slots && !wanted; i++)
        wanted = cache->slots[i].n_pins > 0;
    return wanted;
}

void pstm_leaf_cache_drop(pstm_leaf_cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    if (!is_wanted(cache)) {
        for (int64_t i = 0; i < cache->n_slots; i++) {
            slot *s = &cache->slots[i];
            if (s->leaf >= 0) cache->slot_of[s->leaf] = -1;
            *s = (slot){.leaf = -1};
        }
        cache->n_new = 0;
        free_slabs(cache);
    }
    pthread_mutex_unlock(&cache->mutex);
}
