#include "velocity/between.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"
#include "velocity/mesh.h"

/** Places within this part of their length of the line between the farthest two lie on one line. */
#define LINE_WIDTH 1e-3

/** A place on the line, at this distance along it. */
typedef struct stop {
    double along_m;
    int64_t place;
} stop;

struct pstm_between {
    pstm_mesh *mesh; /**< NULL: the places lie on a line */
    int64_t n;
    double from_x_m, from_y_m, direction_x, direction_y; /**< of the line; unit length, or 0 for one place */
    stop *stops;                                         /**< [n] along the line */
};

/** Index of the place that is the lowest or highest along x or y. */
static int64_t extreme(const pstm_place *places, int64_t n, double by_x, double by_y)
{
    int64_t best = 0;
    for (int64_t i = 1; i < n; i++)
        if (by_x * places[i].x_m + by_y * places[i].y_m > by_x * places[best].x_m + by_y * places[best].y_m)
            best = i;
    return best;
}

/** The line between the extremes of the longer axis; *width_m is the greatest distance from it. */
static double lay_line(pstm_between *line, const pstm_place *places, int64_t n, double *width_m)
{
    const pstm_place *west = &places[extreme(places, n, -1, 0)], *east = &places[extreme(places, n, 1, 0)];
    const pstm_place *south = &places[extreme(places, n, 0, -1)], *north = &places[extreme(places, n, 0, 1)];
    bool along_y = north->y_m - south->y_m > east->x_m - west->x_m;
    const pstm_place *from = along_y ? south : west, *to = along_y ? north : east;
    double length_m = hypot(to->x_m - from->x_m, to->y_m - from->y_m);
    line->from_x_m = from->x_m;
    line->from_y_m = from->y_m;
    line->direction_x = length_m > 0 ? (to->x_m - from->x_m) / length_m : 0;
    line->direction_y = length_m > 0 ? (to->y_m - from->y_m) / length_m : 0;
    *width_m = 0;
    for (int64_t i = 0; i < n; i++) {
        double across_m = (places[i].x_m - line->from_x_m) * line->direction_y -
                          (places[i].y_m - line->from_y_m) * line->direction_x;
        *width_m = fmax(*width_m, fabs(across_m));
    }
    return length_m;
}

static double along_line_m(const pstm_between *line, double x_m, double y_m)
{
    return (x_m - line->from_x_m) * line->direction_x + (y_m - line->from_y_m) * line->direction_y;
}

static int compare_stops(const void *left, const void *right)
{
    const stop *a = left, *b = right;
    if (a->along_m != b->along_m) return a->along_m < b->along_m ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static pstm_status make_stops(pstm_between *line, const pstm_place *places, int64_t n)
{
    PSTM_TRY(PSTM_NEW(&line->stops, n, "the places of the velocity functions"));
    line->n = n;
    for (int64_t i = 0; i < n; i++)
        line->stops[i] = (stop){along_line_m(line, places[i].x_m, places[i].y_m), i};
    qsort(line->stops, (size_t)n, sizeof *line->stops, compare_stops);
    return PSTM_OK;
}

pstm_status pstm_between_create(const pstm_place *places, int64_t n, pstm_between **out)
{
    pstm_status status = PSTM_OK;
    pstm_between *between = NULL;
    double width_m = 0;
    PSTM_GO(PSTM_NEW(&between, 1, "the places of the velocity functions"));
    double length_m = lay_line(between, places, n, &width_m);
    if (n < 3 || width_m <= LINE_WIDTH * length_m) {
        PSTM_GO(make_stops(between, places, n));
    } else {
        PSTM_GO(pstm_mesh_create(places, n, &between->mesh));
    }
    *out = between;
    between = NULL;
cleanup:
    pstm_between_destroy(&between);
    return status;
}

void pstm_between_destroy(pstm_between **between)
{
    if (*between == NULL) return;
    pstm_mesh_destroy(&(*between)->mesh);
    PSTM_FREE(&(*between)->stops);
    PSTM_FREE(between);
}

/** The stops round a distance along the line. */
static pstm_weights weights_on_line(const pstm_between *line, double along_m)
{
    int64_t low = 0, high = line->n; /* stops before `low` are not beyond along_m, those from `high` are */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (line->stops[middle].along_m <= along_m) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) return (pstm_weights){1, {line->stops[0].place}, {1}};
    const stop *a = &line->stops[low - 1];
    if (low == line->n || along_m == a->along_m) return (pstm_weights){1, {a->place}, {1}};
    const stop *b = a + 1;
    double part = (along_m - a->along_m) / (b->along_m - a->along_m);
    return (pstm_weights){2, {a->place, b->place}, {1 - part, part}};
}

pstm_weights pstm_between_weights(const pstm_between *between, double x_m, double y_m)
{
    if (between->mesh != NULL) return pstm_mesh_weights(between->mesh, x_m, y_m);
    return weights_on_line(between, along_line_m(between, x_m, y_m));
}
