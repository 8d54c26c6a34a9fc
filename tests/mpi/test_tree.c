/* The tree of many ranks is that of one, to the bit, wherever the traces were before. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../survey/tree_of_one.h"
#include "core/memory.h"
#include "mpi/comm/partition.h"
#include "mpi/survey/tree.h"
#include "tests/check/mpi.h"

/* ---- surveys, the same on every rank ------------------------------------------------------------------- */

static uint64_t random_state;

static double random_unit(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)((random_state * 2685821657736338717u) >> 11) * 0x1p-53;
}

/* Midpoint i of n. */
typedef void place_midpoint(int64_t i, int64_t n, double *x_m, double *y_m);

static void anywhere(int64_t i, int64_t n, double *x_m, double *y_m)
{
    (void)i, (void)n;
    *x_m = 600000 + 7000 * random_unit();
    *y_m = 6077000 + 4000 * random_unit();
}

/* Round zero, with zeros of both signs, and many that are equal. */
static void on_a_lattice(int64_t i, int64_t n, double *x_m, double *y_m)
{
    (void)i, (void)n;
    *x_m = round(-6 + 12 * random_unit()) * 25;
    *y_m = round(-4 + 8 * random_unit()) * 25;
}

static void all_at_one_place(int64_t i, int64_t n, double *x_m, double *y_m)
{
    (void)i, (void)n;
    *x_m = *y_m = 5e5;
}

/* One after the other, as on a sail line, so that ranks have neither the same box nor the same median. */
static void along_a_line(int64_t i, int64_t n, double *x_m, double *y_m)
{
    *x_m = -1000 + 12.5 * (double)(n - i);
    *y_m = 0;
}

static void in_clusters(int64_t i, int64_t n, double *x_m, double *y_m)
{
    (void)n;
    const double width = i % 10 == 0 ? 1e5 : 1e-3;
    *x_m = (double)(i % 3) * 1e4 + width * random_unit();
    *y_m = (double)(i % 2) * 3e4 - width * random_unit();
}

/* From the least to the greatest numbers: the widest range of keys. */
static void at_all_scales(int64_t i, int64_t n, double *x_m, double *y_m)
{
    (void)n;
    *x_m = (i % 2 ? 1 : -1) * pow(10, -300 + 600 * random_unit());
    *y_m = (i % 5 ? 1 : -1) * pow(10, -300 + 600 * random_unit());
}

static const struct {
    const char *name;
    place_midpoint *place;
} surveys[] = {
    {"anywhere", anywhere},         {"on a lattice", on_a_lattice}, {"all at one place", all_at_one_place},
    {"along a line", along_a_line}, {"in clusters", in_clusters},   {"at all scales", at_all_scales}};
enum { N_SURVEYS = sizeof surveys / sizeof *surveys };

static const int64_t sizes[] = {0, 1, 2, 255, 256, 257, 512, 513, 1023, 1024, 1025, 1793, 5000, 20000};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* In the order of three files; in the last one trace numbers are above 2^40. Every seventh is unusable. */
static pstm_trace *make_survey(place_midpoint *place, int64_t n)
{
    pstm_trace *traces = calloc((size_t)n + 1, sizeof *traces);
    random_state = 20261126;
    for (int64_t i = 0; i < n; i++) {
        const int32_t file = (int32_t)(3 * i / n);
        double x_m, y_m;
        place(i, n, &x_m, &y_m);
        const double h_m = i % 4 == 0 ? 0 : floor(100 * random_unit());
        traces[i] = (pstm_trace){.source_x_m = x_m - h_m,
                                 .receiver_x_m = x_m + h_m,
                                 .source_y_m = y_m,
                                 .receiver_y_m = y_m,
                                 .number = file == 2 ? (INT64_C(1) << 40) + i : i,
                                 .file = file,
                                 .fate = i % 7 == 3 ? PSTM_TRACE_NOT_SEISMIC : PSTM_TRACE_KEPT};
    }
    return traces;
}

/* ---- comparison ---------------------------------------------------------------------------------------- */

typedef int choose_rank(int64_t i, int64_t n);

static int by_share(int64_t i, int64_t n)
{
    return pstm_partition_owner(n, i, n_ranks);
}

static int in_turn(int64_t i, int64_t n)
{
    (void)n;
    return (int)(i % n_ranks);
}

static int all_to_the_last(int64_t i, int64_t n)
{
    (void)i, (void)n;
    return n_ranks - 1;
}

static choose_rank *const distributions[] = {by_share, in_turn, all_to_the_last};

/* Those of traces[n] that this rank begins with. */
static int64_t take_share(const pstm_trace *traces, int64_t n, choose_rank *choose, pstm_trace **mine)
{
    int64_t n_mine = 0;
    if (PSTM_NEW(mine, n, "traces") != PSTM_OK) return -1;
    for (int64_t i = 0; i < n; i++)
        if (choose(i, n) == rank) (*mine)[n_mine++] = traces[i];
    return n_mine;
}

static int is_same_tree(const pstm_kdtree *a, const pstm_kdtree *b)
{
    return a->n_traces == b->n_traces && a->n_leaves == b->n_leaves && a->n_nodes == b->n_nodes &&
           memcmp(a->leaves, b->leaves, (size_t)a->n_leaves * sizeof *a->leaves) == 0 &&
           memcmp(a->nodes, b->nodes, (size_t)a->n_nodes * sizeof *a->nodes) == 0;
}

/* This rank's traces are those of its leaves in the tree of one rank. */
static int has_its_leaves(const pstm_trace *mine, int64_t n_mine, const pstm_kdtree *whole,
                          const pstm_trace *sorted)
{
    int64_t first = pstm_partition_first(whole->n_leaves, rank, n_ranks) * PSTM_LEAF_TRACES;
    int64_t next = pstm_partition_first(whole->n_leaves, rank + 1, n_ranks) * PSTM_LEAF_TRACES;
    if (next > whole->n_traces) next = whole->n_traces;
    return n_mine == next - first && memcmp(mine, sorted + first, (size_t)n_mine * sizeof *mine) == 0;
}

static int check_survey(pstm_trace *traces, int64_t n, choose_rank *choose)
{
    pstm_trace *mine = NULL;
    pstm_kdtree *tree = NULL, *whole = NULL;
    int64_t n_mine = take_share(traces, n, choose, &mine);
    int right = n_mine >= 0 && pstm_kdtree_admit(mine, n_mine, &n_mine) == PSTM_OK;
    right &= pstm_tree_build(MPI_COMM_WORLD, 2, &mine, &n_mine, &tree) == PSTM_OK;
    right = right && tree_of_one(traces, n, &whole) == PSTM_OK; /* sorts them */
    right = right && is_same_tree(tree, whole) && has_its_leaves(mine, n_mine, whole, traces);
    pstm_kdtree_destroy(&tree);
    pstm_kdtree_destroy(&whole);
    PSTM_FREE(&mine);
    return everywhere(right);
}

START_TEST(the_tree_of_many_ranks_is_that_of_one)
{
    for (int i = 0; i < N_SIZES; i++) {
        for (int d = 0; d < 3; d++) {
            pstm_trace *traces = make_survey(surveys[_i].place, sizes[i]);
            const int right = check_survey(traces, sizes[i], distributions[d]);
            free(traces);
            ck_assert_msg(right, "%d traces %s, distribution %d", (int)sizes[i], surveys[_i].name, d);
        }
    }
}
END_TEST

/* ---- limits and errors --------------------------------------------------------------------------------- */

START_TEST(two_traces_of_one_name_are_refused_on_every_rank)
{
    enum { N = 300 };
    pstm_trace *mine = NULL;
    pstm_kdtree *tree = NULL;
    int64_t n_mine = N;
    int right = PSTM_NEW(&mine, N, "traces") == PSTM_OK; /* all of one name */
    const pstm_status status = pstm_tree_build(MPI_COMM_WORLD, 2, &mine, &n_mine, &tree);
    if (n_ranks > 1)
        right &= status == PSTM_DATA && strstr(pstm_error_text(), "same file and number") != NULL;
    PSTM_FREE(&mine);
    pstm_kdtree_destroy(&tree);
    ck_assert(everywhere(right));
}
END_TEST

START_TEST(more_ranks_need_less_memory_each)
{
    const double n = 1e9, tree = n / 256 * (64 + 2 * 56);
    ck_assert_double_eq(pstm_tree_bytes(n, 1), 72 * n + tree);
    ck_assert_double_eq(pstm_tree_bytes(n, 4096), 2 * 72 * n / 4096 + tree);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("tree");
    TCase *tests = tcase_create("tree");
    tcase_add_loop_test(tests, the_tree_of_many_ranks_is_that_of_one, 0, N_SURVEYS);
    tcase_add_test(tests, two_traces_of_one_name_are_refused_on_every_rank);
    tcase_add_test(tests, more_ranks_need_less_memory_each);
    suite_add_tcase(suite, tests);
    return suite;
}
