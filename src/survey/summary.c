#include "survey/summary.h"

#include <inttypes.h>
#include <math.h>

#include "survey/kdtree.h"

/* The rectangle along the world axes round the whole grid. */
static pstm_box grid_box(const pstm_grid *grid)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x_m, y_m;
        pstm_grid_node(grid, corner & 1 ? grid->n_inline - 1 : 0, corner & 2 ? grid->n_crossline - 1 : 0,
                       &x_m, &y_m);
        box.min_x_m = fmin(box.min_x_m, x_m);
        box.max_x_m = fmax(box.max_x_m, x_m);
        box.min_y_m = fmin(box.min_y_m, y_m);
        box.max_y_m = fmax(box.max_y_m, y_m);
    }
    return box;
}

static void add_trace(pstm_survey_summary *summary, const pstm_trace *t, const pstm_box *grid,
                      const pstm_bins *bins, double reach_m)
{
    summary->n_fate[t->fate]++;
    if (!pstm_trace_is_usable(t)) return;
    const double x_m = pstm_trace_midpoint_m(t, false), y_m = pstm_trace_midpoint_m(t, true);
    const double offset_m = pstm_trace_offset_m(t);
    summary->n_usable++;
    summary->midpoints.min_x_m = fmin(summary->midpoints.min_x_m, x_m);
    summary->midpoints.max_x_m = fmax(summary->midpoints.max_x_m, x_m);
    summary->midpoints.min_y_m = fmin(summary->midpoints.min_y_m, y_m);
    summary->midpoints.max_y_m = fmax(summary->midpoints.max_y_m, y_m);
    summary->min_offset_m = fmin(summary->min_offset_m, offset_m);
    summary->max_offset_m = fmax(summary->max_offset_m, offset_m);
    if (pstm_bins_class(bins, t) < 0)
        summary->n_no_class++;
    else if (pstm_trace_can_reach(t, grid, reach_m))
        summary->n_reach++;
}

void pstm_survey_summary_find(const pstm_trace *traces, int64_t n_traces, const pstm_grid *grid,
                              const pstm_bins *bins, double reach_m, pstm_survey_summary *summary)
{
    const pstm_box box = grid_box(grid);
    *summary = (pstm_survey_summary){.n_traces = n_traces,
                                     .midpoints = {INFINITY, -INFINITY, INFINITY, -INFINITY},
                                     .min_offset_m = INFINITY,
                                     .max_offset_m = -INFINITY};
    for (int64_t i = 0; i < n_traces; i++)
        add_trace(summary, &traces[i], &box, bins, reach_m);
}

void pstm_survey_summary_add(pstm_survey_summary *summary, const pstm_survey_summary *other)
{
    summary->n_traces += other->n_traces;
    for (int f = 0; f < PSTM_TRACE_FATES; f++)
        summary->n_fate[f] += other->n_fate[f];
    summary->n_usable += other->n_usable;
    summary->n_no_class += other->n_no_class;
    summary->n_reach += other->n_reach;
    summary->midpoints = pstm_box_unite(&summary->midpoints, &other->midpoints);
    summary->min_offset_m = fmin(summary->min_offset_m, other->min_offset_m);
    summary->max_offset_m = fmax(summary->max_offset_m, other->max_offset_m);
}

pstm_status pstm_survey_summary_judge(const pstm_survey_summary *summary, const pstm_grid *job_grid,
                                      double reach_m)
{
    const pstm_box *m = &summary->midpoints, box = grid_box(job_grid), *grid = &box;
    if (summary->n_usable == 0)
        return pstm_fail(PSTM_DATA,
                         "none of the %" PRId64 " traces is usable: %" PRId64
                         " are not live seismic traces by their identification code (bytes 29-30; see "
                         "input.bytes.trace_id), %" PRId64 " have no position",
                         summary->n_traces, summary->n_fate[PSTM_TRACE_NOT_SEISMIC],
                         summary->n_fate[PSTM_TRACE_NO_POSITION]);
    if (summary->n_usable > 1 && m->min_x_m == m->max_x_m && m->min_y_m == m->max_y_m &&
        summary->max_offset_m == 0)
        return pstm_fail(
            PSTM_DATA,
            "all sources and receivers are at (%g, %g): the headers hold no geometry at these bytes; "
            "set input.bytes.source_x, source_y, receiver_x, receiver_y",
            m->min_x_m, m->min_y_m);
    if (summary->n_no_class == summary->n_usable)
        return pstm_fail(PSTM_DATA,
                         "no trace is in a class: offsets are %g to %g m; see `bins`, `offsets` and "
                         "`input.select.offset`",
                         summary->min_offset_m, summary->max_offset_m);
    if (summary->n_reach == 0)
        return pstm_fail(
            PSTM_DATA,
            "no trace reaches the grid: midpoints are in x %.1f to %.1f, y %.1f to %.1f m, the grid is "
            "in x %.1f to %.1f, y %.1f to %.1f m, the aperture is %g m; look at grid.origin, "
            "grid.azimuth and input.coordinate_scalar",
            m->min_x_m, m->max_x_m, m->min_y_m, m->max_y_m, grid->min_x_m, grid->max_x_m, grid->min_y_m,
            grid->max_y_m, reach_m);
    return PSTM_OK;
}
