/* White noise in an image of true amplitudes is what the sum of squared weights says. */
#include <math.h>
#include <stdio.h>

#include "core/memory.h"
#include "mpi/farm/live_stack.h"
#include "sum/aperture.h"
#include "sum/real_double.h"
#include "survey_image.h"
#include "synth/random.h"
#include "tests/check/suite.h"

/** Of the rms that is predicted, over a part of the time: some 4,000 independent values are 1.1 %. */
static const double PREDICTED = 0.05;

/** Of the constant that one class has, which the sum over a lattice of midpoints is near. */
static const double CONSTANT = 0.10;

/** rms of white noise that is read anywhere between samples: the mean of (1 - f)^2 + f^2 is 2/3. */
static const double READ = 0.81649658092772603273;

static const double V_M_S = 2000;

#define MUST(call) ck_assert_msg((call) == PSTM_OK, "%s", pstm_error_text())

enum { SIDE = 10, N_LOCATIONS = SIDE * SIDE, MOST_CLASSES = 6, MOST_TIMES = 640, N_PARTS = 8 };

/* Midpoints are regular round the locations; each trace is white noise of its own. */
typedef struct scene {
    int n_side; /* midpoints on each axis */
    double step_m;
    int n_classes;
    double class_m;
    double begin_s; /* the far classes are muted: class c begins at c times this */
    pstm_device_plan plan;
} scene;

typedef struct made {
    survey survey;
    double x_m[N_LOCATIONS], y_m[N_LOCATIONS];
    float vrms[MOST_TIMES];
} made;

static double offset_of(const scene *s, int class_index)
{
    return class_index * s->class_m;
}

static void make_trace(const scene *s, made *m, int64_t i)
{
    pstm_random random = pstm_random_stream(7, (uint64_t)i);
    const int n_midpoints = s->n_side * s->n_side, class_index = (int)(i / n_midpoints);
    const int at = (int)(i % n_midpoints);
    const double x_m = (at / s->n_side - s->n_side / 2) * s->step_m, half_m = offset_of(s, class_index) / 2,
                 y_m = (at % s->n_side - s->n_side / 2) * s->step_m;
    float *samples = m->survey.memory + i * pstm_trace_stride(s->plan.n_samples) + PSTM_TRACE_PAD;
    const int32_t first = (int32_t)lround(class_index * s->begin_s / s->plan.sample_s);
    for (int32_t k = first; k < s->plan.n_samples; k++)
        samples[k] = (float)pstm_random_gaussian(&random);
    m->survey.traces[i] =
        (pstm_device_trace){.source_x_m = x_m,
                            .source_y_m = y_m - half_m,
                            .receiver_x_m = x_m,
                            .receiver_y_m = y_m + half_m,
                            .samples = samples,
                            .live_first = first,
                            .live_last = s->plan.n_samples - 1,
                            .class_index = class_index,
                            .factor = pstm_weight_trace(PSTM_WEIGHT_TRUE, 2 * half_m, s->step_m * s->step_m)};
}

static void make(const scene *s, made *m)
{
    const int64_t n = (int64_t)s->n_side * s->n_side * s->n_classes;
    m->survey = (survey){.n_traces = n, .n_samples = s->plan.n_samples, .sample_s = s->plan.sample_s};
    MUST(PSTM_NEW(&m->survey.memory, n * pstm_trace_stride(s->plan.n_samples), "traces"));
    MUST(PSTM_NEW(&m->survey.traces, n, "trace headers"));
    for (int64_t i = 0; i < n; i++)
        make_trace(s, m, i);
    for (int i = 0; i < N_LOCATIONS; i++) {
        m->x_m[i] = (i / SIDE - 0.5 * (SIDE - 1)) * 0.83 * s->step_m;
        m->y_m[i] = (i % SIDE - 0.5 * (SIDE - 1)) * 0.83 * s->step_m;
    }
    for (int k = 0; k < s->plan.n_times; k++)
        m->vrms[k] = (float)V_M_S;
}

/* Gathers [location][class][k] and folds, owned by the caller. */
static void migrate(const scene *s, made *m, pstm_sums *sums)
{
    const pstm_device_ops *ops = pstm_device_find("cpu");
    const pstm_device_tile tile = {
        .n_locations = N_LOCATIONS,
        .x_m = m->x_m,
        .y_m = m->y_m,
        .columns = {.n_times = s->plan.n_times, .one_column = true, .vrms_m_s = m->vrms}};
    void *self = NULL;
    MUST(pstm_sums_create(pstm_device_accumulators(&s->plan),
                          (int64_t)N_LOCATIONS * s->n_classes * s->plan.n_times, "gathers", sums));
    MUST(ops->create(&s->plan, &self));
    MUST(ops->begin_tile(self, &tile));
    MUST(ops->add_batch(self, m->survey.traces, m->survey.n_traces));
    MUST(ops->read_tile(self, sums));
    ops->destroy(&self);
}

static double taper_of(const pstm_device_plan *plan, double leg_m, double radius_m)
{
    if (plan->aperture_taper == 0) return 1;
    const double factor = (1 - pow(leg_m / radius_m, 2)) * pstm_aperture_taper_scale(plan->aperture_taper);
    return fmin(fmax(factor, 0), 1);
}

/* The variance that a trace adds at a location and time: the squared weight, with area and tapers, times what
 * reading between samples leaves of white noise; 0 where it does not contribute. */
static double variance_of_trace(const scene *s, const pstm_device_trace *t, double x_m, double y_m,
                                double t0_s)
{
    const double source_m = hypot(x_m - t->source_x_m, y_m - t->source_y_m);
    const double receiver_m = hypot(x_m - t->receiver_x_m, y_m - t->receiver_y_m);
    const double radius_m = V_M_S * t0_s / 2 * s->plan.aperture_tan, tau2 = t0_s * t0_s / 4;
    if (fmax(source_m, receiver_m) > radius_m) return 0;
    const double ts2 = tau2 + pow(source_m / V_M_S, 2), tr2 = tau2 + pow(receiver_m / V_M_S, 2);
    const double at = (sqrt(ts2) + sqrt(tr2)) / s->plan.sample_s;
    if (at < t->live_first || at > t->live_last) return 0;
    const pstm_leg source = {ts2, 1, 1}, receiver = {tr2, 1, 1}; /* straight rays */
    const double weight = pstm_weight_whole(PSTM_WEIGHT_TRUE, t0_s / 2, V_M_S, &source, &receiver) *
                          t->factor * taper_of(&s->plan, source_m, radius_m) *
                          taper_of(&s->plan, receiver_m, radius_m);
    const double f = at - floor(at);
    return weight * weight * ((1 - f) * (1 - f) + f * f);
}

/* The variance of the stack at a location and sample: of the mean over live classes. */
static double variance_of(const scene *s, const made *m, const pstm_live_class *live, const uint32_t *fold,
                          int i, int k)
{
    const double t0_s = pstm_device_time_s(&s->plan, k);
    const double untapered_m = (1 - s->plan.aperture_taper) * V_M_S * t0_s / 2 * s->plan.aperture_tan;
    bool counts[MOST_CLASSES] = {false};
    int n = 0, nearest = s->n_classes;
    for (int c = s->n_classes - 1; c >= 0; c--) {
        if (fold[c * s->plan.n_times + k] == 0) continue;
        nearest = c;
        counts[c] = pstm_class_is_live(&live[c], t0_s, V_M_S, untapered_m);
        n += counts[c];
    }
    if (n == 0) counts[nearest] = true, n = 1;
    double sum = 0;
    for (int64_t t = 0; t < m->survey.n_traces; t++)
        if (counts[m->survey.traces[t].class_index])
            sum += variance_of_trace(s, &m->survey.traces[t], m->x_m[i], m->y_m[i], t0_s);
    return sum / ((double)n * n);
}

/* rms of the stack over each of N_PARTS parts of the times from `first` on, and what is predicted of a few of
 * its samples. */
typedef struct parts {
    double rms[N_PARTS], predicted[N_PARTS];
} parts;

static parts find_parts(const scene *s, made *m, int first)
{
    enum { LOOKED = 20, EVERY = 4 }; /* the prediction changes slowly */
    pstm_sums sums = {0};
    pstm_live_class live[MOST_CLASSES];
    parts found = {0};
    const int n_times = s->plan.n_times, of_part = (n_times - first) / N_PARTS;
    migrate(s, m, &sums);
    for (int c = 0; c < s->n_classes; c++)
        live[c] = (pstm_live_class){.half_offset_m = offset_of(s, c) / 2,
                                    .begin_s = c * s->begin_s,
                                    .end_s = (s->plan.n_samples - 1) * s->plan.sample_s};
    for (int i = 0; i < N_LOCATIONS; i++) {
        float stack[MOST_TIMES];
        uint32_t fold[MOST_TIMES];
        const pstm_sums at = pstm_sums_from(&sums, (int64_t)i * s->n_classes * n_times);
        pstm_live_stack(&s->plan, live, m->vrms, at.sum, at.fold, stack, fold);
        for (int k = first; k < first + N_PARTS * of_part; k++)
            found.rms[(k - first) / of_part] += pow(stack[k], 2) / (N_LOCATIONS * of_part);
        if (i % LOOKED != 0) continue;
        for (int k = first + EVERY / 2; k < first + N_PARTS * of_part; k += EVERY)
            found.predicted[(k - first) / of_part] +=
                variance_of(s, m, live, at.fold, i, k) * EVERY * LOOKED / (1.0 * N_LOCATIONS * of_part);
    }
    pstm_sums_clear(&sums);
    for (int p = 0; p < N_PARTS; p++) {
        found.rms[p] = sqrt(found.rms[p]);
        found.predicted[p] = sqrt(found.predicted[p]);
    }
    return found;
}

static pstm_device_plan plan_of(int n_classes, int n_times, double first_s, double step_s, int n_samples)
{
    return (pstm_device_plan){.n_times = n_times,
                              .time_first_s = first_s,
                              .time_step_s = step_s,
                              .k_end = n_times,
                              .n_samples = n_samples,
                              .sample_s = step_s,
                              .n_classes = n_classes,
                              .n_levels = 1,
                              .weight = PSTM_WEIGHT_TRUE,
                              .aperture_m = INFINITY,
                              .fast_math = true,
                              .n_threads = 1};
}

START_TEST(noise_in_the_stack_of_classes_with_mutes_and_taper_is_what_is_predicted)
{
    /* 0.1 to 1.38 s, where the records end. */
    scene s = {.n_side = 39,
               .step_m = 40,
               .n_classes = 6,
               .class_m = 300,
               .begin_s = 0.08,
               .plan = plan_of(6, 640, 0.1, 0.002, 691)};
    made m = {0};
    s.plan.aperture_tan = tan(50 * M_PI / 180);
    s.plan.aperture_taper = 0.25;
    make(&s, &m);
    const parts found = find_parts(&s, &m, 0);
    for (int p = 0; p < N_PARTS; p++) {
        printf("%.3f s: %.4g, predicted %.4g\n", 0.1 + 0.16 * p, found.rms[p], found.predicted[p]);
        ck_assert_double_eq_tol(found.rms[p] / found.predicted[p], 1, PREDICTED);
    }
    survey_clear(&m.survey);
}
END_TEST

START_TEST(noise_of_one_class_does_not_grow_with_time)
{
    /* 0.2 to 0.52 s; the midpoints lie in all of the aperture. */
    scene s = {.n_side = 89, .step_m = 12.5, .n_classes = 1, .plan = plan_of(1, 320, 0.2, 0.001, 800)};
    made m = {0};
    const double angle = 45 * M_PI / 180;
    s.plan.aperture_tan = tan(angle);
    make(&s, &m);
    const parts found = find_parts(&s, &m, 0);
    const double constant = READ * s.step_m / sqrt(M_PI) * sin(angle) / V_M_S;
    for (int p = 0; p < N_PARTS; p++) {
        printf("%.3f s: %.4g of %.4g\n", 0.2 + 0.04 * p, found.rms[p], constant);
        ck_assert_double_eq_tol(found.rms[p] / constant, 1, CONSTANT);
    }
    survey_clear(&m.survey);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("noise");
    TCase *cases = tcase_create("noise");
    tcase_add_test(cases, noise_in_the_stack_of_classes_with_mutes_and_taper_is_what_is_predicted);
    tcase_add_test(cases, noise_of_one_class_does_not_grow_with_time);
    suite_add_tcase(suite, cases);
    return suite;
}
