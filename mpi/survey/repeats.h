/** @file repeats.h
 * Traces that are there more than once: a file that was copied, a record that was delivered twice.
 * Collective over comm.
 */
#ifndef PSTM_MPI_SURVEY_REPEATS_H
#define PSTM_MPI_SURVEY_REPEATS_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/trace.h"

/** What a repeated trace is told by, to find it again. */
typedef struct pstm_repeat {
    int32_t file[2];
    int64_t number[2]; /**< of the first two that are the same, by file, then number; file -1: none */
} pstm_repeat;

/** As examples. */
enum { PSTM_REPEAT_EXAMPLES = 3 };

typedef struct pstm_repeats {
    int64_t n; /**< traces that repeat another one, which does not count itself */
    int32_t n_examples;
    pstm_repeat examples[PSTM_REPEAT_EXAMPLES];
} pstm_repeats;

/**
 * Counts the traces that have the identity (pstm_segy_seen) of another one, over all ranks; each rank passes
 * those that it has read, 0 for a trace that does not count. The same on every rank and for any number of
 * them. Memory of a rank: 8 bytes for each of its traces, with several ranks 16. Agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_repeats_find(MPI_Comm comm, const uint64_t *identities,
                                              const pstm_trace *traces, int64_t n, pstm_repeats *out);

#endif
