/* Some velocity functions that are faster or slower than all others by the ratio of metre and foot. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "velocity/function_doubts.h"

enum {
    N_TIMES = 8, /* of the image, at which functions are compared */
    NEAREST = 4  /* others, whose mean a function is compared with */
};

/** A metre is 3.28 feet, and neighbours differ by less than 17 %, up to which the ratio lies between these.
 * Interval velocities may differ as much from place to place; rms velocities at all times do not. */
static const double LEAST_RATIO = 2.8, MOST_RATIO = 3.85;
/** Only what differs from the median by more than this is compared with its neighbours. */
static const double ODD_RATIO = 1.9;
/** Neighbours that differ from their mean by more tell nothing. */
static const double MOST_DIFFERENCE = 0.2;

typedef struct table {
    const pstm_vfunctions *functions;
    double *v_m_s;          /* [n][N_TIMES] */
    double median[N_TIMES]; /* of all functions */
    bool *is_odd;           /* [n] */
} table;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill(const pstm_vfunctions *functions, pstm_velocity_quantity quantity, const pstm_grid *grid,
                 double *v_m_s)
{
    for (int64_t f = 0; f < functions->n; f++) {
        pstm_vreader reader = pstm_vreader_of(functions, f, quantity);
        for (int k = 0; k < N_TIMES; k++)
            v_m_s[f * N_TIMES + k] = pstm_vreader_at(
                &reader, pstm_grid_time_s(grid, (int32_t)((int64_t)k * (grid->n_times - 1) / (N_TIMES - 1))));
    }
}

/* The lower one of two in the middle. */
static pstm_status find_medians(table *t)
{
    const int64_t n = t->functions->n;
    double *sorted = NULL;
    PSTM_TRY(PSTM_NEW(&sorted, n, "velocities in order"));
    for (int k = 0; k < N_TIMES; k++) {
        for (int64_t f = 0; f < n; f++)
            sorted[f] = t->v_m_s[f * N_TIMES + k];
        qsort(sorted, (size_t)n, sizeof *sorted, compare);
        t->median[k] = sorted[(n - 1) / 2];
    }
    PSTM_FREE(&sorted);
    return PSTM_OK;
}

/* The least of the ratios to these velocities, or of their inverses where it is slower; 0: neither at all
 * times. *is_faster tells which; *most is the largest. */
static double least_ratio(const double *v_m_s, const double *others_m_s, bool *is_faster, double *most)
{
    double least = INFINITY, largest = 0;
    for (int k = 0; k < N_TIMES; k++) {
        least = fmin(least, v_m_s[k] / others_m_s[k]);
        largest = fmax(largest, v_m_s[k] / others_m_s[k]);
    }
    *is_faster = least > 1;
    *most = *is_faster ? largest : 1 / least;
    if (least <= 1 && largest >= 1) return 0;
    return *is_faster ? least : 1 / largest;
}

static void mark_odd(table *t)
{
    for (int64_t f = 0; f < t->functions->n; f++) {
        bool is_faster;
        double most;
        t->is_odd[f] = least_ratio(t->v_m_s + f * N_TIMES, t->median, &is_faster, &most) > ODD_RATIO;
    }
}

static double distance2(const pstm_vfunction *a, const pstm_vfunction *b)
{
    const double x_m = a->x_m - b->x_m, y_m = a->y_m - b->y_m;
    return x_m * x_m + y_m * y_m;
}

/* The nearest functions that are not odd, by distance; their number. */
static int find_nearest(const table *t, int64_t f, int64_t *nearest)
{
    const pstm_vfunction *functions = t->functions->functions, *mine = &functions[f];
    int n = 0;
    for (int64_t g = 0; g < t->functions->n; g++) {
        if (t->is_odd[g] || g == f) continue;
        int at = n < NEAREST ? n++ : NEAREST;
        for (; at > 0 && distance2(&functions[g], mine) < distance2(&functions[nearest[at - 1]], mine); at--)
            if (at < NEAREST) nearest[at] = nearest[at - 1];
        if (at < NEAREST) nearest[at] = g;
    }
    return n;
}

/* The mean of its neighbours; false: there are none, or they differ among themselves. */
static bool find_mean(const table *t, int64_t f, double *mean_m_s)
{
    int64_t nearest[NEAREST];
    const int n = find_nearest(t, f, nearest);
    bool agree = n > 0;
    for (int k = 0; k < N_TIMES; k++) {
        mean_m_s[k] = 0;
        for (int i = 0; i < n; i++)
            mean_m_s[k] += t->v_m_s[nearest[i] * N_TIMES + k] / n;
        for (int i = 0; i < n; i++)
            agree = agree && fabs(t->v_m_s[nearest[i] * N_TIMES + k] / mean_m_s[k] - 1) < MOST_DIFFERENCE;
    }
    return agree;
}

/* Of the odd ones. */
static pstm_status judge(const table *t, const char *name, pstm_doubts *doubts)
{
    const pstm_vfunctions *functions = t->functions;
    int64_t n = 0, first = 0;
    double least = 0, most = 0;
    bool is_faster = false;
    for (int64_t f = 0; f < functions->n; f++) {
        double mean_m_s[N_TIMES], largest;
        bool faster;
        if (!t->is_odd[f] || !find_mean(t, f, mean_m_s)) continue;
        const double smallest = least_ratio(t->v_m_s + f * N_TIMES, mean_m_s, &faster, &largest);
        if (smallest < LEAST_RATIO || largest > MOST_RATIO) continue;
        if (n++ > 0 && functions->functions[f].line > functions->functions[first].line) continue;
        first = f;
        least = smallest;
        most = largest;
        is_faster = faster;
    }
    if (n == 0) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_VELOCITY_UNIT, false,
        "%s: %" PRId64 " of its %" PRId64
        " functions differ from their neighbours by the ratio of metre and foot at all "
        "times: that of line %" PRId64 " is %.3g to %.3g times as %s as the nearest others",
        name, n, functions->n, functions->functions[first].line, least, most, is_faster ? "fast" : "slow");
}

pstm_status pstm_vfunctions_doubt_feet(const pstm_vfunctions *functions, pstm_velocity_quantity quantity,
                                       const char *name, const pstm_grid *grid, pstm_doubts *doubts)
{
    table t = {.functions = functions};
    pstm_status status = PSTM_OK;
    if (functions->n < 2) return PSTM_OK;
    PSTM_GO(PSTM_NEW(&t.v_m_s, functions->n * N_TIMES, "velocities at some times"));
    PSTM_GO(PSTM_NEW(&t.is_odd, functions->n, "velocity functions that differ"));
    fill(functions, quantity, grid, t.v_m_s);
    PSTM_GO(find_medians(&t));
    mark_odd(&t);
    status = judge(&t, name, doubts);
cleanup:
    PSTM_FREE(&t.v_m_s);
    PSTM_FREE(&t.is_odd);
    return status;
}
