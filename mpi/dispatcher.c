#include "mpi/dispatcher.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"

/* How much of a finished run a crash of rank 0 may cost at most: the time between syncs of the journal. */
static const double JOURNAL_SYNC_S = 2.0;

/* A tile that is out, and since when. */
typedef struct outing {
    int64_t tile;
    double since_s;
} outing;

struct pstm_dispatcher {
    pstm_dispatcher_plan plan;
    pstm_scheduler *scheduler;
    pstm_tile_record *records;
    int64_t n_records, records_capacity;
    int64_t contributions;
    double started_s, journal_synced_s;
    bool journal_is_dirty;
    outing *out;
    int64_t n_out, out_capacity;
    double longest_tile_s; /* from handing a tile out to its record */
    bool out_of_time, gave_up;
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

pstm_status pstm_dispatcher_create(const pstm_dispatcher_plan *plan, pstm_dispatcher **out)
{
    pstm_dispatcher *d = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&d, 1, "the dispatcher"));
    d->plan = *plan;
    PSTM_GO(pstm_scheduler_create(plan->work, plan->n_work, plan->n_ranks, &d->scheduler));
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
    PSTM_FREE(&d->out);
    PSTM_FREE(dispatcher);
}

static pstm_progress_state progress_state(const pstm_dispatcher *d)
{
    const pstm_schedule_state s = pstm_scheduler_state(d->scheduler);
    return (pstm_progress_state){.elapsed_s = pstm_now_s() - d->started_s,
                                 .cost_total = s.cost + d->plan.cost_resumed,
                                 .cost_done = s.cost_recorded + d->plan.cost_resumed,
                                 .cost_resumed = d->plan.cost_resumed,
                                 .tiles_total = s.n_tiles + d->plan.tiles_resumed,
                                 .tiles_done = s.n_recorded + d->plan.tiles_resumed,
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
    d->contributions += record->counts[PSTM_COUNT_CONTRIBUTIONS];
    return PSTM_OK;
}

static pstm_status assign(pstm_dispatcher *d, const pstm_action *action)
{
    PSTM_TRY(PSTM_GROW(&d->out, &d->out_capacity, d->n_out + 1, "tiles that are out"));
    d->out[d->n_out++] = (outing){.tile = action->tile, .since_s = pstm_now_s()};
    return pstm_mailbox_send(d->plan.mailbox, action->worker, PSTM_SAYS_MIGRATE, action->tile, NULL, 0);
}

static void note_return(pstm_dispatcher *d, int64_t tile)
{
    for (int64_t i = 0; i < d->n_out; i++) {
        if (d->out[i].tile != tile) continue;
        const double took_s = pstm_now_s() - d->out[i].since_s;
        if (took_s > d->longest_tile_s) d->longest_tile_s = took_s;
        d->out[i] = d->out[--d->n_out];
        return;
    }
}

static pstm_status send_to_all(pstm_dispatcher *d, pstm_message_kind kind, const void *payload,
                               int64_t n_bytes)
{
    for (int32_t rank = 0; rank < d->plan.n_ranks; rank++)
        PSTM_TRY(pstm_mailbox_send(d->plan.mailbox, rank, kind, -1, payload, n_bytes));
    return PSTM_OK;
}

static pstm_status finish(pstm_dispatcher *d)
{
    PSTM_TRY(sync_journal(d));
    const pstm_progress_state state = progress_state(d);
    pstm_progress_finish(d->plan.progress, &state);
    return send_to_all(d, PSTM_SAYS_FINISH, NULL, 0);
}

static pstm_status carry_out(pstm_dispatcher *d, const pstm_action *action, const pstm_message *cause)
{
    switch (action->kind) {
    case PSTM_ACTION_ASSIGN:
        return assign(d, action);
    case PSTM_ACTION_GRANT:
        return pstm_mailbox_send(d->plan.mailbox, action->worker, PSTM_SAYS_WRITE, action->tile, NULL, 0);
    case PSTM_ACTION_DISCARD:
        return pstm_mailbox_send(d->plan.mailbox, action->worker, PSTM_SAYS_DISCARD, action->tile, NULL, 0);
    case PSTM_ACTION_RECORD:
        note_return(d, action->tile);
        return record_tile(d, cause);
    case PSTM_ACTION_FINISH:
        return finish(d);
    case PSTM_ACTION_ABORT:
        pstm_progress_clear(d->plan.progress);
        return send_to_all(d, PSTM_SAYS_ABORT, &d->failure, sizeof d->failure);
    }
    return pstm_fail(PSTM_SYSTEM, "the scheduler wants something unknown");
}

static pstm_status act(pstm_dispatcher *d, const pstm_message *cause)
{
    pstm_action action;
    while (pstm_scheduler_next(d->scheduler, &action))
        PSTM_TRY(carry_out(d, &action, cause));
    return PSTM_OK;
}

pstm_status pstm_dispatcher_handle(pstm_dispatcher *d, const pstm_message *message)
{
    if (d->gave_up) return PSTM_OK;
    pstm_event event = {.worker = message->from, .tile = message->tile};
    switch (message->kind) {
    case PSTM_SAYS_READY:
        event.kind = PSTM_EVENT_READY;
        break;
    case PSTM_SAYS_ASKS:
        event.kind = PSTM_EVENT_ASKS;
        break;
    case PSTM_SAYS_WRITTEN:
        event.kind = PSTM_EVENT_WRITTEN;
        break;
    case PSTM_SAYS_STOP:
        event.kind = PSTM_EVENT_STOP;
        break;
    case PSTM_SAYS_FAILED:
        event.kind = PSTM_EVENT_FAILED;
        if (message->n_bytes == (int64_t)sizeof d->failure)
            memcpy(&d->failure, message->payload, sizeof d->failure);
        break;
    default:
        return pstm_fail(PSTM_SYSTEM, "rank %d sent a message of kind %d to rank 0", message->from,
                         message->kind);
    }
    PSTM_TRY(pstm_scheduler_handle(d->scheduler, &event));
    return act(d, message);
}

/* Near the end of the time no tile is begun; at the end those that are out are left to the next run. */
static pstm_status keep_time(pstm_dispatcher *d)
{
    const pstm_schedule_state s = pstm_scheduler_state(d->scheduler);
    if (s.n_recorded == s.n_tiles || d->gave_up) return PSTM_OK;
    if (!d->out_of_time && pstm_time_limit_is_near(&d->plan.limit, d->longest_tile_s)) {
        d->out_of_time = true;
        pstm_note("the time is nearly over: no more tiles are begun");
        PSTM_TRY(pstm_scheduler_handle(d->scheduler, &(pstm_event){.kind = PSTM_EVENT_STOP}));
        PSTM_TRY(act(d, NULL));
    }
    if (d->n_out == 0 || !pstm_time_limit_is_over(&d->plan.limit)) return PSTM_OK;
    d->gave_up = true;
    pstm_note("the time is over: %" PRId64 " tiles that are being migrated are given up", d->n_out);
    return finish(d);
}

pstm_status pstm_dispatcher_tick(pstm_dispatcher *d)
{
    if (d->gave_up) return PSTM_OK;
    PSTM_TRY(act(d, NULL));
    PSTM_TRY(keep_time(d));
    if (pstm_now_s() - d->journal_synced_s > JOURNAL_SYNC_S) PSTM_TRY(sync_journal(d));
    const pstm_progress_state state = progress_state(d);
    pstm_progress_update(d->plan.progress, &state);
    return PSTM_OK;
}

pstm_status pstm_dispatcher_abort(pstm_dispatcher *d, pstm_status status)
{
    d->failure = pstm_failure_make(status, 0, d->plan.n_ranks);
    pstm_progress_clear(d->plan.progress);
    return send_to_all(d, PSTM_SAYS_ABORT, &d->failure, sizeof d->failure);
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
