/** @file schedule.h
 * The words between the scheduler (scheduler.h) and who drives it: tiles to be migrated, rules, events and
 * actions.
 */
#ifndef PSTM_PLAN_SCHEDULE_H
#define PSTM_PLAN_SCHEDULE_H

#include <stdint.h>

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

#endif
