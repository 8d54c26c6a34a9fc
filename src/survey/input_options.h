/** @file input_options.h  Where the traces are and how their files are read: `input:` of a job. */
#ifndef PSTM_SURVEY_INPUT_OPTIONS_H
#define PSTM_SURVEY_INPUT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/options.h"

typedef enum pstm_byte_order { PSTM_ORDER_AUTO, PSTM_ORDER_BIG, PSTM_ORDER_LITTLE } pstm_byte_order;
/** Numbers in the four coordinate fields; floats are metres, whatever the coordinate scalar of the header. */
typedef enum pstm_coordinate_format {
    PSTM_COORDINATES_INTEGER,
    PSTM_COORDINATES_IEEE,
    PSTM_COORDINATES_IBM
} pstm_coordinate_format;
typedef enum pstm_file_kind { PSTM_KIND_AUTO, PSTM_KIND_SEGY, PSTM_KIND_SU } pstm_file_kind;

/** Where the positions come from: source and receiver x, y, or CDP x, y, offset and azimuth. */
typedef enum pstm_geometry { PSTM_GEOMETRY_SOURCE_RECEIVER, PSTM_GEOMETRY_CDP_OFFSET } pstm_geometry;

/** Whether the count of samples in a trace's own header may shorten the trace. */
typedef enum pstm_trace_count { PSTM_TRACE_COUNT_ON, PSTM_TRACE_COUNT_OFF } pstm_trace_count;

/** `input.offset_azimuth`: that of the grid, which the job fills in. */
#define PSTM_AZIMUTH_OF_GRID 1000.0

/** First bytes, from 1, of fields of the 240-byte trace header; 0: as in the SEG-Y standard. */
typedef struct pstm_header_bytes {
    int32_t source_x, source_y, receiver_x, receiver_y, cdp_x, cdp_y, offset; /**< 4 bytes each; the others
                                                                                have 2 */
    int32_t azimuth; /**< degrees clockwise from north, from source to receiver; 0: none */
    int32_t coordinate_scalar, n_samples, sample_interval, delay, trace_id, mute_start, mute_end;
} pstm_header_bytes;

/** All zero, but for use_delay: what the files themselves say. */
typedef struct pstm_input_options {
    pstm_names segy;              /**< SEG-Y and SU files; relative paths count from the working folder */
    pstm_file_kind kind;          /**< auto: a name in .su is SU, everything else is looked at */
    pstm_byte_order byte_order;   /**< auto: by what the headers say */
    pstm_byte_order sample_order; /**< of the samples alone; auto: that of the headers */
    pstm_coordinate_format coordinate_format;
    int32_t first_trace; /**< bytes before the first trace; 0: from the headers and the size of the file */
    int32_t n_samples;   /**< of each trace; 0: from the headers and the size of the file */
    bool ignores_mute;   /**< mute times are not used, so that they may be nonsense */
    int32_t format;      /**< SEG-Y sample format code, 1 to 16; 0: from the binary header */
    double sample_s;     /**< sample interval, (0, 1] seconds; 0: from the headers */
    double coordinate_scalar; /**< multiplies coordinates, negative divides; 0: from the headers */
    pstm_trace_count trace_n_samples;
    pstm_geometry geometry;
    double offset_azimuth_deg; /**< from source to receiver, where CDP and offset give no other azimuth */
    double offset_scalar;      /**< multiplies the offset of CDP and offset, negative divides; 0: 1 */
    bool use_delay;            /**< add the delay recording time of the headers to times */
    pstm_header_bytes bytes;
    pstm_range select_offset_m; /**< source-receiver distances, >= 0; other traces stay out of the image */
} pstm_input_options;

#endif
