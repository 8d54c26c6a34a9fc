/** @file shapes.h
 * Velocity functions of tests, smooth and kinked, as texts of `t v`.
 */
#ifndef PSTM_TESTS_VELOCITY_SHAPES_H
#define PSTM_TESTS_VELOCITY_SHAPES_H

#include "core/text.h"

/** SHAPE(NAME): what the picks follow, and how often. */
#define SHAPE_LIST(SHAPE)                                                                                    \
    SHAPE(LINEAR)     /* linear in t */                                                                      \
    SHAPE(SMOOTH_20)  /* rms of an interval velocity that grows and levels off, every 20 ms */               \
    SHAPE(ROUNDED_20) /* the same, rounded to 0.01 m/s */                                                    \
    SHAPE(SMOOTH_100)                                                                                        \
    SHAPE(SMOOTH_300)                                                                                        \
    SHAPE(WATER_BOTTOM) /* 1500 m/s down to 0.8 s, 1900 m/s and more below, every 20 ms */                   \
    SHAPE(LAYER)        /* 2000 m/s, from 1.5 s to 2 s 5000 m/s, 2500 m/s below, every 20 ms */              \
    SHAPE(STEP)         /* from 2000 to 4000 m/s from one sample to the next */

typedef enum shape {
#define SHAPE_NAME(NAME) NAME,
    SHAPE_LIST(SHAPE_NAME)
#undef SHAPE_NAME
        N_SHAPES
} shape;

/** Appends the picks of a shape from 0 to 6 s. */
void shape_add(shape kind, pstm_text *text);

/** Its name. */
const char *shape_name(shape kind);

#endif
