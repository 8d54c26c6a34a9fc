/** @file read.h
 * Reading of SEG-Y (revision 0, 1, 2) and Seismic Unix (SU) files: trace headers into pstm_trace, samples
 * into host floats. All functions are Local. An open file is never changed after pstm_segy_open(): any
 * number of threads may read from it at once.
 *
 * Where the layout comes from, in this order:
 *   job             input.sample_format, sample_interval, byte_order, sample_order, coordinate_scalar,
 *                   coordinate_format, first_trace, n_samples, bytes
 *   revision 2      extended samples (3269-3272), interval (3273-3280), byte order mark (3297-3300), trace
 *                   header extensions (3507-3510), trace count (3513-3520), first trace (3521-3528),
 *                   trailers (3529-3532); coordinates of trace header extension 1 (bytes 97-128) if not zero
 *   binary header   interval (3217), samples (3221), format (3225), extended textual headers (3505)
 *   first trace     samples (115), interval (117), where the binary header has none
 *   tape label      128 bytes that may stand before all (SY1.0 at byte 5)
 * 16-bit counts are unsigned. The number of traces comes from the size of the file, and no size is believed
 * before it was checked against the file. Where the traces that headers announce do not fill the file, or no
 * trace headers stand where they should, other places, header lengths and counts are tried (reading.h); what
 * is behind the last whole trace is left out. Doubts say so. The standard: Barry, Cavers and Kneale 1975
 * (revision 0), SEG 2002 (1), SEG 2017 (2.0): docs/references.md.
 *
 * Errors are PSTM_DATA, naming the file, the trace or byte, what was found and the remedy; PSTM_SYSTEM when
 * the system refuses to read. Trace numbers in messages count from 1, as in segyio-catr and SU.
 */
#ifndef PSTM_IO_SEGY_READ_H
#define PSTM_IO_SEGY_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt.h"
#include "core/status.h"
#include "io/segy/byte_source.h"
#include "survey/header_facts.h"
#include "survey/input_options.h"
#include "survey/trace.h"

typedef struct pstm_segy pstm_segy;

/** What headers say besides the geometry of each trace. */
typedef struct pstm_segy_seen {
    uint64_t digest;         /**< XXH3-64 hash of the raw header bytes (240 and extensions each) */
    pstm_header_facts facts; /**< those of the kept traces are added to what is here */
    /**
     * [n], or NULL: not wanted. Of each trace a hash of source, receiver and field record number (byte 9),
     * with CDP and offset of the trace number (13) too: equal where a trace is there once more. 0: not kept,
     * or without coordinates.
     */
    uint64_t *identities;
} pstm_segy_seen;

/**
 * Opens `path` and finds its layout. Of `how` the names in `segy` and `select_offset_m` are not looked at;
 * a member that is zero means the default (for `bytes`: the standard's byte), so that {0} is all defaults
 * but use_delay. The file stays open until pstm_segy_close(). *out is owned by the caller.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_open(const char *path, const pstm_input_options *how, pstm_segy **out);

/**
 * The same for bytes from anywhere; `source->name` stands for the path and is copied. The source is taken
 * over, on failure too: *source is an empty one afterwards. What it borrows must outlive *out.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_open_source(pstm_byte_source *source, const pstm_input_options *how,
                                                  pstm_segy **out);

/** Closes the file, frees *file and sets it to NULL; NULL-safe. */
void pstm_segy_close(pstm_segy **file);

const char *pstm_segy_path(const pstm_segy *file);           /**< as given to pstm_segy_open(); borrowed */
int64_t pstm_segy_n_traces(const pstm_segy *file);           /**< at least 1 */
int32_t pstm_segy_n_samples(const pstm_segy *file);          /**< per trace in the file, at least 1 */
double pstm_segy_sample_s(const pstm_segy *file);            /**< sample interval, seconds, positive */
int64_t pstm_segy_size_bytes(const pstm_segy *file);         /**< size of the file */
int32_t pstm_segy_format(const pstm_segy *file);             /**< sample format code as in bytes 3225-3226 */
int32_t pstm_segy_revision(const pstm_segy *file);           /**< 0, 1 or 2; 0 for SU */
pstm_byte_order pstm_segy_byte_order(const pstm_segy *file); /**< big or little, never auto */
pstm_file_kind pstm_segy_kind(const pstm_segy *file);        /**< SEG-Y or SU, never auto */

/** The usual words for a sample format code, for example "IBM float"; "unknown format" if it is none. */
const char *pstm_segy_format_name(int32_t format);

/** What was decided at opening against a contradicting header, without the name of the file. Borrowed. */
const pstm_doubts *pstm_segy_doubts(const pstm_segy *file);

/**
 * Reads the headers of traces [first, first + n) into traces[n].
 *
 * Positions are metres after the coordinate scalar (bytes 71-72: 0 is 1, negative divides; only 1, 10, 100,
 * 1000, 10000 and their negatives are believed). start_s is the delay recording time if use_delay was set,
 * else 0; it and the mute times are taken after the time scalar (215-216) of revision 1 and 2. file =
 * file_index, number = place in the file, live window = the whole trace. n_samples is the count in the trace
 * header where that is in [1, pstm_segy_n_samples()], else, or with trace_n_samples off,
 * pstm_segy_n_samples(). fate is NOT_SEISMIC for identification codes (29-30) that name no seismic trace (its
 * positions and times are zero), NO_POSITION for coordinates that are not finite, else KEPT; codes that
 * nobody defined, 0 (unknown) and -1 (other) are kept.
 *
 * Refused: a header that is text; absurd coordinate scalars; an absurd time scalar where times are used;
 * coordinates that are angles by bytes 89-90 and can be angles by value, unless the job overrides the
 * coordinate scalar or bytes; another sample interval in a kept trace than in the binary header and the first
 * trace, unless the job overrides it.
 *
 * `seen` (NULL if not wanted) receives what else the headers say. On failure traces[] is undefined.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_read_headers(const pstm_segy *file, int32_t file_index, int64_t first,
                                                   int64_t n, pstm_trace *traces, pstm_segy_seen *seen);

/** Words of 4-byte floats of one trace that tell IBM from IEEE: those with bit 23 zero whose last 8 bits are
 * not all zero, as those of integers are, up to 256 looked at in a read; and how many of them have bits 20-22
 * zero too. */
typedef struct pstm_float_words {
    int32_t n, n_zero;
} pstm_float_words;

/**
 * Reads the samples of traces [first, first + n): trace first + i to samples + i * stride, converted to host
 * floats, pstm_segy_n_samples() of them. stride >= pstm_segy_n_samples(); what lies between is untouched.
 * Reads of up to 4 MiB; that much memory for the call. Integers are converted to the nearest float, doubles
 * and IBM floats beyond the range of float become infinite. words (NULL if not wanted) receives those of each
 * of the n traces, none where samples are no 4-byte floats. On failure samples[] and words[] are undefined.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_read_samples(const pstm_segy *file, int64_t first, int64_t n,
                                                   float *samples, int64_t stride, pstm_float_words *words);

/** Where the header of a trace says that a column of a cube stands, and when it begins. */
typedef struct pstm_segy_cell {
    int32_t inline_number, crossline_number;
    double x_m, y_m; /**< after the coordinate scalar; 0 where there are none */
    double start_s;  /**< delay recording time */
    bool is_dead;    /**< by its identification code (29-30: 2) */
} pstm_segy_cell;

/**
 * Reads the header of trace i: bytes[4] are the first bytes (from 1) of inline and crossline number, x and y,
 * of 4 bytes each. PSTM_DATA for scalars that the standard does not know.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_read_cell(const pstm_segy *file, int64_t i, const int32_t bytes[4],
                                                pstm_segy_cell *cell);

/** What the system said of the file when it was opened; all zero if it is none. Borrowed from `file`. */
const pstm_file_identity *pstm_segy_identity(const pstm_segy *file);

/** PSTM_DATA, naming the file, what has changed and the remedy, when it is not as it was opened. */
PSTM_MUST_CHECK pstm_status pstm_segy_check(const pstm_segy *file);

/** XXH3-64 hash of all bytes of the file. */
PSTM_MUST_CHECK pstm_status pstm_segy_digest_whole(const pstm_segy *file, uint64_t *digest);

/** XXH3-64 hash of the file's size and of all bytes before the first trace (text and binary headers). */
PSTM_MUST_CHECK pstm_status pstm_segy_digest(const pstm_segy *file, uint64_t *digest);

#endif
