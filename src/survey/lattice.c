#include "survey/lattice.h"

#include <math.h>

#include "core/memory.h"
#include "survey/lattice_waves.h"
#include "survey/spacing.h"

enum { MOST_HARMONIC = 8, LEAST_POINTS = 16 };

/* Near points, in spacings; right angles to 2 degrees; what a harmonic may have more than its wave. */
static const double RADIUS = 10, RIGHT = 0.035, SLACK = 0.02;

/* Points about their middle, x along a line's direction where there is one. */
static pstm_status turn_points(const pstm_position *points, int64_t n, const pstm_line *line,
                               pstm_position *middle, pstm_position **out)
{
    *middle = (pstm_position){0, 0};
    PSTM_TRY(PSTM_NEW(out, n, "midpoints"));
    for (int64_t i = 0; i < n; i++) {
        middle->x_m += points[i].x_m / (double)n;
        middle->y_m += points[i].y_m / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        const double dx = points[i].x_m - middle->x_m, dy = points[i].y_m - middle->y_m;
        (*out)[i] = line == NULL ? (pstm_position){dx, dy}
                                 : (pstm_position){dx * line->unit.x_m + dy * line->unit.y_m, 0};
    }
    return PSTM_OK;
}

/* A wave along rows, not one that only a part of the rows has: then a harmonic of it is stronger. */
static bool is_of_rows(const pstm_position *points, int64_t n, const pstm_wave *wave)
{
    double phase;
    if (wave->coherence < PSTM_LATTICE_LEAST_COHERENCE) return false;
    for (int m = 2; m <= MOST_HARMONIC; m++)
        if (pstm_wave_coherence(points, n, m * wave->x, m * wave->y, &phase) > wave->coherence + SLACK)
            return false;
    /* Close to 0 everything is in phase. */
    return pstm_wave_coherence(points, n, 0.5 * wave->x, 0.5 * wave->y, &phase) < wave->coherence - SLACK;
}

static pstm_status refine_all(const pstm_position *points, int64_t n, double radius_m, pstm_wave *waves,
                              int *n_waves)
{
    int n_kept = 0;
    for (int w = 0; w < *n_waves; w++) {
        pstm_wave wave = waves[w];
        PSTM_TRY(pstm_wave_refine(points, n, radius_m, &wave));
        if (is_of_rows(points, n, &wave)) waves[n_kept++] = wave;
    }
    *n_waves = n_kept;
    return PSTM_OK;
}

static double length(const pstm_wave *wave)
{
    return hypot(wave->x, wave->y);
}

/* The two shortest at right angles; returns whether there are two. */
static bool choose_pair(const pstm_wave *waves, int n, pstm_wave pair[2])
{
    double best = INFINITY;
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) {
            const double product = length(&waves[a]) * length(&waves[b]);
            const double cosine = (waves[a].x * waves[b].x + waves[a].y * waves[b].y) / product;
            if (fabs(cosine) > RIGHT || product >= best) continue;
            best = product;
            pair[0] = waves[a];
            pair[1] = waves[b];
        }
    return isfinite(best);
}

/* The direction across the rows of both waves, the second one turned back: the longer one tells it better. */
static double azimuth_of(const pstm_wave pair[2])
{
    double east = 0, north = 0;
    for (int a = 0; a < 2; a++) {
        const double x = a == 0 ? pair[0].x : -pair[1].y, y = a == 0 ? pair[0].y : pair[1].x;
        const double same = x * pair[0].x + y * pair[0].y < 0 ? -1 : 1;
        east += same * x * length(&pair[a]);
        north += same * y * length(&pair[a]);
    }
    const double azimuth = atan2(east, north) * (180 / M_PI);
    return azimuth < 0 ? azimuth + 180 : azimuth >= 180 ? azimuth - 180 : azimuth;
}

static void describe_area(const pstm_position *points, int64_t n, pstm_position middle,
                          const pstm_wave pair[2], pstm_bin_lattice *out)
{
    out->found = true;
    out->azimuth_deg = azimuth_of(pair);
    out->node = middle;
    const double sine = sin(out->azimuth_deg * (M_PI / 180)), cosine = cos(out->azimuth_deg * (M_PI / 180));
    for (int a = 0; a < 2; a++) {
        const double east = a == 0 ? sine : cosine, north = a == 0 ? cosine : -sine;
        const double k = length(&pair[a]);
        double phase;
        out->step_m[a] = 1 / k;
        out->coherence[a] = pstm_wave_coherence(points, n, k * east, k * north, &phase);
        out->node.x_m += phase / k * east;
        out->node.y_m += phase / k * north;
    }
}

static void describe_line(const pstm_position *points, int64_t n, pstm_position middle, const pstm_line *line,
                          const pstm_wave *wave, pstm_bin_lattice *out)
{
    double phase;
    const double azimuth = atan2(line->unit.x_m, line->unit.y_m) * (180 / M_PI);
    pstm_wave_coherence(points, n, wave->x, 0, &phase);
    out->found = true;
    out->azimuth_deg = azimuth < 0 ? azimuth + 180 : azimuth >= 180 ? azimuth - 180 : azimuth;
    out->step_m[0] = out->step_m[1] = 1 / wave->x;
    out->coherence[0] = out->coherence[1] = wave->coherence;
    out->node = (pstm_position){middle.x_m + phase / wave->x * line->unit.x_m,
                                middle.y_m + phase / wave->x * line->unit.y_m};
}

pstm_status pstm_lattice_find(const pstm_position *points, int64_t n, int64_t n_dense, const pstm_line *line,
                              pstm_bin_lattice *out)
{
    pstm_position *turned = NULL, middle;
    pstm_wave waves[PSTM_MOST_WAVES], pair[2] = {{0, 0, 0}, {0, 0, 0}};
    pstm_status status = PSTM_OK;
    int n_waves = 0, number;
    *out = (pstm_bin_lattice){.found = false};
    if (n_dense < LEAST_POINTS) return PSTM_OK;
    PSTM_GO(turn_points(points, n, line, &middle, &turned));
    PSTM_GO(pstm_spacing_find(turned, n_dense, line != NULL, &number));
    if (number < 0) goto cleanup;
    const double radius_m = RADIUS * pstm_spacing_m(number);
    PSTM_GO(pstm_waves_find(turned, n_dense, radius_m, line != NULL, waves, &n_waves));
    PSTM_GO(refine_all(turned, n, radius_m, waves, &n_waves));
    if (line == NULL) {
        if (choose_pair(waves, n_waves, pair)) describe_area(turned, n, middle, pair, out);
        goto cleanup;
    }
    for (int w = 0; w < n_waves; w++)
        if (!out->found || waves[w].x < 1 / out->step_m[0])
            describe_line(turned, n, middle, line, &waves[w], out);
cleanup:
    PSTM_FREE(&turned);
    return status;
}
