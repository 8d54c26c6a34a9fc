#include "mpi/farm/dispatcher.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "plan/groups.h"

/* How much of a finished run a crash of rank 0 may cost at most: the time between syncs of the journal. */
static const double JOURNAL_SYNC_S = 2.0;

static const double TICK_S = 1.0; /* between looks for silent workers and stragglers */

/* Between two looks at its messages rank 0 takes milliseconds. When it takes longer than this, a slow write
 * or a pause of its process or of the whole job (scontrol suspend) has kept it from them: what the others
 * have said meanwhile is yet to be heard, so the rest of that time counts for nobody's silence. */
static const double LOOK_MOST_S = 1.0;

enum { MOST_ORDERS = 1 + PSTM_SCHEDULE_HOLD };

/* Where a worker of the scheduler is. */
typedef struct address {
    int32_t rank, worker;
} address;

struct pstm_dispatcher {
    pstm_dispatcher_plan plan;
    int32_t *first_worker; /* [n_ranks] the scheduler's number of a rank's worker 0 */
    address *addresses;    /* [n_workers] */
    int32_t n_workers;     /* of all ranks */
    double *heard_s;       /* [n_ranks] clock_s of any message */
    bool *has_left;        /* [n_ranks] */
    pstm_scheduler *scheduler;
    pstm_tile_record *records;
    int64_t n_records, records_capacity;
    int64_t contributions, n_tiles, n_tiles_recorded; /* single tiles, not groups */
    double started_s, journal_synced_s;               /* of pstm_now_s() */
    double looked_s;                                  /* the same: the last look at messages; 0: none yet */
    double clock_s, ticked_s;                         /* seconds in which rank 0 has listened */
    bool journal_is_dirty;
    pstm_order orders[MOST_ORDERS]; /* not sent yet, all for one worker */
    int32_t n_orders, orders_to;
    bool out_of_time, gave_up;
    bool told_end;        /* some rank may have heard FINISH, which cannot be taken back */
    pstm_failure failure; /* what ABORT tells */
};

pstm_failure pstm_failure_make(pstm_status status, int rank, int n_ranks)
{
    pstm_failure failure = {.status = (int32_t)status};
    if (n_ranks > 1)
        snprintf(failure.text, sizeof failure.text, "rank %d: %s", rank, pstm_error_text());
    else
        snprintf(failure.text, sizeof failure.text, "%s", pstm_error_text());
    return failure;
}

static pstm_status number_workers(pstm_dispatcher *d)
{
    const pstm_dispatcher_plan *plan = &d->plan;
    PSTM_TRY(PSTM_NEW(&d->first_worker, plan->n_ranks, "the dispatcher"));
    PSTM_TRY(PSTM_NEW(&d->heard_s, plan->n_ranks, "the dispatcher"));
    PSTM_TRY(PSTM_NEW(&d->has_left, plan->n_ranks, "the dispatcher"));
    for (int32_t rank = 0; rank < plan->n_ranks; rank++) {
        d->first_worker[rank] = d->n_workers;
        d->n_workers += plan->n_workers[rank];
    }
    PSTM_TRY(PSTM_NEW(&d->addresses, d->n_workers, "the dispatcher"));
    for (int32_t rank = 0; rank < plan->n_ranks; rank++)
        for (int32_t w = 0; w < plan->n_workers[rank]; w++)
            d->addresses[d->first_worker[rank] + w] = (address){rank, w};
    return PSTM_OK;
}

pstm_status pstm_dispatcher_create(const pstm_dispatcher_plan *plan, pstm_dispatcher **out)
{
    pstm_dispatcher *d = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&d, 1, "the dispatcher"));
    d->plan = *plan;
    for (int64_t i = 0; i < plan->n_work; i++)
        d->n_tiles += pstm_work_n_tiles(&plan->work[i]);
    PSTM_GO(number_workers(d));
    PSTM_GO(pstm_scheduler_create(plan->work, plan->n_work, d->n_workers, &plan->rules, &d->scheduler));
    d->started_s = d->journal_synced_s = pstm_now_s();
    *out = d;
    return PSTM_OK;
cleanup:
    pstm_dispatcher_destroy(&d);
    return status;
}

void pstm_dispatcher_destroy(pstm_dispatcher **dispatcher)
{
    pstm_dispatcher *d = *dispatcher;
    if (d == NULL) return;
    pstm_scheduler_destroy(&d->scheduler);
    PSTM_FREE(&d->records);
    PSTM_FREE(&d->first_worker);
    PSTM_FREE(&d->addresses);
    PSTM_FREE(&d->heard_s);
    PSTM_FREE(&d->has_left);
    PSTM_FREE(dispatcher);
}

static pstm_progress_state progress_state(const pstm_dispatcher *d)
{
    const pstm_schedule_state s = pstm_scheduler_state(d->scheduler);
    return (pstm_progress_state){.elapsed_s = pstm_now_s() - d->started_s,
                                 .cost_total = s.cost + d->plan.cost_resumed,
                                 .cost_done = s.cost_recorded + d->plan.cost_resumed,
                                 .cost_resumed = d->plan.cost_resumed,
                                 .tiles_total = d->n_tiles + d->plan.tiles_resumed,
                                 .tiles_done = d->n_tiles_recorded + d->plan.tiles_resumed,
                                 .tiles_resumed = d->plan.tiles_resumed,
                                 .contributions = d->contributions};
}

static pstm_status sync_journal(pstm_dispatcher *d)
{
    if (!d->journal_is_dirty) return PSTM_OK;
    PSTM_TRY(pstm_journal_sync(d->plan.journal));
    d->journal_is_dirty = false;
    d->journal_synced_s = pstm_now_s();
    return PSTM_OK;
}

/* Puts a written tile into the journal and the profile. Its payload: a tile record, then journal records. */
static pstm_status record_tile(pstm_dispatcher *d, const pstm_message *written)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): RECORD answers WRITTEN, which a message brought */
    const int64_t rest = written->n_bytes - (int64_t)sizeof(pstm_tile_record);
    if (rest < 0 || rest % (int64_t)sizeof(pstm_journal_record) != 0)
        return pstm_fail(PSTM_SYSTEM, "the report of tile %" PRId64 " has %" PRId64 " bytes", written->tile,
                         written->n_bytes);
    PSTM_TRY(PSTM_GROW(&d->records, &d->records_capacity, d->n_records + 1, "tile records"));
    const pstm_tile_record *record = written->payload;
    PSTM_TRY(pstm_journal_add(d->plan.journal, (const pstm_journal_record *)(const void *)(record + 1),
                              rest / (int64_t)sizeof(pstm_journal_record)));
    d->journal_is_dirty = true;
    d->records[d->n_records++] = *record;
    d->n_tiles_recorded += pstm_work_n_tiles(pstm_work_find(d->plan.work, d->plan.n_work, written->tile));
    d->contributions += record->counts[PSTM_COUNT_CONTRIBUTIONS];
    return PSTM_OK;
}

static pstm_status send_to_all(pstm_dispatcher *d, const pstm_message *message)
{
    for (int32_t rank = 0; rank < d->plan.n_ranks; rank++)
        PSTM_TRY(pstm_mailbox_send(d->plan.mailbox, rank, message));
    return PSTM_OK;
}

static pstm_status send_abort(pstm_dispatcher *d)
{
    return send_to_all(
        d, &(pstm_message){
               .kind = PSTM_SAYS_ABORT, .tile = -1, .n_bytes = sizeof d->failure, .payload = &d->failure});
}

static pstm_status send_orders(pstm_dispatcher *d)
{
    if (d->n_orders == 0) return PSTM_OK;
    const address to = d->addresses[d->orders_to];
    const pstm_message orders = {.kind = PSTM_SAYS_ORDERS,
                                 .worker = to.worker,
                                 .tile = -1,
                                 .n_bytes = d->n_orders * (int64_t)sizeof *d->orders,
                                 .payload = d->orders};
    d->n_orders = 0;
    return pstm_mailbox_send(d->plan.mailbox, to.rank, &orders);
}

/* What one event has for one worker goes in one message. */
static pstm_status add_order(pstm_dispatcher *d, const pstm_action *action)
{
    if (d->n_orders == MOST_ORDERS || action->worker != d->orders_to) PSTM_TRY(send_orders(d));
    d->orders_to = action->worker;
    const pstm_work *work = pstm_work_find(d->plan.work, d->plan.n_work, action->tile);
    d->orders[d->n_orders++] = (pstm_order){.tile = action->tile,
                                            .what = (int32_t)action->kind,
                                            .n_inline = (int16_t)work->n_inline,
                                            .n_crossline = (int16_t)work->n_crossline};
    return PSTM_OK;
}

static pstm_status finish(pstm_dispatcher *d)
{
    PSTM_TRY(sync_journal(d));
    const pstm_progress_state state = progress_state(d);
    pstm_progress_finish(d->plan.progress, &state);
    d->told_end = true;
    return send_to_all(d, &(pstm_message){.kind = PSTM_SAYS_FINISH, .tile = -1});
}

/* A worker that makes no progress any more, whether it answers or not. */
static pstm_status retire(pstm_dispatcher *d, const pstm_action *action)
{
    const address who = d->addresses[action->worker];
    char worker[32] = "";
    if (d->plan.n_workers[who.rank] > 1) snprintf(worker, sizeof worker, "worker %d of ", who.worker);
    d->failure.status = PSTM_SYSTEM;
    snprintf(d->failure.text, sizeof d->failure.text,
             "%srank %d has made no progress for %.0f s or more, at tile %" PRId64
             ": its device or its file system hangs",
             worker, who.rank, d->plan.rules.silence_s, action->tile);
    pstm_progress_clear(d->plan.progress);
    pstm_warn("%s; it is left out and its tiles go to others", d->failure.text);
    return pstm_mailbox_send(
        d->plan.mailbox, who.rank,
        &(pstm_message){.kind = PSTM_SAYS_RETIRE, .worker = who.worker, .tile = action->tile});
}

static pstm_status carry_out(pstm_dispatcher *d, const pstm_action *action, const pstm_message *cause)
{
    switch (action->kind) {
    case PSTM_ACTION_ASSIGN:
    case PSTM_ACTION_GRANT:
    case PSTM_ACTION_DISCARD:
        return add_order(d, action);
    case PSTM_ACTION_RECORD:
        return record_tile(d, cause);
    case PSTM_ACTION_RETIRE:
        return retire(d, action);
    case PSTM_ACTION_FINISH:
        return finish(d);
    case PSTM_ACTION_ABORT:
        pstm_progress_clear(d->plan.progress);
        return send_abort(d);
    }
    return pstm_fail(PSTM_SYSTEM, "the scheduler wants something unknown");
}

static pstm_status act(pstm_dispatcher *d, const pstm_message *cause)
{
    pstm_action action;
    while (pstm_scheduler_next(d->scheduler, &action))
        PSTM_TRY(carry_out(d, &action, cause));
    return send_orders(d);
}

static pstm_status find_kind(const pstm_message *message, pstm_event_kind *kind)
{
    static const pstm_event_kind kinds[] = {
        [PSTM_SAYS_READY] = PSTM_EVENT_READY,     [PSTM_SAYS_ASKS] = PSTM_EVENT_ASKS,
        [PSTM_SAYS_WRITTEN] = PSTM_EVENT_WRITTEN, [PSTM_SAYS_BEAT] = PSTM_EVENT_BEAT,
        [PSTM_SAYS_LOST] = PSTM_EVENT_LOST,       [PSTM_SAYS_FAILED] = PSTM_EVENT_FAILED,
        [PSTM_SAYS_STOP] = PSTM_EVENT_STOP};
    if (message->kind > PSTM_SAYS_STOP || message->worker < 0)
        return pstm_fail(PSTM_SYSTEM, "rank %d sent a message of kind %d to rank 0", message->from,
                         message->kind);
    *kind = kinds[message->kind];
    return PSTM_OK;
}

/* The clock by which silence is counted. */
static double listened_s(pstm_dispatcher *d)
{
    const double now_s = pstm_now_s(), since_s = d->looked_s > 0 ? now_s - d->looked_s : 0;
    d->looked_s = now_s;
    d->clock_s += fmin(since_s, LOOK_MOST_S);
    if (since_s <= d->plan.rules.silence_s) return d->clock_s;
    pstm_progress_clear(d->plan.progress);
    pstm_note("rank 0 was paused for %.0f s, or the whole job was; no rank is taken for lost for that",
              since_s);
    return d->clock_s;
}

void pstm_dispatcher_hear(pstm_dispatcher *d, const pstm_message *message)
{
    d->heard_s[message->from] = listened_s(d);
    if (message->kind == PSTM_SAYS_LEAVES) d->has_left[message->from] = true;
}

int32_t pstm_dispatcher_n_here(pstm_dispatcher *d, bool awaited)
{
    const double now_s = listened_s(d);
    int32_t n = 0;
    for (int32_t rank = 0; rank < d->plan.n_ranks; rank++)
        n += !d->has_left[rank] && (!awaited || now_s - d->heard_s[rank] <= d->plan.rules.silence_s);
    return n;
}

pstm_status pstm_dispatcher_handle(pstm_dispatcher *d, const pstm_message *message)
{
    pstm_dispatcher_hear(d, message);
    if (d->gave_up || message->kind == PSTM_SAYS_LEAVES) return PSTM_OK;
    pstm_event event = {.worker = d->first_worker[message->from] + message->worker,
                        .tile = message->tile,
                        .now_s = d->clock_s};
    PSTM_TRY(find_kind(message, &event.kind));
    if (message->n_bytes == (int64_t)sizeof d->failure &&
        (event.kind == PSTM_EVENT_LOST || event.kind == PSTM_EVENT_FAILED))
        memcpy(&d->failure, message->payload, sizeof d->failure);
    if (event.kind == PSTM_EVENT_LOST && d->n_workers > 1) {
        pstm_progress_clear(d->plan.progress);
        pstm_warn("%s; it is left out and its tiles go to others", d->failure.text);
    }
    PSTM_TRY(pstm_scheduler_handle(d->scheduler, &event));
    return act(d, message);
}

/* Near the end of the time no tile is begun; at the end those that are out are left to the next run. */
static pstm_status keep_time(pstm_dispatcher *d)
{
    const pstm_schedule_state s = pstm_scheduler_state(d->scheduler);
    if (s.n_recorded == s.n_tiles || d->gave_up) return PSTM_OK;
    if (!d->out_of_time && pstm_time_limit_is_near(&d->plan.limit, s.longest_tile_s)) {
        d->out_of_time = true;
        pstm_note("the time is nearly over: no more tiles are begun");
        PSTM_TRY(pstm_scheduler_handle(d->scheduler, &(pstm_event){.kind = PSTM_EVENT_STOP}));
        PSTM_TRY(act(d, NULL));
    }
    if (s.n_out == 0 || !pstm_time_limit_is_over(&d->plan.limit)) return PSTM_OK;
    d->gave_up = true;
    pstm_note("the time is over: %" PRId64 " tiles that are being migrated are given up", s.n_out);
    return finish(d);
}

pstm_status pstm_dispatcher_tick(pstm_dispatcher *d)
{
    if (d->gave_up) return PSTM_OK;
    const double now_s = listened_s(d);
    if (now_s - d->ticked_s > TICK_S) {
        const pstm_event tick = {.kind = PSTM_EVENT_TICK, .worker = -1, .tile = -1, .now_s = now_s};
        PSTM_TRY(pstm_scheduler_handle(d->scheduler, &tick));
        d->ticked_s = now_s;
    }
    PSTM_TRY(act(d, NULL));
    PSTM_TRY(keep_time(d));
    if (pstm_now_s() - d->journal_synced_s > JOURNAL_SYNC_S) PSTM_TRY(sync_journal(d));
    const pstm_progress_state state = progress_state(d);
    pstm_progress_update(d->plan.progress, &state);
    return PSTM_OK;
}

pstm_status pstm_dispatcher_abort(pstm_dispatcher *d, pstm_status status)
{
    if (d->told_end) return status;
    d->failure = pstm_failure_make(status, 0, d->plan.n_ranks);
    d->gave_up = true; /* what fails once, the journal for one, is not tried again */
    pstm_progress_clear(d->plan.progress);
    return send_abort(d);
}

bool pstm_dispatcher_is_out_of_time(const pstm_dispatcher *d)
{
    return d->out_of_time;
}

pstm_schedule_state pstm_dispatcher_state(const pstm_dispatcher *d)
{
    return pstm_scheduler_state(d->scheduler);
}

const pstm_tile_record *pstm_dispatcher_records(const pstm_dispatcher *d, int64_t *n)
{
    *n = d->n_records;
    return d->records;
}
