/** @file triangles.h
 * The Delaunay triangulation of points of a lattice of whole numbers, on which every decision is exact.
 * Internal to velocity/.
 */
#ifndef PSTM_VELOCITY_TRIANGLES_H
#define PSTM_VELOCITY_TRIANGLES_H

#include <stdint.h>

#include "core/status.h"

/** Coordinates are in [0, PSTM_LATTICE], so that the decisions fit into 64 and 128 bits. */
#define PSTM_LATTICE ((int64_t)1 << 27)

typedef struct pstm_lattice_point {
    int64_t x, y;
    int64_t id; /**< the caller's */
} pstm_lattice_point;

/** Counter-clockwise; edge k runs from vertex[k] to vertex[(k + 1) % 3]. */
typedef struct pstm_triangle {
    int64_t vertex[3];    /**< indices of points */
    int64_t neighbour[3]; /**< the triangle across edge k, or -1 at the hull */
} pstm_triangle;

/** Twice the signed area of a, b, c; above 0 when they run counter-clockwise. */
static inline int64_t pstm_lattice_area2(const pstm_lattice_point *a, const pstm_lattice_point *b,
                                         const pstm_lattice_point *c)
{
    return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/**
 * Triangulates points[n], which are distinct, sorted by x, then y, and not all on one line, into
 * triangles[2 n]; *n_triangles of them. Points are added in order outside the hull of the ones before and
 * edges flipped until every circumcircle is empty (Lawson 1977: docs/references.md); four points on one
 * circle stay as they came, so that equal points give equal triangles. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_triangulate(const pstm_lattice_point *points, int64_t n,
                                             pstm_triangle *triangles, int64_t *n_triangles);

#endif
