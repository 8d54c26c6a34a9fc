/* Workers that fail, fall silent or are late. */
#include <math.h>
#include <stdlib.h>

#include "plan/scheduler_state.h"

enum { MOST_FAILURES = 3 /* of one tile on different workers: then it is the tile's fault */ };
static const double SILENCE_FACTOR = 10; /* times what a tile should take */
static const double DOUBLE_GAIN = 1.25;  /* a second start must be expected to end this much sooner */

/* ---- lost and silent --------------------------------------------------------------------------------- */

pstm_status pstm_schedule_abort_if_none_is_left(pstm_scheduler *s, int32_t last)
{
    if (s->n_alive > 0 || s->n_out > 0 || s->n_pending == 0 || s->stopping) return PSTM_OK;
    return pstm_schedule_end(s, PSTM_ACTION_ABORT, last, -1);
}

/* Gives what the worker has not computed to others. */
static pstm_status lose(pstm_scheduler *s, int32_t who, double now_s)
{
    pstm_schedule_worker *w = &s->workers[who];
    if (w->lost) return PSTM_OK;
    w->lost = true;
    s->n_alive--;
    pstm_index_set_remove(&s->idle, who);
    for (int32_t h = 0; h < w->n_held; h++) {
        pstm_schedule_tile *t = &s->tiles[w->held[h]];
        if (--t->n_holders > 0 || t->state != PSTM_TILE_ASSIGNED) continue;
        t->state = PSTM_TILE_PENDING;
        pstm_index_set_add(&s->pending, w->held[h]);
        s->n_pending++;
        s->cost_pending += t->work.cost;
        s->n_out--;
    }
    w->n_held = 0;
    if (s->n_alive > 0) PSTM_TRY(pstm_schedule_serve_idle(s, now_s));
    PSTM_TRY(pstm_schedule_abort_if_none_is_left(s, who));
    return pstm_schedule_finish_if_done(s);
}

pstm_status pstm_schedule_worker_is_lost(pstm_scheduler *s, const pstm_event *event)
{
    pstm_schedule_tile *t = pstm_schedule_find_tile(s, event->tile);
    if (t != NULL && ++t->n_failed == MOST_FAILURES)
        return pstm_schedule_end(s, PSTM_ACTION_ABORT, event->worker, event->tile);
    return lose(s, event->worker, event->now_s);
}

/* What an unresponsive worker was granted may be half written, and nobody else may write it: leave it to a
 * later run. This is rare, so the tiles are looked through. */
static void abandon_granted(pstm_scheduler *s, int32_t who)
{
    for (int64_t i = 0; i < s->n_tiles; i++) {
        pstm_schedule_tile *t = &s->tiles[i];
        if (t->state != PSTM_TILE_GRANTED || t->granted_to != who) continue;
        t->state = PSTM_TILE_ABANDONED;
        s->n_out--;
        s->n_abandoned++;
        s->stopping = true;
    }
}

static pstm_status look_after(pstm_scheduler *s, int32_t who, double now_s)
{
    pstm_schedule_worker *w = &s->workers[who];
    if (!w->ready || w->unresponsive) return PSTM_OK;
    double allowed_s = s->rules.silence_s;
    if (w->n_held > 0)
        allowed_s = fmax(allowed_s, SILENCE_FACTOR * pstm_schedule_expected_s(s, w, &s->tiles[w->held[0]]));
    const bool unresponsive = now_s - w->heard_s > allowed_s;
    if (!unresponsive && (w->n_held == 0 || now_s - w->progressed_s <= allowed_s)) return PSTM_OK;
    const int64_t at = w->n_held > 0 ? s->tiles[w->held[0]].work.number : -1;
    PSTM_TRY(pstm_schedule_push(s, PSTM_ACTION_RETIRE, who, at));
    if (unresponsive) {
        w->unresponsive = true;
        s->n_unresponsive++;
        abandon_granted(s, who);
    }
    PSTM_TRY(lose(s, who, now_s));
    return pstm_schedule_finish_if_done(s);
}

/* ---- late -------------------------------------------------------------------------------------------- */

/* The last of the worker's tiles that nobody else has; -1: none. */
static int32_t last_of_its_own(const pstm_scheduler *s, const pstm_schedule_worker *w)
{
    int32_t h = w->n_held - 1;
    while (h >= 0 && (s->tiles[w->held[h]].n_holders > 1 || s->tiles[w->held[h]].state != PSTM_TILE_ASSIGNED))
        h--;
    return h;
}

/* Seconds until the worker should be through with its tiles up to this one. One that is overdue is believed
 * to need as long again as it is late. */
static double time_left_s(const pstm_scheduler *s, const pstm_schedule_worker *w, int32_t place, double now_s)
{
    double left_s = fabs(pstm_schedule_expected_s(s, w, &s->tiles[w->held[0]]) - (now_s - w->started_s));
    for (int32_t h = 1; h <= place; h++)
        left_s += pstm_schedule_expected_s(s, w, &s->tiles[w->held[h]]);
    return left_s;
}

static int by_falling_key(const void *a, const void *b)
{
    const pstm_schedule_candidate *p = a, *q = b;
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
        const pstm_schedule_worker *w = &s->workers[i];
        if (!w->ready || w->lost) continue;
        const int32_t last = last_of_its_own(s, w);
        if (w->n_held == 0)
            s->free_slots[n_free++] = (pstm_schedule_candidate){i, pstm_schedule_rate(s, w)};
        else if (last >= 0)
            s->late[n_late++] = (pstm_schedule_candidate){i, time_left_s(s, w, last, now_s)};
    }
    qsort(s->late, n_late, sizeof *s->late, by_falling_key);
    qsort(s->free_slots, n_free, sizeof *s->free_slots, by_falling_key);
    for (size_t i = 0; i < n_late && i < n_free; i++) {
        const pstm_schedule_worker *late = &s->workers[s->late[i].worker];
        const int64_t i_tile = late->held[last_of_its_own(s, late)];
        const double again_s =
            pstm_schedule_expected_s(s, &s->workers[s->free_slots[i].worker], &s->tiles[i_tile]);
        if (!(again_s > 0) || s->late[i].key <= DOUBLE_GAIN * again_s) continue;
        PSTM_TRY(pstm_schedule_assign(s, s->free_slots[i].worker, i_tile, now_s));
        s->n_doubled++;
    }
    return PSTM_OK;
}

pstm_status pstm_schedule_tick(pstm_scheduler *s, double now_s)
{
    for (int32_t w = 0; w < s->n_workers && !s->ended; w++)
        PSTM_TRY(look_after(s, w, now_s));
    return double_stragglers(s, now_s);
}
