#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "models.h"
#include "tests/check/suite.h"

/** A column is rounded to single precision (6e-8), and places to a 1e-8th of the survey's extent. */
#define RELATIVE_TOLERANCE 1e-6

static void check_near(double found, double wanted)
{
    ck_assert_msg(fabs(found - wanted) <= RELATIVE_TOLERANCE * fabs(wanted), "%.9g, not %.9g", found, wanted);
}

/** The velocity whose 1/v^2 is the weighted mean. */
static double mean(double weight_a, double a, double b)
{
    return 1 / sqrt(weight_a / (a * a) + (1 - weight_a) / (b * b));
}

/* ---- one function -------------------------------------------------------------------------------------- */

START_TEST(one_function_is_linear_in_time_and_constant_beyond_its_ends)
{
    pstm_velocity *velocity = model_of_text("# vrms\n0.25 1700\n\n 1.25\t2700 # deep\r\n1.5 2600");
    ck_assert(velocity->range.is_uniform);
    check_near(model_at(velocity, 0, 0, 0), 1700);
    check_near(model_at(velocity, 0, 0, 2), 1700);
    check_near(model_at(velocity, 5, 9, 3), 1750);
    check_near(model_at(velocity, 0, 0, 12), 2650);
    check_near(model_at(velocity, 0, 0, 14), 2640);
    check_near(model_at(velocity, 0, 0, 20), 2600);
    check_near(velocity->range.most_m_s, 2700 * (1 + 2e-3));
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(a_single_placed_function_holds_everywhere)
{
    pstm_velocity *velocity = model_of_text("606000 6077000 0 1500\n606000 6077000 1 2500\n");
    ck_assert(velocity->range.is_uniform);
    check_near(model_at(velocity, 0, 0, 5), 2000);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(units_and_scale_multiply_the_velocities_of_a_text)
{
    static char name[] = "v.txt";
    const pstm_velocity_options options = {.file = name, .scale = 1.1, .unit_m_s = 1000};
    pstm_velocity *velocity = NULL;
    ck_assert_msg(pstm_velocity_create(&options, "0 1.5\n2 3.5\n", &velocity) == PSTM_OK, "%s",
                  pstm_error_text());
    check_near(model_at(velocity, 0, 0, 10), 2750);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/* ---- between functions --------------------------------------------------------------------------------- */

START_TEST(two_functions_are_joined_linearly_in_slowness_squared_along_their_line)
{
    pstm_velocity *velocity = model_of_text("100 50 0 2000\n500 350 0 3000\n");
    ck_assert(!velocity->range.is_uniform);
    check_near(model_at(velocity, 100, 50, 0), 2000);
    check_near(model_at(velocity, 200, 125, 0), mean(0.75, 2000, 3000));
    /* Off the line by any distance: as at the foot. (4, 3)/5 is along, (-3, 4)/5 across. */
    check_near(model_at(velocity, 200 - 30, 125 + 40, 0), mean(0.75, 2000, 3000));
    check_near(model_at(velocity, -900, -700, 0), 2000);
    check_near(model_at(velocity, 900, 650, 0), 3000);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(functions_on_one_rounded_line_are_joined_in_the_order_along_it)
{
    /* Every 500 m towards azimuth 32.5, rounded to metres, written in disorder. */
    pstm_velocity *velocity =
        model_of_text("606537 6077843 0 2200\n606000 6077000 0 2000\n606269 6077422 0 2100\n"
                      "607075 6078687 0 2400\n606806 6078265 0 2300\n");
    for (int i = 0; i < 4; i++) {
        double along_m = 500 * (i + 0.5), azimuth = 32.5 * M_PI / 180;
        for (int side = -1; side <= 1; side++) {
            double x = 606000 + along_m * sin(azimuth) + 300 * side * cos(azimuth);
            double y = 6077000 + along_m * cos(azimuth) - 300 * side * sin(azimuth);
            /* A metre in 500 of the way from one function to the next. */
            ck_assert_double_eq_tol(model_at(velocity, x, y, 0), mean(0.5, 2000 + 100 * i, 2100 + 100 * i),
                                    0.5);
        }
    }
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(inside_a_triangle_the_weights_are_barycentric)
{
    pstm_velocity *velocity = model_of_text("0 0 0 2000\n1000 0 0 3000\n0 1000 0 4000\n");
    double wanted = 1 / sqrt(0.5 / 4e6 + 0.3 / 9e6 + 0.2 / 16e6);
    check_near(model_at(velocity, 300, 200, 0), wanted);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(outside_the_triangles_the_nearest_point_of_the_rim_counts)
{
    pstm_velocity *velocity = model_of_text("0 0 0 2000\n1000 0 0 3000\n0 1000 0 4000\n");
    check_near(model_at(velocity, 250, -5000, 0), mean(0.75, 2000, 3000));
    check_near(model_at(velocity, -1, 250, 0), mean(0.75, 2000, 4000));
    check_near(model_at(velocity, -1e7, -1e7, 0), 2000);
    check_near(model_at(velocity, 5000, 0, 0), 3000);
    check_near(model_at(velocity, 600, 600, 0), mean(0.5, 3000, 4000));
    pstm_velocity_destroy(&velocity);
}
END_TEST

enum { N_GRID_INLINE = 9, N_GRID_CROSSLINE = 11 };

/** A rotated grid whose nodes have a function each. */
static pstm_grid make_function_grid(void)
{
    pstm_grid grid = {.origin_x_m = 606000,
                      .origin_y_m = 6077000,
                      .azimuth_deg = 32.5,
                      .step_inline_m = 1500,
                      .step_crossline_m = 2000};
    pstm_grid_prepare(&grid);
    return grid;
}

/** 1/v^2 that is linear in x and y. */
static double plane_slowness2(double x_m, double y_m)
{
    return 2e-7 + 1e-12 * (x_m - 606000) - 2e-12 * (y_m - 6077000);
}

/** Functions at the nodes, rounded to centimetres: the plane, or 2000 and 2500 m/s by turns of j. */
static pstm_velocity *make_on_grid(bool is_plane)
{
    pstm_text text = {0};
    pstm_grid grid = make_function_grid();
    for (int i = 0; i < N_GRID_INLINE; i++) {
        for (int j = 0; j < N_GRID_CROSSLINE; j++) {
            double x, y;
            pstm_grid_node(&grid, i, j, &x, &y);
            x = round(x * 100) / 100;
            y = round(y * 100) / 100;
            double v = is_plane ? 1 / sqrt(plane_slowness2(x, y)) : 2000 + 500 * (j % 2);
            ck_assert(pstm_text_add(&text, "%.2f %.2f 0 %.17g\n", x, y, v) == PSTM_OK);
        }
    }
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_text_clear(&text);
    return velocity;
}

/** World position of fractional indices. */
static void position_of(double i, double j, double *x_m, double *y_m)
{
    pstm_grid fine = make_function_grid();
    fine.step_inline_m /= 100;
    fine.step_crossline_m /= 100;
    pstm_grid_node(&fine, llround(100 * i), llround(100 * j), x_m, y_m);
}

START_TEST(slowness_squared_that_is_linear_in_space_is_met_exactly_inside)
{
    pstm_velocity *velocity = make_on_grid(true);
    for (double i = 0.1; i < N_GRID_INLINE - 1; i += 0.1) {
        for (double j = 0.1; j < N_GRID_CROSSLINE - 1; j += 0.1) {
            double x, y;
            position_of(i, j, &x, &y);
            check_near(model_at(velocity, x, y, 0), 1 / sqrt(plane_slowness2(x, y)));
        }
    }
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(beside_a_rounded_grid_the_nearest_two_functions_of_its_rim_count)
{
    /* Rounding bends the rim by centimetres, so that its convex hull jumps over some functions. */
    pstm_velocity *velocity = make_on_grid(false);
    for (int percent = 0; percent <= 100 * (N_GRID_CROSSLINE - 1); percent++) {
        int j = percent / 100;
        double part = 0.01 * (percent % 100), here = 2000 + 500 * (j % 2), next = 4500 - here;
        for (int side = 0; side < 2; side++) {
            double x, y;
            position_of(side == 0 ? -2 : N_GRID_INLINE + 1, 0.01 * percent, &x, &y);
            /* The foot moves by the bend of the rim, 1e-5, times 3 km: 2e-5 of the way to the next. */
            ck_assert_double_eq_tol(model_at(velocity, x, y, 0), mean(1 - part, here, next), 0.02);
        }
    }
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(every_function_is_met_at_its_place_however_flat_the_rim)
{
    /* A slender outline whose tips and bumps are themselves functions. */
    static const double places[][2] = {{0, 0},     {1000, 0.4},  {2000, 0},    {3000, 0.4},
                                       {4000, 0},  {2000, 90},   {1000, 89.9}, {3000, 89.9},
                                       {-900, 45}, {4900, 45.1}, {2000.5, 45}, {1999, 44}};
    enum { N = sizeof places / sizeof *places };
    pstm_text text = {0};
    for (int i = 0; i < N; i++)
        ck_assert(pstm_text_add(&text, "%g %g 0 %d\n", places[i][0], places[i][1], 1000 + 100 * i) ==
                  PSTM_OK);
    pstm_velocity *velocity = model_of_text(text.bytes);
    for (int i = 0; i < N; i++) {
        double found = model_at(velocity, places[i][0], places[i][1], 0);
        /* The lattice moves places by 3e-5 m, up to 3e-5 of the spacing of the closest two. */
        ck_assert_msg(fabs(found - (1000 + 100 * i)) < 0.05, "function %d: %g", i, found);
    }
    pstm_velocity_destroy(&velocity);
    pstm_text_clear(&text);
}
END_TEST

/* ---- canonical text ------------------------------------------------------------------------------------ */

START_TEST(the_canonical_text_makes_the_same_velocity_bit_for_bit)
{
    pstm_velocity *velocity = NULL, *again = NULL;
    ck_assert(model_read("0.1 0.1 0 6001.7\n0.1 0.1 1 7000.3\n3e5 0 0 6500.1\n0.3 7e5 0 9000.7", 0.3048,
                         &velocity) == PSTM_OK);
    pstm_text text = {0}, text_again = {0};
    ck_assert(pstm_velocity_describe(velocity, &text) == PSTM_OK);
    ck_assert(model_read(text.bytes, 1, &again) == PSTM_OK);
    ck_assert(pstm_velocity_describe(again, &text_again) == PSTM_OK);
    ck_assert_str_eq(text.bytes, text_again.bytes);
    for (int i = 0; i < 200; i++) {
        float a[N_TIMES], b[N_TIMES];
        model_column(velocity, 1777.7 * i - 20000, 3771.3 * i - 30000, a);
        model_column(again, 1777.7 * i - 20000, 3771.3 * i - 30000, b);
        ck_assert_mem_eq(a, b, sizeof a);
    }
    pstm_text_clear(&text);
    pstm_text_clear(&text_again);
    pstm_velocity_destroy(&velocity);
    pstm_velocity_destroy(&again);
}
END_TEST

START_TEST(the_canonical_text_forgets_order_and_comments_but_no_value)
{
    static const char *const texts[3] = {"1 2 0 2000\n1 2 1 2500\n-0 5 0 1800\n",
                                         "# other\n0 5 0 1.8e3\n\n1 2 0.0 2000 # here\n1.0 2 1 2500",
                                         "1 2 0 2000\n1 2 1 2500.0001\n0 5 0 1800\n"};
    pstm_text described[3] = {{0}};
    for (int i = 0; i < 3; i++) {
        pstm_velocity *velocity = model_of_text(texts[i]);
        ck_assert(pstm_velocity_describe(velocity, &described[i]) == PSTM_OK);
        pstm_velocity_destroy(&velocity);
    }
    ck_assert_str_eq(described[0].bytes, described[1].bytes);
    ck_assert_str_ne(described[0].bytes, described[2].bytes);
    for (int i = 0; i < 3; i++)
        pstm_text_clear(&described[i]);
}
END_TEST

/* ---- what is refused ----------------------------------------------------------------------------------- */

static const struct {
    const char *text, *place, *words;
} REFUSED[] = {
    {"", "v.txt:", "no velocity in it"},
    {"# only a comment\n\n", "v.txt:", "no velocity in it"},
    {"0 2000\n0.5 2.1km\n", "v.txt:2:", "\"2.1km\" is not a finite number"},
    {"0,5 2000,0\n", "v.txt:1:", "\"0,5\" is not a finite number; numbers have a decimal point"},
    {"0.5\xc2\xa0"
     "2000\n",
     "v.txt:1:", "U+00A0 (a non-breaking space) looks like a blank"},
    {"0 2000\n0,5 2100\n", "v.txt:2:", "\"0,5\" is not a finite number; numbers have a decimal point"},
    {"0 2000\r1 2100\r", "v.txt:1:", "is not a finite number"}, /* plain_text.h has made LF of CR */
    {"\xe2\x88\x92"
     "5 0 0 2000\n",
     "v.txt:1:", "U+2212 (a minus sign)"},
    {"0 nan\n", "v.txt:1:", "\"nan\" is not a finite number"},
    {"0 inf\n", "v.txt:1:", "\"inf\" is not a finite number"},
    {"0 2000\n1\n", "v.txt:2:", "1 numbers on the line"},
    {"0 2000 1\n", "v.txt:1:", "3 numbers on the line"},
    {"1 2 0 2000 5\n", "v.txt:1:", "5 numbers on the line"},
    {"\n0 2000\n1 2 3 2000\n", "v.txt:3:", "2 on line 2"},
    {"0 2000\n0.5 2100\n0.5 2200\n", "v.txt:3:", "must rise"},
    {"0 2000\n0.5 2100\n0.4 2200\n", "v.txt:3:", "must rise"},
    {"0 2000\n500 2100\n", "v.txt:2:", "set velocity.times: ms"},
    {"-0.1 2000\n", "v.txt:1:", "outside 0 to 100 s"},
    {"0 2.0\n", "v.txt:1:", "set velocity.units"},
    {"0 2000\n1 10001\n", "v.txt:2:", "outside 100 to 10000 m/s"},
    {"0 -2000\n", "v.txt:1:", "outside 100 to 10000 m/s"},
    {"1e300 0 0 2000\n", "v.txt:1:", "no world position"},
    {"1 1 0 2000\n2 1 0 2000\n1 1 1 2000\n", "v.txt:3:", "had a function on line 1 already"},
    {"0 0 0 2000\n1e6 0 0 2000\n0 1e6 0 2000\n0 0.001 0 2000\n", "v.txt:", "too close to be told apart"},
};

START_TEST(a_bad_text_is_refused_with_its_place_and_the_remedy)
{
    pstm_velocity *velocity = NULL;
    ck_assert_int_eq(model_read(REFUSED[_i].text, 1, &velocity), PSTM_DATA);
    ck_assert_ptr_null(velocity);
    const char *error = pstm_error_text();
    ck_assert_msg(strncmp(error, REFUSED[_i].place, strlen(REFUSED[_i].place)) == 0, "%s", error);
    ck_assert_msg(strstr(error, REFUSED[_i].words) != NULL, "%s", error);
}
END_TEST

START_TEST(a_dense_lattice_of_functions_is_met_at_every_one_of_them)
{
    /* Every four neighbours lie on one circle, and whole rows on the hull. */
    enum { SIDE = 80 };
    pstm_text text = {0};
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            ck_assert(pstm_text_add(&text, "%d %d 0 %d\n", 25 * i, 12 * j, 2000 + i + j) == PSTM_OK);
    pstm_velocity *velocity = model_of_text(text.bytes);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            check_near(model_at(velocity, 25 * i, 12 * j, 4), 2000 + i + j);
    pstm_velocity_destroy(&velocity);
    pstm_text_clear(&text);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("functions");
    tcase_add_test(tests, one_function_is_linear_in_time_and_constant_beyond_its_ends);
    tcase_add_test(tests, a_single_placed_function_holds_everywhere);
    tcase_add_test(tests, units_and_scale_multiply_the_velocities_of_a_text);
    tcase_add_test(tests, two_functions_are_joined_linearly_in_slowness_squared_along_their_line);
    tcase_add_test(tests, functions_on_one_rounded_line_are_joined_in_the_order_along_it);
    tcase_add_test(tests, inside_a_triangle_the_weights_are_barycentric);
    tcase_add_test(tests, outside_the_triangles_the_nearest_point_of_the_rim_counts);
    tcase_add_test(tests, slowness_squared_that_is_linear_in_space_is_met_exactly_inside);
    tcase_add_test(tests, beside_a_rounded_grid_the_nearest_two_functions_of_its_rim_count);
    tcase_add_test(tests, every_function_is_met_at_its_place_however_flat_the_rim);
    tcase_add_test(tests, the_canonical_text_makes_the_same_velocity_bit_for_bit);
    tcase_add_test(tests, the_canonical_text_forgets_order_and_comments_but_no_value);
    tcase_add_loop_test(tests, a_bad_text_is_refused_with_its_place_and_the_remedy, 0,
                        (int)(sizeof REFUSED / sizeof *REFUSED));
    tcase_add_test(tests, a_dense_lattice_of_functions_is_met_at_every_one_of_them);
    Suite *suite = suite_create("velocity/functions");
    suite_add_tcase(suite, tests);
    return suite;
}
