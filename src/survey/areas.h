/** @file areas.h
 * The area that each trace stands for: the integral over midpoints that migration is becomes a sum over
 * traces, each times its area. On a 2D line it is the length along the line.
 *
 * In the plane it is the Voronoi cell of the midpoint among those of its class (spacing.h has its spacing s),
 * cut at 2 s from the midpoint by a polygon of 24 sides, so that holes are not filled from far away. Where
 * that polygon is reached, at the survey's edge or in a larger hole, the cell ends s/2 from the midpoint.
 * Traces at one place share its cell equally. An area depends on the class's midpoints within 4 s and on
 * nothing else, bit by bit: the polygon is cut by one neighbour after the other, the nearest first, between
 * equals in the tree's order. Areas of a regular grid are exact, however it lies; those counted on a lattice
 * beat with it.
 *
 * On a line a trace has half the distance to its neighbours on both sides, and s/2 where there is none within
 * 2 s. All functions are Local.
 */
#ifndef PSTM_SURVEY_AREAS_H
#define PSTM_SURVEY_AREAS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/line.h"

/** A trace's midpoint and its row in the tree's order. */
typedef struct pstm_area_point {
    double u_m, v_m; /**< in the plane x and y; on a line along it, and 0 */
    int64_t row;
} pstm_area_point;

/** How far beyond a midpoint other ones can change its area, for a spacing in metres. */
static inline double pstm_areas_margin_m(double spacing_m)
{
    return 4 * spacing_m + 1e-6;
}

/** The point of a trace's midpoint, along `line` where that is not NULL. */
pstm_area_point pstm_area_point_of(const pstm_trace *trace, int64_t row, const pstm_line *line);

/**
 * The areas, in m^2 or m, of the points with rows [row_begin, row_end) into areas[row - row_begin]; the
 * others stay. points[n]: of one class, in any order, all within pstm_areas_margin_m() of those; they are
 * sorted.
 */
PSTM_MUST_CHECK pstm_status pstm_areas_find(pstm_area_point *points, int64_t n, int64_t row_begin,
                                            int64_t row_end, double spacing_m, bool on_a_line, float *areas);

#endif
