#include "mpi/worker.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/memory.h"
#include "io/cube.h"
#include "io/leaf_cache.h"

/* A tile with all that is known before its sum: where it is and which leaves it needs. */
typedef struct prepared_tile {
    bool ready;
    pstm_tile tile;
    pstm_box box;
    double reach_m;
    double *x_m, *y_m;
    float *vrms_m_s; /* [location][n_times]; the worker's one column when the velocity is uniform */
    int64_t *leaves;
    int64_t n_leaves;
} prepared_tile;

/* A group of tiles, named by its first. */
typedef struct given_tiles {
    int64_t number;
    pstm_group_size size;
} given_tiles;

struct pstm_worker {
    pstm_worker_plan plan;
    void *device;
    pstm_leaf_cache *cache;
    float *column; /* of a uniform velocity, else NULL */
    double uniform_reach_m;
    prepared_tile prepared[2];
    pstm_device_trace *batch; /* [PSTM_LEAF_TRACES] */
    pstm_lane *lane;
    pstm_aperture_stats *stats; /* of this worker, or NULL */
    pstm_tile_result results[PSTM_WORKER_RESULTS];

    pthread_t thread;
    bool has_thread, hangs;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    bool ready, stop; /* ready: the device is made, or has failed */
    given_tiles given[PSTM_WORKER_TILES];
    int n_given;
    int64_t progress, in_work;
    pstm_tile_result *spare[PSTM_WORKER_RESULTS], *done[PSTM_WORKER_RESULTS];
    int n_spare, n_done;
    pstm_status failed;
    char failed_text[2048];
};

static int64_t tile_locations(const pstm_worker_plan *plan)
{
    const pstm_tile first = pstm_group_at(plan->tiling, 0, plan->group);
    return pstm_tile_n_locations(&first);
}

/* Samples of one location of a tile, over all classes. */
static int64_t location_samples(const pstm_worker_plan *plan)
{
    return (int64_t)plan->device_plan->n_classes * plan->device_plan->n_times;
}

int64_t pstm_worker_fixed_bytes(const pstm_worker_plan *plan)
{
    const int64_t n_locations = tile_locations(plan), n_times = plan->device_plan->n_times;
    const int64_t device = pstm_device_tile_bytes(plan->device, plan->device_plan, n_locations);
    const int64_t result = n_locations * (location_samples(plan) + n_times) * 8;
    const int64_t columns =
        pstm_velocity_is_uniform(plan->velocity) ? n_times * 4 : 2 * n_locations * n_times * 4;
    return device + PSTM_WORKER_RESULTS * result + columns;
}

/* ---- preparing a tile -------------------------------------------------------------------------------- */

static void fill_columns(pstm_worker *w, prepared_tile *p)
{
    if (w->column != NULL) return;
    const int64_t n = pstm_tile_n_locations(&p->tile);
    for (int64_t i = 0; i < n; i++)
        pstm_velocity_column(w->plan.velocity, p->x_m[i], p->y_m[i], w->plan.grid,
                             p->vrms_m_s + i * w->plan.device_plan->n_times);
}

/* Without the index, or without a prefilter, every leaf is looked into. */
static int64_t choose_leaves(const pstm_worker_plan *plan, prepared_tile *p)
{
    if (plan->trace_prefilter && plan->spatial_index)
        return pstm_kdtree_query(plan->tree, &p->box, p->reach_m, p->leaves);
    for (int64_t i = 0; i < plan->tree->n_leaves; i++)
        p->leaves[i] = i;
    return plan->tree->n_leaves;
}

static pstm_status prepare_tile(pstm_worker *w, prepared_tile *p, const given_tiles *given)
{
    const pstm_worker_plan *plan = &w->plan;
    const pstm_phase before = pstm_phase_switch(w->lane, PSTM_PHASE_PREFILTER);
    p->tile = pstm_group_at(plan->tiling, given->number, given->size);
    p->box = pstm_tile_box(plan->grid, &p->tile);
    pstm_tile_locations(plan->grid, &p->tile, p->x_m, p->y_m);
    fill_columns(w, p);
    p->reach_m = w->column != NULL
                     ? w->uniform_reach_m
                     : pstm_tile_reach_m(plan->law, plan->grid, p->vrms_m_s, pstm_tile_n_locations(&p->tile));
    p->n_leaves = choose_leaves(plan, p);
    p->ready = true;
    const pstm_status status = pstm_leaf_cache_want(w->cache, p->leaves, p->n_leaves);
    pstm_phase_switch(w->lane, before);
    return status;
}

static bool take_given(pstm_worker *w, bool wait, given_tiles *given)
{
    pthread_mutex_lock(&w->mutex);
    while (wait && w->n_given == 0 && !w->stop)
        pthread_cond_wait(&w->changed, &w->mutex);
    const bool got = w->n_given > 0 && !w->stop;
    if (got) {
        *given = w->given[0];
        memmove(w->given, w->given + 1, sizeof w->given - sizeof w->given[0]);
        w->n_given--;
    }
    pthread_mutex_unlock(&w->mutex);
    return got;
}

/* ---- the sum of a tile ------------------------------------------------------------------------------- */

/* The traces of a leaf that can contribute to the tile, in leaf order; first_row: of the leaf in the store.
 */
static int64_t choose_traces(pstm_worker *w, const prepared_tile *p, const pstm_leaf_view *leaf,
                             int64_t first_row)
{
    const int64_t stride = pstm_store_stride(w->plan.store);
    int64_t n = 0;
    for (int64_t i = 0; i < leaf->n_traces; i++) {
        const pstm_trace *t = &leaf->traces[i];
        if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
        const int32_t class_index = pstm_classes_index(w->plan.classes, pstm_trace_offset_m(t));
        if (class_index < 0) continue;
        if (w->plan.trace_prefilter && !pstm_trace_can_reach(t, &p->box, p->reach_m)) continue;
        w->batch[n++] = (pstm_device_trace){.source_x_m = t->source_x_m,
                                            .source_y_m = t->source_y_m,
                                            .receiver_x_m = t->receiver_x_m,
                                            .receiver_y_m = t->receiver_y_m,
                                            .start_s = t->start_s,
                                            .samples = leaf->samples + i * stride + PSTM_TRACE_PAD,
                                            .live_first = t->live_first,
                                            .live_last = t->live_last,
                                            .class_index = class_index,
                                            .key = first_row + i + 1};
    }
    return n;
}

static pstm_status add_traces(pstm_worker *w, int64_t n)
{
    const int64_t n_batch = w->plan.batch ? n : 1;
    for (int64_t i = 0; i < n; i += n_batch) {
        PSTM_TRY(w->plan.device->add_batch(w->device, w->batch + i, n_batch));
        pstm_lane_count(w->lane, PSTM_COUNT_BATCHES, 1);
    }
    return PSTM_OK;
}

static pstm_status add_leaf(pstm_worker *w, const prepared_tile *p, int64_t leaf)
{
    pstm_leaf_view view;
    pstm_phase_switch(w->lane, PSTM_PHASE_READ); /* what the tile waits for its traces */
    PSTM_TRY(pstm_leaf_cache_borrow(w->cache, leaf, &view));
    pstm_phase_switch(w->lane, PSTM_PHASE_PREFILTER);
    const int64_t n = choose_traces(w, p, &view, pstm_store_leaves(w->plan.store)[leaf].first_trace);
    pstm_phase_switch(w->lane, PSTM_PHASE_SUM);
    const pstm_status status = add_traces(w, n);
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    pstm_leaf_cache_give_back(w->cache, leaf);
    pstm_lane_count(w->lane, PSTM_COUNT_EXAMINED, view.n_traces);
    pstm_lane_count(w->lane, PSTM_COUNT_TRACES, n);
    pstm_lane_count(w->lane, PSTM_COUNT_PAIRS, n * pstm_tile_n_locations(&p->tile));
    return status;
}

/* With all threads: a device's next group waits for it. */
static void finish_result(pstm_worker *w, const prepared_tile *p, pstm_tile_result *result)
{
    const pstm_device_plan *plan = w->plan.device_plan;
    const int64_t n_locations = pstm_tile_n_locations(&p->tile), n_times = plan->n_times;
    const int32_t n_classes = plan->n_classes, n_threads = plan->n_threads;
    int64_t contributions = 0;
#pragma omp parallel for schedule(static) num_threads(n_threads) reduction(+ : contributions)
    for (int64_t i = 0; i < n_locations; i++) {
        const int64_t first = i * n_classes * n_times;
        const uint32_t *fold = result->fold + i * n_times;
        pstm_cube_sum_classes(1, n_classes, plan->n_times, result->gather + first,
                              result->gather_fold + first, result->stack + i * n_times,
                              result->fold + i * n_times);
        for (int64_t k = 0; k < n_times; k++)
            contributions += fold[k];
    }
    pstm_lane_count(w->lane, PSTM_COUNT_CONTRIBUTIONS, contributions);
    pstm_aperture_stats_add(w->stats, result->gather_fold, n_locations, n_classes);
}

/* Asked once a leaf, so it also counts the progress. */
static bool is_stopped(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    w->progress++;
    const bool stop = w->stop;
    pthread_mutex_unlock(&w->mutex);
    return stop;
}

static pstm_status sum_tile(pstm_worker *w, const prepared_tile *p, prepared_tile *next)
{
    const pstm_device_tile tile = {.n_locations = (int32_t)pstm_tile_n_locations(&p->tile),
                                   .x_m = p->x_m,
                                   .y_m = p->y_m,
                                   .vrms_m_s = w->column != NULL ? w->column : p->vrms_m_s,
                                   .one_column = w->column != NULL};
    PSTM_TRY(w->plan.device->begin_tile(w->device, &tile));
    for (int64_t i = 0; i < p->n_leaves && !is_stopped(w); i++) {
        given_tiles given;
        if (!next->ready && take_given(w, false, &given)) PSTM_TRY(prepare_tile(w, next, &given));
        PSTM_TRY(add_leaf(w, p, p->leaves[i]));
    }
    return PSTM_OK;
}

/* A device that makes what is not a number is broken. */
static pstm_status check_values(const pstm_worker *w, const pstm_tile_result *result)
{
    const int64_t n_times = w->plan.device_plan->n_times, n = pstm_tile_n_locations(&result->tile) * n_times;
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(result->stack[i]))
            return pstm_fail(PSTM_SYSTEM,
                             "device %s made a value that is no finite number at location %" PRId64
                             ", output sample %" PRId64,
                             w->plan.device_name, i / n_times, i % n_times);
    return PSTM_OK;
}

static void set_in_work(pstm_worker *w, int64_t tile)
{
    pthread_mutex_lock(&w->mutex);
    w->in_work = tile;
    pthread_mutex_unlock(&w->mutex);
}

/* What the device has measured of itself; all zero if it measures nothing. */
static pstm_device_times measured(const pstm_worker *w)
{
    pstm_device_times times = {0};
    if (w->plan.device->times != NULL) w->plan.device->times(w->device, &times);
    return times;
}

static pstm_status migrate_tile(pstm_worker *w, const prepared_tile *p, prepared_tile *next,
                                pstm_tile_result *result)
{
    const pstm_lane_mark mark = pstm_lane_mark_now(w->lane);
    const pstm_device_times before = measured(w);
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    result->tile = p->tile;
    set_in_work(w, p->tile.number);
    PSTM_TRY(sum_tile(w, p, next));
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_TILE, p->tile.number);
    if (fault == PSTM_FAULT_HANG) pstm_fault_hang();
    if (fault == PSTM_FAULT_SLOW) pstm_sleep_s(PSTM_FAULT_SLOW_S);
    if (fault == PSTM_FAULT_ERROR) return pstm_fail(PSTM_SYSTEM, "the device failed (PSTM_FAULT)");
    if (is_stopped(w)) return PSTM_OK;
    pstm_phase_switch(w->lane, PSTM_PHASE_TRANSFER);
    PSTM_TRY(w->plan.device->read_tile(w->device, result->gather, result->gather_fold));
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    if (fault == PSTM_FAULT_NAN) result->gather[0] = NAN;
    finish_result(w, p, result);
    PSTM_TRY(check_values(w, result));
    result->record = (pstm_tile_record){.tile = p->tile.number, .rank = w->plan.rank};
    snprintf(result->record.device, sizeof result->record.device, "%s", w->plan.device_name);
    pstm_tile_record_add(&result->record, w->lane, &mark);
    const pstm_device_times after = measured(w);
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        result->record.step_s[step] = after.step_s[step] - before.step_s[step];
    return PSTM_OK;
}

/* ---- the thread -------------------------------------------------------------------------------------- */

static pstm_tile_result *wait_for_spare(pstm_worker *w)
{
    pstm_tile_result *result = NULL;
    pthread_mutex_lock(&w->mutex);
    while (w->n_spare == 0 && !w->stop)
        pthread_cond_wait(&w->changed, &w->mutex);
    if (!w->stop) result = w->spare[--w->n_spare];
    pthread_mutex_unlock(&w->mutex);
    return result;
}

static void hand_over(pstm_worker *w, pstm_tile_result *result)
{
    pthread_mutex_lock(&w->mutex);
    w->done[w->n_done++] = result;
    w->in_work = -1;
    pthread_mutex_unlock(&w->mutex);
}

static pstm_status work(pstm_worker *w)
{
    for (int turn = 0;; turn = 1 - turn) {
        prepared_tile *p = &w->prepared[turn];
        given_tiles given;
        pstm_phase_switch(w->lane, PSTM_PHASE_WAIT);
        if (!p->ready) {
            if (!take_given(w, true, &given)) return PSTM_OK;
            PSTM_TRY(prepare_tile(w, p, &given));
        }
        pstm_tile_result *result = wait_for_spare(w);
        if (result == NULL) return PSTM_OK;
        const pstm_status status = migrate_tile(w, p, &w->prepared[1 - turn], result);
        if (status != PSTM_OK) return pstm_while(status, "while migrating tile %" PRId64, p->tile.number);
        p->ready = false;
        if (is_stopped(w)) return PSTM_OK;
        hand_over(w, result);
    }
}

/* Tells the main thread how creating the device, or the work after it, has ended. */
static void tell(pstm_worker *w, pstm_status status)
{
    pthread_mutex_lock(&w->mutex);
    w->ready = true;
    w->failed = status;
    if (status != PSTM_OK) snprintf(w->failed_text, sizeof w->failed_text, "%s", pstm_error_text());
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}

static void *thread_main(void *self)
{
    pstm_worker *w = self;
    pstm_lane_start(w->lane, PSTM_PHASE_OTHER);
    const pstm_status status = w->plan.device->create(w->plan.device_plan, &w->device);
    tell(w, status);
    if (status == PSTM_OK) tell(w, work(w));
    pstm_lane_stop(w->lane);
    return NULL;
}

/* ---- for the main thread ----------------------------------------------------------------------------- */

static pstm_status create_buffers(pstm_worker *w)
{
    const pstm_worker_plan *plan = &w->plan;
    const int64_t n_locations = tile_locations(plan), n_times = plan->device_plan->n_times;
    const int64_t n_samples = n_locations * location_samples(plan);
    PSTM_TRY(PSTM_NEW(&w->batch, PSTM_LEAF_TRACES, "a batch of traces"));
    for (int i = 0; i < 2; i++) {
        prepared_tile *p = &w->prepared[i];
        PSTM_TRY(PSTM_NEW(&p->x_m, n_locations, "tile locations"));
        PSTM_TRY(PSTM_NEW(&p->y_m, n_locations, "tile locations"));
        PSTM_TRY(PSTM_NEW(&p->leaves, plan->tree->n_leaves, "a tile's leaves"));
        if (w->column == NULL) PSTM_TRY(PSTM_NEW(&p->vrms_m_s, n_locations * n_times, "velocity columns"));
    }
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        pstm_tile_result *r = &w->results[i];
        PSTM_TRY(PSTM_NEW(&r->gather, n_samples, "a migrated tile"));
        PSTM_TRY(PSTM_NEW(&r->gather_fold, n_samples, "a migrated tile"));
        PSTM_TRY(PSTM_NEW(&r->stack, n_locations * n_times, "a migrated tile"));
        PSTM_TRY(PSTM_NEW(&r->fold, n_locations * n_times, "a migrated tile"));
        w->spare[w->n_spare++] = r;
    }
    return PSTM_OK;
}

static pstm_status create_column(pstm_worker *w)
{
    const pstm_worker_plan *plan = &w->plan;
    if (!pstm_velocity_is_uniform(plan->velocity)) return PSTM_OK;
    PSTM_TRY(PSTM_NEW(&w->column, plan->device_plan->n_times, "the velocity column"));
    pstm_velocity_column(plan->velocity, plan->grid->origin_x_m, plan->grid->origin_y_m, plan->grid,
                         w->column);
    w->uniform_reach_m = pstm_tile_reach_m(plan->law, plan->grid, w->column, 1);
    return PSTM_OK;
}

static pstm_status create_stats(pstm_worker *w)
{
    const pstm_worker_plan *plan = &w->plan;
    if (plan->stats == NULL) return PSTM_OK;
    return pstm_aperture_stats_create(plan->grid, plan->device_plan->k_begin, plan->device_plan->k_end,
                                      plan->stats->n_traces, &w->stats);
}

pstm_status pstm_worker_create(const pstm_worker_plan *plan, pstm_worker **out)
{
    pstm_worker *w = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&w, 1, "the worker"));
    w->plan = *plan;
    w->in_work = -1;
    w->lane = pstm_profile_lane(plan->profile, PSTM_LANE_COMPUTE, plan->worker);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->changed, NULL);
    PSTM_GO(create_column(w));
    PSTM_GO(create_buffers(w));
    PSTM_GO(create_stats(w));
    PSTM_GO(pstm_leaf_cache_create(plan->store, plan->memory_bytes - pstm_worker_fixed_bytes(plan),
                                   pstm_profile_lane(plan->profile, PSTM_LANE_READER, plan->worker),
                                   &w->cache));
    if (pthread_create(&w->thread, NULL, thread_main, w) != 0) {
        status = pstm_fail(PSTM_SYSTEM, "cannot start the compute thread");
        goto cleanup;
    }
    w->has_thread = true;
    *out = w;
    return PSTM_OK;
cleanup:
    pstm_worker_destroy(&w, 0);
    return status;
}

pstm_status pstm_worker_await(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    while (!w->ready)
        pthread_cond_wait(&w->changed, &w->mutex);
    const pstm_status status = w->failed == PSTM_OK ? PSTM_OK : pstm_fail(w->failed, "%s", w->failed_text);
    pthread_mutex_unlock(&w->mutex);
    return status;
}

void pstm_worker_give_up(pstm_worker *w)
{
    w->hangs = true;
}

/* Whether the thread has ended. */
static bool join_thread(pstm_worker *w, double patience_s)
{
    pthread_mutex_lock(&w->mutex);
    w->stop = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1 + (time_t)patience_s;
    return pthread_timedjoin_np(w->thread, NULL, &until) == 0;
}

/* What the device has measured. Its thread has ended. */
static void add_to_profile(const pstm_worker *w, pstm_rank_profile *profile)
{
    if (w->plan.device->operations != NULL) w->plan.device->operations(w->device, profile->operation_s);
    if (w->plan.device->times == NULL) return;
    w->plan.device->times(w->device, &profile->device_times);
    profile->device_contributions += w->lane->counts[PSTM_COUNT_CONTRIBUTIONS];
}

void pstm_worker_destroy(pstm_worker **worker, double patience_s)
{
    pstm_worker *w = *worker;
    if (w == NULL) return;
    if (w->has_thread && !join_thread(w, w->hangs ? 0 : patience_s)) {
        *worker = NULL;
        return;
    }
    if (w->device != NULL && w->plan.profile != NULL) add_to_profile(w, w->plan.profile);
    if (w->stats != NULL) pstm_aperture_stats_merge(w->plan.stats, w->stats);
    pstm_aperture_stats_destroy(&w->stats);
    pstm_leaf_cache_destroy(&w->cache);
    w->plan.device->destroy(&w->device);
    for (int i = 0; i < 2; i++) {
        PSTM_FREE(&w->prepared[i].x_m);
        PSTM_FREE(&w->prepared[i].y_m);
        PSTM_FREE(&w->prepared[i].leaves);
        PSTM_FREE(&w->prepared[i].vrms_m_s);
    }
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        PSTM_FREE(&w->results[i].gather);
        PSTM_FREE(&w->results[i].gather_fold);
        PSTM_FREE(&w->results[i].stack);
        PSTM_FREE(&w->results[i].fold);
    }
    PSTM_FREE(&w->batch);
    PSTM_FREE(&w->column);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->mutex);
    PSTM_FREE(worker);
}

pstm_status pstm_worker_give(pstm_worker *w, int64_t tile_number, pstm_group_size size)
{
    pstm_status status = PSTM_OK;
    pthread_mutex_lock(&w->mutex);
    if (w->n_given == PSTM_WORKER_TILES)
        status = pstm_fail(PSTM_SYSTEM, "the worker of rank %d was given a tile too many", w->plan.rank);
    else
        w->given[w->n_given++] = (given_tiles){tile_number, size};
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
    return status;
}

pstm_status pstm_worker_take(pstm_worker *w, pstm_tile_result **result)
{
    pstm_status status = PSTM_OK;
    *result = NULL;
    pthread_mutex_lock(&w->mutex);
    if (w->n_done > 0) {
        *result = w->done[0];
        memmove(w->done, w->done + 1, sizeof w->done - sizeof w->done[0]);
        w->n_done--;
    } else if (w->failed != PSTM_OK) {
        status = pstm_fail(w->failed, "%s", w->failed_text);
    }
    pthread_mutex_unlock(&w->mutex);
    return status;
}

int64_t pstm_worker_progress(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    const int64_t progress = w->progress;
    pthread_mutex_unlock(&w->mutex);
    return progress;
}

int64_t pstm_worker_tile_in_work(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    const int64_t tile = w->in_work;
    pthread_mutex_unlock(&w->mutex);
    return tile;
}

void pstm_worker_give_back(pstm_worker *w, pstm_tile_result *result)
{
    pthread_mutex_lock(&w->mutex);
    w->spare[w->n_spare++] = result;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}
