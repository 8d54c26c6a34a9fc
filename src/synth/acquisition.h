/** @file acquisition.h
 * Where the sources and receivers of a synthetic survey are. Frame as in model.h. All functions are Local.
 */
#ifndef PSTM_SYNTH_ACQUISITION_H
#define PSTM_SYNTH_ACQUISITION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

enum { PSTM_ACQUISITION_OFFSETS = 64 };

/** Source-receiver vector: length, and direction clockwise from local y. */
typedef struct pstm_offset_vector {
    double offset_m, azimuth_deg;
} pstm_offset_vector;

typedef struct pstm_acquisition {
    bool random;     /**< random midpoints; otherwise a regular grid of midpoints */
    double x_m, y_m; /**< regular: the first midpoint; random: the low corner of the area */
    /* Regular: every offset vector at every midpoint, offsets fastest, then y, then x. */
    int32_t n_x, n_y, n_offsets;
    double step_x_m, step_y_m;
    pstm_offset_vector offsets[PSTM_ACQUISITION_OFFSETS];
    /* Random: uniform in midpoint, offset and azimuth; equal limits fix a value. */
    int64_t n_traces;
    double length_x_m, length_y_m;
    double offset_min_m, offset_max_m;
    double azimuth_min_deg, azimuth_max_deg;
} pstm_acquisition;

/** Source and receiver in local metres. */
typedef struct pstm_shot_pair {
    double sx_m, sy_m, rx_m, ry_m;
} pstm_shot_pair;

/** PSTM_USAGE if a count or a length is not positive, a range is upside down or a number not finite. */
PSTM_MUST_CHECK pstm_status pstm_acquisition_check(const pstm_acquisition *acquisition);

int64_t pstm_acquisition_n_traces(const pstm_acquisition *acquisition);

/** Positions of trace i_trace in [0, n_traces); depends on nothing but the arguments. */
pstm_shot_pair pstm_acquisition_pair(const pstm_acquisition *acquisition, uint64_t seed, int64_t i_trace);

/**
 * Makes a regular acquisition random: n_traces midpoints over the same area (half a step more on each side),
 * offsets and azimuths within the range of its list. A random one gets n_traces.
 */
void pstm_acquisition_randomise(pstm_acquisition *acquisition, int64_t n_traces);

#endif
