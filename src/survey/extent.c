#include "survey/extent.h"

#include <math.h>

#include "survey/kdtree.h"

pstm_box pstm_extent_box(const pstm_extent *e)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x_m, y_m;
        pstm_grid_node(e->grid, corner & 1 ? e->i_end - 1 : e->i_begin,
                       corner & 2 ? e->j_end - 1 : e->j_begin, &x_m, &y_m);
        const pstm_box point = {x_m, x_m, y_m, y_m};
        box = pstm_box_unite(&box, &point);
    }
    return box;
}

/* ---- in space ---------------------------------------------------------------------------------------- */

static double nearest(double index, int32_t begin, int32_t end)
{
    return fmin(fmax(nearbyint(index), begin), end - 1);
}

/* Squared distance from the midpoint to the nearest node. */
static double node_distance2_m2(const pstm_extent *e, const pstm_trace *trace)
{
    double i, j;
    pstm_grid_indices(e->grid, pstm_trace_midpoint_m(trace, false), pstm_trace_midpoint_m(trace, true), &i,
                      &j);
    const double a_m = (i - nearest(i, e->i_begin, e->i_end)) * e->grid->step_inline_m;
    const double b_m = (j - nearest(j, e->j_begin, e->j_end)) * e->grid->step_crossline_m;
    return a_m * a_m + b_m * b_m;
}

/* Both legs from a node inside the aperture A need |node - midpoint|^2 + (offset/2)^2 <= A^2 (kdtree.h). */
bool pstm_extent_reached_by(const pstm_extent *extent, const pstm_box *box, const pstm_trace *trace)
{
    const double reach_m = pstm_prefilter_aperture_m(extent->reach_m);
    const double dx_m = trace->receiver_x_m - trace->source_x_m,
                 dy_m = trace->receiver_y_m - trace->source_y_m;
    if (!pstm_trace_can_reach(trace, box, extent->reach_m)) return false;
    return node_distance2_m2(extent, trace) + 0.25 * (dx_m * dx_m + dy_m * dy_m) <= reach_m * reach_m;
}

/* ---- in time ----------------------------------------------------------------------------------------- */

pstm_record pstm_extent_record(const pstm_extent *extent, const pstm_trace *trace)
{
    pstm_record r = {trace->start_s, trace->start_s + (trace->n_samples - 1) * extent->sample_s};
    if (extent->mute_velocity_m_s > 0)
        r.begin_s =
            fmax(r.begin_s, extent->mute_delay_s + pstm_trace_offset_m(trace) / extent->mute_velocity_m_s);
    if (!extent->header_mute || trace->mute_end_ms <= trace->mute_start_ms) return r;
    const double from_s = 0.001 * trace->mute_start_ms, to_s = 0.001 * trace->mute_end_ms;
    if (from_s <= r.begin_s)
        r.begin_s = fmax(r.begin_s, to_s);
    else if (to_s > r.end_s)
        r.end_s = fmin(r.end_s, from_s);
    return r;
}

static double distance_m(const pstm_box *box, double x_m, double y_m)
{
    return hypot(pstm_range_gap(box->min_x_m, box->max_x_m, x_m, x_m),
                 pstm_range_gap(box->min_y_m, box->max_y_m, y_m, y_m));
}

/* From the farthest corner. */
static double farthest_m(const pstm_box *box, double x_m, double y_m)
{
    return hypot(fmax(fabs(x_m - box->min_x_m), fabs(x_m - box->max_x_m)),
                 fmax(fabs(y_m - box->min_y_m), fabs(y_m - box->max_y_m)));
}

/* T_s + T_r >= sqrt(t0^2 + (leg_s + leg_r)^2/fastest^2): the sum is least where the legs are as one straight
 * line, and t0 is where the aperture first holds the longer leg. */
static double earliest_s(const pstm_extent *e, const pstm_box *box, const pstm_trace *t)
{
    const double offset_m = pstm_trace_offset_m(t);
    const double source_m = distance_m(box, t->source_x_m, t->source_y_m);
    const double receiver_m = distance_m(box, t->receiver_x_m, t->receiver_y_m);
    const double leg_m = fmax(fmax(source_m, receiver_m), 0.5 * offset_m);
    const double open_s = isinf(e->aperture_tan) ? 0 : 2 * leg_m / (e->most_m_s * e->aperture_tan);
    return hypot(fmax(e->first_s, open_s), fmax(offset_m, source_m + receiver_m) / e->fastest_m_s);
}

static double latest_leg_s(const pstm_extent *e, const pstm_box *box, double x_m, double y_m)
{
    return hypot(0.5 * e->last_s, fmin(e->reach_m, farthest_m(box, x_m, y_m)) / e->slowest_m_s);
}

bool pstm_extent_recorded_by(const pstm_extent *extent, const pstm_box *box, const pstm_trace *trace,
                             const pstm_record *record)
{
    const double slack_s = extent->sample_s;
    const double latest_s = latest_leg_s(extent, box, trace->source_x_m, trace->source_y_m) +
                            latest_leg_s(extent, box, trace->receiver_x_m, trace->receiver_y_m);
    return record->begin_s <= record->end_s + slack_s && record->begin_s - slack_s <= latest_s &&
           earliest_s(extent, box, trace) <= record->end_s + slack_s;
}
