/** @file write.h
 * Streaming writer of SEG-Y and SU files. The file grows under a temporary name (path with ".part" behind
 * it) and takes its own name at pstm_segy_writer_close(). All functions are Local; one thread at a time.
 *
 * Filled in a trace header: trace in line and file, field record and trace in record (a new source position
 * starts a new record), trace id (1, or 2 for any fate but KEPT), offset (rounded), source, receiver and
 * midpoint (CDP x, y) with coordinate scalar -100, delay, mutes, samples, interval. Big and little endian;
 * revision 2 has its byte order mark, extended counts and trace count. An SU file has no CDP x and y. The
 * traces of an image (pstm_segy_writer_add_image) have numbers of the grid instead of records.
 */
#ifndef PSTM_IO_SEGY_WRITE_H
#define PSTM_IO_SEGY_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/input_options.h"
#include "survey/trace.h"

enum { PSTM_SEGY_LINE_BYTES = 80 /**< of a line of the textual header */ };

/** Puts n characters of text into line i_line (from 0) of a textual header, "C 1 " and so on in front, as
 * EBCDIC. */
void pstm_segy_put_line(unsigned char *header, int i_line, const char *text, int n);

typedef struct pstm_segy_writer pstm_segy_writer;

/** How the traces are sorted, by the codes of the standard. */
typedef enum pstm_segy_sorting {
    PSTM_SEGY_AS_RECORDED = 1,
    PSTM_SEGY_ENSEMBLES = 2, /**< traces of one place of the image follow each other */
    PSTM_SEGY_STACKED = 4    /**< one trace a place */
} pstm_segy_sorting;

/** What the file looks like. */
typedef struct pstm_segy_layout {
    int32_t n_samples;         /**< of each trace; over 65535 only with revision 2 */
    double sample_s;           /**< whole microseconds up to 65535; any positive time with revision 2 */
    int32_t format;            /**< 1 IBM float or 5 IEEE float; SU: 5 */
    int32_t revision;          /**< 0, 1 or 2; SU: 0 */
    pstm_file_kind kind;       /**< auto is SEG-Y */
    pstm_byte_order order;     /**< auto: big endian for SEG-Y, the host's for SU */
    pstm_segy_sorting sorting; /**< 0: unknown */
    const char *text;          /**< up to 40 lines of 76 characters for the textual header ("C 1 " is put in
                                front); NULL: none. Borrowed for the call of create. */
} pstm_segy_layout;

/**
 * Creates path.part with its headers. *out is owned by the caller: give it to close or abandon.
 * PSTM_USAGE for a layout that the format cannot hold, PSTM_SYSTEM when the file cannot be made.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_writer_create(const char *path, const pstm_segy_layout *layout,
                                                    pstm_segy_writer **out);

/**
 * Appends a trace of layout->n_samples samples. Of `header` the positions (kept to 1 cm), start_s, the mute
 * times and the fate are used. PSTM_DATA, and nothing written, if a position is beyond what 4 bytes hold at 1
 * cm (21,474 km) or the start is not a whole number of ms (revision 1 and 2: of us) that 2 bytes hold.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_writer_add(pstm_segy_writer *writer, const pstm_trace *header,
                                                 const float *samples);

/** A trace of an image, at a place of its grid. */
typedef struct pstm_segy_image_trace {
    int32_t inline_number;    /**< bytes 189 and 9 of SEG-Y; of SU 9 */
    int32_t crossline_number; /**< bytes 193 and 13; of SU 13 */
    int32_t ensemble;         /**< the place, counted over the image from 1: byte 21 */
    int32_t in_ensemble;      /**< the trace at this place, from 1: byte 25 */
    double x_m, y_m;          /**< CDP x and y; source and receiver too, from which SU has them */
    double offset_m;          /**< centre of its class, rounded to 1 m; 0 for a stack: byte 37 */
    double start_s;           /**< two-way time of its first sample */
    bool is_dead;             /**< it holds no image: trace id 2 */
} pstm_segy_image_trace;

/** Appends a trace of an image. Errors as of pstm_segy_writer_add(). */
PSTM_MUST_CHECK pstm_status pstm_segy_writer_add_image(pstm_segy_writer *writer,
                                                       const pstm_segy_image_trace *trace,
                                                       const float *samples);

/**
 * Writes what is left, closes the file and gives it its name. Frees *writer and sets it to NULL, whatever
 * comes out; on failure (disk full, ...) the temporary file is removed. PSTM_DATA if no trace was added.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_writer_close(pstm_segy_writer **writer);

/** Gives up: removes the temporary file, frees *writer and sets it to NULL; NULL-safe. */
void pstm_segy_writer_abandon(pstm_segy_writer **writer);

#endif
