#include "mpi/survey/far_traces.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/survey/first_trace.h"
#include "survey/kdtree.h"

enum {
    LOOKED_AT = 4096, /* traces, evenly spread over all, that tell where most are */
    ENOUGH = 20       /* usable ones of them, below which nothing is concluded */
};

static const double LEAST_M = 1000, FACTOR = 10;
/* Most traces lie between these parts of all, in order of a coordinate. */
static const double LOW = 0.1, HIGH = 0.9;

/* What is looked at, each [LOOKED_AT]. */
typedef struct sample {
    double x_m[LOOKED_AT], y_m[LOOKED_AT], offset_m[LOOKED_AT], is_there[LOOKED_AT];
} sample;

/* Every so many traces of all, whoever has read them. Collective. */
static void take_sample(MPI_Comm comm, const pstm_trace *traces, int64_t n, sample *s)
{
    int64_t first = 0, total = n;
    MPI_Exscan(&n, &first, 1, MPI_INT64_T, MPI_SUM, comm);
    int rank;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) first = 0; /* which MPI leaves undefined */
    MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_INT64_T, MPI_SUM, comm);
    const int64_t step = total > 0 ? (total + LOOKED_AT - 1) / LOOKED_AT : 1;
    for (int64_t i = (step - first % step) % step; i < n; i += step) {
        const int64_t k = (first + i) / step;
        if (!pstm_trace_is_usable(&traces[i])) continue;
        s->x_m[k] = pstm_trace_midpoint_m(&traces[i], false);
        s->y_m[k] = pstm_trace_midpoint_m(&traces[i], true);
        s->offset_m[k] = pstm_trace_offset_m(&traces[i]);
        s->is_there[k] = 1;
    }
    MPI_Allreduce(MPI_IN_PLACE, s, 4 * LOOKED_AT, MPI_DOUBLE, MPI_SUM, comm);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Puts the values that are there in order, at the start; their number. */
static int64_t sort(double *values, const double *is_there)
{
    int64_t n = 0;
    for (int64_t i = 0; i < LOOKED_AT; i++)
        if (is_there[i] != 0) values[n++] = values[i];
    qsort(values, (size_t)n, sizeof *values, compare);
    return n;
}

/* Where most traces are, and how far from there no trace is. */
typedef struct most {
    double x_m, y_m, far_m;
} most;

/* False: too few traces to tell. */
static bool find_most(sample *s, most *found)
{
    const int64_t n = sort(s->x_m, s->is_there), middle = n / 2;
    const int64_t low = (int64_t)(LOW * (double)n), high = (int64_t)(HIGH * (double)n);
    sort(s->y_m, s->is_there);
    sort(s->offset_m, s->is_there);
    if (n < ENOUGH) return false;
    const double spread_m = hypot(s->x_m[high] - s->x_m[low], s->y_m[high] - s->y_m[low]);
    *found =
        (most){s->x_m[middle], s->y_m[middle], fmax(LEAST_M, FACTOR * fmax(spread_m, s->offset_m[high]))};
    return true;
}

static double distance2_m2(const most *m, const pstm_trace *t)
{
    const double dx_m = pstm_trace_midpoint_m(t, false) - m->x_m,
                 dy_m = pstm_trace_midpoint_m(t, true) - m->y_m;
    return dx_m * dx_m + dy_m * dy_m;
}

/* How many are far; *first is the first of them that this rank has read, an index, n: none. */
static int64_t count_far(const most *m, const pstm_trace *traces, int64_t n, int64_t *first)
{
    int64_t n_far = 0;
    *first = n;
    for (int64_t i = n - 1; i >= 0; i--) {
        if (!pstm_trace_is_usable(&traces[i]) || distance2_m2(m, &traces[i]) <= m->far_m * m->far_m) continue;
        n_far++;
        *first = i;
    }
    return n_far;
}

pstm_status pstm_doubt_far_traces(MPI_Comm comm, const pstm_inputs *inputs, const pstm_trace *traces,
                                  int64_t n, pstm_doubts *doubts)
{
    sample *s = NULL;
    most found = {0};
    int64_t first, n_far = 0;
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&s, 1, "positions of some traces")));
    take_sample(comm, traces, n, s);
    const bool can_tell = find_most(s, &found);
    PSTM_FREE(&s);
    if (!can_tell) return PSTM_OK;
    n_far = count_far(&found, traces, n, &first);
    pstm_sum_over_ranks(comm, &n_far, 1);
    if (n_far == 0) return PSTM_OK;
    const pstm_trace trace = pstm_first_trace_of_ranks(comm, traces, n, first);
    return pstm_agree(
        comm,
        pstm_doubts_add(doubts, PSTM_DOUBT_FAR_TRACES, false,
                        "%s: trace %" PRId64
                        " has its source at x %.1f y %.1f and its receiver at x %.1f y %.1f, and most of "
                        "the %" PRId64 " traces are near x %.1f y %.1f m: %" PRId64
                        " traces lie more than %.3g km from there",
                        pstm_segy_path(inputs->files[trace.file]), trace.number + 1, trace.source_x_m,
                        trace.source_y_m, trace.receiver_x_m, trace.receiver_y_m, inputs->n_traces, found.x_m,
                        found.y_m, n_far, 1e-3 * found.far_m));
}
