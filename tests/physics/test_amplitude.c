/* The weight `true`: plane reflectors come out with their reflectivity, at their time, zero phase. */
#include <complex.h>
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "sum/real_double.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/**
 * Of the reflectivity, of traces sampled at 1 ms: 0.3 % is the method's own error, 0.6 % what linear reading
 * takes of 25 Hz and above (sinc^2(f dt)). On a line the sum has one axis less to miss on.
 */
static const double AMPLITUDE_3D = 0.015, AMPLITUDE_2D = 0.01;
static const double PHASE_DEG = 5.0, PEAK_S = 0.5e-3;

static const double V_M_S = 2000.0, PEAK_HZ = 25.0, R = 0.2;
enum { N_TIMES = 161 };
static const double STEP_S = 0.001;

/* A reflector under the image location at local (0, 0), and how it is looked at. */
typedef struct scene {
    double depth_m, dip_deg, dip_azimuth_deg, offset_m, offset_azimuth_deg;
    bool on_a_line; /* along local y */
    pstm_spreading spreading;
} scene;

static pstm_reflector reflector_of(const scene *s)
{
    return (pstm_reflector){0.0, 0.0, s->depth_m, s->dip_deg, s->dip_azimuth_deg, R};
}

/* By how much the diffraction curve of the image point is behind the reflection: 0 at the specular
 * midpoint. */
static double behind_s(const scene *s, const pstm_model *model, double x_m, double y_m)
{
    const double azimuth = s->offset_azimuth_deg * M_PI / 180.0, half = 0.5 * s->offset_m;
    const double hx = half * sin(azimuth), hy = half * cos(azimuth);
    const pstm_reflector plane = reflector_of(s);
    const pstm_event event = pstm_reflector_event(model, &plane, x_m - hx, y_m - hy, x_m + hx, y_m + hy);
    const double legs_m =
        hypot(hypot(x_m - hx, y_m - hy), s->depth_m) + hypot(hypot(x_m + hx, y_m + hy), s->depth_m);
    return event.amplitude == 0.0 ? 1.0 : legs_m / V_M_S - event.time_s;
}

/* The specular midpoint, by steps that halve. */
static void find_specular(const scene *s, const pstm_model *model, double *x_m, double *y_m)
{
    *x_m = *y_m = 0.0;
    for (double step_m = 1024.0; step_m > 1.0;) {
        static const double steps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
        bool moved = false;
        for (int i = s->on_a_line ? 2 : 0; i < 4; i++) {
            const double x = *x_m + step_m * steps[i][0], y = *y_m + step_m * steps[i][1];
            if (behind_s(s, model, x, y) >= behind_s(s, model, *x_m, *y_m)) continue;
            *x_m = x;
            *y_m = y;
            moved = true;
        }
        if (!moved) step_m *= 0.5;
    }
}

/* Midpoints for some wavelengths round the specular one: what is left out is far behind the reflection. */
static pstm_synth survey_of(const scene *s)
{
    const double step_m = 40.0, half_m = s->depth_m > 1500.0 ? 1000.0 : 760.0;
    const int32_t n = 2 * (int32_t)(half_m / step_m) + 1;
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model =
        (pstm_model){.v0_m_s = V_M_S, .peak_hz = PEAK_HZ, .spreading = s->spreading, .n_reflectors = 1};
    synth.model.reflectors[0] = reflector_of(s);
    double x, y;
    find_specular(s, &synth.model, &x, &y);
    synth.acquisition = (pstm_acquisition){.x_m = s->on_a_line ? 0.0 : x - half_m,
                                           .y_m = y - half_m,
                                           .n_x = s->on_a_line ? 1 : n,
                                           .n_y = n,
                                           .step_x_m = step_m,
                                           .step_y_m = step_m,
                                           .n_offsets = 1,
                                           .offsets = {{s->offset_m, s->offset_azimuth_deg}}};
    synth.sample_s = 0.001;
    synth.n_samples = 1500 + (int32_t)(s->depth_m + 0.5 * s->offset_m);
    return synth;
}

/* What a column holds of a reflection at time t0. */
typedef struct measured {
    double amplitude, late_s, phase_deg;
} measured;

/* The phase at the wavelet's peak frequency, which the legs' obliquity lowers to `stretch` times as much. */
static measured measure(const float *column, double t0_s, double first_s, double stretch)
{
    const peak top = peak_of(column, N_TIMES);
    double complex at_peak = 0.0;
    for (int32_t k = 0; k < N_TIMES; k++)
        at_peak += (double)column[k] *
                   cexp(-2.0 * M_PI * (double complex)I * stretch * PEAK_HZ * (first_s + k * STEP_S - t0_s));
    return (measured){.amplitude = top.height / R,
                      .late_s = first_s + top.at * STEP_S - t0_s,
                      .phase_deg = carg(at_peak) * 180.0 / M_PI};
}

/* Mean cosine of the two legs of the specular ray: what a period becomes along t0 is longer by its
 * inverse. */
static double stretch_of(const scene *s, const pstm_model *model)
{
    double x, y;
    find_specular(s, model, &x, &y);
    const double azimuth = s->offset_azimuth_deg * M_PI / 180.0, half = 0.5 * s->offset_m;
    const double hx = half * sin(azimuth), hy = half * cos(azimuth), z = s->depth_m;
    return 0.5 * (z / hypot(hypot(x - hx, y - hy), z) + z / hypot(hypot(x + hx, y + hy), z));
}

/* Raw input as a run takes its spreading out: conditioning multiplies by t, and the image gets 4 pi v. */
static measured migrate(const char *device, const scene *s, pstm_weight weight)
{
    const pstm_synth synth = survey_of(s);
    const bool raw = s->spreading == PSTM_SPREADING_RAW;
    const pstm_condition_options keys = {.spreading = raw ? PSTM_INPUT_RAW : PSTM_INPUT_CORRECTED};
    survey made = survey_make_conditioned(&synth, &keys, s->on_a_line ? PSTM_WAVELET_2D : PSTM_WAVELET_3D, 1);
    const pstm_acquisition *a = &synth.acquisition;
    const double area = s->on_a_line ? a->step_y_m : a->step_x_m * a->step_y_m;
    for (int64_t i = 0; i < made.n_traces; i++)
        made.traces[i].factor =
            pstm_weight_trace(weight, s->offset_m, area) * (raw ? 4.0 * M_PI * V_M_S : 1.0);
    const double t0_s = 2.0 * s->depth_m / V_M_S;
    pstm_device_plan plan = plan_make(&made, N_TIMES, t0_s - 0.08, STEP_S);
    plan.weight = weight;
    nodes at = nodes_make(&synth, 0, 1, 0, 1);
    float *vrms = vrms_make(&synth.model, &plan);
    float *image = survey_migrate(device, &made, &plan, &at, vrms);
    const measured found = measure(image, t0_s, plan.time_first_s, stretch_of(s, &synth.model));
    printf("%s, %s, %s%s, z %g, dip %g towards %g, offset %g towards %g: %.4f, %+.3f ms, %+.2f degrees\n",
           device, pstm_weight_word((int)weight), s->on_a_line ? "2D" : "3D", raw ? " raw" : "", s->depth_m,
           s->dip_deg, s->dip_azimuth_deg, s->offset_m, s->offset_azimuth_deg, found.amplitude,
           1e3 * found.late_s, found.phase_deg);
    PSTM_FREE(&image);
    PSTM_FREE(&vrms);
    nodes_clear(&at);
    survey_clear(&made);
    return found;
}

static void check_scene(const char *device, const scene *s)
{
    const measured found = migrate(device, s, s->on_a_line ? PSTM_WEIGHT_TRUE_2D : PSTM_WEIGHT_TRUE);
    ck_assert_double_eq_tol(found.amplitude, 1.0, s->on_a_line ? AMPLITUDE_2D : AMPLITUDE_3D);
    ck_assert_double_eq_tol(found.late_s, 0.0, PEAK_S);
    ck_assert_double_eq_tol(found.phase_deg, 0.0, PHASE_DEG);
}

static const double dips[] = {0.0, 20.0, 40.0}, offsets[] = {0.0, 1000.0, 2000.0},
                    depths[] = {1000.0, 2000.0};

START_TEST(reflectors_come_out_with_their_reflectivity)
{
    for (int i = 0; i < 18; i++)
        for (int across = 0; across < 2; across++) {
            const scene s = {.depth_m = depths[i / 9],
                             .dip_deg = dips[i / 3 % 3],
                             .dip_azimuth_deg = 90.0 * across,
                             .offset_m = offsets[i % 3],
                             .spreading = PSTM_SPREADING_CORRECTED};
            check_scene(devices[_i], &s);
        }
}
END_TEST

START_TEST(on_a_line_too)
{
    for (int i = 0; i < 18; i++) {
        const scene s = {.depth_m = depths[i / 9],
                         .dip_deg = dips[i / 3 % 3],
                         .offset_m = offsets[i % 3],
                         .on_a_line = true,
                         .spreading = PSTM_SPREADING_CORRECTED};
        check_scene(devices[_i], &s);
    }
}
END_TEST

START_TEST(and_from_data_with_the_spreading_of_point_sources)
{
    for (int line = 0; line < 2; line++) {
        const scene s = {.depth_m = 1000.0,
                         .dip_deg = 20.0,
                         .offset_m = 1000.0,
                         .on_a_line = line == 1,
                         .spreading = PSTM_SPREADING_RAW};
        check_scene(devices[_i], &s);
    }
}
END_TEST

/* Scaled so that the flat, shallow reflector at zero offset is right, others are not. */
START_TEST(kinematic_weights_do_not_give_reflectivity)
{
    const scene flat = {.depth_m = 1000.0, .spreading = PSTM_SPREADING_CORRECTED};
    scene steep = flat, deep = flat;
    steep.dip_deg = 40.0;
    deep.depth_m = 2000.0;
    for (int w = 0; w < 2; w++) {
        const pstm_weight weight = w == 0 ? PSTM_WEIGHT_NONE : PSTM_WEIGHT_OBLIQUITY;
        const double of_flat = migrate(devices[_i], &flat, weight).amplitude;
        ck_assert_double_gt(fabs(migrate(devices[_i], &steep, weight).amplitude / of_flat - 1), 0.2);
        ck_assert_double_gt(fabs(migrate(devices[_i], &deep, weight).amplitude / of_flat - 1), 0.2);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("amplitude");
    TCase *cases = tcase_create("amplitude");
    tcase_add_loop_test(cases, reflectors_come_out_with_their_reflectivity, first_device(), N_DEVICES);
    tcase_add_loop_test(cases, on_a_line_too, first_device(), N_DEVICES);
    tcase_add_loop_test(cases, and_from_data_with_the_spreading_of_point_sources, first_device(), N_DEVICES);
    tcase_add_loop_test(cases, kinematic_weights_do_not_give_reflectivity, first_device(), N_DEVICES);
    suite_add_tcase(suite, cases);
    return suite;
}
