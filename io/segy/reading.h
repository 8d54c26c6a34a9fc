/** @file reading.h
 * Where the traces of a file are and how long they are: a reading. Headers announce one; where it contradicts
 * the size of the file or the headers of its traces, others are tried. For the sources of io/segy only. All
 * functions are Local.
 */
#ifndef PSTM_IO_SEGY_READING_H
#define PSTM_IO_SEGY_READING_H

#include "io/segy/file.h"

typedef struct pstm_segy_reading {
    int64_t first_trace;             /**< offset in bytes; negative: none is announced */
    int64_t header_bytes, n_samples; /**< of a trace */
} pstm_segy_reading;

/** Places where the first trace may be. */
enum { PSTM_SEGY_MOST_STARTS = 24 };
typedef struct pstm_segy_starts {
    int64_t at[PSTM_SEGY_MOST_STARTS]; /**< [n] offsets in bytes; the announced one is the first */
    int n;
    char announced_by[96]; /**< "byte 3505 (2 extended textual headers)" */
} pstm_segy_starts;

/** Where the traces of a SEG-Y or SU file may begin. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_starts(const pstm_segy *file, const pstm_segy_head *head,
                                                  pstm_segy_starts *starts);

/** Looks for headers with the count and the interval of the binary header, at any byte behind it: *starts. */
PSTM_MUST_CHECK pstm_status pstm_segy_search_starts(const pstm_segy *file, const pstm_segy_head *head,
                                                    pstm_segy_starts *starts);

/** What the header of a trace shows. */
typedef struct pstm_segy_look {
    bool is_blank;     /**< all zero */
    bool is_text;      /**< letters, of a textual header */
    bool is_usual;     /**< coordinate scalar and identification code are such as the standard knows */
    int64_t n_samples; /**< its own count; 0: none */
    uint16_t interval_us;
} pstm_segy_look;

/** Looks at the header of trace i of a reading. It must be inside the file. */
PSTM_MUST_CHECK pstm_status pstm_segy_look_at(const pstm_segy *file, const pstm_segy_reading *reading,
                                              int64_t i, pstm_segy_look *look);

/** Is `other` a header of traces of n samples, of which the first looks so? 2: by its own count, 1: it is
 * like the first, 0: no. */
int pstm_segy_agreement(const pstm_segy_look *first, const pstm_segy_look *other, int64_t n);

/** How well a reading fits, from not at all to best. */
typedef enum pstm_segy_fit {
    PSTM_FIT_NONE,
    PSTM_FIT_SIZE,  /**< whole traces fill the file, and their headers disagree */
    PSTM_FIT_LEADS, /**< the first headers agree, and later something else stands in the file */
    PSTM_FIT_ALIKE, /**< whole traces with like headers fill the file */
    PSTM_FIT_EXACT  /**< and the headers have this count of samples */
} pstm_segy_fit;

/**
 * Chooses a reading: fills first_trace, header_bytes, n_samples, trace_bytes; tells what was not as
 * announced. *end: offset of the byte behind the last trace, by the headers. PSTM_DATA when no reading fits.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_choose_reading(pstm_segy *file, const pstm_segy_head *head,
                                                     pstm_segy_fit *fit, int64_t *end);

/** Fills n_traces, leaving out what stands behind the last whole trace and telling what that is. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_n_traces(pstm_segy *file, pstm_segy_fit fit, int64_t end);

/**
 * Looks for the header of a trace where it is not: *shift, bytes from where it should begin to where it does,
 * less than a trace either way; 0: it is nowhere near, or headers have no count and interval to know them by.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_find_shift(const pstm_segy *file, int64_t number, int64_t *shift);

/** Tells that the header of a trace is not where it should be. */
PSTM_MUST_CHECK pstm_status pstm_segy_tell_shift(pstm_segy *file, int64_t number, int64_t shift);

/** Tells when each trace has headers like its own among its samples: several traces are read as one. */
PSTM_MUST_CHECK pstm_status pstm_segy_doubt_merged(pstm_segy *file);

/** *pitch: bytes from the header of trace 1 to the next one like it, by count and interval; 0: none is
 * found. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_pitch(const pstm_segy *file, const pstm_segy_reading *reading,
                                                 int64_t *pitch);

/** PSTM_DATA, with the remedy, when the 16-bit words of numbers are swapped. */
PSTM_MUST_CHECK pstm_status pstm_segy_check_pairs(const pstm_segy *file);

/** Fills sample_s and interval_us, telling contradictions. Everything else of the layout is known. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_interval(pstm_segy *file, const pstm_segy_head *head);

/** Fills never_angles, and tells what is doubtful of the coordinates' units and format. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_units(pstm_segy *file, const pstm_segy_head *head);

/** Tells when samples look as if they were of another format or byte order. */
PSTM_MUST_CHECK pstm_status pstm_segy_doubt_samples(pstm_segy *file);

/** The same of a file whose samples are integers or doubles. */
PSTM_MUST_CHECK pstm_status pstm_segy_doubt_others(pstm_segy *file);

#endif
