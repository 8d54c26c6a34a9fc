/** @file file_identity.h
 * What the system says of a file without its bytes being read, by which it is known whether it is still the
 * file that it was. Whatever is written to a file changes its time of change (ctime), which no program can
 * set, be it in place, with the old size and under the old time of modification. All functions are Local.
 */
#ifndef PSTM_IO_FILE_IDENTITY_H
#define PSTM_IO_FILE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "core/status.h"
#include "core/text.h"

/** Plain data: it travels as bytes between ranks, and trace stores hold it (48 bytes, no padding). */
typedef struct pstm_file_identity {
    int64_t size_bytes;
    int64_t modified_ns, changed_ns; /**< since 1970: of its content; of content, name, owner or rights */
    uint64_t inode, device;
    uint64_t machine; /**< of this machine since it was started: elsewhere a network file system has another
                           device number for the same device */
} pstm_file_identity;

/** The identity of a file, as fstat() and stat() describe it. */
pstm_file_identity pstm_file_identity_make(const struct stat *about);

/** Whether it is the same file with the same content. Device numbers of two machines are not compared. */
bool pstm_file_identity_is_same(const pstm_file_identity *a, const pstm_file_identity *b);

/**
 * Appends what tells two identities apart: "its size is 4000 bytes and was 8000". Nothing for the same.
 */
PSTM_MUST_CHECK pstm_status pstm_file_identity_difference(const pstm_file_identity *was,
                                                          const pstm_file_identity *is, pstm_text *text);

#endif
