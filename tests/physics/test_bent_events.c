/* Reflections of flat layers over v(z), as a job would image them: the velocity text of a synthetic survey,
 * the model's columns, the law; against the exact rays of src/synth. A reflection's image time at an offset
 * is where the law's time of both legs is the exact one; that it stands at the vertical time is a flat
 * gather. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sum/real_double.h"
#include "synth/synth.h"
#include "tests/check/suite.h"
#include "velocity/model.h"

enum { N_TIMES = 1001, N_DEPTHS = 24, N_OFFSETS = 12 };

static const double STEP_S = 0.004;

/* Errors in ms of all events, sorted, and what is told of them. */
typedef struct errors {
    int n;
    double ms[N_DEPTHS * N_OFFSETS];
} errors;

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double quantile(const errors *e, double share)
{
    return e->ms[(int)(share * (e->n - 1))];
}

static pstm_synth survey_of(const pstm_model *model)
{
    pstm_synth synth;
    ck_assert(pstm_synth_preset("amplitude", &synth) == PSTM_OK);
    synth.model.background = model->background;
    synth.model.v0_m_s = model->v0_m_s;
    synth.model.gradient = model->gradient;
    synth.model.n_reflectors = 0;
    synth.model.n_layers = model->n_layers;
    memcpy(synth.model.layers, model->layers, sizeof model->layers);
    synth.grid.n_times = N_TIMES;
    synth.grid.time_step_s = STEP_S;
    ck_assert(pstm_model_check(&synth.model) == PSTM_OK);
    return synth;
}

static pstm_columns columns_of(const pstm_synth *synth, double eta, pstm_eta_kind kind)
{
    pstm_text text = {0};
    pstm_velocity *velocity = NULL;
    pstm_columns columns;
    char name[] = "velocity.txt";
    const pstm_velocity_options options = {.file = name,
                                           .scale = 1,
                                           .unit_m_s = 1,
                                           .grid = &synth->grid,
                                           .scales = {1, {1}},
                                           .eta = eta,
                                           .eta_kind = kind};
    const pstm_grid_area area = {0, 1, 0, 1};
    ck_assert(pstm_synth_add_velocity(synth, &text) == PSTM_OK);
    ck_assert_msg(pstm_velocity_create(&options, text.bytes, &velocity) == PSTM_OK, "%s", pstm_error_text());
    ck_assert(pstm_velocity_set_eta(velocity, &options, NULL) == PSTM_OK);
    ck_assert(pstm_columns_create((1u << PSTM_N_FIELDS) - 1, 1, N_TIMES, &columns) == PSTM_OK);
    ck_assert(pstm_velocity_columns(velocity, &synth->grid, &area, &columns) == PSTM_OK);
    pstm_velocity_destroy(&velocity);
    pstm_text_clear(&text);
    return columns;
}

static double time_at(const pstm_columns *c, pstm_law law, int k, double leg_m)
{
    const pstm_medium medium = {(double)c->vrms_m_s[k], (double)c->alpha[k], (double)c->beta[k]};
    return 2 * sqrt(pstm_law_square_s2(law, k * STEP_S / 2, leg_m, &medium));
}

/* Where a reflection with this time is imaged, nearest to where it should be: the law's time falls with t0
 * where the velocity jumps. Linear between samples. */
static double image_time_s(const pstm_columns *c, pstm_law law, double leg_m, double exact_s, double right_s)
{
    double nearest_s = NAN;
    for (int k = 2; k < N_TIMES; k++) {
        const double after_s = time_at(c, law, k, leg_m), before_s = time_at(c, law, k - 1, leg_m);
        if (!((after_s - exact_s) * (before_s - exact_s) <= 0)) continue;
        const double here_s = (k - 1 + (exact_s - before_s) / (after_s - before_s)) * STEP_S;
        if (!(fabs(here_s - right_s) >= fabs(nearest_s - right_s))) nearest_s = here_s;
    }
    return nearest_s;
}

/* Depths down to a time, offsets up to twice the depth: legs up to the depth. */
static errors errors_of(const pstm_model *model, pstm_law law, double last_s, double eta, pstm_eta_kind kind)
{
    const double most_offset_by_depth = 2;
    const pstm_synth synth = survey_of(model);
    pstm_columns columns = columns_of(&synth, eta, kind);
    errors e = {0};
    double z_m = 0;
    for (int i = 1; i <= N_DEPTHS; i++) {
        const double t0_s = 0.4 + (last_s - 0.4) * i / N_DEPTHS;
        while (pstm_vertical_time_s(&synth.model, z_m) < t0_s)
            z_m += 1;
        const double vertical_s = pstm_vertical_time_s(&synth.model, z_m);
        for (int j = 1; j <= N_OFFSETS; j++) {
            const double leg_m = most_offset_by_depth / 2 * z_m * j / N_OFFSETS;
            const double exact_s = 2 * pstm_leg_time_s(&synth.model, leg_m, z_m);
            const double found_s = image_time_s(&columns, law, leg_m, exact_s, vertical_s);
            e.ms[e.n++] = 1e3 * fabs(found_s - vertical_s);
        }
    }
    qsort(e.ms, (size_t)e.n, sizeof *e.ms, compare);
    pstm_columns_clear(&columns);
    return e;
}

static pstm_model model_of(int i)
{
    static const pstm_model gradient = {.v0_m_s = 1800, .gradient = 0.6};
    static const pstm_model blocky = {
        .background = PSTM_BACKGROUND_LAYERS,
        .v0_m_s = 1500,
        .n_layers = 6,
        .layers = {
            {0, 1500, 0}, {450, 1900, 0}, {900, 2500, 0}, {1500, 2200, 0}, {1900, 3000, 0}, {2600, 3600, 0}}};
    return i == 0 ? gradient : blocky;
}

/* Offsets up to twice the depth. */
START_TEST(curved_rays_flatten_what_straight_ones_leave_bent)
{
    const pstm_model model = model_of(_i);
    const errors straight = errors_of(&model, PSTM_LAW_STRAIGHT, 3, 0, PSTM_ETA_INTERVAL);
    const errors curved = errors_of(&model, PSTM_LAW_CURVED, 3, 0, PSTM_ETA_INTERVAL);
    printf("model %d: straight %.2f ms median, %.2f ms at 95 %%; curved %.2f and %.2f\n", _i,
           quantile(&straight, 0.5), quantile(&straight, 0.95), quantile(&curved, 0.5),
           quantile(&curved, 0.95));
    ck_assert_double_le(quantile(&curved, 0.5), 0.5);
    ck_assert_double_le(quantile(&curved, 0.95), 2);
    ck_assert_double_ge(quantile(&straight, 0.5), 0.7);
    ck_assert_double_ge(quantile(&straight, 0.95), 4.7);
}
END_TEST

/* One layer, where an eta of the interval is the effective one too. Down to 2 s, as what the law leaves of
 * anisotropy grows with time. */
START_TEST(anisotropic_gathers_are_flat_to_offsets_of_twice_the_depth)
{
    static const double etas[] = {0.1, 0.2, -0.05};
    const double eta = etas[_i / 2];
    const pstm_eta_kind kind = _i % 2 == 0 ? PSTM_ETA_INTERVAL : PSTM_ETA_EFFECTIVE;
    const pstm_model model = {
        .background = PSTM_BACKGROUND_LAYERS, .v0_m_s = 2000, .n_layers = 1, .layers = {{0, 2000, eta}}};
    const errors straight = errors_of(&model, PSTM_LAW_STRAIGHT, 2, eta, kind);
    const errors vti = errors_of(&model, PSTM_LAW_CURVED, 2, eta, kind);
    printf("eta %g: straight %.2f ms at most, vti %.2f\n", eta, quantile(&straight, 1), quantile(&vti, 1));
    ck_assert_double_le(quantile(&vti, 1), 2);
    ck_assert_double_ge(quantile(&straight, 1), 30);
}
END_TEST

/* The blocky model with eta 0.1 in each layer: the bend of v(z) and that of anisotropy together. */
START_TEST(anisotropic_layers_are_flat_too)
{
    pstm_model model = model_of(1);
    for (int i = 0; i < model.n_layers; i++)
        model.layers[i].eta = 0.1;
    const errors isotropic = errors_of(&model, PSTM_LAW_CURVED, 2, 0, PSTM_ETA_INTERVAL);
    const errors vti = errors_of(&model, PSTM_LAW_CURVED, 2, 0.1, PSTM_ETA_INTERVAL);
    printf("layers with eta 0.1: curved %.2f ms at 95 %%, vti %.2f\n", quantile(&isotropic, 0.95),
           quantile(&vti, 0.95));
    ck_assert_double_le(quantile(&vti, 0.95), 2);
    ck_assert_double_ge(quantile(&isotropic, 0.95), 20);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("bent events");
    TCase *tests = tcase_create("bent events");
    tcase_add_loop_test(tests, curved_rays_flatten_what_straight_ones_leave_bent, 0, 2);
    tcase_add_loop_test(tests, anisotropic_gathers_are_flat_to_offsets_of_twice_the_depth, 0, 6);
    tcase_add_test(tests, anisotropic_layers_are_flat_too);
    suite_add_tcase(suite, tests);
    return suite;
}
