/** @file tree_cut.h
 * Cutting nodes of the KD-tree whose traces are spread over the ranks. Collective over comm.
 */
#ifndef PSTM_MPI_SURVEY_TREE_CUT_H
#define PSTM_MPI_SURVEY_TREE_CUT_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/trace.h"

/** A node that all ranks cut together. */
typedef struct pstm_cut {
    int64_t first_leaf, n_leaves; /**< of the node, >= 2 leaves; the same on every rank */
    int64_t begin, end;           /**< its traces on this rank */
    bool along_y;                 /**< found: the axis; the same on every rank */
    int64_t middle;               /**< found: here the traces of its upper child begin on this rank */
    int64_t lower, upper;         /**< the cuts of its children; -1: they are not cut */
} pstm_cut;

/** What a level of cuts needs; for as many cuts as it was made for. */
typedef struct pstm_cutter pstm_cutter;

/**
 * most: cuts of a level, at most. Every rank passes its usable traces; pairs of file and number are distinct
 * over all ranks. *out is owned by the caller (pstm_cutter_destroy). Agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_cutter_create(MPI_Comm comm, pstm_trace *traces, int64_t n_traces,
                                               int64_t most, pstm_cutter **out);

/** Frees *cutter and sets it to NULL; NULL-safe. Local. */
void pstm_cutter_destroy(pstm_cutter **cutter);

/**
 * Cuts n nodes, which have no trace in common, as pstm_kdtree_sort() does: finds along_y and middle of each
 * and brings the traces of its lower child to its front, on every rank. It takes a sum over the ranks for
 * each 4 bits of the range of keys (coordinate, file, number) of the widest node: about 20. Local work: two
 * looks at each trace. PSTM_DATA, the same everywhere, when two traces have one file and number.
 */
PSTM_MUST_CHECK pstm_status pstm_cut_nodes(pstm_cutter *cutter, pstm_cut *cuts, int64_t n);

#endif
