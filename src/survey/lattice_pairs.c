/* Waves in the differences of near points: their histogram, and its transform. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "survey/lattice_waves.h"

enum {
    HALF = 160, /* cells of the histogram from its middle to its edge */
    SIDE = 2 * HALF + 1,
    WAVES = 200, /* of the transform, from 0 to the steepest: WAVES * WAVE_STEP / radius */
    MOST_PAIRS = 3000000
};
static const double WAVE_STEP = 0.25, LEAST_SHARE = 0.1;

/* ---- differences ------------------------------------------------------------------------------------- */

/* A point and the square of side `radius` that it lies in. */
typedef struct placed {
    int64_t i, j;
    pstm_position at;
} placed;

static int by_square(const void *a, const void *b)
{
    const placed *p = a, *q = b;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    if (p->j != q->j) return p->j < q->j ? -1 : 1;
    if (p->at.x_m != q->at.x_m) return p->at.x_m < q->at.x_m ? -1 : 1;
    return (p->at.y_m > q->at.y_m) - (p->at.y_m < q->at.y_m);
}

/* The first of sorted points in square (i, j) or behind it. */
static int64_t first_in(const placed *sorted, int64_t n, int64_t i, int64_t j)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        const placed *p = &sorted[middle];
        if (p->i < i || (p->i == i && p->j < j))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t cell_of(double d_m, double cell_m)
{
    return (int64_t)lround(d_m / cell_m) + HALF;
}

/* Adds the differences of point p to all others in the nine squares about it; returns how many. */
static int64_t add_differences(const placed *sorted, int64_t n, int64_t p, double radius_m, double *histogram)
{
    const double cell_m = radius_m / HALF;
    int64_t n_pairs = 0;
    for (int64_t i = sorted[p].i - 1; i <= sorted[p].i + 1; i++) {
        const int64_t end = first_in(sorted, n, i, sorted[p].j + 2);
        for (int64_t q = first_in(sorted, n, i, sorted[p].j - 1); q < end; q++) {
            const double dx = sorted[q].at.x_m - sorted[p].at.x_m, dy = sorted[q].at.y_m - sorted[p].at.y_m;
            const double near = 1 - (dx * dx + dy * dy) / (radius_m * radius_m);
            n_pairs++;
            if (q == p || near <= 0) continue;
            histogram[cell_of(dx, cell_m) * SIDE + cell_of(dy, cell_m)] += near * near;
        }
    }
    return n_pairs;
}

static pstm_status count_differences(const pstm_position *points, int64_t n, double radius_m,
                                     double *histogram)
{
    placed *sorted;
    PSTM_TRY(PSTM_NEW(&sorted, n, "midpoints by place"));
    for (int64_t p = 0; p < n; p++)
        sorted[p] = (placed){(int64_t)floor(points[p].x_m / radius_m),
                             (int64_t)floor(points[p].y_m / radius_m), points[p]};
    qsort(sorted, (size_t)n, sizeof *sorted, by_square);
    uint64_t random = 1; /* which points come first: any, the same each time */
    for (int64_t tried = 0, n_pairs = 0; tried < n && n_pairs < MOST_PAIRS; tried++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        n_pairs += add_differences(sorted, n, (int64_t)((random >> 33) % (uint64_t)n), radius_m, histogram);
    }
    PSTM_FREE(&sorted);
    return PSTM_OK;
}

/* ---- transform --------------------------------------------------------------------------------------- */

/* cosines and sines of 2 pi WAVE_STEP wave cell / HALF for waves 0 ... WAVES and cells 0 ... HALF. */
static void fill_turns(double *cosines, double *sines)
{
    for (int w = 0; w <= WAVES; w++)
        for (int c = 0; c <= HALF; c++) {
            const double turn = 2 * M_PI * WAVE_STEP * w * c / HALF;
            cosines[w * (HALF + 1) + c] = cos(turn);
            sines[w * (HALF + 1) + c] = sin(turn);
        }
}

/* The transform of the even histogram at waves (x, y), x from -WAVES and y from 0 on: out[2 WAVES + 1][WAVES
 * + 1]. Even and odd parts over y give the same for x and -x. */
static pstm_status transform(const double *histogram, double *out)
{
    double *cosines = NULL, *sines = NULL, *even = NULL, *odd = NULL;
    const int row = WAVES + 1, cells = HALF + 1;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&cosines, row * cells, "waves"));
    PSTM_GO(PSTM_NEW(&sines, row * cells, "waves"));
    PSTM_GO(PSTM_NEW(&even, (int64_t)SIDE * row, "waves"));
    PSTM_GO(PSTM_NEW(&odd, (int64_t)SIDE * row, "waves"));
    fill_turns(cosines, sines);
    for (int i = 0; i < SIDE; i++)
        for (int w = 0; w <= WAVES; w++) {
            const double *at = histogram + i * SIDE + HALF, *c = cosines + w * cells, *s = sines + w * cells;
            double sum_even = at[0], sum_odd = 0;
            for (int j = 1; j <= HALF; j++) {
                sum_even += (at[j] + at[-j]) * c[j];
                sum_odd += (at[j] - at[-j]) * s[j];
            }
            even[i * row + w] = sum_even;
            odd[i * row + w] = sum_odd;
        }
    for (int x = -WAVES; x <= WAVES; x++)
        for (int y = 0; y <= WAVES; y++) {
            double sum = 0;
            for (int i = -HALF; i <= HALF; i++) {
                const int at = abs(x) * cells + abs(i), of = (i + HALF) * row + y;
                const double sign = (x < 0) != (i < 0) ? -1 : 1;
                sum += cosines[at] * even[of] - sign * sines[at] * odd[of];
            }
            out[(x + WAVES) * row + y] = sum;
        }
cleanup:
    PSTM_FREE(&cosines);
    PSTM_FREE(&sines);
    PSTM_FREE(&even);
    PSTM_FREE(&odd);
    return status;
}

/* ---- peaks ------------------------------------------------------------------------------------------- */

static double value_at(const double *t, int x, int y)
{
    return y < 0 ? t[(WAVES - x) * (WAVES + 1) - y] : t[(WAVES + x) * (WAVES + 1) + y];
}

static bool is_peak(const double *t, int x, int y, bool on_x)
{
    for (int i = -1; i <= 1; i++)
        for (int j = on_x ? 0 : -1; j <= (on_x ? 0 : 1); j++)
            if (value_at(t, x + i, y + j) > value_at(t, x, y)) return false;
    return true;
}

/* Where the parabola through three values has its top, in steps from the middle one. */
static double top_of(double before, double at, double behind)
{
    const double bend = before - 2 * at + behind;
    return bend < 0 ? 0.5 * (before - behind) / bend : 0;
}

static void insert(pstm_wave *waves, int *n, pstm_wave wave)
{
    int at = *n < PSTM_MOST_WAVES ? (*n)++ : PSTM_MOST_WAVES;
    for (; at > 0 && waves[at - 1].coherence < wave.coherence; at--)
        if (at < PSTM_MOST_WAVES) waves[at] = waves[at - 1];
    if (at < PSTM_MOST_WAVES) waves[at] = wave;
}

static void find_peaks(const double *t, double radius_m, bool on_x, pstm_wave *waves, int *n)
{
    const double step = WAVE_STEP / radius_m, all = value_at(t, 0, 0);
    *n = 0;
    for (int x = on_x ? 1 : -WAVES + 1; x < WAVES; x++)
        for (int y = 0; y < (on_x ? 1 : WAVES); y++) {
            const double value = value_at(t, x, y);
            if ((y == 0 && x <= 0) || value < LEAST_SHARE * all || !is_peak(t, x, y, on_x)) continue;
            const double dx = top_of(value_at(t, x - 1, y), value, value_at(t, x + 1, y));
            const double dy = on_x ? 0 : top_of(value_at(t, x, y - 1), value, value_at(t, x, y + 1));
            insert(waves, n, (pstm_wave){(x + dx) * step, (y + dy) * step, sqrt(value / all)});
        }
}

pstm_status pstm_waves_find(const pstm_position *points, int64_t n, double radius_m, bool on_x,
                            pstm_wave *waves, int *n_waves)
{
    double *histogram = NULL, *transformed = NULL;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&histogram, (int64_t)SIDE * SIDE, "differences of midpoints"));
    PSTM_GO(PSTM_NEW(&transformed, (int64_t)(2 * WAVES + 1) * (WAVES + 1), "waves"));
    PSTM_GO(count_differences(points, n, radius_m, histogram));
    PSTM_GO(transform(histogram, transformed));
    find_peaks(transformed, radius_m, on_x, waves, n_waves);
cleanup:
    PSTM_FREE(&histogram);
    PSTM_FREE(&transformed);
    return status;
}
