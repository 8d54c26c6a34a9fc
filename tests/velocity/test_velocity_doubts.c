/* What is doubted of velocity functions, and what is not. */
#include <math.h>
#include <string.h>

#include "models.h"
#include "tests/check/suite.h"

/* Inlines 101 to 140, crosslines 201 to 280 every 25 m: 2 km towards north and 1 km towards east; 1 s. */
static pstm_grid make_grid(void)
{
    pstm_grid grid = {.origin_x_m = 606000,
                      .origin_y_m = 6077000,
                      .n_inline = 40,
                      .n_crossline = 80,
                      .step_inline_m = 25,
                      .step_crossline_m = 25,
                      .first_inline = 101,
                      .first_crossline = 201,
                      .n_times = 251,
                      .time_step_s = 0.004};
    pstm_grid_prepare(&grid);
    return grid;
}

typedef struct text_case {
    const char *text;
    const char *error, *warning; /* words of the only doubt; both NULL: there is none */
} text_case;

static void check_doubts(const text_case *wanted)
{
    const pstm_grid grid = make_grid();
    pstm_velocity *velocity = model_of_text(wanted->text);
    pstm_doubts doubts = {0};
    ck_assert(pstm_velocity_doubt(velocity, "v.txt", &grid, &doubts) == PSTM_OK);
    const char *words = wanted->error != NULL ? wanted->error : wanted->warning;
    const char *first = doubts.n == 0 ? "" : doubts.items[0].text;
    ck_assert_msg(doubts.n == (words != NULL), "%d doubts, first %s, for %s", (int)doubts.n, first,
                  wanted->text);
    if (words != NULL) {
        ck_assert_msg(strncmp(first, "v.txt: ", 7) == 0 && strstr(first, words) != NULL, "%s, not %s", first,
                      words);
        ck_assert_msg(doubts.items[0].is_error == (wanted->error != NULL), "%s", first);
    }
    pstm_doubts_clear(&doubts);
    pstm_velocity_destroy(&velocity);
}

static const text_case places[] = {
    {"606000 6077000 0 1600\n607000 6079000 0 2400\n", NULL, NULL},
    {"0 0 0 1600\n0 0 1 2400\n", NULL, NULL},                       /* one function holds everywhere */
    {"605800 6076900 0 1600\n605900 6079100 0 2400\n", NULL, NULL}, /* a few steps outside */
    {"604800 6076000 0 1600\n604850 6080000 0 2400\n", NULL, NULL}, /* as far as they reach themselves */
    {"596000 6067000 0 1600\n616000 6087000 0 2400\n", NULL, NULL}, /* the grid between them */
    {"604700 6077000 0 1600\n604700 6077100 0 2400\n", "none of its 2 functions is near the grid", NULL},
    {"604900 6077000 0 1600\n604900 6077100 0 2400\n", NULL, NULL}, /* just within half the diagonal */
    {"1000 0 0 1600\n2000 0 0 2400\n", "is 6106.9", NULL},
    {"5.1 54.8 0 1600\n5.2 54.8 0 2400\n", "none of its 2 functions is near", NULL}, /* degrees */
    {"6077000 606000 0 1600\n6079000 607000 0 2400\n", "read as y and x they span 100 %", NULL},
    {"101 201 0 1600\n140 280 0 2400\n", "read as inline and crossline numbers they span 100 %", NULL},
    {"201 101 0 1600\n280 140 0 2400\n", "read as crossline and inline numbers they span 100 %", NULL},
    {"606000 6077000 0 1600\n607000 6079000 0 2400\n60700 6079000 0 2400\n", NULL,
     "1 of its 3 functions are far from the grid: the farthest, x 60700 y 6079000 (line 3), is 545.3 km from "
     "it"},
    {"606000 6077000 0 1600\n607000 6079000 0 2400\n516000 6077000 0 2400\n", NULL,
     NULL}, /* 90 km: a region */
};

START_TEST(functions_belong_to_the_grid)
{
    check_doubts(&places[_i]);
}
END_TEST

static const text_case times[] = {
    {"0 1500\n0.5 2000\n1 2500\n", NULL, NULL},
    {"0 1500\n0.5 2000\n9 4500\n", NULL, NULL},
    {"0 1500\n5 3000\n14 4500\n", NULL, NULL}, /* of the longest records */
    {"0 1500\n5 3000\n16 4500\n",
     "1 of its 1 function(s) end many times beyond the image's 1 s: that of line 1 ends at 16 s", NULL},
    {"0 1500\n40 2000\n90 2500\n", "ends at 90 s", NULL},
    {"0 1500\n0.5 2000\n1 2500\n99 2500\n", NULL, NULL}, /* the last pick stands for "and so on" */
    {"90 2000\n", NULL, NULL},                           /* constant whenever it was picked */
    {"606000 6077000 0 1500\n606000 6077000 50 2000\n607000 6079000 0 1500\n607000 6079000 1 2000\n", NULL,
     "1 of its 2 function(s) end many times beyond"},
    {"0 1500\n0.051 2000\n", NULL, NULL},
    {"0 1500\n0.049 2000\n",
     "1 of its 1 function(s) end long before the image's 1 s: that of line 1 ends at 0.049 s", NULL},
    {"0 1500\n0.049 1500\n", NULL, NULL}, /* constant */
};

START_TEST(times_belong_to_the_image)
{
    check_doubts(&times[_i]);
}
END_TEST

static const text_case jumps[] = {
    {"0 1500\n0.4 1800\n0.5 2400\n0.6 2350\n1 2500\n", NULL, NULL}, /* salt, and what is slower below it */
    {"0 1500\n0.4 2400\n0.8 1650\n1 1900\n", NULL, NULL}, /* imaginary, but within the error of picks */
    {"0 1500\n0.4 2400\n0.8 1500\n1 1900\n",
     "1 of 3 steps between picks, in 1 of its 1 function(s), need an imaginary", NULL},
    {"0 1500\n0.4 1500\n0.401 2500\n1 2500\n",
     "an interval velocity that no rock has: from 1500 m/s at 0.4 s to 2500 m/s at 0.401 s", NULL},
    {"0 1500\n0.2 1600\n0.4 1700\n0.6 1800\n0.61 1600\n0.8 1800\n1 1900\n", NULL, "1 of 6 steps"},
    {"0 1500\n1 1800\n2 3600\n2.01 1800\n", NULL, NULL}, /* below the image */
    {"606000 6077000 0 1500\n606000 6077000 0.4 3000\n606000 6077000 0.5 1500\n607000 6079000 0 1500\n", NULL,
     "1 of 2 steps between picks, in 1 of its 2 function(s)"},
};

START_TEST(velocities_are_rms)
{
    check_doubts(&jumps[_i]);
}
END_TEST

/* Three functions, of which the second is scaled, or the first of two. */
#define THREE(second)                                                                                        \
    "606000 6077000 0 1500\n606000 6077000 1 1800\n" second "607000 6079000 0 1600\n607000 6079000 1 1900\n"
static const text_case feet[] = {
    {THREE("606500 6078000 0 5085\n606500 6078000 1 6070\n"), NULL,
     "1 of its 3 functions differ from their neighbours by the ratio of metre and foot at all times: that of "
     "line 3 is 3.28 to 3.28 times as fast"},
    {THREE("606500 6078000 0 472.5\n606500 6078000 1 564\n"), NULL, "line 3 is 3.28 to 3.28 times as slow"},
    {THREE("606500 6078000 0 4387\n606500 6078000 1 5236\n"), NULL, "line 3 is 2.83 to 2.83 times"},
    {THREE("606500 6078000 0 4262\n606500 6078000 1 5088\n"), NULL, NULL},
    {THREE("606500 6078000 0 5890\n606500 6078000 1 7030\n"), NULL, "3.8 to 3.8 times"},
    {THREE("606500 6078000 0 6045\n606500 6078000 1 7215\n"), NULL, NULL},
    {THREE("606500 6078000 0 5085\n606500 6078000 1 4200\n"), NULL, NULL}, /* so fast at the top alone */
    {"606000 6077000 0 1500\n607000 6079000 0 4921\n", NULL, "1 of its 2 functions"},
};

START_TEST(functions_in_feet_beside_others_are_told)
{
    check_doubts(&feet[_i]);
}
END_TEST

/* ---- good ones at random ------------------------------------------------------------------------------- */

enum { N_RANDOM = 300 };

/* The state of a linear congruential generator (Knuth's MMIX), and a number in [low, high) from it. */
static double uniform(uint64_t *state, double low, double high)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return low + (high - low) * (double)(*state >> 11) / 9007199254740992.0;
}

/* Lines or areas anywhere on the Earth, in any direction. */
static pstm_grid random_grid(uint64_t *state)
{
    pstm_grid grid = {.origin_x_m = uniform(state, -1e6, 1e6),
                      .origin_y_m = uniform(state, -1e7, 1e7),
                      .azimuth_deg = uniform(state, 0, 360),
                      .n_inline = uniform(state, 0, 1) < 0.3 ? 1 : (int32_t)uniform(state, 2, 400),
                      .n_crossline = (int32_t)uniform(state, 20, 400),
                      .step_inline_m = uniform(state, 5, 50),
                      .step_crossline_m = uniform(state, 5, 50),
                      .first_inline = (int32_t)uniform(state, 0, 3000),
                      .first_crossline = (int32_t)uniform(state, 0, 3000),
                      .n_times = (int32_t)uniform(state, 100, 3000),
                      .time_step_s = 0.002};
    pstm_grid_prepare(&grid);
    return grid;
}

/* The rms velocities of layers in any order, salt and slow ones too, down to 1 to 4 times the image's end,
 * each picked to 1 %. */
static void add_function(uint64_t *state, const pstm_grid *grid, double x_m, double y_m, pstm_text *text)
{
    const double end_s = uniform(state, 1, 4) * pstm_grid_time_s(grid, grid->n_times - 1);
    double t_s = 0, v2t = 0;
    while (t_s < end_s) {
        const double layer_s = uniform(state, 0.04, 0.5), v_m_s = uniform(state, 1450, 6000);
        t_s += layer_s;
        v2t += v_m_s * v_m_s * layer_s;
        ck_assert(pstm_text_add(text, "%.2f %.2f %.4f %.1f\n", x_m, y_m, t_s,
                                sqrt(v2t / t_s) * uniform(state, 0.99, 1.01)) == PSTM_OK);
    }
}

/* Functions every few nodes over the grid and a margin round it. */
static void add_functions(uint64_t *state, const pstm_grid *grid, pstm_text *text)
{
    const int32_t step_i = 1 + grid->n_inline / (int32_t)uniform(state, 1, 6);
    const int32_t step_j = 1 + grid->n_crossline / (int32_t)uniform(state, 1, 6);
    const int32_t margin = (int32_t)uniform(state, 0, 20);
    for (int32_t i = -margin; i < grid->n_inline + margin; i += step_i)
        for (int32_t j = -margin; j < grid->n_crossline + margin; j += step_j) {
            double x_m, y_m;
            pstm_grid_node(grid, i, j, &x_m, &y_m);
            add_function(state, grid, x_m, y_m, text);
        }
}

START_TEST(good_functions_raise_no_doubt)
{
    uint64_t state = (uint64_t)_i;
    const pstm_grid grid = random_grid(&state);
    pstm_text text = {0};
    add_functions(&state, &grid, &text);
    pstm_velocity *velocity = model_of_text(text.bytes);
    pstm_doubts doubts = {0};
    ck_assert(pstm_velocity_doubt(velocity, "v.txt", &grid, &doubts) == PSTM_OK);
    ck_assert_msg(doubts.n == 0, "seed %d: %s", _i, doubts.n > 0 ? doubts.items[0].text : "");
    pstm_velocity_destroy(&velocity);
    pstm_text_clear(&text);
}
END_TEST

START_TEST(a_constant_is_never_doubtful)
{
    const pstm_grid grid = make_grid();
    pstm_velocity *velocity = model_of_constant(2000);
    pstm_doubts doubts = {0};
    ck_assert(pstm_velocity_doubt(velocity, NULL, &grid, &doubts) == PSTM_OK);
    ck_assert_int_eq(doubts.n, 0);
    pstm_velocity_destroy(&velocity);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("velocity doubts");
    TCase *tests = tcase_create("velocity doubts");
    tcase_add_loop_test(tests, functions_belong_to_the_grid, 0, (int)(sizeof places / sizeof *places));
    tcase_add_loop_test(tests, times_belong_to_the_image, 0, (int)(sizeof times / sizeof *times));
    tcase_add_loop_test(tests, velocities_are_rms, 0, (int)(sizeof jumps / sizeof *jumps));
    tcase_add_loop_test(tests, functions_in_feet_beside_others_are_told, 0,
                        (int)(sizeof feet / sizeof *feet));
    tcase_add_loop_test(tests, good_functions_raise_no_doubt, 0, N_RANDOM);
    tcase_add_test(tests, a_constant_is_never_doubtful);
    suite_add_tcase(suite, tests);
    return suite;
}
