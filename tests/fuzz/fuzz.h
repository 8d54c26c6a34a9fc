/** @file fuzz.h
 * What the fuzz targets share. A target takes bytes, gives them to a reader as a file or a text, and lets the
 * sanitizers judge: the reader may refuse, but must not crash, leak, or believe more than the bytes hold.
 */
#ifndef PSTM_FUZZ_H
#define PSTM_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** libFuzzer's entry; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/** A file in memory that holds the bytes. One at a time; the path is valid until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t n);

/** A status that nothing is done about: a refusal is as right as a success. */
static inline int fuzz_is_ok(pstm_status status)
{
    return status == PSTM_OK;
}

#endif
