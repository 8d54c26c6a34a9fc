/** @file table.h
 * What `pstm ladder` found, as a table for people, Markdown, CSV and JSON. All functions are Local.
 */
#ifndef PSTM_QC_LADDER_TABLE_H
#define PSTM_QC_LADDER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "mpi/run/run.h"
#include "qc/ladder/rungs.h"

/** One rung, measured. */
typedef struct pstm_ladder_row {
    const pstm_rung *rung;
    pstm_run_measured run;      /**< the fastest of a few where it is short */
    int64_t n_timed_locations;  /**< where busy_s and processor_s, scaled to run.n_locations, come from */
    double nrms;                /**< of the raw sums, against the start's */
    double shift_s, shift_95_s; /**< peak shift against the start: median, and what 95 % stay within */
    int64_t n_shifts;           /**< traces with an event in both; 0: no shift is known */
    double nrms_before;         /**< of the raw sums, against that of the rung before */
    bool same_bits;             /**< as the rung before: sums and folds */
} pstm_ladder_row;

/** A whole ladder; texts are borrowed. */
typedef struct pstm_ladder_table {
    const char *job_path, *version, *commit, *processor;
    const char *sample; /**< what was migrated, in words */
    double scale;       /**< image locations of the job over those of the sample; 1: the sample is all */
    int n_rows;
    pstm_ladder_row rows[PSTM_RUNGS];
    pstm_run_measured operations; /**< of the device `stopwatch`; all zero: not timed */
} pstm_ladder_table;

/** Appends the lines over a table: what was measured, on what, and what the columns mean. */
PSTM_MUST_CHECK pstm_status pstm_ladder_head(const pstm_ladder_table *table, pstm_text *text);

/** Appends the line of column names for people. */
PSTM_MUST_CHECK pstm_status pstm_ladder_names(pstm_text *text);

/** Appends the line of a row for people. */
PSTM_MUST_CHECK pstm_status pstm_ladder_line(const pstm_ladder_table *table, int i_row, pstm_text *text);

/** Appends the table of operations; nothing if they were not timed. */
PSTM_MUST_CHECK pstm_status pstm_ladder_operations(const pstm_ladder_table *table, pstm_text *text);

/** The first line of ladder.txt, by which a folder of a ladder is known again. */
#define PSTM_LADDER_MARK "pstm ladder\n"

/** Writes ladder.txt, ladder.md, ladder.csv and ladder.json into the folder. PSTM_SYSTEM with the path. */
PSTM_MUST_CHECK pstm_status pstm_ladder_write(const pstm_ladder_table *table, const char *folder);

#endif
