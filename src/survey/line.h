/** @file line.h
 * Whether a survey is a 2D line, found in three looks at its positions, each of which may be shared out: the
 * position farthest from any of them is an end of a line, the one farthest from that is its other end, and
 * the one farthest from the line between the two decides. All functions are Local.
 */
#ifndef PSTM_SURVEY_LINE_H
#define PSTM_SURVEY_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "survey/trace.h"

/**
 * Largest distance of a position from the straight line of a 2D survey, as a fraction of the line's length.
 * Field lines wander by metres, and coordinates are often rounded to whole metres; the narrowest 3D
 * swaths are several percent wide.
 */
#define PSTM_LINE_TOLERANCE 0.01

typedef struct pstm_position {
    double x_m, y_m;
} pstm_position;

/** What distances are measured from: a point, or the line through it along a unit vector. */
typedef struct pstm_line {
    pstm_position from;
    pstm_position unit; /**< {0, 0}: no line, the point */
    double length_m;    /**< of what it was laid through, and how far of that lies beside it at most */
    double beside_m;
} pstm_line;

typedef struct pstm_farthest {
    pstm_position at;
    double far_m; /**< its distance */
} pstm_farthest;

/**
 * The first of the sources and receivers of the usable ones among traces[n] that no other is farther than;
 * the line's own point at distance 0 without any.
 */
pstm_farthest pstm_line_farthest(const pstm_line *line, const pstm_trace *traces, int64_t n);

/** The line through two points that are not one. */
pstm_line pstm_line_through(pstm_position a, pstm_position b);

#endif
