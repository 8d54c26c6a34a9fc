#include "migrate/wavelet.h"

#include <math.h>

#include "survey/kdtree.h"

/** A position in metres. */
typedef struct point {
    double x_m, y_m;
} point;

/** The search for the position farthest from a point or a line. */
typedef struct farthest {
    point from;   /**< where distances are measured from */
    point unit;   /**< unit vector of the line; 0, 0: plain distance from `from` */
    point at;     /**< the farthest position so far */
    double far_m; /**< its distance */
} farthest;

static void farthest_offer(farthest *search, double x_m, double y_m)
{
    double dx = x_m - search->from.x_m, dy = y_m - search->from.y_m;
    bool from_a_line = search->unit.x_m != 0.0 || search->unit.y_m != 0.0;
    double distance_m = from_a_line ? fabs(dx * search->unit.y_m - dy * search->unit.x_m) : hypot(dx, dy);
    if (distance_m > search->far_m) {
        search->far_m = distance_m;
        search->at = (point){x_m, y_m};
    }
}

/** The source or receiver farthest from a point, or from the line through it along `unit`. */
static farthest find_farthest(const pstm_trace *traces, int64_t n_traces, point from, point unit)
{
    farthest search = {.from = from, .unit = unit, .at = from};
    for (int64_t i = 0; i < n_traces; i++) {
        if (!pstm_trace_is_usable(&traces[i])) continue;
        farthest_offer(&search, traces[i].source_x_m, traces[i].source_y_m);
        farthest_offer(&search, traces[i].receiver_x_m, traces[i].receiver_y_m);
    }
    return search;
}

bool pstm_traces_on_a_line(const pstm_trace *traces, int64_t n_traces)
{
    int64_t first = 0;
    while (first < n_traces && !pstm_trace_is_usable(&traces[first]))
        first++;
    if (first == n_traces) return true;

    /* The farthest from any point is an end of a line, and the farthest from that is its other end. */
    const point no_line = {0.0, 0.0};
    point start = {traces[first].source_x_m, traces[first].source_y_m};
    point end_a = find_farthest(traces, n_traces, start, no_line).at;
    farthest other = find_farthest(traces, n_traces, end_a, no_line);
    double length_m = other.far_m;
    if (length_m == 0.0) return true;

    point unit = {(other.at.x_m - end_a.x_m) / length_m, (other.at.y_m - end_a.y_m) / length_m};
    return find_farthest(traces, n_traces, end_a, unit).far_m <= PSTM_LINE_TOLERANCE * length_m;
}

pstm_wavelet pstm_wavelet_resolve(pstm_wavelet asked, bool survey_is_2d)
{
    if (asked != PSTM_WAVELET_AUTO) return asked;
    return survey_is_2d ? PSTM_WAVELET_2D : PSTM_WAVELET_3D;
}

void pstm_wavelet_factor(pstm_wavelet wavelet, double omega_rad_s, double *real, double *imaginary)
{
    *real = 1.0;
    *imaginary = 0.0;
    if (wavelet == PSTM_WAVELET_2D) {
        *real = sqrt(0.5 * omega_rad_s);
        *imaginary = -*real;
    } else if (wavelet == PSTM_WAVELET_3D) {
        *real = 0.0;
        *imaginary = -omega_rad_s;
    }
}
