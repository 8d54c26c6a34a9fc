/* The eta of a job (velocity/eta.h): its texts, and how effective ones become those of layers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/check/suite.h"
#include "velocity/bend.h"
#include "velocity/eta.h"

static char name[] = "eta.txt";

static pstm_eta *read_eta(const char *text)
{
    const pstm_velocity_options options = {.eta_file = name};
    pstm_eta *eta = NULL;
    ck_assert_msg(pstm_eta_create(&options, text, &eta) == PSTM_OK, "%s", pstm_error_text());
    return eta;
}

START_TEST(eta_is_linear_between_the_lines_of_a_text)
{
    pstm_eta *eta = read_eta("# t eta\n0.5 0.1\n 1.5\t0.2 # deeper\n\n2 -0.1");
    ck_assert_double_eq_tol(pstm_eta_at(eta, 0), 0.1, 1e-12);
    ck_assert_double_eq_tol(pstm_eta_at(eta, 1), 0.15, 1e-12);
    ck_assert_double_eq_tol(pstm_eta_at(eta, 1.75), 0.05, 1e-12);
    ck_assert_double_eq_tol(pstm_eta_at(eta, 9), -0.1, 1e-12);
    ck_assert(!pstm_eta_is_effective(eta));
    pstm_eta_destroy(&eta);
}
END_TEST

START_TEST(a_constant_is_the_same_at_all_times_and_none_is_none)
{
    pstm_eta *eta = NULL;
    const pstm_velocity_options none = {0}, some = {.eta = 0.12, .eta_kind = PSTM_ETA_EFFECTIVE};
    ck_assert(pstm_eta_create(&none, NULL, &eta) == PSTM_OK);
    ck_assert_ptr_null(eta);
    ck_assert(pstm_eta_create(&some, NULL, &eta) == PSTM_OK);
    ck_assert(pstm_eta_at(eta, 3) == 0.12 && pstm_eta_is_effective(eta));
    pstm_eta_destroy(&eta);
}
END_TEST

START_TEST(lines_that_are_no_eta_are_refused_with_their_place)
{
    static const char *const texts[] = {"",        "# none\n",       "0 0.1 0.2\n", "0\n",
                                        "0 0,1\n", "0 0.1\n0 0.2\n", "0 1.5\n",     "-1 0.1\n",
                                        "0 nan\n", "500 0.1\n"};
    const pstm_velocity_options options = {.eta_file = name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pstm_eta *eta = NULL;
        ck_assert_msg(pstm_eta_create(&options, texts[i], &eta) == PSTM_DATA, "text %zu", i);
        ck_assert_ptr_null(eta);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), name));
    }
}
END_TEST

enum { N_TIMES = 501 };

static double vrms_m_s[N_TIMES], columns[2][2][N_TIMES];

static void run(const pstm_grid *grid, const pstm_eta *eta, double made[2][N_TIMES])
{
    pstm_bend *bend = NULL;
    pstm_column_fit *fit = NULL;
    pstm_bend_count count = {0};
    double *const to[2] = {made[0], made[1]};
    ck_assert(pstm_bend_create(grid, &bend) == PSTM_OK);
    ck_assert(pstm_column_fit_create(grid, &fit) == PSTM_OK);
    pstm_bend_run(bend, fit, vrms_m_s, eta, to, &count);
    pstm_bend_destroy(&bend);
    pstm_column_fit_destroy(&fit);
}

/* Layers of eta 0.1 over a velocity that grows: the effective eta of each time is that of their 4th moment.
 * */
START_TEST(an_effective_eta_leads_to_the_columns_of_its_layers)
{
    const pstm_grid grid = {.n_inline = 1, .n_crossline = 1, .n_times = N_TIMES, .time_step_s = 0.004};
    pstm_text text = {0};
    double fourth = 0, second = 0;
    for (int k = 0; k < N_TIMES; k++) {
        const double t0_s = k * grid.time_step_s, v2 = pow(1800 + 300 * t0_s, 2);
        const double below = k == 0 ? 0 : pow(1800 + 300 * (t0_s - grid.time_step_s), 2);
        second += k == 0 ? 0 : (v2 + below) / 2 * grid.time_step_s;
        fourth += k == 0 ? 0 : 1.8 * (v2 * v2 + below * below) / 2 * grid.time_step_s;
        vrms_m_s[k] = k == 0 ? 1800 : sqrt(second / t0_s);
        const double effective = k == 0 ? 0.1 : (fourth / t0_s / pow(vrms_m_s[k], 4) - 1) / 8;
        ck_assert(pstm_text_add(&text, "%.6f %.12f\n", t0_s, effective) == PSTM_OK);
    }
    const pstm_velocity_options options[2] = {{.eta = 0.1},
                                              {.eta_file = name, .eta_kind = PSTM_ETA_EFFECTIVE}};
    for (int i = 0; i < 2; i++) {
        pstm_eta *eta = NULL;
        ck_assert(pstm_eta_create(&options[i], text.bytes, &eta) == PSTM_OK);
        run(&grid, eta, columns[i]);
        pstm_eta_destroy(&eta);
    }
    for (int k = 50; k < N_TIMES; k++) {
        ck_assert_double_eq_tol(columns[1][0][k], columns[0][0][k], 2e-3);
        ck_assert_double_eq_tol(columns[1][1][k], columns[0][1][k], 3e-2);
        ck_assert_double_ge(columns[0][0][k], 0.15);
    }
    pstm_text_clear(&text);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("velocity/eta");
    TCase *tests = tcase_create("eta");
    tcase_add_test(tests, eta_is_linear_between_the_lines_of_a_text);
    tcase_add_test(tests, a_constant_is_the_same_at_all_times_and_none_is_none);
    tcase_add_test(tests, lines_that_are_no_eta_are_refused_with_their_place);
    tcase_add_test(tests, an_effective_eta_leads_to_the_columns_of_its_layers);
    suite_add_tcase(suite, tests);
    return suite;
}
