/* The exact answers of the synthetic model against plain numerics. */
#include <math.h>
#include <stdlib.h>

#include "synth/model.h"
#include "tests/check/suite.h"

/** The quadratures and searches here are good to this many seconds; a sample is a thousand times more. */
static const double NUMERICS_S = 1e-6;

static pstm_model model_of(double v0_m_s, double gradient)
{
    return (pstm_model){.v0_m_s = v0_m_s, .gradient = gradient, .peak_hz = 25.0};
}

/* Time and distance of the ray of parameter p down to z, by the midpoint rule of Snell's law. */
static void shoot(const pstm_model *model, double p, double z_m, double *time_s, double *h_m)
{
    enum { LAYERS = 200000 };
    *time_s = *h_m = 0.0;
    const double dz = z_m / LAYERS;
    for (int i = 0; i < LAYERS; i++) {
        const double v = model->v0_m_s + model->gradient * (i + 0.5) * dz;
        const double cosine = sqrt(1.0 - p * p * v * v);
        *time_s += dz / (v * cosine);
        *h_m += dz * p * v / cosine;
    }
}

START_TEST(a_leg_in_a_gradient_takes_the_time_of_snells_ray)
{
    const double gradients[] = {0.6, -0.3};
    for (int i = 0; i < 2; i++) {
        const pstm_model model = model_of(1800.0, gradients[i]);
        for (double p = 0.0; p < 3.5e-4; p += 1e-4) {
            double time_s, h_m;
            shoot(&model, p, 1200.0, &time_s, &h_m);
            ck_assert_double_eq_tol(pstm_leg_time_s(&model, h_m, 1200.0), time_s, NUMERICS_S);
        }
    }
}
END_TEST

START_TEST(a_vanishing_gradient_gives_the_straight_ray)
{
    const pstm_model none = model_of(2000.0, 0.0), faint = model_of(2000.0, 1e-7);
    ck_assert_double_eq_tol(pstm_leg_time_s(&none, 300.0, 400.0), 0.25, 1e-15);
    ck_assert_double_eq_tol(pstm_leg_time_s(&faint, 300.0, 400.0), 0.25, 1e-8);
    ck_assert_double_eq_tol(pstm_vertical_time_s(&faint, 400.0), 0.4, 1e-8);
    ck_assert_double_eq_tol(pstm_model_vrms(&faint, 0.4), 2000.0, 1e-3);
}
END_TEST

START_TEST(vrms_is_the_root_of_the_mean_square_over_time)
{
    enum { STEPS = 100000 };
    const pstm_model model = model_of(1700.0, 0.7);
    const double z = 1500.0, dz = z / STEPS;
    double time_s = 0.0, sum = 0.0;
    for (int i = 0; i < STEPS; i++) {
        const double v = model.v0_m_s + model.gradient * (i + 0.5) * dz;
        time_s += dz / v;
        sum += v * dz; /* v^2 dt */
    }
    ck_assert_double_eq_tol(pstm_vertical_time_s(&model, z), 2.0 * time_s, NUMERICS_S);
    ck_assert_double_eq_tol(pstm_model_vrms(&model, 2.0 * time_s), sqrt(sum / time_s), 1e-3);
    ck_assert_double_eq(pstm_model_vrms(&model, 0.0), 1700.0);
}
END_TEST

static pstm_model layered(void)
{
    return (pstm_model){.background = PSTM_BACKGROUND_LAYERS,
                        .v0_m_s = 1500.0,
                        .peak_hz = 25.0,
                        .n_layers = 3,
                        .layers = {{0.0, 1500.0, 0.0}, {600.0, 2400.0, 0.0}, {1000.0, 3000.0, 0.0}}};
}

START_TEST(a_leg_in_layers_takes_the_time_of_snells_ray)
{
    const pstm_model model = layered();
    const double z_m[] = {300.0, 800.0, 1700.0};
    for (int i = 0; i < 3; i++)
        for (double p = 0.0; p < 0.99 / model.layers[i].v_m_s; p += 0.4e-4) {
            double time_s = 0.0, h_m = 0.0, top_m = 0.0;
            for (int k = 0; k <= i; k++) {
                const double bottom_m = k < i ? model.layers[k + 1].top_m : z_m[i], v = model.layers[k].v_m_s;
                const double dz_m = bottom_m - top_m, cosine = sqrt(1 - p * p * v * v);
                time_s += dz_m / (v * cosine);
                h_m += dz_m * p * v / cosine;
                top_m = bottom_m;
            }
            ck_assert_double_eq_tol(pstm_leg_time_s(&model, h_m, z_m[i]), time_s, 1e-12);
        }
    ck_assert_double_eq_tol(pstm_vertical_time_s(&model, 800.0), 0.8 + 2 * 200.0 / 2400.0, 1e-12);
    ck_assert_double_eq_tol(pstm_model_vrms(&model, 0.8), 1500.0, 1e-9);
    const double t0_s = 0.8 + 2 * 200.0 / 2400.0;
    ck_assert_double_eq_tol(pstm_model_vrms(&model, t0_s),
                            sqrt((1500.0 * 1500.0 * 0.8 + 2400.0 * 2400.0 * (t0_s - 0.8)) / t0_s), 1e-9);
}
END_TEST

/* The wave surface of a small anisotropy against its Taylor series: T^2 = tau^2 + x^2/v^2 - 2 eta x^4/(v^4
 * tau^2) for short legs (Alkhalifah and Tsvankin 1995: docs/references.md). */
START_TEST(a_leg_in_an_anisotropic_layer_begins_with_its_eta)
{
    for (int i = 0; i < 2; i++) {
        const double eta = i == 0 ? 0.15 : -0.05, z_m = 1000.0, h_m = 100.0, tau_s = z_m / 2000.0;
        const pstm_model model = {.background = PSTM_BACKGROUND_LAYERS,
                                  .v0_m_s = 2000.0,
                                  .peak_hz = 25.0,
                                  .n_layers = 1,
                                  .layers = {{0.0, 2000.0, eta}}};
        const double y = pow(h_m / z_m, 2.0), square = pow(pstm_leg_time_s(&model, h_m, z_m) / tau_s, 2.0);
        ck_assert_double_eq_tol((1.0 + y - square) / (2.0 * y * y), eta, 0.03 * fabs(eta));
        ck_assert_double_eq_tol(pstm_leg_time_s(&model, 0.0, z_m), tau_s, 1e-12);
    }
}
END_TEST

START_TEST(layers_out_of_order_are_refused)
{
    pstm_model model = layered();
    ck_assert(pstm_model_check(&model) == PSTM_OK);
    model.layers[2].top_m = 600.0;
    ck_assert(pstm_model_check(&model) == PSTM_USAGE);
    model = layered();
    model.layers[0].top_m = 10.0;
    ck_assert(pstm_model_check(&model) == PSTM_USAGE);
    model = layered();
    model.layers[1].eta = -0.6;
    ck_assert(pstm_model_check(&model) == PSTM_USAGE);
    model = layered();
    model.spreading = PSTM_SPREADING_RAW;
    ck_assert(pstm_model_check(&model) == PSTM_USAGE);
    model = layered();
    model.n_reflectors = 1;
    model.reflectors[0] = (pstm_reflector){0.0, 0.0, 500.0, 5.0, 0.0, 1.0};
    ck_assert(pstm_model_check(&model) == PSTM_USAGE);
}
END_TEST

START_TEST(a_vrms_background_moves_out_by_its_own_hyperbola)
{
    pstm_model model = model_of(1700.0, 400.0);
    model.background = PSTM_BACKGROUND_VRMS;
    /* t0 = 1.5 s: vrms 2300 m/s, pseudo-depth 1725 m. */
    ck_assert_double_eq_tol(pstm_vertical_time_s(&model, 1725.0), 1.5, 1e-12);
    ck_assert_double_eq_tol(pstm_model_vrms(&model, 1.5), 2300.0, 1e-9);
    ck_assert_double_eq_tol(pstm_leg_time_s(&model, 800.0, 1725.0),
                            sqrt(0.75 * 0.75 + 800.0 * 800.0 / 5.29e6), 1e-12);
}
END_TEST

static double time_by(const pstm_model *model, const pstm_reflector *r, const double *sr, double x, double y)
{
    const double z = pstm_reflector_depth_m(r, x, y);
    if (z <= 0.0) return INFINITY;
    return pstm_leg_time_s(model, hypot(x - sr[0], y - sr[1]), z) +
           pstm_leg_time_s(model, hypot(x - sr[2], y - sr[3]), z);
}

/* Fermat's least time over a plane by a net that closes in on its best point. */
static double least_time(const pstm_model *model, const pstm_reflector *r, const double *sr)
{
    enum { HALF = 20, ROUNDS = 24 };
    double x0 = 0.5 * (sr[0] + sr[2]), y0 = 0.5 * (sr[1] + sr[3]), step = 100.0, best = INFINITY;
    for (int round = 0; round < ROUNDS; round++, step *= 0.5) {
        double bx = x0, by = y0;
        for (int i = -HALF; i <= HALF; i++)
            for (int j = -HALF; j <= HALF; j++) {
                const double t = time_by(model, r, sr, x0 + i * step, y0 + j * step);
                if (t < best) best = t, bx = x0 + i * step, by = y0 + j * step;
            }
        x0 = bx;
        y0 = by;
    }
    return best;
}

START_TEST(a_plane_reflects_at_fermats_least_time)
{
    const double gradients[] = {0.0, 0.5, 1.2, -0.2};
    const pstm_reflector reflectors[] = {{0.0, 0.0, 800.0, 0.0, 0.0, 1.0},
                                         {100.0, -50.0, 700.0, 15.0, 40.0, 1.0},
                                         {0.0, 0.0, 900.0, 40.0, 250.0, 1.0}};
    const double pairs[][4] = {{0, 0, 0, 0}, {-200, 100, 300, 50}, {-600, -300, 500, 400}};
    for (int g = 0; g < 4; g++)
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                const pstm_model model = model_of(1900.0, gradients[g]);
                const double *p = pairs[j];
                const pstm_event a = pstm_reflector_event(&model, &reflectors[i], p[0], p[1], p[2], p[3]);
                /* The search's net ends at 1e-5 m, a time error far below. */
                ck_assert_double_eq_tol(a.time_s, least_time(&model, &reflectors[i], p), 1e-10);
                ck_assert_double_gt(a.amplitude, 0.0);
            }
}
END_TEST

START_TEST(amplitudes_are_one_right_above_and_fall_with_distance)
{
    const pstm_model model = model_of(2000.0, 0.0);
    const pstm_diffractor point = {0.0, 0.0, 400.0, 3.0};
    ck_assert_double_eq_tol(pstm_diffractor_event(&model, &point, 0, 0, 0, 0).amplitude, 3.0, 1e-12);
    /* One leg 500 m long, the other 400. */
    ck_assert_double_eq_tol(pstm_diffractor_event(&model, &point, 0, 0, 300, 0).amplitude, 3.0 * 0.8, 1e-12);
    const pstm_reflector flat = {0.0, 0.0, 400.0, 0.0, 0.0, 2.0};
    ck_assert_double_eq_tol(pstm_reflector_event(&model, &flat, 9, 9, 9, 9).amplitude, 2.0, 1e-12);
    ck_assert_double_eq_tol(pstm_reflector_event(&model, &flat, -300, 0, 300, 0).amplitude, 2.0 * 0.8, 1e-12);
}
END_TEST

START_TEST(reflectivity_spreads_as_the_model_says)
{
    pstm_model model = model_of(2000.0, 0.0);
    const pstm_reflector flat = {0.0, 0.0, 400.0, 0.0, 0.0, 0.2}; /* 1000 m to and from 600 m apart */
    model.spreading = PSTM_SPREADING_CORRECTED;
    ck_assert_double_eq_tol(pstm_reflector_event(&model, &flat, -300, 0, 300, 0).amplitude, 0.2, 1e-12);
    model.spreading = PSTM_SPREADING_RAW;
    ck_assert_double_eq_tol(pstm_reflector_event(&model, &flat, -300, 0, 300, 0).amplitude,
                            0.2 / (4.0 * 3.14159265358979 * 1000.0), 1e-12);
    ck_assert_int_eq(pstm_model_check(&model), PSTM_OK);
    pstm_reflector dipping = flat;
    dipping.dip_deg = 10;
    model.gradient = 0.5;
    model.n_reflectors = 1;
    model.reflectors[0] = flat;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_OK);
    model.reflectors[0] = dipping;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_USAGE);
}
END_TEST

/* At zero offset as v^2(t0) t0/v(0) of the rms velocity, which is exact there; in a weak gradient as the
 * path. */
START_TEST(raw_spreading_in_a_gradient_is_that_of_its_rays)
{
    const pstm_reflector flat = {0.0, 0.0, 1000.0, 0.0, 0.0, 1.0};
    const double gradients[] = {1e-5, 0.6, -0.3};
    for (int i = 0; i < 3; i++) {
        pstm_model model = model_of(1800.0, gradients[i]);
        model.spreading = PSTM_SPREADING_RAW;
        const pstm_event event = pstm_reflector_event(&model, &flat, 0, 0, 0, 0);
        const double v = pstm_model_vrms(&model, event.time_s), path_m = v * v * event.time_s / model.v0_m_s;
        ck_assert_double_eq_tol(event.amplitude * 4.0 * 3.14159265358979 * path_m, 1.0, 1e-6);
    }
    pstm_model weak = model_of(1800.0, 1e-5);
    weak.spreading = PSTM_SPREADING_RAW;
    const double amplitude = pstm_reflector_event(&weak, &flat, -750, 0, 750, 0).amplitude;
    ck_assert_double_eq_tol(amplitude * 4.0 * 3.14159265358979 * 2500.0, 1.0, 1e-4);
}
END_TEST

START_TEST(a_plane_gets_deeper_towards_its_dip_azimuth)
{
    const pstm_model model = model_of(2000.0, 0.0);
    const pstm_reflector east = {0.0, 0.0, 500.0, 45.0, 90.0, 1.0};
    ck_assert_double_eq_tol(pstm_reflector_depth_m(&east, 100.0, 77.0), 600.0, 1e-9);
    ck_assert_double_eq_tol(pstm_reflector_image_time_s(&model, &east, 100.0, 77.0), 0.6, 1e-12);
    ck_assert(isnan(pstm_reflector_image_time_s(&model, &east, -600.0, 0.0)));
    const pstm_model gradient = model_of(2000.0, 0.5);
    ck_assert(isnan(pstm_reflector_image_time_s(&gradient, &east, 0.0, 0.0)));
}
END_TEST

START_TEST(a_plane_that_crops_out_between_source_and_receiver_does_not_reflect)
{
    const pstm_reflector steep = {0.0, 0.0, 100.0, 45.0, 90.0, 1.0}; /* crops out at x = -100 */
    const double gradients[] = {0.0, 0.5};
    for (int i = 0; i < 2; i++) {
        const pstm_model model = model_of(2000.0, gradients[i]);
        ck_assert_double_eq(pstm_reflector_event(&model, &steep, -150, 0, 50, 0).amplitude, 0.0);
        ck_assert_double_gt(pstm_reflector_event(&model, &steep, -50, 0, 50, 0).amplitude, 0.0);
    }
}
END_TEST

START_TEST(impossible_models_are_refused)
{
    pstm_model model = model_of(2000.0, -1.0);
    ck_assert_int_eq(pstm_model_check(&model), PSTM_OK);
    model.n_diffractors = 1;
    model.diffractors[0] = (pstm_diffractor){0, 0, 2000.0, 1};
    ck_assert_int_eq(pstm_model_check(&model), PSTM_USAGE);
    model.diffractors[0].z_m = 1999.0;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_OK);
    model.diffractors[0].z_m = 0.0;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_USAGE);
    model = model_of(2000.0, 100.0);
    model.background = PSTM_BACKGROUND_VRMS;
    model.n_reflectors = 1;
    model.reflectors[0] = (pstm_reflector){0, 0, 500.0, 5.0, 0.0, 1};
    ck_assert_int_eq(pstm_model_check(&model), PSTM_USAGE);
    model.reflectors[0].dip_deg = 0.0;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_OK);
    model.v0_m_s = NAN;
    ck_assert_int_eq(pstm_model_check(&model), PSTM_USAGE);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("model");
    TCase *cases = tcase_create("model");
    tcase_add_test(cases, a_leg_in_a_gradient_takes_the_time_of_snells_ray);
    tcase_add_test(cases, a_vanishing_gradient_gives_the_straight_ray);
    tcase_add_test(cases, vrms_is_the_root_of_the_mean_square_over_time);
    tcase_add_test(cases, a_leg_in_layers_takes_the_time_of_snells_ray);
    tcase_add_test(cases, a_leg_in_an_anisotropic_layer_begins_with_its_eta);
    tcase_add_test(cases, layers_out_of_order_are_refused);
    tcase_add_test(cases, a_vrms_background_moves_out_by_its_own_hyperbola);
    tcase_add_test(cases, a_plane_reflects_at_fermats_least_time);
    tcase_add_test(cases, amplitudes_are_one_right_above_and_fall_with_distance);
    tcase_add_test(cases, reflectivity_spreads_as_the_model_says);
    tcase_add_test(cases, raw_spreading_in_a_gradient_is_that_of_its_rays);
    tcase_add_test(cases, a_plane_gets_deeper_towards_its_dip_azimuth);
    tcase_add_test(cases, a_plane_that_crops_out_between_source_and_receiver_does_not_reflect);
    tcase_add_test(cases, impossible_models_are_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
