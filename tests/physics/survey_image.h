/** @file survey_image.h  A synthetic survey in memory and its image by any device, for the physics tests. */
#ifndef PSTM_TESTS_PHYSICS_SURVEY_IMAGE_H
#define PSTM_TESTS_PHYSICS_SURVEY_IMAGE_H

#include <stdint.h>

#include "device/device.h"
#include "job/job.h"
#include "synth/synth.h"

/** All traces of a survey as a device takes them, in survey order, one class. */
typedef struct survey {
    int64_t n_traces;
    int32_t n_samples;
    double sample_s;
    float *memory;
    pstm_device_trace *traces;
} survey;

/** Makes and conditions every trace (`filter` OFF, 2D or 3D); traces that are not kept are left out. Owned by
 * the caller (survey_clear). */
survey survey_make(const pstm_synth *synth, pstm_wavelet filter);

/** The same with the copies of antialias levels 1 to n_levels - 1 behind each trace. */
survey survey_make_levels(const pstm_synth *synth, pstm_wavelet filter, int32_t n_levels);

/** The same with other conditioning than the wavelet filter alone. */
survey survey_make_conditioned(const pstm_synth *synth, const pstm_condition_options *keys,
                               pstm_wavelet filter, int32_t n_levels);

void survey_clear(survey *made);

/** Image locations in world metres; owned by the caller (nodes_clear). */
typedef struct nodes {
    int32_t n;
    double *x_m, *y_m;
} nodes;

/** Nodes [i, i + n_i) x [j, j + n_j) of the synthetic survey's image grid, j fastest. */
nodes nodes_make(const pstm_synth *synth, int64_t i, int32_t n_i, int64_t j, int32_t n_j);

void nodes_clear(nodes *made);

/** A plan of one class for this survey: all output samples, weight obliquity, no aperture, one thread. */
pstm_device_plan plan_make(const survey *made, int32_t n_times, double time_first_s, double time_step_s);

/** The model's vrms at the plan's output times, freed by the caller (pstm_free). */
float *vrms_make(const pstm_model *model, const pstm_device_plan *plan);

/** image[node][k] of the device so called, freed by the caller (pstm_free). Where the environment has
 * PSTM_PHYSICS_DEVICE, that device takes the place of `cpu`. Fails the test on any error. */
float *survey_migrate(const char *device, const survey *made, const pstm_device_plan *plan, const nodes *at,
                      float *vrms_m_s);

/** What tests look at, by name: devices[first_device()] to devices[N_DEVICES - 1]. */
enum { N_DEVICES = 2 };
extern const char *const devices[N_DEVICES];

/** 0 where this program is to test the reference too; 1 in runs on a kernel of the CPU device but the
 * portable one, since the reference has no kernels and would do the same again. */
int first_device(void);

/** rms(a - b)/rms(b). */
double nrms(const float *a, const float *b, int64_t n);

/** A peak between samples: place in samples and height, by the parabola through the largest sample and its
 * neighbours. */
typedef struct peak {
    double at, height;
} peak;

/** The largest positive peak of column[0 .. n). */
peak peak_of(const float *column, int32_t n);

#endif
