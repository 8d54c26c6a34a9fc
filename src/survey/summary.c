#include "survey/summary.h"

#include <math.h>

#include "survey/kdtree.h"

static void add_trace(pstm_survey_summary *summary, const pstm_trace *t, const pstm_extent *extent,
                      const pstm_box *box)
{
    summary->n_fate[t->fate]++;
    if (!pstm_trace_is_usable(t)) return;
    const double x_m = pstm_trace_midpoint_m(t, false), y_m = pstm_trace_midpoint_m(t, true);
    const double dx_m = t->receiver_x_m - t->source_x_m, dy_m = t->receiver_y_m - t->source_y_m;
    const double offset_m = sqrt(dx_m * dx_m + dy_m * dy_m); /* for people: no class depends on it */
    const pstm_box midpoint = {x_m, x_m, y_m, y_m};
    summary->n_usable++;
    summary->midpoints = pstm_box_unite(&summary->midpoints, &midpoint);
    summary->min_offset_m = pstm_lesser(summary->min_offset_m, offset_m);
    summary->max_offset_m = pstm_greater(summary->max_offset_m, offset_m);
    if (pstm_bins_class(extent->bins, t) < 0) {
        summary->n_no_class++;
        return;
    }
    pstm_coverage_add(&summary->coverage, extent->grid, x_m, y_m);
    if (!pstm_extent_reached_by(extent, box, t)) return;
    const pstm_record record = pstm_extent_record(extent, t);
    summary->n_reach++;
    summary->n_recorded += pstm_extent_recorded_by(extent, box, t, &record);
    summary->first_s = pstm_lesser(summary->first_s, record.begin_s);
    summary->last_s = pstm_greater(summary->last_s, record.end_s);
}

void pstm_survey_summary_find(const pstm_trace *traces, int64_t n_traces, const pstm_extent *extent,
                              pstm_survey_summary *summary)
{
    const pstm_box box = pstm_extent_box(extent);
    *summary = (pstm_survey_summary){.n_traces = n_traces,
                                     .midpoints = {INFINITY, -INFINITY, INFINITY, -INFINITY},
                                     .min_offset_m = INFINITY,
                                     .max_offset_m = -INFINITY,
                                     .first_s = INFINITY,
                                     .last_s = -INFINITY};
    for (int64_t i = 0; i < n_traces; i++)
        add_trace(summary, &traces[i], extent, &box);
}

void pstm_survey_summary_add(pstm_survey_summary *summary, const pstm_survey_summary *other)
{
    summary->n_traces += other->n_traces;
    for (int f = 0; f < PSTM_TRACE_FATES; f++)
        summary->n_fate[f] += other->n_fate[f];
    summary->n_usable += other->n_usable;
    summary->n_no_class += other->n_no_class;
    summary->n_reach += other->n_reach;
    summary->n_recorded += other->n_recorded;
    summary->midpoints = pstm_box_unite(&summary->midpoints, &other->midpoints);
    summary->min_offset_m = pstm_lesser(summary->min_offset_m, other->min_offset_m);
    summary->max_offset_m = pstm_greater(summary->max_offset_m, other->max_offset_m);
    summary->first_s = pstm_lesser(summary->first_s, other->first_s);
    summary->last_s = pstm_greater(summary->last_s, other->last_s);
    for (int r = 0; r < PSTM_ORIENTATIONS; r++)
        summary->coverage.parts[r] |= other->coverage.parts[r];
}
