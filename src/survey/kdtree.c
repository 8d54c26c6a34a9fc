#include "survey/kdtree.h"

#include <stdlib.h>

#include "core/memory.h"

/* Fewer traces of a node are sorted in one piece: some milliseconds. */
enum { TASK_TRACES = 8192 };

/* ---- the order --------------------------------------------------------------------------------------- */

static int compare_names(const pstm_trace *a, const pstm_trace *b)
{
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return 0;
}

static int compare_names_for_qsort(const void *a, const void *b)
{
    return compare_names(a, b);
}

/** What traces are cut by: the tree's nodes by the midpoint, a leaf's bunches by the half offset too. */
typedef enum axis { MIDPOINT_X, MIDPOINT_Y, HALF_OFFSET_X, HALF_OFFSET_Y, N_AXES } axis;

/** Half the way from source to receiver, or from receiver to source, whichever points to positive x (y where
 * x is 0): which of the two is the source makes no difference to a trace's place. Zero has no sign. */
static double half_offset_m(const pstm_trace *trace, bool along_y)
{
    const double x_m = trace->receiver_x_m - trace->source_x_m, y_m = trace->receiver_y_m - trace->source_y_m;
    const double sign = x_m < 0 || (x_m == 0 && y_m < 0) ? -0.5 : 0.5;
    return sign * (along_y ? y_m : x_m) + 0.0;
}

static double coordinate_m(const pstm_trace *trace, axis across)
{
    if (across <= MIDPOINT_Y) return pstm_trace_midpoint_m(trace, across == MIDPOINT_Y);
    return half_offset_m(trace, across == HALF_OFFSET_Y);
}

/** The total order in which traces are cut: by coordinate, then file, then number. */
static bool is_before(const pstm_trace *a, const pstm_trace *b, axis across)
{
    const double value_a = coordinate_m(a, across), value_b = coordinate_m(b, across);
    if (value_a != value_b) return value_a < value_b;
    return compare_names(a, b) < 0;
}

static void swap_traces(pstm_trace *a, pstm_trace *b)
{
    const pstm_trace held = *a;
    *a = *b;
    *b = held;
}

/** A number in [0, n) out of the high bits of 64 random ones. */
static int64_t below(uint64_t random, int64_t n)
{
    __extension__ typedef unsigned __int128 wide;
    return (int64_t)(((wide)random * (wide)n) >> 64);
}

/**
 * Hoare's selection with pivots from a generator of pseudo-random numbers, so that no order of the input is
 * slow. Which traces are lowest is decided by the total order alone; the pivots change the time only.
 */
static void cut(pstm_trace *traces, int64_t n, int64_t n_lower, axis across)
{
    uint64_t state = 0x9e3779b97f4a7c15u;
    int64_t low = 0, high = n - 1;
    while (low < high) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const pstm_trace pivot = traces[low + below(state, high - low + 1)];
        int64_t i = low, j = high;
        while (i <= j) {
            while (is_before(&traces[i], &pivot, across))
                i++;
            while (is_before(&pivot, &traces[j], across))
                j--;
            if (i <= j) swap_traces(&traces[i++], &traces[j--]);
        }
        if (n_lower <= j) {
            high = j;
        } else if (n_lower >= i) {
            low = i;
        } else {
            return;
        }
    }
}

void pstm_kdtree_cut(pstm_trace *traces, int64_t n, int64_t n_lower, bool along_y)
{
    cut(traces, n, n_lower, along_y ? MIDPOINT_Y : MIDPOINT_X);
}

/** The axis along which the traces are spread most; of equal ones the first. */
static axis widest_axis(const pstm_trace *traces, int64_t n)
{
    axis widest = MIDPOINT_X;
    double most_m = -1;
    for (axis across = MIDPOINT_X; across < N_AXES; across++) {
        double low_m = INFINITY, high_m = -INFINITY;
        for (int64_t i = 0; i < n; i++) {
            low_m = pstm_lesser(low_m, coordinate_m(&traces[i], across));
            high_m = pstm_greater(high_m, coordinate_m(&traces[i], across));
        }
        if (!(high_m - low_m > most_m)) continue;
        most_m = high_m - low_m;
        widest = across;
    }
    return widest;
}

/** A leaf's order: bunches whose legs are nearly the same wherever the image is. */
static void sort_leaf(pstm_trace *traces, int64_t n)
{
    if (n <= PSTM_BUNCH_TRACES) {
        qsort(traces, (size_t)n, sizeof *traces, compare_names_for_qsort);
        return;
    }
    const int64_t n_bunches = (n + PSTM_BUNCH_TRACES - 1) / PSTM_BUNCH_TRACES;
    const int64_t n_lower = n_bunches / 2 * PSTM_BUNCH_TRACES;
    cut(traces, n, n_lower, widest_axis(traces, n));
    sort_leaf(traces, n_lower);
    sort_leaf(traces + n_lower, n - n_lower);
}

pstm_box pstm_kdtree_box(const pstm_trace *traces, int64_t n)
{
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int64_t i = 0; i < n; i++) {
        const double x_m = pstm_trace_midpoint_m(&traces[i], false);
        const double y_m = pstm_trace_midpoint_m(&traces[i], true);
        box.min_x_m = pstm_lesser(box.min_x_m, x_m);
        box.max_x_m = pstm_greater(box.max_x_m, x_m);
        box.min_y_m = pstm_lesser(box.min_y_m, y_m);
        box.max_y_m = pstm_greater(box.max_y_m, y_m);
    }
    return box;
}

/* Depth of the recursion: log2 of the leaves. A child is a task of its own where that is worth one. */
static void sort_node(pstm_trace *traces, int64_t n)
{
    const int64_t n_leaves = pstm_kdtree_n_leaves(n);
    if (n_leaves <= 1) {
        sort_leaf(traces, n);
        return;
    }
    const pstm_box box = pstm_kdtree_box(traces, n);
    const int64_t n_lower = pstm_kdtree_lower_leaves(n_leaves) * PSTM_LEAF_TRACES;
    pstm_kdtree_cut(traces, n, n_lower, pstm_kdtree_cuts_along_y(&box));
#pragma omp task if (n >= TASK_TRACES)
    sort_node(traces, n_lower);
    sort_node(traces + n_lower, n - n_lower);
}

void pstm_kdtree_sort(pstm_trace *traces, int64_t n, int n_threads)
{
    /* NOLINTNEXTLINE(clang-analyzer-deadcode.DeadStores): the clause of the pragma reads it */
    const int64_t n_tasks = n / TASK_TRACES + 1;
#pragma omp parallel num_threads(n_tasks < n_threads ? (int)n_tasks : n_threads)
#pragma omp single
    sort_node(traces, n);
}

/* ---- the tree ---------------------------------------------------------------------------------------- */

static pstm_status check_position(const pstm_trace *trace)
{
    if (isfinite(pstm_trace_midpoint_m(trace, false)) && isfinite(pstm_trace_midpoint_m(trace, true)) &&
        isfinite(pstm_trace_offset_m(trace)))
        return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "trace %lld of input file %d: source or receiver position is not finite; "
                     "check input.bytes and input.coordinate_scalar",
                     (long long)trace->number, (int)trace->file);
}

pstm_status pstm_kdtree_admit(pstm_trace *traces, int64_t n, int64_t *n_usable)
{
    int64_t n_admitted = 0;
    for (int64_t i = 0; i < n; i++)
        if (pstm_trace_is_usable(&traces[i])) PSTM_TRY(check_position(&traces[i]));
    for (int64_t i = 0; i < n; i++)
        if (pstm_trace_is_usable(&traces[i])) swap_traces(&traces[n_admitted++], &traces[i]);
    *n_usable = n_admitted;
    return PSTM_OK;
}

static pstm_leaf make_leaf(const pstm_trace *traces, int64_t first, int32_t n)
{
    pstm_leaf leaf = {.first_trace = first,
                      .n_traces = n,
                      .midpoints = pstm_kdtree_box(traces, n),
                      .min_half_offset_m = INFINITY};
    for (int32_t i = 0; i < n; i++) {
        const double half_offset_m = 0.5 * pstm_trace_offset_m(&traces[i]);
        leaf.min_half_offset_m = pstm_lesser(leaf.min_half_offset_m, half_offset_m);
        leaf.max_half_offset_m = pstm_greater(leaf.max_half_offset_m, half_offset_m);
    }
    return leaf;
}

void pstm_kdtree_make_leaves(const pstm_trace *traces, int64_t n, int64_t first_leaf, pstm_leaf *leaves)
{
    for (int64_t i = 0; i < n; i += PSTM_LEAF_TRACES) {
        const int64_t n_here = n - i < PSTM_LEAF_TRACES ? n - i : PSTM_LEAF_TRACES;
        *leaves++ = make_leaf(traces + i, first_leaf * PSTM_LEAF_TRACES + i, (int32_t)n_here);
    }
}

pstm_status pstm_kdtree_create(int64_t n_traces, pstm_kdtree **out)
{
    pstm_status status = PSTM_OK;
    pstm_kdtree *tree = NULL;
    PSTM_GO(PSTM_NEW(&tree, 1, "the KD-tree"));
    tree->n_traces = n_traces;
    tree->n_leaves = pstm_kdtree_n_leaves(n_traces);
    tree->n_nodes = tree->n_leaves > 0 ? 2 * tree->n_leaves - 1 : 0;
    PSTM_GO(PSTM_NEW(&tree->leaves, tree->n_leaves, "the leaves of the KD-tree"));
    PSTM_GO(PSTM_NEW(&tree->nodes, tree->n_nodes, "the nodes of the KD-tree"));
    *out = tree;
    tree = NULL;
cleanup:
    pstm_kdtree_destroy(&tree);
    return status;
}

/* The node over these leaves, as node i with its subtree behind it. */
static const pstm_kdnode *join_node(pstm_kdtree *tree, int64_t i, int64_t first_leaf, int64_t n_leaves)
{
    pstm_kdnode *node = &tree->nodes[i];
    node->skip = i + 2 * n_leaves - 1;
    if (n_leaves == 1) {
        node->leaf = first_leaf;
        node->midpoints = tree->leaves[first_leaf].midpoints;
        node->min_half_offset_m = tree->leaves[first_leaf].min_half_offset_m;
        return node;
    }
    const int64_t n_lower = pstm_kdtree_lower_leaves(n_leaves);
    const pstm_kdnode *lower = join_node(tree, i + 1, first_leaf, n_lower);
    const pstm_kdnode *upper = join_node(tree, lower->skip, first_leaf + n_lower, n_leaves - n_lower);
    node->leaf = -1;
    node->midpoints = pstm_box_unite(&lower->midpoints, &upper->midpoints);
    node->min_half_offset_m = pstm_lesser(lower->min_half_offset_m, upper->min_half_offset_m);
    return node;
}

void pstm_kdtree_join(pstm_kdtree *tree)
{
    if (tree->n_leaves > 0) join_node(tree, 0, 0, tree->n_leaves);
}

void pstm_kdtree_destroy(pstm_kdtree **tree)
{
    if (*tree == NULL) return;
    PSTM_FREE(&(*tree)->leaves);
    PSTM_FREE(&(*tree)->nodes);
    PSTM_FREE(tree);
}

/* ---- the prefilter ------------------------------------------------------------------------------------ */

int64_t pstm_kdtree_query(const pstm_kdtree *tree, const pstm_box *box, double aperture_m, int64_t *leaves)
{
    double reach_m = pstm_prefilter_aperture_m(aperture_m);
    double reach2_m2 = reach_m * reach_m;
    int64_t n_found = 0;
    for (int64_t i = 0; i < tree->n_nodes;) {
        const pstm_kdnode *node = &tree->nodes[i];
        double half_offset_m = node->min_half_offset_m;
        double least2_m2 = pstm_box_distance2_m2(box, &node->midpoints) + half_offset_m * half_offset_m;
        if (!(least2_m2 <= reach2_m2)) {
            i = node->skip;
            continue;
        }
        if (node->leaf >= 0) leaves[n_found++] = node->leaf;
        i++;
    }
    return n_found;
}

bool pstm_trace_can_reach(const pstm_trace *trace, const pstm_box *box, double aperture_m)
{
    double reach_m = pstm_prefilter_aperture_m(aperture_m);
    double reach2_m2 = reach_m * reach_m;
    pstm_box source = {trace->source_x_m, trace->source_x_m, trace->source_y_m, trace->source_y_m};
    pstm_box receiver = {trace->receiver_x_m, trace->receiver_x_m, trace->receiver_y_m, trace->receiver_y_m};
    return pstm_box_distance2_m2(box, &source) <= reach2_m2 &&
           pstm_box_distance2_m2(box, &receiver) <= reach2_m2;
}
