/** @file digest.h
 * Digests: XXH3 of bytes (Y. Collet, xxHash 0.8), and keys made of text. They find changed inputs and
 * damaged records; they are no protection against intent. The same on all machines: numbers are hashed as
 * little-endian bytes. All functions are Local and thread-safe.
 */
#ifndef PSTM_IO_DIGEST_H
#define PSTM_IO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"

enum {
    PSTM_DIGEST_CHARS = 16 + 1, /**< a digest in hexadecimal and its NUL */
    PSTM_KEY_CHARS = 32 + 1,    /**< a key in hexadecimal and its NUL */
};

/** XXH3-64 of n bytes; bytes may be NULL when n is 0. */
uint64_t pstm_digest_bytes(const void *bytes, size_t n);

/** XXH3-64 of the first row_bytes of each of n rows that lie stride_bytes apart, as if they lay together. */
uint64_t pstm_digest_rows(const void *rows, int64_t n, size_t row_bytes, size_t stride_bytes);

/**
 * One digest of a row of block digests, in order: XXH3-64 of the digests, 8 little-endian bytes each.
 * What was hashed in pieces by many ranks so gets one digest, whatever rank did which piece.
 */
uint64_t pstm_digest_combine(const uint64_t *digests, int64_t n);

/** Writes the digest as 16 lower-case hexadecimal digits. */
void pstm_digest_to_hex(uint64_t digest, char text[PSTM_DIGEST_CHARS]);

/** Reads exactly 16 lower-case hexadecimal digits at the start of `text`; false otherwise. */
bool pstm_digest_from_hex(const char *text, uint64_t *digest);

/** The key of a text (the canonical lines of everything that shapes a result): XXH3-128 in hexadecimal. */
void pstm_digest_key(const char *text, char key[PSTM_KEY_CHARS]);

/**
 * Names the differences of two key texts, each of lines "name: value". Appends to `difference` one line for
 * each name whose value differs, in the order of `wanted`, then those that only `found` has:
 *
 *   migrate.weight: none in the cube, obliquity in the job
 *   migrate.aperture.taper: absent in the cube, 0.1 in the job
 *
 * found_where and wanted_where are the words "the cube" and "the job". A name that stands in several lines
 * (input files) is compared in order of appearance. Nothing is appended for equal texts.
 */
PSTM_MUST_CHECK pstm_status pstm_digest_difference(const char *found, const char *found_where,
                                                   const char *wanted, const char *wanted_where,
                                                   pstm_text *difference);

#endif
