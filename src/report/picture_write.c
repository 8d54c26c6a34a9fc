/* A picture: its layout, axes and colour bar, drawn and written. */
#include "report/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/percentile.h"
#include "report/picture_parts.h"
#include "report/png.h"

/* Sizes in pixels; they can be read on a laptop across a desk. */
static const double edge_px = 14, tick_px = 6, tick_gap_px = 5, bar_width_px = 18, bar_gap_px = 26;
static const double tick_font_px = 15, label_font_px = 16, title_font_px = 20, subtitle_font_px = 14;
static const double label_room_px = 27;              /* a line of label text and the space around it */
enum { LONGEST_PNG = 32767, LARGEST_IMAGE = 20000 }; /* cairo's limit, and what leaves room for the margins */

typedef struct layout {
    pstm_picture_place place;
    pstm_value_range range;
    double bar_scale; /* bar texts are value * bar_scale */
    char bar_label[128];
    pstm_ticks across, down, across_second, down_second, bar;
    double bar_left;
} layout;

static void use_font(cairo_t *cairo, double size_px, bool bold)
{
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, size_px);
}

static double text_width(cairo_t *cairo, const char *text, double size_px, bool bold)
{
    cairo_text_extents_t extents;
    if (!text) return 0;
    use_font(cairo, size_px, bold);
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

/* Draws in the present font with (x, y) at share `align` of the text's width and half its capitals. */
static void draw_text(cairo_t *cairo, double x, double y, double align, double angle_rad, const char *text)
{
    cairo_font_extents_t font;
    cairo_text_extents_t extents;
    cairo_font_extents(cairo, &font);
    cairo_text_extents(cairo, text, &extents);
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, angle_rad);
    cairo_move_to(cairo, -align * extents.x_advance, 0.5 * (font.ascent - font.descent) * 0.95);
    cairo_show_text(cairo, text);
    cairo_restore(cairo);
}

/* ---- layout ---- */

static pstm_status choose_range(const pstm_picture *picture, pstm_value_range *range)
{
    double limit = picture->limit;
    if (!(limit > 0)) {
        const double percent = picture->clip_percent > 0 ? fmin(picture->clip_percent, 100) : 99;
        PSTM_TRY(pstm_percentile(picture->values, picture->n_columns * picture->n_rows, percent, &limit));
    }
    if (!(limit > 0)) limit = 1;
    *range = (pstm_value_range){picture->from_zero ? 0 : -limit, limit};
    return PSTM_OK;
}

static double axis_span(const pstm_picture_axis *axis, int64_t n_cells)
{
    return n_cells > 1 ? fabs(axis->last - axis->first) * (double)n_cells / (double)(n_cells - 1) : 0;
}

/* The image's size where the caller leaves it open: few columns a narrow picture, many a wide one. */
static void choose_size(const pstm_picture *picture, pstm_picture_place *place)
{
    const double box_width = 900, box_height = 620, least = 130;
    double width = fmin(fmax(6.0 * (double)picture->n_columns, 420), box_width);
    double height = fmin(fmax(2.0 * (double)picture->n_rows, 420), box_height);
    if ((double)picture->n_columns > box_width) width = fmin((double)picture->n_columns, 1500);
    const double span_across = axis_span(&picture->across, picture->n_columns);
    const double span_down = axis_span(&picture->down, picture->n_rows);
    if (picture->equal_scale && span_across > 0 && span_down > 0) {
        const double px_per_unit = fmin(box_width / span_across, 1.2 * box_height / span_down);
        width = fmax(least, span_across * px_per_unit);
        height = fmax(least, span_down * px_per_unit);
    }
    place->width = picture->width_px > 0 ? picture->width_px : (int32_t)lround(width);
    place->height = picture->height_px > 0 ? picture->height_px : (int32_t)lround(height);
}

static void choose_axis_ticks(cairo_t *cairo, const pstm_picture_axis *axis, int64_t n_cells,
                              double length_px, bool texts_along, pstm_ticks *ticks)
{
    memset(ticks, 0, sizeof *ticks);
    if (!axis->label) return;
    const double half_cell = n_cells > 1 ? 0.5 * (axis->last - axis->first) / (double)(n_cells - 1) : 0;
    const double first = axis->first - (axis->whole ? 0 : half_cell);
    const double last = axis->last + (axis->whole ? 0 : half_cell);
    const pstm_value_range range = {.low = fmin(first, last), .high = fmax(first, last)};
    pstm_ticks_choose(cairo, range, length_px, texts_along ? 65 : 48, texts_along, axis->whole, ticks);
}

static void write_exponent(char *text, size_t bytes, int exponent)
{
    static const char *const digits[] = {"\u2070", "\u00b9", "\u00b2", "\u00b3", "\u2074",
                                         "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    const int magnitude = exponent < 0 ? -exponent : exponent;
    snprintf(text, bytes, "10%s%s%s", exponent < 0 ? "\u207b" : "",
             magnitude >= 10 ? digits[magnitude / 10 % 10] : "", digits[magnitude % 10]);
}

/* Very small and very large values share one power of ten in the bar's label. */
static void choose_bar(cairo_t *cairo, const pstm_picture *picture, layout *plan)
{
    const double limit = plan->range.high;
    const char *label = picture->value_label ? picture->value_label : "";
    plan->bar_scale = 1;
    snprintf(plan->bar_label, sizeof plan->bar_label, "%s", label);
    if (limit < 0.01 || limit >= 1e5) {
        char power[32];
        const int exponent = (int)floor(log10(limit));
        plan->bar_scale = pow(10, -exponent);
        write_exponent(power, sizeof power, exponent);
        snprintf(plan->bar_label, sizeof plan->bar_label, "%s%s%s", label, *label ? " / " : "\u00d7 ", power);
    }
    const pstm_value_range scaled = {.low = plan->range.low * plan->bar_scale,
                                     .high = limit * plan->bar_scale};
    pstm_ticks_choose(cairo, scaled, plan->place.height, 45, false,
                      picture->from_zero && plan->bar_scale == 1, &plan->bar);
}

/* Room that texts centred on `length` need beyond its ends. */
static double overhang(double text_px, double length)
{
    return fmax(0, 0.5 * (text_px - length)) + edge_px;
}

static double across_room(const pstm_picture_axis *axis)
{
    return axis->label ? tick_px + tick_gap_px + tick_font_px + label_room_px : 0;
}

static double down_room(const pstm_picture_axis *axis, const pstm_ticks *ticks)
{
    return axis->label ? tick_px + tick_gap_px + ticks->widest_px + label_room_px : 0;
}

static void choose_layout(cairo_t *cairo, const pstm_picture *picture, layout *plan)
{
    pstm_picture_place *place = &plan->place;
    const double width = place->width, height = place->height;
    use_font(cairo, tick_font_px, false);
    choose_axis_ticks(cairo, &picture->across, picture->n_columns, width, true, &plan->across);
    choose_axis_ticks(cairo, &picture->across_second, picture->n_columns, width, true, &plan->across_second);
    choose_axis_ticks(cairo, &picture->down, picture->n_rows, height, false, &plan->down);
    choose_axis_ticks(cairo, &picture->down_second, picture->n_rows, height, false, &plan->down_second);
    choose_bar(cairo, picture, plan);

    const double across_text = fmax(text_width(cairo, picture->across.label, label_font_px, false),
                                    text_width(cairo, picture->across_second.label, label_font_px, false));
    const double down_text = fmax(fmax(text_width(cairo, picture->down.label, label_font_px, false),
                                       text_width(cairo, picture->down_second.label, label_font_px, false)),
                                  text_width(cairo, plan->bar_label, label_font_px, false));
    const double title_text = fmax(text_width(cairo, picture->title, title_font_px, true),
                                   text_width(cairo, picture->subtitle, subtitle_font_px, false));
    const double tick_overhang = 0.5 * fmax(plan->across.widest_px, plan->across_second.widest_px) + edge_px;

    const double left = fmax(fmax(edge_px + down_room(&picture->down, &plan->down), tick_overhang),
                             overhang(across_text, width));
    const double bar_offset = width + down_room(&picture->down_second, &plan->down_second) + bar_gap_px;
    const double bar_room =
        bar_width_px + tick_px + tick_gap_px + plan->bar.widest_px + label_room_px + edge_px;
    const double right = fmax(fmax(bar_offset + bar_room, width + tick_overhang),
                              fmax(width + overhang(across_text, width), title_text + edge_px));
    const double titles = (picture->title ? 30 : 0) + (picture->subtitle ? 22 : 0);
    const double top =
        fmax(edge_px + titles + across_room(&picture->across_second), titles + overhang(down_text, height));
    const double bottom = fmax(fmax(edge_px, across_room(&picture->across) + 8), overhang(down_text, height));

    place->left = (int32_t)ceil(left);
    place->top = (int32_t)ceil(top);
    plan->bar_left = place->left + ceil(bar_offset);
    place->png_width = (int32_t)fmin(ceil(left) + ceil(right), 1e9);
    place->png_height = (int32_t)fmin(ceil(top) + height + ceil(bottom), 1e9);
}

/* ---- drawing ---- */

static void draw_frame(cairo_t *cairo, double left, double top, double width, double height)
{
    cairo_set_line_width(cairo, 1);
    cairo_rectangle(cairo, left - 0.5, top - 0.5, width + 1, height + 1);
    cairo_stroke(cairo);
}

static void draw_line(cairo_t *cairo, double x, double y, double dx, double dy)
{
    cairo_move_to(cairo, x, y);
    cairo_rel_line_to(cairo, dx, dy);
    cairo_stroke(cairo);
}

/* An axis along the top or the bottom of the image. */
static void draw_across(cairo_t *cairo, const pstm_picture *picture, const pstm_picture_axis *axis,
                        const pstm_ticks *ticks, const pstm_picture_place *place, bool at_top)
{
    if (!axis->label) return;
    const double y = at_top ? place->top - 1 : place->top + place->height + 1, out = at_top ? -1 : 1;
    use_font(cairo, tick_font_px, false);
    for (int i = 0; i < ticks->n; i++) {
        const double x = place->left +
                         floor(pstm_axis_position(axis, picture->n_columns, place->width, ticks->value[i])) +
                         0.5;
        draw_line(cairo, x, y, 0, out * tick_px);
        draw_text(cairo, x, y + out * (tick_px + tick_gap_px + 0.5 * tick_font_px), 0.5, 0, ticks->text[i]);
    }
    use_font(cairo, label_font_px, false);
    draw_text(cairo, place->left + 0.5 * place->width,
              y + out * (tick_px + tick_gap_px + tick_font_px + 0.5 * label_room_px), 0.5, 0, axis->label);
}

/* An axis along the left or the right side of the image. */
static void draw_down(cairo_t *cairo, const pstm_picture *picture, const pstm_picture_axis *axis,
                      const pstm_ticks *ticks, const pstm_picture_place *place, bool at_right)
{
    if (!axis->label) return;
    const double x = at_right ? place->left + place->width + 1 : place->left - 1, out = at_right ? 1 : -1;
    use_font(cairo, tick_font_px, false);
    for (int i = 0; i < ticks->n; i++) {
        const double along = pstm_axis_position(axis, picture->n_rows, place->height, ticks->value[i]);
        const double y = place->top + floor(picture->rows_up ? place->height - along : along) + 0.5;
        draw_line(cairo, x, y, out * tick_px, 0);
        draw_text(cairo, x + out * (tick_px + tick_gap_px), y, at_right ? 0 : 1, 0, ticks->text[i]);
    }
    use_font(cairo, label_font_px, false);
    draw_text(cairo, x + out * (tick_px + tick_gap_px + ticks->widest_px + 0.5 * label_room_px + 2),
              place->top + 0.5 * place->height, 0.5, -M_PI / 2, axis->label);
}

static void draw_bar(cairo_t *cairo, const pstm_picture *picture, const layout *plan)
{
    const pstm_picture_place *place = &plan->place;
    for (int32_t y = 0; y < place->height; y++) {
        const uint32_t colour = pstm_colour_at(picture->colour, 1 - (y + 0.5) / place->height);
        cairo_set_source_rgb(cairo, (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0,
                             (colour & 255) / 255.0);
        cairo_rectangle(cairo, plan->bar_left, place->top + y, bar_width_px, 1);
        cairo_fill(cairo);
    }
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    draw_frame(cairo, plan->bar_left, place->top, bar_width_px, place->height);
    use_font(cairo, tick_font_px, false);
    const double x = plan->bar_left + bar_width_px + 1;
    const double low = plan->range.low * plan->bar_scale, high = plan->range.high * plan->bar_scale;
    for (int i = 0; i < plan->bar.n; i++) {
        const double share = (plan->bar.value[i] - low) / (high - low);
        const double y = place->top + floor((1 - share) * (place->height - 1)) + 0.5;
        draw_line(cairo, x, y, tick_px, 0);
        draw_text(cairo, x + tick_px + tick_gap_px, y, 0, 0, plan->bar.text[i]);
    }
    use_font(cairo, label_font_px, false);
    draw_text(cairo, x + tick_px + tick_gap_px + plan->bar.widest_px + 0.5 * label_room_px + 2,
              place->top + 0.5 * place->height, 0.5, -M_PI / 2, plan->bar_label);
}

static void draw_titles(cairo_t *cairo, const pstm_picture *picture, const pstm_picture_place *place)
{
    double y = edge_px + 8;
    if (picture->title) {
        use_font(cairo, title_font_px, true);
        draw_text(cairo, place->left, y, 0, 0, picture->title);
        y += 26;
    }
    if (picture->subtitle) {
        use_font(cairo, subtitle_font_px, false);
        cairo_set_source_rgb(cairo, 0.35, 0.35, 0.35);
        draw_text(cairo, place->left, y, 0, 0, picture->subtitle);
        cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    }
}

static pstm_status draw_picture(cairo_t *cairo, const pstm_picture *picture, const layout *plan)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    PSTM_TRY(pstm_picture_draw_image(cairo, picture, &plan->range, &plan->place));
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.1);
    draw_frame(cairo, plan->place.left, plan->place.top, plan->place.width, plan->place.height);
    draw_titles(cairo, picture, &plan->place);
    draw_across(cairo, picture, &picture->across, &plan->across, &plan->place, false);
    draw_across(cairo, picture, &picture->across_second, &plan->across_second, &plan->place, true);
    draw_down(cairo, picture, &picture->down, &plan->down, &plan->place, false);
    draw_down(cairo, picture, &picture->down_second, &plan->down_second, &plan->place, true);
    draw_bar(cairo, picture, plan);
    return PSTM_OK;
}

/* ---- writing ---- */

static pstm_status check(const pstm_picture *picture, const char *path)
{
    if (picture->n_columns < 1 || picture->n_rows < 1)
        return pstm_fail(PSTM_USAGE, "%s: nothing to draw: %lld columns of %lld samples", path,
                         (long long)picture->n_columns, (long long)picture->n_rows);
    if (picture->width_px > LARGEST_IMAGE || picture->height_px > LARGEST_IMAGE)
        return pstm_fail(PSTM_USAGE, "%s: a picture of %d x %d pixels is too large; at most %d each way",
                         path, picture->width_px, picture->height_px, LARGEST_IMAGE);
    return PSTM_OK;
}

pstm_status pstm_picture_write(const pstm_picture *picture, const char *path, pstm_picture_place *place)
{
    PSTM_TRY(check(picture, path));
    pstm_status status = PSTM_OK;
    layout plan = {0};
    cairo_surface_t *scratch = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1), *surface = NULL;
    cairo_t *measure = cairo_create(scratch), *cairo = NULL;
    PSTM_GO(choose_range(picture, &plan.range));
    choose_size(picture, &plan.place);
    choose_layout(measure, picture, &plan);
    if (plan.place.png_width > LONGEST_PNG || plan.place.png_height > LONGEST_PNG)
        PSTM_GO(pstm_fail(PSTM_USAGE, "%s: the picture with its texts is too large for a PNG", path));
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, plan.place.png_width, plan.place.png_height);
    cairo = cairo_create(surface);
    PSTM_GO(draw_picture(cairo, picture, &plan));
    PSTM_GO(pstm_png_write(surface, path));
    if (place) *place = plan.place;
cleanup:
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    cairo_destroy(measure);
    cairo_surface_destroy(scratch);
    return status;
}
