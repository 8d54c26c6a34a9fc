/** @file between.h
 * Which of a set of places a world position lies between, and with what weights: velocity.h says how.
 * Internal to velocity/. A pstm_between is read-only once made.
 */
#ifndef PSTM_VELOCITY_BETWEEN_H
#define PSTM_VELOCITY_BETWEEN_H

#include <stdint.h>

#include "core/status.h"

/** World positions of places, in metres. */
typedef struct pstm_place {
    double x_m, y_m;
} pstm_place;

/** Up to three places and their weights, which are above 0 and add up to 1. */
typedef struct pstm_weights {
    int n;
    int64_t place[3];
    double weight[3];
} pstm_weights;

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
