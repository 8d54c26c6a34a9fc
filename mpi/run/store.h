/** @file store.h
 * The trace store of a run: all usable traces, conditioned once, beside the first cube. Every rank has one;
 * it owns what it holds. One store is enough for all images, so it has as many antialias copies of each trace
 * as the image that needs most; each image chooses among its own number of them, and its bits are those of a
 * store of its own (docs/decisions/0010-images-of-one-store.md).
 */
#ifndef PSTM_MPI_RUN_STORE_H
#define PSTM_MPI_RUN_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "condition/condition_options.h"
#include "core/text.h"
#include "io/digest.h"
#include "io/store/store.h"
#include "mpi/run/machine.h"
#include "mpi/run/survey.h"

typedef struct pstm_run_store {
    pstm_text path, dropped_path;           /**< of the store, and of the list of dropped traces */
    int32_t n_levels;                       /**< copies of each trace */
    pstm_text key;                          /**< rank 0: what shapes its rows (keys.h) */
    pstm_store *rows;                       /**< open from pstm_run_store_make() on */
    char samples_digest[PSTM_DIGEST_CHARS]; /**< of its rows; "" before */
    bool was_built;                         /**< by this run */
} pstm_run_store;

/** Names the files beside this cube. Local. */
PSTM_MUST_CHECK pstm_status pstm_run_store_name(const char *cube_path, pstm_run_store *store);

/** Floats of a row: a trace of n_samples with its copies. Local. */
static inline int64_t pstm_run_store_row_floats(const pstm_run_store *store, int32_t n_samples)
{
    return store->n_levels * pstm_trace_stride(n_samples);
}

/** How a store is made if there is none; borrowed for the call. */
typedef struct pstm_run_store_plan {
    const pstm_condition_options *condition;
    const char *commit;         /**< of the program */
    bool is_ours_alone;         /**< rank 0: no other run makes this store, so its drafts are left-overs */
    bool anew;                  /**< whatever store is there */
    pstm_rank_profile *profile; /**< NULL: none */
} pstm_run_store_plan;

/**
 * Takes the complete store that is there if it has this key and was made of the very input files that there
 * are now, none of them written to since; conditions all traces into a new one otherwise. Drops the survey's
 * headers. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_store_make(const pstm_machine *machine, pstm_run_survey *survey,
                                                const pstm_run_store_plan *plan, pstm_run_store *store);

/** Removes its file, if there is one. Local, rank 0 does it, after all have closed it. */
PSTM_MUST_CHECK pstm_status pstm_run_store_remove(const pstm_run_store *store);

/** Closes it and frees all; safe on all zero. Local. */
void pstm_run_store_clear(pstm_run_store *store);

#endif
