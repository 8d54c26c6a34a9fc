/** @file doubts.h  What is doubtful in what is asked of the conditioning. Local. */
#ifndef PSTM_CONDITION_DOUBTS_H
#define PSTM_CONDITION_DOUBTS_H

#include "condition/condition_options.h"
#include "core/doubt.h"

/** Doubts corners of a band-pass above what a sample interval can hold. */
PSTM_MUST_CHECK pstm_status pstm_condition_doubt(const pstm_condition_options *options, double sample_s,
                                                 pstm_doubts *doubts);

#endif
