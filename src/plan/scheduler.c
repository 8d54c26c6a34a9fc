/* The scheduler's making, and what each event does. */
#include "plan/scheduler.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "plan/scheduler_state.h"

/* ---- making ------------------------------------------------------------------------------------------ */

static int by_cost_then_number(const void *a, const void *b)
{
    const pstm_work *p = &((const pstm_schedule_tile *)a)->work, *q = &((const pstm_schedule_tile *)b)->work;
    if (p->cost != q->cost) return p->cost > q->cost ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

static int by_tile_number(const void *a, const void *b, void *tiles)
{
    const pstm_schedule_tile *t = tiles;
    const int64_t p = t[*(const int64_t *)a].work.number, q = t[*(const int64_t *)b].work.number;
    return (p > q) - (p < q);
}

static pstm_status index_by_number(pstm_scheduler *s)
{
    for (int64_t i = 0; i < s->n_tiles; i++)
        s->by_number[i] = i;
    qsort_r(s->by_number, (size_t)s->n_tiles, sizeof *s->by_number, by_tile_number, s->tiles);
    for (int64_t i = 1; i < s->n_tiles; i++)
        if (s->tiles[s->by_number[i]].work.number == s->tiles[s->by_number[i - 1]].work.number)
            return pstm_fail(PSTM_SYSTEM, "scheduler: tile %" PRId64 " is listed twice",
                             s->tiles[s->by_number[i]].work.number);
    return PSTM_OK;
}

static pstm_status create_arrays(pstm_scheduler *s)
{
    PSTM_TRY(PSTM_NEW(&s->tiles, s->n_tiles, "the scheduler's tiles"));
    PSTM_TRY(PSTM_NEW(&s->by_number, s->n_tiles, "the scheduler's tiles"));
    PSTM_TRY(PSTM_NEW(&s->workers, s->n_workers, "the scheduler's workers"));
    PSTM_TRY(PSTM_NEW(&s->late, s->n_workers, "the scheduler's workers"));
    PSTM_TRY(PSTM_NEW(&s->free_slots, s->n_workers, "the scheduler's workers"));
    PSTM_TRY(pstm_index_set_make(&s->pending, s->n_tiles));
    return pstm_index_set_make(&s->idle, s->n_workers);
}

pstm_status pstm_scheduler_create(const pstm_work *work, int64_t n_work, int32_t n_workers,
                                  const pstm_schedule_rules *rules, pstm_scheduler **out)
{
    pstm_scheduler *s = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&s, 1, "the scheduler"));
    s->rules = *rules;
    s->n_tiles = s->n_pending = n_work;
    s->n_workers = s->n_alive = n_workers;
    PSTM_GO(create_arrays(s));
    for (int64_t i = 0; i < n_work; i++) {
        s->tiles[i] = (pstm_schedule_tile){.work = work[i]};
        s->cost += work[i].cost;
        s->cost_pending += work[i].cost;
        pstm_index_set_add(&s->pending, i);
    }
    for (int32_t w = 0; w < n_workers; w++)
        s->workers[w].last = -1;
    qsort(s->tiles, (size_t)n_work, sizeof *s->tiles, by_cost_then_number);
    PSTM_GO(index_by_number(s));
    PSTM_GO(pstm_schedule_finish_if_done(s));
    *out = s;
    return PSTM_OK;
cleanup:
    pstm_scheduler_destroy(&s);
    return status;
}

void pstm_scheduler_destroy(pstm_scheduler **scheduler)
{
    pstm_scheduler *s = *scheduler;
    if (s == NULL) return;
    PSTM_FREE(&s->tiles);
    PSTM_FREE(&s->by_number);
    PSTM_FREE(&s->workers);
    PSTM_FREE(&s->late);
    PSTM_FREE(&s->free_slots);
    PSTM_FREE(&s->actions);
    pstm_index_set_clear(&s->pending);
    pstm_index_set_clear(&s->idle);
    PSTM_FREE(scheduler);
}

/* ---- the life of a tile ------------------------------------------------------------------------------ */

/* Takes the tile out of what the worker holds and learns its rate; false if it does not hold it. */
static bool take_from_held(pstm_scheduler *s, pstm_schedule_worker *w, const pstm_schedule_tile *t,
                           double now_s)
{
    int32_t place = 0;
    while (place < w->n_held && &s->tiles[w->held[place]] != t)
        place++;
    if (place == w->n_held) return false;
    for (w->n_held--; place < w->n_held; place++)
        w->held[place] = w->held[place + 1];
    const double took_s = now_s - w->started_s;
    w->busy_s += took_s;
    w->cost_done += t->work.cost;
    s->busy_s += took_s;
    s->cost_done += t->work.cost;
    w->started_s = w->progressed_s = now_s;
    return true;
}

static pstm_status tile_is_asked_for(pstm_scheduler *s, pstm_schedule_tile *t, const pstm_event *event)
{
    pstm_schedule_worker *w = &s->workers[event->worker];
    const bool held = !w->lost && take_from_held(s, w, t, event->now_s);
    if (!held || t->state != PSTM_TILE_ASSIGNED) {
        if (held) t->n_holders--;
        PSTM_TRY(pstm_schedule_push(s, PSTM_ACTION_DISCARD, event->worker, event->tile));
    } else {
        t->n_holders--;
        t->state = PSTM_TILE_GRANTED;
        t->granted_to = event->worker;
        PSTM_TRY(pstm_schedule_push(s, PSTM_ACTION_GRANT, event->worker, event->tile));
    }
    return pstm_schedule_serve(s, event->worker, event->now_s);
}

static pstm_status tile_is_written(pstm_scheduler *s, pstm_schedule_tile *t, const pstm_event *event)
{
    if ((t->state != PSTM_TILE_GRANTED && t->state != PSTM_TILE_ABANDONED) || t->granted_to != event->worker)
        return pstm_fail(PSTM_SYSTEM, "scheduler: worker %d wrote tile %" PRId64 " without a grant",
                         event->worker, event->tile);
    PSTM_TRY(pstm_schedule_push(s, PSTM_ACTION_RECORD, event->worker, event->tile));
    if (t->state == PSTM_TILE_GRANTED)
        s->n_out--;
    else
        s->n_abandoned--;
    t->state = PSTM_TILE_RECORDED;
    s->n_recorded++;
    s->cost_recorded += t->work.cost;
    s->longest_tile_s = fmax(s->longest_tile_s, event->now_s - t->given_s);
    PSTM_TRY(pstm_schedule_abort_if_none_is_left(s, event->worker));
    return pstm_schedule_finish_if_done(s);
}

/* ---- events and actions ------------------------------------------------------------------------------ */

static void hear(pstm_scheduler *s, const pstm_event *event)
{
    pstm_schedule_worker *w = &s->workers[event->worker];
    w->heard_s = event->now_s;
    if (w->unresponsive) s->n_unresponsive--;
    w->unresponsive = false;
    if (event->kind != PSTM_EVENT_BEAT || event->tile == w->beat) return;
    w->beat = event->tile;
    w->progressed_s = event->now_s;
}

static pstm_status handle_tile_event(pstm_scheduler *s, const pstm_event *event)
{
    pstm_schedule_tile *t = pstm_schedule_find_tile(s, event->tile);
    if (t == NULL) return pstm_fail(PSTM_SYSTEM, "scheduler: there is no tile %" PRId64, event->tile);
    if (event->kind == PSTM_EVENT_WRITTEN) return tile_is_written(s, t, event);
    return tile_is_asked_for(s, t, event);
}

pstm_status pstm_scheduler_handle(pstm_scheduler *s, const pstm_event *event)
{
    if (event->kind == PSTM_EVENT_STOP) {
        s->stopping = true;
        return pstm_schedule_finish_if_done(s);
    }
    if (event->kind == PSTM_EVENT_TICK) return pstm_schedule_tick(s, event->now_s);
    if (event->worker < 0 || event->worker >= s->n_workers)
        return pstm_fail(PSTM_SYSTEM, "scheduler: there is no worker %d", event->worker);
    hear(s, event);
    switch (event->kind) {
    case PSTM_EVENT_READY:
        s->workers[event->worker].ready = true;
        return pstm_schedule_serve(s, event->worker, event->now_s);
    case PSTM_EVENT_LOST:
        return pstm_schedule_worker_is_lost(s, event);
    case PSTM_EVENT_FAILED:
        return pstm_schedule_end(s, PSTM_ACTION_ABORT, event->worker, event->tile);
    case PSTM_EVENT_BEAT:
        return PSTM_OK;
    default:
        return handle_tile_event(s, event);
    }
}

int pstm_scheduler_next(pstm_scheduler *s, pstm_action *action)
{
    if (s->next_action == s->n_actions) {
        s->next_action = s->n_actions = 0;
        return 0;
    }
    *action = s->actions[s->next_action++];
    return 1;
}

pstm_schedule_state pstm_scheduler_state(const pstm_scheduler *s)
{
    return (pstm_schedule_state){.n_tiles = s->n_tiles,
                                 .n_pending = s->n_pending,
                                 .n_out = s->n_out,
                                 .longest_tile_s = s->longest_tile_s,
                                 .n_recorded = s->n_recorded,
                                 .n_abandoned = s->n_abandoned,
                                 .n_doubled = s->n_doubled,
                                 .n_alive = s->n_alive,
                                 .n_unresponsive = s->n_unresponsive,
                                 .cost = s->cost,
                                 .cost_recorded = s->cost_recorded};
}

int64_t pstm_scheduler_bytes(int64_t n_tiles, int32_t n_workers)
{
    return n_tiles * (int64_t)(sizeof(pstm_schedule_tile) + sizeof(int64_t)) +
           n_workers * (int64_t)(sizeof(pstm_schedule_worker) + 2 * sizeof(pstm_schedule_candidate));
}
