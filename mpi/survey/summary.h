/** @file summary.h
 * What the headers of a survey tell, each rank holding a part of them in the order of the files. The answers
 * are the same on every rank, and to the bit for any number of ranks. Collective over comm.
 */
#ifndef PSTM_MPI_SURVEY_SUMMARY_H
#define PSTM_MPI_SURVEY_SUMMARY_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "survey/header_facts.h"
#include "survey/line.h"
#include "survey/summary.h"

/** Adds up what each rank found in its part (pstm_survey_summary_find()), everywhere. */
void pstm_summary_over_ranks(MPI_Comm comm, pstm_survey_summary *summary);

/** The same of facts of headers. */
void pstm_facts_over_ranks(MPI_Comm comm, pstm_header_facts *facts);

/**
 * True when all sources and receivers of usable traces (so their midpoints too) lie within
 * PSTM_LINE_TOLERANCE of one straight line (survey/line.h). *line is the one through the two that are
 * farthest apart. No trace, or all at one
 * point: true, and a line without a direction.
 */
bool pstm_survey_is_line(MPI_Comm comm, const pstm_trace *traces, int64_t n, pstm_line *line);

#endif
