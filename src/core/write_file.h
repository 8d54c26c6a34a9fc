/** @file write_file.h  Small files that appear whole or not at all. Local. */
#ifndef PSTM_CORE_WRITE_FILE_H
#define PSTM_CORE_WRITE_FILE_H

#include <stddef.h>

#include "core/status.h"

/**
 * Writes `path` with `bytes`: into a temporary file in the same folder, then a rename. A file that was
 * there stays as it is on failure. PSTM_SYSTEM with the path and the cause.
 */
PSTM_MUST_CHECK pstm_status pstm_write_file(const char *path, const void *bytes, size_t n_bytes);

/** Makes a folder and those above it; one that is there is fine. PSTM_SYSTEM with the path and the cause. */
PSTM_MUST_CHECK pstm_status pstm_make_folders(const char *path);

#endif
