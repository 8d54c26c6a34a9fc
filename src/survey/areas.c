#include "survey/areas.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey/kdtree.h"

enum {
    SIDES = 24,        /* of the polygon that stands for a circle */
    MOST_CORNERS = 128 /* of a midpoint's polygon */
};

pstm_area_point pstm_area_point_of(const pstm_trace *trace, int64_t row, const pstm_line *line)
{
    const double x = pstm_trace_midpoint_m(trace, false), y = pstm_trace_midpoint_m(trace, true);
    if (line == NULL) return (pstm_area_point){.u_m = x, .v_m = y, .row = row};
    return (pstm_area_point){
        .u_m = (x - line->from.x_m) * line->unit.x_m + (y - line->from.y_m) * line->unit.y_m, .row = row};
}

/* The traces at one place. */
typedef struct place {
    int64_t cell_u, cell_v;
    double u_m, v_m;
    int64_t first;    /* of the sorted points */
    int64_t row;      /* the lowest */
    int32_t n, n_own; /* traces, and those whose areas are wanted */
    double area_m2;
} place;

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_points(const void *a_point, const void *b_point)
{
    const pstm_area_point *a = a_point, *b = b_point;
    if (a->u_m != b->u_m) return compare_numbers(a->u_m, b->u_m);
    if (a->v_m != b->v_m) return compare_numbers(a->v_m, b->v_m);
    return (a->row > b->row) - (a->row < b->row);
}

static int compare_cells(int64_t a_u, int64_t a_v, int64_t b_u, int64_t b_v)
{
    return a_u != b_u ? (a_u > b_u) - (a_u < b_u) : (a_v > b_v) - (a_v < b_v);
}

static int compare_places(const void *a_place, const void *b_place)
{
    const place *a = a_place, *b = b_place;
    const int cells = compare_cells(a->cell_u, a->cell_v, b->cell_u, b->cell_v);
    return cells != 0 ? cells : (a->row > b->row) - (a->row < b->row);
}

/* The places of sorted points; returns how many. */
static int64_t find_places(const pstm_area_point *points, int64_t n, int64_t row_begin, int64_t row_end,
                           place *places)
{
    int64_t n_places = 0;
    for (int64_t i = 0; i < n; i++) {
        const pstm_area_point *p = &points[i];
        if (i == 0 || p->u_m != points[i - 1].u_m || p->v_m != points[i - 1].v_m)
            places[n_places++] = (place){.u_m = p->u_m, .v_m = p->v_m, .first = i, .row = p->row};
        place *at = &places[n_places - 1];
        at->n++;
        at->n_own += p->row >= row_begin && p->row < row_end;
    }
    return n_places;
}

/* Gives each wanted trace of a place an equal part. */
static void share(const pstm_area_point *points, const place *at, int64_t row_begin, int64_t row_end,
                  double whole, float *areas)
{
    for (int64_t i = at->first; i < at->first + at->n; i++)
        if (points[i].row >= row_begin && points[i].row < row_end)
            areas[points[i].row - row_begin] = (float)(whole / at->n);
}

/* ---- the plane --------------------------------------------------------------------------------------- */

/* A neighbour of a place, as seen from it. */
typedef struct neighbour {
    double square_m2, u_m, v_m;
    int64_t row;
} neighbour;

typedef struct plane {
    place *places; /* [n] by cell */
    int64_t n;
    double reach_m;  /* of a place, and the side of a cell */
    neighbour *near; /* of the place in work */
    int64_t n_near, near_capacity;
} plane;

/* A convex polygon round the place in work. */
typedef struct polygon {
    double u_m[MOST_CORNERS], v_m[MOST_CORNERS];
    int n;
} polygon;

/* The first place of a cell, or of the next one. */
static int64_t first_of_cell(const plane *p, int64_t cell_u, int64_t cell_v)
{
    int64_t low = 0, high = p->n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const place *at = &p->places[middle];
        if (compare_cells(at->cell_u, at->cell_v, cell_u, cell_v) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_neighbours(const void *a_neighbour, const void *b_neighbour)
{
    const neighbour *a = a_neighbour, *b = b_neighbour;
    if (a->square_m2 != b->square_m2) return compare_numbers(a->square_m2, b->square_m2);
    return (a->row > b->row) - (a->row < b->row);
}

/* The other places nearer than `rings` cells are wide, but not those that rings - 1 hold, nearest first. */
static pstm_status find_neighbours(plane *p, const place *at, int rings)
{
    const double low_m = (rings - 1) * p->reach_m, high_m = rings * p->reach_m;
    p->n_near = 0;
    for (int64_t u = at->cell_u - rings; u <= at->cell_u + rings; u++) {
        const int64_t end = first_of_cell(p, u, at->cell_v + rings + 1);
        for (int64_t i = first_of_cell(p, u, at->cell_v - rings); i < end; i++) {
            const place *other = &p->places[i];
            const double du = other->u_m - at->u_m, dv = other->v_m - at->v_m, square = du * du + dv * dv;
            if (other == at || square > high_m * high_m || (rings > 1 && square <= low_m * low_m)) continue;
            PSTM_TRY(PSTM_GROW(&p->near, &p->near_capacity, p->n_near + 1, "neighbours of a midpoint"));
            p->near[p->n_near++] = (neighbour){square, du, dv, other->row};
        }
    }
    qsort(p->near, (size_t)p->n_near, sizeof *p->near, compare_neighbours);
    return PSTM_OK;
}

/* How far beyond the line halfway to a neighbour a point is, times its distance. */
static double beyond(const neighbour *other, double u_m, double v_m)
{
    return other->u_m * u_m + other->v_m * v_m - 0.5 * other->square_m2;
}

/* Cuts off what is nearer to a neighbour (Sutherland and Hodgman 1974: docs/references.md). */
static void cut(polygon *cell, const neighbour *other)
{
    double side[MOST_CORNERS], u_m[MOST_CORNERS], v_m[MOST_CORNERS], most = 0;
    const int n = cell->n;
    if (n == MOST_CORNERS) return; /* such a cell is nearly round, and a cut takes next to nothing */
    for (int i = 0; i < n; i++) {
        u_m[i] = cell->u_m[i];
        v_m[i] = cell->v_m[i];
        side[i] = beyond(other, u_m[i], v_m[i]);
        most = fmax(most, side[i]);
    }
    if (most <= 0) return;
    cell->n = 0;
    for (int i = 0; i < n; i++) {
        const int next = i + 1 < n ? i + 1 : 0;
        if (side[i] <= 0) {
            cell->u_m[cell->n] = u_m[i];
            cell->v_m[cell->n++] = v_m[i];
        }
        if ((side[i] <= 0) == (side[next] <= 0)) continue;
        const double part = side[i] / (side[i] - side[next]);
        cell->u_m[cell->n] = u_m[i] + part * (u_m[next] - u_m[i]);
        cell->v_m[cell->n++] = v_m[i] + part * (v_m[next] - v_m[i]);
    }
}

/* The squared distance of the farthest corner. */
static double farthest_m2(const polygon *cell)
{
    double most = 0;
    for (int i = 0; i < cell->n; i++)
        most = fmax(most, cell->u_m[i] * cell->u_m[i] + cell->v_m[i] * cell->v_m[i]);
    return most;
}

/* Cuts by all neighbours found; returns whether farther ones may still cut. */
static bool cut_by_neighbours(const plane *p, polygon *cell)
{
    double far_m2 = farthest_m2(cell);
    for (int64_t i = 0; i < p->n_near; i++) {
        if (p->near[i].square_m2 > 4 * far_m2) return false;
        cut(cell, &p->near[i]);
        far_m2 = farthest_m2(cell);
    }
    return true;
}

static double area_of(const polygon *cell)
{
    double twice = 0;
    for (int i = 0; i < cell->n; i++) {
        const int next = i + 1 < cell->n ? i + 1 : 0;
        twice += cell->u_m[i] * cell->v_m[next] - cell->u_m[next] * cell->v_m[i];
    }
    return 0.5 * twice;
}

/* A polygon of SIDES that reaches as far as a place does. */
static polygon round_polygon(double reach_m)
{
    static const double cosines[SIDES / 4 + 1] = {
        1.0, 0.96592582628906829, 0.86602540378443865, 0.70710678118654752, 0.5, 0.25881904510252076, 0.0};
    polygon cell = {.n = SIDES};
    for (int i = 0; i < SIDES; i++) {
        const int quarter = i / (SIDES / 4), k = i % (SIDES / 4);
        const double c = reach_m * cosines[k], s = reach_m * cosines[SIDES / 4 - k];
        cell.u_m[i] = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
        cell.v_m[i] = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
    }
    return cell;
}

/* Whether the cell still has a part of this side of the polygon that it began as: no midpoint lies beyond. */
static bool has_side(const polygon *cell, const polygon *round, int side)
{
    const int next = (side + 1) % SIDES;
    const double u_m = round->u_m[side] + round->u_m[next], v_m = round->v_m[side] + round->v_m[next];
    const double limit = 0.5 * (u_m * u_m + v_m * v_m) * (1 - 1e-9);
    int n = 0;
    for (int i = 0; i < cell->n; i++)
        n += cell->u_m[i] * u_m + cell->v_m[i] * v_m >= limit;
    return n >= 2;
}

/* Towards the survey's edge a trace stands for as much as in its midst: half a spacing. */
static void cut_at_edge(polygon *cell, const polygon *round, double spacing_m)
{
    const polygon was = *cell;
    for (int side = 0; side < SIDES; side++) {
        const int next = (side + 1) % SIDES;
        const double u_m = round->u_m[side] + round->u_m[next], v_m = round->v_m[side] + round->v_m[next];
        const double part = spacing_m / sqrt(u_m * u_m + v_m * v_m);
        const neighbour ghost = {.square_m2 = spacing_m * spacing_m, .u_m = part * u_m, .v_m = part * v_m};
        if (has_side(&was, round, side)) cut(cell, &ghost);
    }
}

/* Nothing farther than twice the reach can cut. */
static pstm_status find_cell(plane *p, place *at)
{
    const polygon round = round_polygon(p->reach_m);
    polygon cell = round;
    for (int rings = 1; rings <= 2; rings++) {
        PSTM_TRY(find_neighbours(p, at, rings));
        if (!cut_by_neighbours(p, &cell) || 4 * farthest_m2(&cell) <= pow(rings * p->reach_m, 2)) break;
    }
    if (4 * farthest_m2(&cell) > p->reach_m * p->reach_m) cut_at_edge(&cell, &round, p->reach_m / 2);
    at->area_m2 = area_of(&cell);
    return PSTM_OK;
}

static pstm_status find_in_plane(plane *p)
{
    pstm_status status = PSTM_OK;
    for (int64_t i = 0; i < p->n; i++) {
        p->places[i].cell_u = (int64_t)floor(p->places[i].u_m / p->reach_m);
        p->places[i].cell_v = (int64_t)floor(p->places[i].v_m / p->reach_m);
    }
    qsort(p->places, (size_t)p->n, sizeof *p->places, compare_places);
    for (int64_t i = 0; i < p->n && status == PSTM_OK; i++)
        if (p->places[i].n_own > 0) status = find_cell(p, &p->places[i]);
    PSTM_FREE(&p->near);
    return status;
}

/* ---- a line ------------------------------------------------------------------------------------------ */

/* What a place of places[n], by u, has towards a neighbour; i = -1 or n: there is none. */
static double side_m(const place *places, int64_t n, int64_t i, const place *at, double spacing_m)
{
    const double gap_m = i < 0 || i >= n ? INFINITY : fabs(places[i].u_m - at->u_m);
    return gap_m <= 2 * spacing_m ? gap_m / 2 : spacing_m / 2;
}

/* ---- both -------------------------------------------------------------------------------------------- */

pstm_status pstm_areas_find(pstm_area_point *points, int64_t n, int64_t row_begin, int64_t row_end,
                            double spacing_m, bool on_a_line, float *areas)
{
    plane p = {.reach_m = 2 * spacing_m};
    pstm_status status;
    PSTM_GO(PSTM_NEW(&p.places, n, "places of midpoints"));
    qsort(points, (size_t)n, sizeof *points, compare_points);
    p.n = find_places(points, n, row_begin, row_end, p.places);
    if (!on_a_line) PSTM_GO(find_in_plane(&p));
    for (int64_t i = 0; i < p.n; i++) {
        const place *at = &p.places[i];
        const double whole = on_a_line ? side_m(p.places, p.n, i - 1, at, spacing_m) +
                                             side_m(p.places, p.n, i + 1, at, spacing_m)
                                       : at->area_m2;
        share(points, at, row_begin, row_end, whole, areas);
    }
cleanup:
    PSTM_FREE(&p.places);
    return status;
}
