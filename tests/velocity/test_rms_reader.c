/* rms velocities of picks of each kind against sums over fine steps, and the range that holds them. */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "models.h"
#include "tests/check/suite.h"
#include "velocity/rms_reader.h"

/** The sums take midpoints of steps of 1/8 ms; layers end on steps. */
#define SUM_ERROR 2e-7
#define STEP_S 0.000125

enum { N_PICKS = 7, N_KINDS = 4 };

static const pstm_vpick picks[N_PICKS] = {{0.1, 1500}, {0.25, 1480},  {0.5, 1900}, {0.75, 2400},
                                          {1.0, 2300}, {1.5, 2300.5}, {1.8, 3000}};

/** v as the picks say it; layers are constant up to their picks. */
static double v_at(pstm_velocity_quantity quantity, const pstm_vpick *of, int n, double t_s)
{
    int k = 0;
    while (k < n && of[k].t_s < t_s)
        k++;
    if (k == n) return of[n - 1].v_m_s;
    if (k == 0 || quantity == PSTM_VELOCITY_LAYERS) return of[k].v_m_s;
    const double part = (t_s - of[k - 1].t_s) / (of[k].t_s - of[k - 1].t_s);
    return of[k - 1].v_m_s + part * (of[k].v_m_s - of[k - 1].v_m_s);
}

/** The interval velocity at a time, of averages by the depths a little before and after. */
static double w_at(pstm_velocity_quantity quantity, double t_s)
{
    const double d = STEP_S / 4;
    if (quantity != PSTM_VELOCITY_AVERAGE) return v_at(quantity, picks, N_PICKS, t_s);
    return (v_at(quantity, picks, N_PICKS, t_s + d) * (t_s + d) -
            v_at(quantity, picks, N_PICKS, t_s - d) * (t_s - d)) /
           (2 * d);
}

START_TEST(rms_velocities_are_those_of_sums)
{
    const pstm_velocity_quantity quantity = (pstm_velocity_quantity)_i;
    pstm_vreader reader = {.quantity = quantity, .picks = picks, .n = N_PICKS};
    double sum = 0, least, most;
    pstm_vreader_range(&reader, &least, &most);
    for (int k = 0; k < 20000; k++) {
        const double w = w_at(quantity, (k + 0.5) * STEP_S), t_s = (k + 1) * STEP_S;
        sum += w * w * STEP_S;
        const double found = pstm_vreader_at(&reader, t_s);
        const double wanted =
            quantity == PSTM_VELOCITY_RMS ? v_at(quantity, picks, N_PICKS, t_s) : sqrt(sum / t_s);
        ck_assert_double_eq_tol(found / wanted, 1, SUM_ERROR);
        ck_assert(found >= least * (1 - 1e-12) && found <= most * (1 + 1e-12));
    }
}
END_TEST

/** A reader asked at few times says what one that is asked at many does. */
START_TEST(values_do_not_depend_on_the_times_asked_before)
{
    pstm_vreader many = {.quantity = (pstm_velocity_quantity)_i, .picks = picks, .n = N_PICKS};
    for (int k = 0; k <= 50; k++) {
        pstm_vreader one = {.quantity = (pstm_velocity_quantity)_i, .picks = picks, .n = N_PICKS};
        ck_assert_double_eq(pstm_vreader_at(&many, 0.05 * k), pstm_vreader_at(&one, 0.05 * k));
    }
}
END_TEST

START_TEST(constants_stay_and_dix_goes_back)
{
    const pstm_vpick constant[] = {{0, 2000}, {1, 2000}}, layers[] = {{0, 1}, {0.5, 1500}, {1.5, 2500}};
    pstm_vreader reader = {.quantity = (pstm_velocity_quantity)_i, .picks = constant, .n = 2};
    ck_assert_double_eq_tol(pstm_vreader_at(&reader, 0), 2000, 1e-9);
    ck_assert_double_eq_tol(pstm_vreader_at(&reader, 0.7), 2000, 1e-9);
    ck_assert_double_eq_tol(pstm_vreader_at(&reader, 3), 2000, 1e-9);
    if (_i != PSTM_VELOCITY_LAYERS) return;
    /* A layer without length counts nothing, and Dix's formula gives the layers back. */
    pstm_vreader of_layers = {.quantity = PSTM_VELOCITY_LAYERS, .picks = layers, .n = 3};
    ck_assert_double_eq_tol(pstm_vreader_at(&of_layers, 0), 1500, 1e-9);
    const double a = pstm_vreader_at(&of_layers, 0.5), b = pstm_vreader_at(&of_layers, 1.5);
    ck_assert_double_eq_tol(a, 1500, 1e-9);
    ck_assert_double_eq_tol(sqrt((b * b * 1.5 - a * a * 0.5) / 1.0), 2500, 1e-9);
}
END_TEST

START_TEST(a_depth_that_falls_is_refused)
{
    static char name[] = "v.txt";
    const pstm_velocity_options options = {
        .file = name, .scale = 1, .unit_m_s = 1, .quantity = PSTM_VELOCITY_AVERAGE};
    pstm_velocity *velocity = NULL;
    ck_assert_int_eq(pstm_velocity_create(&options, "1 3000\n1.2 2000\n", &velocity), PSTM_DATA);
    ck_assert(strstr(pstm_error_text(), "v.txt:1: the average velocities") != NULL);
    ck_assert_int_eq(pstm_velocity_create(&options, "1 3000\n1.2 2900\n", &velocity), PSTM_OK);
    ck_assert(velocity->range.least_m_s < 2300 && velocity->range.least_m_s > 2200);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/* ---- how texts are read -------------------------------------------------------------------------------- */

static pstm_status read_with(const char *text, pstm_velocity_places places, pstm_velocity_times times,
                             pstm_velocity **out)
{
    static char name[] = "v.txt";
    static pstm_grid grid;
    grid = (pstm_grid){.origin_x_m = 5000,
                       .origin_y_m = 7000,
                       .azimuth_deg = 30,
                       .n_inline = 50,
                       .n_crossline = 40,
                       .step_inline_m = 20,
                       .step_crossline_m = 30,
                       .first_inline = 100,
                       .first_crossline = 200,
                       .n_times = 10,
                       .time_step_s = 0.1};
    pstm_grid_prepare(&grid);
    const pstm_velocity_options options = {
        .file = name, .scale = 1, .unit_m_s = 1, .places = places, .times = times, .grid = &grid};
    return pstm_velocity_create(&options, text, out);
}

static void assert_same(const char *text, pstm_velocity_places places, pstm_velocity_times times,
                        const char *as)
{
    pstm_velocity *a = NULL, *b = NULL;
    pstm_text text_a = {0}, text_b = {0};
    ck_assert_msg(read_with(text, places, times, &a) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_msg(read_with(as, PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, &b) == PSTM_OK, "%s", pstm_error_text());
    ck_assert(pstm_velocity_describe(a, &text_a) == PSTM_OK && pstm_velocity_describe(b, &text_b) == PSTM_OK);
    ck_assert_str_eq(text_a.bytes, text_b.bytes);
    pstm_text_clear(&text_a);
    pstm_text_clear(&text_b);
    pstm_velocity_destroy(&a);
    pstm_velocity_destroy(&b);
}

START_TEST(texts_are_read_as_they_are_written)
{
    assert_same("0,1500\n 0.2 , 2000 # end\n", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, "0 1500\n.2 2000\n");
    assert_same("7;8;0;1500\n", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, "7 8 0 1500\n");
    assert_same("0\t1500\n248 2000\n", PSTM_PLACES_AUTO, PSTM_TIMES_MS, "0 1500\n0.248 2000\n");
    assert_same("100 200 0 1500\n", PSTM_PLACES_LABELS, PSTM_TIMES_S, "5000 7000 0 1500\n");
}
END_TEST

START_TEST(numbers_of_lines_are_places_of_the_grid)
{
    pstm_velocity *velocity = NULL;
    ck_assert(read_with("100 200 0 1500\n110 200 0 2000\n100 220 0 3000\n", PSTM_PLACES_LABELS, PSTM_TIMES_S,
                        &velocity) == PSTM_OK);
    /* Inline 110 lies 200 m towards azimuth 120, crossline 220 lies 600 m towards 30. */
    ck_assert_double_eq_tol(model_at(velocity, 5000 + 200 * sin(M_PI / 1.5), 7000 + 200 * cos(M_PI / 1.5), 0),
                            2000, 1e-2);
    ck_assert_double_eq_tol(model_at(velocity, 5000 + 600 * sin(M_PI / 6), 7000 + 600 * cos(M_PI / 6), 0),
                            3000, 1e-2);
    pstm_velocity_destroy(&velocity);
}
END_TEST

static const struct {
    const char *text, *said;
    pstm_velocity_places places;
    pstm_velocity_times times;
} bad[] = {{"0,5 2000,0\n", "v.txt:1: \"0,5\"", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"0,5;2000\n", "v.txt:1: \"0,5;2000", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"0,1500,\n", "v.txt:1: \"0,1500,\"", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {",1500\n", "v.txt:1: \",1500\"", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"0,1500\n0.5 2000\n", "v.txt:2: \"2000\"", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"0 1500 , 2\n", "v.txt:1: \",\"", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"0 1500\n200 2000\n", "velocity.times: ms", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO},
           {"100.5 200 0 1500\n", "100.5 is no inline", PSTM_PLACES_LABELS, PSTM_TIMES_AUTO}};

START_TEST(texts_that_can_be_read_in_two_ways_are_refused)
{
    pstm_velocity *velocity = NULL;
    ck_assert_int_eq(read_with(bad[_i].text, bad[_i].places, bad[_i].times, &velocity), PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), bad[_i].said) != NULL, "%s", pstm_error_text());
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("rms_reader");
    TCase *tests = tcase_create("rms_reader");
    tcase_add_loop_test(tests, rms_velocities_are_those_of_sums, 0, N_KINDS);
    tcase_add_loop_test(tests, values_do_not_depend_on_the_times_asked_before, 0, N_KINDS);
    tcase_add_loop_test(tests, constants_stay_and_dix_goes_back, 0, N_KINDS);
    tcase_add_test(tests, a_depth_that_falls_is_refused);
    tcase_add_test(tests, texts_are_read_as_they_are_written);
    tcase_add_test(tests, numbers_of_lines_are_places_of_the_grid);
    tcase_add_loop_test(tests, texts_that_can_be_read_in_two_ways_are_refused, 0, sizeof bad / sizeof *bad);
    suite_add_tcase(suite, tests);
    return suite;
}
