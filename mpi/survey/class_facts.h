/** @file class_facts.h
 * What the traces of each class in a trace store have in common: offsets, and the times that mutes and
 * records leave. The same on every rank, and to the bit for any number of ranks.
 */
#ifndef PSTM_MPI_SURVEY_CLASS_FACTS_H
#define PSTM_MPI_SURVEY_CLASS_FACTS_H

#include <mpi.h>
#include <stdint.h>

#include "condition/condition_options.h"
#include "core/status.h"
#include "io/store/store.h"
#include "survey/bins.h"
#include "survey/kdtree.h"

typedef struct pstm_class_facts {
    int64_t n_traces; /**< that are used; 0: the rest says nothing */
    double offset_m;  /**< mean, to a millimetre */
    double least_offset_m, most_offset_m;
    double begin_s,
        end_s; /**< the live window of all but the 5 % of traces that are muted longest or end first */
} pstm_class_facts;

/**
 * facts: [bins->n]. condition: of its ramps, which begin_s is behind and end_s before. Collective over comm;
 * agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_class_facts_find(MPI_Comm comm, const pstm_store *rows,
                                                  const pstm_kdtree *tree, const pstm_bins *bins,
                                                  const pstm_condition_options *condition,
                                                  pstm_class_facts *facts);

#endif
