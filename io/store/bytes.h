/** @file bytes.h
 * Whole reads and writes at a place of a file, whatever the system cuts or interrupts. All functions are
 * Local and thread-safe; `path` is for messages only.
 */
#ifndef PSTM_IO_STORE_BYTES_H
#define PSTM_IO_STORE_BYTES_H

#include <stdint.h>

#include "core/status.h"

/** Writes n_bytes at byte `at`. PSTM_SYSTEM with path, place and errno. */
PSTM_MUST_CHECK pstm_status pstm_store_put_bytes(int descriptor, const char *path, int64_t at,
                                                 const void *bytes, int64_t n_bytes);

/** Reads n_bytes from byte `at`. PSTM_SYSTEM as above; PSTM_DATA when the file ends before. */
PSTM_MUST_CHECK pstm_status pstm_store_get_bytes(int descriptor, const char *path, int64_t at, void *bytes,
                                                 int64_t n_bytes);

#endif
