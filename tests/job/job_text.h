/** @file job_text.h  Jobs from texts, for the tests of src/job. */
#ifndef PSTM_TESTS_JOB_TEXT_H
#define PSTM_TESTS_JOB_TEXT_H

#include "job/job.h"

/** A job with only what must be given, 10 lines long. */
extern const char small_job[];

/**
 * Writes `text` to job.yaml in a fresh folder, reads it from there with these settings (NULL: none) as
 * "job.yaml" (the working folder is the fresh one during the call), and removes it.
 */
pstm_status read_job_text(const char *text, const char *const *settings, size_t n_settings, pstm_job **job);

/** small_job with n settings; fails the test with the error text if it is not taken. */
pstm_job *small_job_with(const char *const *settings, size_t n_settings);

#endif
