/* What was found in a survey's files, drawn. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "qc/fold_picture.h"
#include "qc/overview_text.h"
#include "report/bars.h"
#include "report/map.h"
#include "report/png_mark.h"
#include "survey/kdtree.h"

enum { MOST_POINTS = 60000 };

static pstm_status name_picture(const char *name, const char *kind, bool overwrite, pstm_text *path)
{
    PSTM_TRY(pstm_text_add(path, "%s.%s.png", name, kind));
    return pstm_png_check(path->bytes, overwrite);
}

/* ---- map --------------------------------------------------------------------------------------------- */

/* Sources, receivers and midpoints of the probed traces, [3][n][2]. */
static int64_t fill_points(const pstm_probe *probe, double *xy, int64_t room)
{
    int64_t n = 0;
    const int64_t step = (probe->n + MOST_POINTS - 1) / MOST_POINTS;
    for (int64_t t = 0; t < probe->n; t += step) {
        const pstm_trace *trace = &probe->traces[t];
        if (!pstm_trace_is_usable(trace)) continue;
        const double ends[] = {pstm_trace_midpoint_m(trace, false),
                               pstm_trace_midpoint_m(trace, true),
                               trace->receiver_x_m,
                               trace->receiver_y_m,
                               trace->source_x_m,
                               trace->source_y_m};
        for (int k = 0; k < 3; k++)
            memcpy(xy + 2 * (k * room + n), ends + 2 * k, 2 * sizeof *ends);
        n++;
    }
    return n;
}

static void find_corners(const pstm_grid *grid, double corners[8])
{
    const int32_t i = grid->n_inline - 1, j = grid->n_crossline - 1;
    const int32_t at[4][2] = {{0, 0}, {0, j}, {i, j}, {i, 0}};
    for (int c = 0; c < 4; c++)
        pstm_grid_node(grid, at[c][0], at[c][1], &corners[2 * c], &corners[2 * c + 1]);
}

static pstm_status draw_map(const pstm_overview *o, const char *title, const char *path)
{
    double *xy = NULL, corners[8];
    const int64_t room = o->probe.n;
    PSTM_TRY(PSTM_NEW(&xy, 6 * room, "a map"));
    const int64_t n = fill_points(&o->probe, xy, room);
    pstm_map map = {.title = title,
                    .subtitle = "sources, receivers and midpoints of some traces",
                    .points = {{"midpoints", 0xb9c6d6, 1.6, xy, n},
                               {"receivers", 0x2f6fb5, 3, xy + 2 * room, n},
                               {"sources", 0xc2362b, 3, xy + 4 * room, n}}};
    if (o->proposal.shape != PSTM_SHAPE_NONE) {
        find_corners(&o->proposal.grid, corners);
        map.corners = corners;
        map.axis = corners;
    }
    const pstm_status status = pstm_map_write(&map, path);
    PSTM_FREE(&xy);
    return status;
}

/* ---- headers ----------------------------------------------------------------------------------------- */

typedef struct geometry_value {
    const char *title;
    double (*of)(const pstm_trace *trace);
} geometry_value;

static double azimuth_of(const pstm_trace *trace)
{
    const double dx = trace->receiver_x_m - trace->source_x_m, dy = trace->receiver_y_m - trace->source_y_m;
    return dx == 0 && dy == 0 ? (double)NAN : fmod(atan2(dx, dy) * (180 / M_PI) + 360, 360);
}

static const geometry_value geometry_values[] = {{"offset from coordinates (m)", pstm_trace_offset_m},
                                                 {"azimuth, source to receiver (deg)", azimuth_of}};
enum { GEOMETRY_VALUES = sizeof geometry_values / sizeof *geometry_values };

static pstm_status draw_headers(const pstm_overview *o, const char *title, const char *path)
{
    static pstm_histogram histograms[GEOMETRY_VALUES + PSTM_SEGY_WORDS];
    double *values;
    int64_t n = 0, n_usable = 0;
    PSTM_TRY(PSTM_NEW(&values, o->probe.n, "values of headers"));
    for (int k = 0; k < GEOMETRY_VALUES; k++) {
        n_usable = 0;
        for (int64_t t = 0; t < o->probe.n; t++)
            if (pstm_trace_is_usable(&o->probe.traces[t]))
                values[n_usable++] = geometry_values[k].of(&o->probe.traces[t]);
        const pstm_histogram made = pstm_histogram_of(geometry_values[k].title, values, n_usable);
        if (made.first <= made.last) histograms[n++] = made; /* azimuths of offsets that are all 0 are none */
    }
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        if (o->words[w].least == o->words[w].most) continue;
        for (int64_t t = 0; t < o->probe.n; t++)
            values[t] = o->probe.words[t * PSTM_SEGY_WORDS + w];
        histograms[n++] = pstm_histogram_of(pstm_segy_words[w].name, values, o->probe.n);
    }
    PSTM_FREE(&values);
    return n > 0 ? pstm_bars_write(title, histograms, n, path) : PSTM_OK;
}

/* ---- all --------------------------------------------------------------------------------------------- */

pstm_status pstm_overview_draw(const pstm_overview *o, const char *name, bool overwrite, FILE *out)
{
    static const char *const kinds[] = {"map", "fold", "headers"};
    pstm_text path[3] = {{0}}, title = {0};
    pstm_status status;
    for (int k = 0; k < 3; k++)
        PSTM_GO(name_picture(name, kinds[k], overwrite, &path[k]));
    PSTM_GO(pstm_text_add(&title, "%s: %s", strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name,
                          pstm_overview_shape(&o->proposal)));
    if (o->n_usable > 0) {
        PSTM_GO(draw_map(o, title.bytes, path[0].bytes));
        fprintf(out, "%s\n", path[0].bytes);
    }
    if (o->fold != NULL) {
        PSTM_GO(pstm_fold_picture_write(o->fold, &o->proposal.grid, title.bytes, path[1].bytes));
        fprintf(out, "%s\n", path[1].bytes);
    }
    PSTM_GO(draw_headers(o, title.bytes, path[2].bytes));
    fprintf(out, "%s\n", path[2].bytes);
cleanup:
    for (int k = 0; k < 3; k++)
        pstm_text_clear(&path[k]);
    pstm_text_clear(&title);
    return status;
}
