/** @file formats.h
 * Whether the samples of a file change their format from one part of it to another, IBM floats here and IEEE
 * floats there: the words of stretches of a file, counted as they are read, are compared with each other.
 */
#ifndef PSTM_MPI_SURVEY_FORMATS_H
#define PSTM_MPI_SURVEY_FORMATS_H

#include <mpi.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "io/segy/read.h"
#include "mpi/survey/inputs.h"

/** A file is looked at in so many stretches of equal numbers of traces. */
enum { PSTM_FORMAT_STRETCHES = 64 };

/** Of one file: sums of pstm_float_words by stretch; all zero: of none. */
typedef struct pstm_file_words {
    int64_t n[PSTM_FORMAT_STRETCHES], n_zero[PSTM_FORMAT_STRETCHES];
} pstm_file_words;

/** Adds those of a trace, by its number in a file of n_traces. Local. */
void pstm_file_words_count(pstm_file_words *words, int64_t n_traces, int64_t number,
                           const pstm_float_words *of_trace);

/** Makes of each rank's words, [n_files], those of all ranks, the same on every rank. Collective. */
void pstm_file_words_over_ranks(MPI_Comm comm, pstm_file_words *words, int64_t n_files);

/**
 * Doubts files of floats in which no word of some stretches has bits 20-23 zero, as in normal IBM floats, and
 * many have in others, as in IEEE floats: an error where a tenth of the stretches are unlike the format of
 * the file. words: [n_files], of all ranks. Local.
 */
PSTM_MUST_CHECK pstm_status pstm_doubt_formats(const pstm_inputs *inputs, const pstm_file_words *words,
                                               pstm_doubts *doubts);

#endif
