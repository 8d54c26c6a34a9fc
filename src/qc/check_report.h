/** @file check_report.h  What a run would do, written down for people. Local. */
#ifndef PSTM_QC_CHECK_REPORT_H
#define PSTM_QC_CHECK_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"
#include "job/job.h"
#include "mpi/run/check.h"

/** Prints the cost first, then grid, image, velocities and the cube that stands there. PSTM_USAGE where that
 * is of another image, which a run would refuse. */
PSTM_MUST_CHECK pstm_status pstm_check_print(const pstm_run_check *check, const pstm_job *job, FILE *out);

/** Draws the fold over the job's grid as PNG at `path`. PSTM_USAGE when a file of somebody else's stands
 * there, unless overwrite, or the grid has too many bins. */
PSTM_MUST_CHECK pstm_status pstm_check_draw(const pstm_run_check *check, const pstm_job *job,
                                            const char *path, bool overwrite);

#endif
