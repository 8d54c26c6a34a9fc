#include "mpi/survey/places.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "survey/kdtree.h"

enum {
    ALL_OF = 200000, /* of no more traces all are taken */
    SPREAD = 50000,  /* evenly over the others */
    SQUARES = 48,    /* of which all are taken */
    FEWEST = 20000,  /* of all squares together */
    MOST = 120000
};

/* The midpoints that a rank gives, in the order of its traces. */
typedef struct gathered {
    pstm_position *points;
    int64_t n, capacity;
} gathered;

static pstm_position midpoint(const pstm_trace *trace)
{
    return (pstm_position){pstm_trace_midpoint_m(trace, false), pstm_trace_midpoint_m(trace, true)};
}

static pstm_status keep(gathered *g, const pstm_trace *trace)
{
    PSTM_TRY(PSTM_GROW(&g->points, &g->capacity, g->n + 1, "midpoints"));
    g->points[g->n++] = midpoint(trace);
    return PSTM_OK;
}

/* Every step-th usable trace of all. */
static pstm_status keep_spread(const pstm_trace *traces, int64_t n, int64_t first, int64_t step, gathered *g)
{
    for (int64_t i = 0, usable = first; i < n; i++) {
        if (!pstm_trace_is_usable(&traces[i])) continue;
        if (usable++ % step == 0) PSTM_TRY(keep(g, &traces[i]));
    }
    return PSTM_OK;
}

/* ---- squares ----------------------------------------------------------------------------------------- */

typedef struct squares {
    pstm_position middle[SQUARES];
    double half_m;
} squares;

static bool is_in(const squares *s, const pstm_trace *trace)
{
    if (!pstm_trace_is_usable(trace)) return false;
    const pstm_position at = midpoint(trace);
    for (int q = 0; q < SQUARES; q++)
        if (fabs(at.x_m - s->middle[q].x_m) <= s->half_m && fabs(at.y_m - s->middle[q].y_m) <= s->half_m)
            return true;
    return false;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* About points of the spread ones; the first guess of their size is a hundredth of where most are. Rank 0. */
static pstm_status place_squares(const gathered *spread, squares *s)
{
    double *x_m;
    if (spread->n == 0) return PSTM_OK; /* that is for small surveys */
    PSTM_TRY(PSTM_NEW(&x_m, spread->n, "midpoints"));
    double extent_m = 0;
    for (int axis = 0; axis < 2; axis++) {
        for (int64_t p = 0; p < spread->n; p++)
            x_m[p] = axis == 0 ? spread->points[p].x_m : spread->points[p].y_m;
        qsort(x_m, (size_t)spread->n, sizeof *x_m, compare);
        extent_m = fmax(extent_m, x_m[spread->n - 1 - spread->n / 20] - x_m[spread->n / 20]);
    }
    for (int q = 0; q < SQUARES; q++)
        s->middle[q] = spread->points[(spread->n - 1) * (2 * q + 1) / (2 * SQUARES)];
    s->half_m = fmax(0.005 * extent_m, 0.1);
    PSTM_FREE(&x_m);
    return PSTM_OK;
}

/* Makes the squares larger or smaller until they hold enough. Collective. */
static void size_squares(MPI_Comm comm, const pstm_trace *traces, int64_t n, squares *s)
{
    for (int tries = 0; tries < 12; tries++) {
        int64_t count = 0;
        for (int64_t i = 0; i < n; i++)
            count += is_in(s, &traces[i]);
        pstm_sum_over_ranks(comm, &count, 1);
        if (count >= FEWEST && count <= MOST) return;
        s->half_m *= fmin(fmax(sqrt(0.5 * (FEWEST + MOST) / (double)(count + 1)), 0.1), 4);
    }
}

/* Brings what each rank has to rank 0. Collective; agrees on errors. */
static pstm_status gather(MPI_Comm comm, gathered *g)
{
    int rank;
    int64_t total = g->n;
    MPI_Comm_rank(comm, &rank);
    pstm_sum_over_ranks(comm, &total, 1);
    PSTM_TRY(pstm_agree(comm, rank == 0 ? PSTM_GROW(&g->points, &g->capacity, total, "midpoints") : PSTM_OK));
    pstm_gather_elements(comm, g->points, g->n, sizeof *g->points);
    if (rank == 0) g->n = total;
    return PSTM_OK;
}

/* Of a large survey: those in squares, with the spread ones behind them. Collective. */
static pstm_status add_dense(MPI_Comm comm, const pstm_trace *traces, int64_t n, gathered *spread,
                             pstm_places *out)
{
    int rank;
    squares s = {.half_m = 0};
    gathered dense = {0};
    pstm_status status;
    MPI_Comm_rank(comm, &rank);
    PSTM_GO(pstm_agree(comm, rank == 0 ? place_squares(spread, &s) : PSTM_OK));
    pstm_broadcast_bytes(comm, &s, sizeof s);
    size_squares(comm, traces, n, &s);
    for (int64_t i = 0; i < n && status == PSTM_OK; i++)
        if (is_in(&s, &traces[i])) status = keep(&dense, &traces[i]);
    PSTM_GO(pstm_agree(comm, status));
    PSTM_GO(gather(comm, &dense));
    if (rank != 0) goto cleanup;
    out->n_dense = dense.n;
    for (int64_t p = 0; p < spread->n && status == PSTM_OK; p++) {
        status = PSTM_GROW(&dense.points, &dense.capacity, dense.n + 1, "midpoints");
        if (status == PSTM_OK) dense.points[dense.n++] = spread->points[p];
    }
    out->n = dense.n;
    out->points = dense.points;
    dense.points = NULL;
cleanup:
    PSTM_FREE(&dense.points);
    return pstm_agree(comm, status);
}

pstm_status pstm_places_find(MPI_Comm comm, const pstm_trace *traces, int64_t n, pstm_places *out)
{
    int rank;
    int64_t mine = 0, first = 0;
    gathered spread = {0};
    pstm_status status;
    *out = (pstm_places){.points = NULL};
    for (int64_t i = 0; i < n; i++)
        mine += pstm_trace_is_usable(&traces[i]);
    MPI_Comm_rank(comm, &rank);
    MPI_Exscan(&mine, &first, 1, MPI_INT64_T, MPI_SUM, comm);
    if (rank == 0) first = 0; /* which MPI leaves undefined */
    out->n_usable = mine;
    pstm_sum_over_ranks(comm, &out->n_usable, 1);
    const int64_t step = out->n_usable <= ALL_OF ? 1 : (out->n_usable + SPREAD - 1) / SPREAD;
    PSTM_GO(pstm_agree(comm, keep_spread(traces, n, first, step, &spread)));
    PSTM_GO(gather(comm, &spread));
    if (step > 1) {
        status = add_dense(comm, traces, n, &spread, out);
        goto cleanup;
    }
    if (rank == 0) {
        out->n = out->n_dense = spread.n;
        out->points = spread.points;
        spread.points = NULL;
    }
cleanup:
    PSTM_FREE(&spread.points);
    return status;
}

void pstm_places_clear(pstm_places *places)
{
    PSTM_FREE(&places->points);
}

/* ---- fold -------------------------------------------------------------------------------------------- */

void pstm_fold_map_count(MPI_Comm comm, const pstm_grid *grid, const pstm_trace *traces, int64_t n,
                         int32_t *fold, int64_t *n_beside)
{
    int rank;
    const int64_t n_bins = (int64_t)grid->n_inline * grid->n_crossline;
    MPI_Comm_rank(comm, &rank);
    memset(fold, 0, (size_t)n_bins * sizeof *fold);
    *n_beside = 0;
    for (int64_t t = 0; t < n; t++) {
        double i, j;
        if (!pstm_trace_is_usable(&traces[t])) continue;
        const pstm_position at = midpoint(&traces[t]);
        pstm_grid_indices(grid, at.x_m, at.y_m, &i, &j);
        i = floor(i + 0.5);
        j = floor(j + 0.5);
        if (i >= 0 && i < grid->n_inline && j >= 0 && j < grid->n_crossline)
            fold[(int64_t)i * grid->n_crossline + (int64_t)j]++;
        else
            ++*n_beside;
    }
    pstm_sum_over_ranks(comm, n_beside, 1);
    MPI_Reduce(rank == 0 ? MPI_IN_PLACE : fold, rank == 0 ? fold : NULL, (int)n_bins, MPI_INT32_T, MPI_SUM, 0,
               comm);
}
