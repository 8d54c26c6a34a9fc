/** @file odd_traces.h
 * Traces whose headers do not fit those of their neighbours in the file: x and y swapped, delays that jump
 * to and fro. Traces are compared within blocks of 4096 of a file, so that the ranks do not matter.
 * Collective over comm.
 */
#ifndef PSTM_MPI_SURVEY_ODD_TRACES_H
#define PSTM_MPI_SURVEY_ODD_TRACES_H

#include <mpi.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "mpi/survey/inputs.h"
#include "survey/trace.h"

/**
 * Doubts the positions of traces that would lie beside their neighbours if x and y of source and receiver
 * were swapped, and are ten times farther from them as they are; where the file is in no order nothing is
 * told. And delays that are above, or below, those of both neighbours of the same source, in a tenth of such
 * traces; a delay for each source, or one that goes with the offset, is not doubtful. Each rank passes the
 * traces that it has read, in the order of the files. The same on every rank and for any number of them.
 * Agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_doubt_odd_traces(MPI_Comm comm, const pstm_inputs *inputs, int delay_byte,
                                                  const pstm_trace *traces, int64_t n, pstm_doubts *doubts);

#endif
