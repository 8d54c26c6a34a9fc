/** @file header_judge.h  What is doubtful in the facts of a survey's headers. Local. */
#ifndef PSTM_SURVEY_HEADER_JUDGE_H
#define PSTM_SURVEY_HEADER_JUDGE_H

#include <stdbool.h>

#include "core/doubt.h"
#include "survey/header_facts.h"
#include "survey/input_options.h"

/**
 * Doubts what the facts of a whole survey say. input: how the headers were read, all bytes set; header_mute:
 * their mute times are used; n_dropped: traces of pstm_header_facts_drop(); place: of the headers, for the
 * messages.
 */
PSTM_MUST_CHECK pstm_status pstm_header_facts_judge(const pstm_header_facts *facts,
                                                    const pstm_input_options *input, bool header_mute,
                                                    int64_t n_dropped, const char *place,
                                                    pstm_doubts *doubts);

#endif
