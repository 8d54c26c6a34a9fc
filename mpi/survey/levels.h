/** @file levels.h  What the levels of recorded traces tell: another gain, loud traces, null values. */
#ifndef PSTM_MPI_SURVEY_LEVELS_H
#define PSTM_MPI_SURVEY_LEVELS_H

#include <mpi.h>
#include <stdbool.h>

#include "condition/levels.h"
#include "core/doubt.h"
#include "core/status.h"
#include "mpi/survey/inputs.h"

/** Makes of each rank's levels, [n_files], those of all ranks, the same on every rank. Collective. */
void pstm_levels_over_ranks(MPI_Comm comm, pstm_file_levels *levels, int64_t n_files);

/**
 * Doubts files whose traces are a hundred times louder or quieter than those of the other files, traces three
 * hundred times louder than the median of their file, traces that are all too faint for single precision, and
 * samples that stand alone. levels: [n_files], of all
 * ranks; is_balanced: an AGC makes all traces equally loud, so that only the last matter. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_doubt_levels(const pstm_inputs *inputs, const pstm_file_levels *levels,
                                              bool is_balanced, pstm_doubts *doubts);

#endif
