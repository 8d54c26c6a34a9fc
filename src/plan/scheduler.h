/** @file scheduler.h
 * Who migrates which tile when: a pure state machine. Events go in, actions come out; it sends nothing,
 * reads no clock (events carry the time) and knows no MPI, so that rank 0, the unit tests and the simulator
 * (plan/simulate.h) drive the same code. An event costs O(log n), PSTM_EVENT_TICK O(workers).
 *
 * The life of a tile:   pending -> assigned -> granted -> recorded
 *
 *   worker is ready              -> ASSIGN tiles to it, now and after each tile that it has computed
 *   worker asks to write         -> GRANT, once for each tile; a second asker gets DISCARD
 *   worker has written           -> RECORD (the tile is on disk and synced)
 *   worker is lost               -> RETIRE: others get what it has not computed, later results are discarded
 *   worker is silent             -> the same; a tile that it may be writing cannot be given away: stop
 *   worker is late (a straggler) -> ASSIGN its tile to an idle worker too: the first to ask writes
 *   worker failed for good       -> ABORT: the job ends everywhere with that worker's message
 *   stop is wanted               -> no tile is assigned any more; those that are out are finished
 *   nothing is out or pending    -> FINISH, once
 *
 * Order: costliest first; among the costliest LOOK_AHEAD pending tiles that cost at least half of the
 * costliest, the one nearest to the worker's last tile, but for the last four of each worker. A worker holds
 * two tiles, or, if tiles take it less than `hold_s`, as many as last that long, but never more than half its
 * share of what is pending, so that the end of the run is even; one slower than the mean gets cheaper tiles
 * (docs/decisions/0005-scheduling.md).
 *
 * All functions are Local; a scheduler is used by one thread.
 */
#ifndef PSTM_PLAN_SCHEDULER_H
#define PSTM_PLAN_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef struct pstm_scheduler pstm_scheduler;

enum { PSTM_SCHEDULE_HOLD = 16 /**< tiles that a worker may hold without a result */ };

/** A tile to be migrated. */
typedef struct pstm_work {
    int64_t number;                  /**< the tile's number in the tiling */
    int32_t at_inline, at_crossline; /**< its place among the tiles, for nearness */
    int32_t n_inline, n_crossline;   /**< tiles that are done together (plan/groups.h); 0 as 1 */
    double cost;                     /**< predicted contributions, >= 0 */
} pstm_work;

/** Times that the scheduler keeps. */
typedef struct pstm_schedule_rules {
    /** A worker is silent when it has shown no progress for this long, or for ten times what its tile should
     * take by its measured rate, whichever is longer. */
    double silence_s;
    double hold_s; /**< a worker of small tiles holds as many as last this long, PSTM_SCHEDULE_HOLD at most */
} pstm_schedule_rules;

static const pstm_schedule_rules PSTM_SCHEDULE_RULES = {.silence_s = 600, .hold_s = 0.25};

typedef enum pstm_event_kind {
    PSTM_EVENT_READY,   /**< the worker has started and takes tiles */
    PSTM_EVENT_ASKS,    /**< the worker has computed the tile and asks to write it */
    PSTM_EVENT_WRITTEN, /**< the worker has written and synced the tile */
    PSTM_EVENT_BEAT,    /**< the worker lives; `tile` is a count that grows while it computes */
    PSTM_EVENT_LOST,   /**< the worker computes no more, but writes what it was granted; `tile`: it failed at,
                            or -1. Also for a worker that never was one */
    PSTM_EVENT_FAILED, /**< the worker met an error that others would meet too */
    PSTM_EVENT_STOP,   /**< stop in good order (a signal, the time limit) */
    PSTM_EVENT_TICK,   /**< time goes by; about once a second */
} pstm_event_kind;

typedef struct pstm_event {
    pstm_event_kind kind;
    int32_t worker;
    int64_t tile; /**< number, for ASKS, WRITTEN and LOST */
    double now_s; /**< on any clock that does not go back */
} pstm_event;

typedef enum pstm_action_kind {
    PSTM_ACTION_ASSIGN,  /**< to the worker: migrate the tile */
    PSTM_ACTION_GRANT,   /**< to the worker: write the tile */
    PSTM_ACTION_DISCARD, /**< to the worker: throw the tile's result away */
    PSTM_ACTION_RECORD,  /**< to the journal: the tile is done */
    PSTM_ACTION_RETIRE,  /**< to the log: the worker fell silent at the tile (-1: none) and is left out */
    PSTM_ACTION_FINISH,  /**< to all: no work is left, or stopped and nothing is out */
    PSTM_ACTION_ABORT,   /**< to all: end with this worker's error */
} pstm_action_kind;

typedef struct pstm_action {
    pstm_action_kind kind;
    int32_t worker;
    int64_t tile; /**< number */
} pstm_action;

/** How far a scheduler is. */
typedef struct pstm_schedule_state {
    int64_t n_tiles, n_pending, n_out, n_recorded; /**< out: given and not yet recorded */
    double longest_tile_s;                         /**< from handing a tile out to its record */
    int64_t n_abandoned; /**< granted to a worker that fell silent: perhaps half written, for a later run */
    int64_t n_doubled;   /**< assigned a second time because of a straggler */
    int32_t n_alive;     /**< workers that are not lost */
    int32_t n_unresponsive; /**< workers that answer nothing at all; they cannot take part in the end */
    double cost, cost_recorded;
} pstm_schedule_state;

/**
 * Makes a scheduler of n_work tiles (copied) for n_workers workers; *out is the caller's.
 * PSTM_SYSTEM when memory is short or a tile number comes twice.
 */
PSTM_MUST_CHECK pstm_status pstm_scheduler_create(const pstm_work *work, int64_t n_work, int32_t n_workers,
                                                  const pstm_schedule_rules *rules, pstm_scheduler **out);

/** Frees *scheduler and sets it to NULL; NULL-safe. */
void pstm_scheduler_destroy(pstm_scheduler **scheduler);

/**
 * Takes an event. PSTM_SYSTEM for one that cannot be (an unknown worker or tile, a tile written that was
 * not granted to this worker): a defect of the caller, the state is unchanged.
 */
PSTM_MUST_CHECK pstm_status pstm_scheduler_handle(pstm_scheduler *scheduler, const pstm_event *event);

/** Takes the next action out; 0 when there is none. */
int pstm_scheduler_next(pstm_scheduler *scheduler, pstm_action *action);

/** Bytes of a scheduler of so many tiles and workers. */
int64_t pstm_scheduler_bytes(int64_t n_tiles, int32_t n_workers);

/** How far it is. */
pstm_schedule_state pstm_scheduler_state(const pstm_scheduler *scheduler);

#endif
