/** @file words.h
 * The words of trace headers as numbers, and the textual header as text: for people and programs that want to
 * know what is in a file, whatever the reader (read.h) makes of it. All functions are Local.
 */
#ifndef PSTM_IO_SEGY_WORDS_H
#define PSTM_IO_SEGY_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "io/segy/read.h"

/** X(byte, width, name): the words of the standard that a survey may hold, first byte from 1, signed. */
#define PSTM_SEGY_WORD_LIST(X)                                                                               \
    X(1, 4, "trace in line")                                                                                 \
    X(5, 4, "trace in file")                                                                                 \
    X(9, 4, "field record")                                                                                  \
    X(13, 4, "trace in record")                                                                              \
    X(17, 4, "source point")                                                                                 \
    X(21, 4, "CDP number")                                                                                   \
    X(25, 4, "trace in CDP")                                                                                 \
    X(29, 2, "trace id")                                                                                     \
    X(37, 4, "offset")                                                                                       \
    X(41, 4, "receiver elevation")                                                                           \
    X(45, 4, "source elevation")                                                                             \
    X(49, 4, "source depth")                                                                                 \
    X(69, 2, "elevation scalar")                                                                             \
    X(71, 2, "coordinate scalar")                                                                            \
    X(73, 4, "source x")                                                                                     \
    X(77, 4, "source y")                                                                                     \
    X(81, 4, "receiver x")                                                                                   \
    X(85, 4, "receiver y")                                                                                   \
    X(89, 2, "coordinate unit")                                                                              \
    X(91, 2, "weathering velocity")                                                                          \
    X(99, 2, "source static (ms)")                                                                           \
    X(101, 2, "receiver static (ms)")                                                                        \
    X(103, 2, "total static (ms)")                                                                           \
    X(109, 2, "delay (ms)")                                                                                  \
    X(111, 2, "mute start (ms)")                                                                             \
    X(113, 2, "mute end (ms)")                                                                               \
    X(115, 2, "samples")                                                                                     \
    X(117, 2, "interval (us)")                                                                               \
    X(181, 4, "CDP x")                                                                                       \
    X(185, 4, "CDP y")                                                                                       \
    X(189, 4, "inline")                                                                                      \
    X(193, 4, "crossline")                                                                                   \
    X(197, 4, "shot point")                                                                                  \
    X(215, 2, "time scalar")

/** Their places in a row of values. */
enum {
#define PSTM_SEGY_WORD_ENTRY(byte, width, name) PSTM_SEGY_WORD_##byte,
    PSTM_SEGY_WORD_LIST(PSTM_SEGY_WORD_ENTRY)
#undef PSTM_SEGY_WORD_ENTRY
        PSTM_SEGY_WORDS
};

typedef struct pstm_segy_word {
    int32_t byte, width;
    const char *name;
} pstm_segy_word;

extern const pstm_segy_word pstm_segy_words[PSTM_SEGY_WORDS];

/** Reads the words of traces [first, first + n): values[n][PSTM_SEGY_WORDS]. Errors as of
 * pstm_segy_read_headers(); on failure values[] is undefined. */
PSTM_MUST_CHECK pstm_status pstm_segy_read_words(const pstm_segy *file, int64_t first, int64_t n,
                                                 int32_t *values);

/**
 * Appends the textual header in ASCII, a line of at most 80 characters for each card, without blanks at its
 * end; characters that cannot be shown become '.'. *is_ebcdic: it was so written. Nothing of an SU file, and
 * of a file without one.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_read_text(const pstm_segy *file, pstm_text *text, bool *is_ebcdic);

#endif
