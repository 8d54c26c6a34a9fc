#include "mpi/survey/odd_traces.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>

#include "mpi/comm/agree.h"
#include "mpi/survey/first_trace.h"
#include "mpi/survey/scan.h"
#include "survey/kdtree.h"

/* A swapped trace is so many times farther from its neighbour than it would be with x and y in order, and
 * than neighbours are from each other; and so many metres at least. */
static const double FAR_FACTOR = 10, LEAST_FAR_M = 100;

/* Delays of one source that go to and fro in so large a part of the traces, and in so many, are none. */
static const double ODD_DELAYS = 0.1;
enum { FEWEST_ODD_DELAYS = 8 };

/* What was found, of this rank or of all. */
typedef struct odd {
    int64_t n_swapped, first_swapped;           /* traces, and the index of the first; -1: none */
    int64_t n_inner, n_odd_delays, first_delay; /* traces between two of the same source; with odd delays */
    double most_delay_s;                        /* by which such a delay differs from both neighbours' */
} odd;

/* ---- swapped ----------------------------------------------------------------------------------------- */

typedef struct ends {
    double m[4]; /* x and y of source and receiver */
} ends;

static ends ends_of(const pstm_trace *t, bool swapped)
{
    if (swapped) return (ends){{t->source_y_m, t->source_x_m, t->receiver_y_m, t->receiver_x_m}};
    return (ends){{t->source_x_m, t->source_y_m, t->receiver_x_m, t->receiver_y_m}};
}

static double distance_m(const ends *a, const ends *b)
{
    double sum = 0;
    for (int k = 0; k < 4; k++)
        sum += (a->m[k] - b->m[k]) * (a->m[k] - b->m[k]);
    return sqrt(sum);
}

/* How far a trace is from the one before, as it is or with its x and y swapped. */
static double step_m(const pstm_trace *t, bool swapped)
{
    const ends a = ends_of(t - 1, false), b = ends_of(t, swapped);
    return distance_m(&a, &b);
}

/* Whether x and y are in another order in trace i, one of the block that ends at `end`, than in the one
 * before, which is last_m from the one before it, in the orders found; last_m < 0: there is none. Traces on
 * either side tell how far neighbours are from each other. */
static bool is_change(const pstm_trace *traces, int64_t i, int64_t end, double last_m)
{
    const double far_m = step_m(&traces[i], false), near_m = step_m(&traces[i], true);
    const bool has_next = i + 1 < end;
    double usual_m = fmax(near_m, last_m);
    if (last_m < 0 && !has_next) return false;
    if (has_next) usual_m = fmax(usual_m, fmin(step_m(&traces[i + 1], false), step_m(&traces[i + 1], true)));
    return far_m >= LEAST_FAR_M && far_m >= FAR_FACTOR * usual_m;
}

/* Of traces [first, end) of one block: those in the order that fewer have. */
static void find_swapped(const pstm_trace *traces, int64_t first, int64_t end, odd *found)
{
    int64_t n_of[2] = {0}, first_of[2] = {-1, -1};
    bool other = false;
    double last_m = -1;
    for (int64_t i = first; i < end; i++) {
        const bool changes = i > first && is_change(traces, i, end, last_m);
        if (changes) other = !other;
        if (i > first) last_m = step_m(&traces[i], changes);
        if (n_of[other]++ == 0) first_of[other] = i;
    }
    const bool fewer = n_of[1] <= n_of[0];
    if (n_of[fewer] == 0) return;
    if (found->n_swapped == 0) found->first_swapped = first_of[fewer];
    found->n_swapped += n_of[fewer];
}

/* ---- delays ------------------------------------------------------------------------------------------ */

static bool same_source(const pstm_trace *a, const pstm_trace *b)
{
    return a->source_x_m == b->source_x_m && a->source_y_m == b->source_y_m;
}

static void find_odd_delays(const pstm_trace *traces, int64_t first, int64_t end, odd *found)
{
    for (int64_t i = first + 1; i + 1 < end; i++) {
        const pstm_trace *t = &traces[i];
        if (!same_source(t, t - 1) || !same_source(t, t + 1)) continue;
        const double before_s = t->start_s - (t - 1)->start_s, after_s = t->start_s - (t + 1)->start_s;
        found->n_inner++;
        if (!(before_s * after_s > 0)) continue;
        if (found->n_odd_delays++ == 0) found->first_delay = i;
        found->most_delay_s = fmax(found->most_delay_s, fmin(fabs(before_s), fabs(after_s)));
    }
}

/* ---- all --------------------------------------------------------------------------------------------- */

/* Where the run of usable traces of one block of a file ends that begins at i. */
static int64_t end_of_run(const pstm_trace *traces, int64_t i, int64_t n)
{
    int64_t end = i + 1;
    while (end < n && pstm_trace_is_usable(&traces[end]) && traces[end].file == traces[i].file &&
           traces[end].number % PSTM_SCAN_BLOCK_TRACES != 0)
        end++;
    return end;
}

static odd find_odd(const pstm_trace *traces, int64_t n)
{
    odd found = {.first_swapped = -1, .first_delay = -1};
    for (int64_t i = 0; i < n;) {
        if (!pstm_trace_is_usable(&traces[i])) {
            i++;
            continue;
        }
        const int64_t end = end_of_run(traces, i, n);
        find_swapped(traces, i, end, &found);
        find_odd_delays(traces, i, end, &found);
        i = end;
    }
    return found;
}

static pstm_status doubt_swapped(const pstm_inputs *inputs, const odd *all, const pstm_trace *t,
                                 pstm_doubts *doubts)
{
    if (all->n_swapped == 0) return PSTM_OK;
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_SWAPPED_TRACES, false,
        "%s: trace %" PRId64
        " has its source at x %.1f y %.1f and its receiver at x %.1f y %.1f, far from the "
        "traces beside it in the file, and would lie with them if x and y were swapped: so do "
        "%" PRId64 " of %" PRId64 " traces",
        pstm_segy_path(inputs->files[t->file]), t->number + 1, t->source_x_m, t->source_y_m, t->receiver_x_m,
        t->receiver_y_m, all->n_swapped, inputs->n_traces);
}

static pstm_status doubt_delays(const pstm_inputs *inputs, int delay_byte, const odd *all,
                                const pstm_trace *t, pstm_doubts *doubts)
{
    if (all->n_odd_delays < FEWEST_ODD_DELAYS ||
        (double)all->n_odd_delays <= ODD_DELAYS * (double)all->n_inner)
        return PSTM_OK;
    return pstm_doubts_add(doubts, PSTM_DOUBT_DELAY, false,
                           "%s: the delays (byte %d) of %" PRId64 " of %" PRId64
                           " traces are above, or below, those of both traces beside it of the same source, "
                           "by up to %.4g s: trace %" PRId64 " is the first, with %.4g s",
                           pstm_segy_path(inputs->files[t->file]), delay_byte, all->n_odd_delays,
                           all->n_inner, all->most_delay_s, t->number + 1, t->start_s);
}

pstm_status pstm_doubt_odd_traces(MPI_Comm comm, const pstm_inputs *inputs, int delay_byte,
                                  const pstm_trace *traces, int64_t n, pstm_doubts *doubts)
{
    odd found = find_odd(traces, n);
    const pstm_trace swapped =
        pstm_first_trace_of_ranks(comm, traces, n, found.n_swapped > 0 ? found.first_swapped : n);
    const pstm_trace delayed =
        pstm_first_trace_of_ranks(comm, traces, n, found.n_odd_delays > 0 ? found.first_delay : n);
    int64_t counts[3] = {found.n_swapped, found.n_inner, found.n_odd_delays};
    pstm_sum_over_ranks(comm, counts, 3);
    MPI_Allreduce(MPI_IN_PLACE, &found.most_delay_s, 1, MPI_DOUBLE, MPI_MAX, comm);
    found.n_swapped = counts[0];
    found.n_inner = counts[1];
    found.n_odd_delays = counts[2];
    pstm_status status = doubt_swapped(inputs, &found, &swapped, doubts);
    if (status == PSTM_OK) status = doubt_delays(inputs, delay_byte, &found, &delayed, doubts);
    return pstm_agree(comm, status);
}
