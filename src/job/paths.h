/** @file paths.h  The files that paths of a job mean, patterns among them. All functions are Local. */
#ifndef PSTM_JOB_PATHS_H
#define PSTM_JOB_PATHS_H

#include "core/options.h"
#include "core/status.h"

/** The path as seen from the working folder: `folder` ("dir/" or "") before it unless it is absolute. *out is
 * the caller's (pstm_free). */
PSTM_MUST_CHECK pstm_status pstm_path_join(const char *folder, const char *path, char **out);

/**
 * Appends the file that `path` means in `folder`, or, where no file has this very name and it is a pattern
 * (glob(7): * ? [...]), those that match it, in the order of their bytes, and says so in a note. names->text
 * has room for *capacity. PSTM_USAGE with the folder where none matches or the folder cannot be read.
 */
PSTM_MUST_CHECK pstm_status pstm_paths_add(const char *folder, const char *path, pstm_names *names,
                                           int64_t *capacity);

#endif
