/* A diffractor comes back to its place: the energy figure that tells a migration from a sum that is none. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/**
 * Share of the image's energy in the 3 x 3 columns round the diffractor, of all columns over the survey's
 * area, for times within WINDOW_S of the diffractor's. A sum that does not migrate puts some 2 % there.
 *
 * The figure depends on the window, since the smiles from the edges of aperture and survey lie above and
 * below. Measured (cpu, 4 ms): regular 95.3 % within 0.05 s, 93.3 % within 0.1 s, 91.6 % over all of 0-1.2 s;
 * random 83.2, 75.0 and 66.4 %. So the two floors hold within the window and NOT over all times.
 */
static const double REGULAR_SHARE = 0.93;
static const double RANDOM_SHARE = 0.70;
static const double WINDOW_S = 0.1;

static double share_in_3_by_3(const float *image, int32_t n_times, int32_t n_i, int32_t n_j, int32_t i0,
                              int32_t j0)
{
    double near = 0.0, all = 0.0;
    for (int32_t i = 0; i < n_i; i++)
        for (int32_t j = 0; j < n_j; j++)
            for (int32_t k = 0; k < n_times; k++) {
                const double value = image[((int64_t)i * n_j + j) * n_times + k];
                all += value * value;
                if (abs(i - i0) <= 1 && abs(j - j0) <= 1) near += value * value;
            }
    ck_assert_double_gt(all, 0.0);
    return near / all;
}

/** The cpu device's share against the reference's over the same columns: 1e-4 NRMS in the image is less. */
static const double DEVICES_AGREE = 1e-3;

/* Columns on each side of the diffractor that the slow reference, and sanitized builds, migrate. */
enum { NEAR = 5 };

/* The share of the energy is asked of the WHOLE survey area, which takes the cpu device a second or two, and
 * under a sanitizer a minute: there the window is NEAR, where the share is larger, and the run says so. */
#if defined(__SANITIZE_ADDRESS__)
static const bool whole_area = false;
#else
static const bool whole_area = true;
#endif

/* The share for nodes within `reach` of the diffractor at node `centre`, and times within WINDOW_S of its
 * own, 4 ms apart. */
static double share_of(const char *device, const pstm_synth *synth, const survey *made, int32_t centre,
                       int32_t reach)
{
    const double t0_s = pstm_vertical_time_s(&synth->model, synth->model.diffractors[0].z_m);
    pstm_device_plan plan = plan_make(made, 51, t0_s - WINDOW_S, 0.004);
    plan.aperture_tan = tan(60.0 * 3.14159265358979323846 / 180.0);
    const int32_t width = 2 * reach + 1;
    nodes at = nodes_make(synth, centre - reach, width, centre - reach, width);
    float *vrms = vrms_make(&synth->model, &plan);
    float *image = survey_migrate(device, made, &plan, &at, vrms);
    const double share = share_in_3_by_3(image, plan.n_times, width, width, reach, reach);
    printf("%s, %d x %d columns: %.1f %% of the energy in 3 x 3\n", device, width, width, 100.0 * share);
    PSTM_FREE(&image);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    return share;
}

/* The share over the whole area (nodes 0 to 2 centre) on the cpu device, and that the reference agrees near
 * the diffractor. */
static void check_share(const pstm_synth *synth, int32_t centre, double least)
{
    survey made = survey_make(synth, PSTM_WAVELET_OFF);
    const double near = share_of("cpu", synth, &made, centre, NEAR);
    ck_assert_double_eq_tol(share_of("reference", synth, &made, centre, NEAR), near, DEVICES_AGREE);
    if (!whole_area) printf("sanitized build: only these columns\n");
    ck_assert_double_ge(whole_area ? share_of("cpu", synth, &made, centre, centre) : near, least);
    survey_clear(&made);
}

START_TEST(a_regular_survey_focuses_a_diffractor)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    check_share(&synth, 30, REGULAR_SHARE);
}
END_TEST

START_TEST(a_random_survey_focuses_a_diffractor)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model.diffractors[0] = (pstm_diffractor){800.0, 800.0, 600.0, 1.0};
    synth.acquisition = (pstm_acquisition){.random = true,
                                           .n_traces = 4000,
                                           .length_x_m = 1600.0,
                                           .length_y_m = 1600.0,
                                           .offset_min_m = 100.0,
                                           .offset_max_m = 800.0,
                                           .azimuth_max_deg = 360.0};
    check_share(&synth, 32, RANDOM_SHARE);
}
END_TEST

/* The figure can fail: a velocity 20 % low halves it at least, in the near columns too. */
START_TEST(a_wrong_velocity_does_not_focus)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    survey made = survey_make(&synth, PSTM_WAVELET_OFF);
    synth.model.v0_m_s = 1600.0; /* only the image is made with it; its depth keeps the time */
    synth.model.diffractors[0].z_m *= 0.8;
    ck_assert_double_lt(share_of("cpu", &synth, &made, 30, NEAR), 0.5 * REGULAR_SHARE);
    survey_clear(&made);
}
END_TEST

/* A point in v(z) = 1800 + 0.6 z comes up at its image-ray time, under its place, when vrms(t0) is used. The
 * aperture keeps to 35 degrees, where the rays in a gradient are hyperbolae to a fraction of a sample. */
START_TEST(a_diffractor_in_a_gradient_focuses_at_its_image_time)
{
    enum { N_TIMES = 51, REACH = 2, WIDTH = 2 * REACH + 1 };
    const double step_s = 0.002;
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model.v0_m_s = 1800.0;
    synth.model.gradient = 0.6;
    synth.model.diffractors[0].z_m = 600.0;
    const double t0_s = pstm_vertical_time_s(&synth.model, 600.0);
    survey made = survey_make(&synth, PSTM_WAVELET_OFF);
    pstm_device_plan plan = plan_make(&made, N_TIMES, t0_s - 0.05, step_s);
    plan.aperture_tan = tan(35.0 * 3.14159265358979323846 / 180.0);
    nodes at = nodes_make(&synth, 30 - REACH, WIDTH, 30 - REACH, WIDTH);
    float *vrms = vrms_make(&synth.model, &plan);
    for (int d = first_device(); d < N_DEVICES; d++) {
        float *image = survey_migrate(devices[d], &made, &plan, &at, vrms);
        const int32_t centre = REACH * WIDTH + REACH;
        const peak top = peak_of(image + (int64_t)centre * N_TIMES, N_TIMES);
        printf("%s: focus %.2f ms from the image time\n", devices[d],
               1e3 * (top.at * step_s + plan.time_first_s - t0_s));
        ck_assert_double_eq_tol(top.at * step_s + plan.time_first_s, t0_s, step_s);
        for (int32_t i = 0; i < at.n; i++)
            if (i != centre)
                ck_assert_double_lt(peak_of(image + (int64_t)i * N_TIMES, N_TIMES).height, top.height);
        PSTM_FREE(&image);
    }
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("focus");
    TCase *cases = tcase_create("focus");
    tcase_add_test(cases, a_regular_survey_focuses_a_diffractor);
    tcase_add_test(cases, a_random_survey_focuses_a_diffractor);
    tcase_add_test(cases, a_wrong_velocity_does_not_focus);
    tcase_add_test(cases, a_diffractor_in_a_gradient_focuses_at_its_image_time);
    suite_add_tcase(suite, cases);
    return suite;
}
