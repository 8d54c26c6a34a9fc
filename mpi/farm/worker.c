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
#include "mpi/farm/tile_sum.h"

/* A group of tiles, named by its first. */
typedef struct given_tiles {
    int64_t number;
    pstm_group_size size;
} given_tiles;

struct pstm_worker {
    pstm_worker_plan plan;
    pstm_tile_sum *sum;
    pstm_lane *lane;
    pstm_tile_result results[PSTM_WORKER_RESULTS];

    pthread_t thread;
    bool has_thread, hangs;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    bool ready, stop; /* ready: the device is made, or has failed */
    bool rest;        /* while nothing is given, its traces are not needed */
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
    const int64_t n_columns = pstm_velocity_is_uniform(plan->velocity) ? 1 : n_locations;
    const int64_t device = plan->device->tile_bytes(plan->device_plan, n_locations, n_columns);
    const int64_t result = n_locations * (location_samples(plan) + n_times) * 8;
    const int64_t column =
        pstm_columns_bytes(pstm_device_fields(plan->device_plan), plan->device_plan->n_times);
    return device + PSTM_WORKER_RESULTS * result + PSTM_PREPARED_TILES * n_columns * column;
}

/* ---- a tile ------------------------------------------------------------------------------------------ */

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
        pstm_tile_sum_drop_traces(w->sum);
        pthread_mutex_lock(&w->mutex);
    }
}

static bool take_given(pstm_worker *w, bool wait, given_tiles *given)
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

static pstm_status sum_tile(pstm_worker *w, const pstm_prepared_tile *p, pstm_prepared_tile *next)
{
    PSTM_TRY(pstm_tile_sum_begin(w->sum, p));
    for (int64_t i = 0; i < p->n_leaves && !is_stopped(w); i++) {
        given_tiles given;
        if (!next->ready && take_given(w, false, &given))
            PSTM_TRY(pstm_tile_sum_prepare(w->sum, next, given.number, given.size));
        PSTM_TRY(pstm_tile_sum_add_leaf(w->sum, p, i));
    }
    return PSTM_OK;
}

static void set_in_work(pstm_worker *w, int64_t tile)
{
    pthread_mutex_lock(&w->mutex);
    w->in_work = tile;
    pthread_mutex_unlock(&w->mutex);
}

static pstm_status migrate_tile(pstm_worker *w, const pstm_prepared_tile *p, pstm_prepared_tile *next,
                                pstm_tile_result *result)
{
    const pstm_lane_mark mark = pstm_lane_mark_now(w->lane);
    const pstm_device_times before = pstm_tile_sum_measured(w->sum);
    pstm_phase_switch(w->lane, PSTM_PHASE_OTHER);
    result->item = p->item;
    set_in_work(w, p->item.tile.number);
    PSTM_TRY(sum_tile(w, p, next));
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_TILE, p->item.tile.number);
    if (fault == PSTM_FAULT_HANG) pstm_fault_hang();
    if (fault == PSTM_FAULT_SLOW) pstm_sleep_s(PSTM_FAULT_SLOW_S);
    if (fault == PSTM_FAULT_ERROR) return pstm_fail(PSTM_SYSTEM, "the device failed (PSTM_FAULT)");
    if (is_stopped(w)) return PSTM_OK;
    PSTM_TRY(pstm_tile_sum_finish(w->sum, p, result));
    result->record = (pstm_tile_record){.tile = p->item.tile.number, .rank = w->plan.rank};
    snprintf(result->record.device, sizeof result->record.device, "%s", w->plan.device_name);
    pstm_tile_record_add(&result->record, w->lane, &mark);
    const pstm_device_times after = pstm_tile_sum_measured(w->sum);
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
        pstm_prepared_tile *p = pstm_tile_sum_prepared(w->sum, turn);
        given_tiles given;
        pstm_phase_switch(w->lane, PSTM_PHASE_WAIT);
        if (!p->ready) {
            if (!take_given(w, true, &given)) return PSTM_OK;
            PSTM_TRY(pstm_tile_sum_prepare(w->sum, p, given.number, given.size));
        }
        pstm_tile_result *result = wait_for_spare(w);
        if (result == NULL) return PSTM_OK;
        const pstm_status status = migrate_tile(w, p, pstm_tile_sum_prepared(w->sum, 1 - turn), result);
        if (status != PSTM_OK)
            return pstm_while(status, "while migrating tile %" PRId64, p->item.tile.number);
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

static pstm_status create_results(pstm_worker *w)
{
    const pstm_worker_plan *plan = &w->plan;
    const int64_t n_locations = tile_locations(plan), n_times = plan->device_plan->n_times;
    const int64_t n_samples = n_locations * location_samples(plan);
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

static void free_results(pstm_worker *w)
{
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        PSTM_FREE(&w->results[i].gather);
        PSTM_FREE(&w->results[i].gather_fold);
        PSTM_FREE(&w->results[i].stack);
        PSTM_FREE(&w->results[i].fold);
    }
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
    if (status == PSTM_OK) status = pstm_tile_sum_start(w->sum);
    tell(w, status);
    if (status == PSTM_OK) tell(w, work(w));
    pstm_lane_stop(w->lane);
    await_stop(w);
    pstm_tile_sum_stop(w->sum);
    free_results(w);
    return NULL;
}

/* ---- for the main thread ----------------------------------------------------------------------------- */

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
    PSTM_GO(pstm_tile_sum_create(plan, &w->sum));
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
    pstm_tile_sum_destroy(&w->sum);
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
