/* The areas of traces (survey/areas.h) make the amplitude of a flat reflector independent of where the traces
 * stand; neither a nominal area nor the fold does. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "sum/real_double.h"
#include "survey/areas.h"
#include "survey/spacing.h"
#include "survey_image.h"
#include "synth/random.h"
#include "tests/check/suite.h"

/** Largest rms error of the amplitude over the locations, and what others must miss by at least. The image
 * averages areas over a Fresnel zone, in which a random survey of fold 1 has some 300 traces. */
static const double FOLD_1 = 0.03, FOLD_4 = 0.01, PATCHES = 0.015, HOLES = 0.025, REGULAR = 0.02, EDGE = 0.05;

enum { N_TIMES = 41, SIDE = 5 };
static const double DEPTH_M = 1000, V_M_S = 2000, STEP_S = 0.001, BIN_M = 25, LENGTH_M = 2400;

#define MUST(call) ck_assert_msg((call) == PSTM_OK, "%s", pstm_error_text())

/* Midpoints of zero offset, and the samples that all of them have: the reflection of a flat plane of R =
 * 1. */
typedef struct midpoints {
    pstm_area_point *points;
    int64_t n, capacity;
    pstm_random random;
    survey trace;
} midpoints;

static midpoints m;

static void start(void)
{
    pstm_synth synth;
    m = (midpoints){.random = pstm_random_stream(16, 1)};
    ck_assert_int_eq(pstm_synth_preset("diffractor", &synth), PSTM_OK);
    synth.model = (pstm_model){.v0_m_s = V_M_S,
                               .peak_hz = 25,
                               .spreading = PSTM_SPREADING_CORRECTED,
                               .n_reflectors = 1,
                               .reflectors = {{0, 0, DEPTH_M, 0, 0, 1}}};
    synth.acquisition.n_x = synth.acquisition.n_y = synth.acquisition.n_offsets = 1;
    synth.sample_s = STEP_S;
    synth.n_samples = 1800;
    m.trace = survey_make(&synth, PSTM_WAVELET_3D);
}

static void stop(void)
{
    PSTM_FREE(&m.points);
    survey_clear(&m.trace);
}

static void add(double x_m, double y_m)
{
    MUST(PSTM_GROW(&m.points, &m.capacity, m.n + 1, "midpoints"));
    m.points[m.n] = (pstm_area_point){x_m, y_m, m.n};
    m.n++;
}

static double draw(void)
{
    return pstm_random_uniform(&m.random);
}

/* n midpoints at random in a bin. */
static void add_at_random(int i, int j, int n)
{
    for (int k = 0; k < n; k++) {
        const double x = (i + draw()) * BIN_M, y = (j + draw()) * BIN_M;
        add(x, y);
    }
}

/* ---- images ------------------------------------------------------------------------------------------ */

/* Sum and fold at the reflector's time and its neighbours, [location][k]. */
typedef struct image {
    float *sum;
    uint32_t *fold;
} image;

/* Places of a regular grid round the middle of the survey, or on a line from its edge at x = 0. */
static bool is_at_edge;

static image migrate(const pstm_device_trace *traces)
{
    enum { N = SIDE * SIDE };
    const pstm_device_ops *ops = pstm_device_find("cpu");
    double x[N], y[N];
    float vrms[N_TIMES];
    image made;
    void *self = NULL;
    pstm_device_plan plan = plan_make(&m.trace, N_TIMES, 2 * DEPTH_M / V_M_S - 0.02, STEP_S);
    plan.weight = PSTM_WEIGHT_TRUE;
    for (int i = 0; i < N; i++) {
        x[i] = is_at_edge ? 100 + 12.5 * i : 0.5 * LENGTH_M + 83.0 * (i / SIDE - SIDE / 2);
        y[i] = 0.5 * LENGTH_M + 83.0 * (i % SIDE - SIDE / 2);
    }
    for (int k = 0; k < N_TIMES; k++)
        vrms[k] = (float)V_M_S;
    const pstm_device_tile tile = {.n_locations = N,
                                   .x_m = x,
                                   .y_m = y,
                                   .columns = {.n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms}};
    MUST(PSTM_NEW(&made.sum, N * N_TIMES, "image"));
    MUST(PSTM_NEW(&made.fold, N * N_TIMES, "fold"));
    MUST(ops->create(&plan, &self));
    MUST(ops->begin_tile(self, &tile));
    MUST(ops->add_batch(self, traces, m.n));
    MUST(ops->read_tile(self, &(pstm_sums){.sum = made.sum, .fold = made.fold}));
    ops->destroy(&self);
    return made;
}

static pstm_device_trace *traces_of(const float *areas)
{
    pstm_device_trace *traces;
    MUST(PSTM_NEW(&traces, m.n, "traces"));
    for (int64_t i = 0; i < m.n; i++) {
        const pstm_area_point *p = &m.points[i];
        traces[p->row] = m.trace.traces[0];
        traces[p->row].source_x_m = traces[p->row].receiver_x_m = p->u_m;
        traces[p->row].source_y_m = traces[p->row].receiver_y_m = p->v_m;
        traces[p->row].factor = pstm_weight_trace(PSTM_WEIGHT_TRUE, 0, areas == NULL ? 1 : areas[p->row]);
    }
    return traces;
}

/* The rms error of the peak: against 1, or against the mean over all locations. by_fold: the sum is divided
 * by the fold. */
static double rms_error(const image *made, bool against_one, bool by_fold)
{
    double heights[SIDE * SIDE], mean = 0, square = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
        float *sum = made->sum + i * N_TIMES;
        for (int k = 0; by_fold && k < N_TIMES; k++)
            sum[k] /= (float)(made->fold[i * N_TIMES + k] + 1);
        heights[i] = peak_of(sum, N_TIMES).height;
        mean += heights[i] / (SIDE * SIDE);
    }
    if (against_one) mean = 1;
    for (int i = 0; i < SIDE * SIDE; i++)
        square += pow(heights[i] / mean - 1, 2) / (SIDE * SIDE);
    return sqrt(square);
}

static double error_of(const float *areas, bool by_fold)
{
    pstm_device_trace *traces = traces_of(areas);
    image made = migrate(traces);
    const double error = rms_error(&made, areas != NULL, by_fold);
    PSTM_FREE(&made.sum);
    PSTM_FREE(&made.fold);
    PSTM_FREE(&traces);
    return error;
}

/* As the run finds them: spacing, then areas. */
static float *find_areas(void)
{
    pstm_position *places;
    float *areas;
    int number;
    MUST(PSTM_NEW(&places, m.n, "places"));
    MUST(PSTM_NEW(&areas, m.n, "areas"));
    for (int64_t i = 0; i < m.n; i++)
        places[i] = (pstm_position){m.points[i].u_m, m.points[i].v_m};
    MUST(pstm_spacing_find(places, m.n, false, &number));
    MUST(pstm_areas_find(m.points, m.n, 0, m.n, pstm_spacing_m(number), false, areas));
    printf("%d midpoints, spacing %.1f m; ", (int)m.n, pstm_spacing_m(number));
    PSTM_FREE(&places);
    return areas;
}

static void check_survey(double most)
{
    float *areas = find_areas();
    const double of_areas = error_of(areas, false);
    printf("rms error with areas %.4f\n", of_areas);
    ck_assert_double_le(of_areas, most);
    PSTM_FREE(&areas);
}

/* Even where its mean is put right. */
static void check_that_others_fail(double most)
{
    const double nominal = error_of(NULL, false), by_fold = error_of(NULL, true);
    printf("  nominal area %.4f, division by fold %.4f\n", nominal, by_fold);
    ck_assert_double_gt(nominal, most);
    ck_assert_double_gt(by_fold, most);
}

enum { BINS = 96 /* on a side */ };

START_TEST(random_midpoints_of_fold_1)
{
    for (int64_t i = 0; i < BINS * BINS; i++)
        add(draw() * LENGTH_M, draw() * LENGTH_M);
    check_survey(FOLD_1);
    check_that_others_fail(FOLD_1);
}
END_TEST

START_TEST(random_midpoints_of_fold_4)
{
    for (int64_t i = 0; i < 4 * BINS * BINS; i++)
        add(draw() * LENGTH_M, draw() * LENGTH_M);
    check_survey(FOLD_4);
    check_that_others_fail(FOLD_4);
}
END_TEST

START_TEST(patches_of_fold_1_and_4)
{
    for (int i = 0; i < BINS; i++)
        for (int j = 0; j < BINS; j++)
            add_at_random(i, j, (i / 8 + j / 8) % 2 == 0 ? 1 : 4);
    check_survey(PATCHES);
    check_that_others_fail(PATCHES);
}
END_TEST

START_TEST(empty_bins)
{
    for (int i = 0; i < BINS; i++)
        for (int j = 0; j < BINS; j++)
            if (draw() > 0.3) add((i + 0.5) * BIN_M, (j + 0.5) * BIN_M);
    check_survey(HOLES);
    check_that_others_fail(HOLES);
}
END_TEST

static const double steps_m[] = {12.5, 50, 100};
START_TEST(regular_midpoints_of_any_step)
{
    for (double x = 0; x < LENGTH_M; x += steps_m[_i])
        for (double y = 0; y < LENGTH_M; y += steps_m[_i])
            add(x + 0.123, y + 0.456);
    check_survey(REGULAR);
}
END_TEST

/* Twenty traces within a metre of each other in each bin. */
START_TEST(heaps_of_midpoints)
{
    for (int i = 0; i < BINS; i += 2)
        for (int j = 0; j < BINS; j += 2)
            for (int k = 0; k < 20; k++)
                add((i + 1) * BIN_M + draw(), (j + 1) * BIN_M + draw());
    check_survey(REGULAR);
}
END_TEST

/* The peaks with these areas on a line from 100 to 400 m inside the edge. */
static void heights_at_edge(const float *areas, double heights[SIDE * SIDE])
{
    pstm_device_trace *traces = traces_of(areas);
    is_at_edge = true;
    image made = migrate(traces);
    is_at_edge = false;
    for (int i = 0; i < SIDE * SIDE; i++)
        heights[i] = peak_of(made.sum + i * N_TIMES, N_TIMES).height;
    PSTM_FREE(&made.sum);
    PSTM_FREE(&made.fold);
    PSTM_FREE(&traces);
}

/* Traces 25 m apart against the integral over the survey, of traces 6.25 m apart with their exact areas. */
START_TEST(the_edge_of_the_survey_is_that_of_the_integral)
{
    double exact[SIDE * SIDE], found[SIDE * SIDE];
    float *areas;
    for (double x = 3.125; x < 1200; x += 6.25)
        for (double y = 3.125; y < LENGTH_M; y += 6.25)
            add(x, y);
    MUST(PSTM_NEW(&areas, m.n, "areas"));
    for (int64_t i = 0; i < m.n; i++)
        areas[i] = 6.25F * 6.25F;
    heights_at_edge(areas, exact);
    PSTM_FREE(&areas);
    m.n = 0;
    for (double x = 12.5; x < 1200; x += 25)
        for (double y = 12.5; y < LENGTH_M; y += 25)
            add(x, y);
    areas = find_areas();
    heights_at_edge(areas, found);
    PSTM_FREE(&areas);
    for (int i = 0; i < SIDE * SIDE; i++) {
        printf("%g m inside the edge: %.4f, exact %.4f\n", 100 + 12.5 * i, found[i], exact[i]);
        ck_assert_double_eq_tol(found[i] / exact[i], 1, EDGE);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("areas in the image");
    TCase *cases = tcase_create("areas in the image");
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, random_midpoints_of_fold_1);
    tcase_add_test(cases, random_midpoints_of_fold_4);
    tcase_add_test(cases, patches_of_fold_1_and_4);
    tcase_add_test(cases, empty_bins);
    tcase_add_loop_test(cases, regular_midpoints_of_any_step, 0, 3);
    tcase_add_test(cases, heaps_of_midpoints);
    tcase_add_test(cases, the_edge_of_the_survey_is_that_of_the_integral);
    suite_add_tcase(suite, cases);
    return suite;
}
