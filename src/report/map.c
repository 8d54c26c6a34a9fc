#include "report/map.h"

#include <cairo.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "report/picture_parts.h"
#include "report/png.h"

enum { LONGEST = 780, LEAST = 260, LEFT = 96, RIGHT = 200, TOP = 66, BOTTOM = 62 };

/* What of the world is drawn, and where. */
typedef struct frame {
    pstm_value_range x, y; /* metres */
    double scale;          /* pixels a metre */
    int32_t width, height;
} frame;

static void use_font(cairo_t *cairo, double size_px)
{
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size_px);
}

/* align 0: text starts at x; 0.5: centred; 1: ends there. */
static void draw_text(cairo_t *cairo, double x, double y, double align, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - align * extents.x_advance, y);
    cairo_show_text(cairo, text);
}

static void set_colour(cairo_t *cairo, uint32_t colour)
{
    cairo_set_source_rgb(cairo, (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

/* ---- what is drawn ----------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* From the least to the largest coordinate, but for what lies beyond the others' extent. */
static pstm_status find_range(const pstm_map *map, int axis, pstm_value_range *range)
{
    int64_t n = 0;
    double *values;
    for (int k = 0; k < PSTM_MAP_KINDS; k++)
        n += map->points[k].n;
    PSTM_TRY(PSTM_NEW(&values, n + 4, "a map"));
    n = 0;
    for (int k = 0; k < PSTM_MAP_KINDS; k++)
        for (int64_t p = 0; p < map->points[k].n; p++)
            values[n++] = map->points[k].xy[2 * p + axis];
    for (int c = 0; c < 4 && map->corners != NULL; c++)
        values[n++] = map->corners[2 * c + axis];
    if (n > 0) {
        qsort(values, (size_t)n, sizeof *values, compare);
        const double low = values[n / 50], high = values[n - 1 - n / 50], slack = high - low;
        *range = (pstm_value_range){fmax(values[0], low - slack), fmin(values[n - 1], high + slack)};
    }
    PSTM_FREE(&values);
    if (n == 0) return pstm_fail(PSTM_USAGE, "a map of nothing");
    return PSTM_OK;
}

static pstm_status find_frame(const pstm_map *map, frame *f)
{
    PSTM_TRY(find_range(map, 0, &f->x));
    PSTM_TRY(find_range(map, 1, &f->y));
    const double longest_m = fmax(fmax(f->x.high - f->x.low, f->y.high - f->y.low), 1) * 1.06;
    pstm_value_range *const ranges[] = {&f->x, &f->y};
    int32_t *const pixels[] = {&f->width, &f->height};
    f->scale = LONGEST / longest_m;
    for (int axis = 0; axis < 2; axis++) {
        const double middle = 0.5 * (ranges[axis]->low + ranges[axis]->high);
        const double extent_m = ranges[axis]->high - ranges[axis]->low + 0.06 * longest_m / 1.06;
        *pixels[axis] = (int32_t)fmax(LEAST, ceil(extent_m * f->scale));
        const double half_m = 0.5 * *pixels[axis] / f->scale;
        *ranges[axis] = (pstm_value_range){middle - half_m, middle + half_m};
    }
    return PSTM_OK;
}

/* ---- drawing ----------------------------------------------------------------------------------------- */

static double x_px(const frame *f, double x_m)
{
    return LEFT + (x_m - f->x.low) * f->scale;
}

static double y_px(const frame *f, double y_m)
{
    return TOP + f->height - (y_m - f->y.low) * f->scale;
}

static void draw_points(cairo_t *cairo, const frame *f, const pstm_map_points *points)
{
    const double half = 0.5 * points->size_px;
    set_colour(cairo, points->colour);
    for (int64_t p = 0; p < points->n; p++) {
        const double x = x_px(f, points->xy[2 * p]), y = y_px(f, points->xy[2 * p + 1]);
        if (x < LEFT || x > LEFT + f->width || y < TOP || y > TOP + f->height) continue;
        cairo_rectangle(cairo, x - half, y - half, points->size_px, points->size_px);
        if (p % 4096 == 4095) cairo_fill(cairo);
    }
    cairo_fill(cairo);
}

static void draw_grid(cairo_t *cairo, const frame *f, const pstm_map *map)
{
    if (map->corners == NULL) return;
    cairo_save(cairo);
    cairo_rectangle(cairo, LEFT, TOP, f->width, f->height);
    cairo_clip(cairo);
    set_colour(cairo, 0x101010);
    cairo_set_line_width(cairo, 1.6);
    for (int c = 0; c < 4; c++)
        cairo_line_to(cairo, x_px(f, map->corners[2 * c]), y_px(f, map->corners[2 * c + 1]));
    cairo_close_path(cairo);
    cairo_stroke(cairo);
    if (map->axis != NULL) {
        cairo_set_line_width(cairo, 4);
        cairo_move_to(cairo, x_px(f, map->axis[0]), y_px(f, map->axis[1]));
        cairo_line_to(cairo, x_px(f, map->axis[2]), y_px(f, map->axis[3]));
        cairo_stroke(cairo);
    }
    cairo_restore(cairo);
}

static void draw_axes(cairo_t *cairo, const frame *f)
{
    pstm_ticks ticks;
    set_colour(cairo, 0x101010);
    cairo_set_line_width(cairo, 1);
    cairo_rectangle(cairo, LEFT - 0.5, TOP - 0.5, f->width + 1, f->height + 1);
    cairo_stroke(cairo);
    use_font(cairo, 13);
    pstm_ticks_choose(cairo, f->x, f->width, 90, true, false, &ticks);
    for (int i = 0; i < ticks.n; i++) {
        const double x = floor(x_px(f, ticks.value[i])) + 0.5;
        cairo_move_to(cairo, x, TOP + f->height);
        cairo_rel_line_to(cairo, 0, 6);
        cairo_stroke(cairo);
        draw_text(cairo, x, TOP + f->height + 21, 0.5, ticks.text[i]);
    }
    pstm_ticks_choose(cairo, f->y, f->height, 60, false, false, &ticks);
    for (int i = 0; i < ticks.n; i++) {
        const double y = floor(y_px(f, ticks.value[i])) + 0.5;
        cairo_move_to(cairo, LEFT, y);
        cairo_rel_line_to(cairo, -6, 0);
        cairo_stroke(cairo);
        draw_text(cairo, LEFT - 9, y + 4, 1, ticks.text[i]);
    }
    use_font(cairo, 14);
    draw_text(cairo, LEFT + 0.5 * f->width, TOP + f->height + 46, 0.5, "x, east (m)");
    draw_text(cairo, LEFT - 9, TOP - 10, 1, "y, north (m)");
}

/* North is up on every map here, and said. */
static void draw_arrow(cairo_t *cairo, double x, double y)
{
    set_colour(cairo, 0x101010);
    cairo_move_to(cairo, x, y);
    cairo_line_to(cairo, x + 9, y + 30);
    cairo_line_to(cairo, x, y + 23);
    cairo_line_to(cairo, x - 9, y + 30);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    use_font(cairo, 16);
    draw_text(cairo, x, y + 48, 0.5, "N");
}

static void draw_legend(cairo_t *cairo, const frame *f, const pstm_map *map)
{
    const double x = LEFT + f->width + 22;
    double y = TOP + 84;
    draw_arrow(cairo, x + 10, TOP + 4);
    use_font(cairo, 14);
    for (int k = 0; k < PSTM_MAP_KINDS; k++) {
        if (map->points[k].n == 0) continue;
        set_colour(cairo, map->points[k].colour);
        cairo_rectangle(cairo, x, y - 10, 11, 11);
        cairo_fill(cairo);
        set_colour(cairo, 0x101010);
        draw_text(cairo, x + 20, y, 0, map->points[k].name);
        y += 24;
    }
    if (map->corners == NULL) return;
    cairo_set_line_width(cairo, 1.6);
    cairo_rectangle(cairo, x, y - 10, 11, 11);
    cairo_stroke(cairo);
    draw_text(cairo, x + 20, y, 0, "proposed grid");
    if (map->axis == NULL) return;
    cairo_set_line_width(cairo, 4);
    cairo_move_to(cairo, x - 2, y + 20);
    cairo_rel_line_to(cairo, 15, 0);
    cairo_stroke(cairo);
    draw_text(cairo, x + 20, y + 24, 0, "its first inline");
}

static void draw(cairo_t *cairo, const pstm_map *map, const frame *f)
{
    set_colour(cairo, 0xffffff);
    cairo_paint(cairo);
    for (int k = 0; k < PSTM_MAP_KINDS; k++)
        draw_points(cairo, f, &map->points[k]);
    draw_grid(cairo, f, map);
    draw_axes(cairo, f);
    draw_legend(cairo, f, map);
    use_font(cairo, 18);
    draw_text(cairo, LEFT, 24, 0, map->title);
    use_font(cairo, 13);
    set_colour(cairo, 0x585858);
    draw_text(cairo, LEFT, 44, 0, map->subtitle);
}

pstm_status pstm_map_write(const pstm_map *map, const char *path)
{
    frame f = {.scale = 1};
    PSTM_TRY(find_frame(map, &f));
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, LEFT + f.width + RIGHT, TOP + f.height + BOTTOM);
    cairo_t *cairo = cairo_create(surface);
    draw(cairo, map, &f);
    cairo_destroy(cairo);
    const pstm_status status = pstm_png_write(surface, path);
    cairo_surface_destroy(surface);
    return status;
}
