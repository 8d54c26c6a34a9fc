/** @file byte_source.h
 * Where a reader gets its bytes: a file, a block of memory, or one of these that cannot be read from some
 * byte on. The reader of SEG-Y and SU files (read.h) reads through it alone, so that it is tested from memory
 * and with faults at any byte. All functions are Local; any number of threads may read from a source at once.
 */
#ifndef PSTM_IO_SEGY_BYTE_SOURCE_H
#define PSTM_IO_SEGY_BYTE_SOURCE_H

#include <stdint.h>

#include "core/status.h"
#include "io/file_identity.h"

typedef struct pstm_byte_source pstm_byte_source;

/** A value: who holds it closes it once (pstm_byte_source_close). */
struct pstm_byte_source {
    const char *name;   /**< path, for messages; borrowed */
    int64_t size_bytes; /**< >= 0 */
    /** Reads the n bytes at `offset`, all inside size_bytes. */
    pstm_status (*read_at)(const pstm_byte_source *source, int64_t offset, int64_t n, void *bytes);
    union {
        int fd;                         /**< of a file; -1: it is opened for each read */
        const void *memory;             /**< [size_bytes] borrowed */
        const pstm_byte_source *behind; /**< what fails; borrowed */
    };
    int64_t fails_at;            /**< the first byte that cannot be read */
    pstm_file_identity identity; /**< of a file, as it was opened; else all zero */
};

/**
 * The file at `path`, opened for reading. As many files stay open as half of the limit of open files allows
 * (its soft one is raised); the others are opened for each read and must be what they were. PSTM_DATA, with
 * the key input.segy, when it cannot be opened or is no regular file; PSTM_SYSTEM when the system tells
 * nothing of it. On failure *source is as it was.
 */
PSTM_MUST_CHECK pstm_status pstm_byte_source_open(const char *path, pstm_byte_source *source);

/** A block of memory, borrowed until the source is closed. */
pstm_byte_source pstm_byte_source_memory(const char *name, const void *bytes, int64_t n);

/** The bytes of `behind`, which is borrowed, but an I/O error for each read of byte k or a later one. */
pstm_byte_source pstm_byte_source_failing(const pstm_byte_source *behind, int64_t k);

/**
 * Reads exactly n bytes at `offset`. PSTM_DATA when they are not all there, also when a file has shrunk since
 * it was opened; PSTM_SYSTEM when the system refuses to read. Both tell name and byte; bytes[] is then
 * undefined.
 */
PSTM_MUST_CHECK pstm_status pstm_byte_source_read(const pstm_byte_source *source, int64_t offset, int64_t n,
                                                  void *bytes);

/** PSTM_DATA, with what has changed and the remedy, when a file is not as it was opened. */
PSTM_MUST_CHECK pstm_status pstm_byte_source_check(const pstm_byte_source *source);

/** Closes a file and makes the source an empty one, so that closing it again does nothing. */
void pstm_byte_source_close(pstm_byte_source *source);

#endif
