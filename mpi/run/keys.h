/** @file keys.h
 * What shapes a trace store and an image, as text: canonical lines "name: value", equal for equal results. A
 * store or cube of another text is not used. Local; rank 0, which alone has the digest of the input.
 */
#ifndef PSTM_MPI_RUN_KEYS_H
#define PSTM_MPI_RUN_KEYS_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"
#include "mpi/run/survey.h"

/** Appends what shapes the rows of a store with n_levels copies of each trace. */
PSTM_MUST_CHECK pstm_status pstm_run_store_key(const pstm_job *job, const pstm_run_survey *survey,
                                               int32_t n_levels, pstm_text *text);

/** Appends what shapes an image that chooses among n_levels copies of each trace. */
PSTM_MUST_CHECK pstm_status pstm_run_image_key(const pstm_job *job, const pstm_run_survey *survey,
                                               const char *numerics_id, int32_t n_levels,
                                               const char *velocity_key, pstm_text *text);

#endif
