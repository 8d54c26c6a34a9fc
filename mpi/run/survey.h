/** @file survey.h
 * The survey of a run: its input files and what their headers tell. Every rank has one; it owns what it
 * holds. All images are made of one survey.
 */
#ifndef PSTM_MPI_RUN_SURVEY_H
#define PSTM_MPI_RUN_SURVEY_H

#include <stdint.h>

#include "condition/condition_options.h"
#include "mpi/run/machine.h"
#include "mpi/survey/dropped.h"
#include "mpi/survey/inputs.h"
#include "mpi/survey/scan.h"
#include "survey/kdtree.h"
#include "survey/line.h"

typedef struct pstm_run_survey {
    pstm_inputs *inputs;
    pstm_scan *scan;       /**< until the tree is made */
    bool on_a_line;        /**< a 2D line, which `line` is */
    pstm_line line;        /**< through the two positions that are farthest apart */
    pstm_wavelet wavelet;  /**< resolved */
    uint64_t input_digest; /**< of all headers and file sizes; rank 0 */
    pstm_kdtree *tree;     /**< over all usable traces; the same on every rank */

    /* For the store, until pstm_run_survey_drop_headers(). */
    pstm_trace *traces;    /**< [n_traces] of this rank's leaves, in order */
    pstm_dropped *refused; /**< [n_refused] of the traces that this rank has read: those not in the tree */
    int64_t n_traces, n_refused;
} pstm_run_survey;

/** Opens the input files: *survey has inputs. Errors as of pstm_inputs_open(). Local. */
PSTM_MUST_CHECK pstm_status pstm_run_survey_open(const pstm_input_options *options, pstm_run_survey *survey);

/**
 * Reads all headers: *survey has scan and input_digest. PSTM_USAGE, before anything is read, when memory is
 * too short for the headers. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_survey_read(const pstm_machine *machine, pstm_run_survey *survey);

/** Makes the tree of the scan's traces, and the rest. Collective; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_run_survey_grow(const pstm_machine *machine, pstm_wavelet wavelet,
                                                 pstm_run_survey *survey);

/** Frees what only the making of a store needs. Local. */
void pstm_run_survey_drop_headers(pstm_run_survey *survey);

/** Frees all; safe on all zero. Local. */
void pstm_run_survey_clear(pstm_run_survey *survey);

#endif
