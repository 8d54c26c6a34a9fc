/** @file lattice_waves.h  Waves with which points are in phase; for the sources of lattice.h only. Local. */
#ifndef PSTM_SURVEY_LATTICE_WAVES_H
#define PSTM_SURVEY_LATTICE_WAVES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/line.h"

/** Cycles a metre along x and y, and how far the points are in phase with it: C of lattice.h. */
typedef struct pstm_wave {
    double x, y, coherence;
} pstm_wave;

enum { PSTM_MOST_WAVES = 48 };

/**
 * The waves that stand out in the differences of points nearer to each other than `radius_m`, the strongest
 * first; y = 0 for all of them where `on_x`. waves: room for PSTM_MOST_WAVES. PSTM_SYSTEM when memory is
 * short.
 */
PSTM_MUST_CHECK pstm_status pstm_waves_find(const pstm_position *points, int64_t n, double radius_m,
                                            bool on_x, pstm_wave *waves, int *n_waves);

/** Refines a wave known to a part of 1/window_m until it fits all points, and sets its coherence. */
PSTM_MUST_CHECK pstm_status pstm_wave_refine(const pstm_position *points, int64_t n, double window_m,
                                             pstm_wave *wave);

/** C of a wave, and the phase of the points' mean in cycles. */
double pstm_wave_coherence(const pstm_position *points, int64_t n, double x, double y, double *phase);

#endif
