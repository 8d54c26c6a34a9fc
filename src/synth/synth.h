/** @file synth.h
 * A synthetic survey: a model, an acquisition, a record, an image grid; and its traces, made one by one, so
 * that a survey of any size needs the memory of one trace. All functions are Local.
 */
#ifndef PSTM_SYNTH_SYNTH_H
#define PSTM_SYNTH_SYNTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "survey/grid.h"
#include "survey/trace.h"
#include "synth/acquisition.h"
#include "synth/model.h"

typedef struct pstm_synth {
    pstm_model model;
    pstm_acquisition acquisition;
    pstm_grid grid;    /**< the image; its origin and azimuth are the frame of model and acquisition */
    int32_t n_samples; /**< of a trace, >= 2 */
    double sample_s;   /**< sample interval, > 0 */
    uint64_t seed;
    double noise;         /**< standard deviation of Gaussian noise on every live sample */
    double dead_fraction; /**< share of traces that are dead, [0, 1]: half of them all zero,
    half not seismic (trace id 2, with noise of deviation 1, which shows when it is used) */
    /* What job.yaml says. */
    double aperture_m, aperture_deg;
    double class_first_m, class_step_m; /**< offset classes */
    int32_t n_classes;                  /**< 0: one class with all traces, no gathers */
    bool true_amplitude;                /**< weight true, and a taper; otherwise obliquity */
    bool bare_wavelet;                  /**< wavelet filter off (diffractors); otherwise auto (reflectors) */
} pstm_synth;

/** PSTM_USAGE naming what is out of range, in the model, the acquisition or the record. */
PSTM_MUST_CHECK pstm_status pstm_synth_check(const pstm_synth *synth);

/** World position of the local point (x, y). The grid must be prepared. */
void pstm_synth_to_world(const pstm_synth *synth, double local_x_m, double local_y_m, double *x_m,
                         double *y_m);

/**
 * Makes trace i_trace of [0, pstm_acquisition_n_traces()): header in world metres (number = i_trace, file 0,
 * live window the whole record, fate NOT_SEISMIC or DEAD for dead traces) and n_samples samples. Depends on
 * nothing but the arguments. The grid must be prepared.
 */
void pstm_synth_trace(const pstm_synth *synth, int64_t i_trace, pstm_trace *trace, float *samples);

/**
 * Fills *synth with a named survey, grid prepared. PSTM_USAGE listing the names if there is none so called.
 * Names: pstm_synth_preset_names().
 */
PSTM_MUST_CHECK pstm_status pstm_synth_preset(const char *name, pstm_synth *synth);

/** The names of the presets, *n of them, and in texts[i] a line of what each is. */
const char *const *pstm_synth_preset_names(size_t *n, const char *const **texts);

/** Appends the known answers, as commented columns: truth.txt. */
PSTM_MUST_CHECK pstm_status pstm_synth_add_truth(const pstm_synth *synth, pstm_text *text);

/** Appends the model's vrms as lines `t v` over the image's time axis: velocity.txt. */
PSTM_MUST_CHECK pstm_status pstm_synth_add_velocity(const pstm_synth *synth, pstm_text *text);

/** Appends the job that migrates the survey, with its files named as beside it: job.yaml. */
PSTM_MUST_CHECK pstm_status pstm_synth_add_job(const pstm_synth *synth, pstm_text *text);

#endif
