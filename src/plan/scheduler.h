/** @file scheduler.h
 * Who migrates which tile when: a pure state machine. Events go in, actions come out; it sends nothing,
 * reads no clock and knows no MPI, so that rank 0, the unit tests and a simulator drive the same code.
 *
 * The life of a tile:   pending -> assigned -> granted -> recorded
 *
 *   worker is ready            -> ASSIGN a tile (or nothing yet: the worker is remembered)
 *   worker asks to write       -> GRANT, once for each tile; a second asker gets DISCARD
 *   worker has written         -> RECORD (the tile is on disk and synced)
 *   a tile failed              -> ABORT: the job ends everywhere with that worker's message
 *   stop is wanted             -> no tile is assigned any more; those that are out are finished
 *   nothing is out or pending  -> FINISH, once
 *
 * Order: dearest first; among the dearest LOOK_AHEAD pending tiles that cost at least half of the dearest,
 * the one nearest to the worker's last tile. A worker that holds an uncomputed tile gets another one in
 * advance only while more tiles are pending than there are workers, so that the end of the run is even.
 *
 * All functions are Local; a scheduler is used by one thread.
 */
#ifndef PSTM_PLAN_SCHEDULER_H
#define PSTM_PLAN_SCHEDULER_H

#include <stdint.h>

#include "core/status.h"

typedef struct pstm_scheduler pstm_scheduler;

/** A tile to be migrated. */
typedef struct pstm_work {
    int64_t number;                  /**< the tile's number in the tiling */
    int32_t at_inline, at_crossline; /**< its place among the tiles, for nearness */
    double cost;                     /**< predicted contributions, >= 0 */
} pstm_work;

typedef enum pstm_event_kind {
    PSTM_EVENT_READY,   /**< the worker can take one more tile */
    PSTM_EVENT_ASKS,    /**< the worker has computed the tile and asks to write it */
    PSTM_EVENT_WRITTEN, /**< the worker has written and synced the tile */
    PSTM_EVENT_FAILED,  /**< the worker cannot go on */
    PSTM_EVENT_STOP,    /**< stop in good order (a signal, the time limit) */
} pstm_event_kind;

typedef struct pstm_event {
    pstm_event_kind kind;
    int32_t worker;
    int64_t tile; /**< number, for ASKS and WRITTEN */
} pstm_event;

typedef enum pstm_action_kind {
    PSTM_ACTION_ASSIGN,  /**< to the worker: migrate the tile */
    PSTM_ACTION_GRANT,   /**< to the worker: write the tile */
    PSTM_ACTION_DISCARD, /**< to the worker: throw the tile's result away */
    PSTM_ACTION_RECORD,  /**< to the journal: the tile is done */
    PSTM_ACTION_FINISH,  /**< to all: no work is left, or stopped and nothing is out */
    PSTM_ACTION_ABORT,   /**< to all: end with the worker's error */
} pstm_action_kind;

typedef struct pstm_action {
    pstm_action_kind kind;
    int32_t worker;
    int64_t tile; /**< number */
} pstm_action;

/** How far a scheduler is. */
typedef struct pstm_schedule_state {
    int64_t n_tiles, n_pending, n_recorded;
    double cost, cost_recorded;
} pstm_schedule_state;

/**
 * Makes a scheduler of n_work tiles (copied) for n_workers workers; *out is the caller's.
 * PSTM_SYSTEM when memory is short or a tile number comes twice.
 */
PSTM_MUST_CHECK pstm_status pstm_scheduler_create(const pstm_work *work, int64_t n_work, int32_t n_workers,
                                                  pstm_scheduler **out);

/** Frees *scheduler and sets it to NULL; NULL-safe. */
void pstm_scheduler_destroy(pstm_scheduler **scheduler);

/**
 * Takes an event. PSTM_SYSTEM for one that cannot be (an unknown worker or tile, a tile written that was
 * not granted to this worker): a defect of the caller, the state is unchanged.
 */
PSTM_MUST_CHECK pstm_status pstm_scheduler_handle(pstm_scheduler *scheduler, const pstm_event *event);

/** Takes the next action out; 0 when there is none. */
int pstm_scheduler_next(pstm_scheduler *scheduler, pstm_action *action);

/** How far it is. */
pstm_schedule_state pstm_scheduler_state(const pstm_scheduler *scheduler);

#endif
