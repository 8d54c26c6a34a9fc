/** @file lattice.h
 * The lattice on which the midpoints of a survey lie, found from their positions alone.
 *
 * Points near the nodes of a lattice of steps a and b are in phase for the waves k = 1/a and 1/b across its
 * rows: C(k) = |mean of exp(2 pi i k . p)| is 1 on the nodes, sin(2 pi s)/(2 pi s) where they are scattered
 * by up to s steps either way, and 1/sqrt(n) where they know nothing of k (the structure factor of a
 * lattice: Bracewell 2000, ch. 5). Holes, missing shots and repeated points take nothing from it. The waves
 * are first sought in the differences of near points, which needs no phase over the whole survey, then
 * refined in windows that grow until one holds all points. All functions are Local; they change the order of
 * no point.
 */
#ifndef PSTM_SURVEY_LATTICE_H
#define PSTM_SURVEY_LATTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/line.h"

/** A row of nodes across each of two directions at right angles; of a line the first alone. */
typedef struct pstm_bin_lattice {
    bool found;
    double azimuth_deg;  /**< of axis 0, clockwise from north, [0, 180); axis 1 is 90 degrees more */
    double step_m[2];    /**< along axis 0 and 1 */
    pstm_position node;  /**< one of the nodes, near the middle of the points */
    double coherence[2]; /**< C of each axis */
} pstm_bin_lattice;

/** C below which points are not said to lie on a lattice: they scatter by more than 0.3 steps. */
#define PSTM_LATTICE_LEAST_COHERENCE 0.45

/**
 * Finds it from points[n], of which the first n_dense hold whole neighbourhoods, so that the steps show in
 * their differences; the others may lie anywhere. line: the points are taken for those of a 2D line along
 * it; NULL: of an area. *out has found = false where there is none. PSTM_SYSTEM when memory is short.
 */
PSTM_MUST_CHECK pstm_status pstm_lattice_find(const pstm_position *points, int64_t n, int64_t n_dense,
                                              const pstm_line *line, pstm_bin_lattice *out);

#endif
