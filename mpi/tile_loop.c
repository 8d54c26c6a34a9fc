#include "mpi/tile_loop.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "core/memory.h"

/* Written tiles are synced together: this many, or when nothing else is to do, or when the oldest has waited
 * for SYNC_WAIT times what the last sync took, so that syncing takes a small share of the time. */
enum { SYNC_TILES = 32 };
static const double SYNC_WAIT = 20, SYNC_LEAST_S = 0.1, SYNC_MOST_S = 5;
static const double POLL_S = 0.0005;

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    (void)number;
    stop_signal = 1;
}

void pstm_stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

/* The report of a written tile, kept until its data are synced. */
typedef struct report {
    int64_t tile, n_bytes;
    void *bytes; /* a tile record, then journal records */
} report;

typedef struct state {
    const pstm_tile_loop *loop;
    pstm_tile_result *asked[PSTM_WORKER_RESULTS]; /* results that wait for the grant */
    report unsynced[SYNC_TILES];
    int n_unsynced, n_held; /* n_held: tiles that were given and not yet written */
    double oldest_s, sync_took_s;
    double beat_s; /* of the last one */
    bool told_stop, ended;
    bool retired, hung; /* computes no more, but writes what is granted */
    bool broken;        /* only waits for the end */
    pstm_failure end;   /* of ABORT */
} state;

static pstm_status tell(const state *s, pstm_message_kind kind, int64_t tile)
{
    return pstm_mailbox_send(s->loop->mailbox, 0, kind, tile, NULL, 0);
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
        PSTM_TRY(pstm_mailbox_send(s->loop->mailbox, 0, PSTM_SAYS_WRITTEN, r->tile, r->bytes, r->n_bytes));
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

static pstm_status take_asked(state *s, int64_t tile, pstm_tile_result **result)
{
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++) {
        if (s->asked[i] == NULL || s->asked[i]->tile.number != tile) continue;
        *result = s->asked[i];
        s->asked[i] = NULL;
        s->n_held--;
        return PSTM_OK;
    }
    return pstm_fail(PSTM_SYSTEM, "rank %d was told to write tile %" PRId64 ", which it does not hold",
                     s->loop->rank, tile);
}

static int64_t bytes_of_tile(const state *s, const pstm_tile_result *result)
{
    const pstm_cube_about *about = pstm_cube_get_about(s->loop->cube);
    const int64_t samples = pstm_tile_n_locations(&result->tile) * about->grid.n_times;
    return 4 * samples * ((about->gathers ? 2 * about->n_classes : 0) + about->stack + about->fold);
}

static pstm_status write_or_fail(const state *s, const pstm_cube_tile *tile, pstm_journal_record *records)
{
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_WRITE, -1);
    if (fault == PSTM_FAULT_HANG) pstm_fault_hang();
    if (fault != PSTM_FAULT_ENOSPC) return pstm_cube_write_tile(s->loop->cube, tile, records);
    errno = ENOSPC;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot write (PSTM_FAULT)");
}

static pstm_status write_result(state *s, pstm_tile_result *result)
{
    const pstm_cube_tile tile = {
        .area = {result->tile.i_begin, result->tile.i_end, result->tile.j_begin, result->tile.j_end},
        .gather = result->gather,
        .gather_fold = result->gather_fold,
        .stack = result->stack,
        .fold = result->fold};
    const int64_t n_columns = pstm_cube_area_columns(&tile.area);
    report *r = &s->unsynced[s->n_unsynced];
    r->tile = result->tile.number;
    r->n_bytes = (int64_t)sizeof(pstm_tile_record) + n_columns * (int64_t)sizeof(pstm_journal_record);
    PSTM_TRY(pstm_new(&r->bytes, r->n_bytes, 1, "a tile's report"));
    pstm_tile_record *record = r->bytes;
    *record = result->record;
    const pstm_lane_mark mark = pstm_lane_mark_now(s->loop->lane);
    const pstm_phase before = pstm_phase_switch(s->loop->lane, PSTM_PHASE_WRITE);
    const pstm_status status = write_or_fail(s, &tile, (pstm_journal_record *)(void *)(record + 1));
    pstm_phase_switch(s->loop->lane, before);
    if (status != PSTM_OK) {
        PSTM_FREE(&r->bytes);
        return pstm_while(status, "while writing tile %" PRId64, result->tile.number);
    }
    pstm_lane_count(s->loop->lane, PSTM_COUNT_BYTES_WRITTEN, bytes_of_tile(s, result));
    pstm_tile_record_add(record, s->loop->lane, &mark);
    if (s->n_unsynced++ == 0) s->oldest_s = pstm_now_s();
    return PSTM_OK;
}

static pstm_status write_tile(state *s, int64_t tile)
{
    pstm_tile_result *result = NULL;
    PSTM_TRY(take_asked(s, tile, &result));
    PSTM_TRY(write_result(s, result));
    pstm_worker_give_back(s->loop->worker, result);
    return s->n_unsynced == SYNC_TILES ? sync_written(s) : PSTM_OK;
}

static pstm_status discard_tile(state *s, int64_t tile)
{
    pstm_tile_result *result = NULL;
    PSTM_TRY(take_asked(s, tile, &result));
    pstm_worker_give_back(s->loop->worker, result);
    return PSTM_OK;
}

/* ---- messages and results ---------------------------------------------------------------------------- */

static pstm_status follow(state *s, const pstm_order *order)
{
    switch (order->what) {
    case PSTM_ACTION_GRANT:
        return write_tile(s, order->tile);
    case PSTM_ACTION_DISCARD:
        return discard_tile(s, order->tile);
    default:
        if (s->retired) return PSTM_OK;
        s->n_held++;
        return pstm_worker_give(s->loop->worker, order->tile,
                                (pstm_group_size){order->n_inline, order->n_crossline});
    }
}

static pstm_status follow_all(state *s, const pstm_message *message)
{
    const pstm_order *orders = message->payload;
    for (int64_t i = 0; i < message->n_bytes / (int64_t)sizeof *orders; i++)
        PSTM_TRY(follow(s, &orders[i]));
    return PSTM_OK;
}

/* What is left in hand are results whose grant is awaited. */
static void compute_no_more(state *s)
{
    s->retired = true;
    s->n_held = 0;
    for (int i = 0; i < PSTM_WORKER_RESULTS; i++)
        s->n_held += s->asked[i] != NULL;
}

static pstm_status obey(state *s, const pstm_message *message)
{
    switch (message->kind) {
    case PSTM_SAYS_ORDERS:
        return follow_all(s, message);
    case PSTM_SAYS_RETIRE:
        s->hung = true;
        compute_no_more(s);
        return PSTM_OK;
    case PSTM_SAYS_FINISH:
        s->ended = true;
        return PSTM_OK;
    case PSTM_SAYS_ABORT:
        s->ended = true;
        if (message->n_bytes == (int64_t)sizeof s->end) memcpy(&s->end, message->payload, sizeof s->end);
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

/* The compute thread has failed: others can do its tiles. */
static pstm_status leave(state *s, pstm_status failed)
{
    const pstm_failure failure = pstm_failure_make(failed, s->loop->rank, s->loop->n_ranks);
    compute_no_more(s);
    return pstm_mailbox_send(s->loop->mailbox, 0, PSTM_SAYS_LOST, pstm_worker_tile_in_work(s->loop->worker),
                             &failure, sizeof failure);
}

static pstm_status take_results(state *s, bool *busy)
{
    pstm_tile_result *result;
    const pstm_status status = pstm_worker_take(s->loop->worker, &result);
    if (status == PSTM_SYSTEM) return leave(s, status);
    PSTM_TRY(status);
    if (result == NULL) return PSTM_OK;
    *busy = true;
    int place = 0;
    while (s->asked[place] != NULL)
        place++;
    s->asked[place] = result;
    return tell(s, PSTM_SAYS_ASKS, result->tile.number);
}

static pstm_status beat(state *s)
{
    if (pstm_now_s() - s->beat_s < s->loop->beat_s) return PSTM_OK;
    s->beat_s = pstm_now_s();
    return tell(s, PSTM_SAYS_BEAT, pstm_worker_progress(s->loop->worker));
}

static pstm_status turn(state *s, bool *busy)
{
    PSTM_TRY(handle_messages(s, busy));
    if (s->ended) return PSTM_OK;
    if (s->loop->dispatcher != NULL) PSTM_TRY(pstm_dispatcher_tick(s->loop->dispatcher));
    if (s->loop->worker != NULL && !s->broken) {
        if (!s->retired) PSTM_TRY(take_results(s, busy));
        PSTM_TRY(beat(s));
        if (s->n_held == 0 || oldest_is_due(s)) PSTM_TRY(sync_written(s));
    }
    if (stop_signal && !s->told_stop) {
        s->told_stop = true;
        PSTM_TRY(tell(s, PSTM_SAYS_STOP, -1));
    }
    return PSTM_OK;
}

/* Tells rank 0, or on rank 0 everybody, that this rank cannot go on. */
static pstm_status report_failure(state *s, pstm_status failed)
{
    s->broken = true;
    if (s->loop->dispatcher != NULL) return pstm_dispatcher_abort(s->loop->dispatcher, failed);
    const pstm_failure failure = pstm_failure_make(failed, s->loop->rank, s->loop->n_ranks);
    return pstm_mailbox_send(s->loop->mailbox, 0, PSTM_SAYS_FAILED, -1, &failure, sizeof failure);
}

/* Not even messages can be handled: nobody can be told, and nobody must wait for this rank. */
static void abort_all(pstm_status status)
{
    pstm_warn("cannot end in good order: %s", pstm_error_text());
    MPI_Abort(MPI_COMM_WORLD, (int)status);
}

pstm_status pstm_tile_loop_run(const pstm_tile_loop *loop, bool *hung)
{
    state s = {.loop = loop};
    pstm_status status = PSTM_OK;
    const pstm_phase before = pstm_phase_switch(loop->lane, PSTM_PHASE_WAIT); /* all but writes and syncs */
    if (loop->worker != NULL) status = tell(&s, PSTM_SAYS_READY, -1);
    while (!s.ended) {
        bool busy = false;
        if (status == PSTM_OK) status = turn(&s, &busy);
        if (status != PSTM_OK) {
            if (s.broken) abort_all(status);
            status = report_failure(&s, status);
        }
        if (busy || s.ended) continue;
        pstm_sleep_s(POLL_S);
    }
    pstm_phase_switch(loop->lane, before);
    *hung = s.hung;
    for (int i = 0; i < s.n_unsynced; i++)
        PSTM_FREE(&s.unsynced[i].bytes);
    if (status == PSTM_OK && s.end.status != PSTM_OK)
        status = pstm_fail((pstm_status)s.end.status, "%s", s.end.text);
    return status;
}
