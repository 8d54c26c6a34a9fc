/** @file summary.h
 * What the headers of a survey tell before any cost, and what is wrong with them. All functions are Local.
 */
#ifndef PSTM_SURVEY_SUMMARY_H
#define PSTM_SURVEY_SUMMARY_H

#include <stdint.h>

#include "core/status.h"
#include "survey/bins.h"
#include "survey/box.h"
#include "survey/grid.h"
#include "survey/trace.h"

typedef struct pstm_survey_summary {
    int64_t n_traces;                  /**< in the files */
    int64_t n_fate[PSTM_TRACE_FATES];  /**< by fate so far */
    int64_t n_usable;                  /**< enter the KD-tree */
    int64_t n_no_class;                /**< usable, but in no class or not selected */
    int64_t n_reach;                   /**< usable, in a class, and near enough to the grid */
    pstm_box midpoints;                /**< of the usable ones, metres */
    double min_offset_m, max_offset_m; /**< of the usable ones */
} pstm_survey_summary;

/**
 * Looks at each of these headers once, all of a survey or a part of them. reach_m: the job's greatest
 * aperture (INFINITY: none).
 */
void pstm_survey_summary_find(const pstm_trace *traces, int64_t n_traces, const pstm_grid *grid,
                              const pstm_bins *bins, double reach_m, pstm_survey_summary *summary);

/** Adds the summary of another part of the survey; in whatever order, the sum is the same to the bit. */
void pstm_survey_summary_add(pstm_survey_summary *summary, const pstm_survey_summary *other);

/**
 * PSTM_DATA with the remedy when nothing can come of a whole survey's summary: no usable trace, all positions
 * the same, no trace in a class, no trace within reach of the grid.
 */
PSTM_MUST_CHECK pstm_status pstm_survey_summary_judge(const pstm_survey_summary *summary,
                                                      const pstm_grid *grid, double reach_m);

#endif
