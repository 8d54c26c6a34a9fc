/** @file build_store.h
 * From the input files to a complete trace store: every usable trace read and conditioned once, spread over
 * the ranks, in the order of the KD-tree.
 */
#ifndef PSTM_MPI_SURVEY_BUILD_STORE_H
#define PSTM_MPI_SURVEY_BUILD_STORE_H

#include <mpi.h>
#include <stdint.h>

#include "condition/condition_options.h"
#include "core/status.h"
#include "io/store/store.h"
#include "mpi/survey/dropped.h"
#include "mpi/survey/inputs.h"
#include "profile/profile.h"
#include "survey/kdtree.h"

/** What the ranks need to fill a store that rank 0 has created. */
typedef struct pstm_store_work {
    const pstm_inputs *inputs;
    const pstm_condition_options *condition;
    pstm_wavelet wavelet;          /**< resolved */
    const char *store_path;        /**< incomplete, as pstm_store_create() left it */
    const pstm_store_about *about; /**< what it was made with */
    const pstm_leaf *leaves;       /**< the same, of all ranks */
    const char *dropped_path;      /**< list of the dropped traces */
    const pstm_trace *traces; /**< of this rank's partition of the leaves (mpi/comm/partition.h), in order */
    const pstm_dropped *refused; /**< traces that did not get into the tree, each on one rank; for the list */
    int64_t n_refused;
    int32_t n_threads;          /**< of this rank; fewer work if memory is short */
    int64_t memory_bytes;       /**< for the buffers of this rank's threads */
    pstm_rank_profile *profile; /**< NULL: none; its main lane runs */
} pstm_store_work;

/**
 * Fills the store: each rank takes an equal partition of the leaves, reads the samples of their traces,
 * conditions them and writes both; the dropped traces are listed, and rank 0 marks the store complete, with
 * the digest of its rows: of each leaf its traces and their samples, without antialias copies, combined in
 * order of the leaves; so stores that differ in the number of copies alone have the same. PSTM_DATA when no
 * trace is left, most are absurd (PSTM_ABSURD_SAMPLE) or an input file has changed since it was opened; the
 * store then stays incomplete.
 * n_fate[PSTM_TRACE_FATES] receives the usable traces by fate, over all ranks, everywhere; what is doubted of
 * their samples is kept in the store. Memory: two leaves of samples a thread, and one thread at least.
 * Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_build_store(MPI_Comm comm, const pstm_store_work *work, int64_t *n_fate);

#endif
