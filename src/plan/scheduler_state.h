/** @file scheduler_state.h
 * The inside of the scheduler (scheduler.h), shared by its sources and for nobody else:
 *
 *   scheduler.c         its making, and what each event does
 *   schedule_lost.c     workers that fail, fall silent or are late
 *   schedule_moves.c    actions, the end, and tiles given to workers
 *   schedule_choice.c   which tile a worker gets, and how many
 *
 * Each calls those below it only.
 *
 * All functions are Local.
 */
#ifndef PSTM_PLAN_SCHEDULER_STATE_H
#define PSTM_PLAN_SCHEDULER_STATE_H

#include <stdbool.h>

#include "core/status.h"
#include "plan/index_set.h"
#include "plan/schedule.h"

/** The life of a tile (scheduler.h). */
typedef enum pstm_tile_state {
    PSTM_TILE_PENDING,
    PSTM_TILE_ASSIGNED,
    PSTM_TILE_GRANTED,
    PSTM_TILE_ABANDONED,
    PSTM_TILE_RECORDED
} pstm_tile_state;

/** A tile and what has become of it. */
typedef struct pstm_schedule_tile {
    pstm_work work;
    pstm_tile_state state;
    int32_t n_holders;  /* workers that are to compute it */
    int32_t granted_to; /* worker, once it is granted */
    int32_t n_failed;
    double given_s;
} pstm_schedule_tile;

/** A worker and what it is at. */
typedef struct pstm_schedule_worker {
    bool ready, lost, unresponsive;
    int32_t n_held;
    int64_t held[PSTM_SCHEDULE_HOLD]; /* indices of tiles without a result, in the order given */
    int64_t last;                     /* index of the last tile given; -1: none */
    int64_t beat;
    double heard_s, progressed_s, started_s; /* of any message; of the count; of held[0] */
    double busy_s, cost_done;
} pstm_schedule_worker;

/** A worker that is likely to end late, or that has nothing to do. */
typedef struct pstm_schedule_candidate {
    int32_t worker;
    double key; /* seconds until it ends, or rate */
} pstm_schedule_candidate;

typedef struct pstm_scheduler {
    pstm_schedule_rules rules;
    pstm_schedule_tile *tiles; /* costliest first */
    int64_t n_tiles, n_pending, n_out, n_recorded, n_abandoned, n_doubled;
    double cost, cost_pending, cost_recorded, busy_s, cost_done, longest_tile_s;
    int64_t *by_number;     /* indices into tiles, rising tile number */
    pstm_index_set pending; /* of tiles */
    pstm_index_set idle;    /* of workers that are ready and hold nothing */
    pstm_schedule_worker *workers;
    pstm_schedule_candidate *late, *free_slots; /* [n_workers], for a tick */
    int32_t n_workers, n_alive, n_unresponsive;
    bool stopping, ended;
    pstm_action *actions; /* a ring would save little: they are taken out after each event */
    int64_t n_actions, next_action, actions_capacity;
} pstm_scheduler;

/* ---- schedule_moves.c ---- */

/** Appends an action. */
PSTM_MUST_CHECK pstm_status pstm_schedule_push(pstm_scheduler *s, pstm_action_kind kind, int32_t to,
                                               int64_t number);

/** Ends the run, once: FINISH or ABORT. */
PSTM_MUST_CHECK pstm_status pstm_schedule_end(pstm_scheduler *s, pstm_action_kind kind,
                                              int32_t worker_at_fault, int64_t number);

/** FINISH when nothing is out and nothing will be handed out. */
PSTM_MUST_CHECK pstm_status pstm_schedule_finish_if_done(pstm_scheduler *s);

/** The tile of this number; NULL: there is none. */
pstm_schedule_tile *pstm_schedule_find_tile(pstm_scheduler *s, int64_t number);

/** Gives a tile, by its index, to a worker; whether it was pending is the caller's business. */
PSTM_MUST_CHECK pstm_status pstm_schedule_assign(pstm_scheduler *s, int32_t to, int64_t i_tile, double now_s);

/** Gives the worker pending tiles while it should have more. */
PSTM_MUST_CHECK pstm_status pstm_schedule_serve(pstm_scheduler *s, int32_t to, double now_s);

/** Gives pending tiles to the idle workers. */
PSTM_MUST_CHECK pstm_status pstm_schedule_serve_idle(pstm_scheduler *s, double now_s);

/* ---- schedule_choice.c ---- */

/** Contributions per second of a worker, of all while it has no result yet; 0: nothing is known. */
double pstm_schedule_rate(const pstm_scheduler *s, const pstm_schedule_worker *w);

/** Seconds that a tile should take the worker; 0: nothing is known. */
double pstm_schedule_expected_s(const pstm_scheduler *s, const pstm_schedule_worker *w,
                                const pstm_schedule_tile *t);

/** Whether the worker should have one more of the pending tiles, of which there is one at least. */
bool pstm_schedule_wants_more(const pstm_scheduler *s, const pstm_schedule_worker *w);

/** The index of the pending tile that the worker should have next. */
int64_t pstm_schedule_choose(const pstm_scheduler *s, const pstm_schedule_worker *to);

/* ---- schedule_lost.c ---- */

/** PSTM_EVENT_LOST. */
PSTM_MUST_CHECK pstm_status pstm_schedule_worker_is_lost(pstm_scheduler *s, const pstm_event *event);

/** PSTM_EVENT_TICK: retires who is silent, and starts the tiles of who is late a second time. */
PSTM_MUST_CHECK pstm_status pstm_schedule_tick(pstm_scheduler *s, double now_s);

/** ABORT when tiles are left and nobody who could do them; `last` is to blame. */
PSTM_MUST_CHECK pstm_status pstm_schedule_abort_if_none_is_left(pstm_scheduler *s, int32_t last);

#endif
