/** @file word_facts.h  Ranges of the words of all trace headers of a survey. */
#ifndef PSTM_MPI_SURVEY_WORD_FACTS_H
#define PSTM_MPI_SURVEY_WORD_FACTS_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "io/segy/words.h"
#include "mpi/survey/inputs.h"

typedef struct pstm_word_facts {
    int64_t n_not_zero;  /**< traces of which the word is not 0 */
    int32_t least, most; /**< of all traces */
} pstm_word_facts;

/** Reads the headers of all traces, each rank an equal part with n_threads threads: facts[PSTM_SEGY_WORDS],
 * the same on every rank. Collective over comm; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_word_facts_find(MPI_Comm comm, const pstm_inputs *inputs, int n_threads,
                                                 pstm_word_facts *facts);

#endif
