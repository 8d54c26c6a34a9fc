#include "survey/kdtree.h"

#include <stdlib.h>

#include "core/memory.h"

/** A trace while the tree is built. */
typedef struct point {
    double x_m, y_m; /**< midpoint */
    int64_t number, index;
    int32_t file;
} point;

/** The state of a build; nodes and leaves are appended in depth-first order. */
typedef struct builder {
    const pstm_trace *traces;
    point *points;
    pstm_kdtree *tree;
    int64_t n_leaves_made, n_nodes_made;
} builder;

static int compare_names(const point *a, const point *b)
{
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return 0;
}

static int compare_names_for_qsort(const void *a, const void *b)
{
    return compare_names(a, b);
}

/** The total order in which a node is cut: by coordinate, then file, then number. */
static bool is_before(const point *a, const point *b, bool along_y)
{
    double value_a = along_y ? a->y_m : a->x_m;
    double value_b = along_y ? b->y_m : b->x_m;
    if (value_a != value_b) return value_a < value_b;
    return compare_names(a, b) < 0;
}

static void swap_points(point *a, point *b)
{
    point held = *a;
    *a = *b;
    *b = held;
}

/**
 * Moves the n_lower lowest of points[n] to the front: Hoare's selection with pivots from a generator of
 * pseudo-random numbers, so that no order of the input is slow. Which points are lowest is decided by the
 * total order alone; the pivots change the time only.
 */
static void select_lowest(point *points, int64_t n, int64_t n_lower, bool along_y)
{
    uint64_t state = 0x9e3779b97f4a7c15u;
    int64_t low = 0, high = n - 1;
    while (low < high) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        point pivot = points[low + (int64_t)((state >> 33) % (uint64_t)(high - low + 1))];
        int64_t i = low, j = high;
        while (i <= j) {
            while (is_before(&points[i], &pivot, along_y))
                i++;
            while (is_before(&pivot, &points[j], along_y))
                j--;
            if (i <= j) swap_points(&points[i++], &points[j--]);
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

static void widen(pstm_box *box, double x_m, double y_m)
{
    box->min_x_m = fmin(box->min_x_m, x_m);
    box->max_x_m = fmax(box->max_x_m, x_m);
    box->min_y_m = fmin(box->min_y_m, y_m);
    box->max_y_m = fmax(box->max_y_m, y_m);
}

/** A leaf of points[first, first + n); returns its least half offset. */
static double add_leaf(builder *build, int64_t first, int64_t n, const pstm_box *box)
{
    point *points = build->points + first;
    qsort(points, (size_t)n, sizeof *points, compare_names_for_qsort);
    double least = INFINITY, greatest = 0;
    for (int64_t i = 0; i < n; i++) {
        double half_offset = 0.5 * pstm_trace_offset_m(&build->traces[points[i].index]);
        least = fmin(least, half_offset);
        greatest = fmax(greatest, half_offset);
    }
    pstm_leaf *leaf = &build->tree->leaves[build->n_leaves_made++];
    leaf->first_trace = first;
    leaf->n_traces = (int32_t)n;
    leaf->midpoints = *box;
    leaf->min_half_offset_m = least;
    leaf->max_half_offset_m = greatest;
    return least;
}

static int64_t n_leaves_of(int64_t n_traces)
{
    return (n_traces + PSTM_LEAF_TRACES - 1) / PSTM_LEAF_TRACES;
}

/** The subtree of points[first, first + n), n > 0; returns its least half offset. Depth: log2 of leaves. */
static double add_node(builder *build, int64_t first, int64_t n)
{
    point *points = build->points + first;
    pstm_box box = {INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int64_t i = 0; i < n; i++)
        widen(&box, points[i].x_m, points[i].y_m);

    pstm_kdnode *node = &build->tree->nodes[build->n_nodes_made++];
    node->midpoints = box;
    int64_t n_leaves = n_leaves_of(n);
    if (n_leaves == 1) {
        node->leaf = build->n_leaves_made;
        node->min_half_offset_m = add_leaf(build, first, n, &box);
    } else {
        node->leaf = -1;
        int64_t n_lower = n_leaves / 2 * PSTM_LEAF_TRACES;
        bool along_y = box.max_y_m - box.min_y_m > box.max_x_m - box.min_x_m;
        select_lowest(points, n, n_lower, along_y);
        double lower = add_node(build, first, n_lower);
        double upper = add_node(build, first + n_lower, n - n_lower);
        node->min_half_offset_m = fmin(lower, upper);
    }
    node->skip = build->n_nodes_made;
    return node->min_half_offset_m;
}

/** The usable traces as points; *n_points of them. */
static pstm_status gather_points(const pstm_trace *traces, int64_t n, point *points, int64_t *n_points)
{
    int64_t n_usable = 0;
    for (int64_t i = 0; i < n; i++) {
        const pstm_trace *trace = &traces[i];
        if (!pstm_trace_is_usable(trace)) continue;
        point next = {.x_m = 0.5 * (trace->source_x_m + trace->receiver_x_m),
                      .y_m = 0.5 * (trace->source_y_m + trace->receiver_y_m),
                      .number = trace->number,
                      .index = i,
                      .file = trace->file};
        if (!isfinite(next.x_m) || !isfinite(next.y_m) || !isfinite(pstm_trace_offset_m(trace)))
            return pstm_fail(PSTM_DATA,
                             "trace %lld of input file %d: source or receiver position is not finite; "
                             "check input.bytes and input.coordinate_scalar",
                             (long long)trace->number, (int)trace->file);
        points[n_usable++] = next;
    }
    *n_points = n_usable;
    return PSTM_OK;
}

pstm_status pstm_kdtree_create(int64_t n_traces, int64_t n_leaves, int64_t n_nodes, pstm_kdtree **out)
{
    pstm_status status = PSTM_OK;
    pstm_kdtree *tree = NULL;
    PSTM_GO(PSTM_NEW(&tree, 1, "the KD-tree"));
    tree->n_traces = n_traces;
    tree->n_leaves = n_leaves;
    tree->n_nodes = n_nodes;
    PSTM_GO(PSTM_NEW(&tree->leaves, n_leaves, "the leaves of the KD-tree"));
    PSTM_GO(PSTM_NEW(&tree->nodes, n_nodes, "the nodes of the KD-tree"));
    *out = tree;
    tree = NULL;
cleanup:
    pstm_kdtree_destroy(&tree);
    return status;
}

pstm_status pstm_kdtree_build(const pstm_trace *traces, int64_t n, int64_t *order, pstm_kdtree **out)
{
    pstm_status status = PSTM_OK;
    builder build = {.traces = traces};
    int64_t n_usable = 0;
    PSTM_GO(PSTM_NEW(&build.points, n, "the midpoints"));
    PSTM_GO(gather_points(traces, n, build.points, &n_usable));

    int64_t n_leaves = n_leaves_of(n_usable);
    PSTM_GO(pstm_kdtree_create(n_usable, n_leaves, n_leaves > 0 ? 2 * n_leaves - 1 : 0, &build.tree));
    if (n_usable > 0) add_node(&build, 0, n_usable);

    for (int64_t i = 0; i < n; i++)
        order[i] = i < n_usable ? build.points[i].index : -1;
    *out = build.tree;
    build.tree = NULL;
cleanup:
    pstm_kdtree_destroy(&build.tree);
    PSTM_FREE(&build.points);
    return status;
}

void pstm_kdtree_destroy(pstm_kdtree **tree)
{
    if (*tree == NULL) return;
    PSTM_FREE(&(*tree)->leaves);
    PSTM_FREE(&(*tree)->nodes);
    PSTM_FREE(tree);
}

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
