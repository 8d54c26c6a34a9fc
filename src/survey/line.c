#include "survey/line.h"

#include "survey/kdtree.h"

static double distance_m(const pstm_line *line, double x_m, double y_m)
{
    const double dx = x_m - line->from.x_m, dy = y_m - line->from.y_m;
    if (line->unit.x_m == 0.0 && line->unit.y_m == 0.0) return hypot(dx, dy);
    return fabs(dx * line->unit.y_m - dy * line->unit.x_m);
}

static void offer(const pstm_line *line, double x_m, double y_m, pstm_farthest *found)
{
    const double far_m = distance_m(line, x_m, y_m);
    if (far_m > found->far_m) *found = (pstm_farthest){.at = {x_m, y_m}, .far_m = far_m};
}

pstm_farthest pstm_line_farthest(const pstm_line *line, const pstm_trace *traces, int64_t n)
{
    pstm_farthest found = {.at = line->from};
    for (int64_t i = 0; i < n; i++) {
        if (!pstm_trace_is_usable(&traces[i])) continue;
        offer(line, traces[i].source_x_m, traces[i].source_y_m, &found);
        offer(line, traces[i].receiver_x_m, traces[i].receiver_y_m, &found);
    }
    return found;
}

pstm_line pstm_line_through(pstm_position a, pstm_position b)
{
    const double length_m = hypot(b.x_m - a.x_m, b.y_m - a.y_m);
    return (pstm_line){.from = a, .unit = {(b.x_m - a.x_m) / length_m, (b.y_m - a.y_m) / length_m}};
}
