/** @file coverage.h
 * Which parts of an image's grid have midpoints, with the grid as it is given, and as it would be if it were
 * turned about its origin or if x and y of the traces were swapped. All functions are Local.
 */
#ifndef PSTM_SURVEY_COVERAGE_H
#define PSTM_SURVEY_COVERAGE_H

#include <stdint.h>

#include "survey/grid.h"

/** How the grid and the coordinates may be read. */
typedef enum pstm_orientation {
    PSTM_ORIENTATION_GIVEN,
    PSTM_ORIENTATION_TURNED_90, /**< the azimuth 90 degrees more */
    PSTM_ORIENTATION_TURNED_180,
    PSTM_ORIENTATION_TURNED_270,
    PSTM_ORIENTATION_SWAPPED, /**< x of the traces is y, and y is x */
    PSTM_ORIENTATIONS
} pstm_orientation;

/** Bit 8 a + b: part a of (up to) 8 along the inlines' axis and b along the crosslines' has a midpoint. */
typedef struct pstm_coverage {
    uint64_t parts[PSTM_ORIENTATIONS];
} pstm_coverage;

/** Adds a midpoint. */
void pstm_coverage_add(pstm_coverage *coverage, const pstm_grid *grid, double x_m, double y_m);

/** Parts that a grid has: 64, fewer where an axis has fewer than 8 nodes. */
int pstm_coverage_n_parts(const pstm_grid *grid);

/** Of the parts, how many have midpoints in an orientation. */
int pstm_coverage_count(const pstm_coverage *coverage, pstm_orientation orientation);

/**
 * The orientation that covers nearly all of the grid where the given one leaves much of it bare;
 * PSTM_ORIENTATION_GIVEN where there is none, or where the grid has too few parts to tell.
 */
pstm_orientation pstm_coverage_better(const pstm_coverage *coverage, const pstm_grid *grid);

#endif
