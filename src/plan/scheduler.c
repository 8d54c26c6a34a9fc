#include "plan/scheduler.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "plan/index_set.h"

enum {
    LOOK_AHEAD = 64,
    MOST_FAILURES = 3, /* of one tile on different workers: then it is the tile's fault */
};
static const double NEAR_COST_SHARE = 0.5;
static const double ADVANCE_SHARE = 0.5;
static const double SLOW = 0.8; /* a worker of less than this part of the mean rate gets cheaper tiles */
static const double SILENCE_FACTOR = 10; /* times what a tile should take */
static const double DOUBLE_GAIN = 1.25;  /* a second start must be expected to end this much sooner */

typedef enum tile_state { PENDING, ASSIGNED, GRANTED, ABANDONED, RECORDED } tile_state;

typedef struct tile {
    pstm_work work;
    tile_state state;
    int32_t n_holders;  /* workers that are to compute it */
    int32_t granted_to; /* worker, once it is granted */
    int32_t n_failed;
    double given_s;
} tile;

typedef struct worker {
    bool ready, lost, mute;
    int32_t n_held;
    int64_t held[PSTM_SCHEDULE_HOLD]; /* indices of tiles without a result, in the order given */
    int64_t last;                     /* index of the last tile given; -1: none */
    int64_t beat;
    double heard_s, progressed_s, started_s; /* of any message; of the count; of held[0] */
    double busy_s, cost_done;
} worker;

/* A worker that is likely to end late, or that has nothing to do. */
typedef struct candidate {
    int32_t worker;
    double key; /* seconds until it ends, or rate */
} candidate;

struct pstm_scheduler {
    pstm_schedule_rules rules;
    tile *tiles; /* dearest first */
    int64_t n_tiles, n_pending, n_out, n_recorded, n_abandoned, n_doubled;
    double cost, cost_pending, cost_recorded, busy_s, cost_done, longest_tile_s;
    int64_t *by_number;     /* indices into tiles, rising tile number */
    pstm_index_set pending; /* of tiles */
    pstm_index_set idle;    /* of workers that are ready and hold nothing */
    worker *workers;
    candidate *late, *free_hands; /* [n_workers], for a tick */
    int32_t n_workers, n_alive, n_mute;
    bool stopping, ended;
    pstm_action *actions; /* a ring would save little: they are taken out after each event */
    int64_t n_actions, next_action, actions_capacity;
};

/* ---- making ------------------------------------------------------------------------------------------ */

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

static pstm_status end(pstm_scheduler *s, pstm_action_kind kind, int32_t worker_at_fault, int64_t number)
{
    if (s->ended) return PSTM_OK;
    s->ended = true;
    return push(s, kind, worker_at_fault, number);
}

static pstm_status finish_if_done(pstm_scheduler *s)
{
    if (s->n_out > 0 || (s->n_pending > 0 && !s->stopping)) return PSTM_OK;
    return end(s, PSTM_ACTION_FINISH, -1, -1);
}

static pstm_status create_arrays(pstm_scheduler *s)
{
    PSTM_TRY(PSTM_NEW(&s->tiles, s->n_tiles, "the scheduler's tiles"));
    PSTM_TRY(PSTM_NEW(&s->by_number, s->n_tiles, "the scheduler's tiles"));
    PSTM_TRY(PSTM_NEW(&s->workers, s->n_workers, "the scheduler's workers"));
    PSTM_TRY(PSTM_NEW(&s->late, s->n_workers, "the scheduler's workers"));
    PSTM_TRY(PSTM_NEW(&s->free_hands, s->n_workers, "the scheduler's workers"));
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
        s->tiles[i] = (tile){.work = work[i]};
        s->cost += work[i].cost;
        s->cost_pending += work[i].cost;
        pstm_index_set_add(&s->pending, i);
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
    PSTM_FREE(&s->late);
    PSTM_FREE(&s->free_hands);
    PSTM_FREE(&s->actions);
    pstm_index_set_clear(&s->pending);
    pstm_index_set_clear(&s->idle);
    PSTM_FREE(scheduler);
}

/* ---- handing out ------------------------------------------------------------------------------------- */

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

/* Contributions per second of a worker, of all while it has no result yet; 0: nothing is known. */
static double rate_of(const pstm_scheduler *s, const worker *w)
{
    if (w->busy_s > 0 && w->cost_done > 0) return w->cost_done / w->busy_s;
    return s->busy_s > 0 ? s->cost_done / s->busy_s : 0;
}

/* The first tile, pending or not, that costs no more than this; n_tiles if all do. */
static int64_t first_as_cheap(const pstm_scheduler *s, double cost)
{
    int64_t low = 0, high = s->n_tiles;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (s->tiles[middle].work.cost > cost)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The dearest pending tile; for a worker slower than the mean the dearest that takes it no longer than that
 * tile would take a mean one, so that it does not hold up the end. */
static int64_t dearest_for(const pstm_scheduler *s, const worker *w)
{
    const int64_t dearest = pstm_index_set_next(&s->pending, 0);
    const double slowness = s->cost_done > 0 ? rate_of(s, w) * s->busy_s / s->cost_done : 1;
    if (slowness >= SLOW) return dearest;
    const int64_t fit =
        pstm_index_set_next(&s->pending, first_as_cheap(s, slowness * s->tiles[dearest].work.cost));
    return fit >= 0 ? fit : dearest;
}

/* That tile, or one nearly as dear that is nearest to the worker's last. */
static int64_t choose_tile(const pstm_scheduler *s, const worker *to)
{
    int64_t best = dearest_for(s, to);
    if (to->last < 0) return best;
    const pstm_work *near = &s->tiles[to->last].work;
    const double least_cost = NEAR_COST_SHARE * s->tiles[best].work.cost;
    int64_t i = best;
    for (int looked_at = 0; looked_at < LOOK_AHEAD && i >= 0; looked_at++) {
        if (s->tiles[i].work.cost < least_cost) break;
        if (distance_squared(&s->tiles[i].work, near) < distance_squared(&s->tiles[best].work, near))
            best = i;
        i = pstm_index_set_next(&s->pending, i + 1);
    }
    return best;
}

/* Seconds that a tile should take the worker; 0 when nothing is known. */
static double expected_s(const pstm_scheduler *s, const worker *w, const tile *t)
{
    const double rate = rate_of(s, w);
    return rate > 0 ? t->work.cost / rate : 0;
}

/* How many tiles a worker should hold: two or what lasts hold_s, but at the end only its share. */
static int32_t wanted_tiles(const pstm_scheduler *s, const worker *w)
{
    const tile *next = &s->tiles[pstm_index_set_next(&s->pending, 0)];
    const double tile_s = expected_s(s, w, next);
    const double lasting = tile_s > 0 ? ceil(s->rules.hold_s / tile_s) : 0;
    const double share = 1 + (double)((s->n_pending - 1) / s->n_alive);
    return (int32_t)fmin(fmin(fmax(2, lasting), share), PSTM_SCHEDULE_HOLD);
}

/* Whether one more tile in advance would be more than the worker's share of the work that is left. */
static bool has_its_share(const pstm_scheduler *s, const worker *w)
{
    double cost = s->tiles[pstm_index_set_next(&s->pending, 0)].work.cost;
    for (int32_t h = 0; h < w->n_held; h++)
        cost += s->tiles[w->held[h]].work.cost;
    return w->n_held > 0 && s->n_alive > 1 && cost > ADVANCE_SHARE * s->cost_pending / s->n_alive;
}

static pstm_status assign(pstm_scheduler *s, int32_t to, int64_t i_tile, double now_s)
{
    worker *w = &s->workers[to];
    PSTM_TRY(push(s, PSTM_ACTION_ASSIGN, to, s->tiles[i_tile].work.number));
    if (w->n_held == 0) w->started_s = w->progressed_s = now_s;
    w->held[w->n_held++] = w->last = i_tile;
    s->tiles[i_tile].state = ASSIGNED;
    s->tiles[i_tile].n_holders++;
    s->tiles[i_tile].given_s = now_s;
    pstm_index_set_remove(&s->idle, to);
    return PSTM_OK;
}

/* Gives the worker tiles while it should have more. */
static pstm_status serve(pstm_scheduler *s, int32_t to, double now_s)
{
    worker *w = &s->workers[to];
    if (!w->ready || w->lost) return PSTM_OK;
    while (s->n_pending > 0 && !s->stopping && !s->ended && w->n_held < wanted_tiles(s, w) &&
           !has_its_share(s, w)) {
        const int64_t i = choose_tile(s, w);
        PSTM_TRY(assign(s, to, i, now_s));
        pstm_index_set_remove(&s->pending, i);
        s->n_pending--;
        s->cost_pending -= s->tiles[i].work.cost;
        s->n_out++;
    }
    if (w->n_held == 0) pstm_index_set_add(&s->idle, to);
    return PSTM_OK;
}

static pstm_status serve_idle(pstm_scheduler *s, double now_s)
{
    for (int64_t i = 0; s->n_pending > 0 && !s->stopping && !s->ended; i++) {
        i = pstm_index_set_next(&s->idle, i);
        if (i < 0) return PSTM_OK;
        PSTM_TRY(serve(s, (int32_t)i, now_s));
    }
    return PSTM_OK;
}

/* ---- the life of a tile ------------------------------------------------------------------------------ */

/* Takes the tile out of what the worker holds and learns its rate; false if it does not hold it. */
static bool take_from_held(pstm_scheduler *s, worker *w, const tile *t, double now_s)
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

static pstm_status tile_is_asked_for(pstm_scheduler *s, tile *t, const pstm_event *event)
{
    worker *w = &s->workers[event->worker];
    const bool held = !w->lost && take_from_held(s, w, t, event->now_s);
    if (!held || t->state != ASSIGNED) {
        if (held) t->n_holders--;
        PSTM_TRY(push(s, PSTM_ACTION_DISCARD, event->worker, event->tile));
    } else {
        t->n_holders--;
        t->state = GRANTED;
        t->granted_to = event->worker;
        PSTM_TRY(push(s, PSTM_ACTION_GRANT, event->worker, event->tile));
    }
    return serve(s, event->worker, event->now_s);
}

static pstm_status abort_if_none_is_left(pstm_scheduler *s, int32_t last)
{
    if (s->n_alive > 0 || s->n_out > 0 || s->n_pending == 0 || s->stopping) return PSTM_OK;
    return end(s, PSTM_ACTION_ABORT, last, -1);
}

static pstm_status tile_is_written(pstm_scheduler *s, tile *t, const pstm_event *event)
{
    if ((t->state != GRANTED && t->state != ABANDONED) || t->granted_to != event->worker)
        return pstm_fail(PSTM_SYSTEM, "scheduler: worker %d wrote tile %" PRId64 " without a grant",
                         event->worker, event->tile);
    PSTM_TRY(push(s, PSTM_ACTION_RECORD, event->worker, event->tile));
    if (t->state == GRANTED)
        s->n_out--;
    else
        s->n_abandoned--;
    t->state = RECORDED;
    s->n_recorded++;
    s->cost_recorded += t->work.cost;
    s->longest_tile_s = fmax(s->longest_tile_s, event->now_s - t->given_s);
    PSTM_TRY(abort_if_none_is_left(s, event->worker));
    return finish_if_done(s);
}

/* ---- workers that fail or fall silent ---------------------------------------------------------------- */

/* Gives what the worker has not computed to others. */
static pstm_status lose(pstm_scheduler *s, int32_t who, double now_s)
{
    worker *w = &s->workers[who];
    if (w->lost) return PSTM_OK;
    w->lost = true;
    s->n_alive--;
    pstm_index_set_remove(&s->idle, who);
    for (int32_t h = 0; h < w->n_held; h++) {
        tile *t = &s->tiles[w->held[h]];
        if (--t->n_holders > 0 || t->state != ASSIGNED) continue;
        t->state = PENDING;
        pstm_index_set_add(&s->pending, w->held[h]);
        s->n_pending++;
        s->cost_pending += t->work.cost;
        s->n_out--;
    }
    w->n_held = 0;
    if (s->n_alive > 0) PSTM_TRY(serve_idle(s, now_s));
    PSTM_TRY(abort_if_none_is_left(s, who));
    return finish_if_done(s);
}

static pstm_status worker_is_lost(pstm_scheduler *s, const pstm_event *event)
{
    tile *t = find_tile(s, event->tile);
    if (t != NULL && ++t->n_failed == MOST_FAILURES)
        return end(s, PSTM_ACTION_ABORT, event->worker, event->tile);
    return lose(s, event->worker, event->now_s);
}

/* What a mute worker was granted may be half written, and nobody else may write it: leave it to a later run.
 * This is rare, so the tiles are looked through. */
static void abandon_granted(pstm_scheduler *s, int32_t who)
{
    for (int64_t i = 0; i < s->n_tiles; i++) {
        tile *t = &s->tiles[i];
        if (t->state != GRANTED || t->granted_to != who) continue;
        t->state = ABANDONED;
        s->n_out--;
        s->n_abandoned++;
        s->stopping = true;
    }
}

static pstm_status look_after(pstm_scheduler *s, int32_t who, double now_s)
{
    worker *w = &s->workers[who];
    if (!w->ready || w->mute) return PSTM_OK;
    double allowed_s = s->rules.silence_s;
    if (w->n_held > 0) allowed_s = fmax(allowed_s, SILENCE_FACTOR * expected_s(s, w, &s->tiles[w->held[0]]));
    const bool mute = now_s - w->heard_s > allowed_s;
    if (!mute && (w->n_held == 0 || now_s - w->progressed_s <= allowed_s)) return PSTM_OK;
    const int64_t at = w->n_held > 0 ? s->tiles[w->held[0]].work.number : -1;
    PSTM_TRY(push(s, PSTM_ACTION_RETIRE, who, at));
    if (mute) {
        w->mute = true;
        s->n_mute++;
        abandon_granted(s, who);
    }
    PSTM_TRY(lose(s, who, now_s));
    return finish_if_done(s);
}

/* The last of the worker's tiles that nobody else has; -1: none. */
static int32_t last_of_its_own(const pstm_scheduler *s, const worker *w)
{
    int32_t h = w->n_held - 1;
    while (h >= 0 && (s->tiles[w->held[h]].n_holders > 1 || s->tiles[w->held[h]].state != ASSIGNED))
        h--;
    return h;
}

/* Seconds until the worker should be through with its tiles up to this one. One that is overdue is believed
 * to need as long again as it is late. */
static double time_left_s(const pstm_scheduler *s, const worker *w, int32_t place, double now_s)
{
    double left_s = fabs(expected_s(s, w, &s->tiles[w->held[0]]) - (now_s - w->started_s));
    for (int32_t h = 1; h <= place; h++)
        left_s += expected_s(s, w, &s->tiles[w->held[h]]);
    return left_s;
}

static int by_falling_key(const void *a, const void *b)
{
    const candidate *p = a, *q = b;
    if (p->key != q->key) return p->key > q->key ? -1 : 1;
    return (p->worker > q->worker) - (p->worker < q->worker);
}

/* When nothing is pending: the last tiles of the latest workers are started again by the fastest idle ones,
 * where these should be through sooner. */
static pstm_status double_stragglers(pstm_scheduler *s, double now_s)
{
    if (s->n_pending > 0 || s->stopping || s->ended || pstm_index_set_next(&s->idle, 0) < 0) return PSTM_OK;
    size_t n_late = 0, n_free = 0;
    for (int32_t i = 0; i < s->n_workers; i++) {
        const worker *w = &s->workers[i];
        if (!w->ready || w->lost) continue;
        const int32_t last = last_of_its_own(s, w);
        if (w->n_held == 0)
            s->free_hands[n_free++] = (candidate){i, rate_of(s, w)};
        else if (last >= 0)
            s->late[n_late++] = (candidate){i, time_left_s(s, w, last, now_s)};
    }
    qsort(s->late, n_late, sizeof *s->late, by_falling_key);
    qsort(s->free_hands, n_free, sizeof *s->free_hands, by_falling_key);
    for (size_t i = 0; i < n_late && i < n_free; i++) {
        const worker *late = &s->workers[s->late[i].worker];
        const int64_t i_tile = late->held[last_of_its_own(s, late)];
        const double again_s = expected_s(s, &s->workers[s->free_hands[i].worker], &s->tiles[i_tile]);
        if (!(again_s > 0) || s->late[i].key <= DOUBLE_GAIN * again_s) continue;
        PSTM_TRY(assign(s, s->free_hands[i].worker, i_tile, now_s));
        s->n_doubled++;
    }
    return PSTM_OK;
}

static pstm_status tick(pstm_scheduler *s, double now_s)
{
    for (int32_t w = 0; w < s->n_workers && !s->ended; w++)
        PSTM_TRY(look_after(s, w, now_s));
    return double_stragglers(s, now_s);
}

/* ---- events and actions ------------------------------------------------------------------------------ */

static void hear(pstm_scheduler *s, const pstm_event *event)
{
    worker *w = &s->workers[event->worker];
    w->heard_s = event->now_s;
    if (w->mute) s->n_mute--;
    w->mute = false;
    if (event->kind != PSTM_EVENT_BEAT || event->tile == w->beat) return;
    w->beat = event->tile;
    w->progressed_s = event->now_s;
}

static pstm_status handle_tile_event(pstm_scheduler *s, const pstm_event *event)
{
    tile *t = find_tile(s, event->tile);
    if (t == NULL) return pstm_fail(PSTM_SYSTEM, "scheduler: there is no tile %" PRId64, event->tile);
    if (event->kind == PSTM_EVENT_WRITTEN) return tile_is_written(s, t, event);
    return tile_is_asked_for(s, t, event);
}

pstm_status pstm_scheduler_handle(pstm_scheduler *s, const pstm_event *event)
{
    if (event->kind == PSTM_EVENT_STOP) {
        s->stopping = true;
        return finish_if_done(s);
    }
    if (event->kind == PSTM_EVENT_TICK) return tick(s, event->now_s);
    if (event->worker < 0 || event->worker >= s->n_workers)
        return pstm_fail(PSTM_SYSTEM, "scheduler: there is no worker %d", event->worker);
    hear(s, event);
    switch (event->kind) {
    case PSTM_EVENT_READY:
        s->workers[event->worker].ready = true;
        return serve(s, event->worker, event->now_s);
    case PSTM_EVENT_LOST:
        return worker_is_lost(s, event);
    case PSTM_EVENT_FAILED:
        return end(s, PSTM_ACTION_ABORT, event->worker, event->tile);
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
                                 .n_mute = s->n_mute,
                                 .cost = s->cost,
                                 .cost_recorded = s->cost_recorded};
}

int64_t pstm_scheduler_bytes(int64_t n_tiles, int32_t n_workers)
{
    return n_tiles * (int64_t)(sizeof(tile) + sizeof(int64_t)) +
           n_workers * (int64_t)(sizeof(worker) + 2 * sizeof(candidate));
}
