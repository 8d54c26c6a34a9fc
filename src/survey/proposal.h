/** @file proposal.h
 * The grid that a survey's midpoints ask for: their lattice, or a line, or where there is neither, bins of
 * their density. All functions are Local.
 */
#ifndef PSTM_SURVEY_PROPOSAL_H
#define PSTM_SURVEY_PROPOSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"
#include "survey/lattice.h"
#include "survey/line.h"
#include "survey/numbering.h"

typedef enum pstm_survey_shape {
    PSTM_SHAPE_NONE,    /**< too few places to say */
    PSTM_SHAPE_AREA,    /**< 3D, midpoints on a lattice, or lines numbered in headers */
    PSTM_SHAPE_LINE,    /**< a straight 2D line */
    PSTM_SHAPE_CROOKED, /**< along a curve: a 2D line that is not straight */
    PSTM_SHAPE_RANDOM   /**< 3D, midpoints on no lattice */
} pstm_survey_shape;

/** What is known of a survey; all borrowed. */
typedef struct pstm_survey_places {
    const pstm_position *points; /**< [n] midpoints, the first n_dense whole neighbourhoods (lattice.h) */
    int64_t n, n_dense;
    bool on_a_line;                /**< all sources and receivers are near one straight line */
    double direction_deg;          /**< of receiver lines; NAN: not known */
    double receiver_step_m;        /**< between neighbours; NAN: not known */
    const pstm_position *numbered; /**< [n_numbered] midpoints of traces whose words are known */
    const int32_t *words;          /**< [n_numbered][n_words] */
    const int32_t *bytes;          /**< [n_words] where they are in a header */
    int64_t n_numbered, n_words;
} pstm_survey_places;

typedef struct pstm_proposal {
    pstm_survey_shape shape;
    bool has_lattice;
    pstm_bin_lattice lattice;  /**< where has_lattice */
    pstm_grid grid;            /**< without times; of shape NONE nothing */
    pstm_numbering numbers[2]; /**< of inlines and crosslines in headers; `fits` says whether there are any */
    double number_step[2];     /**< by how much they grow from bin to bin, negative where they fall */
    bool left_handed;          /**< headers number inlines towards azimuth - 90, and a grid towards + 90 */
    double off_line_m;         /**< of lines: rms distance of midpoints from the straight grid */
} pstm_proposal;

/** PSTM_SYSTEM when memory is short. */
PSTM_MUST_CHECK pstm_status pstm_proposal_make(const pstm_survey_places *places, pstm_proposal *out);

/**
 * Cuts a grid to the rows that have traces, leaving out those beyond a gap of ten rows and a tenth of the
 * others: fold[n_inline * n_crossline] over it, row-major. Labels move along.
 */
PSTM_MUST_CHECK pstm_status pstm_proposal_trim(const int32_t *fold, pstm_grid *grid);

#endif
