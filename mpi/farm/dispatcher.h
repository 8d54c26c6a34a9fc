/** @file dispatcher.h
 * Rank 0's side of the run: feeds the scheduler with the workers' messages and carries its actions out.
 * Used by rank 0's main thread only; all functions are Local.
 */
#ifndef PSTM_MPI_FARM_DISPATCHER_H
#define PSTM_MPI_FARM_DISPATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "io/journal.h"
#include "mpi/farm/mailbox.h"
#include "mpi/farm/time_limit.h"
#include "plan/scheduler.h"
#include "profile/profile.h"
#include "profile/progress.h"

typedef struct pstm_dispatcher pstm_dispatcher;

/** What a dispatcher works with; all borrowed until it is destroyed. */
typedef struct pstm_dispatcher_plan {
    pstm_mailbox *mailbox;
    pstm_journal *journal;
    pstm_progress *progress; /**< NULL: none */
    const pstm_work *work;   /**< groups of tiles to do, ascending by number */
    int64_t n_work;
    int32_t n_ranks;
    const int32_t *n_workers; /**< [n_ranks]; a rank without any only dispatches */
    pstm_schedule_rules rules;
    double cost_resumed; /**< of the tiles that an earlier run has finished */
    int64_t tiles_resumed;
    pstm_time_limit
        limit; /**< near it no tiles are handed out; at it the run ends without those that are out */
} pstm_dispatcher_plan;

/** Makes a dispatcher; with nothing to do it says so to all ranks at the first tick. */
PSTM_MUST_CHECK pstm_status pstm_dispatcher_create(const pstm_dispatcher_plan *plan, pstm_dispatcher **out);

/** Frees all, NULL-safe. Does not sync the journal. */
void pstm_dispatcher_destroy(pstm_dispatcher **dispatcher);

/** Handles a message from a worker: one of PSTM_SAYS_READY to PSTM_SAYS_STOP. */
PSTM_MUST_CHECK pstm_status pstm_dispatcher_handle(pstm_dispatcher *dispatcher, const pstm_message *message);

/** Notes that the sender lives, or has left; the only thing to do with messages once the run has ended. */
void pstm_dispatcher_hear(pstm_dispatcher *dispatcher, const pstm_message *message);

/** Ranks that have not left (PSTM_SAYS_LEAVES); with `awaited` those only that were heard of within the time
 * that they may be silent. */
int32_t pstm_dispatcher_n_here(pstm_dispatcher *dispatcher, bool awaited);

/** Carries out what is due by time: sync of the journal, progress, the time limit. Call it often. */
PSTM_MUST_CHECK pstm_status pstm_dispatcher_tick(pstm_dispatcher *dispatcher);

/** Tells every rank to end with `status` and the text of this thread. Used when rank 0 itself cannot go on.
 * Where ranks were told already that the run has ended it gives `status` back: that cannot be unsaid. */
PSTM_MUST_CHECK pstm_status pstm_dispatcher_abort(pstm_dispatcher *dispatcher, pstm_status status);

/** Whether the time limit has stopped the run. */
bool pstm_dispatcher_is_out_of_time(const pstm_dispatcher *dispatcher);

/** How far it is. */
pstm_schedule_state pstm_dispatcher_state(const pstm_dispatcher *dispatcher);

/** The records of the tiles that were done, *n of them; borrowed until the dispatcher is destroyed. */
const pstm_tile_record *pstm_dispatcher_records(const pstm_dispatcher *dispatcher, int64_t *n);

/** What a worker is to do with a tile; PSTM_SAYS_ORDERS carries one or more. */
typedef struct pstm_order {
    int64_t tile;
    int32_t what;                  /**< PSTM_ACTION_ASSIGN, PSTM_ACTION_GRANT or PSTM_ACTION_DISCARD */
    int16_t n_inline, n_crossline; /**< tiles of the group (plan/groups.h); for ASSIGN */
} pstm_order;

/** The payload of PSTM_SAYS_LOST, PSTM_SAYS_FAILED and PSTM_SAYS_ABORT. */
typedef struct pstm_failure {
    int32_t status;
    char text[2048];
} pstm_failure;

/** A failure of this thread's error text; "rank N: " goes in front when n_ranks is above 1. */
pstm_failure pstm_failure_make(pstm_status status, int rank, int n_ranks);

#endif
