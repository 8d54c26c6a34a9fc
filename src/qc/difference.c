#include "qc/difference.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"

enum { BINS_PER_SAMPLE = 1000 };
static const double search_s = 0.02; /* half a period at 25 Hz: the next peak of the same sign is farther */
static const double event_over_rms = 3.0; /* below: noise, whose peaks wander */

pstm_status pstm_difference_create(double time_step_s, pstm_difference **difference)
{
    pstm_status status = PSTM_OK;
    pstm_difference *made = NULL;
    PSTM_GO(PSTM_NEW(&made, 1, "difference"));
    made->time_step_s = time_step_s;
    made->search_radius = (int32_t)fmin(fmax(2, round(search_s / time_step_s)), 1000);
    made->shift_reach = (made->search_radius + 1) * BINS_PER_SAMPLE;
    PSTM_GO(PSTM_NEW(&made->shift_counts, 2 * (int64_t)made->shift_reach + 1, "peak shifts"));
    *difference = made;
    made = NULL;
cleanup:
    pstm_difference_destroy(&made);
    return status;
}

void pstm_difference_destroy(pstm_difference **difference)
{
    if (!*difference) return;
    PSTM_FREE(&(*difference)->shift_counts);
    PSTM_FREE(difference);
}

static void add_samples(pstm_difference *difference, const float *a, const float *b, int32_t n,
                        const pstm_image_trace *trace, int32_t k_begin)
{
    difference->n_samples += n;
    for (int32_t i = 0; i < n; i++) {
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the bits are compared, not the values */
        const bool is_differing = memcmp(&a[i], &b[i], sizeof *a) != 0;
        difference->n_differ += is_differing;
        if (!isfinite(a[i]) || !isfinite(b[i])) {
            difference->n_not_finite += is_differing;
            continue;
        }
        const double gap = (double)a[i] - (double)b[i];
        difference->sum_squares += gap * gap;
        difference->sum_squares_b += (double)b[i] * (double)b[i];
        if (fabs(gap) <= difference->largest) continue;
        difference->largest = fabs(gap);
        difference->largest_a = a[i];
        difference->largest_b = b[i];
        difference->largest_trace = *trace;
        difference->largest_k = k_begin + i;
    }
}

/* The sample of the strongest |value|, if it stands out and has neighbours; -1 otherwise. */
static int32_t find_event(const float *values, int32_t n)
{
    double sum_squares = 0, strongest = 0;
    int32_t at = -1;
    for (int32_t i = 0; i < n; i++) {
        const double magnitude = fabs((double)values[i]);
        sum_squares += magnitude * magnitude;
        if (magnitude > strongest) {
            strongest = magnitude;
            at = i;
        }
    }
    /* With a NaN in the trace this is false. */
    const bool stands_out = strongest >= event_over_rms * sqrt(sum_squares / n);
    return stands_out && at > 0 && at < n - 1 ? at : -1;
}

/* Where the parabola through the samples at - 1, at, at + 1 has its extremum, relative to `at`. */
static double refine(const float *values, int32_t at)
{
    const double before = (double)values[at - 1], after = (double)values[at + 1];
    const double bend = before - 2 * (double)values[at] + after;
    return bend != 0 ? 0.5 * (before - after) / bend : 0;
}

static void add_shift(pstm_difference *difference, const float *a, const float *b, int32_t n)
{
    const int32_t at_b = find_event(b, n);
    if (at_b < 0) return;
    const double sign = b[at_b] > 0 ? 1 : -1;
    const int32_t radius = difference->search_radius;
    const int32_t first = at_b > radius ? at_b - radius : 0;
    const int32_t last = at_b + radius < n - 1 ? at_b + radius : n - 1;
    int32_t at_a = at_b;
    for (int32_t i = first; i <= last; i++)
        if (sign * (double)a[i] > sign * (double)a[at_a]) at_a = i;
    if (at_a == first || at_a == last || !(sign * (double)a[at_a] > 0)) return;
    const double shift = at_a - at_b + refine(a, at_a) - refine(b, at_b); /* in samples */
    if (!(fabs(shift) <= radius + 1)) return;
    difference->shift_counts[difference->shift_reach + lround(shift * BINS_PER_SAMPLE)]++;
    difference->n_shifts++;
}

void pstm_difference_add(pstm_difference *difference, const float *a, const float *b, int32_t n,
                         const pstm_image_trace *trace, int32_t k_begin)
{
    add_samples(difference, a, b, n, trace, k_begin);
    add_shift(difference, a, b, n);
}

void pstm_difference_add_folds(pstm_difference *difference, const float *a, const float *b, int64_t n)
{
    difference->n_folds += n;
    for (int64_t i = 0; i < n; i++) {
        const double gap = fabs((double)a[i] - (double)b[i]);
        difference->n_folds_differ += gap != 0;
        difference->largest_fold = fmax(difference->largest_fold, gap);
    }
}

bool pstm_difference_is_none(const pstm_difference *difference)
{
    return difference->n_differ == 0 && difference->n_folds_differ == 0;
}

double pstm_difference_nrms(const pstm_difference *difference)
{
    if (difference->sum_squares == 0) return 0;
    if (difference->sum_squares_b == 0) return (double)INFINITY;
    return sqrt(difference->sum_squares / difference->sum_squares_b);
}

void pstm_difference_shifts(const pstm_difference *difference, double *median_s, double *within_95_s)
{
    const int64_t *centre = difference->shift_counts + difference->shift_reach;
    const double bin_s = difference->time_step_s / BINS_PER_SAMPLE;
    const int64_t half = (difference->n_shifts + 1) / 2;
    const int64_t most = (int64_t)ceil(0.95 * (double)difference->n_shifts);
    *median_s = *within_95_s = 0;
    if (difference->n_shifts == 0) return;
    int32_t bin = -difference->shift_reach;
    for (int64_t seen = centre[bin]; seen < half; seen += centre[bin])
        bin++;
    *median_s = bin * bin_s;
    int32_t size = 0;
    for (int64_t seen = centre[0]; seen < most; seen += centre[size] + centre[-size])
        size++;
    *within_95_s = size * bin_s;
}
