/* What model.h promises, of every kind in the list and of a kind that must hold what its columns need. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "models.h"
#include "tests/check/suite.h"

/** Columns are rounded to single precision. */
#define ROUNDING 6e-8

/* ---- every kind ---------------------------------------------------------------------------------------- */

static pstm_velocity *example_constant(void)
{
    return model_of_constant(2345.678);
}

/** A lattice of functions in disorder, steep and flat ones side by side. */
static pstm_velocity *example_functions(void)
{
    uint64_t state = 7;
    pstm_text text = {0};
    for (int place = 0; place < 30; place++) {
        for (int pick = 0; pick < 6; pick++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            const double random = (double)(state >> 40) / (double)(1 << 24);
            ck_assert(pstm_text_add(&text, "%d %d %g %.9g\n", 700 * (place % 6) + 31 * (place / 6),
                                    900 * (place / 6), 0.35 * pick,
                                    1500 + 700 * pick + 900 * random) == PSTM_OK);
        }
    }
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_text_clear(&text);
    return velocity;
}

static pstm_velocity *example_cube(void)
{
    return model_of_cube(new_cube(), 1);
}

static const struct {
    const char *name;
    const pstm_velocity_kind *kind;
    pstm_velocity *(*example)(void);
} KINDS[] = {
#define KIND_TESTED(name) {#name, &pstm_velocity_##name, example_##name},
    PSTM_VELOCITY_KINDS(KIND_TESTED)
#undef KIND_TESTED
};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

START_TEST(options_give_the_kind_that_they_ask_for)
{
    pstm_velocity *velocity = KINDS[_i].example();
    ck_assert(velocity->kind == KINDS[_i].kind);
    pstm_velocity_destroy(&velocity);
    ck_assert_ptr_null(velocity);
    pstm_velocity_destroy(&velocity);
}
END_TEST

enum { DENSE_TIMES = 2001, DENSE_SIDE = 60 };

/** What a dense search finds over places inside and outside the functions, from 0 to 2 s. */
static pstm_velocity_range search(const pstm_velocity *velocity)
{
    pstm_grid grid = model_grid();
    grid.n_times = DENSE_TIMES;
    grid.time_step_s = 0.001;
    static float vrms_m_s[DENSE_TIMES], first[DENSE_TIMES];
    pstm_columns column = {.n_times = DENSE_TIMES, .one_column = true, .vrms_m_s = vrms_m_s};
    pstm_velocity_range found = {.is_uniform = true, .least_m_s = INFINITY};
    for (int i = 0; i < DENSE_SIDE * DENSE_SIDE; i++) {
        const double x_m = 80.0 * (i % DENSE_SIDE) - 400, y_m = 80.0 * (i / DENSE_SIDE) - 500;
        ck_assert(pstm_velocity_inputs(velocity, &x_m, &y_m, 1, &grid, &column) == PSTM_OK);
        if (i == 0) memcpy(first, vrms_m_s, sizeof first);
        found.is_uniform &= memcmp(first, vrms_m_s, sizeof first) == 0;
        for (int k = 0; k < DENSE_TIMES; k++) {
            found.least_m_s = fmin(found.least_m_s, vrms_m_s[k]);
            found.most_m_s = fmax(found.most_m_s, vrms_m_s[k]);
        }
    }
    return found;
}

START_TEST(the_range_holds_all_that_a_dense_search_finds)
{
    pstm_velocity *velocity = KINDS[_i].example();
    const pstm_velocity_range *range = &velocity->range;
    const pstm_velocity_range found = search(velocity);
    ck_assert_int_eq(range->is_uniform, found.is_uniform);
    ck_assert(found.least_m_s >= range->least_m_s * (1 - ROUNDING));
    ck_assert(found.most_m_s <= range->most_m_s * (1 + ROUNDING));
    pstm_velocity_destroy(&velocity);
}
END_TEST

START_TEST(an_input_does_not_depend_on_what_else_is_asked)
{
    enum { N = 50 };
    const pstm_grid grid = model_grid();
    pstm_velocity *velocity = KINDS[_i].example();
    double x_m[N], y_m[N];
    float all[N * N_TIMES], alone[N_TIMES];
    const pstm_columns columns = {.n_times = N_TIMES, .vrms_m_s = all};
    for (int i = 0; i < N; i++) {
        x_m[i] = 97.3 * i - 300;
        y_m[i] = 3900 - 93.7 * i;
    }
    ck_assert(pstm_velocity_inputs(velocity, x_m, y_m, N, &grid, &columns) == PSTM_OK);
    for (int i = N - 1; i >= 0; i--) {
        model_column(velocity, x_m[i], y_m[i], alone);
        ck_assert_mem_eq(alone, all + i * N_TIMES, sizeof alone);
    }
    pstm_velocity_destroy(&velocity);
}
END_TEST

/* ---- what tells models apart --------------------------------------------------------------------------- */

static void assert_described_alike(pstm_velocity *a, pstm_velocity *b, bool alike)
{
    pstm_text text_a = {0}, text_b = {0};
    ck_assert(pstm_velocity_describe(a, &text_a) == PSTM_OK);
    ck_assert(pstm_velocity_describe(b, &text_b) == PSTM_OK);
    ck_assert_int_eq(strcmp(text_a.bytes, text_b.bytes) == 0, alike);
    pstm_text_clear(&text_a);
    pstm_text_clear(&text_b);
    pstm_velocity_destroy(&a);
    pstm_velocity_destroy(&b);
}

START_TEST(equal_models_are_described_alike_whatever_their_kind)
{
    assert_described_alike(model_of_constant(2345.678), model_of_text("# one\n0 2.345678e3"), true);
    assert_described_alike(model_of_constant(2345.678), model_of_text("0 2345.6780000000003"), false);
    pstm_velocity *in_km_s = NULL;
    ck_assert(model_read("0 2.5 # km/s", 1000, &in_km_s) == PSTM_OK);
    assert_described_alike(model_of_constant(2500), in_km_s, true);
}
END_TEST

/* ---- a kind that holds --------------------------------------------------------------------------------- */

/** vrms grows eastward; what is held is the box, of which the test keeps count. */
static int n_held;
static bool disk_is_broken;

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

static void ramp_column(const void *self, const void *held, double x_m, double y_m, const pstm_grid *grid,
                        const pstm_columns *column)
{
    const pstm_box *box = held;
    (void)self;
    ck_assert(n_held == 1 && x_m >= box->min_x_m && x_m <= box->max_x_m && y_m >= box->min_y_m &&
              y_m <= box->max_y_m);
    ck_assert(box->max_x_m - box->min_x_m <= 200 && box->max_y_m - box->min_y_m <= 30);
    for (int32_t k = 0; k < grid->n_times; k++)
        column->vrms_m_s[k] = (float)(2000 + x_m);
}

static const pstm_velocity_kind RAMP = {.hold = ramp_hold, .release = ramp_release, .column = ramp_column};

START_TEST(inputs_are_asked_in_the_box_that_is_held_and_what_is_held_is_released)
{
    const pstm_grid grid = model_grid();
    const pstm_velocity ramp = {.kind = &RAMP};
    const double x_m[3] = {100, -100, 7}, y_m[3] = {5, 12, 35};
    float vrms_m_s[3 * N_TIMES] = {0};
    const pstm_columns columns = {.n_times = N_TIMES, .vrms_m_s = vrms_m_s};
    ck_assert(pstm_velocity_inputs(&ramp, x_m, y_m, 3, &grid, &columns) == PSTM_OK);
    ck_assert(vrms_m_s[0] == 2100 && vrms_m_s[N_TIMES] == 1900 && vrms_m_s[3 * N_TIMES - 1] == 2007);
    ck_assert_int_eq(n_held, 0);
    disk_is_broken = true;
    ck_assert(pstm_velocity_inputs(&ramp, x_m, y_m, 3, &grid, &columns) == PSTM_SYSTEM);
    ck_assert_int_eq(n_held, 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("model");
    tcase_add_loop_test(tests, options_give_the_kind_that_they_ask_for, 0, N_KINDS);
    tcase_add_loop_test(tests, the_range_holds_all_that_a_dense_search_finds, 0, N_KINDS);
    tcase_add_loop_test(tests, an_input_does_not_depend_on_what_else_is_asked, 0, N_KINDS);
    tcase_add_test(tests, equal_models_are_described_alike_whatever_their_kind);
    tcase_add_test(tests, inputs_are_asked_in_the_box_that_is_held_and_what_is_held_is_released);
    Suite *suite = suite_create("velocity/model");
    suite_add_tcase(suite, tests);
    return suite;
}
