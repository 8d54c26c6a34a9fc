/** @file numbering.h
 * Whether a word of trace headers numbers lines of midpoints: then it is, to half a number, a plane over
 * them. All functions are Local.
 */
#ifndef PSTM_SURVEY_NUMBERING_H
#define PSTM_SURVEY_NUMBERING_H

#include <stdbool.h>
#include <stdint.h>

#include "survey/line.h"

/** number = at + east (x - middle.x) + north (y - middle.y) */
typedef struct pstm_numbering {
    bool fits;
    pstm_position middle;
    double at, east, north; /**< the gradient in numbers a metre */
    int32_t byte;           /**< where the word is */
} pstm_numbering;

/**
 * Fits numbers[stride * i] of points[n] by least squares, once more without what is far off. It fits where
 * numbers vary and most are within one of the plane, or one step of numbers where lines are step_m apart and
 * numbers rise by more than one from line to line. step_m: 0 where it is not known.
 */
pstm_numbering pstm_numbering_find(const pstm_position *points, const int32_t *numbers, int64_t stride,
                                   int64_t n, double step_m);

/** The number of a place. */
double pstm_numbering_at(const pstm_numbering *numbering, double x_m, double y_m);

#endif
