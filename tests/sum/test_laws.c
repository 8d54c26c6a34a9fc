/* Every law of the list (sum/laws.h): its formulas against its definition, and what it says of whole columns
 * against a dense search. Times are seconds here. */
#include <math.h>

#include "sum/real_double.h"
#include "sum/real_float.h"
#include "tests/check/suite.h"

enum { N_TRIES = 2000, N_LEGS = 200 };

/* Of double formulas, and of central differences over a step of a thousandth. */
static const double ROUNDING = 1e-12, DIFFERENCE = 1e-5, SECOND_DIFFERENCE = 1e-3;
/* Of a float, some roundings each; of the reciprocal root in float and of its dT/dx. */
static const double FLOAT_ROUNDING = 1e-6, STEEPNESS = 3e-5;

static uint64_t state;

static void start(void)
{
    state = 20261130;
}

static double random_between(double low, double high)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return low + (high - low) * ((double)(state >> 11) / 9007199254740992.0);
}

/* An output sample of any survey, and the longest leg that is looked at. */
typedef struct sample {
    double t0_s, vrms_m_s, most_leg_m;
    pstm_medium medium;
} sample;

static sample sample_of(int law, double t0_s, const pstm_medium *medium)
{
    sample s = {.t0_s = t0_s, .vrms_m_s = medium->vrms_m_s, .medium = *medium};
    s.most_leg_m = fmin(4 * s.vrms_m_s * t0_s, 0.999 * pstm_law_longest_leg_m((pstm_law)law, t0_s, medium));
    return s;
}

/* A third bends as velocities that grow with depth make it, a third as anisotropy, and a third is straight.
 * */
static pstm_medium random_medium(double least_m_s, double most_m_s)
{
    const int kind = (int)random_between(0, 3);
    const double alpha = random_between(kind == 0 ? 0.001 : -0.2, 0.35), beta = random_between(0, 2);
    return (pstm_medium){.vrms_m_s = random_between(least_m_s, most_m_s),
                         .alpha = kind == 2 ? 0 : alpha,
                         .beta = kind == 2 ? 0 : beta};
}

static sample random_sample(int law)
{
    const double t0_s = random_between(0.02, 5);
    const pstm_medium medium = random_medium(300, 5000);
    return sample_of(law, t0_s, &medium);
}

static pstm_ray_d ray_of(const sample *s)
{
    return (pstm_ray_d){.tau2 = s->t0_s * s->t0_s / 4,
                        .slowness2 = 1 / (s->vrms_m_s * s->vrms_m_s),
                        .alpha = s->medium.alpha,
                        .beta = s->medium.beta};
}

static pstm_ray_f narrow_ray(const pstm_ray_d *ray)
{
    pstm_ray_f narrow;
#define NARROW(A, NAME, name, help) narrow.name = (float)ray->name;
    PSTM_RAY_FIELD_LIST(NARROW, )
#undef NARROW
    return narrow;
}

static double time_of(int law, const sample *s, double leg_m)
{
    return sqrt(pstm_law_square_s2((pstm_law)law, s->t0_s / 2, leg_m, &s->medium));
}

START_TEST(squared_times_are_those_of_the_definition)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg_m = random_between(0, s.most_leg_m);
        const pstm_ray_d ray = ray_of(&s);
        const pstm_ray_f narrow = narrow_ray(&ray);
        const double expected = pstm_law_square_s2((pstm_law)_i, s.t0_s / 2, leg_m, &s.medium);
        const double by_double = pstm_law_time2_d(_i, leg_m * leg_m, &ray);
        const float by_float = pstm_law_time2_f(_i, (float)(leg_m * leg_m), &narrow);
        ck_assert_double_eq_tol(by_double / expected, 1, ROUNDING);
        ck_assert_double_eq_tol((double)by_float / expected, 1, FLOAT_ROUNDING);
    }
}
END_TEST

START_TEST(the_growth_is_half_the_slope_along_t0)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg2 = pow(random_between(0, s.most_leg_m), 2);
        const pstm_ray_d ray = ray_of(&s);
        const pstm_ray_d slopes = {.tau2 = random_between(0, 1e-2) * ray.tau2,
                                   .slowness2 = random_between(-1e-2, 1e-2) * ray.slowness2,
                                   .alpha = random_between(-1e-3, 1e-3),
                                   .beta = ray.beta > 0 ? random_between(-1e-2, 1e-2) * ray.beta : 0};
        pstm_ray_d before = ray, after = ray;
#define STEP(A, NAME, name, help)                                                                            \
    before.name -= 1e-3 * slopes.name;                                                                       \
    after.name += 1e-3 * slopes.name;
        PSTM_RAY_FIELD_LIST(STEP, )
#undef STEP
        const double rise = pstm_law_time2_d(_i, leg2, &after) - pstm_law_time2_d(_i, leg2, &before);
        const double size = pstm_law_time2_d(_i, leg2, &ray) * 1e-2;
        ck_assert_double_eq_tol(pstm_law_growth_d(_i, leg2, &ray, &slopes) / size, rise / 2e-3 / size,
                                DIFFERENCE);
    }
}
END_TEST

START_TEST(bounds_hold_wherever_the_fields_lie_between)
{
    for (int i = 0; i < N_TRIES / 20; i++) {
        const double t0_s = random_between(0.05, 4);
        const pstm_medium medium = random_medium(500, 4000);
        const sample first = sample_of(_i, t0_s, &medium);
        const double later = i % 2 == 0 ? 1.2 : 40; /* the first samples of a column lie far apart */
        pstm_medium other = random_medium(500, 4000);
        other.vrms_m_s = medium.vrms_m_s * random_between(0.7, 1.4);
        const sample last = sample_of(_i, t0_s * random_between(1, later), &other);
        const pstm_ray_d a = ray_of(&first), b = ray_of(&last);
        pstm_ray_d least, most;
#define SPREAD(A, NAME, name, help)                                                                          \
    least.name = fmin(a.name, b.name);                                                                       \
    most.name = fmax(a.name, b.name);
        PSTM_RAY_FIELD_LIST(SPREAD, )
#undef SPREAD
        for (int n = 0; n < N_LEGS; n++) {
            pstm_ray_d ray;
#define BETWEEN(A, NAME, name, help) ray.name = random_between(least.name, most.name);
            PSTM_RAY_FIELD_LIST(BETWEEN, )
#undef BETWEEN
            const pstm_medium between = {1 / sqrt(ray.slowness2), ray.alpha, ray.beta};
            const sample at = sample_of(_i, 2 * sqrt(ray.tau2), &between);
            const double leg2 = pow(random_between(0, at.most_leg_m), 2);
            const double time2 = pstm_law_time2_d(_i, leg2, &ray);
            double low, high;
            pstm_law_bounds_d(_i, leg2, &least, &most, &low, &high);
            ck_assert_double_gt(low, 0);
            ck_assert_double_ge(time2, low * (1 - ROUNDING));
            ck_assert_double_le(time2, high * (1 + ROUNDING));
        }
    }
}
END_TEST

START_TEST(times_are_at_least_tau_and_grow_up_to_the_longest_leg)
{
    for (int i = 0; i < N_TRIES / 20; i++) {
        const sample s = random_sample(_i);
        double before_s = s.t0_s / 2;
        for (int n = 0; n <= N_LEGS; n++) {
            const double time_s = time_of(_i, &s, s.most_leg_m * n / N_LEGS);
            ck_assert_double_ge(time_s, before_s * (1 - ROUNDING));
            before_s = time_s;
        }
    }
}
END_TEST

START_TEST(no_arrival_comes_before_the_latest_t0_that_it_reaches)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg_m = random_between(0, s.most_leg_m), other_m = random_between(0, s.most_leg_m);
        const double arrival_s = time_of(_i, &s, leg_m) + time_of(_i, &s, other_m);
        ck_assert_double_le(s.t0_s, pstm_law_latest_t0_s((pstm_law)_i, arrival_s) * (1 + ROUNDING));
    }
}
END_TEST

START_TEST(no_leg_is_faster_than_the_fastest_or_slower_than_the_slowest)
{
    for (int i = 0; i < N_TRIES / 20; i++) {
        const sample s = random_sample(_i);
        const double tau2 = s.t0_s * s.t0_s / 4, faster_m_s = s.vrms_m_s * random_between(1, 2);
        const double fastest_m_s = pstm_law_fastest_m_s((pstm_law)_i, s.vrms_m_s);
        const double slowest_m_s = pstm_law_slowest_m_s((pstm_law)_i, s.vrms_m_s);
        for (int n = 0; n <= N_LEGS; n++) {
            const double leg_m = s.most_leg_m * n / N_LEGS, time2 = pow(time_of(_i, &s, leg_m), 2);
            ck_assert_double_ge(time2, (tau2 + pow(leg_m / fastest_m_s, 2)) * (1 - ROUNDING));
            ck_assert_double_le(time2, (tau2 + pow(leg_m / slowest_m_s, 2)) * (1 + ROUNDING));
        }
        ck_assert_double_ge(pstm_law_fastest_m_s((pstm_law)_i, faster_m_s), fastest_m_s);
        ck_assert_double_ge(pstm_law_slowest_m_s((pstm_law)_i, faster_m_s), slowest_m_s);
    }
}
END_TEST

START_TEST(no_leg_within_an_angle_is_steeper_than_the_steepest)
{
    for (int i = 0; i < N_TRIES / 20; i++) {
        const sample s = random_sample(_i);
        const double angle = random_between(0.05, 1.5), depth_m = s.vrms_m_s * s.t0_s / 2;
        const double most_m = fmin(s.most_leg_m, depth_m * tan(angle)), step_m = most_m / N_LEGS;
        const double bound_s_m = pstm_law_steepest_slope((pstm_law)_i, sin(angle), s.vrms_m_s);
        for (int n = 0; n < N_LEGS; n++) {
            const double rise_s = time_of(_i, &s, (n + 1) * step_m) - time_of(_i, &s, n * step_m);
            ck_assert_double_le(rise_s / step_m, bound_s_m * (1 + DIFFERENCE));
        }
    }
}
END_TEST

START_TEST(the_steepness_is_the_slope_along_the_leg)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg_m = random_between(0.05, 0.99) * s.most_leg_m, step_m = 1e-4 * leg_m;
        const double depth_m = s.vrms_m_s * s.t0_s / 2;
        const double slope_s_m =
            (time_of(_i, &s, leg_m + step_m) - time_of(_i, &s, leg_m - step_m)) / (2 * step_m);
        const pstm_ray_d in_metres = {depth_m * depth_m, 1, s.medium.alpha, s.medium.beta};
        const pstm_ray_f ray = narrow_ray(&in_metres);
        const float steepness = pstm_law_steepness_f(_i, (float)(leg_m * leg_m), &ray);
        ck_assert_double_eq_tol((double)steepness * leg_m, s.vrms_m_s * slope_s_m,
                                STEEPNESS * s.vrms_m_s * slope_s_m);
    }
}
END_TEST

/* Of the first sample of a block, which may not admit the leg, and of a block without a sample. */
START_TEST(the_steepness_is_finite_for_any_leg_and_depth)
{
    for (int i = 0; i < N_TRIES; i++) {
        const float leg2_m2 = i % 10 == 0 ? 0 : (float)pow(10, random_between(-6, 14));
        const float depth2_m2 = i % 3 == 0 ? 0 : (float)pow(10, random_between(-6, 10));
        const pstm_medium medium = random_medium(500, 4000);
        const pstm_ray_f ray = {depth2_m2, 1, (float)medium.alpha, (float)medium.beta};
        const float steepness = pstm_law_steepness_f(_i, leg2_m2, &ray);
        ck_assert_msg(isfinite(steepness), "leg^2 %g, depth^2 %g", leg2_m2, depth2_m2);
    }
}
END_TEST

/* T' and T'' by differences of the definition. */
START_TEST(rise_and_focus_are_those_of_the_definition)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg_m = random_between(0.05, 0.95) * s.most_leg_m, step_m = 1e-3 * leg_m;
        const double before_s = time_of(_i, &s, leg_m - step_m), after_s = time_of(_i, &s, leg_m + step_m);
        const double time_s = time_of(_i, &s, leg_m), v2 = s.vrms_m_s * s.vrms_m_s;
        const double slope = (after_s - before_s) / (2 * step_m);
        const double bend = (after_s - 2 * time_s + before_s) / (step_m * step_m);
        const double focus2 = pow(v2 * time_s * time_s / (s.t0_s / 2), 2) * bend * slope / leg_m;
        const pstm_ray_d ray = ray_of(&s);
        const pstm_shape_d shape = pstm_law_shape_d(_i, leg_m * leg_m, &ray);
        const pstm_leg leg = pstm_law_leg((pstm_law)_i, s.t0_s / 2, leg_m, &s.medium);
        ck_assert_double_eq_tol(shape.rise, v2 * time_s * slope / leg_m, DIFFERENCE);
        if (focus2 > 0.01) ck_assert_double_eq_tol(shape.focus / sqrt(focus2), 1, SECOND_DIFFERENCE);
        ck_assert_double_eq_tol(leg.rise, shape.rise, ROUNDING);
        ck_assert_double_eq_tol(leg.focus, shape.focus, ROUNDING);
        if (!pstm_law_bends(_i)) ck_assert(shape.rise == 1 && shape.focus == 1);
    }
}
END_TEST

START_TEST(the_shape_slope_is_what_the_shape_grows_by)
{
    for (int i = 0; i < N_TRIES; i++) {
        const sample s = random_sample(_i);
        const double leg2 = pow(random_between(0.01, 0.6) * s.most_leg_m, 2);
        const pstm_ray_d ray = ray_of(&s);
        const pstm_ray_d slopes = {.tau2 = random_between(0, 1e-2) * ray.tau2,
                                   .slowness2 = random_between(-1e-2, 1e-2) * ray.slowness2,
                                   .alpha = random_between(-1e-3, 1e-3),
                                   .beta = ray.beta > 0 ? random_between(-1e-2, 1e-2) * ray.beta : 0};
        pstm_ray_d before = ray, after = ray;
#define STEP(A, NAME, name, help)                                                                            \
    before.name -= 1e-3 * slopes.name;                                                                       \
    after.name += 1e-3 * slopes.name;
        PSTM_RAY_FIELD_LIST(STEP, )
#undef STEP
        const pstm_shape_d low = pstm_law_shape_d(_i, leg2, &before),
                           high = pstm_law_shape_d(_i, leg2, &after);
        const pstm_shape_d slope = pstm_law_shape_slope_d(_i, leg2, &ray, &slopes);
        ck_assert_double_eq_tol(slope.rise, (high.rise - low.rise) / 1e-3,
                                DIFFERENCE * (1 + fabs(slope.rise)));
        if (low.focus < 0.1) continue; /* where it is held */
        ck_assert_double_eq_tol(slope.focus, (high.focus - low.focus) / 1e-3,
                                2 * DIFFERENCE * (1 + fabs(slope.focus)));
    }
}
END_TEST

START_TEST(every_law_needs_tau2)
{
    ck_assert_uint_ne(pstm_law_needs(_i) & PSTM_RAY_BIT(TAU2), 0);
    ck_assert_double_ge(pstm_law_slope_margin(_i), 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("laws");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, squared_times_are_those_of_the_definition, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, the_growth_is_half_the_slope_along_t0, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, bounds_hold_wherever_the_fields_lie_between, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, times_are_at_least_tau_and_grow_up_to_the_longest_leg, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, no_arrival_comes_before_the_latest_t0_that_it_reaches, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, no_leg_is_faster_than_the_fastest_or_slower_than_the_slowest, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, no_leg_within_an_angle_is_steeper_than_the_steepest, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, the_steepness_is_the_slope_along_the_leg, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, the_steepness_is_finite_for_any_leg_and_depth, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, rise_and_focus_are_those_of_the_definition, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, the_shape_slope_is_what_the_shape_grows_by, 0, PSTM_LAWS);
    tcase_add_loop_test(tests, every_law_needs_tau2, 0, PSTM_LAWS);
    suite_add_tcase(suite, tests);
    return suite;
}
