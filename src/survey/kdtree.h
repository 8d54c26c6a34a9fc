/** @file kdtree.h
 * The KD-tree over the midpoints of all usable traces. It gives the ONE order in which traces are stored
 * and added to the image, and the prefilter that finds the traces near a tile.
 *
 * The order is a pure function of the set of traces: a node with more than PSTM_LEAF_TRACES traces is cut
 * across the longer side of its midpoints' box (x when equal) into the lower ones and the upper ones by
 * (coordinate, file, number), so that every leaf but the last is full. A leaf is cut likewise into bunches of
 * PSTM_BUNCH_TRACES, half of the bunches (rounded down) to either side, across the widest of midpoint x and y
 * and half offset x and y: traces whose legs are nearly the same wherever the image is follow each other, and
 * kernels add them together. Inside a bunch traces stand by (file, number). Neither the order of the input
 * array nor the number of ranks matters.
 *
 * Leaves are plain data without pointers: they cross MPI as bytes. Nodes are made from them.
 * All functions are Local; a built tree is read-only and may be queried by several threads.
 */
#ifndef PSTM_SURVEY_KDTREE_H
#define PSTM_SURVEY_KDTREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/box.h"
#include "survey/trace.h"

enum {
    PSTM_LEAF_TRACES = 256, /**< traces of a leaf, at most; part of the numerics */
    PSTM_BUNCH_TRACES = 4   /**< traces of a bunch, at most; part of the numerics too */
};

/** A block of traces that lie together in the tree's order: [first_trace, first_trace + n_traces). */
typedef struct pstm_leaf {
    int64_t first_trace;
    int32_t n_traces;
    int32_t padding; /**< 0, so that equal trees are equal bytes */
    pstm_box midpoints;
    double min_half_offset_m, max_half_offset_m;
} pstm_leaf;

/** Nodes in depth-first order: what follows a node is its first child, or the next leaf. */
typedef struct pstm_kdnode {
    pstm_box midpoints;
    double min_half_offset_m;
    int64_t leaf; /**< leaf number, or -1 for an inner node */
    int64_t skip; /**< the node behind this one's whole subtree */
} pstm_kdnode;

typedef struct pstm_kdtree {
    int64_t n_traces, n_leaves, n_nodes; /**< n_nodes = 2 n_leaves - 1, or 0 */
    pstm_leaf *leaves;                   /**< [n_leaves], ascending first_trace */
    pstm_kdnode *nodes;                  /**< [n_nodes]; the root is node 0 */
} pstm_kdtree;

/** True for the traces that enter the tree: all that headers alone do not rule out. */
static inline bool pstm_trace_is_usable(const pstm_trace *trace)
{
    return trace->fate != PSTM_TRACE_NOT_SEISMIC && trace->fate != PSTM_TRACE_NO_POSITION &&
           trace->fate != PSTM_TRACE_NO_COORDINATES;
}

/** The midpoint's y (along_y) or x in metres; zero has no sign, so that equal midpoints have equal bits. */
static inline double pstm_trace_midpoint_m(const pstm_trace *trace, bool along_y)
{
    return 0.5 *
               (along_y ? trace->source_y_m + trace->receiver_y_m : trace->source_x_m + trace->receiver_x_m) +
           0.0;
}

/* ---- the shape, which the number of traces alone decides ---------------------------------------------- */

/** The leaves of n traces. Leaf i holds the traces [256 i, 256 (i + 1)) of the tree's order; the last may
 * hold fewer. */
static inline int64_t pstm_kdtree_n_leaves(int64_t n_traces)
{
    return n_traces / PSTM_LEAF_TRACES + (n_traces % PSTM_LEAF_TRACES != 0);
}

/** How many of a node's n_leaves >= 2 leaves are its lower child's. */
static inline int64_t pstm_kdtree_lower_leaves(int64_t n_leaves)
{
    return n_leaves / 2;
}

/** True when a node with this box of midpoints is cut by y, false by x. */
static inline bool pstm_kdtree_cuts_along_y(const pstm_box *midpoints)
{
    return midpoints->max_y_m - midpoints->min_y_m > midpoints->max_x_m - midpoints->min_x_m;
}

/* ---- the steps of building it (mpi/survey/tree.h) ------------------------------------- */

/**
 * Brings the usable ones of traces[n] to the front, *n_usable of them, in the order in which they stood.
 * PSTM_DATA when a usable trace has a position that is not finite; the traces then stay as they are.
 */
PSTM_MUST_CHECK pstm_status pstm_kdtree_admit(pstm_trace *traces, int64_t n, int64_t *n_usable);

/** The box of the midpoints; of no trace {INFINITY, -INFINITY, INFINITY, -INFINITY}. */
pstm_box pstm_kdtree_box(const pstm_trace *traces, int64_t n);

/** Brings the n_lower lowest of traces[n], by (midpoint's coordinate, file, number), to the front. O(n). */
void pstm_kdtree_cut(pstm_trace *traces, int64_t n, int64_t n_lower, bool along_y);

/** Puts the n usable traces of a node, or of the whole tree, into the tree's order, in place. The order does
 * not depend on n_threads. O(n log n) work, O(n) of it one after the other. */
void pstm_kdtree_sort(pstm_trace *traces, int64_t n, int n_threads);

/** Describes n sorted traces that begin with leaf first_leaf: leaves[pstm_kdtree_n_leaves(n)]. */
void pstm_kdtree_make_leaves(const pstm_trace *traces, int64_t n, int64_t first_leaf, pstm_leaf *leaves);

/** A tree of n_traces usable traces whose leaves the caller fills before pstm_kdtree_join(). *out is owned by
 * the caller (pstm_kdtree_destroy). */
PSTM_MUST_CHECK pstm_status pstm_kdtree_create(int64_t n_traces, pstm_kdtree **out);

/** Makes the nodes from the leaves. */
void pstm_kdtree_join(pstm_kdtree *tree);

/** Frees *tree and sets it to NULL; NULL-safe. */
void pstm_kdtree_destroy(pstm_kdtree **tree);

/**
 * The leaves that may hold a trace with both |x-s| <= aperture and |x-r| <= aperture for a point x of the
 * box, ascending, into leaves[tree->n_leaves]; returns how many. No such trace is ever missed: with
 * midpoint m and half offset h, |x-s|^2 + |x-r|^2 = 2 |x-m|^2 + 2 h^2 (parallelogram law), so that both
 * legs inside the aperture A need |x-m|^2 + h^2 <= A^2. INFINITY gives all leaves.
 */
int64_t pstm_kdtree_query(const pstm_kdtree *tree, const pstm_box *box, double aperture_m, int64_t *leaves);

/** True unless the trace's source or receiver lies farther than the aperture from every point of the box. */
bool pstm_trace_can_reach(const pstm_trace *trace, const pstm_box *box, double aperture_m);

#endif
