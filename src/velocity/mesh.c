#include "velocity/mesh.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"
#include "velocity/triangles.h"

/** Triangles at the rim that are lower than this part of their length do not count. */
#define FLAT 1e-3
/**
 * Twice an area on the lattice that counts as 0 when a position is asked for: the rounding of products of
 * 2^54 is below 8, and 16 / 2^27 is a ten-millionth of the lattice's spacing.
 */
#define AREA2_SLACK 16.0

/** An edge of the rim, from point a to point b. */
typedef struct rim_edge {
    int64_t a, b;
} rim_edge;

/** A position on the lattice. */
typedef struct position {
    double x, y;
} position;

struct pstm_mesh {
    double min_x_m, min_y_m, lattice_per_m;
    int64_t n_points;
    pstm_lattice_point *points;
    int64_t n_triangles;
    pstm_triangle *triangles;
    bool *is_flat; /**< [n_triangles] */
    int64_t n_rim;
    rim_edge *rim;     /**< edges between the triangles that count and the outside, inside on the left */
    int64_t n_cells;   /**< on each axis */
    int64_t *nearby;   /**< [n_cells][n_cells] a triangle to start from */
    double cell_width; /**< on the lattice */
};

/* ---- making -------------------------------------------------------------------------------------------- */

static int compare_points(const void *left, const void *right)
{
    const pstm_lattice_point *a = left, *b = right;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    if (a->y != b->y) return a->y < b->y ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/** Puts the places on the lattice: their extent takes all of it, so that 100 km are told apart by 1 mm. */
static pstm_status make_points(pstm_mesh *mesh, const pstm_place *places, int64_t n)
{
    double min_x = INFINITY, max_x = -INFINITY, min_y = INFINITY, max_y = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        min_x = fmin(min_x, places[i].x_m);
        max_x = fmax(max_x, places[i].x_m);
        min_y = fmin(min_y, places[i].y_m);
        max_y = fmax(max_y, places[i].y_m);
    }
    mesh->min_x_m = min_x;
    mesh->min_y_m = min_y;
    mesh->lattice_per_m = (double)PSTM_LATTICE / fmax(max_x - min_x, max_y - min_y);

    PSTM_TRY(PSTM_NEW(&mesh->points, n, "the places of the velocity functions"));
    mesh->n_points = n;
    for (int64_t i = 0; i < n; i++)
        mesh->points[i] = (pstm_lattice_point){.x = llround((places[i].x_m - min_x) * mesh->lattice_per_m),
                                               .y = llround((places[i].y_m - min_y) * mesh->lattice_per_m),
                                               .id = i};
    qsort(mesh->points, (size_t)n, sizeof *mesh->points, compare_points);
    for (int64_t i = 1; i < n; i++) {
        const pstm_lattice_point *a = &mesh->points[i - 1], *b = &mesh->points[i];
        if (a->x == b->x && a->y == b->y)
            return pstm_fail(PSTM_DATA,
                             "the velocity functions at %.10g %.10g and at %.10g %.10g are too close to be "
                             "told apart; leave one of them out",
                             places[a->id].x_m, places[a->id].y_m, places[b->id].x_m, places[b->id].y_m);
    }
    return PSTM_OK;
}

static bool is_rim(const pstm_mesh *mesh, const pstm_triangle *t, int k)
{
    return t->neighbour[k] < 0 || mesh->is_flat[t->neighbour[k]];
}

/**
 * Is it a flat triangle at the rim? Exactly one edge is at the rim, the longest, so that all three places
 * stay in other triangles.
 */
static bool is_flat_at_rim(const pstm_mesh *mesh, int64_t i)
{
    const pstm_triangle *t = &mesh->triangles[i];
    const pstm_lattice_point *p[3];
    for (int k = 0; k < 3; k++)
        p[k] = &mesh->points[t->vertex[k]];
    double longest = 0;
    int i_longest = 0, n_rim = 0;
    for (int k = 0; k < 3; k++) {
        const pstm_lattice_point *a = p[k], *b = p[(k + 1) % 3];
        double length = hypot((double)(b->x - a->x), (double)(b->y - a->y));
        if (length > longest) {
            longest = length;
            i_longest = k;
        }
        n_rim += is_rim(mesh, t, k);
    }
    return n_rim == 1 && is_rim(mesh, t, i_longest) &&
           (double)pstm_lattice_area2(p[0], p[1], p[2]) < FLAT * longest * longest;
}

/** Leaves out flat triangles from the hull inwards. */
static pstm_status mark_flat(pstm_mesh *mesh)
{
    pstm_status status = PSTM_OK;
    int64_t *stack = NULL, n_stack = 0;
    PSTM_TRY(PSTM_NEW(&mesh->is_flat, mesh->n_triangles, "triangles of the velocity functions"));
    /* Each triangle is stacked at first and once more for each neighbour that is left out. */
    PSTM_GO(PSTM_NEW(&stack, 4 * mesh->n_triangles, "triangles of the velocity functions"));
    for (int64_t i = mesh->n_triangles - 1; i >= 0; i--)
        stack[n_stack++] = i;
    while (n_stack > 0) {
        int64_t i = stack[--n_stack];
        if (mesh->is_flat[i] || !is_flat_at_rim(mesh, i)) continue;
        mesh->is_flat[i] = true;
        for (int k = 0; k < 3; k++)
            if (mesh->triangles[i].neighbour[k] >= 0) stack[n_stack++] = mesh->triangles[i].neighbour[k];
    }
cleanup:
    PSTM_FREE(&stack);
    return status;
}

static pstm_status make_rim(pstm_mesh *mesh)
{
    int64_t capacity = 0;
    for (int64_t i = 0; i < mesh->n_triangles; i++) {
        const pstm_triangle *t = &mesh->triangles[i];
        for (int k = 0; k < 3 && !mesh->is_flat[i]; k++) {
            if (!is_rim(mesh, t, k)) continue;
            PSTM_TRY(PSTM_GROW(&mesh->rim, &capacity, mesh->n_rim + 1, "the rim of the velocity functions"));
            mesh->rim[mesh->n_rim++] = (rim_edge){t->vertex[k], t->vertex[(k + 1) % 3]};
        }
    }
    return PSTM_OK;
}

/* ---- finding ------------------------------------------------------------------------------------------- */

/** Twice the signed area of an edge and a position. */
static double area2(const pstm_lattice_point *a, const pstm_lattice_point *b, position at)
{
    return (double)(b->x - a->x) * (at.y - (double)a->y) - (double)(b->y - a->y) * (at.x - (double)a->x);
}

/**
 * Goes from a triangle towards a position across edges that have it on their far side, which ends in any
 * Delaunay triangulation (De Floriani, Falcidieno, Nagy and Pienovi 1991: docs/references.md). Returns the
 * last triangle; *is_inside says whether the position lies in it.
 */
static int64_t walk(const pstm_mesh *mesh, int64_t from, position at, bool *is_inside)
{
    int64_t i = from;
    *is_inside = false;
    for (;;) {
        const pstm_triangle *t = &mesh->triangles[i];
        int k = 0;
        while (k < 3 &&
               area2(&mesh->points[t->vertex[k]], &mesh->points[t->vertex[(k + 1) % 3]], at) >= -AREA2_SLACK)
            k++;
        *is_inside = k == 3;
        if (k == 3 || t->neighbour[k] < 0) return i;
        i = t->neighbour[k];
    }
}

/** Cells of about one place each, with the triangle at their middle or a hull triangle near it. */
static pstm_status make_cells(pstm_mesh *mesh)
{
    mesh->n_cells = (int64_t)ceil(sqrt((double)mesh->n_points));
    mesh->cell_width = (double)PSTM_LATTICE / (double)mesh->n_cells;
    PSTM_TRY(PSTM_NEW(&mesh->nearby, mesh->n_cells * mesh->n_cells, "cells of the velocity functions"));
    int64_t last = 0;
    for (int64_t row = 0; row < mesh->n_cells; row++) {
        for (int64_t i = 0; i < mesh->n_cells; i++) {
            /* There and back, so that the next cell is always beside the last. */
            int64_t column = row % 2 == 0 ? i : mesh->n_cells - 1 - i;
            position middle = {((double)column + 0.5) * mesh->cell_width,
                               ((double)row + 0.5) * mesh->cell_width};
            bool is_inside;
            last = walk(mesh, last, middle, &is_inside);
            mesh->nearby[row * mesh->n_cells + column] = last;
        }
    }
    return PSTM_OK;
}

static int64_t cell_of(const pstm_mesh *mesh, double lattice)
{
    int64_t cell = (int64_t)(lattice / mesh->cell_width);
    return cell < mesh->n_cells ? cell : mesh->n_cells - 1;
}

/** Leaves out weights of 0 and less, and makes the rest add up to 1. */
static pstm_weights tidy(const pstm_mesh *mesh, const int64_t *points, const double *weights, int n)
{
    pstm_weights result = {0};
    double sum = 0;
    for (int i = 0; i < n; i++) {
        if (!(weights[i] > 0)) continue;
        result.place[result.n] = mesh->points[points[i]].id;
        result.weight[result.n++] = weights[i];
        sum += weights[i];
    }
    for (int i = 0; i < result.n; i++)
        result.weight[i] /= sum;
    return result;
}

static pstm_weights weights_in_triangle(const pstm_mesh *mesh, int64_t i, position at)
{
    const pstm_triangle *t = &mesh->triangles[i];
    double weights[3];
    for (int k = 0; k < 3; k++)
        weights[k] = area2(&mesh->points[t->vertex[(k + 1) % 3]], &mesh->points[t->vertex[(k + 2) % 3]], at);
    return tidy(mesh, t->vertex, weights, 3);
}

static pstm_weights weights_at_rim(const pstm_mesh *mesh, position at)
{
    double least = INFINITY, part = 0;
    const rim_edge *nearest = &mesh->rim[0];
    for (int64_t i = 0; i < mesh->n_rim; i++) {
        const pstm_lattice_point *a = &mesh->points[mesh->rim[i].a], *b = &mesh->points[mesh->rim[i].b];
        double ex = (double)(b->x - a->x), ey = (double)(b->y - a->y);
        double dx = at.x - (double)a->x, dy = at.y - (double)a->y;
        double s = fmin(fmax((dx * ex + dy * ey) / (ex * ex + ey * ey), 0), 1);
        double distance = hypot(dx - s * ex, dy - s * ey);
        if (distance < least) {
            least = distance;
            nearest = &mesh->rim[i];
            part = s;
        }
    }
    int64_t points[2] = {nearest->a, nearest->b};
    double weights[2] = {1 - part, part};
    return tidy(mesh, points, weights, 2);
}

pstm_weights pstm_mesh_weights(const pstm_mesh *mesh, double x_m, double y_m)
{
    position at = {(x_m - mesh->min_x_m) * mesh->lattice_per_m, (y_m - mesh->min_y_m) * mesh->lattice_per_m};
    double end = (double)PSTM_LATTICE;
    if (!(at.x >= 0 && at.x <= end && at.y >= 0 && at.y <= end)) return weights_at_rim(mesh, at);
    bool is_inside;
    int64_t cell = cell_of(mesh, at.y) * mesh->n_cells + cell_of(mesh, at.x);
    int64_t found = walk(mesh, mesh->nearby[cell], at, &is_inside);
    if (!is_inside || mesh->is_flat[found]) return weights_at_rim(mesh, at);
    return weights_in_triangle(mesh, found, at);
}

pstm_status pstm_mesh_create(const pstm_place *places, int64_t n, pstm_mesh **out)
{
    pstm_status status = PSTM_OK;
    pstm_mesh *mesh = NULL;
    PSTM_GO(PSTM_NEW(&mesh, 1, "the mesh of the velocity functions"));
    PSTM_GO(make_points(mesh, places, n));
    PSTM_GO(PSTM_NEW(&mesh->triangles, 2 * n, "triangles of the velocity functions"));
    PSTM_GO(pstm_triangulate(mesh->points, n, mesh->triangles, &mesh->n_triangles));
    PSTM_GO(mark_flat(mesh));
    PSTM_GO(make_rim(mesh));
    PSTM_GO(make_cells(mesh));
    *out = mesh;
    mesh = NULL;
cleanup:
    pstm_mesh_destroy(&mesh);
    return status;
}

void pstm_mesh_destroy(pstm_mesh **mesh)
{
    if (*mesh == NULL) return;
    PSTM_FREE(&(*mesh)->points);
    PSTM_FREE(&(*mesh)->triangles);
    PSTM_FREE(&(*mesh)->is_flat);
    PSTM_FREE(&(*mesh)->rim);
    PSTM_FREE(&(*mesh)->nearby);
    PSTM_FREE(mesh);
}
