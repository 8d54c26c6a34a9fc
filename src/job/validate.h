/** @file validate.h
 * What no single key can tell: values that do not fit together. Local.
 */
#ifndef PSTM_JOB_VALIDATE_H
#define PSTM_JOB_VALIDATE_H

#include "core/status.h"
#include "job/job.h"
#include "job/values.h"

/**
 * Checks a job whose fields are all filled in. `values` says where each came from, `file` is the job file.
 * PSTM_USAGE with the place of the value that can be mended.
 */
PSTM_MUST_CHECK pstm_status pstm_job_validate(const pstm_job *job, const pstm_job_value *values,
                                              const pstm_job_source *file);

#endif
