/* Traces and image locations that are far apart: a steep operator crosses a flat event in few, distant traces
 * and leaves noise ahead of it. The antialias bank takes the noise and leaves the event. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "device/antialias.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/** Energy of the noise without antialias over that with it. Measured: 50; 21 with half the coefficient. */
static const double NOISE_FALLS = 25;
/** Changes of the event: height and time. Measured: 0.06 % and 0.10 ms. */
static const double HEIGHT = 0.005, PEAK_S = 0.2e-3;
/** Change of the waveform within 60 ms of the event, NRMS, with half the step. Measured: 0.009. */
static const double EVENT_NRMS = 0.02;
/** From trace to trace and location to location on both axes; the wavelet's peak is at 25 Hz. */
static const double STEP_M = 30;

enum { N_TIMES = 351, NOISE_END = 231, EVENT = 270, EVENT_END = 331, SIDE = 3 };
static const double FIRST_S = 0.4, STEP_S = 0.002; /* noise 0.4-0.86 s, event at 1 s */

/* The same survey and image area for every step. */
static pstm_synth survey_of(double step_m)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model.n_diffractors = 0;
    synth.model.n_reflectors = 1;
    synth.model.reflectors[0] = (pstm_reflector){900.0, 900.0, 1000.0, 0.0, 25.0, 1.0};
    pstm_acquisition *a = &synth.acquisition;
    a->step_x_m = a->step_y_m = step_m;
    a->n_x = a->n_y = (int32_t)lround(60 * STEP_M / step_m) + 1;
    a->n_offsets = 1;
    a->offsets[0] = (pstm_offset_vector){200.0, 70.0};
    synth.grid.step_inline_m = synth.grid.step_crossline_m = step_m;
    return synth;
}

/* What is asked of an image: of the middle column its event, of all columns the energy ahead. */
typedef struct outcome {
    double noise, at_s, height;
    float event[EVENT_END - EVENT];
} outcome;

static outcome look(const float *image)
{
    outcome found = {0};
    for (int32_t i = 0; i < SIDE * SIDE; i++)
        for (int32_t k = 0; k < NOISE_END; k++)
            found.noise += pow(image[i * N_TIMES + k], 2);
    const peak top = peak_of(image + SIDE * SIDE / 2 * N_TIMES + EVENT, EVENT_END - EVENT);
    found.at_s = FIRST_S + STEP_S * (EVENT + top.at);
    found.height = top.height;
    memcpy(found.event, image + SIDE * SIDE / 2 * N_TIMES + EVENT, sizeof found.event);
    return found;
}

static outcome migrate(const char *device, double step_m, double coefficient)
{
    const pstm_synth synth = survey_of(step_m);
    pstm_device_plan sizes = {.sample_s = synth.sample_s, .aperture_tan = INFINITY};
    pstm_antialias_steps(&synth.grid, coefficient, sizes.bin_step_m);
    const int32_t n_levels = coefficient > 0 ? pstm_antialias_n_levels(&sizes, synth.model.v0_m_s) : 1;
    survey made = survey_make_levels(&synth, PSTM_WAVELET_3D, n_levels);
    pstm_device_plan plan = plan_make(&made, N_TIMES, FIRST_S, STEP_S);
    plan.n_levels = n_levels;
    pstm_antialias_steps(&synth.grid, coefficient, plan.bin_step_m);
    plan.aperture_m = 1500.0;
    plan.aperture_taper = 0.3;
    nodes at = nodes_make(&synth, synth.acquisition.n_x / 2 - SIDE / 2, SIDE,
                          synth.acquisition.n_y / 2 - SIDE / 2, SIDE);
    float *vrms = vrms_make(&synth.model, &plan);
    float *image = survey_migrate(device, &made, &plan, &at, vrms);
    const outcome found = look(image);
    printf("%s, step %g m, coefficient %g: %d levels, noise %.4g, event %.6f at %.3f ms\n", device, step_m,
           coefficient, n_levels, found.noise, found.height, 1e3 * found.at_s);
    PSTM_FREE(&image);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
    return found;
}

START_TEST(noise_ahead_of_a_flat_event_falls_and_the_event_stays)
{
    const outcome off = migrate(devices[_i], STEP_M, 0), on = migrate(devices[_i], STEP_M, 1);
    ck_assert_double_ge(off.noise / on.noise, NOISE_FALLS);
    ck_assert_double_eq_tol(on.height / off.height, 1, HEIGHT);
    ck_assert_double_eq_tol(on.at_s, off.at_s, PEAK_S);
    const outcome half = migrate(devices[_i], STEP_M, 0.5);
    ck_assert_double_gt(half.noise, 2 * on.noise);
}
END_TEST

START_TEST(where_nothing_aliases_the_event_keeps_its_waveform)
{
    const outcome off = migrate(devices[_i], STEP_M / 2, 0), on = migrate(devices[_i], STEP_M / 2, 1);
    const double change = nrms(on.event, off.event, EVENT_END - EVENT);
    printf("the event changes by %.4f NRMS\n", change);
    ck_assert_double_le(change, EVENT_NRMS);
    ck_assert_double_eq_tol(on.height / off.height, 1, HEIGHT);
    ck_assert_double_eq_tol(on.at_s, off.at_s, PEAK_S);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("operator aliasing");
    TCase *cases = tcase_create("operator aliasing");
    tcase_add_loop_test(cases, noise_ahead_of_a_flat_event_falls_and_the_event_stays, first_device(),
                        N_DEVICES);
    tcase_add_loop_test(cases, where_nothing_aliases_the_event_keeps_its_waveform, first_device(), N_DEVICES);
    suite_add_tcase(suite, cases);
    return suite;
}
