/** @file picture.h
 * Pictures of sections, slices and gathers as PNG files: an image with axes, a title and a colour bar.
 * All functions are Local.
 */
#ifndef PSTM_REPORT_PICTURE_H
#define PSTM_REPORT_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "report/colour.h"

/** An axis: values at the centres of the first and the last column or row. */
typedef struct pstm_picture_axis {
    const char *label;  /**< with its unit, for example "twt (s)"; NULL: no such axis */
    double first, last; /**< equal when there is one column or row */
    bool whole;         /**< ticks at whole numbers only (inline and crossline numbers) */
} pstm_picture_axis;

/**
 * What to draw; all pointers are borrowed. All zero besides values, n_columns, n_rows and the axes is a
 * fair default.
 */
typedef struct pstm_picture {
    const char *title;               /**< NULL: none */
    const char *subtitle;            /**< a smaller line under it; NULL: none */
    const float *values;             /**< [n_columns][n_rows]; NaN: no value, drawn pale yellow */
    int64_t n_columns, n_rows;       /**< >= 1 */
    pstm_picture_axis across, down;  /**< of columns (at the bottom) and rows (at the left) */
    pstm_picture_axis across_second; /**< of columns again, at the top; label NULL: none */
    pstm_picture_axis down_second;   /**< of rows again, at the right; label NULL: none */
    bool rows_up;                    /**< row 0 at the bottom (maps); else at the top (sections) */
    bool equal_scale;                /**< a metre is as long across as down (maps in metres) */
    bool blocks;                     /**< every sample a block of one colour; else linear between samples */
    bool separate_columns;           /**< blocks across only: columns are traces on their own (gathers) */
    pstm_colour colour;
    bool from_zero;              /**< the colour map spans [0, limit] (fold); else [-limit, limit] */
    double limit;                /**< value of the map's high end; 0: from clip_percent */
    double clip_percent;         /**< this share of |values| that are not 0 lies within the map; 0: 99 */
    const char *value_label;     /**< beside the colour bar, for example "amplitude"; NULL: none */
    int32_t width_px, height_px; /**< of the image inside the axes; 0: chosen from the data */
} pstm_picture;

/** Where the image lies within the PNG, in pixels from the top left corner. */
typedef struct pstm_picture_place {
    int32_t left, top, width, height; /**< of the image inside the axes */
    int32_t png_width, png_height;
} pstm_picture_place;

/**
 * Draws and writes the PNG, whole or not at all. `place` may be NULL. PSTM_USAGE when there is nothing to
 * draw or it is larger than a PNG of cairo can be; PSTM_SYSTEM with the path when it cannot be written.
 */
PSTM_MUST_CHECK pstm_status pstm_picture_write(const pstm_picture *picture, const char *path,
                                               pstm_picture_place *place);

#endif
