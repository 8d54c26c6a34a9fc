/* The stack of true amplitudes: a flat reflector of R = 1 comes out as 1 at any depth, where the sum over
 * traces divided by the fold and the mean over all classes with a fold do not. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "mpi/farm/live_stack.h"
#include "sum/real_double.h"
#include "survey_image.h"
#include "tests/check/suite.h"

/** Of the amplitude 1: classes near the limit of the aperture have a part of their Fresnel zone in its
 * taper. */
static const double STACK = 0.03;

enum { N_TIMES = 41, N_CLASSES = 30 };
static const double V_M_S = 2000, STEP_S = 0.001, CLASS_M = 100, TAPER_S = 0.02;

#define MUST(call) ck_assert_msg((call) == PSTM_OK, "%s", pstm_error_text())

/* Where midpoints are: regular round the location, as far as they contribute; and the records. */
typedef struct scene {
    double depth_m, half_m, step_m;
    double end_s; /* of the records; 0: far behind the reflection */
    bool cut;     /* they do not fall to 0 at their end */
} scene;

static const scene scenes[] = {{.depth_m = 200, .half_m = 300, .step_m = 12.5},
                               {.depth_m = 400, .half_m = 400, .step_m = 25},
                               {.depth_m = 800, .half_m = 600, .step_m = 25},
                               {.depth_m = 1600, .half_m = 900, .step_m = 50}};
enum { N_SCENES = sizeof scenes / sizeof *scenes };

static double offset_of(int class_index)
{
    return (class_index + 0.5) * CLASS_M;
}

/* The trace of a class: over a flat reflector all of its traces are the same. */
static survey trace_of(const scene *s, int class_index)
{
    pstm_synth synth;
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model = (pstm_model){.v0_m_s = V_M_S,
                               .peak_hz = 25,
                               .spreading = PSTM_SPREADING_CORRECTED,
                               .n_reflectors = 1,
                               .reflectors = {{0, 0, s->depth_m, 0, 0, 1}}};
    synth.acquisition.n_x = synth.acquisition.n_y = synth.acquisition.n_offsets = 1;
    synth.acquisition.offsets[0] = (pstm_offset_vector){offset_of(class_index), 0};
    synth.sample_s = STEP_S;
    synth.n_samples = s->end_s > 0 ? (int32_t)lround(s->end_s / STEP_S) + 1 : 2600;
    const pstm_condition_options keys = {.mute_taper_s = TAPER_S, .ramps_ends = !s->cut};
    return survey_make_conditioned(&synth, &keys, PSTM_WAVELET_3D, 1);
}

/* Adds the traces of a class on all midpoints, in the direction of y. */
static void add_class(const pstm_device_ops *ops, void *self, const scene *s, int class_index,
                      const survey *one)
{
    const int n = 2 * (int)(s->half_m / s->step_m) + 1;
    pstm_device_trace *traces;
    MUST(PSTM_NEW(&traces, n * n, "traces"));
    for (int i = 0; i < n * n; i++) {
        const double x = (i / n - n / 2) * s->step_m, y = (i % n - n / 2) * s->step_m;
        traces[i] = one->traces[0];
        traces[i].source_x_m = traces[i].receiver_x_m = x;
        traces[i].source_y_m = y - offset_of(class_index) / 2;
        traces[i].receiver_y_m = y + offset_of(class_index) / 2;
        traces[i].class_index = class_index;
        traces[i].factor = pstm_weight_trace(PSTM_WEIGHT_TRUE, offset_of(class_index), s->step_m * s->step_m);
    }
    MUST(ops->add_batch(self, traces, n * n));
    PSTM_FREE(&traces);
}

/* Gathers and folds, [class][k], of the location in the middle. */
typedef struct gathers {
    pstm_device_plan plan;
    float sum[N_CLASSES * N_TIMES], vrms[N_TIMES];
    uint32_t fold[N_CLASSES * N_TIMES];
} gathers;

static void migrate(const scene *s, gathers *g)
{
    const pstm_device_ops *ops = pstm_device_find("cpu");
    const double zero = 0;
    void *self = NULL;
    survey classes[N_CLASSES];
    for (int c = 0; c < N_CLASSES; c++)
        classes[c] = trace_of(s, c);
    g->plan = plan_make(&classes[0], N_TIMES, 2 * s->depth_m / V_M_S - 0.02, STEP_S);
    g->plan.n_classes = N_CLASSES;
    g->plan.weight = PSTM_WEIGHT_TRUE;
    g->plan.aperture_tan = tan(70 * M_PI / 180);
    g->plan.aperture_taper = 0.25;
    for (int k = 0; k < N_TIMES; k++)
        g->vrms[k] = (float)V_M_S;
    const pstm_device_tile tile = {.n_locations = 1,
                                   .x_m = &zero,
                                   .y_m = &zero,
                                   .columns = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = g->vrms}};
    MUST(ops->create(&g->plan, &self));
    MUST(ops->begin_tile(self, &tile));
    for (int c = 0; c < N_CLASSES; c++)
        add_class(ops, self, s, c, &classes[c]);
    MUST(ops->read_tile(self, &(pstm_sums){.sum = g->sum, .fold = g->fold}));
    ops->destroy(&self);
    for (int c = 0; c < N_CLASSES; c++)
        survey_clear(&classes[c]);
}

static double live_stack(const gathers *g, pstm_live_class live[N_CLASSES])
{
    float stack[N_TIMES];
    uint32_t fold[N_TIMES];
    for (int c = 0; c < N_CLASSES; c++)
        live[c].half_offset_m = offset_of(c) / 2;
    pstm_live_stack(&g->plan, live, g->vrms, g->sum, g->fold, stack, fold);
    ck_assert_int_gt(fold[N_TIMES / 2], 0);
    return peak_of(stack, N_TIMES).height;
}

/* Sums of the gathers over the fold, or over the classes that have one. */
static double other_stack(const gathers *g, bool by_fold)
{
    float stack[N_TIMES];
    for (int k = 0; k < N_TIMES; k++) {
        double sum = 0, n = 0;
        for (int c = 0; c < N_CLASSES; c++) {
            sum += (double)g->sum[c * N_TIMES + k];
            n += by_fold ? g->fold[c * N_TIMES + k] : g->fold[c * N_TIMES + k] > 0;
        }
        stack[k] = (float)(sum / n);
    }
    return peak_of(stack, N_TIMES).height;
}

START_TEST(a_flat_reflector_has_its_reflectivity_at_any_depth)
{
    static gathers g;
    double by_fold[N_SCENES], by_classes[N_SCENES];
    for (int i = 0; i < N_SCENES; i++) {
        pstm_live_class live[N_CLASSES];
        for (int c = 0; c < N_CLASSES; c++)
            live[c] = (pstm_live_class){.end_s = 2.599};
        migrate(&scenes[i], &g);
        const double height = live_stack(&g, live);
        by_fold[i] = other_stack(&g, true);
        by_classes[i] = other_stack(&g, false);
        printf("z %g: %.4f; sum/fold %.3g, mean over fold > 0 %.4f\n", scenes[i].depth_m, height, by_fold[i],
               by_classes[i]);
        ck_assert_double_eq_tol(height, 1, STACK);
    }
    /* Not even where their scale is put right at one depth. */
    ck_assert_double_gt(fabs(by_fold[0] / by_fold[N_SCENES - 1] - 1), 0.2);
    ck_assert_double_gt(fabs(by_classes[0] - 1), 2 * STACK);
}
END_TEST

/* Of the amplitude 1, 20 ms before the records' end. */
static const double NEAR_END = 0.05;

/* The highest sample up to the end less the taper. */
START_TEST(near_the_records_end_a_reflector_has_its_reflectivity_and_nothing_is_larger)
{
    static gathers g;
    for (int i = 2; i < N_SCENES; i++) {
        scene s = scenes[i];
        pstm_live_class live[N_CLASSES];
        s.end_s = 2 * s.depth_m / V_M_S + TAPER_S;
        for (int c = 0; c < N_CLASSES; c++)
            live[c] = (pstm_live_class){.end_s = s.end_s - TAPER_S};
        migrate(&s, &g);
        const double height = live_stack(&g, live), by_fold = other_stack(&g, true);
        s.cut = true;
        migrate(&s, &g);
        const double cut = live_stack(&g, live);
        printf("z %g, 20 ms before the end: %.4f; cut %.4f, sum/fold %.3g\n", s.depth_m, height, cut,
               by_fold);
        ck_assert_double_eq_tol(height, 1, NEAR_END);
        ck_assert_double_gt(fabs(cut - 1), NEAR_END);
    }
}
END_TEST

/* Records of the far classes begin behind the reflection or end before it; the nearest is taken where none is
 * live. */
START_TEST(classes_that_are_muted_or_not_recorded_do_not_count)
{
    static gathers g;
    pstm_live_class live[N_CLASSES];
    migrate(&scenes[1], &g);
    for (int c = 0; c < N_CLASSES; c++)
        live[c] = (pstm_live_class){.begin_s = 0.001 * offset_of(c) + 0.1, .end_s = 2.599};
    /* Muted classes have half their sum. */
    for (int c = 0; c < N_CLASSES; c++)
        if (hypot(0.4, offset_of(c) / V_M_S) < live[c].begin_s)
            for (int k = 0; k < N_TIMES; k++)
                g.sum[c * N_TIMES + k] *= 0.5F;
    ck_assert_double_eq_tol(live_stack(&g, live), 1, STACK);
    for (int c = 0; c < N_CLASSES; c++)
        live[c] = (pstm_live_class){.end_s = 0.1};
    ck_assert_double_eq_tol(live_stack(&g, live), peak_of(g.sum, N_TIMES).height, 1e-6);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("stack");
    TCase *cases = tcase_create("stack");
    tcase_add_test(cases, a_flat_reflector_has_its_reflectivity_at_any_depth);
    tcase_add_test(cases, near_the_records_end_a_reflector_has_its_reflectivity_and_nothing_is_larger);
    tcase_add_test(cases, classes_that_are_muted_or_not_recorded_do_not_count);
    suite_add_tcase(suite, cases);
    return suite;
}
