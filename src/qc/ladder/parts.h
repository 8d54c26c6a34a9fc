/** @file parts.h
 * The parts of the ladder: climb.c chooses what is measured and reports, run.c runs one rung, images.c
 * compares and draws the images. For these alone. All functions are Local; the ladder runs in one process.
 */
#ifndef PSTM_QC_LADDER_PARTS_H
#define PSTM_QC_LADDER_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"
#include "mpi/run/run.h"
#include "qc/ladder/ladder.h"
#include "qc/ladder/rungs.h"
#include "qc/ladder/table.h"

/** A ladder that is being climbed. */
typedef struct pstm_ladder {
    const pstm_ladder_wish *wish;
    FILE *out;     /* for the table */
    pstm_job *job; /* as the user gave it */
    pstm_text folder, store;
    pstm_sample sample;
    int n_rungs;
    double limit; /* of the pictures, from the start's image */
    char processor[128];
    pstm_ladder_table table;
} pstm_ladder;

/** Appends the path of a rung's file in the ladder's folder. */
PSTM_MUST_CHECK pstm_status pstm_ladder_path(const pstm_ladder *l, int i_rung, const char *ending,
                                             pstm_text *path);

/** Migrates a sample with the switches of a rung, into NAME.h5 of the folder. */
PSTM_MUST_CHECK pstm_status pstm_ladder_run_once(pstm_ladder *l, int i_rung, const pstm_sample *sample,
                                                 const char *name, pstm_run_measured *measured);

/** Migrates the ladder's sample with the switches of a rung, and times it: often enough, and on enough
 * locations. */
PSTM_MUST_CHECK pstm_status pstm_ladder_run_rung(pstm_ladder *l, int i_rung, pstm_ladder_row *row);

/** The change of a rung's image against rung 0, with a picture of it, and against the rung before. */
PSTM_MUST_CHECK pstm_status pstm_ladder_compare_with_start(const pstm_ladder *l, int i_rung,
                                                           pstm_ladder_row *row);
PSTM_MUST_CHECK pstm_status pstm_ladder_compare_with_before(const pstm_ladder *l, int i_rung,
                                                            pstm_ladder_row *row);

/** Draws a rung's image, all in the grey scale of rung 0, which is drawn first. */
PSTM_MUST_CHECK pstm_status pstm_ladder_draw(pstm_ladder *l, int i_rung, const pstm_ladder_row *row);

#endif
