/** @file far_traces.h  A few traces of a survey that lie far from all others. Collective over comm. */
#ifndef PSTM_MPI_SURVEY_FAR_TRACES_H
#define PSTM_MPI_SURVEY_FAR_TRACES_H

#include <mpi.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "mpi/survey/inputs.h"
#include "survey/trace.h"

/**
 * Doubts the positions of usable traces whose midpoints lie a kilometre and more from the median of all, and
 * ten times farther than eight tenths of the others are spread, or than most offsets are long. Each rank
 * passes the traces that it has read. The doubt is the same on every rank and for any number of them. Agrees
 * on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_doubt_far_traces(MPI_Comm comm, const pstm_inputs *inputs,
                                                  const pstm_trace *traces, int64_t n, pstm_doubts *doubts);

#endif
