/** @file text.h  Growing texts and near words. All functions are Local. */
#ifndef PSTM_CORE_TEXT_H
#define PSTM_CORE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** A text that grows; all zero is empty. `bytes` is NUL-terminated, or NULL while nothing was added. */
typedef struct pstm_text {
    char *bytes;
    int64_t length, capacity;
} pstm_text;

/** Appends formatted words. */
PSTM_MUST_CHECK pstm_status pstm_text_add(pstm_text *text, const char *format, ...) PSTM_PRINTF(2, 3);

/** Frees the bytes and leaves an empty text. */
void pstm_text_clear(pstm_text *text);

/**
 * The candidate nearest to `word` by edit distance (Levenshtein), for "did you mean"; NULL when none is
 * within a third of the word's length (rounded, at least 1). Borrowed from `candidates`.
 */
const char *pstm_nearest_word(const char *word, const char *const *candidates, size_t n);

/**
 * Reads a whole file into `text` (a NUL behind it). PSTM_USAGE naming the path when it cannot be opened, is
 * no file (a pipe, a folder, a device) or is longer than `limit_bytes`. On failure `text` is untouched.
 */
PSTM_MUST_CHECK pstm_status pstm_text_read_file(pstm_text *text, const char *path, int64_t limit_bytes);

#endif
