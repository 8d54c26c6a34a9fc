/** @file tree_of_one.h
 * The tree as one rank without MPI builds it: what the trees of many ranks are compared with.
 */
#ifndef PSTM_TESTS_TREE_OF_ONE_H
#define PSTM_TESTS_TREE_OF_ONE_H

#include "survey/kdtree.h"

/**
 * The tree of the usable ones among traces[n], which come to the front in the tree's order; the others
 * follow. *out is owned by the caller. PSTM_DATA as of pstm_kdtree_admit().
 */
static inline pstm_status tree_of_one(pstm_trace *traces, int64_t n, pstm_kdtree **out)
{
    int64_t n_usable;
    pstm_kdtree *tree;
    PSTM_TRY(pstm_kdtree_admit(traces, n, &n_usable));
    PSTM_TRY(pstm_kdtree_create(n_usable, &tree));
    pstm_kdtree_sort(traces, n_usable, 1);
    pstm_kdtree_make_leaves(traces, n_usable, 0, tree->leaves);
    pstm_kdtree_join(tree);
    *out = tree;
    return PSTM_OK;
}

#endif
