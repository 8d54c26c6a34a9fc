/** @file inputs.h  The input files of a job, opened and found to belong together. All functions are Local. */
#ifndef PSTM_MPI_SURVEY_INPUTS_H
#define PSTM_MPI_SURVEY_INPUTS_H

#include <stdint.h>
#include <time.h>

#include "core/status.h"
#include "io/segy/read.h"
#include "survey/input_options.h"

typedef struct pstm_inputs {
    int64_t n_files;
    pstm_segy **files; /**< [n_files] in the order of input.segy */
    int64_t n_traces;  /**< of all files */
    int32_t n_samples; /**< of the longest traces */
    double sample_s;   /**< the same in all files */
} pstm_inputs;

/** Opens all files of input.segy. PSTM_DATA naming two files whose sample intervals differ. */
PSTM_MUST_CHECK pstm_status pstm_inputs_open(const pstm_input_options *how, pstm_inputs **out);

/** The path of the first file that was modified after `time`; NULL: none. */
const char *pstm_inputs_newer(const pstm_inputs *inputs, const struct timespec *time);

/** Closes all files, frees *inputs and sets it to NULL; NULL-safe. */
void pstm_inputs_close(pstm_inputs **inputs);

#endif
