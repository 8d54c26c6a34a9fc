/** @file place.h
 * Places, and how much each counts at a position between them. Internal to velocity/.
 */
#ifndef PSTM_VELOCITY_PLACE_H
#define PSTM_VELOCITY_PLACE_H

#include <stdint.h>

/** World position of a place, in metres. */
typedef struct pstm_place {
    double x_m, y_m;
} pstm_place;

/** Up to three places and their weights, which are above 0 and add up to 1. */
typedef struct pstm_weights {
    int n;
    int64_t place[3];
    double weight[3];
} pstm_weights;

#endif
