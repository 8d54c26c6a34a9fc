/** @file files.h
 * The files that a job names: none is read twice, none that is read is written, and none has a name that only
 * a shell could make sense of. All functions are Local.
 */
#ifndef PSTM_JOB_FILES_H
#define PSTM_JOB_FILES_H

#include <stdbool.h>

#include "core/status.h"
#include "job/job.h"

/**
 * PSTM_USAGE, with the key to blame in *key, when an input file is given twice or the run would write over a
 * file that the job reads: as the cube, or as one of those that it makes beside it (core/place.h). Files are
 * told apart by device and inode, so links and dots hide nothing.
 */
PSTM_MUST_CHECK pstm_status pstm_job_files_check(const pstm_job *job, const char **key);

/** Whether a shell would make another path of this one: "~/image.h5", "$SCRATCH/image.h5". */
bool pstm_path_is_for_shell(const char *path);

#endif
