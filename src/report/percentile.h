/** @file percentile.h  What most of many values stay below. Local. */
#ifndef PSTM_REPORT_PERCENTILE_H
#define PSTM_REPORT_PERCENTILE_H

#include <stdint.h>

#include "core/status.h"

/** The p-th percentile (0 < p <= 100) of |values| over those that are finite and not 0; 0 if none is.
 * PSTM_SYSTEM when memory is short. */
PSTM_MUST_CHECK pstm_status pstm_percentile(const float *values, int64_t n, double percent, double *value);

#endif
