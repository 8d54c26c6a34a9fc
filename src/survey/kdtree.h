/** @file kdtree.h
 * The KD-tree over the midpoints of all usable traces. It gives the ONE order in which traces are stored
 * and added to the image, and the prefilter that finds the traces near a tile.
 *
 * The order is a pure function of the set of traces: a node with more than PSTM_LEAF_TRACES traces is cut
 * across the longer side of its midpoints' box (x when equal) into the lower ones and the upper ones by
 * (coordinate, file, number), so that every leaf but the last is full; inside a leaf traces stand by (file,
 * number). Neither the order of the input array nor the number of ranks matters.
 *
 * Nodes and leaves are plain data without pointers: they cross MPI as bytes (pstm_kdtree_create()).
 * All functions are Local; a built tree is read-only and may be queried by several threads.
 */
#ifndef PSTM_SURVEY_KDTREE_H
#define PSTM_SURVEY_KDTREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/box.h"
#include "survey/trace.h"

enum { PSTM_LEAF_TRACES = 256 /**< traces of a leaf, at most; part of the numerics */ };

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
    int64_t n_traces, n_leaves, n_nodes;
    pstm_leaf *leaves;  /**< [n_leaves], ascending first_trace */
    pstm_kdnode *nodes; /**< [n_nodes]; the root is node 0 */
} pstm_kdtree;

/** True for the traces that enter the tree: all whose header alone does not rule them out. */
static inline bool pstm_trace_is_usable(const pstm_trace *trace)
{
    return trace->fate != PSTM_TRACE_NOT_SEISMIC && trace->fate != PSTM_TRACE_NO_POSITION;
}

/**
 * Builds the tree of the usable ones among traces[n] (pairs of file and number must be distinct).
 * order[n]: order[i] = index in `traces` of the i-th trace of the tree, for i < (*out)->n_traces; the rest
 * is -1. O(n log n). *out is owned by the caller (pstm_kdtree_destroy); without usable traces it has no
 * leaves. PSTM_DATA when a usable trace has a position that is not finite, PSTM_SYSTEM without memory.
 */
PSTM_MUST_CHECK pstm_status pstm_kdtree_build(const pstm_trace *traces, int64_t n, int64_t *order,
                                              pstm_kdtree **out);

/** An empty tree of these sizes whose leaves and nodes the caller fills, as a receiver of a broadcast. */
PSTM_MUST_CHECK pstm_status pstm_kdtree_create(int64_t n_traces, int64_t n_leaves, int64_t n_nodes,
                                               pstm_kdtree **out);

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
