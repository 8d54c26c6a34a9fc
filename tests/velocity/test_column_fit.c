/* Columns in time (velocity/column_fit.h): how far they depart from what the model says, for steps of output
 * from 0.5 to 16 ms. */
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "models.h"
#include "shapes.h"
#include "tests/check/suite.h"
#include "velocity/column_fit.h"

static const double STEPS_S[] = {0.0005, 0.001, 0.002, 0.004, 0.008, 0.016};
enum { N_STEPS = sizeof STEPS_S / sizeof *STEPS_S };

/** A model's input and column, and what the column is made of. */
typedef struct fitted {
    int32_t n_times;
    float *input;
    double *column;
    pstm_fit_count count;
} fitted;

static pstm_grid grid_of(double first_s, double step_s, double length_s)
{
    pstm_grid grid = model_grid();
    grid.time_first_s = first_s;
    grid.time_step_s = step_s;
    grid.n_times = (int32_t)lround(length_s / step_s) + 1;
    return grid;
}

static fitted fit_text(const char *text, const pstm_grid *grid)
{
    fitted made = {.n_times = grid->n_times};
    pstm_velocity *velocity = model_of_text(text);
    pstm_column_fit *fit = NULL;
    const double place_m = 0;
    ck_assert(PSTM_NEW(&made.input, grid->n_times, "input") == PSTM_OK);
    ck_assert(PSTM_NEW(&made.column, grid->n_times, "column") == PSTM_OK);
    const pstm_columns input = {.n_times = grid->n_times, .one_column = true, .vrms_m_s = made.input};
    ck_assert(pstm_velocity_inputs(velocity, &place_m, &place_m, 1, grid, &input) == PSTM_OK);
    ck_assert(pstm_column_fit_create(grid, &fit) == PSTM_OK);
    pstm_column_fit_run(fit, made.input, made.column, &made.count);
    pstm_column_fit_destroy(&fit);
    pstm_velocity_destroy(&velocity);
    return made;
}

static fitted fit_shape(shape kind, const pstm_grid *grid)
{
    pstm_text text = {0};
    shape_add(kind, &text);
    const fitted made = fit_text(text.bytes, grid);
    pstm_text_clear(&text);
    return made;
}

static void clear(fitted *made)
{
    PSTM_FREE(&made->input);
    PSTM_FREE(&made->column);
}

/** The largest departure, as a part of the input. */
static double departure_of(const fitted *made)
{
    double largest = 0;
    for (int32_t k = 0; k < made->n_times; k++)
        largest = fmax(largest, fabs(made->column[k] / (double)made->input[k] - 1));
    return largest;
}

/** By how much of the input's ends a column leaves its range. */
static double excess_of(const fitted *made)
{
    double least = INFINITY, most = 0, excess = 0;
    for (int32_t k = 0; k < made->n_times; k++) {
        least = fmin(least, (double)made->input[k]);
        most = fmax(most, (double)made->input[k]);
    }
    for (int32_t k = 0; k < made->n_times; k++)
        excess = fmax(excess, fmax(1 - made->column[k] / least, made->column[k] / most - 1));
    return excess;
}

START_TEST(smooth_picks_are_followed_within_a_tenth_of_a_percent)
{
    static const shape smooth[] = {LINEAR, SMOOTH_20, ROUNDED_20, SMOOTH_100, SMOOTH_300};
    const pstm_grid grid = grid_of(0, STEPS_S[_i], 4);
    for (size_t s = 0; s < sizeof smooth / sizeof *smooth; s++) {
        fitted made = fit_shape(smooth[s], &grid);
        ck_assert_msg(departure_of(&made) <= 1e-3, "%s: %g", shape_name(smooth[s]), departure_of(&made));
        ck_assert_int_eq(made.count.n_input, 0);
        clear(&made);
    }
}
END_TEST

START_TEST(kinks_are_followed_within_what_the_header_says_and_never_leave_the_range)
{
    static const shape kinked[] = {WATER_BOTTOM, LAYER, STEP};
    const pstm_grid grid = grid_of(0, STEPS_S[_i], 4);
    for (size_t s = 0; s < sizeof kinked / sizeof *kinked; s++) {
        fitted made = fit_shape(kinked[s], &grid);
        ck_assert_msg(departure_of(&made) <= PSTM_COLUMN_DEPARTURE, "%s: %g", shape_name(kinked[s]),
                      departure_of(&made));
        ck_assert_double_le(excess_of(&made), PSTM_COLUMN_DEPARTURE);
        ck_assert_int_gt(made.count.n_fine + made.count.n_input, 0);
        clear(&made);
    }
}
END_TEST

START_TEST(a_step_stays_within_its_sample_and_does_not_overshoot)
{
    const pstm_grid grid = grid_of(0, STEPS_S[_i], 4);
    fitted made = fit_shape(STEP, &grid);
    int32_t k = 0;
    while (made.input[k + 1] == made.input[0])
        k++;
    const int32_t after = made.input[k + 1] == made.input[made.n_times - 1] ? k + 1 : k + 2;
    ck_assert_double_eq_tol(made.column[k], 2000, 1e-6);
    ck_assert_double_eq_tol(made.column[after], 4000, 1e-6);
    ck_assert_double_le(excess_of(&made), PSTM_COLUMN_DEPARTURE);
    clear(&made);
}
END_TEST

START_TEST(a_constant_keeps_its_bits)
{
    static const char *const texts[] = {"0 2345.678\n", "0 1500\n", "0 4999.9997\n", "0.3 333.3\n"};
    for (int32_t n = 1; n < 400; n += 1 + n / 8) {
        pstm_grid grid = grid_of(0, STEPS_S[_i], 1);
        grid.n_times = n;
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            fitted made = fit_text(texts[t], &grid);
            for (int32_t k = 0; k < n; k++)
                ck_assert((float)made.column[k] == made.input[k]);
            ck_assert_int_eq(made.count.n, n);
            clear(&made);
        }
    }
}
END_TEST

START_TEST(what_is_linear_in_time_is_met_within_the_rounding_of_floats)
{
    const pstm_grid grid = grid_of(0.1, STEPS_S[_i], 5);
    fitted made = fit_shape(LINEAR, &grid);
    for (int32_t k = 0; k < made.n_times; k++)
        ck_assert_double_le(fabs(made.column[k] / (1700 + 400 * pstm_grid_time_s(&grid, k)) - 1), 6e-8);
    clear(&made);
}
END_TEST

/** The least-squares spline of one cell is the cubic through a cubic. */
START_TEST(a_cubic_is_met)
{
    enum { N = 200 };
    pstm_grid grid = grid_of(0, 0.004, 1);
    grid.n_times = N;
    float input[N];
    double column[N];
    pstm_fit_count count = {0};
    pstm_column_fit *fit = NULL;
    ck_assert(pstm_column_fit_create(&grid, &fit) == PSTM_OK);
    for (int k = 0; k < N; k++)
        input[k] = (float)(2000 + 10 * k - 0.08 * k * k + 0.0002 * k * k * k);
    pstm_column_fit_run(fit, input, column, &count);
    for (int k = 0; k < N; k++)
        ck_assert_double_eq_tol(column[k], 2000 + 10 * k - 0.08 * k * k + 0.0002 * k * k * k, 3e-4);
    pstm_column_fit_destroy(&fit);
    ck_assert_ptr_null(fit);
    pstm_column_fit_destroy(&fit);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("fit");
    tcase_add_loop_test(tests, smooth_picks_are_followed_within_a_tenth_of_a_percent, 0, N_STEPS);
    tcase_add_loop_test(tests, kinks_are_followed_within_what_the_header_says_and_never_leave_the_range, 0,
                        N_STEPS);
    tcase_add_loop_test(tests, a_step_stays_within_its_sample_and_does_not_overshoot, 0, N_STEPS);
    tcase_add_loop_test(tests, a_constant_keeps_its_bits, 0, N_STEPS);
    tcase_add_loop_test(tests, what_is_linear_in_time_is_met_within_the_rounding_of_floats, 0, N_STEPS);
    tcase_add_test(tests, a_cubic_is_met);
    Suite *suite = suite_create("velocity/column_fit");
    suite_add_tcase(suite, tests);
    return suite;
}
