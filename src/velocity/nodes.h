/** @file nodes.h
 * The nodes of one axis of the grid at which a velocity model is asked, and how their columns make that of a
 * location (docs/decisions/0015-columns.md). Internal to velocity/. Local.
 *
 * A node is every 16th location of the axis, counted from location 0 and on beyond both ends; every 8th where
 * 16 steps exceed 200 m, and every 4th, 2nd or each where the nodes would lie more than 400 m apart. Between
 * them a column is the quasi-interpolating cubic B-spline of those at the nodes f_i (Sablonniere 2005:
 * docs/references.md), which is exact for cubics:
 *
 *   c_i = (-f_(i-1) + 8 f_i - f_(i+1)) / 6        sum over a = 0 .. 3 of w_a(u) c_(i-1+a)
 *
 * at u in [0, 1) of the way from node i to the next. Where each location is a node, and on an axis of one
 * location, a column is that of its node.
 */
#ifndef PSTM_VELOCITY_NODES_H
#define PSTM_VELOCITY_NODES_H

#include <stdint.h>

enum { PSTM_NODE_WEIGHTS = 4 };

/** The nodes for locations [begin, end). */
typedef struct pstm_nodes {
    int32_t spacing;    /**< locations from node to node */
    int32_t first, n;   /**< nodes with columns f: first, ..., each counted in spacings */
    int32_t n_weighted; /**< coefficients c that a location takes: 4, or 1 that is f itself */
    int32_t n_coefficients;
} pstm_nodes;

/** The nodes of an axis of n locations with this step, for those in [begin, end). */
pstm_nodes pstm_nodes_of_axis(int32_t n, double step_m, int32_t begin, int32_t end);

/** The first coefficient of a location, counted from the first there is, and the weights of its
 * n_weighted. */
int32_t pstm_nodes_weights(const pstm_nodes *nodes, int32_t location, double weights[PSTM_NODE_WEIGHTS]);

/** Makes the coefficients c of the columns f, in place: columns[node * stride + k], k < n_times. */
void pstm_nodes_make_coefficients(const pstm_nodes *nodes, double *columns, int64_t stride, int32_t n_times);

#endif
