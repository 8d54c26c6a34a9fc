/** @file progress.h
 * How far a run is, for the person who waits and for programs that watch.
 *
 * On a terminal one line is rewritten at most five times a second; elsewhere a plain line is printed at
 * each tenth of the cost and at least every ten seconds while something happens. Beside it
 * `<cube>.progress.json` is replaced (temporary file, then rename) at most every two seconds and at the
 * end. Only rank 0 has one. All functions are Local, accept NULL, and are called by one thread.
 */
#ifndef PSTM_PROFILE_PROGRESS_H
#define PSTM_PROFILE_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

#include "core/status.h"

/** Where the run stands. Cost is in any one unit, for example predicted contributions. */
typedef struct pstm_progress_state {
    double elapsed_s;      /**< since the sum began; its growth paces the output */
    double cost_total;     /**< of all wanted tiles */
    double cost_done;      /**< of accepted tiles, resumed ones among them */
    double cost_resumed;   /**< of tiles that an earlier run had finished */
    int64_t tiles_total;   /**< wanted */
    int64_t tiles_done;    /**< accepted, resumed ones among them */
    int64_t tiles_resumed; /**< finished by an earlier run */
    int64_t contributions; /**< samples added to the image by this run */
} pstm_progress_state;

typedef struct pstm_progress pstm_progress;

/**
 * Makes a progress display on `stream` (borrowed; NULL: no lines) and at `json_path` (copied; NULL: no
 * file). *progress is owned by the caller (pstm_progress_destroy).
 */
PSTM_MUST_CHECK pstm_status pstm_progress_create(FILE *stream, const char *json_path,
                                                 pstm_progress **progress);

/** Shows the state if it is time to; cheap otherwise. A JSON file that cannot be written is warned of once.
 */
void pstm_progress_update(pstm_progress *progress, const pstm_progress_state *state);

/** Takes the rewritten line off the terminal, so that another line can be printed. */
void pstm_progress_clear(pstm_progress *progress);

/** Shows the last state whatever the time, ends the line; "finished" is told only when all tiles are done. */
void pstm_progress_finish(pstm_progress *progress, const pstm_progress_state *state);

/** Frees *progress and sets it to NULL; NULL-safe. Prints nothing. */
void pstm_progress_destroy(pstm_progress **progress);

/** Seconds that the rest will take at this run's rate; a negative number when that is not known yet. */
double pstm_progress_eta_s(const pstm_progress_state *state);

#endif
