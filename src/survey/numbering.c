#include "survey/numbering.h"

#include <math.h>

enum { LEAST_POINTS = 12 };
static const double RIDGE = 1e-9, MOST_RMS = 0.6, LEAST_RANGE = 1.5;

/* Sums for a plane over points about their middle. */
typedef struct moments {
    double n, x, y, v, xx, xy, yy, xv, yv;
} moments;

static void add(moments *m, double x, double y, double v)
{
    m->n++;
    m->x += x;
    m->y += y;
    m->v += v;
    m->xx += x * x;
    m->xy += x * y;
    m->yy += y * y;
    m->xv += x * v;
    m->yv += y * v;
}

static void solve(const moments *m, pstm_numbering *out)
{
    const double x = m->x / m->n, y = m->y / m->n, v = m->v / m->n;
    double xx = m->xx / m->n - x * x, yy = m->yy / m->n - y * y;
    const double xy = m->xy / m->n - x * y, xv = m->xv / m->n - x * v, yv = m->yv / m->n - y * v;
    const double ridge = RIDGE * (xx + yy); /* on a line nothing is known across it */
    xx += ridge;
    yy += ridge;
    const double determinant = xx * yy - xy * xy;
    if (!(determinant > 0)) return;
    out->east = (xv * yy - yv * xy) / determinant;
    out->north = (yv * xx - xv * xy) / determinant;
    out->at = v - out->east * x - out->north * y;
}

double pstm_numbering_at(const pstm_numbering *numbering, double x_m, double y_m)
{
    return numbering->at + numbering->east * (x_m - numbering->middle.x_m) +
           numbering->north * (y_m - numbering->middle.y_m);
}

/* Of those that are no farther off than `far`; the root of their mean square is *rms. */
static void refit(const pstm_position *points, const int32_t *numbers, int64_t stride, int64_t n, double far,
                  pstm_numbering *out, double *rms)
{
    moments m = {0};
    const pstm_numbering before = *out;
    double squares = 0;
    for (int64_t i = 0; i < n; i++)
        if (fabs(numbers[i * stride] - pstm_numbering_at(&before, points[i].x_m, points[i].y_m)) <= far)
            add(&m, points[i].x_m - out->middle.x_m, points[i].y_m - out->middle.y_m, numbers[i * stride]);
    if (m.n < LEAST_POINTS) return;
    solve(&m, out);
    for (int64_t i = 0; i < n; i++) {
        const double off = numbers[i * stride] - pstm_numbering_at(out, points[i].x_m, points[i].y_m);
        if (fabs(off) <= far || isinf(far)) squares += off * off;
    }
    *rms = sqrt(squares / m.n);
}

/* How many are within `near` of the plane, and how far the plane rises over them. */
static int64_t count_near(const pstm_position *points, const int32_t *numbers, int64_t stride, int64_t n,
                          double near, const pstm_numbering *fit, double *range)
{
    double least = INFINITY, most = -INFINITY;
    int64_t n_near = 0;
    for (int64_t i = 0; i < n; i++) {
        const double at = pstm_numbering_at(fit, points[i].x_m, points[i].y_m);
        n_near += fabs(numbers[i * stride] - at) <= near;
        least = fmin(least, at);
        most = fmax(most, at);
    }
    *range = most - least;
    return n_near;
}

pstm_numbering pstm_numbering_find(const pstm_position *points, const int32_t *numbers, int64_t stride,
                                   int64_t n, double step_m)
{
    pstm_numbering out = {.fits = false};
    double rms = INFINITY, range;
    if (n < LEAST_POINTS) return out;
    for (int64_t i = 0; i < n; i++) {
        out.middle.x_m += points[i].x_m / (double)n;
        out.middle.y_m += points[i].y_m / (double)n;
    }
    refit(points, numbers, stride, n, INFINITY, &out, &rms);
    refit(points, numbers, stride, n, fmax(3 * rms, 1), &out, &rms);
    const double step = fmax(1, round(hypot(out.east, out.north) * step_m));
    const int64_t n_near = count_near(points, numbers, stride, n, step, &out, &range);
    out.fits = rms <= MOST_RMS * step && range >= LEAST_RANGE * step * 0.5 && 10 * n_near >= 9 * n;
    return out;
}
