/** @file section.h
 * Sections, time slices and gathers of a cube: which values, their axes, and the picture. All functions are
 * Local.
 */
#ifndef PSTM_QC_SECTION_H
#define PSTM_QC_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "qc/open_cube.h"
#include "report/picture.h"

typedef enum pstm_section_kind {
    PSTM_SECTION_INLINE,    /**< columns: crosslines, rows: times */
    PSTM_SECTION_CROSSLINE, /**< columns: inlines, rows: times */
    PSTM_SECTION_TIME,      /**< a map, north more up than down and east more right than left */
    PSTM_SECTION_GATHER     /**< columns: classes, rows: times */
} pstm_section_kind;

/** Which part of which dataset; indices of the grid. */
typedef struct pstm_section {
    pstm_section_kind kind;
    pstm_cube_data data;
    int32_t i;              /**< inline index (inline section, gather) */
    int32_t j;              /**< crossline index (crossline section, gather) */
    int32_t class_index;    /**< of datasets with classes, except in a gather */
    int32_t k;              /**< output sample (time slice) */
    int32_t k_begin, k_end; /**< output samples of the rows (not in a time slice) */
} pstm_section;

/** The values of a section, as a picture wants them, and their axes. */
typedef struct pstm_section_values {
    int64_t n_columns, n_rows;
    float *values; /**< [n_columns][n_rows], owned; NaN where nothing was migrated */
    pstm_picture_axis across, down, across_second, down_second;
    char across_label[64], down_label[64]; /**< what across and down point to */
} pstm_section_values;

/** Reads a section. *out is the caller's, for pstm_section_free(); it must not be moved. */
PSTM_MUST_CHECK pstm_status pstm_section_read(const pstm_open_cube *open, const pstm_section *section,
                                              pstm_section_values *out);

/** Multiplies the values by t^power, t = two-way time in seconds; power >= 0. */
void pstm_section_gain(const pstm_open_cube *open, const pstm_section *section, double power,
                       pstm_section_values *values);

/**
 * Divides each row by the mean of |values| over all columns and a tenth of the rows about it, so that what is
 * deep shows as what is shallow. Rows far quieter than most, a fiftieth of the median, are not brought up to
 * them: they hold next to nothing. PSTM_SYSTEM when memory is short.
 */
PSTM_MUST_CHECK pstm_status pstm_section_balance(pstm_section_values *values);

/** Frees the values; safe on an all zero struct. */
void pstm_section_free(pstm_section_values *values);

/** Appends what a section is, for titles: "stack, inline 120", "gather, offset 450 m, twt 1.000 s". */
PSTM_MUST_CHECK pstm_status pstm_section_describe(const pstm_open_cube *open, const pstm_section *section,
                                                  pstm_text *text);

/** A picture of the values with their axes: smooth for amplitudes, blocks from zero for folds. The values
 * are borrowed; the caller adds titles and colours. */
pstm_picture pstm_section_picture(const pstm_section *section, const pstm_section_values *values);

#endif
