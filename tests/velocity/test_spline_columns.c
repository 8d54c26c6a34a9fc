/* Columns over the grid (velocity/model.h, velocity/nodes.h): bits, departures from the model, range and
 * bytes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "models.h"
#include "tests/check/suite.h"

/* ---- models and grids ---------------------------------------------------------------------------------- */

/** Random numbers in [-1, 1), the same everywhere. */
static double random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return 2 * (double)(*state >> 11) / 9007199254740992.0 - 1;
}

/** A function every spacing_m from -2 to 4 km either way, at random within a part of 2000 + 500 t. */
static pstm_velocity *random_functions(double spacing_m, double part)
{
    uint64_t state = 77;
    pstm_text text = {0};
    for (double x_m = -2000; x_m <= 4000; x_m += spacing_m)
        for (double y_m = -2000; y_m <= 4000; y_m += spacing_m)
            for (int pick = 0; pick <= 2; pick++)
                ck_assert(pstm_text_add(&text, "%g %g %d %.9g\n", x_m, y_m, pick,
                                        (2000 + 500 * pick) * (1 + part * random_next(&state))) == PSTM_OK);
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_text_clear(&text);
    return velocity;
}

static pstm_grid grid_of(int32_t n_inline, int32_t n_crossline, double step_inline_m, double step_crossline_m,
                         double azimuth_deg)
{
    pstm_grid grid = model_grid();
    grid.n_inline = n_inline;
    grid.n_crossline = n_crossline;
    grid.step_inline_m = step_inline_m;
    grid.step_crossline_m = step_crossline_m;
    grid.azimuth_deg = azimuth_deg;
    pstm_grid_prepare(&grid);
    return grid;
}

/** The columns of an area, [location][k]; the caller's. */
static float *columns_of(const pstm_velocity *velocity, const pstm_grid *grid, const pstm_grid_area *area)
{
    const int64_t n = (int64_t)(area->i_end - area->i_begin) * (area->j_end - area->j_begin);
    pstm_columns columns;
    ck_assert(pstm_columns_create(pstm_field_bit(PSTM_FIELD_VRMS), n, grid->n_times, &columns) == PSTM_OK);
    ck_assert_msg(pstm_velocity_columns(velocity, grid, area, &columns) == PSTM_OK, "%s", pstm_error_text());
    return columns.vrms_m_s;
}

static pstm_grid_area whole(const pstm_grid *grid)
{
    return (pstm_grid_area){0, grid->n_inline, 0, grid->n_crossline};
}

/* ---- bits ---------------------------------------------------------------------------------------------- */

/** Steps with which nodes are every 16th, 8th, 4th, 2nd and each location, and grids of one line. */
static const struct {
    int32_t n_inline, n_crossline;
    double step_inline_m, step_crossline_m;
} GRIDS[] = {{21, 37, 12.5, 12.5}, {10, 35, 25, 12.5}, {18, 9, 75, 30}, {5, 19, 300, 150},
             {1, 50, 12.5, 12.5},  {33, 1, 20, 20},    {1, 1, 10, 10}};
enum { N_GRIDS = sizeof GRIDS / sizeof *GRIDS };

START_TEST(a_column_does_not_depend_on_what_else_is_asked)
{
    const pstm_grid grid = grid_of(GRIDS[_i].n_inline, GRIDS[_i].n_crossline, GRIDS[_i].step_inline_m,
                                   GRIDS[_i].step_crossline_m, 32.5);
    static const int32_t sizes[][2] = {{2, 3}, {16, 16}, {7, 5}, {1, 64}};
    const pstm_grid_area all = whole(&grid);
    pstm_velocity *velocity = random_functions(400, 0.05);
    float *wanted = columns_of(velocity, &grid, &all);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (int32_t i = 0; i < grid.n_inline; i += sizes[s][0]) {
            for (int32_t j = 0; j < grid.n_crossline; j += sizes[s][1]) {
                const int32_t i_end = i + sizes[s][0], j_end = j + sizes[s][1];
                const pstm_grid_area area = {i, i_end < grid.n_inline ? i_end : grid.n_inline, j,
                                             j_end < grid.n_crossline ? j_end : grid.n_crossline};
                float *found = columns_of(velocity, &grid, &area), *column = found;
                for (int32_t a = area.i_begin; a < area.i_end; a++)
                    for (int32_t b = area.j_begin; b < area.j_end; b++, column += N_TIMES)
                        ck_assert_mem_eq(column, wanted + ((int64_t)a * grid.n_crossline + b) * N_TIMES,
                                         N_TIMES * sizeof *column);
                PSTM_FREE(&found);
            }
        }
    }
    PSTM_FREE(&wanted);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(equal_functions_at_all_places_keep_the_bits_of_a_constant)
{
    const pstm_grid grid = grid_of(40, 40, 12.5, 25, 10);
    const pstm_grid_area all = whole(&grid);
    pstm_velocity *velocity = model_of_text("0 0 0 2345.678\n700 0 1 2345.678\n0 900 0 2345.678\n");
    ck_assert(!velocity->range.is_uniform);
    float *found = columns_of(velocity, &grid, &all);
    for (int i = 0; i < 40 * 40 * N_TIMES; i++)
        ck_assert(found[i] == (float)2345.678);
    PSTM_FREE(&found);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/* ---- departures ---------------------------------------------------------------------------------------- */

typedef struct departure {
    double rms, most; /* parts of the input */
} departure;

/** Of the columns from what the model says at each location of an area, at all times. */
static departure departure_of(const pstm_velocity *velocity, const pstm_grid *grid,
                              const pstm_grid_area *area)
{
    departure found = {0};
    int64_t n = 0;
    float *columns = columns_of(velocity, grid, area), *column = columns, input[N_TIMES];
    for (int32_t i = area->i_begin; i < area->i_end; i++) {
        for (int32_t j = area->j_begin; j < area->j_end; j++, column += N_TIMES) {
            double x_m, y_m;
            pstm_grid_node(grid, i, j, &x_m, &y_m);
            model_column(velocity, x_m, y_m, input);
            for (int k = 0; k < N_TIMES; k++, n++) {
                const double departs = fabs((double)column[k] / (double)input[k] - 1);
                found.rms += departs * departs;
                found.most = fmax(found.most, departs);
            }
        }
    }
    found.rms = sqrt(found.rms / (double)n);
    PSTM_FREE(&columns);
    return found;
}

/** What docs/decisions/0015-columns.md says of random functions: rms and largest, in percent. */
static const struct {
    double spacing_m, part, step_m, rms, most;
} RANDOM[] = {{500, 0.02, 6.25, 0.04, 0.27},
              {500, 0.02, 12.5, 0.1, 0.6},
              {250, 0.05, 6.25, 0.25, 1.7},
              {250, 0.05, 12.5, 0.75, 4.2}};
enum { N_RANDOM = sizeof RANDOM / sizeof *RANDOM };

START_TEST(random_functions_are_followed_as_far_as_the_decision_says)
{
    const pstm_grid grid = grid_of(160, 160, RANDOM[_i].step_m, RANDOM[_i].step_m, 0);
    const pstm_grid_area all = whole(&grid);
    pstm_velocity *velocity = random_functions(RANDOM[_i].spacing_m, RANDOM[_i].part);
    const departure found = departure_of(velocity, &grid, &all);
    ck_assert_msg(100 * found.rms <= RANDOM[_i].rms && 100 * found.most <= RANDOM[_i].most,
                  "%g %% rms, %g %% at most", 100 * found.rms, 100 * found.most);
    ck_assert_double_ge(100 * found.rms, RANDOM[_i].rms / 2);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/** v that varies smoothly over the places: 1 % over some kilometres. */
START_TEST(smooth_change_is_followed_up_to_the_last_location)
{
    pstm_text text = {0};
    for (int x = -30; x <= 90; x++)
        for (int y = -30; y <= 90; y++)
            ck_assert(pstm_text_add(&text, "%d %d 0 %.9g\n", 50 * x, 50 * y,
                                    2000 * (1 + 0.02 * sin(0.05 * x) * cos(0.06 * y))) == PSTM_OK);
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_text_clear(&text);
    const pstm_grid grid = grid_of(16 * 3 + 5, 16 * 4 + 5, 12.5, 12.5, 0);
    const pstm_grid_area last = {16 * 3, 16 * 3 + 5, 16 * 4, 16 * 4 + 5}, all = whole(&grid);
    const departure at_end = departure_of(velocity, &grid, &last),
                    anywhere = departure_of(velocity, &grid, &all);
    ck_assert_double_le(anywhere.most, 1e-4);
    ck_assert_double_le(at_end.rms, 1.5 * anywhere.rms);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(where_bins_are_wide_each_location_has_its_own_column)
{
    const pstm_grid grid = grid_of(9, 9, 450, 450, 0);
    const pstm_grid_area all = whole(&grid);
    pstm_velocity *velocity = random_functions(300, 0.2);
    ck_assert_double_le(departure_of(velocity, &grid, &all).most, 2e-3);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(on_a_line_nothing_beside_it_counts)
{
    /* Velocities jump beside the line, but not on it. */
    const pstm_grid line = grid_of(1, 60, 12.5, 12.5, 0);
    const pstm_grid_area all = whole(&line);
    pstm_velocity *velocity =
        model_of_text("-10 -4000 0 2000\n-10 4000 0 2000\n10 -4000 0 2000\n10 4000 0 2000\n"
                      "-60 -4000 0 4000\n-60 4000 0 4000\n60 -4000 0 1000\n60 4000 0 1000\n");
    float *found = columns_of(velocity, &line, &all);
    for (int i = 0; i < 60 * N_TIMES; i++)
        ck_assert_double_eq_tol((double)found[i], 2000, 2e-4);
    PSTM_FREE(&found);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(what_is_told_of_departures_is_found_where_it_says)
{
    const pstm_grid grid = grid_of(61, 83, 12.5, 12.5, 0);
    const pstm_grid_area all = whole(&grid);
    pstm_velocity *velocity = random_functions(250, 0.05);
    const departure anywhere = departure_of(velocity, &grid, &all);
    pstm_column_departures told;
    ck_assert(pstm_velocity_departures(velocity, &grid, pstm_field_bit(PSTM_FIELD_VRMS), &told) == PSTM_OK);
    const pstm_grid_area there = {told.largest_i, told.largest_i + 1, told.largest_j, told.largest_j + 1};
    ck_assert(told.largest == departure_of(velocity, &grid, &there).most);
    ck_assert_double_ge(told.largest, anywhere.most / 4);
    ck_assert_double_le(told.largest, anywhere.most);
    ck_assert_double_ge(told.rms, anywhere.rms / 2);
    ck_assert_double_le(told.rms, anywhere.rms * 2);
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(shares_of_a_uniform_column_are_told)
{
    pstm_grid grid = grid_of(40, 40, 12.5, 12.5, 0);
    grid.time_step_s = 0.002;
    grid.n_times = 1001;
    pstm_column_departures told;
    pstm_velocity *step = model_of_text("0 2000\n1.0065 2000\n1.0075 4000\n");
    ck_assert(pstm_velocity_departures(step, &grid, pstm_field_bit(PSTM_FIELD_VRMS), &told) == PSTM_OK);
    ck_assert(told.input_share > 0 && told.input_share < 0.1 && told.fine_share > 0 && told.fine_share < 0.2);
    ck_assert(told.largest > 0 && told.largest <= 2e-3 && told.rms > 0 && told.rms < told.largest);
    pstm_velocity_destroy(&step);
    pstm_velocity *constant = model_of_constant(2345.678);
    ck_assert(pstm_velocity_departures(constant, &grid, pstm_field_bit(PSTM_FIELD_VRMS), &told) == PSTM_OK);
    ck_assert(told.largest == 0 && told.rms == 0 && told.fine_share == 0 && told.input_share == 0);
    pstm_velocity_destroy(&constant);
}
END_TEST

/* ---- range --------------------------------------------------------------------------------------------- */

START_TEST(no_column_leaves_the_range)
{
    /* A cliff between functions 40 m apart, which a spline overshoots. */
    pstm_text text = {0};
    for (int x = -20; x <= 20; x++)
        ck_assert(pstm_text_add(&text, "%d 0 0 %d\n%d 900 0 %d\n", 40 * x, x < 0 ? 1500 : 5000, 40 * x,
                                x < 5 ? 1500 : 5000) == PSTM_OK);
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_text_clear(&text);
    pstm_grid grid = grid_of(50, 50, 12.5, 12.5, 20);
    grid.origin_x_m = -300;
    const pstm_grid_area all = whole(&grid);
    float *found = columns_of(velocity, &grid, &all), least = INFINITY, most = 0;
    for (int i = 0; i < 50 * 50 * N_TIMES; i++) {
        least = fminf(least, found[i]);
        most = fmaxf(most, found[i]);
    }
    ck_assert(least == (float)velocity->range.least_m_s && most == (float)velocity->range.most_m_s);
    ck_assert_double_eq_tol((double)least, 1500 * (1 - 2e-3), 1e-3);
    ck_assert_double_eq_tol((double)most, 5000 * (1 + 2e-3), 1e-3);
    PSTM_FREE(&found);
    pstm_velocity_destroy(&velocity);
}
END_TEST

/* ---- a kind that holds, and bytes ---------------------------------------------------------------------- */

static int n_held;
static bool disk_is_broken;
static int64_t bytes_now, bytes_most;

/** Counts what is allocated; nothing is freed before the end of pstm_velocity_columns(). */
pstm_status __real_pstm_new(void **out, int64_t n, size_t element_bytes, const char *what);
pstm_status __wrap_pstm_new(void **out, int64_t n, size_t element_bytes, const char *what);
pstm_status __wrap_pstm_new(void **out, int64_t n, size_t element_bytes, const char *what)
{
    bytes_now += n * (int64_t)element_bytes;
    if (bytes_now > bytes_most) bytes_most = bytes_now;
    return __real_pstm_new(out, n, element_bytes, what);
}

static pstm_status ramp_hold(const void *self, const pstm_box *box, void **held)
{
    (void)self;
    if (disk_is_broken) return pstm_fail(PSTM_SYSTEM, "nodes: no such file");
    pstm_box *kept = NULL;
    PSTM_TRY(PSTM_NEW(&kept, 1, "the box"));
    *kept = *box;
    *held = kept;
    n_held++;
    return PSTM_OK;
}

static void ramp_release(void **held)
{
    n_held -= *held != NULL;
    pstm_free(held);
}

static int64_t ramp_held_bytes(const void *self, const pstm_box *box)
{
    (void)self, (void)box;
    return sizeof(pstm_box);
}

static void ramp_column(const void *self, const void *held, double x_m, double y_m, const pstm_grid *grid,
                        const pstm_columns *column)
{
    const pstm_box *box = held;
    (void)self;
    ck_assert(n_held == 1 && x_m >= box->min_x_m && x_m <= box->max_x_m && y_m >= box->min_y_m &&
              y_m <= box->max_y_m);
    for (int32_t k = 0; k < grid->n_times; k++)
        column->vrms_m_s[k] = (float)(2000 + x_m / 8);
}

static const pstm_velocity_kind RAMP = {
    .hold = ramp_hold, .release = ramp_release, .held_bytes = ramp_held_bytes, .column = ramp_column};

START_TEST(what_is_held_has_all_nodes_and_is_released_and_counted)
{
    const pstm_grid grid = grid_of(40, 50, 12.5, 25, 33.3);
    const pstm_grid_area area = {3, 35, 20, 50};
    const pstm_velocity ramp = {.kind = &RAMP, .range = {false, 1000, 3000}};
    const pstm_fields fields = pstm_field_bit(PSTM_FIELD_VRMS);
    pstm_columns columns;
    ck_assert(pstm_columns_create(fields, 32 * 30, N_TIMES, &columns) == PSTM_OK);
    bytes_now = bytes_most = 0;
    ck_assert(pstm_velocity_columns(&ramp, &grid, &area, &columns) == PSTM_OK);
    ck_assert_int_eq(n_held, 0);
    const int64_t told = pstm_velocity_columns_bytes(&ramp, &grid, &area, fields);
    ck_assert_msg(bytes_most <= told && bytes_most > 0.8 * (double)told, "%lld bytes, told %lld",
                  (long long)bytes_most, (long long)told);
    for (int32_t i = 3; i < 35; i++) {
        for (int32_t j = 20; j < 50; j++) {
            double x_m, y_m;
            pstm_grid_node(&grid, i, j, &x_m, &y_m);
            ck_assert_double_eq_tol((double)columns.vrms_m_s[((i - 3) * 30 + j - 20) * N_TIMES],
                                    2000 + x_m / 8, 2e-3);
        }
    }
    disk_is_broken = true;
    ck_assert(pstm_velocity_columns(&ramp, &grid, &area, &columns) == PSTM_SYSTEM);
    ck_assert_int_eq(n_held, 0);
    pstm_columns_clear(&columns);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("splines");
    tcase_add_loop_test(tests, a_column_does_not_depend_on_what_else_is_asked, 0, N_GRIDS);
    tcase_add_test(tests, equal_functions_at_all_places_keep_the_bits_of_a_constant);
    tcase_add_loop_test(tests, random_functions_are_followed_as_far_as_the_decision_says, 0, N_RANDOM);
    tcase_add_test(tests, smooth_change_is_followed_up_to_the_last_location);
    tcase_add_test(tests, where_bins_are_wide_each_location_has_its_own_column);
    tcase_add_test(tests, on_a_line_nothing_beside_it_counts);
    tcase_add_test(tests, what_is_told_of_departures_is_found_where_it_says);
    tcase_add_test(tests, shares_of_a_uniform_column_are_told);
    tcase_add_test(tests, no_column_leaves_the_range);
    tcase_add_test(tests, what_is_held_has_all_nodes_and_is_released_and_counted);
    Suite *suite = suite_create("velocity/spline columns");
    suite_add_tcase(suite, tests);
    return suite;
}
