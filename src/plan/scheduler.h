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

#include <stdint.h>

#include "core/status.h"
#include "plan/schedule.h"

typedef struct pstm_scheduler pstm_scheduler;

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
