/** @file file.h
 * An open SEG-Y or SU file from the inside, for the sources of io/segy only. All functions are Local.
 */
#ifndef PSTM_IO_SEGY_FILE_H
#define PSTM_IO_SEGY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt.h"
#include "io/segy/byte_source.h"
#include "io/segy/fields.h"
#include "io/segy/read.h"

/** The start of the file, as far as it goes: zeros behind its end. */
typedef struct pstm_segy_head {
    unsigned char bytes[PSTM_SEGY_REEL_BYTES];
    int64_t n; /**< bytes that the file has of it */
} pstm_segy_head;

struct pstm_segy {
    char *path;
    pstm_byte_source source; /**< its name is path */
    pstm_input_options how;  /**< all bytes set, no names */
    pstm_file_kind kind;
    int64_t start; /**< offset of the SEG-Y headers: 0, or behind a tape label */
    bool little, samples_little;
    bool never_angles; /**< the values show that a unit code of angles is wrong */
    int32_t format, sample_bytes;
    int32_t revision, revision_minor;
    int32_t n_samples;
    double sample_s;
    uint16_t interval_us[2]; /**< of the binary header and of the first trace; 0: none */
    bool ignores_intervals;  /**< what traces have in their place is none */
    int64_t first_trace;     /**< offset in bytes */
    int64_t header_bytes;    /**< of a trace: 240 and its extensions */
    int64_t trace_bytes;
    int64_t n_traces;
    pstm_doubts doubts; /**< of what was decided at opening */
};

/** Reads the 240 header bytes of the trace at `offset`. */
static inline PSTM_MUST_CHECK pstm_status pstm_segy_header_at(const pstm_segy *file, int64_t offset,
                                                              unsigned char header[SEGY_TRACE_HEADER_SIZE])
{
    return pstm_byte_source_read(&file->source, offset, SEGY_TRACE_HEADER_SIZE, header);
}

/** Fills start. PSTM_DATA, with the remedy, for files that are known as something else by their first
 * bytes. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_start(pstm_segy *file);

/** Finds the kind (unless the job says it) and the byte order. Fills kind, little, samples_little. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_order(pstm_segy *file, const pstm_segy_head *head);

/** Finds everything from `format` to n_traces, knowing kind and little. Fills those and doubts. */
PSTM_MUST_CHECK pstm_status pstm_segy_find_layout(pstm_segy *file, const pstm_segy_head *head);

/** True if all bytes are text in ASCII; in ASCII or EBCDIC; if all have one value. */
bool pstm_segy_is_ascii(const unsigned char *bytes, int64_t n);
bool pstm_segy_is_text(const unsigned char *bytes, int64_t n);
bool pstm_segy_is_uniform(const unsigned char *bytes, int64_t n, unsigned char value);

/** The number of samples that a trace header has for itself, also in header extension 1; 0: none. */
int64_t pstm_segy_count_in(const pstm_segy *file, const unsigned char *header, int64_t header_bytes);

/** True for the sizes of scalar that the standard knows: 0 (is 1), 1, 10, ..., 10000, positive or negative.
 */
bool pstm_segy_scalar_is_known(int32_t scalar);

/** Coordinate value times scalar; negative divides, so that 123456 with -100 is the double nearest 1234.56.
 */
static inline double pstm_segy_scaled(double value, double scalar)
{
    if (scalar == 0) return value;
    return scalar < 0 ? value / -scalar : value * scalar;
}

/** True if the user said what the coordinates are: by scalar, format, or by naming other bytes. */
bool pstm_segy_coordinates_are_overridden(const pstm_segy *file);

/**
 * Source x, y and receiver x, y of a trace from its header and, where the file has it, header extension 1,
 * scaled. False, and *bad_scalar, for a coordinate scalar that the standard does not know.
 */
bool pstm_segy_coordinates(const pstm_segy *file, const unsigned char *header, double value[4],
                           int32_t *bad_scalar);

/** Those of a geometry of CDP, offset and azimuth; `scalar` is that of integers. */
void pstm_segy_cdp_coordinates(const pstm_segy *file, const unsigned char *header, double scalar,
                               double value[4]);

/** Adds what the header of a kept trace says besides its geometry. */
void pstm_segy_note_facts(const pstm_segy *file, const unsigned char *header, const pstm_trace *trace,
                          pstm_header_facts *facts);

/**
 * Where a header has neither the count nor the interval of the file: PSTM_DATA, with the remedy, when the
 * trace's header stands elsewhere. No more than 64 are looked at: *n_looks counts them.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_check_place(const pstm_segy *file, const unsigned char *header,
                                                  int64_t number, int *n_looks);

/** A hash of what makes a trace the repetition of another: see pstm_segy_seen. */
uint64_t pstm_segy_trace_hash(const pstm_segy *file, const unsigned char *header, const pstm_trace *trace);

/** True if the unit code (bytes 89-90) calls the coordinates angles and all four values can be angles. */
bool pstm_segy_are_angles(int unit, const double value[4]);

#endif
