/* Each kind of bins against its definition, and offset classes against the first formula for them. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "survey/bins.h"
#include "tests/check/suite.h"

static const pstm_range all_offsets = {0};

/* ---- traces ---- */

static double next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

static pstm_trace trace_between(double source_x_m, double source_y_m, double receiver_x_m,
                                double receiver_y_m)
{
    return (pstm_trace){.source_x_m = source_x_m,
                        .source_y_m = source_y_m,
                        .receiver_x_m = receiver_x_m,
                        .receiver_y_m = receiver_y_m};
}

/* An offset to the bit. */
static pstm_trace trace_of_offset(double offset_m)
{
    return trace_between(0, 0, offset_m, 0);
}

/* Positions of a survey of 6 x 6 km; half of them on a lattice of 25 m, as borders often are. */
static pstm_trace random_trace(uint64_t *state)
{
    double at[4];
    const bool on_lattice = next_random(state) < 0.5;
    for (int i = 0; i < 4; i++) {
        at[i] = 6000 * next_random(state);
        if (on_lattice) at[i] = 25 * floor(at[i] / 25);
    }
    return trace_between(449000 + at[0], 5199000 + at[1], 449000 + at[2], 5199000 + at[3]);
}

/* ---- the kinds, by definition ---- */

enum { N_EXAMPLES = 4 };

/* Options that a kind is tried with, and its definition: whether a trace belongs to a class. */
typedef struct definition {
    pstm_bins_options examples[N_EXAMPLES];
    bool (*fits)(const pstm_bins_options *options, const pstm_trace *trace, int32_t class_index);
} definition;

static bool fits_all(const pstm_bins_options *options, const pstm_trace *trace, int32_t class_index)
{
    (void)options;
    (void)trace;
    return class_index == 0;
}

static bool fits_offset(const pstm_bins_options *options, const pstm_trace *trace, int32_t class_index)
{
    const double first_m = options->offset.first_m, step_m = options->offset.step_m;
    const double offset_m =
        hypot(trace->receiver_x_m - trace->source_x_m, trace->receiver_y_m - trace->source_y_m);
    return offset_m >= first_m + (class_index - 0.5) * step_m &&
           offset_m < first_m + (class_index + 0.5) * step_m;
}

static const definition definition_all = {.fits = fits_all};
static const definition definition_offset = {.examples = {{.offset = {150, 300, 10}},
                                                          {.offset = {0, 25, 100}},
                                                          {.offset = {1000, 33.3, 1}},
                                                          {.offset = {12.5, 1.0 / 3, 1000}}},
                                             .fits = fits_offset};

#define KIND(word, NAME, help) {PSTM_BINS_##NAME, &definition_##word},
static const struct {
    pstm_bins_kind kind;
    const definition *definition;
} kinds[] = {PSTM_BINS_LIST(KIND)};
enum { N_KINDS = sizeof kinds / sizeof kinds[0] };

static pstm_bins example(int i_kind, int i_example)
{
    const char *key = "";
    pstm_bins_options options = kinds[i_kind].definition->examples[i_example];
    options.kind = kinds[i_kind].kind;
    ck_assert_msg(pstm_bins_check(&options, &key) == PSTM_OK, "%s: %s", key, pstm_error_text());
    return pstm_bins_make(&options, &all_offsets);
}

static int32_t class_by_definition(int i_kind, const pstm_bins *bins, const pstm_trace *trace)
{
    int32_t found = -1;
    for (int32_t c = 0; c < bins->n; c++) {
        if (!kinds[i_kind].definition->fits(&bins->options, trace, c)) continue;
        ck_assert_msg(found < 0, "a trace fits classes %d and %d", found, c);
        found = c;
    }
    return found;
}

START_TEST(each_kind_gives_a_trace_the_class_that_it_fits)
{
    uint64_t state = 7;
    for (int e = 0; e < N_EXAMPLES; e++) {
        const pstm_bins bins = example(_i, e);
        int n_in_a_class = 0;
        for (int n = 0; n < 3000; n++) {
            const pstm_trace trace = random_trace(&state);
            const int32_t found = pstm_bins_class(&bins, &trace);
            ck_assert_int_eq(found, class_by_definition(_i, &bins, &trace));
            n_in_a_class += found >= 0;
        }
        ck_assert_int_gt(n_in_a_class, 0);
    }
}
END_TEST

START_TEST(each_kind_looks_at_source_and_receiver_alone)
{
    uint64_t state = 11;
    for (int n = 0; n < 1000; n++) {
        const pstm_bins bins = example(_i, n % N_EXAMPLES);
        const pstm_trace trace = random_trace(&state);
        pstm_trace other = trace;
        other.start_s = 0.1;
        other.number = n;
        other.file = 3;
        other.live_last = 100;
        other.fate = PSTM_TRACE_DEAD;
        ck_assert_int_eq(pstm_bins_class(&bins, &trace), pstm_bins_class(&bins, &other));
    }
}
END_TEST

/* A trace of the geometry that a centre names; of what it does not name there is anything. */
static pstm_trace trace_of_centre(pstm_class_centre centre, uint64_t *state)
{
    const double offset_m = isnan(centre.offset_m) ? 5000 * next_random(state) : centre.offset_m;
    const double azimuth_deg = isnan(centre.azimuth_deg) ? 360 * next_random(state) : centre.azimuth_deg;
    const double x_m = isnan(centre.hx_m) ? offset_m * sin(azimuth_deg * (M_PI / 180)) : centre.hx_m;
    const double y_m = isnan(centre.hy_m) ? offset_m * cos(azimuth_deg * (M_PI / 180)) : centre.hy_m;
    return trace_between(0, 0, x_m, y_m);
}

START_TEST(the_centre_of_each_class_lies_in_it)
{
    uint64_t state = 13;
    for (int e = 0; e < N_EXAMPLES; e++) {
        const pstm_bins bins = example(_i, e);
        ck_assert_int_eq(bins.options.kind, kinds[_i].kind);
        ck_assert_int_ge(bins.n, 1);
        for (int32_t c = 0; c < bins.n; c++) {
            const pstm_trace trace = trace_of_centre(pstm_bins_centre(&bins, c), &state);
            ck_assert_int_eq(pstm_bins_class(&bins, &trace), c);
        }
    }
}
END_TEST

/* ---- offset classes ---- */

static int32_t class_of_offset(const pstm_bins *bins, double offset_m)
{
    const pstm_trace trace = trace_of_offset(offset_m);
    return pstm_bins_class(bins, &trace);
}

static pstm_bins offset_bins(double first_m, double step_m, int32_t n)
{
    const pstm_bins_options options = {.offset = {first_m, step_m, n}};
    return pstm_bins_make(&options, &all_offsets);
}

START_TEST(a_class_holds_its_lower_edge_and_not_its_upper_edge)
{
    const pstm_bins bins = offset_bins(150, 300, 10);
    ck_assert_int_eq(bins.n, 10);
    ck_assert_int_eq(class_of_offset(&bins, 0), 0);
    ck_assert_int_eq(class_of_offset(&bins, nextafter(300, 0)), 0);
    ck_assert_int_eq(class_of_offset(&bins, 300), 1);
    ck_assert_int_eq(class_of_offset(&bins, nextafter(3000, 0)), 9);
}
END_TEST

START_TEST(an_offset_in_no_class_is_left_out_and_not_snapped)
{
    const pstm_bins bins = offset_bins(500, 200, 3);
    ck_assert_int_eq(class_of_offset(&bins, nextafter(400, 0)), -1);
    ck_assert_int_eq(class_of_offset(&bins, 400), 0);
    ck_assert_int_eq(class_of_offset(&bins, 1000), -1);
    ck_assert_int_eq(class_of_offset(&bins, 1e12), -1);
    ck_assert_int_eq(class_of_offset(&bins, INFINITY), -1);
    ck_assert_int_eq(class_of_offset(&bins, NAN), -1);
}
END_TEST

START_TEST(without_options_one_class_takes_everything)
{
    const pstm_bins_options options = {0};
    const pstm_bins bins = pstm_bins_make(&options, &all_offsets);
    ck_assert_int_eq(bins.options.kind, PSTM_BINS_ALL);
    ck_assert_int_eq(bins.n, 1);
    ck_assert_int_eq(class_of_offset(&bins, 0), 0);
    ck_assert_int_eq(class_of_offset(&bins, 1e9), 0);
}
END_TEST

START_TEST(selection_is_a_closed_range_and_comes_before_the_classes)
{
    const pstm_range some_offsets = {.set = true, .first = 100, .last = 350};
    pstm_bins_options options = {0};
    pstm_bins bins = pstm_bins_make(&options, &some_offsets);
    ck_assert_int_eq(class_of_offset(&bins, nextafter(100, 0)), -1);
    ck_assert_int_eq(class_of_offset(&bins, 100), 0);
    ck_assert_int_eq(class_of_offset(&bins, 350), 0);
    ck_assert_int_eq(class_of_offset(&bins, nextafter(350, 400)), -1);

    options = (pstm_bins_options){.offset = {150, 300, 10}};
    bins = pstm_bins_make(&options, &some_offsets);
    ck_assert_int_eq(class_of_offset(&bins, 50), -1);
    ck_assert_int_eq(class_of_offset(&bins, 320), 1);
    ck_assert_int_eq(class_of_offset(&bins, 400), -1);
}
END_TEST

/* What decided before there were kinds of bins; images made then must stay what they are. */
static int32_t first_formula(double first_m, double step_m, int32_t n, double offset_m)
{
    if (offset_m < first_m - 0.5 * step_m || offset_m >= first_m + (n - 0.5) * step_m) return -1;
    int32_t k = (int32_t)floor((offset_m - first_m) / step_m + 0.5);
    while (k > 0 && offset_m < first_m + (k - 0.5) * step_m)
        k--;
    while (k < n - 1 && offset_m >= first_m + (k + 1.0 - 0.5) * step_m)
        k++;
    return k;
}

START_TEST(classes_of_all_offsets_are_those_of_the_first_formula)
{
    static const double steps_m[] = {0.1, 33.3, 1.0 / 3, 7.7, 123.456, 100, 25};
    static const double firsts[] = {0, 0.5, 0.7, 13};
    enum { N = 300, BETWEEN = 50 };
    const double step_m = steps_m[_i];
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
        const double first_m = firsts[f] * step_m;
        const pstm_bins bins = offset_bins(first_m, step_m, N);
        for (int k = -1; k <= N + 1; k++) {
            const double edge_m = first_m + (k - 0.5) * step_m;
            double offset_m = fmax(nextafter(nextafter(edge_m, -1e9), -1e9), 0);
            for (int n = 0; n < 5; n++, offset_m = nextafter(offset_m, 1e9))
                ck_assert_int_eq(class_of_offset(&bins, offset_m),
                                 first_formula(first_m, step_m, N, offset_m));
            for (int n = 0; n < BETWEEN; n++) {
                offset_m = fmax(edge_m + n * step_m / BETWEEN, 0);
                ck_assert_int_eq(class_of_offset(&bins, offset_m),
                                 first_formula(first_m, step_m, N, offset_m));
            }
            if (k < 1 || k >= N) continue;
            ck_assert_int_eq(class_of_offset(&bins, edge_m), k);
            ck_assert_int_eq(class_of_offset(&bins, nextafter(edge_m, 0)), k - 1);
        }
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("bins");
    tcase_add_loop_test(tests, each_kind_gives_a_trace_the_class_that_it_fits, 0, N_KINDS);
    tcase_add_loop_test(tests, each_kind_looks_at_source_and_receiver_alone, 0, N_KINDS);
    tcase_add_loop_test(tests, the_centre_of_each_class_lies_in_it, 0, N_KINDS);
    tcase_add_test(tests, a_class_holds_its_lower_edge_and_not_its_upper_edge);
    tcase_add_test(tests, an_offset_in_no_class_is_left_out_and_not_snapped);
    tcase_add_test(tests, without_options_one_class_takes_everything);
    tcase_add_test(tests, selection_is_a_closed_range_and_comes_before_the_classes);
    tcase_add_loop_test(tests, classes_of_all_offsets_are_those_of_the_first_formula, 0, 7);
    Suite *suite = suite_create("survey/bins");
    suite_add_tcase(suite, tests);
    return suite;
}
