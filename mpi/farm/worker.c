#include "mpi/farm/worker.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/memory.h"
#include "io/store/leaf_cache.h"

/* An item that the operator has prepared, in one of its places. */
typedef struct prepared_item {
    bool ready;
    pstm_work_item item;
    int64_t *leaves; /* [n_leaves], with room for all of the store */
    int64_t n_leaves;
} prepared_item;

struct pstm_worker {
    pstm_worker_plan plan;
    void *op; /* state of plan.op */
    pstm_leaf_cache *cache;
    prepared_item prepared[PSTM_OPERATOR_PLACES];
    pstm_lane *lane;
    pstm_tile_result results[PSTM_WORKER_RESULTS];

    pthread_t thread;
    bool has_thread, hangs;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    bool ready, stop; /* ready: the operator is started, or has failed */
    bool rest;        /* while nothing is given, its leaves are not needed */
    pstm_work_item given[PSTM_WORKER_ITEMS];
    int n_given;
    int64_t progress, in_work;
    pstm_tile_result *spare[PSTM_WORKER_RESULTS], *done[PSTM_WORKER_RESULTS];
    int n_spare, n_done;
    pstm_status failed;
    char failed_text[2048];
};

int64_t pstm_worker_fixed_bytes(const pstm_worker_plan *plan)
{
    return plan->op->fixed_bytes(plan->context, plan->shape.n_locations) +
           PSTM_WORKER_RESULTS * pstm_tile_result_bytes(&plan->shape);
}

/* ---- an item ----------------------------------------------------------------------------------------- */

/* Called with the lock; gives it up meanwhile. */
static void await_given(pstm_worker *w)
{
    while (w->n_given == 0 && !w->stop) {
        if (!w->rest) {
            pthread_cond_wait(&w->changed, &w->mutex);
            continue;
        }
        w->rest = false;
        pthread_mutex_unlock(&w->mutex);
        pstm_leaf_cache_drop(w->cache);
        pthread_mutex_lock(&w->mutex);
    }
}

static bool take_given(pstm_worker *w, bool wait, pstm_work_item *given)
{
    pthread_mutex_lock(&w->mutex);
    if (wait) await_given(w);
    const bool got = w->n_given > 0 && !w->stop;
    if (got) {
        *given = w->given[0];
        memmove(w->given, w->given + 1, sizeof w->given - sizeof w->given[0]);
        w->n_given--;
    }
    pthread_mutex_unlock(&w->mutex);
    return got;
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

/* Has its leaves read ahead. */
static pstm_status prepare(pstm_worker *w, int place, const pstm_work_item *item)
{
    prepared_item *p = &w->prepared[place];
    const pstm_phase before = pstm_phase_switch(w->lane, PSTM_PHASE_PREFILTER);
    p->item = *item;
    pstm_status status = w->plan.op->prepare(w->op, place, item, p->leaves, &p->n_leaves);
    if (status == PSTM_OK) status = pstm_leaf_cache_want(w->cache, p->leaves, p->n_leaves);
    p->ready = status == PSTM_OK;
    pstm_phase_switch(w->lane, before);
    return p->ready ? PSTM_OK : pstm_while(status, "while preparing tile %" PRId64, item->tile.number);
}

/* One leaf at a time, so that the least budget is that of one. */
static pstm_status add_leaf(pstm_worker *w, int64_t leaf)
{
    pstm_leaf_view view;
    pstm_phase_switch(w->lane, PSTM_PHASE_READ); /* what the item waits for its traces */
    PSTM_TRY(pstm_leaf_cache_borrow(w->cache, leaf, &view));
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    const pstm_status status = w->plan.op->add(w->op, &view, 1);
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    pstm_leaf_cache_give_back(w->cache, leaf);
    return status;
}

/* The next item is prepared in the other place as soon as it is given. */
static pstm_status add_leaves(pstm_worker *w, int place)
{
    const prepared_item *p = &w->prepared[place], *next = &w->prepared[1 - place];
    PSTM_TRY(w->plan.op->begin(w->op, place));
    for (int64_t i = 0; i < p->n_leaves && !is_stopped(w); i++) {
        pstm_work_item given;
        if (!next->ready && take_given(w, false, &given)) PSTM_TRY(prepare(w, 1 - place, &given));
        PSTM_TRY(add_leaf(w, p->leaves[i]));
    }
    return PSTM_OK;
}

static void set_in_work(pstm_worker *w, int64_t tile)
{
    pthread_mutex_lock(&w->mutex);
    w->in_work = tile;
    pthread_mutex_unlock(&w->mutex);
}

static pstm_status fault(int64_t tile)
{
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_TILE, tile);
    if (fault == PSTM_FAULT_HANG) pstm_fault_hang();
    if (fault == PSTM_FAULT_SLOW) pstm_sleep_s(PSTM_FAULT_SLOW_S);
    return fault == PSTM_FAULT_ERROR ? pstm_fail(PSTM_SYSTEM, "the device failed (PSTM_FAULT)") : PSTM_OK;
}

/* What the operator has measured so far. */
static pstm_device_times measure(const pstm_worker *w)
{
    pstm_device_times times = {0};
    if (w->plan.op->measured != NULL) w->plan.op->measured(w->op, &times);
    return times;
}

/* What the item cost, since its begin. */
static pstm_tile_record make_record(const pstm_worker *w, int64_t tile, const pstm_lane_mark *mark,
                                    const pstm_device_times *before)
{
    pstm_tile_record record = {.tile = tile, .rank = w->plan.rank};
    const pstm_device_times after = measure(w);
    snprintf(record.device, sizeof record.device, "%s", w->plan.name);
    pstm_tile_record_add(&record, w->lane, mark);
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        record.step_s[step] = after.step_s[step] - before->step_s[step];
    return record;
}

static pstm_status compute(pstm_worker *w, int place, pstm_tile_result *result)
{
    const prepared_item *p = &w->prepared[place];
    const int64_t tile = p->item.tile.number;
    const pstm_lane_mark mark = pstm_lane_mark_now(w->lane);
    const pstm_device_times before = measure(w);
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    result->item = p->item;
    set_in_work(w, tile);
    PSTM_TRY(add_leaves(w, place));
    PSTM_TRY(fault(tile));
    if (is_stopped(w)) return PSTM_OK;
    PSTM_TRY(w->plan.op->finish(w->op, result));
    result->record = make_record(w, tile, &mark, &before);
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
    for (int place = 0;; place = 1 - place) {
        prepared_item *p = &w->prepared[place];
        pstm_work_item given;
        pstm_phase_switch(w->lane, PSTM_PHASE_WAIT);
        if (!p->ready) {
            if (!take_given(w, true, &given)) return PSTM_OK;
            PSTM_TRY(prepare(w, place, &given));
        }
        pstm_tile_result *result = wait_for_spare(w);
        if (result == NULL) return PSTM_OK;
        const pstm_status status = compute(w, place, result);
        if (status != PSTM_OK)
            return pstm_while(status, "while migrating tile %" PRId64, p->item.tile.number);
        p->ready = false;
        if (is_stopped(w)) return PSTM_OK;
        hand_over(w, result);
    }
}

/* Tells the main thread how starting, or the work after it, has ended. */
static void tell(pstm_worker *w, pstm_status status)
{
    pthread_mutex_lock(&w->mutex);
    w->ready = true;
    w->failed = status;
    if (status != PSTM_OK) snprintf(w->failed_text, sizeof w->failed_text, "%s", pstm_error_text());
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}

static pstm_status create_results(pstm_worker *w)
{
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        PSTM_TRY(pstm_tile_result_create(&w->plan.shape, &w->results[i]));
        w->spare[w->n_spare++] = &w->results[i];
    }
    return PSTM_OK;
}

/* Until then the main thread may write results. */
static void await_stop(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    while (!w->stop)
        pthread_cond_wait(&w->changed, &w->mutex);
    pthread_mutex_unlock(&w->mutex);
}

/* Makes and frees in the thread what is large, so that the workers do so at the same time. */
static void *thread_main(void *self)
{
    pstm_worker *w = self;
    pstm_lane_start(w->lane, PSTM_PHASE_OTHER);
    pstm_status status = create_results(w);
    if (status == PSTM_OK) status = w->plan.op->start(w->op);
    tell(w, status);
    if (status == PSTM_OK) tell(w, work(w));
    pstm_lane_stop(w->lane);
    await_stop(w);
    pstm_leaf_cache_destroy(&w->cache);
    w->plan.op->stop(w->op);
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++)
        pstm_tile_result_clear(&w->results[i]);
    return NULL;
}

/* ---- for the main thread ----------------------------------------------------------------------------- */

/* What is small, and the thread that reads ahead. */
static pstm_status create_parts(pstm_worker *w)
{
    const pstm_worker_plan *plan = &w->plan;
    const int64_t n_leaves = pstm_store_get_about(plan->store)->n_leaves;
    PSTM_TRY(plan->op->create(plan->context, plan->shape.n_locations, w->lane, &w->op));
    for (int i = 0; i < PSTM_OPERATOR_PLACES; i++)
        PSTM_TRY(PSTM_NEW(&w->prepared[i].leaves, n_leaves, "a tile's leaves"));
    return pstm_leaf_cache_create(plan->store, plan->memory_bytes - pstm_worker_fixed_bytes(plan),
                                  pstm_profile_lane(plan->profile, PSTM_LANE_READER, plan->worker),
                                  &w->cache);
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
    PSTM_GO(create_parts(w));
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

void pstm_worker_rest(pstm_worker *w)
{
    pthread_mutex_lock(&w->mutex);
    w->rest = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}

void pstm_worker_stop(pstm_worker *w)
{
    if (w == NULL) return;
    pthread_mutex_lock(&w->mutex);
    w->stop = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
}

/* Whether the thread has ended. */
static bool join_thread(pstm_worker *w, double patience_s)
{
    pstm_worker_stop(w);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1 + (time_t)patience_s;
    return pthread_timedjoin_np(w->thread, NULL, &until) == 0;
}

void pstm_worker_destroy(pstm_worker **worker, double patience_s)
{
    pstm_worker *w = *worker;
    if (w == NULL) return;
    if (w->has_thread && !join_thread(w, w->hangs ? 0 : patience_s)) {
        *worker = NULL;
        return;
    }
    pstm_leaf_cache_destroy(&w->cache);
    w->plan.op->destroy(&w->op);
    for (int i = 0; i < PSTM_OPERATOR_PLACES; i++)
        PSTM_FREE(&w->prepared[i].leaves);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->mutex);
    PSTM_FREE(worker);
}

pstm_status pstm_worker_give(pstm_worker *w, const pstm_work_item *item)
{
    pstm_status status = PSTM_OK;
    pthread_mutex_lock(&w->mutex);
    if (w->n_given == PSTM_WORKER_ITEMS)
        status = pstm_fail(PSTM_SYSTEM, "the worker of rank %d was given an item too many", w->plan.rank);
    else
        w->given[w->n_given++] = *item;
    w->rest = false;
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
