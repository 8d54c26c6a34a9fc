/** @file durable.h
 * What makes files survive a power cut, and finds the room for them on disk. All functions are Local and
 * thread-safe. Errors are PSTM_SYSTEM with the path and the system's reason.
 */
#ifndef PSTM_IO_DURABLE_H
#define PSTM_IO_DURABLE_H

#include <stdint.h>

#include "core/status.h"

/** Returns when the entries of the folder that holds `path` are on disk: files made or renamed in it. */
PSTM_MUST_CHECK pstm_status pstm_durable_folder(const char *path);

/** Returns when the file's content and size are on disk, whoever wrote them on this machine. */
PSTM_MUST_CHECK pstm_status pstm_durable_file(const char *path);

/**
 * Has what is dirty of an open file written to the disk from now on, and waits for none of it, so that a sync
 * later finds little to do. It promises nothing, hides no error from that sync, and does nothing where the
 * system or the file system cannot.
 */
void pstm_durable_begin(int descriptor);

/**
 * Fails if the folder that holds `path` has less than needed_bytes free: with both figures, the folder and
 * the remedy. A file system that cannot say passes.
 */
PSTM_MUST_CHECK pstm_status pstm_durable_check_room(const char *path, int64_t needed_bytes);

/**
 * Reserves bytes [offset, offset + n_bytes) of an open file, keeping what is there. Where the file system has
 * no fallocate, nothing is reserved. A full disk fails as in pstm_durable_check_room(). needed_bytes is the
 * sum of which this is a part, for that message.
 */
PSTM_MUST_CHECK pstm_status pstm_durable_reserve(int descriptor, const char *path, int64_t offset,
                                                 int64_t n_bytes, int64_t needed_bytes);

#endif
