/* The kind `cube`: places and weights against formulas, what is mended, what is doubted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models.h"
#include "tests/check/suite.h"

/** Columns are rounded to single precision. */
#define ROUNDING 1e-7

/** A position from u and v, the inverse of the axes in models.c. */
static void place(double u, double v, double *x_m, double *y_m)
{
    const double a = 100 * (u - 10), b = 100 * (v - 50);
    *x_m = 100 + a * cos(0.3) - b * sin(0.3);
    *y_m = 200 + a * sin(0.3) + b * cos(0.3);
}

/** v of a node at a time: linear, constant beyond 1.6 s. */
static double node_at(int i, int j, double t_s)
{
    const float *column = cube_columns[i * CUBE_V + j];
    const int k = t_s >= 1.6 ? CUBE_T - 2 : (int)(t_s / 0.4);
    const double part = fmin((t_s - 0.4 * k) / 0.4, 1);
    return (double)column[k] + part * ((double)column[k + 1] - (double)column[k]);
}

static double bilinear(double u, double v, double t_s)
{
    const double p = fmin(fmax((u - 10) / 5, 0), CUBE_U - 1), q = fmin(fmax((v - 50) / 7, 0), CUBE_V - 1);
    const int i = fmin(floor(p), CUBE_U - 2), j = fmin(floor(q), CUBE_V - 2);
    double slowness2 = 0;
    for (int corner = 0; corner < 4; corner++) {
        const int di = corner / 2, dj = corner % 2;
        const double weight = (di ? p - i : 1 - p + i) * (dj ? q - j : 1 - q + j);
        slowness2 += weight / pow(node_at(i + di, j + dj, t_s), 2);
    }
    return 1 / sqrt(slowness2);
}

START_TEST(columns_are_bilinear_in_slowness_squared_and_linear_in_time)
{
    pstm_velocity *velocity = model_of_cube(new_cube(), 0.9);
    for (int n = 0; n < 400; n++) {
        const double u = 7 + 21.0 * (n % 20) / 19, v = 45 + 26.0 * (n / 20) / 19;
        double x_m, y_m;
        float column[N_TIMES];
        place(u, v, &x_m, &y_m);
        model_column(velocity, x_m, y_m, column);
        for (int k = 0; k < N_TIMES; k++)
            ck_assert_double_eq_tol(column[k] / (0.9 * bilinear(u, v, 0.1 * k)), 1, ROUNDING);
    }
    pstm_velocity_destroy(&velocity);
}
END_TEST

/** Numbers of a turned grid lie where the grid has them. */
START_TEST(numbers_are_those_of_the_grid)
{
    pstm_vcube *cube = new_cube();
    pstm_grid grid = {.origin_x_m = 4e5,
                      .origin_y_m = 6e6,
                      .azimuth_deg = 70,
                      .n_inline = 100,
                      .n_crossline = 100,
                      .step_inline_m = 20,
                      .step_crossline_m = 30,
                      .first_inline = 8,
                      .first_crossline = 45};
    double x_m, y_m;
    pstm_grid_prepare(&grid);
    pstm_cube_shape_use_labels(&cube->shape, &grid);
    pstm_grid_node(&grid, 5, 9, &x_m, &y_m); /* inline 13, crossline 54 */
    pstm_velocity *velocity = model_of_cube(cube, 1);
    for (int k = 0; k < N_TIMES; k++)
        ck_assert_double_eq_tol(model_at(velocity, x_m, y_m, k) / bilinear(13, 54, 0.1 * k), 1, ROUNDING);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/** A box is read with the columns of its holes, wherever they are from. */
START_TEST(a_hole_has_the_column_of_its_source)
{
    pstm_vcube *cube = new_cube();
    double x_m, y_m;
    cube->source[1 * CUBE_V + 1] = 3 * CUBE_V + 2;
    pstm_velocity *velocity = model_of_cube(cube, 1);
    place(15, 57, &x_m, &y_m);
    for (int k = 0; k < N_TIMES; k++)
        ck_assert_double_eq_tol(model_at(velocity, x_m, y_m, k) / node_at(3, 2, 0.1 * k), 1, 1e-6);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(what_is_held_is_counted)
{
    pstm_velocity *velocity = model_of_cube(new_cube(), 1);
    double x_m, y_m;
    place(11, 51, &x_m, &y_m);
    const pstm_box box = {x_m, x_m, y_m, y_m};
    ck_assert_int_ge(velocity->kind->held_bytes(velocity->self, &box), 4 * CUBE_T * 4);
    ck_assert_int_le(velocity->kind->held_bytes(velocity->self, &box), 9 * CUBE_T * 4 + 100);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(samples_that_are_no_velocity_are_those_of_their_neighbours)
{
    pstm_vcube *cube = new_cube();
    bool is_hole;
    float column[CUBE_T] = {0, 1600, NAN, 2000, 1e30F}, none[CUBE_T] = {0, -1, NAN, INFINITY, 1e30F};
    ck_assert(pstm_vcube_take(cube, "c", 1, 2, column, &is_hole) == PSTM_OK);
    ck_assert(!is_hole && column[0] == 1600 && column[2] == 1800 && column[4] == 2000);
    ck_assert_int_eq(cube->facts.n_dead, 3);
    ck_assert(cube->facts.dead_u == 15 && cube->facts.dead_v == 64 && cube->facts.dead_s == 0);
    ck_assert(pstm_vcube_take(cube, "c", 0, 0, none, &is_hole) == PSTM_OK);
    ck_assert(is_hole);
    ck_assert_int_eq(cube->facts.n_dead, 3);
    float absurd[CUBE_T] = {1500, 1500, 50, 1500, 1500};
    ck_assert_int_eq(pstm_vcube_take(cube, "c", 2, 1, absurd, &is_hole), PSTM_DATA);
    ck_assert(strstr(pstm_error_text(), "c: at inline 20, crossline 57, 0.8 s the velocity is 50 m/s") !=
              NULL);
    pstm_vcube_destroy(&cube);
}
END_TEST

/* ---- doubts -------------------------------------------------------------------------------------------- */

/** The doubts of the cube for a grid of 21 x 21 locations from (x, y) on, to a time. */
static pstm_doubts doubts_of(pstm_vcube *cube, double x_m, double y_m, int32_t n_times)
{
    pstm_doubts doubts = {0};
    pstm_grid grid = {.origin_x_m = x_m,
                      .origin_y_m = y_m,
                      .azimuth_deg = 0,
                      .n_inline = 21,
                      .n_crossline = 21,
                      .step_inline_m = 25,
                      .step_crossline_m = 25,
                      .n_times = n_times,
                      .time_step_s = 0.1};
    pstm_grid_prepare(&grid);
    ck_assert(pstm_vcube_doubt(cube, "c", &grid, &doubts) == PSTM_OK);
    pstm_vcube_destroy(&cube);
    return doubts;
}

static void assert_doubted(pstm_doubts doubts, pstm_doubt_kind kind, bool is_error)
{
    ck_assert_int_eq(doubts.n, 1);
    ck_assert_int_eq(doubts.items[0].kind, kind);
    ck_assert_int_eq(doubts.items[0].is_error, is_error);
    pstm_doubts_clear(&doubts);
}

/** Random velocities jump; what is asked here is something else. */
static pstm_vcube *calm_cube(void)
{
    pstm_vcube *cube = new_cube();
    cube->facts.n_jumps = 0;
    return cube;
}

START_TEST(a_cube_is_doubted_where_it_has_little_to_do_with_the_image)
{
    ck_assert_int_eq(doubts_of(calm_cube(), 200, 600, 18).n, 0);
    assert_doubted(doubts_of(calm_cube(), 200, -550, 18), PSTM_DOUBT_VELOCITY_PLACE, false);
    assert_doubted(doubts_of(calm_cube(), 9000, 200, 18), PSTM_DOUBT_VELOCITY_PLACE, true);
    assert_doubted(doubts_of(calm_cube(), 200, 600, 30), PSTM_DOUBT_VELOCITY_TIME, false);
    assert_doubted(doubts_of(calm_cube(), 200, 600, 400), PSTM_DOUBT_VELOCITY_TIME, true);
    pstm_vcube *cube = calm_cube();
    cube->facts.n_holes = 1;
    assert_doubted(doubts_of(cube, 200, 600, 18), PSTM_DOUBT_VELOCITY_HOLES, true);
    cube = calm_cube();
    cube->facts.n_jumps = 1, cube->facts.n_steps = 100;
    assert_doubted(doubts_of(cube, 200, 600, 18), PSTM_DOUBT_VELOCITY_JUMP, false);
    cube = calm_cube();
    cube->facts.n_jumps = 30, cube->facts.n_steps = 100;
    assert_doubted(doubts_of(cube, 200, 600, 18), PSTM_DOUBT_VELOCITY_JUMP, true);
}
END_TEST

START_TEST(steps_that_no_rms_velocity_takes_are_counted)
{
    pstm_vcube *cube = new_cube();
    bool is_hole;
    cube->facts.n_jumps = cube->facts.n_steps = 0;
    float falling[CUBE_T] = {3000, 3000, 3000, 1500, 1400};
    ck_assert(pstm_vcube_take(cube, "c", 0, 1, falling, &is_hole) == PSTM_OK);
    ck_assert_int_eq(cube->facts.n_steps, 4);
    ck_assert_int_eq(cube->facts.n_jumps, 1);
    ck_assert(cube->facts.jump[0].v_m_s == 3000 && cube->facts.jump[1].v_m_s == 1500);
    pstm_vcube_destroy(&cube);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("velocity_cube");
    TCase *tests = tcase_create("velocity_cube");
    tcase_add_test(tests, columns_are_bilinear_in_slowness_squared_and_linear_in_time);
    tcase_add_test(tests, numbers_are_those_of_the_grid);
    tcase_add_test(tests, a_hole_has_the_column_of_its_source);
    tcase_add_test(tests, what_is_held_is_counted);
    tcase_add_test(tests, samples_that_are_no_velocity_are_those_of_their_neighbours);
    tcase_add_test(tests, a_cube_is_doubted_where_it_has_little_to_do_with_the_image);
    tcase_add_test(tests, steps_that_no_rms_velocity_takes_are_counted);
    suite_add_tcase(suite, tests);
    return suite;
}
