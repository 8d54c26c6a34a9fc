/** @file picture_parts.h  The parts of a picture; used within report/ only. Local. */
#ifndef PSTM_REPORT_PICTURE_PARTS_H
#define PSTM_REPORT_PICTURE_PARTS_H

#include <cairo.h>

#include "report/picture.h"

enum { PSTM_MAX_TICKS = 24 };

/** Ticks of an axis or a colour bar: round values and their texts. */
typedef struct pstm_ticks {
    int n;
    double value[PSTM_MAX_TICKS];
    char text[PSTM_MAX_TICKS][24];
    double widest_px; /**< of the texts, in the font set on the context */
} pstm_ticks;

/** The values that an axis or the colour map spans. */
typedef struct pstm_value_range {
    double low, high;
} pstm_value_range;

/**
 * Round values within the range, at steps of 1, 2 or 5 times a power of ten (`whole`: at least 1), as
 * many as fit into length_px with spacing_px between their middles; when the texts run along the axis
 * (`texts_along`) also so that they do not touch. A range of one value: that.
 */
void pstm_ticks_choose(cairo_t *cairo, pstm_value_range range, double length_px, double spacing_px,
                       bool texts_along, bool whole, pstm_ticks *ticks);

/** Pixels from the start of an axis of length_px to `value`; columns or rows are cells of equal size. */
double pstm_axis_position(const pstm_picture_axis *axis, int64_t n_cells, double length_px, double value);

/** Draws the image, width x height pixels, at (left, top). PSTM_SYSTEM when memory is short. */
PSTM_MUST_CHECK pstm_status pstm_picture_draw_image(cairo_t *cairo, const pstm_picture *picture,
                                                    const pstm_value_range *range,
                                                    const pstm_picture_place *place);

#endif
