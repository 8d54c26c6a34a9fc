/** @file dropped.h  The list of the traces that do not contribute. */
#ifndef PSTM_MPI_SURVEY_DROPPED_H
#define PSTM_MPI_SURVEY_DROPPED_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "mpi/survey/inputs.h"

/** A trace that does not contribute, and why. */
typedef struct pstm_dropped {
    int64_t number;
    int32_t file, fate; /**< as in pstm_trace */
} pstm_dropped;

/**
 * Writes the dropped[n] of all ranks to the text file `path`, by file and number; `dropped` is reordered, and
 * may be NULL with n = 0. Each rank writes a part of the list. Memory of a rank: its part of the list, at
 * most its partition of all traces. Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_dropped_write(MPI_Comm comm, const pstm_inputs *inputs, const char *path,
                                               pstm_dropped *dropped, int64_t n);

#endif
