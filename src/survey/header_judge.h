/** @file header_judge.h  What is doubtful in the facts of a survey's headers. Local. */
#ifndef PSTM_SURVEY_HEADER_JUDGE_H
#define PSTM_SURVEY_HEADER_JUDGE_H

#include <stdbool.h>

#include "core/doubt.h"
#include "survey/header_facts.h"
#include "survey/input_options.h"

/** Traces of pstm_header_facts_drop(). */
typedef struct pstm_dropped_headers {
    int64_t n;
    int64_t first_number; /**< of the first of them, in its file */
    const char *place;    /**< the file that has them; of several the first, with how many there are */
} pstm_dropped_headers;

/**
 * Doubts what the facts of a whole survey say. input: how the headers were read, all bytes set; header_mute:
 * their mute times are used; place: of the headers, for the messages.
 */
PSTM_MUST_CHECK pstm_status pstm_header_facts_judge(const pstm_header_facts *facts,
                                                    const pstm_input_options *input, bool header_mute,
                                                    const pstm_dropped_headers *dropped, const char *place,
                                                    pstm_doubts *doubts);

#endif
