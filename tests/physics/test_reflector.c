/* Plane reflectors in 3D come out at their place, zero phase, with the 3D wavelet filter, and not without. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/** A peak may be off by half a millisecond, a fiftieth of the period of the wavelet's peak. */
static const double PEAK_S = 0.5e-3;

/**
 * Difference of the two side lobes over the peak. For a flat plane at zero offset the filtered sum with the
 * weight obliquity is, after the integral over the plane, t0^2 (w/t0^3 - 3 times the integral of w/t^4 from
 * t0 on): the lobes of a 25 Hz Ricker wavelet, 15.6 ms from the peak, then differ by 0.035 at t0 = 1 s
 * (0.014 by the 1/t0 in front, 0.021 by the integral). The rest is for offset, interpolation and the
 * aperture's edge. Without the filter it is over 0.9.
 */
static const double SIDE_LOBES = 0.05;

enum { N_TIMES = 121 };
static const double STEP_S = 0.001;

/* 61 x 61 midpoints, 30 m apart, one offset of 200 m across the dip at an angle; the reflector under it. */
static pstm_synth survey_of(double dip_deg)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model.n_diffractors = 0;
    synth.model.n_reflectors = 1;
    synth.model.reflectors[0] = (pstm_reflector){900.0, 900.0, 1000.0, dip_deg, 25.0, 1.0};
    pstm_acquisition *a = &synth.acquisition;
    a->step_x_m = a->step_y_m = 30.0;
    a->n_offsets = 1;
    a->offsets[0] = (pstm_offset_vector){200.0, 70.0};
    synth.grid.step_inline_m = synth.grid.step_crossline_m = 30.0;
    return synth;
}

/* How far a column's peak is from the truth, and how unlike its two side lobes are. */
typedef struct phase {
    double late_s, asymmetry;
} phase;

static double lobe(const float *column, int32_t begin, int32_t end)
{
    double lowest = 0.0;
    for (int32_t k = begin; k < end; k++)
        lowest = fmin(lowest, column[k]);
    return lowest;
}

/* Images the centre of the survey. The aperture of 800 m, several Fresnel zones, fades out so that its edge
 * leaves no event near the reflector. */
static phase phase_of(const char *device, double dip_deg, pstm_wavelet filter)
{
    const pstm_synth synth = survey_of(dip_deg);
    survey made = survey_make(&synth, filter);
    const double t0_s = pstm_reflector_image_time_s(&synth.model, &synth.model.reflectors[0], 900.0, 900.0);
    pstm_device_plan plan = plan_make(&made, N_TIMES, t0_s - 0.06, STEP_S);
    plan.aperture_m = 800.0;
    plan.aperture_taper = 0.3;
    nodes at = nodes_make(&synth, 30, 1, 30, 1);
    float *vrms = vrms_make(&synth.model, &plan);
    float *image = survey_migrate(device, &made, &plan, &at, vrms);
    const peak top = peak_of(image, N_TIMES);
    const int32_t middle = (int32_t)lround(top.at);
    const phase found = {plan.time_first_s + top.at * STEP_S - t0_s,
                         fabs(lobe(image, 0, middle) - lobe(image, middle, N_TIMES)) / top.height};
    printf("%s, dip %g, filter %s: %+.3f ms, side lobes differ by %.3f\n", device, dip_deg,
           filter == PSTM_WAVELET_3D ? "3d" : "off", 1e3 * found.late_s, found.asymmetry);
    PSTM_FREE(&image);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
    return found;
}

static const double dips[] = {0.0, 15.0};
START_TEST(reflectors_come_out_zero_phase_at_their_time)
{
    for (int i = 0; i < 2; i++) {
        const phase found = phase_of(devices[_i], dips[i], PSTM_WAVELET_3D);
        ck_assert_double_eq_tol(found.late_s, 0.0, PEAK_S);
        ck_assert_double_le(found.asymmetry, SIDE_LOBES);
    }
}
END_TEST

START_TEST(without_the_filter_reflectors_are_not_zero_phase)
{
    for (int i = 0; i < 2; i++) {
        const phase found = phase_of(devices[_i], dips[i], PSTM_WAVELET_OFF);
        ck_assert_double_gt(fabs(found.late_s), 4.0 * PEAK_S);
        ck_assert_double_gt(found.asymmetry, 4.0 * SIDE_LOBES);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("reflector");
    TCase *cases = tcase_create("reflector");
    tcase_add_loop_test(cases, reflectors_come_out_zero_phase_at_their_time, first_device(), N_DEVICES);
    tcase_add_loop_test(cases, without_the_filter_reflectors_are_not_zero_phase, first_device(), N_DEVICES);
    suite_add_tcase(suite, cases);
    return suite;
}
