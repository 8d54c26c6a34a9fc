#include "plan/scheduler.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"

enum { LOOK_AHEAD = 64 };
static const double NEAR_COST_SHARE = 0.5;

typedef enum tile_state { PENDING, ASSIGNED, GRANTED, RECORDED } tile_state;

typedef struct tile {
    pstm_work work;
    tile_state state;
    int32_t worker; /* that it is assigned or granted to */
} tile;

typedef struct worker {
    int32_t n_ready;     /* tiles it could take and has not been given */
    int32_t n_computing; /* tiles assigned and not yet asked for */
    int64_t last;        /* index of the last tile given; -1: none */
} worker;

struct pstm_scheduler {
    tile *tiles; /* dearest first */
    int64_t n_tiles, first_pending, n_pending, n_out, n_recorded;
    double cost, cost_recorded;
    int64_t *by_number; /* indices into tiles, rising tile number */
    worker *workers;
    int32_t n_workers;
    bool stopping, ended;
    pstm_action *actions; /* a ring would save little: they are taken out after each event */
    int64_t n_actions, next_action, actions_capacity;
};

static int by_cost_then_number(const void *a, const void *b)
{
    const pstm_work *p = &((const tile *)a)->work, *q = &((const tile *)b)->work;
    if (p->cost != q->cost) return p->cost > q->cost ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

static int by_tile_number(const void *a, const void *b, void *tiles)
{
    const tile *t = tiles;
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

static pstm_status push(pstm_scheduler *s, pstm_action_kind kind, int32_t to, int64_t number)
{
    PSTM_TRY(PSTM_GROW(&s->actions, &s->actions_capacity, s->n_actions + 1, "scheduler actions"));
    s->actions[s->n_actions++] = (pstm_action){.kind = kind, .worker = to, .tile = number};
    return PSTM_OK;
}

static pstm_status finish_if_done(pstm_scheduler *s)
{
    if (s->ended || s->n_out > 0 || (s->n_pending > 0 && !s->stopping)) return PSTM_OK;
    s->ended = true;
    return push(s, PSTM_ACTION_FINISH, -1, -1);
}

pstm_status pstm_scheduler_create(const pstm_work *work, int64_t n_work, int32_t n_workers,
                                  pstm_scheduler **out)
{
    pstm_scheduler *s = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&s, 1, "the scheduler"));
    s->n_tiles = s->n_pending = n_work;
    s->n_workers = n_workers;
    PSTM_GO(PSTM_NEW(&s->tiles, n_work, "the scheduler's tiles"));
    PSTM_GO(PSTM_NEW(&s->by_number, n_work, "the scheduler's tiles"));
    PSTM_GO(PSTM_NEW(&s->workers, n_workers, "the scheduler's workers"));
    for (int64_t i = 0; i < n_work; i++) {
        s->tiles[i] = (tile){.work = work[i], .worker = -1};
        s->cost += work[i].cost;
    }
    for (int32_t w = 0; w < n_workers; w++)
        s->workers[w].last = -1;
    qsort(s->tiles, (size_t)n_work, sizeof *s->tiles, by_cost_then_number);
    PSTM_GO(index_by_number(s));
    PSTM_GO(finish_if_done(s));
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
    PSTM_FREE(&s->actions);
    PSTM_FREE(scheduler);
}

static tile *find_tile(pstm_scheduler *s, int64_t number)
{
    int64_t low = 0, high = s->n_tiles;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        tile *t = &s->tiles[s->by_number[middle]];
        if (t->work.number == number) return t;
        if (t->work.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static double distance_squared(const pstm_work *a, const pstm_work *b)
{
    const double di = a->at_inline - b->at_inline, dj = a->at_crossline - b->at_crossline;
    return di * di + dj * dj;
}

/* The dearest pending tile, or one nearly as dear that is nearest to the worker's last. */
static int64_t choose_tile(pstm_scheduler *s, const worker *to)
{
    while (s->tiles[s->first_pending].state != PENDING)
        s->first_pending++;
    int64_t best = s->first_pending;
    if (to->last < 0) return best;
    const pstm_work *near = &s->tiles[to->last].work;
    const double least_cost = NEAR_COST_SHARE * s->tiles[best].work.cost;
    int looked_at = 0;
    for (int64_t i = best; i < s->n_tiles && looked_at < LOOK_AHEAD; i++) {
        if (s->tiles[i].state != PENDING) continue;
        if (s->tiles[i].work.cost < least_cost) break;
        looked_at++;
        if (distance_squared(&s->tiles[i].work, near) < distance_squared(&s->tiles[best].work, near))
            best = i;
    }
    return best;
}

/* Gives the worker tiles while it can take some and should have them. */
static pstm_status serve(pstm_scheduler *s, int32_t to)
{
    worker *w = &s->workers[to];
    while (w->n_ready > 0 && s->n_pending > 0 && !s->stopping && !s->ended &&
           (w->n_computing == 0 || s->n_pending > s->n_workers)) {
        const int64_t i = choose_tile(s, w);
        PSTM_TRY(push(s, PSTM_ACTION_ASSIGN, to, s->tiles[i].work.number));
        s->tiles[i].state = ASSIGNED;
        s->tiles[i].worker = to;
        w->last = i;
        w->n_ready--;
        w->n_computing++;
        s->n_pending--;
        s->n_out++;
    }
    return PSTM_OK;
}

static pstm_status tile_is_asked_for(pstm_scheduler *s, tile *t, const pstm_event *event)
{
    if (t->state != ASSIGNED || t->worker != event->worker)
        return push(s, PSTM_ACTION_DISCARD, event->worker, event->tile);
    PSTM_TRY(push(s, PSTM_ACTION_GRANT, event->worker, event->tile));
    t->state = GRANTED;
    s->workers[event->worker].n_computing--;
    return serve(s, event->worker);
}

static pstm_status tile_is_written(pstm_scheduler *s, tile *t, const pstm_event *event)
{
    if (t->state != GRANTED || t->worker != event->worker)
        return pstm_fail(PSTM_SYSTEM, "scheduler: worker %d wrote tile %" PRId64 " without a grant",
                         event->worker, event->tile);
    PSTM_TRY(push(s, PSTM_ACTION_RECORD, event->worker, event->tile));
    t->state = RECORDED;
    s->n_out--;
    s->n_recorded++;
    s->cost_recorded += t->work.cost;
    return finish_if_done(s);
}

pstm_status pstm_scheduler_handle(pstm_scheduler *s, const pstm_event *event)
{
    if (event->kind == PSTM_EVENT_STOP) {
        s->stopping = true;
        return finish_if_done(s);
    }
    if (event->worker < 0 || event->worker >= s->n_workers)
        return pstm_fail(PSTM_SYSTEM, "scheduler: there is no worker %d", event->worker);
    if (event->kind == PSTM_EVENT_READY) {
        s->workers[event->worker].n_ready++;
        return serve(s, event->worker);
    }
    if (event->kind == PSTM_EVENT_FAILED) {
        if (s->ended) return PSTM_OK;
        s->ended = true;
        return push(s, PSTM_ACTION_ABORT, event->worker, event->tile);
    }
    tile *t = find_tile(s, event->tile);
    if (t == NULL) return pstm_fail(PSTM_SYSTEM, "scheduler: there is no tile %" PRId64, event->tile);
    return event->kind == PSTM_EVENT_ASKS ? tile_is_asked_for(s, t, event) : tile_is_written(s, t, event);
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
                                 .n_recorded = s->n_recorded,
                                 .cost = s->cost,
                                 .cost_recorded = s->cost_recorded};
}
