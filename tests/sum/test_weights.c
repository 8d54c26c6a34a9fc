/* Every weight of the list (sum/weights.h): the formulas of the kernels against its definition. */
#include <math.h>
#include <stdbool.h>

#include "sum/real_double.h"
#include "sum/real_float.h"
#include "tests/check/suite.h"

enum { N_TRIES = 2000 };

/* Of double formulas, of float ones, and of central differences over a step of a thousandth. */
static const double ROUNDING = 1e-12, FLOAT_ROUNDING = 3e-6, DIFFERENCE = 1e-5;

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

/* A pair of legs at an output sample, in seconds, and what grows to the next sample. */
typedef struct legs {
    double tau_s, ts_s, tr_s, vrms_m_s;
    double tau_slope, ts_slope, tr_slope;
    bool bends; /* shapes are 1 where rays do not */
    pstm_shape_d source, receiver, source_slope, receiver_slope;
} legs;

static pstm_shape_d random_shape(void)
{
    return (pstm_shape_d){random_between(0.2, 1.25), random_between(0.2, 1.25)};
}

static pstm_shape_d random_shape_slope(void)
{
    return (pstm_shape_d){random_between(-0.01, 0.01), random_between(-0.01, 0.01)};
}

static legs straight_legs(void)
{
    const double tau_s = random_between(0.02, 3);
    return (legs){.tau_s = tau_s,
                  .ts_s = tau_s * random_between(1, 6),
                  .tr_s = tau_s * random_between(1, 6),
                  .vrms_m_s = random_between(300, 5000),
                  .tau_slope = 0.01 * tau_s,
                  .ts_slope = 0.01 * tau_s * random_between(-1, 1),
                  .tr_slope = 0.01 * tau_s * random_between(-1, 1),
                  .source = {1, 1},
                  .receiver = {1, 1}};
}

static legs random_legs(void)
{
    legs l = straight_legs();
    l.bends = random_between(0, 1) < 0.5;
    if (!l.bends) return l;
    l.source = random_shape();
    l.receiver = random_shape();
    l.source_slope = random_shape_slope();
    l.receiver_slope = random_shape_slope();
    return l;
}

/* In units of unit_s seconds. */
static pstm_pair_d pair_of(int weight, const legs *l, double unit_s)
{
    return (pstm_pair_d){.tau2 = pow(l->tau_s / unit_s, 2),
                         .per_ts = unit_s / l->ts_s,
                         .per_tr = unit_s / l->tr_s,
                         .bends = l->bends,
                         .source = l->source,
                         .receiver = l->receiver,
                         .source_slope = l->source_slope,
                         .receiver_slope = l->receiver_slope,
                         .ts_slope = l->ts_slope / unit_s,
                         .tr_slope = l->tr_slope / unit_s,
                         .tau_growth = pstm_weight_tau_power(weight) * l->tau_slope / l->tau_s};
}

static double whole_of(int weight, const legs *l)
{
    const pstm_leg source = {l->ts_s * l->ts_s, l->source.rise, l->source.focus};
    const pstm_leg receiver = {l->tr_s * l->tr_s, l->receiver.rise, l->receiver.focus};
    return pstm_weight_whole((pstm_weight)weight, l->tau_s, l->vrms_m_s, &source, &receiver);
}

START_TEST(pair_times_sample_is_the_whole_weight_in_any_unit_of_time)
{
    for (int i = 0; i < N_TRIES; i++) {
        const legs l = random_legs();
        const double unit_s = random_between(0.0005, 1);
        const pstm_pair_d pair = pair_of(_i, &l, unit_s);
        const double slowness2 = pow(1 / (l.vrms_m_s * unit_s), 2);
        const double made =
            pstm_weight_pair_d(_i, &pair) * pstm_weight_sample_d(_i, pair.tau2, slowness2, unit_s);
        ck_assert_double_eq_tol(made / whole_of(_i, &l), 1, ROUNDING);
        const pstm_pair_f narrow = {.tau2 = (float)pair.tau2,
                                    .per_ts = (float)pair.per_ts,
                                    .per_tr = (float)pair.per_tr,
                                    .bends = l.bends,
                                    .source = {(float)l.source.rise, (float)l.source.focus},
                                    .receiver = {(float)l.receiver.rise, (float)l.receiver.focus}};
        const float by_float = pstm_weight_pair_f(_i, &narrow) *
                               pstm_weight_sample_f(_i, narrow.tau2, (float)slowness2, (float)unit_s);
        ck_assert_double_eq_tol((double)by_float / whole_of(_i, &l), 1, FLOAT_ROUNDING);
    }
}
END_TEST

START_TEST(squared_times_give_the_same_factor_as_reciprocal_ones)
{
    for (int i = 0; i < N_TRIES; i++) {
        const legs l = random_legs();
        const pstm_pair_d pair = pair_of(_i, &l, 1);
        const pstm_squares_d squares = {pair.tau2, l.ts_s * l.ts_s, l.tr_s * l.tr_s,
                                        l.bends,   l.source,        l.receiver};
        const double by_squares = pstm_weight_squares_d(_i, &squares);
        ck_assert_double_eq_tol(by_squares / pstm_weight_pair_d(_i, &pair), 1, ROUNDING);
    }
}
END_TEST

static double factor_after(int weight, legs l, double samples)
{
    l.tau_s += samples * l.tau_slope;
    l.ts_s += samples * l.ts_slope;
    l.tr_s += samples * l.tr_slope;
    l.source.rise += samples * l.source_slope.rise;
    l.source.focus += samples * l.source_slope.focus;
    l.receiver.rise += samples * l.receiver_slope.rise;
    l.receiver.focus += samples * l.receiver_slope.focus;
    const pstm_pair_d pair = pair_of(weight, &l, 1);
    return pstm_weight_pair_d(weight, &pair);
}

START_TEST(the_slope_is_what_the_factor_grows_by)
{
    for (int i = 0; i < N_TRIES; i++) {
        const legs l = random_legs();
        const pstm_pair_d pair = pair_of(_i, &l, 1);
        const double factor = pstm_weight_pair_d(_i, &pair);
        const double rise = (factor_after(_i, l, 1e-3) - factor_after(_i, l, -1e-3)) / 2e-3;
        ck_assert_double_eq_tol(pstm_weight_slope_d(_i, &pair, factor), rise, DIFFERENCE * factor);
    }
}
END_TEST

START_TEST(the_weight_through_depth_is_the_weight)
{
    for (int i = 0; i < N_TRIES; i++) {
        const legs l = straight_legs();
        const double in_depth = pstm_weight_in_depth((pstm_weight)_i, l.vrms_m_s * l.tau_s, l.vrms_m_s,
                                                     l.vrms_m_s * l.ts_s, l.vrms_m_s * l.tr_s);
        ck_assert_double_eq_tol(in_depth / whole_of(_i, &l), 1, ROUNDING);
    }
}
END_TEST

START_TEST(the_list_tells_what_kernels_may_leave_out)
{
    for (int i = 0; i < N_TRIES; i++) {
        const legs l = random_legs();
        const pstm_pair_d pair = pair_of(_i, &l, 1);
        const double of_trace =
            pstm_weight_trace((pstm_weight)_i, random_between(0, 5000), random_between(0.1, 1000));
        if (!pstm_weight_has_pair(_i)) ck_assert_double_eq(pstm_weight_pair_d(_i, &pair), 1);
        if (!pstm_weight_has_trace(_i)) ck_assert_double_eq(of_trace, 1);
        ck_assert(isfinite(of_trace) && of_trace > 0);
    }
    ck_assert(pstm_weight_has_pair(_i) || !pstm_weight_has_trace(_i));
    ck_assert(!pstm_weight_has_pair(_i) || pstm_weight_tolerance(_i) > 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("weights");
    TCase *tests = tcase_create("weights");
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, pair_times_sample_is_the_whole_weight_in_any_unit_of_time, 0, PSTM_WEIGHTS);
    tcase_add_loop_test(tests, squared_times_give_the_same_factor_as_reciprocal_ones, 0, PSTM_WEIGHTS);
    tcase_add_loop_test(tests, the_slope_is_what_the_factor_grows_by, 0, PSTM_WEIGHTS);
    tcase_add_loop_test(tests, the_weight_through_depth_is_the_weight, 0, PSTM_WEIGHTS);
    tcase_add_loop_test(tests, the_list_tells_what_kernels_may_leave_out, 0, PSTM_WEIGHTS);
    suite_add_tcase(suite, tests);
    return suite;
}
