#include "report/bars.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>

#include "report/png.h"

enum { COLUMNS = 4, WIDTH = 240, HEIGHT = 150, GAP = 24, TOP = 44, HEAD = 26, FOOT = 22 };

pstm_histogram pstm_histogram_of(const char *title, const double *values, int64_t n)
{
    pstm_histogram out = {.title = title, .first = INFINITY, .last = -INFINITY};
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) continue;
        out.first = fmin(out.first, values[i]);
        out.last = fmax(out.last, values[i]);
    }
    const double part = (out.last - out.first) / PSTM_BARS;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) continue;
        const int bar = part > 0 ? (int)((values[i] - out.first) / part) : PSTM_BARS / 2;
        out.counts[bar < PSTM_BARS ? bar : PSTM_BARS - 1]++;
    }
    return out;
}

static void draw_text(cairo_t *cairo, double x, double y, double align, double size_px, const char *text)
{
    cairo_text_extents_t extents;
    cairo_set_font_size(cairo, size_px);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
}

static void draw_panel(cairo_t *cairo, const pstm_histogram *h, double left, double top)
{
    char text[32];
    int64_t most = 1;
    const double base = top + HEIGHT - FOOT, room = HEIGHT - HEAD - FOOT;
    for (int b = 0; b < PSTM_BARS; b++)
        if (h->counts[b] > most) most = h->counts[b];
    cairo_set_source_rgb(cairo, 0.12, 0.35, 0.65);
    for (int b = 0; b < PSTM_BARS; b++) {
        if (h->counts[b] == 0) continue;
        const double height = fmax(room * (double)h->counts[b] / (double)most, 1.5);
        cairo_rectangle(cairo, left + (double)b * WIDTH / PSTM_BARS, base - height,
                        (double)WIDTH / PSTM_BARS - 1, height);
    }
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    cairo_set_line_width(cairo, 1);
    cairo_move_to(cairo, left, base + 0.5);
    cairo_rel_line_to(cairo, WIDTH, 0);
    cairo_stroke(cairo);
    draw_text(cairo, left, top + 14, 0, 13, h->title);
    snprintf(text, sizeof text, "%.9g", h->first);
    draw_text(cairo, left, base + 15, 0, 11, text);
    snprintf(text, sizeof text, "%.9g", h->last);
    draw_text(cairo, left + WIDTH, base + 15, 1, 11, text);
}

pstm_status pstm_bars_write(const char *title, const pstm_histogram *histograms, int64_t n, const char *path)
{
    const int rows = (int)((n + COLUMNS - 1) / COLUMNS);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, GAP + COLUMNS * (WIDTH + GAP),
                                                          TOP + rows * (HEIGHT + GAP) + GAP);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    draw_text(cairo, GAP, 26, 0, 17, title);
    for (int64_t i = 0; i < n; i++)
        draw_panel(cairo, &histograms[i], GAP + (double)(i % COLUMNS) * (WIDTH + GAP),
                   TOP + (double)(i / COLUMNS) * (HEIGHT + GAP));
    cairo_destroy(cairo);
    const pstm_status status = pstm_png_write(surface, path);
    cairo_surface_destroy(surface);
    return status;
}
