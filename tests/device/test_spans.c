/* What the CPU device knows of a span before it sees a trace (device/cpu/spans.h), against a dense search
 * over legs, for every law and weight. */
#include <math.h>
#include <stdlib.h>

#include "device/aperture_limits.h"
#include "device/cpu/spans.h"
#include "sum/real_double.h"
#include "tests/check/suite.h"
#include "tests/device/bends.h"

enum { N_TIMES = 1000, N_PADDED = 1008, N_LEGS = 300 };

/* Of the differences between neighbouring times in double. */
static const double ROUNDING = 1e-9;

static float vrms_m_s[N_TIMES], alpha[N_TIMES], beta[N_TIMES], fields[PSTM_RAY_FIELDS][N_PADDED],
    limit2_m2[N_PADDED];

enum { CONSTANT, GRADIENT, STEEP, PICKED, FALLING, N_KINDS };

static double between_picks(const double *picks_s, const double *picks_m_s, double t0_s)
{
    int i = 0;
    while (i < 3 && t0_s > picks_s[i + 1])
        i++;
    return picks_m_s[i] +
           (picks_m_s[i + 1] - picks_m_s[i]) * (t0_s - picks_s[i]) / (picks_s[i + 1] - picks_s[i]);
}

static double velocity_at(int kind, double t0_s)
{
    static const double picks_s[] = {0, 0.3, 0.32, 1.1, 4.5}, picks_m_s[] = {1500, 1510, 2100, 2300, 4200};
    static const double falls_s[] = {0, 2, 2.3, 3, 4}, falls_m_s[] = {3000, 3000, 1600, 1500, 1200};
    if (kind == CONSTANT) return 2000;
    if (kind == GRADIENT) return 1700 + 400 * t0_s;
    if (kind == STEEP) return 1500 * sqrt((exp(t0_s) - 1) / t0_s); /* rms over 1500 + z, to 4 s */
    return kind == PICKED ? between_picks(picks_s, picks_m_s, t0_s) : between_picks(falls_s, falls_m_s, t0_s);
}

enum { DEGREES_60, NO_ANGLE, N_ANGLES };

static pstm_device_plan make_plan(int law, int weight, int angle)
{
    return (pstm_device_plan){.law = (pstm_law)law,
                              .weight = (pstm_weight)weight,
                              .n_times = N_TIMES,
                              .time_first_s = 0.004,
                              .time_step_s = 0.004,
                              .k_end = N_TIMES,
                              .n_samples = 3000,
                              .sample_s = 0.002,
                              .n_classes = 1,
                              .n_levels = 1,
                              .aperture_m = INFINITY,
                              .aperture_tan = angle == NO_ANGLE ? INFINITY : tan(60 * M_PI / 180),
                              .fast_math = true,
                              .n_threads = 1};
}

static pstm_cpu_velocity make_column(const pstm_device_plan *plan, pstm_columns *column, int kind)
{
    for (int k = 0; k < N_TIMES; k++)
        vrms_m_s[k] = (float)velocity_at(kind, pstm_device_time_s(plan, k));
    bends_fill(alpha, beta, 1, N_TIMES, kind == FALLING ? -0.15 : kind == CONSTANT ? 0 : 0.3);
    *column = (pstm_columns){
        .n_times = N_TIMES, .one_column = true, .vrms_m_s = vrms_m_s, .alpha = alpha, .beta = beta};
    pstm_aperture_limits(plan, column, limit2_m2);
    for (int k = N_TIMES; k < N_PADDED; k++)
        limit2_m2[k] = limit2_m2[N_TIMES - 1];
    pstm_cpu_velocity made = {.plan = plan, .column = column, .limit2_m2 = limit2_m2};
    for (int f = 0; f < PSTM_RAY_FIELDS; f++) {
        for (int k = 0; k < N_PADDED; k++)
            fields[f][k] = pstm_cpu_field(plan, column, (pstm_ray_field)f, k);
        made.ray[f] = fields[f];
    }
    return made;
}

/* The greatest rise of a time of two legs of this length between samples of the span. */
static double steepest(int law, const pstm_cpu_span *span, double leg2_m2)
{
    double most = 0, before = 0;
    for (int j = 0; j < span->n_blocks * PSTM_BLOCK; j++) {
        pstm_ray_d ray;
#define FIELD(A, NAME, name, help) ray.name = fields[PSTM_RAY_##NAME][span->first_block * PSTM_BLOCK + j];
        PSTM_RAY_FIELD_LIST(FIELD, )
#undef FIELD
        const double time = 2 * sqrt(pstm_law_time2_d(law, leg2_m2, &ray));
        if (j > 0) most = fmax(most, time - before);
        before = time;
    }
    return most;
}

START_TEST(no_leg_of_a_span_is_steeper_than_it_says)
{
    const int kind = _i % N_KINDS, angle = _i / N_KINDS % N_ANGLES, formula = _i / (N_KINDS * N_ANGLES);
    const int law = formula / PSTM_WEIGHTS;
    const pstm_device_plan plan = make_plan(law, formula % PSTM_WEIGHTS, angle);
    pstm_columns column;
    const pstm_cpu_velocity velocity = make_column(&plan, &column, kind);
    int n_tried = 0;
    for (int32_t block = 0; block < N_PADDED / PSTM_BLOCK;) {
        const pstm_cpu_span span = pstm_cpu_span_at(&velocity, block, N_PADDED / PSTM_BLOCK);
        for (int n = 0; n <= N_LEGS && span.known_leg2 >= 0; n++) {
            const double leg2_m2 = span.known_leg2 * pow((double)n / N_LEGS, 2);
            /* Fields are floats here: a time of 4,000 samples rises by so much of itself. */
            ck_assert_double_le(steepest(law, &span, leg2_m2), span.most_slope + 2e-3 + ROUNDING);
        }
        n_tried += span.known_leg2 > 0;
        block += span.n_blocks;
    }
    ck_assert_int_gt(n_tried, 10);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("spans");
    TCase *tests = tcase_create("spans");
    tcase_add_loop_test(tests, no_leg_of_a_span_is_steeper_than_it_says, 0,
                        N_KINDS * N_ANGLES * PSTM_LAWS * PSTM_WEIGHTS);
    suite_add_tcase(suite, tests);
    return suite;
}
