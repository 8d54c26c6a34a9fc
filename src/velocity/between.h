/** @file between.h
 * Which of a set of places a world position lies between, and with what weights:
 *   - places on one line (within a thousandth of its length): linear along the line, constant beyond its
 *     ends;
 *   - otherwise: linear on the triangles of their Delaunay triangulation, and outside them as at the nearest
 *     point of their rim. Triangles at the rim flatter than 1:1000 do not count, since there rounding of the
 *     coordinates alone decides which places are neighbours.
 * Internal to velocity/. A pstm_between is read-only once made.
 */
#ifndef PSTM_VELOCITY_BETWEEN_H
#define PSTM_VELOCITY_BETWEEN_H

#include <stdint.h>

#include "core/status.h"
#include "velocity/place.h"

typedef struct pstm_between pstm_between;

/**
 * Prepares for places[n], n >= 1, distinct. PSTM_DATA when two that do not lie on one line with all
 * others are closer than 1e-8 of the extent, which no survey means. *out is the caller's.
 */
PSTM_MUST_CHECK pstm_status pstm_between_create(const pstm_place *places, int64_t n, pstm_between **out);

/** Frees *between and sets it to NULL; NULL-safe. */
void pstm_between_destroy(pstm_between **between);

/** The weights of a position: a pure function of places and position. */
pstm_weights pstm_between_weights(const pstm_between *between, double x_m, double y_m);

#endif
