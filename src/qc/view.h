/** @file view.h  Sections, slices and gathers of a cube drawn as PNG files. Local. */
#ifndef PSTM_QC_VIEW_H
#define PSTM_QC_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"
#include "qc/section_draw.h"
#include "survey/class_centre.h"

enum { PSTM_VIEW_MOST = 64 /**< pictures of a kind, of one call */ };

/** Numbers of one repeated option. */
typedef struct pstm_view_numbers {
    double at[PSTM_VIEW_MOST];
    int n;
} pstm_view_numbers;

/** What is to be drawn; texts are borrowed. What is NaN is not wanted. */
typedef struct pstm_view_wish {
    const char *cube;
    const char *dataset; /**< NULL: the stack, or the gathers where a class or a gather is wanted */
    const char *out;     /**< of the one picture; NULL: names beside the cube */
    bool overwrite;      /**< also a picture or file that no pstm has made */
    pstm_view_numbers inlines, crosslines, times_s; /**< a section or map each */
    double gathers[PSTM_VIEW_MOST][2];              /**< [n_gathers] inline and crossline numbers */
    int n_gathers;
    double window_s[2];       /**< two-way times of sections and gathers; NaN: all that the cube has */
    pstm_class_centre centre; /**< of the class of a section from the gathers; empty: the first */
    pstm_section_style style;
} pstm_view_wish;

/**
 * Draws the wanted sections; without any, the middle ones of the axes that have an extent. Writes the names
 * of the PNG files to `names`, one a line. PSTM_USAGE when what is wanted is not in the cube, or a picture
 * would replace a file that is not ours; PSTM_DATA when
 * nothing is migrated or the cube is damaged; PSTM_SYSTEM when a file cannot be written. Messages name the
 * options of `pstm view`.
 */
PSTM_MUST_CHECK pstm_status pstm_view(const pstm_view_wish *wish, FILE *names);

#endif
