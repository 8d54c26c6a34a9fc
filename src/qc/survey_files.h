/** @file survey_files.h  A synthetic survey as files. Local. */
#ifndef PSTM_QC_SURVEY_FILES_H
#define PSTM_QC_SURVEY_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "synth/synth.h"

/**
 * Writes survey.sgy with samples of a SEG-Y format (1 IBM, 5 IEEE), velocity.txt, truth.txt (the right
 * answers) and job.yaml (for `pstm run`) into `folder`, which is made if it is not there. The survey must
 * have passed pstm_synth_check(). PSTM_USAGE, and nothing written, when a file of one of these names
 * stands there that is no survey of this kind, unless `overwrite`; PSTM_SYSTEM with the path that cannot be
 * written.
 */
PSTM_MUST_CHECK pstm_status pstm_survey_write(const pstm_synth *synth, int32_t format, const char *folder,
                                              bool overwrite);

#endif
