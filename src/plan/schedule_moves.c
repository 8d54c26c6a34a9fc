/* The moves of which the scheduler's answers are made: actions, the end, and tiles given to workers. */
#include "core/memory.h"
#include "plan/scheduler_state.h"

pstm_status pstm_schedule_push(pstm_scheduler *s, pstm_action_kind kind, int32_t to, int64_t number)
{
    PSTM_TRY(PSTM_GROW(&s->actions, &s->actions_capacity, s->n_actions + 1, "scheduler actions"));
    s->actions[s->n_actions++] = (pstm_action){.kind = kind, .worker = to, .tile = number};
    return PSTM_OK;
}

pstm_status pstm_schedule_end(pstm_scheduler *s, pstm_action_kind kind, int32_t worker_at_fault,
                              int64_t number)
{
    if (s->ended) return PSTM_OK;
    s->ended = true;
    return pstm_schedule_push(s, kind, worker_at_fault, number);
}

pstm_status pstm_schedule_finish_if_done(pstm_scheduler *s)
{
    if (s->n_out > 0 || (s->n_pending > 0 && !s->stopping)) return PSTM_OK;
    return pstm_schedule_end(s, PSTM_ACTION_FINISH, -1, -1);
}

pstm_schedule_tile *pstm_schedule_find_tile(pstm_scheduler *s, int64_t number)
{
    int64_t low = 0, high = s->n_tiles;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        pstm_schedule_tile *t = &s->tiles[s->by_number[middle]];
        if (t->work.number == number) return t;
        if (t->work.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

pstm_status pstm_schedule_assign(pstm_scheduler *s, int32_t to, int64_t i_tile, double now_s)
{
    pstm_schedule_worker *w = &s->workers[to];
    PSTM_TRY(pstm_schedule_push(s, PSTM_ACTION_ASSIGN, to, s->tiles[i_tile].work.number));
    if (w->n_held == 0) w->started_s = w->progressed_s = now_s;
    w->held[w->n_held++] = w->last = i_tile;
    s->tiles[i_tile].state = PSTM_TILE_ASSIGNED;
    s->tiles[i_tile].n_holders++;
    s->tiles[i_tile].given_s = now_s;
    pstm_index_set_remove(&s->idle, to);
    return PSTM_OK;
}

pstm_status pstm_schedule_serve(pstm_scheduler *s, int32_t to, double now_s)
{
    pstm_schedule_worker *w = &s->workers[to];
    if (!w->ready || w->lost) return PSTM_OK;
    while (s->n_pending > 0 && !s->stopping && !s->ended && pstm_schedule_wants_more(s, w)) {
        const int64_t i = pstm_schedule_choose(s, w);
        PSTM_TRY(pstm_schedule_assign(s, to, i, now_s));
        pstm_index_set_remove(&s->pending, i);
        s->n_pending--;
        s->cost_pending -= s->tiles[i].work.cost;
        s->n_out++;
    }
    if (w->n_held == 0) pstm_index_set_add(&s->idle, to);
    return PSTM_OK;
}

pstm_status pstm_schedule_serve_idle(pstm_scheduler *s, double now_s)
{
    for (int64_t i = 0; s->n_pending > 0 && !s->stopping && !s->ended; i++) {
        i = pstm_index_set_next(&s->idle, i);
        if (i < 0) return PSTM_OK;
        PSTM_TRY(pstm_schedule_serve(s, (int32_t)i, now_s));
    }
    return PSTM_OK;
}
