/* Ticks at round values. */
#include <math.h>
#include <stdio.h>

#include "report/picture_parts.h"

/* The next larger of 1, 2, 5, 10, ... */
static double next_step(double step)
{
    const double power = pow(10, floor(log10(step) + 1e-9));
    const double lead = step / power;
    if (lead < 1.5) return 2 * power;
    if (lead < 3.5) return 5 * power;
    return 10 * power;
}

/* The first round step that gives at most `n_wanted` intervals. */
static double first_step(double span, double n_wanted, bool whole)
{
    double step = pow(10, floor(log10(span / fmax(n_wanted, 1))));
    if (whole && step < 1) step = 1;
    while (span / step > fmax(n_wanted, 1))
        step = next_step(step);
    return step;
}

static double text_width(cairo_t *cairo, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, text, &extents);
    return extents.x_advance;
}

static void fill(cairo_t *cairo, double low, double high, double step, pstm_ticks *ticks)
{
    const double slack = 1e-6 * step;
    const int decimals = step < 1 ? (int)fmin(12, -floor(log10(step) + 1e-9)) : 0;
    const double first = ceil((low - slack) / step), last = floor((high + slack) / step);
    ticks->n = 0;
    ticks->widest_px = 0;
    for (double i = first; i <= last && ticks->n < PSTM_MAX_TICKS; i++) {
        const double value = i == 0 ? 0 : i * step; /* no "-0" */
        ticks->value[ticks->n] = value;
        snprintf(ticks->text[ticks->n], sizeof ticks->text[0], "%.*f", decimals, value);
        ticks->widest_px = fmax(ticks->widest_px, text_width(cairo, ticks->text[ticks->n]));
        ticks->n++;
    }
}

static void fill_single(cairo_t *cairo, double value, pstm_ticks *ticks)
{
    ticks->n = 1;
    ticks->value[0] = value;
    snprintf(ticks->text[0], sizeof ticks->text[0], "%.7g", value);
    ticks->widest_px = text_width(cairo, ticks->text[0]);
}

void pstm_ticks_choose(cairo_t *cairo, pstm_value_range range, double length_px, double spacing_px,
                       bool texts_along, bool whole, pstm_ticks *ticks)
{
    const double low = range.low, high = range.high;
    const double gap_px = 22; /* between texts on one line */
    if (!(high > low)) {
        fill_single(cairo, low, ticks);
        return;
    }
    const double n_wanted = fmin(length_px / spacing_px, PSTM_MAX_TICKS - 1);
    double step = first_step(high - low, n_wanted, whole);
    fill(cairo, low, high, step, ticks);
    while (texts_along && ticks->n > 1 && step / (high - low) * length_px < ticks->widest_px + gap_px) {
        step = next_step(step);
        fill(cairo, low, high, step, ticks);
    }
}

double pstm_axis_position(const pstm_picture_axis *axis, int64_t n_cells, double length_px, double value)
{
    const double cell_px = length_px / (double)n_cells;
    if (axis->last == axis->first) return length_px / 2;
    return (0.5 + (value - axis->first) / (axis->last - axis->first) * (double)(n_cells - 1)) * cell_px;
}
