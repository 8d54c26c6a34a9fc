/** @file overview.h
 * What is in a survey's files, found from headers alone, with the grid that they ask for: what `pstm scan`
 * tells.
 */
#ifndef PSTM_QC_OVERVIEW_H
#define PSTM_QC_OVERVIEW_H

#include <mpi.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "job/job.h"
#include "mpi/run/survey.h"
#include "mpi/survey/word_facts.h"
#include "qc/probe.h"
#include "survey/proposal.h"

/** Of a survey; rank 0 has all of it, the others what their ranks hold. */
typedef struct pstm_overview {
    pstm_run_survey survey; /**< inputs and scan */
    pstm_doubts doubts;     /**< in the order of src/core/doubt_list.h's finders */
    pstm_word_facts words[PSTM_SEGY_WORDS];
    pstm_header_facts facts;
    int64_t n_fate[PSTM_TRACE_FATES];
    int64_t n_usable, n_sources, n_receivers,
        n_repeated;     /**< traces; places of their ends; copies of others */
    pstm_box midpoints; /**< metres */
    double least_offset_m, most_offset_m;
    double last_s; /**< end of the longest record */
    pstm_probe probe;
    pstm_proposal proposal; /**< its grid with times */
    int32_t *fold;          /**< [n_inline][n_crossline] of the grid; NULL: no grid, or too large to count */
    int64_t n_beside;       /**< usable traces beside it */
} pstm_overview;

/** Looks at the files of job->input. PSTM_DATA where they cannot be read. Collective over comm; agrees on
 * errors; *out is the caller's, for pstm_overview_clear(), also after a failure. */
PSTM_MUST_CHECK pstm_status pstm_overview_make(MPI_Comm comm, const pstm_job *job, pstm_overview *out);

/** Frees what it holds; safe on all zero. Local. */
void pstm_overview_clear(pstm_overview *overview);

/** What the shape of a survey is called: "3D, midpoints on a lattice", ... Local. */
const char *pstm_overview_shape(const pstm_proposal *proposal);

#endif
