/** @file inputs.h
 * The input files of a job, opened and found to belong together. All functions are Local but
 * pstm_inputs_compare().
 */
#ifndef PSTM_MPI_SURVEY_INPUTS_H
#define PSTM_MPI_SURVEY_INPUTS_H

#include <mpi.h>
#include <stdint.h>
#include <time.h>

#include "core/status.h"
#include "io/segy/read.h"
#include "survey/input_options.h"

typedef struct pstm_inputs {
    int64_t n_files;
    pstm_segy **files;              /**< [n_files] in the order of input.segy */
    pstm_file_identity *identities; /**< [n_files] of the files as they were opened */
    int64_t n_traces;               /**< of all files */
    int32_t n_samples;              /**< of the longest traces */
    double sample_s;                /**< the same in all files */
} pstm_inputs;

/** Opens all files of input.segy. PSTM_DATA naming two files whose sample intervals differ. */
PSTM_MUST_CHECK pstm_status pstm_inputs_open(const pstm_input_options *how, pstm_inputs **out);

/**
 * Sees that all ranks have opened the same files. Those that a rank knows by another identity than rank 0,
 * copies on the disks of nodes, are read to the end and compared by their digests. PSTM_DATA naming rank and
 * file, what differs and the remedy. Collective over comm; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_inputs_compare(MPI_Comm comm, const pstm_inputs *inputs);

/** PSTM_DATA naming the first file that is not as it was opened, what has changed and the remedy. */
PSTM_MUST_CHECK pstm_status pstm_inputs_check(const pstm_inputs *inputs);

/** The path of the first file whose content, name, owner or rights were changed after `time`; NULL: none. */
const char *pstm_inputs_newer(const pstm_inputs *inputs, const struct timespec *time);

/** Closes all files, frees *inputs and sets it to NULL; NULL-safe. */
void pstm_inputs_close(pstm_inputs **inputs);

#endif
