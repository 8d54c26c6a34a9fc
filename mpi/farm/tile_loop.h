/** @file tile_loop.h
 * The main thread of a rank while tiles are migrated: messages, writes to the cube, syncs; on rank 0 also
 * the dispatcher. It polls and sleeps, so it takes next to nothing from the threads that compute.
 */
#ifndef PSTM_MPI_FARM_TILE_LOOP_H
#define PSTM_MPI_FARM_TILE_LOOP_H

#include <stdbool.h>

#include "core/status.h"
#include "io/cube/cube.h"
#include "mpi/farm/dispatcher.h"
#include "mpi/farm/mailbox.h"
#include "mpi/farm/worker.h"

typedef struct pstm_tile_loop {
    pstm_mailbox *mailbox;
    int rank, n_ranks;
    const pstm_tiling *tiling;        /**< in which orders number their tiles */
    const pstm_lines *lines;          /**< that are wanted of every tile */
    const pstm_windows *windows;      /**< the same */
    pstm_worker *const *workers;      /**< [n_workers] */
    int32_t n_workers;                /**< up to PSTM_RANK_WORKERS; 0: this rank only dispatches */
    const pstm_journal_record *parts; /**< [n_parts] row-major: chunk columns that are done in part */
    int64_t n_parts;
    pstm_cube *cube;             /**< open for writing; NULL without a worker */
    pstm_dispatcher *dispatcher; /**< rank 0 only, else NULL */
    pstm_lane *lane;             /**< main lane; NULL: none */
    double beat_s;               /**< between signs of life to rank 0 */
} pstm_tile_loop;

/**
 * Runs until rank 0 says that the run has ended. PSTM_OK when all tiles are done or a stop was wanted; the
 * same error with the same text on every rank otherwise. A worker that fails (PSTM_SYSTEM) or hangs is left
 * out, and the others go on; one that hangs is given up. Any other failure of this rank is told to rank 0,
 * and the loop goes on until rank 0 has told everybody, so no rank leaves alone. Every rank of the mailbox
 * runs it: collective in that sense, though it makes no collective call.
 */
PSTM_MUST_CHECK pstm_status pstm_tile_loop_run(const pstm_tile_loop *loop);

#endif
