#include "io/segy/write.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "core/text.h"
#include "io/segy/fields.h"
#include "io/segy/samples.h"

enum {
    BUFFER_BYTES = 4 << 20,
    SAMPLE_BYTES = 4, /* of both formats */
    TEXT_LINES = 40,
    COORDINATE_SCALAR = -100 /* coordinates in centimetres */
};

struct pstm_segy_writer {
    int fd;
    char *path;
    pstm_text part; /* the temporary name */
    pstm_segy_layout layout;
    bool little;
    bool failed; /* a write failed: the file is not whole */
    unsigned char *buffer;
    int64_t trace_bytes, capacity, used;
    int64_t n_traces;
    double source_x_m, source_y_m; /* of the last trace */
    int32_t record, trace_in_record;
};

/* ---- bytes to the disk ---- */

static pstm_status write_all(pstm_segy_writer *writer, const unsigned char *bytes, int64_t n)
{
    for (int64_t done = 0; done < n;) {
        const ssize_t put = write(writer->fd, bytes + done, (size_t)(n - done));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            writer->failed = true;
            return pstm_fail_errno(PSTM_SYSTEM, "cannot write trace %" PRId64 " to %s", writer->n_traces,
                                   writer->part.bytes);
        }
        done += put;
    }
    return PSTM_OK;
}

static pstm_status flush(pstm_segy_writer *writer)
{
    const int64_t n = writer->used;
    writer->used = 0;
    return write_all(writer, writer->buffer, n);
}

/* ---- the headers before the traces ---- */

/* EBCDIC (code page 037) of the ASCII characters from space to tilde. */
static unsigned char to_ebcdic(char c)
{
    static const unsigned char table[] =
        "\x40\x5A\x7F\x7B\x5B\x6C\x50\x7D\x4D\x5D\x5C\x4E\x6B\x60\x4B\x61" /*  !"#$%&'()*+,-./ */
        "\xF0\xF1\xF2\xF3\xF4\xF5\xF6\xF7\xF8\xF9\x7A\x5E\x4C\x7E\x6E\x6F" /* 0-9 :;<=>? */
        "\x7C\xC1\xC2\xC3\xC4\xC5\xC6\xC7\xC8\xC9\xD1\xD2\xD3\xD4\xD5\xD6" /* @ A-O */
        "\xD7\xD8\xD9\xE2\xE3\xE4\xE5\xE6\xE7\xE8\xE9\xBA\xE0\xBB\xB0\x6D" /* P-Z [\]^_ */
        "\x79\x81\x82\x83\x84\x85\x86\x87\x88\x89\x91\x92\x93\x94\x95\x96" /* ` a-o */
        "\x97\x98\x99\xA2\xA3\xA4\xA5\xA6\xA7\xA8\xA9\xC0\x4F\xD0\xA1";    /* p-z {|}~ */
    return c >= ' ' && c <= '~' ? table[c - ' '] : table['?' - ' '];
}

void pstm_segy_put_line(unsigned char *header, int i_line, const char *text, int n)
{
    char line[PSTM_SEGY_LINE_BYTES + 16];
    const int begin = snprintf(line, sizeof line, "C%2d ", i_line + 1);
    memset(line + begin, ' ', sizeof line - (size_t)begin);
    memcpy(line + begin, text, (size_t)(n < PSTM_SEGY_LINE_BYTES - begin ? n : PSTM_SEGY_LINE_BYTES - begin));
    for (int i = 0; i < PSTM_SEGY_LINE_BYTES; i++)
        header[i_line * PSTM_SEGY_LINE_BYTES + i] = to_ebcdic(line[i]);
}

static void put_text(const pstm_segy_layout *layout, unsigned char *header)
{
    const char *at = layout->text != NULL ? layout->text : "";
    for (int i = 0; i < TEXT_LINES; i++) {
        const int n = (int)strcspn(at, "\n");
        pstm_segy_put_line(header, i, at, n);
        at += n;
        if (*at == '\n') at++;
    }
    if (layout->revision == 0) return;
    /* The last two lines are the standard's. */
    const char *revision = layout->revision == 1 ? "SEG Y REV1" : "SEG-Y REV2.0";
    const char *end = "END TEXTUAL HEADER";
    pstm_segy_put_line(header, TEXT_LINES - 2, revision, (int)strlen(revision));
    pstm_segy_put_line(header, TEXT_LINES - 1, end, (int)strlen(end));
}

static uint16_t count_16(int64_t n)
{
    return (uint16_t)(n <= UINT16_MAX ? n : 0);
}

/* The interval in whole microseconds; 0 if it is none that 2 bytes hold. */
static uint16_t interval_us_16(double sample_s)
{
    const double us = nearbyint(sample_s * 1e6);
    const double tolerance_us = 1e-6; /* of a decimal fraction turned to binary and back */
    return us >= 1 && us <= UINT16_MAX && fabs(sample_s * 1e6 - us) < tolerance_us ? (uint16_t)us : 0;
}

static void put(unsigned char *header, int byte, int width, bool little, int64_t value)
{
    pstm_segy_store(header + byte - 1, width, little, (uint64_t)value);
}

static void put_f64(unsigned char *header, int byte, bool little, double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    pstm_segy_store(header + byte - 1, 8, little, word);
}

static void put_reel(const pstm_segy_writer *writer, unsigned char *reel)
{
    const pstm_segy_layout *layout = &writer->layout;
    const bool little = writer->little;
    put_text(layout, reel);
    put(reel, SEGY_BIN_LINE_NUMBER, 4, little, 1);
    put(reel, SEGY_BIN_REEL_NUMBER, 4, little, 1);
    put(reel, SEGY_BIN_INTERVAL, 2, little, interval_us_16(layout->sample_s));
    put(reel, SEGY_BIN_SAMPLES, 2, little, count_16(layout->n_samples));
    put(reel, SEGY_BIN_FORMAT, 2, little, layout->format);
    put(reel, SEGY_BIN_SORTING_CODE, 2, little, layout->sorting);
    put(reel, SEGY_BIN_MEASUREMENT_SYSTEM, 2, little, 1);
    if (layout->revision == 0) return;
    put(reel, SEGY_BIN_SEGY_REVISION, 1, little, layout->revision);
    put(reel, SEGY_BIN_TRACE_FLAG, 2, little, 1);
    if (layout->revision == 1) return;
    put(reel, PSTM_BIN_EXT_SAMPLES, 4, little, layout->n_samples);
    put_f64(reel, PSTM_BIN_EXT_INTERVAL, little, layout->sample_s * 1e6);
    put(reel, PSTM_BIN_ORDER_MARK, 4, little, PSTM_SEGY_ORDER_MARK);
}

/* ---- traces ---- */

static pstm_status to_centimetres(const pstm_segy_writer *writer, double value_m, int32_t *value)
{
    const double scaled = nearbyint(value_m * -COORDINATE_SCALAR);
    if (!(fabs(scaled) <= INT32_MAX))
        return pstm_fail(PSTM_DATA,
                         "%s: trace %" PRId64
                         ": coordinate %.17g m is beyond what SEG-Y holds at 1 cm (+-%d m)",
                         writer->path, writer->n_traces + 1, value_m, INT32_MAX / -COORDINATE_SCALAR);
    *value = (int32_t)scaled;
    return PSTM_OK;
}

static bool fits_i16(double value)
{
    const double tolerance = 1e-6; /* of a decimal fraction turned to binary and back */
    return fabs(value - nearbyint(value)) < tolerance && fabs(value) <= INT16_MAX;
}

/* Milliseconds, or, where the revision has a time scalar, the fraction of them that holds the start. */
static pstm_status put_times(const pstm_segy_writer *writer, const pstm_trace *trace, unsigned char *header)
{
    const int largest = writer->layout.kind == PSTM_KIND_SU || writer->layout.revision == 0 ? 1 : 1000;
    for (int scale = 1; scale <= largest; scale *= 10) {
        const double start = trace->start_s * 1e3 * scale;
        const int32_t mute_start = trace->mute_start_ms * scale, mute_end = trace->mute_end_ms * scale;
        if (!fits_i16(start) || !fits_i16(mute_start) || !fits_i16(mute_end)) continue;
        put(header, SEGY_TR_DELAY_REC_TIME, 2, writer->little, lrint(start));
        put(header, SEGY_TR_MUTE_TIME_START, 2, writer->little, mute_start);
        put(header, SEGY_TR_MUTE_TIME_END, 2, writer->little, mute_end);
        if (scale > 1) put(header, SEGY_TR_SCALAR_TRACE_HEADER, 2, writer->little, -scale);
        return PSTM_OK;
    }
    return pstm_fail(PSTM_DATA,
                     "%s: trace %" PRId64 ": start %.17g s is not a whole number of %s that 2 bytes hold",
                     writer->path, writer->n_traces + 1, trace->start_s, largest == 1 ? "ms" : "us");
}

static pstm_status put_positions(const pstm_segy_writer *writer, const pstm_trace *trace,
                                 unsigned char *header)
{
    const double value_m[6] = {trace->source_x_m,
                               trace->source_y_m,
                               trace->receiver_x_m,
                               trace->receiver_y_m,
                               0.5 * (trace->source_x_m + trace->receiver_x_m),
                               0.5 * (trace->source_y_m + trace->receiver_y_m)};
    static const int byte[6] = {SEGY_TR_SOURCE_X, SEGY_TR_SOURCE_Y, SEGY_TR_GROUP_X,
                                SEGY_TR_GROUP_Y,  SEGY_TR_CDP_X,    SEGY_TR_CDP_Y};
    const int n = writer->layout.kind == PSTM_KIND_SU ? 4 : 6;
    for (int i = 0; i < n; i++) {
        int32_t value = 0;
        PSTM_TRY(to_centimetres(writer, value_m[i], &value));
        put(header, byte[i], 4, writer->little, value);
    }
    put(header, SEGY_TR_OFFSET, 4, writer->little, llrint(pstm_trace_offset_m(trace)));
    put(header, SEGY_TR_ELEV_SCALAR, 2, writer->little, 1);
    put(header, SEGY_TR_SOURCE_GROUP_SCALAR, 2, writer->little, COORDINATE_SCALAR);
    put(header, SEGY_TR_COORD_UNITS, 2, writer->little, 1);
    return PSTM_OK;
}

static bool starts_record(const pstm_segy_writer *writer, const pstm_trace *trace)
{
    return writer->n_traces == 0 || trace->source_x_m != writer->source_x_m ||
           trace->source_y_m != writer->source_y_m;
}

static pstm_status put_header(const pstm_segy_writer *writer, const pstm_trace *trace, unsigned char *header)
{
    const bool little = writer->little, new_record = starts_record(writer, trace);
    const int32_t record = writer->record + new_record;
    memset(header, 0, SEGY_TRACE_HEADER_SIZE);
    PSTM_TRY(put_positions(writer, trace, header));
    PSTM_TRY(put_times(writer, trace, header));
    put(header, SEGY_TR_SEQ_LINE, 4, little, writer->n_traces + 1);
    put(header, SEGY_TR_SEQ_FILE, 4, little, writer->n_traces + 1);
    put(header, SEGY_TR_FIELD_RECORD, 4, little, record);
    put(header, SEGY_TR_NUMBER_ORIG_FIELD, 4, little, new_record ? 1 : writer->trace_in_record + 1);
    put(header, SEGY_TR_ENERGY_SOURCE_POINT, 4, little, record);
    put(header, SEGY_TR_TRACE_ID, 2, little, trace->fate == PSTM_TRACE_NOT_SEISMIC ? 2 : 1);
    put(header, SEGY_TR_DATA_USE, 2, little, 1);
    put(header, SEGY_TR_SAMPLE_COUNT, 2, little, count_16(writer->layout.n_samples));
    put(header, SEGY_TR_SAMPLE_INTER, 2, little, interval_us_16(writer->layout.sample_s));
    return PSTM_OK;
}

static pstm_status check_samples(const pstm_segy_writer *writer, const float *samples)
{
    for (int32_t i = 0; writer->layout.format == 1 && i < writer->layout.n_samples; i++)
        if (!isfinite(samples[i]))
            return pstm_fail(PSTM_DATA,
                             "%s: trace %" PRId64 ", sample %d is %g, which IBM floats do not have",
                             writer->path, writer->n_traces + 1, (int)i + 1, (double)samples[i]);
    return PSTM_OK;
}

static pstm_status append(pstm_segy_writer *writer, const unsigned char *header, const float *samples)
{
    PSTM_TRY(check_samples(writer, samples));
    if (writer->used + writer->trace_bytes > writer->capacity) PSTM_TRY(flush(writer));
    unsigned char *at = writer->buffer + writer->used;
    memcpy(at, header, SEGY_TRACE_HEADER_SIZE);
    pstm_segy_encode(writer->layout.format, writer->little, samples, writer->layout.n_samples,
                     at + SEGY_TRACE_HEADER_SIZE);
    writer->used += writer->trace_bytes;
    return PSTM_OK;
}

pstm_status pstm_segy_writer_add(pstm_segy_writer *writer, const pstm_trace *header, const float *samples)
{
    unsigned char bytes[SEGY_TRACE_HEADER_SIZE];
    PSTM_TRY(put_header(writer, header, bytes));
    PSTM_TRY(append(writer, bytes, samples));
    const bool new_record = starts_record(writer, header);
    writer->record += new_record;
    writer->trace_in_record = new_record ? 1 : writer->trace_in_record + 1;
    writer->source_x_m = header->source_x_m;
    writer->source_y_m = header->source_y_m;
    writer->n_traces++;
    return PSTM_OK;
}

/* A trace of the data whose source and receiver lie at the place, with the image's numbers put over it. */
pstm_status pstm_segy_writer_add_image(pstm_segy_writer *writer, const pstm_segy_image_trace *trace,
                                       const float *samples)
{
    const bool little = writer->little;
    const pstm_trace place = {.source_x_m = trace->x_m,
                              .source_y_m = trace->y_m,
                              .receiver_x_m = trace->x_m,
                              .receiver_y_m = trace->y_m,
                              .start_s = trace->start_s};
    unsigned char bytes[SEGY_TRACE_HEADER_SIZE];
    PSTM_TRY(put_header(writer, &place, bytes));
    put(bytes, SEGY_TR_FIELD_RECORD, 4, little, trace->inline_number);
    put(bytes, SEGY_TR_NUMBER_ORIG_FIELD, 4, little, trace->crossline_number);
    put(bytes, SEGY_TR_ENERGY_SOURCE_POINT, 4, little, 0);
    put(bytes, SEGY_TR_ENSEMBLE, 4, little, trace->ensemble);
    put(bytes, SEGY_TR_NUM_IN_ENSEMBLE, 4, little, trace->in_ensemble);
    put(bytes, SEGY_TR_OFFSET, 4, little, llrint(trace->offset_m));
    put(bytes, SEGY_TR_TRACE_ID, 2, little, trace->is_dead ? 2 : 1);
    if (writer->layout.kind != PSTM_KIND_SU) {
        put(bytes, SEGY_TR_INLINE, 4, little, trace->inline_number);
        put(bytes, SEGY_TR_CROSSLINE, 4, little, trace->crossline_number);
    }
    PSTM_TRY(append(writer, bytes, samples));
    writer->n_traces++;
    return PSTM_OK;
}

/* ---- life ---- */

static bool host_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static pstm_status check_layout(const char *path, const pstm_segy_layout *layout)
{
    if (layout->format != 1 && layout->format != 5)
        return pstm_fail(PSTM_USAGE, "%s: sample format %d cannot be written; take 1 (IBM) or 5 (IEEE)", path,
                         (int)layout->format);
    if (layout->revision < 0 || layout->revision > 2)
        return pstm_fail(PSTM_USAGE, "%s: SEG-Y has no revision %d; take 0, 1 or 2", path,
                         (int)layout->revision);
    if (layout->kind == PSTM_KIND_SU && (layout->format != 5 || layout->revision != 0))
        return pstm_fail(PSTM_USAGE, "%s: SU files hold IEEE floats (format 5) and have no revision (0)",
                         path);
    if (layout->n_samples < 1 || (layout->n_samples > UINT16_MAX && layout->revision < 2))
        return pstm_fail(PSTM_USAGE, "%s: %d samples: 1 to %d fit, more with SEG-Y revision 2", path,
                         (int)layout->n_samples, UINT16_MAX);
    if (!(layout->sample_s > 0) || (interval_us_16(layout->sample_s) == 0 && layout->revision < 2))
        return pstm_fail(
            PSTM_USAGE,
            "%s: a sample interval of %.17g s: 1 to %d whole microseconds fit, others with SEG-Y "
            "revision 2",
            path, layout->sample_s, UINT16_MAX);
    return PSTM_OK;
}

pstm_status pstm_segy_writer_create(const char *path, const pstm_segy_layout *layout, pstm_segy_writer **out)
{
    pstm_segy_writer *writer = NULL;
    pstm_status status = PSTM_OK;
    unsigned char reel[PSTM_SEGY_REEL_BYTES] = {0};

    PSTM_TRY(check_layout(path, layout));
    PSTM_GO(PSTM_NEW(&writer, 1, "a SEG-Y writer"));
    writer->fd = -1;
    writer->layout = *layout;
    const bool su = layout->kind == PSTM_KIND_SU;
    writer->little =
        layout->order == PSTM_ORDER_AUTO ? su && host_is_little() : layout->order == PSTM_ORDER_LITTLE;
    writer->trace_bytes = SEGY_TRACE_HEADER_SIZE + (int64_t)layout->n_samples * SAMPLE_BYTES;
    writer->capacity = writer->trace_bytes > BUFFER_BYTES ? writer->trace_bytes : BUFFER_BYTES;
    PSTM_GO(pstm_copy_text(&writer->path, path));
    PSTM_GO(pstm_text_add(&writer->part, "%s.part", path));
    PSTM_GO(PSTM_NEW(&writer->buffer, writer->capacity, "a buffer of traces to write"));
    writer->fd = pstm_place_make(writer->part.bytes);
    if (writer->fd < 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot create %s", writer->part.bytes);
        pstm_text_clear(&writer->part); /* whatever lies there is not ours to remove */
        goto cleanup;
    }
    put_reel(writer, reel);
    if (!su) PSTM_GO(write_all(writer, reel, (int64_t)sizeof reel));
    writer->layout.text = NULL;
    *out = writer;
    writer = NULL;
cleanup:
    pstm_segy_writer_abandon(&writer);
    return status;
}

/* What was not known before the last trace. */
static pstm_status put_trace_count(const pstm_segy_writer *writer)
{
    unsigned char bytes[8];
    if (writer->layout.revision < 2) return PSTM_OK;
    pstm_segy_store(bytes, 8, writer->little, (uint64_t)writer->n_traces);
    if (pwrite(writer->fd, bytes, sizeof bytes, PSTM_BIN_N_TRACES - 1) == (ssize_t)sizeof bytes)
        return PSTM_OK;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot write the number of traces to %s", writer->part.bytes);
}

pstm_status pstm_segy_writer_close(pstm_segy_writer **writer)
{
    pstm_segy_writer *w = *writer;
    pstm_status status = PSTM_OK;
    int fd;
    if (w->n_traces == 0) {
        status = pstm_fail(PSTM_DATA, "%s: no trace was written", w->path);
        goto cleanup;
    }
    if (w->failed) {
        status = pstm_fail(PSTM_SYSTEM, "%s was given up: writing it failed before", w->part.bytes);
        goto cleanup;
    }
    PSTM_GO(flush(w));
    PSTM_GO(put_trace_count(w));
    fd = w->fd;
    w->fd = -1;
    if (close(fd) != 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot close %s", w->part.bytes);
    } else if (rename(w->part.bytes, w->path) != 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot rename %s to %s", w->part.bytes, w->path);
    } else {
        pstm_text_clear(&w->part); /* nothing to remove */
    }
cleanup:
    pstm_segy_writer_abandon(writer);
    return status;
}

void pstm_segy_writer_abandon(pstm_segy_writer **writer)
{
    pstm_segy_writer *w = *writer;
    if (w == NULL) return;
    if (w->fd >= 0) close(w->fd);
    if (w->part.bytes != NULL) unlink(w->part.bytes);
    pstm_text_clear(&w->part);
    PSTM_FREE(&w->buffer);
    PSTM_FREE(&w->path);
    PSTM_FREE(writer);
}
