/** @file tree.h
 * The KD-tree of survey/kdtree.h over traces that are spread over the ranks, the same to the bit for any
 * number of ranks.
 *
 * The number of traces alone says which leaves a node has, and rank r is to hold an equal partition of the
 * leaves (mpi/comm/partition.h). A node whose leaves belong to several ranks is cut by all of them together
 * (mpi/survey/tree_cut.h), all such nodes of a level at once, each rank cutting its own traces at the same
 * key; fewer than n_ranks of a level are such. Then every trace goes to the rank of its leaf, where the
 * subtrees are sorted as on one rank, and the leaves are brought to all ranks, which make the nodes of them.
 */
#ifndef PSTM_MPI_SURVEY_TREE_H
#define PSTM_MPI_SURVEY_TREE_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/kdtree.h"

/**
 * (*traces)[*n_traces]: usable traces (pstm_kdtree_admit()), a part of the survey's on each rank; pairs of
 * file and number are distinct over all ranks. They are replaced by those of this rank's leaves, in the
 * tree's order; n_threads of each rank sort them. *tree is the whole tree, owned by the caller on every rank
 * (pstm_kdtree_destroy). On failure *traces holds traces, or NULL, in no order. Memory of a rank:
 * pstm_tree_bytes(). Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_tree_build(MPI_Comm comm, int n_threads, pstm_trace **traces,
                                            int64_t *n_traces, pstm_kdtree **tree);

/**
 * Bytes that each rank needs for its traces and the tree while a tree of n_traces is built, about: a rank
 * holds what it brought and what it received when traces change hands, which they do not with one rank.
 * Local.
 */
double pstm_tree_bytes(double n_traces, int n_ranks);

#endif
