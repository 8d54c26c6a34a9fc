#include "report/curve.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>

#include "report/png.h"

enum { WIDTH = 720, HEIGHT = 440, LEFT = 70, RIGHT = 24, TOP = 62, BOTTOM = 56 };

/* align 0: text starts at x; 0.5: centred; 1: ends there. */
static void draw_text(cairo_t *cairo, double x, double y, double align, double size_px, const char *text)
{
    cairo_text_extents_t extents;
    cairo_set_font_size(cairo, size_px);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
}

static double x_px(const pstm_curve *c, double x)
{
    const double low = log(c->x[0]), high = log(c->x[c->n - 1]);
    const double u = high > low ? (log(x) - low) / (high - low) : 0.5;
    return LEFT + u * (WIDTH - LEFT - RIGHT);
}

static double y_px(double y)
{
    return HEIGHT - BOTTOM - fmin(fmax(y, 0), 1) * (HEIGHT - TOP - BOTTOM);
}

static void draw_axes(cairo_t *cairo, const pstm_curve *c)
{
    char text[32];
    cairo_set_line_width(cairo, 1);
    for (int i = 0; i <= 5; i++) {
        const double y = y_px(0.2 * i);
        cairo_set_source_rgb(cairo, 0.85, 0.85, 0.85);
        cairo_move_to(cairo, LEFT, y);
        cairo_line_to(cairo, WIDTH - RIGHT, y);
        cairo_stroke(cairo);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        snprintf(text, sizeof text, "%.1f", 0.2 * i);
        draw_text(cairo, LEFT - 8, y + 4, 1, 12, text);
    }
    double last_px = -1000;
    for (int64_t i = 0; i < c->n; i++) {
        const double x = x_px(c, c->x[i]);
        if (x - last_px < 34) continue;
        last_px = x;
        snprintf(text, sizeof text, "%.0f", c->x[i]);
        draw_text(cairo, x, HEIGHT - BOTTOM + 18, 0.5, 12, text);
    }
    draw_text(cairo, 0.5 * (LEFT + WIDTH - RIGHT), HEIGHT - 14, 0.5, 13, c->x_label);
    draw_text(cairo, LEFT, TOP - 10, 0.5, 13, c->y_label);
    draw_text(cairo, 0.5 * WIDTH, 22, 0.5, 16, c->title);
    draw_text(cairo, 0.5 * WIDTH, 40, 0.5, 12, c->subtitle);
}

static void draw_curve(cairo_t *cairo, const pstm_curve *c)
{
    cairo_set_source_rgb(cairo, 0.12, 0.35, 0.65);
    cairo_set_line_width(cairo, 2);
    cairo_new_path(cairo);
    for (int64_t i = 0; i < c->n; i++)
        cairo_line_to(cairo, x_px(c, c->x[i]), y_px(c->y[i]));
    cairo_stroke(cairo);
    for (int64_t i = 0; i < c->n; i++) {
        cairo_arc(cairo, x_px(c, c->x[i]), y_px(c->y[i]), 3.5, 0, 2 * M_PI);
        cairo_fill(cairo);
    }
}

pstm_status pstm_curve_write(const pstm_curve *curve, const char *path)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    draw_axes(cairo, curve);
    draw_curve(cairo, curve);
    cairo_destroy(cairo);
    const pstm_status status = pstm_png_write(surface, path);
    cairo_surface_destroy(surface);
    return status;
}
