#include "velocity/triangles.h"

#include <stdbool.h>

#include "core/memory.h"

/** What is known of a point while it is on the hull, which runs counter-clockwise. */
typedef struct hull_vertex {
    int64_t before, after; /**< neighbours on the hull */
    int64_t triangle;      /**< that has the edge from here to `after` */
} hull_vertex;

typedef struct sweep {
    const pstm_lattice_point *points;
    pstm_triangle *triangles;
    int64_t n_triangles;
    hull_vertex *hull;
    int64_t *stack; /**< triangles whose edge across from the new point may have to be flipped */
    int64_t n_stack, stack_capacity;
} sweep;

static bool is_clockwise(const sweep *s, int64_t a, int64_t b, int64_t c)
{
    return pstm_lattice_area2(&s->points[a], &s->points[b], &s->points[c]) < 0;
}

/** Is d inside the circle through the counter-clockwise a, b, c? Exact: 2 * 56 bits and a few. */
static bool is_in_circle(const sweep *s, int64_t a, int64_t b, int64_t c, int64_t d)
{
    const pstm_lattice_point *points = s->points;
    int64_t ax = points[a].x - points[d].x, ay = points[a].y - points[d].y;
    int64_t bx = points[b].x - points[d].x, by = points[b].y - points[d].y;
    int64_t cx = points[c].x - points[d].x, cy = points[c].y - points[d].y;
    __int128 sum = (__int128)(ax * ax + ay * ay) * (bx * cy - by * cx);
    sum += (__int128)(bx * bx + by * by) * (cx * ay - cy * ax);
    sum += (__int128)(cx * cx + cy * cy) * (ax * by - ay * bx);
    return sum > 0;
}

/** Turns the triangle's vertices round so that edge k becomes edge 1. */
static void turn_edge_to_1(pstm_triangle *t, int k)
{
    pstm_triangle old = *t;
    for (int i = 0; i < 3; i++) {
        t->vertex[(i + 4 - k) % 3] = old.vertex[i];
        t->neighbour[(i + 4 - k) % 3] = old.neighbour[i];
    }
}

static int edge_towards(const pstm_triangle *t, int64_t neighbour)
{
    return t->neighbour[0] == neighbour ? 0 : t->neighbour[1] == neighbour ? 1 : 2;
}

/** Says to whoever is across the edge that starts at `vertex` that the edge went from triangle to triangle.
 */
static void relink(sweep *s, int64_t across, int64_t vertex, int64_t from, int64_t to)
{
    if (across < 0) {
        s->hull[vertex].triangle = to;
    } else {
        pstm_triangle *t = &s->triangles[across];
        t->neighbour[edge_towards(t, from)] = to;
    }
}

static pstm_status push(sweep *s, int64_t triangle)
{
    PSTM_TRY(PSTM_GROW(&s->stack, &s->stack_capacity, s->n_stack + 1, "edges to flip"));
    s->stack[s->n_stack++] = triangle;
    return PSTM_OK;
}

/**
 * Flips edge a-b between t = (p, a, b) and u = (d, b, a), both turned so that it is their edge 1:
 * t becomes (p, a, d) and u becomes (p, d, b).
 */
static void flip(sweep *s, int64_t i_t, int64_t i_u)
{
    pstm_triangle *t = &s->triangles[i_t], *u = &s->triangles[i_u];
    int64_t p = t->vertex[0], a = t->vertex[1], b = t->vertex[2], d = u->vertex[0];
    int64_t across_pa = t->neighbour[0], across_bp = t->neighbour[2];
    int64_t across_db = u->neighbour[0], across_ad = u->neighbour[2];
    *t = (pstm_triangle){{p, a, d}, {across_pa, across_ad, i_u}};
    *u = (pstm_triangle){{p, d, b}, {i_t, across_db, across_bp}};
    relink(s, across_ad, a, i_u, i_t);
    relink(s, across_bp, b, i_t, i_u);
}

/** Flips until no circumcircle of the stacked triangles, which all have vertex p, holds another point. */
static pstm_status flip_round(sweep *s, int64_t p)
{
    while (s->n_stack > 0) {
        int64_t i_t = s->stack[--s->n_stack];
        pstm_triangle *t = &s->triangles[i_t];
        turn_edge_to_1(t, t->vertex[0] == p ? 1 : t->vertex[1] == p ? 2 : 0);
        int64_t i_u = t->neighbour[1];
        if (i_u < 0) continue;
        pstm_triangle *u = &s->triangles[i_u];
        turn_edge_to_1(u, edge_towards(u, i_t));
        if (!is_in_circle(s, t->vertex[0], t->vertex[1], t->vertex[2], u->vertex[0])) continue;
        flip(s, i_t, i_u);
        PSTM_TRY(push(s, i_t));
        PSTM_TRY(push(s, i_u));
    }
    return PSTM_OK;
}

/** The first triangles: the leading points on one line, fanned out from the first point off it. */
static int64_t start(sweep *s, int64_t n)
{
    int64_t tip = 2;
    while (tip < n - 1 && pstm_lattice_area2(&s->points[0], &s->points[1], &s->points[tip]) == 0)
        tip++;
    bool reversed = is_clockwise(s, 0, 1, tip);
    int64_t n_fan = tip - 1;
    for (int64_t i = 0; i < n_fan; i++) {
        int64_t a = reversed ? n_fan - i : i, b = reversed ? a - 1 : a + 1;
        s->triangles[i] = (pstm_triangle){{a, b, tip}, {-1, i + 1 < n_fan ? i + 1 : -1, i > 0 ? i - 1 : -1}};
        s->hull[a].after = b;
        s->hull[b].before = a;
        s->hull[a].triangle = i;
    }
    int64_t first = reversed ? n_fan : 0, last = reversed ? 0 : n_fan;
    s->hull[last].after = tip;
    s->hull[last].triangle = n_fan - 1;
    s->hull[first].before = tip;
    s->hull[tip] = (hull_vertex){.before = last, .after = first, .triangle = 0};
    s->n_triangles = n_fan;
    return tip + 1;
}

/** Adds point p, which lies outside the hull; p - 1 is on the hull and seen from p. */
static pstm_status add_point(sweep *s, int64_t p)
{
    int64_t from = p - 1;
    while (is_clockwise(s, s->hull[from].before, from, p))
        from = s->hull[from].before;
    int64_t first_new = s->n_triangles, a = from;
    while (is_clockwise(s, a, s->hull[a].after, p)) {
        int64_t b = s->hull[a].after, i_new = s->n_triangles++;
        int64_t inner = s->hull[a].triangle;
        /* The hull edge a-b is the only edge of `inner` that runs from a to b and has no neighbour. */
        pstm_triangle *t = &s->triangles[inner];
        int k = t->vertex[0] == a ? 0 : t->vertex[1] == a ? 1 : 2;
        t->neighbour[k] = i_new;
        s->triangles[i_new] = (pstm_triangle){{b, a, p}, {inner, i_new > first_new ? i_new - 1 : -1, -1}};
        if (i_new > first_new) s->triangles[i_new - 1].neighbour[2] = i_new;
        a = b;
    }
    s->hull[from].after = p;
    s->hull[from].triangle = first_new;
    s->hull[p] = (hull_vertex){.before = from, .after = a, .triangle = s->n_triangles - 1};
    s->hull[a].before = p;
    for (int64_t i = first_new; i < s->n_triangles; i++)
        PSTM_TRY(push(s, i));
    return flip_round(s, p);
}

pstm_status pstm_triangulate(const pstm_lattice_point *points, int64_t n, pstm_triangle *triangles,
                             int64_t *n_triangles)
{
    pstm_status status = PSTM_OK;
    sweep s = {.points = points, .triangles = triangles};
    PSTM_GO(PSTM_NEW(&s.hull, n, "the hull of the velocity functions"));
    for (int64_t p = start(&s, n); p < n; p++)
        PSTM_GO(add_point(&s, p));
    *n_triangles = s.n_triangles;
cleanup:
    PSTM_FREE(&s.hull);
    PSTM_FREE(&s.stack);
    return status;
}
