#include "mpi/farm/tile_loop.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/stop.h"

/* Written tiles are synced together: this many, or when nothing else is to do, or when the oldest has waited
 * for SYNC_WAIT times what the last sync took, so that syncing takes a small part of the time. */
enum { SYNC_TILES = 32 };
static const double SYNC_WAIT = 20, SYNC_LEAST_S = 0.1, SYNC_MOST_S = 5;
/* Between looks for messages and results: longer, the longer there was nothing, for each costs a core some
 * microseconds. */
static const double POLL_LEAST_S = 0.0002, POLL_MOST_S = 0.005;

/* The report of a written tile, kept until its data are synced. */
typedef struct report {
    int32_t worker;
    int64_t tile, n_bytes;
    void *bytes; /* a tile record, then journal records */
} report;

/* A worker of this rank, the tiles that it holds and what has become of it. */
typedef struct own_worker {
    pstm_worker *worker;
    int32_t number;
    pstm_tile_result *asked[PSTM_WORKER_RESULTS]; /* results that wait for the grant */
    int n_held;                                   /* tiles that were given and not yet written */
    bool retired;                                 /* computes no more, but what is granted is written */
    bool rests;                                   /* was told that there is probably no tile left */
} own_worker;

typedef struct state {
    const pstm_tile_loop *loop;
    own_worker workers[PSTM_RANK_WORKERS];
    report unsynced[SYNC_TILES];
    int n_unsynced;
    double oldest_s, sync_took_s;
    double beat_s; /* of the last one */
    bool told_stop, ended;
    bool broken;      /* only waits for the end */
    pstm_failure end; /* of ABORT */
} state;

static pstm_status tell(const state *s, const own_worker *own, pstm_message_kind kind, int64_t tile)
{
    return pstm_mailbox_send(s->loop->mailbox, 0,
                             &(pstm_message){.kind = kind, .worker = own->number, .tile = tile});
}

/* ---- writing ----------------------------------------------------------------------------------------- */

static pstm_status sync_written(state *s)
{
    if (s->n_unsynced == 0) return PSTM_OK;
    const double started_s = pstm_now_s();
    const pstm_phase before = pstm_phase_switch(s->loop->lane, PSTM_PHASE_SYNC);
    const pstm_status status = pstm_cube_sync(s->loop->cube);
    pstm_phase_switch(s->loop->lane, before);
    PSTM_TRY(status);
    s->sync_took_s = pstm_now_s() - started_s;
    for (int i = 0; i < s->n_unsynced; i++) {
        report *r = &s->unsynced[i];
        PSTM_TRY(pstm_mailbox_send(s->loop->mailbox, 0,
                                   &(pstm_message){.kind = PSTM_SAYS_WRITTEN,
                                                   .worker = r->worker,
                                                   .tile = r->tile,
                                                   .n_bytes = r->n_bytes,
                                                   .payload = r->bytes}));
        PSTM_FREE(&r->bytes);
    }
    s->n_unsynced = 0;
    return PSTM_OK;
}

static bool oldest_is_due(const state *s)
{
    double wait_s = SYNC_WAIT * s->sync_took_s;
    if (wait_s < SYNC_LEAST_S) wait_s = SYNC_LEAST_S;
    if (wait_s > SYNC_MOST_S) wait_s = SYNC_MOST_S;
    return s->n_unsynced > 0 && pstm_now_s() - s->oldest_s > wait_s;
}

static pstm_status take_asked(const state *s, own_worker *own, int64_t tile, pstm_tile_result **result)
{
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        if (own->asked[i] == NULL || own->asked[i]->item.tile.number != tile) continue;
        *result = own->asked[i];
        own->asked[i] = NULL;
        own->n_held--;
        return PSTM_OK;
    }
    return pstm_fail(PSTM_SYSTEM, "rank %d was told to write tile %" PRId64 ", which it does not hold",
                     s->loop->rank, tile);
}

static pstm_status write_or_fail(const state *s, const pstm_cube_tile *tile, pstm_journal_record *records)
{
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_WRITE, -1);
    if (fault == PSTM_FAULT_HANG) pstm_fault_hang();
    if (fault != PSTM_FAULT_ENOSPC) return pstm_cube_write_tile(s->loop->cube, tile, records);
    errno = ENOSPC;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot write (PSTM_FAULT)");
}

/* The first value that is not 0 ends the search, which in an image that is one comes soon. */
static bool is_empty(const state *s, const pstm_tile_result *result)
{
    const int64_t n_times = pstm_cube_get_about(s->loop->cube)->grid.n_times;
    const int64_t n = pstm_tile_n_locations(&result->item.tile) * n_times;
    int64_t i = 0;
    while (i < n && result->fold[i] == 0)
        i++;
    return i == n;
}

static pstm_status write_result(state *s, const own_worker *own, pstm_tile_result *result)
{
    const pstm_cube_tile tile = {.area = {result->item.tile.i_begin, result->item.tile.i_end,
                                          result->item.tile.j_begin, result->item.tile.j_end},
                                 .gather = result->gather.sum,
                                 .gather_fold = result->gather.fold,
                                 .stack = result->stack,
                                 .fold = result->fold,
                                 .parts = s->loop->parts,
                                 .n_parts = s->loop->n_parts};
    const int64_t n_columns = pstm_cube_area_columns(&tile.area);
    report *r = &s->unsynced[s->n_unsynced];
    r->worker = own->number;
    r->tile = result->item.tile.number;
    r->n_bytes = (int64_t)sizeof(pstm_tile_record) + n_columns * (int64_t)sizeof(pstm_journal_record);
    PSTM_TRY(pstm_new(&r->bytes, r->n_bytes, 1, "a tile's report"));
    pstm_tile_record *record = r->bytes;
    *record = result->record;
    record->is_empty = is_empty(s, result);
    const pstm_lane_mark mark = pstm_lane_mark_now(s->loop->lane);
    const pstm_phase before = pstm_phase_switch(s->loop->lane, PSTM_PHASE_WRITE);
    const pstm_status status = write_or_fail(s, &tile, (pstm_journal_record *)(void *)(record + 1));
    pstm_phase_switch(s->loop->lane, before);
    if (status != PSTM_OK) {
        PSTM_FREE(&r->bytes);
        return pstm_while(status, "while writing tile %" PRId64, result->item.tile.number);
    }
    pstm_lane_count(s->loop->lane, PSTM_COUNT_BYTES_WRITTEN,
                    pstm_tile_n_locations(&result->item.tile) *
                        pstm_cube_location_bytes(pstm_cube_get_about(s->loop->cube)));
    pstm_tile_record_add(record, s->loop->lane, &mark);
    if (s->n_unsynced++ == 0) s->oldest_s = pstm_now_s();
    return PSTM_OK;
}

static pstm_status write_tile(state *s, own_worker *own, int64_t tile)
{
    pstm_tile_result *result = NULL;
    PSTM_TRY(take_asked(s, own, tile, &result));
    PSTM_TRY(write_result(s, own, result));
    pstm_worker_give_back(own->worker, result);
    return s->n_unsynced == SYNC_TILES ? sync_written(s) : PSTM_OK;
}

static pstm_status discard_tile(const state *s, own_worker *own, int64_t tile)
{
    pstm_tile_result *result = NULL;
    PSTM_TRY(take_asked(s, own, tile, &result));
    pstm_worker_give_back(own->worker, result);
    return PSTM_OK;
}

/* ---- messages and results ---------------------------------------------------------------------------- */

static pstm_status begin_tile(const state *s, own_worker *own, const pstm_order *order)
{
    if (own->retired) return PSTM_OK;
    const pstm_work_item item =
        pstm_work_item_make(s->loop->tiling, s->loop->lines, order->tile,
                            (pstm_group_size){order->n_inline, order->n_crossline}, s->loop->windows);
    own->n_held++;
    own->rests = false;
    return pstm_worker_give(own->worker, &item);
}

static pstm_status follow(state *s, own_worker *own, const pstm_order *order)
{
    switch (order->what) {
    case PSTM_ACTION_GRANT:
        return write_tile(s, own, order->tile);
    case PSTM_ACTION_DISCARD:
        return discard_tile(s, own, order->tile);
    default:
        return begin_tile(s, own, order);
    }
}

static pstm_status follow_all(state *s, const pstm_message *message)
{
    const pstm_order *orders = message->payload;
    for (int64_t i = 0; i < message->n_bytes / (int64_t)sizeof *orders; i++)
        PSTM_TRY(follow(s, &s->workers[message->worker], &orders[i]));
    return PSTM_OK;
}

/* What it still holds are results whose grant is awaited. */
static void compute_no_more(own_worker *own)
{
    own->retired = true;
    own->n_held = 0;
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++)
        own->n_held += own->asked[i] != NULL;
}

/* Not even messages can be handled: nobody can be told, and nobody must wait for this rank. */
static void abort_all(pstm_status status)
{
    pstm_warn("cannot end in good order: %s", pstm_error_text());
    MPI_Abort(MPI_COMM_WORLD, (int)status);
}

/* Rank 0 waits for this word before anything that all ranks must do together, so it must not be lost. */
static void leave_run(state *s)
{
    const pstm_message leaves = {.kind = PSTM_SAYS_LEAVES, .from = s->loop->rank, .tile = -1};
    s->ended = true;
    if (pstm_fault_at(PSTM_FAULT_END, -1) == PSTM_FAULT_HANG) pstm_fault_hang();
    if (s->loop->dispatcher != NULL) {
        pstm_dispatcher_hear(s->loop->dispatcher, &leaves);
        return;
    }
    const pstm_status sent = pstm_mailbox_send(s->loop->mailbox, 0, &leaves);
    if (sent != PSTM_OK) abort_all(sent);
}

static pstm_status obey(state *s, const pstm_message *message)
{
    switch (message->kind) {
    case PSTM_SAYS_ORDERS:
        return follow_all(s, message);
    case PSTM_SAYS_RETIRE:
        pstm_worker_give_up(s->workers[message->worker].worker);
        compute_no_more(&s->workers[message->worker]);
        return PSTM_OK;
    case PSTM_SAYS_ABORT:
        if (message->n_bytes == (int64_t)sizeof s->end) memcpy(&s->end, message->payload, sizeof s->end);
        leave_run(s);
        return PSTM_OK;
    case PSTM_SAYS_FINISH:
        leave_run(s);
        return PSTM_OK;
    default:
        return pstm_dispatcher_handle(s->loop->dispatcher, message);
    }
}

/* A rank that has failed only waits for the end; rank 0 goes on dispatching. */
static bool is_for_a_worker_that_failed(const state *s, const pstm_message *message)
{
    return s->broken && (message->kind == PSTM_SAYS_ORDERS || message->kind == PSTM_SAYS_RETIRE);
}

static pstm_status handle_messages(state *s, bool *busy)
{
    for (;;) {
        pstm_message message;
        bool got;
        PSTM_TRY(pstm_mailbox_poll(s->loop->mailbox, &message, &got));
        if (!got) return PSTM_OK;
        *busy = true;
        const pstm_status status = is_for_a_worker_that_failed(s, &message) ? PSTM_OK : obey(s, &message);
        PSTM_FREE(&message.payload);
        PSTM_TRY(status);
        if (s->ended) return PSTM_OK;
    }
}

/* The worker has failed: others can do its tiles. */
static pstm_status leave(const state *s, own_worker *own, pstm_status failed)
{
    pstm_failure failure = pstm_failure_make(failed, s->loop->rank, s->loop->n_ranks);
    compute_no_more(own);
    return pstm_mailbox_send(s->loop->mailbox, 0,
                             &(pstm_message){.kind = PSTM_SAYS_LOST,
                                             .worker = own->number,
                                             .tile = pstm_worker_tile_in_work(own->worker),
                                             .n_bytes = sizeof failure,
                                             .payload = &failure});
}

static pstm_status take_results(const state *s, own_worker *own, bool *busy)
{
    pstm_tile_result *result;
    const pstm_status status = pstm_worker_take(own->worker, &result);
    if (status == PSTM_SYSTEM) return leave(s, own, status);
    PSTM_TRY(status);
    if (result == NULL) return PSTM_OK;
    *busy = true;
    int place = 0;
    while (own->asked[place] != NULL)
        place++;
    own->asked[place] = result;
    return tell(s, own, PSTM_SAYS_ASKS, result->item.tile.number);
}

static pstm_status beat(state *s)
{
    if (pstm_now_s() - s->beat_s < s->loop->beat_s) return PSTM_OK;
    s->beat_s = pstm_now_s();
    for (int32_t w = 0; w < s->loop->n_workers; w++) {
        const own_worker *own = &s->workers[w];
        PSTM_TRY(tell(s, own, PSTM_SAYS_BEAT, pstm_worker_progress(own->worker)));
    }
    return PSTM_OK;
}

/* A worker gets its next tile with the grant of the last one; without one there is none left, unless another
 * worker is lost. */
static void let_rest(own_worker *own)
{
    if (own->n_held > 0 || own->rests || own->retired) return;
    own->rests = true;
    pstm_worker_rest(own->worker);
}

/* What the workers have done, signs of life, and a sync when it is time. */
static pstm_status look_after_workers(state *s, bool *busy)
{
    int n_held = 0;
    for (int32_t w = 0; w < s->loop->n_workers; w++) {
        own_worker *own = &s->workers[w];
        if (!own->retired) PSTM_TRY(take_results(s, own, busy));
        let_rest(own);
        n_held += own->n_held;
    }
    PSTM_TRY(beat(s));
    return n_held == 0 || oldest_is_due(s) ? sync_written(s) : PSTM_OK;
}

static pstm_status turn(state *s, bool *busy)
{
    PSTM_TRY(handle_messages(s, busy));
    if (s->ended) return PSTM_OK;
    if (s->loop->dispatcher != NULL) PSTM_TRY(pstm_dispatcher_tick(s->loop->dispatcher));
    if (!s->broken) PSTM_TRY(look_after_workers(s, busy));
    if (pstm_stop_is_wanted() && !s->told_stop) {
        s->told_stop = true;
        PSTM_TRY(tell(s, &s->workers[0], PSTM_SAYS_STOP, -1));
    }
    return PSTM_OK;
}

/* Tells rank 0, or on rank 0 everybody, that this rank cannot go on. */
static pstm_status report_failure(state *s, pstm_status failed)
{
    s->broken = true;
    if (s->loop->dispatcher != NULL) return pstm_dispatcher_abort(s->loop->dispatcher, failed);
    pstm_failure failure = pstm_failure_make(failed, s->loop->rank, s->loop->n_ranks);
    return pstm_mailbox_send(
        s->loop->mailbox, 0,
        &(pstm_message){
            .kind = PSTM_SAYS_FAILED, .tile = -1, .n_bytes = sizeof failure, .payload = &failure});
}

/* Rank 0: until the others have left the run or were silent for too long. */
static pstm_status await_others(const state *s)
{
    while (pstm_dispatcher_n_here(s->loop->dispatcher, true) > 0) {
        pstm_message message;
        bool got;
        PSTM_TRY(pstm_mailbox_poll(s->loop->mailbox, &message, &got));
        if (got) {
            pstm_dispatcher_hear(s->loop->dispatcher, &message);
            PSTM_FREE(&message.payload);
        } else {
            pstm_sleep_s(POLL_LEAST_S);
        }
    }
    return PSTM_OK;
}

/* Every worker says that it takes tiles. */
static pstm_status report_for_work(state *s)
{
    for (int32_t w = 0; w < s->loop->n_workers; w++) {
        s->workers[w] = (own_worker){.worker = s->loop->workers[w], .number = w};
        PSTM_TRY(tell(s, &s->workers[w], PSTM_SAYS_READY, -1));
    }
    return PSTM_OK;
}

pstm_status pstm_tile_loop_run(const pstm_tile_loop *loop)
{
    state s = {.loop = loop};
    const pstm_phase before = pstm_phase_switch(loop->lane, PSTM_PHASE_WAIT); /* all but writes and syncs */
    pstm_status status = report_for_work(&s);
    double pause_s = POLL_LEAST_S;
    while (!s.ended) {
        bool busy = false;
        if (status == PSTM_OK) status = turn(&s, &busy);
        if (status != PSTM_OK) {
            if (s.broken) abort_all(status);
            status = report_failure(&s, status);
        }
        if (busy) pause_s = POLL_LEAST_S;
        if (busy || s.ended) continue;
        pstm_sleep_s(pause_s);
        pause_s = fmin(2 * pause_s, POLL_MOST_S);
    }
    if (loop->dispatcher != NULL && await_others(&s) != PSTM_OK) abort_all(PSTM_SYSTEM);
    pstm_phase_switch(loop->lane, before);
    for (int i = 0; i < s.n_unsynced; i++)
        PSTM_FREE(&s.unsynced[i].bytes);
    if (status == PSTM_OK && s.end.status != PSTM_OK)
        status = pstm_fail((pstm_status)s.end.status, "%s", s.end.text);
    return status;
}
