/** @file spacing.h
 * How far apart the midpoints of a class are: the scale on which they cover the survey.
 *
 * The plane is divided into squares of side L, the line into pieces of length L. Where L is large, the
 * squares that hold a midpoint cover the survey, and squares of 2 L cover no more; where it is small, they
 * cover as much as there are places, and squares of 2 L four times (pieces twice) as much. The spacing is the
 * least L, coming from above, of which the squares cover at least 64 % (pieces 75 %) of what those of 2 L do:
 * 0.8 to 1 times the step of a regular grid, about sqrt(area per trace) of random midpoints. It is not the
 * distance to the nearest neighbour or the area over the number of traces: both tell nothing of the holes
 * where traces stand in heaps, of a bin or of a fold of 60.
 *
 * Spacings are of a series, four to each doubling, so that ranks can count them. All functions are Local.
 */
#ifndef PSTM_SURVEY_SPACING_H
#define PSTM_SURVEY_SPACING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/line.h"

enum { PSTM_SPACINGS = 96 /**< of the series, 0.1 m to 1,400 km */ };

/** The spacing with this number, [0, PSTM_SPACINGS), in metres. */
double pstm_spacing_m(int number);

/**
 * The number of the spacing of places[n]; on a line their y_m is 0. -1 when all are one place. Memory: 16 to
 * 32 bytes a place.
 */
PSTM_MUST_CHECK pstm_status pstm_spacing_find(const pstm_position *places, int64_t n, bool on_a_line,
                                              int *number);

#endif
