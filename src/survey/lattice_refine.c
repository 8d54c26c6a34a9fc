/* A wave made to fit points farther and farther apart. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "survey/lattice_waves.h"

enum { TRIES = 5, FEW_POINTS = 24000 /* take part where windows are many */ };

typedef struct sums {
    double complex of[TRIES][TRIES];
} sums;

static double complex turn(double cycles)
{
    const double angle = 2 * M_PI * (cycles - floor(cycles));
    return CMPLX(cos(angle), sin(angle));
}

double pstm_wave_coherence(const pstm_position *points, int64_t n, double x, double y, double *phase)
{
    double complex sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += turn(x * points[i].x_m + y * points[i].y_m);
    *phase = carg(sum) / (2 * M_PI);
    return cabs(sum) / (double)n;
}

/* Points in the order of their windows, so that each window is a run of them. */
typedef struct windowed {
    int64_t i, j;
    pstm_position at;
} windowed;

static int by_window(const void *a, const void *b)
{
    const windowed *p = a, *q = b;
    if (p->i != q->i) return p->i < q->i ? -1 : 1;
    if (p->j != q->j) return p->j < q->j ? -1 : 1;
    if (p->at.x_m != q->at.x_m) return p->at.x_m < q->at.x_m ? -1 : 1;
    return (p->at.y_m > q->at.y_m) - (p->at.y_m < q->at.y_m);
}

static void add_point(const pstm_wave *wave, double step, const pstm_position *at, sums *window)
{
    const double complex middle = turn(wave->x * at->x_m + wave->y * at->y_m);
    const double complex along_x = turn(step * at->x_m), along_y = turn(step * at->y_m);
    const double complex x[TRIES] = {conj(along_x * along_x), conj(along_x), 1, along_x, along_x * along_x};
    const double complex y[TRIES] = {conj(along_y * along_y), conj(along_y), 1, along_y, along_y * along_y};
    for (int i = 0; i < TRIES; i++)
        for (int j = 0; j < TRIES; j++)
            window->of[i][j] += middle * x[i] * y[j];
}

/* Adds the power of a window to `power`, and empties it. */
static void close_window(sums *window, double power[TRIES][TRIES])
{
    for (int i = 0; i < TRIES; i++)
        for (int j = 0; j < TRIES; j++)
            power[i][j] += creal(window->of[i][j] * conj(window->of[i][j]));
    memset(window, 0, sizeof *window);
}

static double top_of(double before, double at, double behind)
{
    const double bend = before - 2 * at + behind;
    return bend < 0 ? 0.5 * (before - behind) / bend : 0;
}

/* To the best of the tries, and to the top of the parabolas round it; whether it was inside. */
static bool move(pstm_wave *wave, double step, double power[TRIES][TRIES])
{
    int i = TRIES / 2, j = TRIES / 2;
    for (int a = 0; a < TRIES; a++)
        for (int b = 0; b < TRIES; b++)
            if (power[a][b] > power[i][j] * (1 + 1e-9)) i = a, j = b;
    const bool in_x = i > 0 && i<TRIES - 1, in_y = j> 0 && j < TRIES - 1;
    wave->x += step * (i - 2 + (in_x ? top_of(power[i - 1][j], power[i][j], power[i + 1][j]) : 0));
    wave->y += step * (j - 2 + (in_y ? top_of(power[i][j - 1], power[i][j], power[i][j + 1]) : 0));
    return in_x && in_y;
}

static void fit(const windowed *points, int64_t n, double step, pstm_wave *wave)
{
    for (int again = 0; again < 3; again++) {
        double power[TRIES][TRIES] = {{0}};
        sums window = {{{0}}};
        for (int64_t p = 0; p < n; p++) {
            if (p > 0 && (points[p].i != points[p - 1].i || points[p].j != points[p - 1].j))
                close_window(&window, power);
            add_point(wave, step, &points[p].at, &window);
        }
        close_window(&window, power);
        if (move(wave, step, power)) return;
    }
}

static double extent_m(const pstm_position *points, int64_t n)
{
    double far_m = 0;
    for (int64_t i = 0; i < n; i++)
        far_m = fmax(far_m, fmax(fabs(points[i].x_m), fabs(points[i].y_m)));
    return 2 * far_m;
}

pstm_status pstm_wave_refine(const pstm_position *points, int64_t n, double window_m, pstm_wave *wave)
{
    const int64_t stride = (n + FEW_POINTS - 1) / FEW_POINTS, few = (n + stride - 1) / stride;
    const double whole_m = extent_m(points, n);
    windowed *sorted;
    double phase;
    PSTM_TRY(PSTM_NEW(&sorted, few, "midpoints by window"));
    for (double side_m = window_m;; side_m *= 2) {
        const double half_m = side_m >= whole_m ? 0.5 * side_m : 0; /* the last window is about the middle */
        for (int64_t p = 0; p < few; p++) {
            const pstm_position at = points[p * stride];
            sorted[p] = (windowed){(int64_t)floor((at.x_m + half_m) / side_m),
                                   (int64_t)floor((at.y_m + half_m) / side_m), at};
        }
        qsort(sorted, (size_t)few, sizeof *sorted, by_window);
        fit(sorted, few, 0.125 / side_m, wave);
        if (side_m >= whole_m) break;
    }
    PSTM_FREE(&sorted);
    wave->coherence = pstm_wave_coherence(points, n, wave->x, wave->y, &phase);
    return PSTM_OK;
}
