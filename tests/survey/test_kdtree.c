#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survey/kdtree.h"
#include "tests/check/suite.h"
#include "tree_of_one.h"

enum { N_CASES = 1000, BOX_POINTS = 4 };

/** xorshift64*: the same cases on every machine. */
static uint64_t random_state;

static double random_unit(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)((random_state * 2685821657736338717u) >> 11) * 0x1p-53;
}

static double random_between(double low, double high)
{
    return low + (high - low) * random_unit();
}

/** A survey: anywhere up to UTM distances, uniform or in clusters or on a line, short to long offsets. */
static pstm_trace *random_survey(int64_t n)
{
    pstm_trace *traces = calloc((size_t)n, sizeof *traces);
    double centre_x = random_unit() < 0.5 ? 0 : random_between(1e5, 1e7);
    double centre_y = random_unit() < 0.5 ? 0 : random_between(1e5, 1e7);
    double width = pow(10, random_between(1, 4.5));
    double height = random_unit() < 0.2 ? 0 : pow(10, random_between(1, 4.5));
    double offset = random_unit() < 0.2 ? 0 : pow(10, random_between(0, 4));
    double lattice = random_unit() < 0.5 ? 12.5 : 0;
    bool clustered = random_unit() < 0.3;
    double x = 0, y = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!clustered || random_unit() < 0.02) {
            x = random_between(-width, width);
            y = random_between(-height, height);
        }
        if (lattice > 0) {
            x = round(x / lattice) * lattice;
            y = round(y / lattice) * lattice;
        }
        double angle = random_between(0, 2 * M_PI), length = offset * random_unit();
        traces[i] = (pstm_trace){.source_x_m = centre_x + x,
                                 .source_y_m = centre_y + y,
                                 .receiver_x_m = centre_x + x + length * cos(angle),
                                 .receiver_y_m = centre_y + y + length * sin(angle),
                                 .number = i / 3,
                                 .file = (int32_t)(i % 3)};
    }
    return traces;
}

static pstm_box random_box(const pstm_trace *traces, int64_t n)
{
    const pstm_trace *near = &traces[(int64_t)(random_unit() * (double)n)];
    double size = random_unit() < 0.1 ? 0 : pow(10, random_between(0, 4));
    double x = near->source_x_m + random_between(-2, 2) * size;
    double y = near->receiver_y_m + random_between(-2, 2) * size;
    return (pstm_box){x, x + size * random_unit(), y, y + size * random_unit()};
}

/** Does the trace pass at any of a lattice of points that takes in the box's corners? As devices decide. */
static bool reaches_by_brute_force(const pstm_trace *trace, const pstm_box *box, double aperture_m)
{
    float aperture2 = (float)aperture_m * (float)aperture_m;
    for (int a = 0; a < BOX_POINTS; a++) {
        for (int b = 0; b < BOX_POINTS; b++) {
            double x = box->min_x_m + (box->max_x_m - box->min_x_m) * a / (BOX_POINTS - 1);
            double y = box->min_y_m + (box->max_y_m - box->min_y_m) * b / (BOX_POINTS - 1);
            double sx = x - trace->source_x_m, sy = y - trace->source_y_m;
            double rx = x - trace->receiver_x_m, ry = y - trace->receiver_y_m;
            if (hypot(sx, sy) <= aperture_m && hypot(rx, ry) <= aperture_m) return true;
            float fsx = (float)sx, fsy = (float)sy, frx = (float)rx, fry = (float)ry;
            if (fsx * fsx + fsy * fsy <= aperture2 && frx * frx + fry * fry <= aperture2) return true;
        }
    }
    return false;
}

/** Brings the traces into the tree's order. */
static void build(pstm_trace *traces, int64_t n, pstm_kdtree **tree)
{
    *tree = NULL;
    ck_assert_msg(tree_of_one(traces, n, tree) == PSTM_OK, "%s", pstm_error_text());
}

START_TEST(the_prefilter_loses_no_trace_against_brute_force)
{
    random_state = 20261122;
    int64_t n_reaching = 0, n_dropped_leaves = 0;
    for (int i_case = 0; i_case < N_CASES; i_case++) {
        int64_t n = 1 + (int64_t)(random_unit() * 1000);
        pstm_trace *traces = random_survey(n);
        pstm_kdtree *tree;
        build(traces, n, &tree);

        int64_t leaves[16] = {0};
        ck_assert(tree->n_leaves <= 16);
        pstm_box box = random_box(traces, n);
        /* Often the exact distance of a leg from a corner, where rounding decides. */
        const pstm_trace *at = &traces[(int64_t)(random_unit() * (double)n)];
        double aperture_m = pow(10, random_between(0, 4.5));
        if (random_unit() < 0.5)
            aperture_m = hypot(box.min_x_m - at->source_x_m, box.min_y_m - at->source_y_m);
        int64_t n_found = pstm_kdtree_query(tree, &box, aperture_m, leaves);

        bool found[16] = {false};
        for (int64_t i = 0; i < n_found; i++) {
            ck_assert(i == 0 || leaves[i] > leaves[i - 1]);
            found[leaves[i]] = true;
        }
        n_dropped_leaves += tree->n_leaves - n_found;
        for (int64_t i_leaf = 0; i_leaf < tree->n_leaves; i_leaf++) {
            const pstm_leaf *leaf = &tree->leaves[i_leaf];
            for (int64_t i = leaf->first_trace; i < leaf->first_trace + leaf->n_traces; i++) {
                const pstm_trace *trace = &traces[i];
                if (!reaches_by_brute_force(trace, &box, aperture_m)) continue;
                n_reaching++;
                ck_assert_msg(found[i_leaf], "case %d: leaf %d was left out", i_case, (int)i_leaf);
                ck_assert_msg(pstm_trace_can_reach(trace, &box, aperture_m), "case %d", i_case);
            }
        }
        pstm_kdtree_destroy(&tree);
        free(traces);
    }
    /* The cases are worth something: many traces pass, and many leaves are left out. */
    ck_assert(n_reaching > 10000);
    ck_assert(n_dropped_leaves > N_CASES / 5);
}
END_TEST

START_TEST(the_trace_test_turns_away_a_trace_with_one_far_leg)
{
    pstm_trace trace = {.source_x_m = 0, .receiver_x_m = 1000};
    pstm_box box = {-10, 10, -10, 10};
    ck_assert(!pstm_trace_can_reach(&trace, &box, 989));
    ck_assert(pstm_trace_can_reach(&trace, &box, 990));
    ck_assert(pstm_trace_can_reach(&trace, &box, INFINITY));
}
END_TEST

START_TEST(a_leaf_beyond_reach_by_its_offsets_alone_is_left_out)
{
    pstm_trace traces[2] = {{.source_x_m = -600, .receiver_x_m = 600},
                            {.source_x_m = -700, .receiver_x_m = 700, .number = 1}};
    int64_t leaves[1] = {0};
    pstm_kdtree *tree;
    build(traces, 2, &tree);
    pstm_box box = {-1, 1, -1, 1};
    ck_assert(pstm_kdtree_query(tree, &box, 599, leaves) == 0);
    ck_assert(pstm_kdtree_query(tree, &box, 600, leaves) == 1);
    pstm_kdtree_destroy(&tree);
}
END_TEST

START_TEST(an_infinite_aperture_finds_every_leaf)
{
    random_state = 7;
    pstm_trace *traces = random_survey(3000);
    int64_t leaves[16];
    pstm_kdtree *tree;
    build(traces, 3000, &tree);
    pstm_box box = random_box(traces, 3000);
    ck_assert_int_eq(tree->n_leaves, 12);
    ck_assert_int_eq(pstm_kdtree_query(tree, &box, INFINITY, leaves), 12);
    pstm_kdtree_destroy(&tree);
    free(traces);
}
END_TEST

/** By file and number. */
static bool stands_before(const pstm_trace *a, const pstm_trace *b)
{
    return a->file < b->file || (a->file == b->file && a->number < b->number);
}

START_TEST(the_tree_holds_every_usable_trace_once_in_leaves_that_bound_it)
{
    random_state = 99;
    int64_t n = 5000;
    pstm_trace *traces = random_survey(n);
    int64_t n_usable = 0;
    for (int64_t i = 0; i < n; i++) {
        traces[i].file = 0;
        traces[i].number = i;
        traces[i].fate = (int32_t)(i % PSTM_TRACE_FATES);
        if (traces[i].fate == PSTM_TRACE_NO_POSITION) traces[i].source_x_m = NAN;
        n_usable += pstm_trace_is_usable(&traces[i]);
    }
    pstm_kdtree *tree;
    build(traces, n, &tree);
    ck_assert_int_eq(tree->n_traces, n_usable);

    char *seen = calloc((size_t)n, 1);
    int64_t next = 0;
    for (int64_t i_leaf = 0; i_leaf < tree->n_leaves; i_leaf++) {
        const pstm_leaf *leaf = &tree->leaves[i_leaf];
        ck_assert_int_eq(leaf->first_trace, next);
        ck_assert(leaf->n_traces == PSTM_LEAF_TRACES || i_leaf == tree->n_leaves - 1);
        next += leaf->n_traces;
        for (int64_t i = leaf->first_trace; i < next; i++) {
            const pstm_trace *trace = &traces[i];
            ck_assert(pstm_trace_is_usable(trace));
            ck_assert(!seen[trace->number]);
            seen[trace->number] = 1;
            double x = 0.5 * (trace->source_x_m + trace->receiver_x_m);
            double y = 0.5 * (trace->source_y_m + trace->receiver_y_m);
            double h = 0.5 * pstm_trace_offset_m(trace);
            ck_assert(x >= leaf->midpoints.min_x_m && x <= leaf->midpoints.max_x_m);
            ck_assert(y >= leaf->midpoints.min_y_m && y <= leaf->midpoints.max_y_m);
            ck_assert(h >= leaf->min_half_offset_m && h <= leaf->max_half_offset_m);
            if ((i - leaf->first_trace) % PSTM_BUNCH_TRACES > 0) ck_assert(stands_before(trace - 1, trace));
        }
    }
    ck_assert_int_eq(next, n_usable);
    for (int64_t i = n_usable; i < n; i++) {
        ck_assert(!pstm_trace_is_usable(&traces[i]) && !seen[traces[i].number]);
        seen[traces[i].number] = 1;
    }
    for (int64_t i = 0; i < n; i++)
        ck_assert(seen[i]);
    free(seen);
    pstm_kdtree_destroy(&tree);
    free(traces);
}
END_TEST

static void shuffle(pstm_trace *traces, int64_t n)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = (int64_t)(random_unit() * (double)(i + 1));
        pstm_trace held = traces[i];
        traces[i] = traces[j];
        traces[j] = held;
    }
}

/** Leaves the traces in the tree's order. */
static void check_order_of_shuffled(pstm_trace *traces, int64_t n)
{
    pstm_kdtree *tree, *shuffled_tree;
    pstm_trace *shuffled = calloc((size_t)n, sizeof *shuffled);
    memcpy(shuffled, traces, (size_t)n * sizeof *shuffled);
    shuffle(shuffled, n);
    build(traces, n, &tree);
    build(shuffled, n, &shuffled_tree);

    ck_assert_mem_eq(traces, shuffled, (size_t)n * sizeof *traces);
    ck_assert_int_eq(tree->n_leaves, shuffled_tree->n_leaves);
    ck_assert_mem_eq(tree->leaves, shuffled_tree->leaves, (size_t)tree->n_leaves * sizeof *tree->leaves);
    ck_assert_mem_eq(tree->nodes, shuffled_tree->nodes, (size_t)tree->n_nodes * sizeof *tree->nodes);
    pstm_kdtree_destroy(&tree);
    pstm_kdtree_destroy(&shuffled_tree);
    free(shuffled);
}

START_TEST(the_order_does_not_depend_on_the_order_of_the_input)
{
    random_state = 4711;
    for (int i_case = 0; i_case < 20; i_case++) {
        int64_t n = 2000 + 100 * i_case;
        pstm_trace *traces = random_survey(n);
        check_order_of_shuffled(traces, n);
        free(traces);
    }
}
END_TEST

START_TEST(coincident_midpoints_are_cut_by_file_and_number)
{
    enum { N = 1000 };
    pstm_trace *traces = calloc(N, sizeof *traces);
    for (int64_t i = 0; i < N; i++)
        traces[i] = (pstm_trace){.source_x_m = 5e5, .receiver_x_m = 5e5, .number = i};
    random_state = 1;
    shuffle(traces, N);
    check_order_of_shuffled(traces, N);
    for (int64_t i = 0; i < N; i++)
        ck_assert_int_eq(traces[i].number, i);
    free(traces);
}
END_TEST

/** By how much the longer legs from a location differ within bunches of 8, in the mean. */
static double spread_of_legs_m(const pstm_trace *traces, int64_t n, double x_m, double y_m)
{
    double sum_m = 0;
    for (int64_t first = 0; first + 8 <= n; first += 8) {
        double low_m = INFINITY, high_m = 0;
        for (int64_t i = first; i < first + 8; i++) {
            const pstm_trace *trace = &traces[i];
            const double leg_m = fmax(hypot(trace->source_x_m - x_m, trace->source_y_m - y_m),
                                      hypot(trace->receiver_x_m - x_m, trace->receiver_y_m - y_m));
            low_m = fmin(low_m, leg_m);
            high_m = fmax(high_m, leg_m);
        }
        sum_m += high_m - low_m;
    }
    return sum_m / (double)(n / 8);
}

static int compare_numbers(const void *a, const void *b)
{
    const int64_t x = ((const pstm_trace *)a)->number, y = ((const pstm_trace *)b)->number;
    return (x > y) - (x < y);
}

START_TEST(traces_that_follow_each_other_have_like_legs_whichever_end_is_the_source)
{
    enum { N = PSTM_LEAF_TRACES };
    random_state = 17;
    pstm_trace *traces = random_survey(N), *reversed = calloc(N, sizeof *reversed);
    ck_assert_ptr_nonnull(reversed);
    for (int64_t i = 0; i < N; i++) {
        /* Midpoints over 600 m, half offsets of 150 to 300 m in all directions. */
        const double angle = 6.2831853 * random_unit(), half_m = 150 + 150 * random_unit();
        const double x_m = 600 * random_unit(), y_m = 600 * random_unit();
        traces[i] = (pstm_trace){.number = i,
                                 .source_x_m = x_m - half_m * cos(angle),
                                 .source_y_m = y_m - half_m * sin(angle),
                                 .receiver_x_m = x_m + half_m * cos(angle),
                                 .receiver_y_m = y_m + half_m * sin(angle)};
        reversed[i] = traces[i];
        reversed[i].source_x_m = traces[i].receiver_x_m;
        reversed[i].source_y_m = traces[i].receiver_y_m;
        reversed[i].receiver_x_m = traces[i].source_x_m;
        reversed[i].receiver_y_m = traces[i].source_y_m;
    }
    pstm_kdtree_sort(traces, N, 1);
    pstm_kdtree_sort(reversed, N, 1);
    for (int64_t i = 0; i < N; i++)
        ck_assert_int_eq(traces[i].number, reversed[i].number);
    for (int at = 0; at < 4; at++) {
        const double x_m = at % 2 ? 300 : 2000, y_m = at / 2 ? -1000 : 300;
        const double sorted_m = spread_of_legs_m(traces, N, x_m, y_m);
        qsort(reversed, N, sizeof *reversed, compare_numbers);
        ck_assert_double_lt(sorted_m, 0.85 * spread_of_legs_m(reversed, N, x_m, y_m));
    }
    free(reversed);
    free(traces);
}
END_TEST

START_TEST(any_number_of_threads_sorts_alike)
{
    enum { N = 60000 };
    random_state = 29;
    pstm_trace *one = random_survey(N), *many = calloc(N, sizeof *many);
    ck_assert_ptr_nonnull(many);
    for (int n_threads = 2; n_threads <= 5; n_threads += 3) {
        for (int64_t i = 0; i < N; i++)
            many[i] = one[N - 1 - i];
        pstm_kdtree_sort(many, N, n_threads);
        pstm_kdtree_sort(one, N, 1);
        ck_assert(memcmp(one, many, N * sizeof *one) == 0);
    }
    free(many);
    free(one);
}
END_TEST

/** As on the last ranks of a survey of more traces than an int counts. */
START_TEST(leaves_past_2_to_the_31_traces_are_numbered_in_64_bits)
{
    enum { N = 300 };
    const int64_t n_traces = ((int64_t)1 << 40) + N, first_leaf = ((int64_t)1 << 40) / PSTM_LEAF_TRACES;
    ck_assert_int_eq(pstm_kdtree_n_leaves(n_traces), first_leaf + 2);
    ck_assert_int_eq(pstm_kdtree_lower_leaves(first_leaf + 2), first_leaf / 2 + 1);
    random_state = 5;
    pstm_trace *traces = random_survey(N);
    for (int64_t i = 0; i < N; i++)
        traces[i].number = n_traces - 1 - i;
    pstm_kdtree_sort(traces, N, 1);
    pstm_leaf leaves[2];
    pstm_kdtree_make_leaves(traces, N, first_leaf, leaves);
    ck_assert(leaves[0].first_trace == n_traces - N && leaves[0].n_traces == PSTM_LEAF_TRACES);
    ck_assert(leaves[1].first_trace == leaves[0].first_trace + PSTM_LEAF_TRACES);
    ck_assert_int_eq(leaves[1].n_traces, N - PSTM_LEAF_TRACES);
    for (int64_t i = 1; i < PSTM_LEAF_TRACES; i++)
        if (i % PSTM_BUNCH_TRACES > 0) ck_assert(stands_before(&traces[i - 1], &traces[i]));
    free(traces);
}
END_TEST

START_TEST(no_usable_trace_makes_a_tree_without_leaves)
{
    pstm_trace trace = {.fate = PSTM_TRACE_NOT_SEISMIC};
    int64_t leaves[1];
    pstm_kdtree *tree;
    build(&trace, 1, &tree);
    pstm_box box = {-1e9, 1e9, -1e9, 1e9};
    ck_assert_int_eq(tree->n_leaves, 0);
    ck_assert_int_eq(pstm_kdtree_query(tree, &box, INFINITY, leaves), 0);
    pstm_kdtree_destroy(&tree);
    pstm_kdtree_destroy(&tree);
}
END_TEST

START_TEST(a_usable_trace_without_a_finite_position_is_refused_by_name)
{
    pstm_trace trace = {.source_y_m = INFINITY, .number = 41, .file = 2};
    pstm_kdtree *tree = NULL;
    ck_assert_int_eq(tree_of_one(&trace, 1, &tree), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "trace 41 of input file 2"));
    ck_assert_ptr_null(tree);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("kdtree");
    tcase_add_test(tests, the_prefilter_loses_no_trace_against_brute_force);
    tcase_add_test(tests, the_trace_test_turns_away_a_trace_with_one_far_leg);
    tcase_add_test(tests, a_leaf_beyond_reach_by_its_offsets_alone_is_left_out);
    tcase_add_test(tests, an_infinite_aperture_finds_every_leaf);
    tcase_add_test(tests, the_tree_holds_every_usable_trace_once_in_leaves_that_bound_it);
    tcase_add_test(tests, the_order_does_not_depend_on_the_order_of_the_input);
    tcase_add_test(tests, coincident_midpoints_are_cut_by_file_and_number);
    tcase_add_test(tests, traces_that_follow_each_other_have_like_legs_whichever_end_is_the_source);
    tcase_add_test(tests, any_number_of_threads_sorts_alike);
    tcase_add_test(tests, leaves_past_2_to_the_31_traces_are_numbered_in_64_bits);
    tcase_add_test(tests, no_usable_trace_makes_a_tree_without_leaves);
    tcase_add_test(tests, a_usable_trace_without_a_finite_position_is_refused_by_name);
    Suite *suite = suite_create("survey/kdtree");
    suite_add_tcase(suite, tests);
    return suite;
}
