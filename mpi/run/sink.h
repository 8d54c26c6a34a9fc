/** @file sink.h
 * Where an image goes: its cube and journal, the lock on them, and the keys by which they are known again.
 * Rank 0 has one for each image and owns what it holds; the other ranks open the cube for themselves
 * (io/cube/cube.h). All functions are Local.
 */
#ifndef PSTM_MPI_RUN_SINK_H
#define PSTM_MPI_RUN_SINK_H

#include "core/doubt.h"
#include "core/status.h"
#include "core/text.h"
#include "io/cube/cube.h"
#include "io/digest.h"
#include "io/journal.h"
#include "job/job.h"

typedef struct pstm_run_sink {
    const pstm_output_options *options; /**< borrowed: path, stripes */
    pstm_text journal_path;
    pstm_text key_text; /**< keys.h */
    char key[PSTM_KEY_CHARS];
    pstm_text job_text;    /**< the whole job, for the record */
    pstm_text doubts_text; /**< lines of pstm_doubts_describe() */
    pstm_cube_about about; /**< of the cube that is wanted; its texts are those above, or borrowed */
    pstm_cube_found found; /**< what stood at the path before this run */
    int lock;              /**< descriptor of lock.h; -1: none, which is what a sink begins with */
    pstm_journal *journal; /**< open once there is a cube */
} pstm_run_sink;

/**
 * Whether the cube and what a run makes beside it can be made where output.file says:
 * pstm_place_check_cube(). Needs nothing but the job, so that it comes before any cost.
 */
PSTM_MUST_CHECK pstm_status pstm_run_sink_check_place(const pstm_output_options *options);

/**
 * Locks the path and looks at it, before any cost. A cube of this image is gone on with: found and journal
 * say what is done of it. One of another image is refused, unless `overwrite`; anything else always is. Needs
 * `about`. Errors as of pstm_run_lock(), pstm_cube_probe() and pstm_journal_open_append().
 */
PSTM_MUST_CHECK pstm_status pstm_run_sink_open(pstm_run_sink *sink, bool overwrite);

/** Notes the doubts for a new cube. */
PSTM_MUST_CHECK pstm_status pstm_run_sink_note_doubts(pstm_run_sink *sink, const pstm_doubts *doubts);

/** A new cube as a draft for areas[n_areas] (0: everything), or their space in the one that is there. */
PSTM_MUST_CHECK pstm_status pstm_run_sink_draft(pstm_run_sink *sink, const pstm_cube_area *areas,
                                                int64_t n_areas);

/** Cube and journal, ready to be written, out of the draft. */
PSTM_MUST_CHECK pstm_status pstm_run_sink_place(pstm_run_sink *sink);

/** Removes the draft instead. */
void pstm_run_sink_drop_draft(const pstm_run_sink *sink);

/** Marks the cube with what is done of it and says so. No rank may have it open. */
PSTM_MUST_CHECK pstm_status pstm_run_sink_finish(pstm_run_sink *sink);

/** Closes the journal, gives the lock back and frees all. */
void pstm_run_sink_clear(pstm_run_sink *sink);

#endif
