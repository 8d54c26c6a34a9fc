/* How the law `curved` follows rays (velocity/bend.h), against rays that are summed anew here: by shooting
 * through many thin layers with nothing of the program's. */
#include <math.h>
#include <stdlib.h>

#include "sum/real_double.h"
#include "tests/check/suite.h"
#include "velocity/bend.h"

enum { N_LAYERS = 1000, N_LEGS = 15 };

static double dtau_s[N_LAYERS], vn_m_s[N_LAYERS], eta[N_LAYERS];

/* The layers of a profile down to t0_s. */
static pstm_layers layers_of(double t0_s)
{
    for (int i = 0; i < N_LAYERS; i++)
        dtau_s[i] = t0_s / 2 / N_LAYERS;
    return (pstm_layers){N_LAYERS, dtau_s, vn_m_s, eta};
}

/* v0 + k z is v0 exp(k tau). */
static pstm_layers gradient(double v0_m_s, double k_per_s, double t0_s)
{
    for (int i = 0; i < N_LAYERS; i++) {
        vn_m_s[i] = v0_m_s * exp(k_per_s * (i + 0.5) * t0_s / 2 / N_LAYERS);
        eta[i] = 0;
    }
    return layers_of(t0_s);
}

static pstm_layers constant(double v_m_s, double eta_of_all)
{
    for (int i = 0; i < N_LAYERS; i++)
        vn_m_s[i] = v_m_s, eta[i] = eta_of_all;
    return layers_of(2);
}

static pstm_layers blocky(double t0_s)
{
    static const double ends_s[] = {0.5, 1, 1.5, 2.2, 3, 9}, v_m_s[] = {1500, 2000, 2600, 2300, 3500, 4200};
    for (int i = 0; i < N_LAYERS; i++) {
        int layer = 0;
        while (t0_s * (i + 0.5) / N_LAYERS > ends_s[layer])
            layer++;
        vn_m_s[i] = v_m_s[layer], eta[i] = 0;
    }
    return layers_of(t0_s);
}

/* ---- rays by halving alone ----------------------------------------------------------------------------- */

static void shoot(const pstm_layers *layers, double p, double *x_m, double *t_s)
{
    *x_m = *t_s = 0;
    for (int i = 0; i < layers->n; i++) {
        const double s = pow(p * layers->vn_m_s[i], 2), d = 1 - 2 * layers->eta[i] * s, r = sqrt(1 - s / d);
        const double dx_m = layers->dtau_s[i] * p * pow(layers->vn_m_s[i], 2) / (d * d * r);
        *x_m += dx_m;
        *t_s += p * dx_m + layers->dtau_s[i] * r;
    }
}

static double exact_s(const pstm_layers *layers, const pstm_layer_sums *sums, double x_m)
{
    double low = 0, high = sums->most_p_s_m * (1 - 1e-13), reached_m, t_s;
    for (int i = 0; i < 60; i++) {
        const double p = (low + high) / 2;
        shoot(layers, p, &reached_m, &t_s);
        *(reached_m < x_m ? &low : &high) = p;
    }
    return t_s + low * (x_m - reached_m);
}

/* The largest errors in ms up to a leg of so many depths, by straight rays and by the fit. */
typedef struct errors {
    double straight_ms, fitted_ms;
} errors;

static errors errors_of(const pstm_layers *layers, double most_by_depth)
{
    double p_s_m[2] = {0, 0};
    const pstm_layer_sums sums = pstm_layers_sum(layers, layers->n);
    const pstm_bent bent = pstm_bend_fit(layers, layers->n, p_s_m);
    const pstm_medium straight = {.vrms_m_s = sqrt(sums.mu2_m2_s2)};
    const pstm_medium fitted = {straight.vrms_m_s, bent.alpha, bent.beta};
    errors out = {0};
    for (int i = 1; i <= N_LEGS; i++) {
        const double x_m = most_by_depth * sums.depth_m * i / N_LEGS, exact = exact_s(layers, &sums, x_m);
        ck_assert_double_le(x_m, pstm_law_longest_leg_m(PSTM_LAW_CURVED, 2 * sums.tau_s, &fitted));
        out.straight_ms =
            fmax(out.straight_ms,
                 1e3 * fabs(sqrt(pstm_law_square_s2(PSTM_LAW_CURVED, sums.tau_s, x_m, &straight)) - exact));
        out.fitted_ms =
            fmax(out.fitted_ms,
                 1e3 * fabs(sqrt(pstm_law_square_s2(PSTM_LAW_CURVED, sums.tau_s, x_m, &fitted)) - exact));
    }
    return out;
}

/* What straight rays err by at least, and the fit at most. */
static void assert_errors(pstm_layers layers, double by_depth, double straight_ms, double fitted_ms)
{
    const errors e = errors_of(&layers, by_depth);
    ck_assert_msg(e.straight_ms > straight_ms && e.fitted_ms < fitted_ms, "straight %.3f ms, fitted %.3f ms",
                  e.straight_ms, e.fitted_ms);
}

START_TEST(legs_are_within_the_table_of_the_theory)
{
    assert_errors(gradient(1800, 0.6, 2), 1, 9, 0.01);
    assert_errors(gradient(1800, 0.6, 2), 1.5, 35, 0.02);
    assert_errors(gradient(1500, 1, 2), 1, 21, 0.03);
    assert_errors(gradient(1500, 1, 2), 1.5, 78, 0.08);
    assert_errors(blocky(2), 1, 9, 0.1);
    assert_errors(blocky(3.9), 1.5, 140, 0.3);
    assert_errors(constant(2000, 0.1), 1, 25, 0.3);
    assert_errors(constant(2000, 0.1), 1.5, 63, 0.5);
    assert_errors(constant(2000, -0.05), 1, 15, 0.2);
    assert_errors(constant(2000, -0.05), 1.5, 40, 0.3);
}
END_TEST

static double random_between(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return low + (high - low) * ((double)(*state >> 11) / 9007199254740992.0);
}

static int compare(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* Profiles of 5 to 12 layers of 1500 to 4500 m/s. */
static pstm_layers random_profile(uint64_t *state)
{
    enum { MOST = 12 };
    const int n = 5 + (int)random_between(state, 0, MOST - 4);
    double ends[MOST + 1], v_m_s[MOST + 1];
    for (int i = 0; i < n; i++) {
        ends[i] = random_between(state, 0, N_LAYERS);
        v_m_s[i] = random_between(state, 1500, 4500);
    }
    qsort(ends, (size_t)n, sizeof *ends, compare);
    ends[n - 1] = N_LAYERS;
    for (int i = 0, layer = 0; i < N_LAYERS; i++) {
        while (i >= ends[layer])
            layer++;
        vn_m_s[i] = v_m_s[layer], eta[i] = 0;
    }
    return layers_of(2);
}

START_TEST(random_profiles_gain_much_over_straight_rays)
{
    enum { N = 150 };
    static const uint64_t seeds[] = {20261201, 17};
    uint64_t state = seeds[_i];
    double gains[N];
    for (int i = 0; i < N; i++) {
        const pstm_layers layers = random_profile(&state);
        const errors e = errors_of(&layers, 1.5);
        gains[i] = e.straight_ms / e.fitted_ms;
    }
    qsort(gains, N, sizeof *gains, compare);
    ck_assert_msg(gains[0] >= 5 && gains[N / 2] >= 100, "worst %.2f, median %.1f", gains[0], gains[N / 2]);
}
END_TEST

/* ---- columns ------------------------------------------------------------------------------------------- */

enum { N_TIMES = 1001 };

static pstm_grid make_grid(double first_s, double step_s)
{
    return (pstm_grid){
        .n_inline = 1, .n_crossline = 1, .n_times = N_TIMES, .time_first_s = first_s, .time_step_s = step_s};
}

static double vrms_m_s[N_TIMES], alpha[N_TIMES], beta[N_TIMES];

static pstm_bend_count run(const pstm_grid *grid, const pstm_eta *of_eta)
{
    double *const columns[2] = {alpha, beta};
    pstm_bend *bend = NULL;
    pstm_column_fit *fit = NULL;
    pstm_bend_count count = {0};
    ck_assert(pstm_bend_create(grid, &bend) == PSTM_OK);
    ck_assert(pstm_column_fit_create(grid, &fit) == PSTM_OK);
    pstm_bend_run(bend, fit, vrms_m_s, of_eta, columns, &count);
    pstm_bend_destroy(&bend);
    pstm_column_fit_destroy(&fit);
    return count;
}

/* Columns that Dix makes of the rms velocities of 1800 + 0.6 z, from time 0 and from later. */
START_TEST(columns_follow_the_rays_of_their_times)
{
    const pstm_grid grid = make_grid(_i == 0 ? 0 : 0.3, 0.004);
    for (int k = 0; k < N_TIMES; k++) {
        const double t0_s = grid.time_first_s + k * grid.time_step_s, kt = 0.6 * t0_s;
        vrms_m_s[k] = t0_s > 0 ? 1800 * sqrt((exp(kt) - 1) / kt) : 1800;
    }
    const pstm_bend_count count = run(&grid, NULL);
    ck_assert_int_eq(count.n_beyond, 0);
    ck_assert_int_gt(count.n, 400);
    for (int k = 100; k < N_TIMES; k += 50) {
        const double t0_s = grid.time_first_s + k * grid.time_step_s;
        const pstm_layers layers = gradient(1800, 0.6, t0_s);
        const pstm_layer_sums sums = pstm_layers_sum(&layers, N_LAYERS);
        const pstm_medium medium = {vrms_m_s[k], alpha[k], beta[k]};
        for (int i = 1; i <= N_LEGS; i++) {
            const double x_m = 1.2 * sums.depth_m * i / N_LEGS;
            const double time_s = sqrt(pstm_law_square_s2(PSTM_LAW_CURVED, t0_s / 2, x_m, &medium));
            ck_assert_double_eq_tol(1e3 * time_s, 1e3 * exact_s(&layers, &sums, x_m), 0.5);
        }
    }
}
END_TEST

/* A column that falls so fast that no interval velocity makes it is told, and is no NaN. */
START_TEST(columns_that_no_layers_make_are_told)
{
    const pstm_grid grid = make_grid(0, 0.004);
    for (int k = 0; k < N_TIMES; k++)
        vrms_m_s[k] = k < 300 ? 3000 : 1500;
    const pstm_bend_count count = run(&grid, NULL);
    ck_assert_int_gt(count.n_beyond, 0);
    for (int k = 0; k < N_TIMES; k++)
        ck_assert(isfinite(alpha[k]) && isfinite(beta[k]) && beta[k] >= 0);
}
END_TEST

START_TEST(rays_in_a_constant_velocity_are_straight)
{
    const pstm_grid grid = make_grid(-0.1, 0.004);
    for (int k = 0; k < N_TIMES; k++)
        vrms_m_s[k] = 2000;
    ck_assert_int_eq(run(&grid, NULL).n_beyond, 0);
    for (int k = 0; k < N_TIMES; k++)
        ck_assert_double_eq_tol(alpha[k], 0, 1e-9);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("velocity/bend");
    TCase *tests = tcase_create("bend");
    tcase_add_test(tests, legs_are_within_the_table_of_the_theory);
    tcase_add_loop_test(tests, random_profiles_gain_much_over_straight_rays, 0, 2);
    tcase_add_loop_test(tests, columns_follow_the_rays_of_their_times, 0, 2);
    tcase_add_test(tests, columns_that_no_layers_make_are_told);
    tcase_add_test(tests, rays_in_a_constant_velocity_are_straight);
    suite_add_tcase(suite, tests);
    return suite;
}
