/** @file summary.h
 * What the headers of a survey tell of an image before any cost. All functions are Local.
 */
#ifndef PSTM_SURVEY_SUMMARY_H
#define PSTM_SURVEY_SUMMARY_H

#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "survey/box.h"
#include "survey/coverage.h"
#include "survey/extent.h"
#include "survey/trace.h"

typedef struct pstm_survey_summary {
    int64_t n_traces;                  /**< in the files */
    int64_t n_fate[PSTM_TRACE_FATES];  /**< by fate so far */
    int64_t n_usable;                  /**< enter the KD-tree */
    int64_t n_no_class;                /**< usable, but in no class or not selected */
    int64_t n_reach;                   /**< usable, in a class, and near enough to the grid */
    int64_t n_recorded;                /**< and recorded when reflections from the image arrive */
    pstm_box midpoints;                /**< of the usable ones, metres */
    double min_offset_m, max_offset_m; /**< of the usable ones */
    double first_s, last_s;            /**< times of the records of those near enough, after mutes */
    pstm_coverage coverage;            /**< by midpoints of the usable ones in a class */
} pstm_survey_summary;

/** Looks at each of these headers once, all of a survey or a part of them. */
void pstm_survey_summary_find(const pstm_trace *traces, int64_t n_traces, const pstm_extent *extent,
                              pstm_survey_summary *summary);

/** Adds the summary of another part of the survey; in whatever order, the sum is the same to the bit. */
void pstm_survey_summary_add(pstm_survey_summary *summary, const pstm_survey_summary *other);

/**
 * Judges a whole survey's summary: doubts an image of nothing, or of next to nothing, and a grid that is
 * turned or swapped against the survey. PSTM_DATA with the remedy when no trace is usable or in a class.
 */
PSTM_MUST_CHECK pstm_status pstm_survey_summary_judge(const pstm_survey_summary *summary,
                                                      const pstm_extent *extent, pstm_doubts *doubts);

#endif
