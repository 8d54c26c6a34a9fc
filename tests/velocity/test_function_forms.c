/* Texts of velocity functions as other packages write them. */
#include <string.h>

#include "core/text.h"
#include "models.h"
#include "tests/check/suite.h"

/** Reads with inline and crossline numbers of a grid of n_inline lines. */
static pstm_status read_form(const char *text, int32_t n_inline, pstm_velocity_places places,
                             pstm_velocity_times times, pstm_velocity **out)
{
    static char name[] = "v.txt";
    static pstm_grid grid;
    grid = (pstm_grid){.origin_x_m = 5000,
                       .origin_y_m = 7000,
                       .azimuth_deg = 90,
                       .n_inline = n_inline,
                       .n_crossline = 400,
                       .step_inline_m = 20,
                       .step_crossline_m = 12.5,
                       .first_inline = 7,
                       .first_crossline = 100};
    pstm_grid_prepare(&grid);
    const pstm_velocity_options options = {
        .file = name, .scale = 1, .unit_m_s = 1, .places = places, .times = times, .grid = &grid};
    return pstm_velocity_create(&options, text, out);
}

static const char plain[] = "7 100 0 1500\n7 100 0.5 1900\n7 100 1.25 2500\n7 200 0 1520\n7 200 1 2200\n";
static const char unplaced[] = "0 1500\n0.5 1900\n";

static const struct {
    const char *text, *as;
    pstm_velocity_times times;
} forms[] = {
    {"VFUNC 7 100\n0 1500 500 1900\n1250 2500\nVFUNC 7 200\n0 1520 1000 2200\n", plain, PSTM_TIMES_MS},
    {"# picked in May\n\tVFUNC\t7\t100 # first\n0 1500\t500\n1900 1250 2500 VFUNC 7 200 0 1520 1000 2200",
     plain, PSTM_TIMES_MS},
    {"VFUNC 7 200\n0 1520 1 2200\nVFUNC 7 100\n0 1500 0.5 1900 1.25 2500", plain, PSTM_TIMES_S},
    {"cdp=100,200\ntnmo=0,0.5,1.25\nvnmo=1500,1900,2500\ntnmo=0,1\nvnmo=1520,2200\n", plain, PSTM_TIMES_AUTO},
    {"# sunmo\ncdp=100,200 \\\n vnmo=1500,1900,2500 tnmo=0,.5,1.25 \\\n tnmo=0,1 vnmo=1520,2200", plain,
     PSTM_TIMES_S},
    {"tnmo=0,0.5\nvnmo=1500,1900\n", unplaced, PSTM_TIMES_AUTO},
};

START_TEST(a_form_is_the_plain_text_that_says_the_same)
{
    pstm_velocity *a = NULL, *b = NULL;
    pstm_text text_a = {0}, text_b = {0};
    ck_assert_msg(read_form(forms[_i].text, 1, PSTM_PLACES_LABELS, forms[_i].times, &a) == PSTM_OK, "%s",
                  pstm_error_text());
    ck_assert(read_form(forms[_i].as, 1, PSTM_PLACES_LABELS, PSTM_TIMES_S, &b) == PSTM_OK);
    ck_assert(pstm_velocity_describe(a, &text_a) == PSTM_OK && pstm_velocity_describe(b, &text_b) == PSTM_OK);
    ck_assert_str_eq(text_a.bytes, text_b.bytes);
    pstm_text_clear(&text_a);
    pstm_text_clear(&text_b);
    pstm_velocity_destroy(&a);
    pstm_velocity_destroy(&b);
}
END_TEST

/** Coordinates of VFUNC are x and y where the job says so. */
START_TEST(vfunc_takes_coordinates)
{
    pstm_velocity *velocity = NULL;
    ck_assert(read_form("VFUNC 5000 7000 0 1500 VFUNC 6000 7000 0 2000", 9, PSTM_PLACES_COORDINATES,
                        PSTM_TIMES_MS, &velocity) == PSTM_OK);
    ck_assert_double_eq_tol(model_at(velocity, 5000, 7000, 3), 1500, 1e-3);
    ck_assert_double_eq_tol(model_at(velocity, 6000, 7000, 3), 2000, 1e-3);
    pstm_velocity_destroy(&velocity);
}
END_TEST

static const struct {
    const char *text, *said;
    pstm_velocity_places places;
    pstm_velocity_times times;
    int32_t n_inline;
} bad[] = {
    {"VFUNC 7 100\n0 1500\n", "set velocity.places", PSTM_PLACES_AUTO, PSTM_TIMES_MS, 1},
    {"VFUNC 7 100\n0 1500\n", "velocity.times (ms or s)", PSTM_PLACES_LABELS, PSTM_TIMES_AUTO, 1},
    {"VFUNC 7 100\n\n0 1500 500\n", "v.txt:4: \"\" where a pair", PSTM_PLACES_LABELS, PSTM_TIMES_MS, 1},
    {"VFUNC 7 100\n0 1500 500\nVFUNC 7 200\n0 1500\n", "v.txt:3: \"VFUNC\" where a pair", PSTM_PLACES_LABELS,
     PSTM_TIMES_MS, 1},
    {"VFUNC 7\nVFUNC 7 200\n0 1500\n", "v.txt:2: \"VFUNC\" where a place", PSTM_PLACES_LABELS, PSTM_TIMES_MS,
     1},
    {"VFUNC 7 100\nVFUNC 7 200\n0 1500\n", "v.txt:1: no pair", PSTM_PLACES_LABELS, PSTM_TIMES_MS, 1},
    {"VFUNC 7 100\n0 1500 400 1600 300 1700\n", "v.txt:2: time 0.3 s follows 0.4 s", PSTM_PLACES_LABELS,
     PSTM_TIMES_MS, 1},
    {"VFUNC 7 100\n0 1,5\n", "\"1,5\"", PSTM_PLACES_LABELS, PSTM_TIMES_MS, 1},
    {"VFUNC 7 100\n0 1500\nVFUNC 8 1 0 1500\nVFUNC 7 100 0 1600\n", "had a function on line 2",
     PSTM_PLACES_LABELS, PSTM_TIMES_MS, 1},
    {"cdp=1,2\ntnmo=0\nvnmo=1500\n", "2 CDP(s) and 1 whole function", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, 1},
    {"cdp=1\ntnmo=0\nvnmo=1500\ntnmo=0\nvnmo=1500", "v.txt:5: more functions than CDPs", PSTM_PLACES_AUTO,
     PSTM_TIMES_AUTO, 1},
    {"tnmo=0,1\nvnmo=1500\n", "2 times and 1 velocities", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, 1},
    {"tnmo=0\ntnmo=1\n", "v.txt:2: a second tnmo=", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, 1},
    {"tnmo=0, 1\nvnmo=1500,1600\n", "in a list of numbers", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, 1},
    {"tnmo=0\nvnmo=1500\nsmute=1.5\n", "v.txt:3: \"smute=1.5\" is none of", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO,
     1},
    {"cdp=1\ntnmo=0\nvnmo=1500", "velocity.places contradicts", PSTM_PLACES_COORDINATES, PSTM_TIMES_AUTO, 1},
    {"cdp=1\ntnmo=0\nvnmo=1500", "on a 2D line only", PSTM_PLACES_AUTO, PSTM_TIMES_AUTO, 2},
};

START_TEST(a_form_that_is_broken_or_ambiguous_is_refused)
{
    pstm_velocity *velocity = NULL;
    ck_assert_int_eq(read_form(bad[_i].text, bad[_i].n_inline, bad[_i].places, bad[_i].times, &velocity),
                     PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), bad[_i].said) != NULL, "%s", pstm_error_text());
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("function_forms");
    TCase *tests = tcase_create("function_forms");
    tcase_add_loop_test(tests, a_form_is_the_plain_text_that_says_the_same, 0, sizeof forms / sizeof *forms);
    tcase_add_test(tests, vfunc_takes_coordinates);
    tcase_add_loop_test(tests, a_form_that_is_broken_or_ambiguous_is_refused, 0, sizeof bad / sizeof *bad);
    suite_add_tcase(suite, tests);
    return suite;
}
