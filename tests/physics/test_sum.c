/* The sum itself against the plainest model of it, and its indifference to where the survey lies. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/** Devices in single precision: what they promise across numerics (conventions). */
static const double ACROSS_DEVICES = 1e-4;

/** The reference computes in double; its image and the samples are floats. */
static const double DOUBLE_DEVICE = 1e-6;

enum { N_TIMES = 260, SIDE = 4, N_NODES = SIDE * SIDE };
static const double STEP_S = 0.003; /* not the traces' 4 ms */
/* 300 random traces of the demo's model, with noise, so that every sample counts; not a grid of anything. */
static pstm_synth survey_of(double origin_x_m, double origin_y_m, double azimuth_deg)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("demo", &synth), PSTM_OK);
    pstm_acquisition_randomise(&synth.acquisition, 300);
    synth.dead_fraction = 0.0;
    synth.n_samples = 301; /* long legs end behind the record */
    synth.grid.origin_x_m = origin_x_m;
    synth.grid.origin_y_m = origin_y_m;
    synth.grid.azimuth_deg = azimuth_deg;
    pstm_grid_prepare(&synth.grid);
    return synth;
}

/* One image sample: no weight, no limit, linear between samples, nothing outside [0, nt - 1). */
static double plain_sum(const survey *made, double x_m, double y_m, double t0_s, double v_m_s)
{
    double sum = 0.0;
    for (int64_t i = 0; i < made->n_traces; i++) {
        const pstm_device_trace *d = &made->traces[i];
        const double xs = x_m - d->source_x_m, ys = y_m - d->source_y_m;
        const double xr = x_m - d->receiver_x_m, yr = y_m - d->receiver_y_m;
        const double ts = sqrt(t0_s * t0_s / 4.0 + (xs * xs + ys * ys) / (v_m_s * v_m_s));
        const double tr = sqrt(t0_s * t0_s / 4.0 + (xr * xr + yr * yr) / (v_m_s * v_m_s));
        const double at = (ts + tr) / made->sample_s;
        if (at >= made->n_samples - 1) continue;
        const int before = (int)at;
        const double part = at - before;
        sum += (1.0 - part) * d->samples[before] + part * d->samples[before + 1];
    }
    return sum;
}

START_TEST(the_image_is_the_plain_sum_over_the_double_square_root)
{
    pstm_synth synth = survey_of(606000.0, 6077000.0, 30.0);
    synth.model.gradient = 0.5; /* vrms that varies with time */
    synth.model.n_reflectors = 1;
    survey made = survey_make(&synth, PSTM_WAVELET_OFF);
    pstm_device_plan plan = plan_make(&made, N_TIMES, STEP_S, STEP_S);
    plan.weight = PSTM_WEIGHT_NONE;
    nodes at = nodes_make(&synth, 20, SIDE, 30, SIDE);
    float *vrms = vrms_make(&synth.model, &plan);
    float *wanted;
    ck_assert_int_eq(PSTM_NEW(&wanted, N_NODES * N_TIMES, "sums"), PSTM_OK);
    for (int i = 0; i < N_NODES; i++)
        for (int k = 0; k < N_TIMES; k++)
            wanted[i * N_TIMES + k] =
                (float)plain_sum(&made, at.x_m[i], at.y_m[i], (k + 1) * STEP_S, vrms[k]);
    float *image = survey_migrate(devices[_i], &made, &plan, &at, vrms);
    const double found = nrms(image, wanted, N_NODES * N_TIMES);
    printf("%s: %.2e NRMS from the plain sum\n", devices[_i], found);
    ck_assert_double_le(found, _i == 0 ? DOUBLE_DEVICE : ACROSS_DEVICES);
    PSTM_FREE(&image);
    PSTM_FREE(&wanted);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
}
END_TEST

static float *image_of(const char *device, double origin_x_m, double origin_y_m, double azimuth_deg)
{
    const pstm_synth synth = survey_of(origin_x_m, origin_y_m, azimuth_deg);
    survey made = survey_make(&synth, PSTM_WAVELET_3D);
    pstm_device_plan plan = plan_make(&made, N_TIMES, 0.0, STEP_S);
    plan.aperture_m = 800.0;
    plan.aperture_tan = tan(60.0 * 3.14159265358979323846 / 180.0);
    plan.aperture_taper = 0.1; /* without it a trace on the very edge may pass in one frame only */
    nodes at = nodes_make(&synth, 20, SIDE, 30, SIDE);
    float *vrms = vrms_make(&synth.model, &plan);
    float *image = survey_migrate(device, &made, &plan, &at, vrms);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
    return image;
}

START_TEST(utm_coordinates_and_a_rotated_grid_change_nothing)
{
    float *near = image_of(devices[_i], 0.0, 0.0, 0.0);
    float *far = image_of(devices[_i], 606000.0, 6077000.0, 0.0);
    float *turned = image_of(devices[_i], 606000.0, 6077000.0, 127.3);
    const double by_origin = nrms(far, near, N_NODES * N_TIMES);
    const double by_azimuth = nrms(turned, near, N_NODES * N_TIMES);
    printf("%s: UTM %.2e NRMS, UTM and rotated %.2e\n", devices[_i], by_origin, by_azimuth);
    ck_assert_double_le(by_origin, ACROSS_DEVICES);
    ck_assert_double_le(by_azimuth, ACROSS_DEVICES);
    PSTM_FREE(&near);
    PSTM_FREE(&far);
    PSTM_FREE(&turned);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("sum");
    TCase *cases = tcase_create("sum");
    tcase_add_loop_test(cases, the_image_is_the_plain_sum_over_the_double_square_root, first_device(),
                        N_DEVICES);
    tcase_add_loop_test(cases, utm_coordinates_and_a_rotated_grid_change_nothing, first_device(), N_DEVICES);
    suite_add_tcase(suite, cases);
    return suite;
}
