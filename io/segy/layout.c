/* Where the traces are, how many, how long, how far apart their samples. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/segy/file.h"
#include "io/segy/samples.h"

enum {
    TEXT_BLOCK_LIMIT = 10000, /* extended textual headers looked through for the last one */
    WALK_LIMIT = 4096         /* trace headers looked at to recognize traces of varying length */
};

bool pstm_segy_scalar_is_known(int32_t scalar)
{
    const int32_t size = abs(scalar);
    return size <= 1 || size == 10 || size == 100 || size == 1000 || size == 10000;
}

double pstm_segy_scaled(double value, double scalar)
{
    if (scalar == 0) return value;
    return scalar < 0 ? value / -scalar : value * scalar;
}

static bool is_rev2(const pstm_segy *file)
{
    return file->revision == 2;
}

/* ---- the headers before the traces ---- */

/* Revision 1 is a 2-byte 0x0100, revision 2 has a byte for each number. Files with 0x0001 exist too. */
static pstm_status find_revision(pstm_segy *file, const pstm_segy_head *head)
{
    const int major = head->bytes[SEGY_BIN_SEGY_REVISION - 1],
              minor = head->bytes[PSTM_BIN_REVISION_MINOR - 1];
    file->revision = major;
    file->revision_minor = minor;
    if (major == 0 && (minor == 1 || minor == 2)) {
        file->revision = minor;
        file->revision_minor = 0;
    }
    if (file->revision <= 2) return PSTM_OK;
    file->revision = file->revision_minor = 0;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_REVISION, false,
                           "revision %d.%d (byte %d) is unknown: read as revision 0", major, minor,
                           SEGY_BIN_SEGY_REVISION);
}

/* True if the block holds the word EndText in ASCII or EBCDIC (code page 037), upper or lower case. */
static bool ends_texts(const unsigned char *block)
{
    static const char ascii[] = "ENDTEXT";
    static const unsigned char ebcdic[] = {0xC5, 0xD5, 0xC4, 0xE3, 0xC5, 0xE7, 0xE3};
    const int n = (int)sizeof ebcdic;
    for (int at = 0; at + n <= SEGY_TEXT_HEADER_SIZE; at++) {
        int n_ascii = 0, n_ebcdic = 0;
        for (int i = 0; i < n; i++) {
            n_ascii += (block[at + i] & ~0x20) == ascii[i];
            n_ebcdic += (block[at + i] | 0x40) == ebcdic[i];
        }
        if (n_ascii == n || n_ebcdic == n) return true;
    }
    return false;
}

static pstm_status find_end_of_texts(const pstm_segy *file, int64_t *end)
{
    for (int i = 0; i < TEXT_BLOCK_LIMIT; i++) {
        unsigned char block[SEGY_TEXT_HEADER_SIZE];
        const int64_t at = PSTM_SEGY_REEL_BYTES + (int64_t)i * SEGY_TEXT_HEADER_SIZE;
        if (at + SEGY_TEXT_HEADER_SIZE > file->source.size_bytes) break;
        PSTM_TRY(pstm_byte_source_read(&file->source, at, SEGY_TEXT_HEADER_SIZE, block));
        if (!ends_texts(block)) continue;
        *end = at + SEGY_TEXT_HEADER_SIZE;
        return PSTM_OK;
    }
    return pstm_fail(
        PSTM_DATA,
        "%s: bytes %d-%d announce extended textual headers up to an EndText stanza, and there is none; "
        "set these bytes to their number",
        file->path, SEGY_BIN_EXT_HEADERS, SEGY_BIN_EXT_HEADERS + 1);
}

static pstm_status find_first_trace(pstm_segy *file, const pstm_segy_head *head)
{
    file->first_trace = PSTM_SEGY_REEL_BYTES;
    const int n_texts =
        file->revision >= 1 ? pstm_segy_i16(head->bytes, SEGY_BIN_EXT_HEADERS, file->little) : 0;
    const uint64_t offset =
        is_rev2(file) ? pstm_segy_u64(head->bytes, PSTM_BIN_FIRST_TRACE, file->little) : 0;
    if (offset != 0) {
        if (offset < PSTM_SEGY_REEL_BYTES || offset >= (uint64_t)file->source.size_bytes)
            return pstm_fail(PSTM_DATA,
                             "%s: byte %d puts the first trace at byte %" PRIu64 ", outside of [%d, %" PRId64
                             ") where it can be; the file is cut off or these 8 bytes are wrong (0: unknown)",
                             file->path, PSTM_BIN_FIRST_TRACE, offset, PSTM_SEGY_REEL_BYTES,
                             file->source.size_bytes);
        file->first_trace = (int64_t)offset;
    } else if (n_texts == -1) {
        PSTM_TRY(find_end_of_texts(file, &file->first_trace));
    } else if (n_texts < 0) {
        return pstm_fail(PSTM_DATA,
                         "%s: %d extended textual headers (byte %d); set these bytes to their number",
                         file->path, n_texts, SEGY_BIN_EXT_HEADERS);
    } else {
        file->first_trace += (int64_t)n_texts * SEGY_TEXT_HEADER_SIZE;
    }
    if (file->first_trace + SEGY_TRACE_HEADER_SIZE > file->source.size_bytes)
        return pstm_fail(
            PSTM_DATA,
            "%s: the headers before the traces (%d extended textual headers, byte %d) take %" PRId64
            " bytes and the file has %" PRId64 ": there is no trace in it; copy the file again",
            file->path, n_texts, SEGY_BIN_EXT_HEADERS, file->first_trace, file->source.size_bytes);
    return PSTM_OK;
}

static pstm_status find_format(pstm_segy *file, const pstm_segy_head *head)
{
    file->format = file->how.format;
    if (file->format == 0)
        file->format = file->kind == PSTM_KIND_SU ? SEGY_IEEE_FLOAT_4_BYTE
                                                  : pstm_segy_u16(head->bytes, SEGY_BIN_FORMAT, file->little);
    file->sample_bytes = pstm_segy_sample_bytes(file->format);
    if (file->sample_bytes > 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: sample format code %d (byte %d, %s endian; %s) cannot be read; known are %s. Set "
                     "input.sample_format or input.byte_order if the header is wrong",
                     file->path, (int)file->format, SEGY_BIN_FORMAT, file->little ? "little" : "big",
                     pstm_segy_format_name(file->format), pstm_segy_known_formats);
}

/* ---- traces ---- */

static int32_t n_samples_in(const pstm_segy *file, const unsigned char *trace_header)
{
    return pstm_segy_u16(trace_header, file->how.bytes.n_samples, file->little);
}

static pstm_status find_n_samples(pstm_segy *file, const pstm_segy_head *head, const unsigned char *first)
{
    uint32_t n = 0;
    if (file->kind == PSTM_KIND_SEGY) {
        if (is_rev2(file)) n = pstm_segy_u32(head->bytes, PSTM_BIN_EXT_SAMPLES, file->little);
        if (n == 0) n = pstm_segy_u16(head->bytes, SEGY_BIN_SAMPLES, file->little);
    }
    if (n == 0) n = (uint32_t)n_samples_in(file, first);
    if (n == 0)
        return pstm_fail(
            PSTM_DATA,
            "%s: the number of samples is zero in the binary header (byte %d) and in trace 1 (byte %d); "
            "correct the file, or name the right byte in input.bytes.n_samples",
            file->path, SEGY_BIN_SAMPLES, (int)file->how.bytes.n_samples);
    if (n > (uint64_t)file->source.size_bytes)
        return pstm_fail(PSTM_DATA,
                         "%s: %" PRIu32 " samples a trace (byte %d) are more than the file's %" PRId64
                         " bytes; check input.byte_order, or copy the file again",
                         file->path, n, PSTM_BIN_EXT_SAMPLES, file->source.size_bytes);
    if (n > INT32_MAX)
        return pstm_fail(PSTM_DATA, "%s: traces of %" PRIu32 " samples are too long", file->path, n);
    file->n_samples = (int32_t)n;
    return PSTM_OK;
}

static pstm_status find_sample_interval(pstm_segy *file, const pstm_segy_head *head,
                                        const unsigned char *first)
{
    double interval_us = 0;
    file->interval_us[1] = pstm_segy_u16(first, file->how.bytes.sample_interval, file->little);
    if (file->kind == PSTM_KIND_SEGY) {
        file->interval_us[0] = pstm_segy_u16(head->bytes, SEGY_BIN_INTERVAL, file->little);
        if (is_rev2(file)) interval_us = pstm_segy_f64(head->bytes, PSTM_BIN_EXT_INTERVAL, file->little);
        if (!(interval_us > 0 && interval_us < 1e9)) interval_us = file->interval_us[0];
    }
    if (!(interval_us > 0)) interval_us = file->interval_us[1];
    file->sample_s = file->how.sample_s > 0 ? file->how.sample_s : interval_us / 1e6;
    if (!(file->sample_s > 0))
        return pstm_fail(
            PSTM_DATA,
            "%s: the sample interval is zero in the binary header (byte %d) and in trace 1 (byte %d); set "
            "input.sample_interval, in seconds",
            file->path, SEGY_BIN_INTERVAL, (int)file->how.bytes.sample_interval);
    const bool contradicts = file->interval_us[1] != 0 && fabs(interval_us - file->interval_us[1]) >= 1;
    if (file->how.sample_s > 0 || !contradicts) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_SAMPLE_INTERVAL, false,
        "the sample interval is %g us in the binary header and %u us in trace 1: taken is %g us", interval_us,
        file->interval_us[1], interval_us);
}

/* 2.0 has 4 bytes for the number of extensions; 2.1 gave the second two to the survey type. */
static pstm_status find_header_bytes(pstm_segy *file, const pstm_segy_head *head)
{
    uint32_t n = 0;
    if (is_rev2(file))
        n = file->revision_minor == 0 ? pstm_segy_u32(head->bytes, PSTM_BIN_EXT_TRACE_HEADERS, file->little)
                                      : pstm_segy_u16(head->bytes, PSTM_BIN_EXT_TRACE_HEADERS, file->little);
    file->header_bytes = (1 + (int64_t)n) * SEGY_TRACE_HEADER_SIZE;
    if (file->first_trace + file->header_bytes <= file->source.size_bytes) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRIu32 " trace header extensions (byte %d) do not fit into the file's %" PRId64
                     " bytes; copy the file again, or correct the bytes",
                     file->path, n, PSTM_BIN_EXT_TRACE_HEADERS, file->source.size_bytes);
}

/* Offset of the byte behind the last trace. */
static pstm_status find_end(const pstm_segy *file, const pstm_segy_head *head, int64_t *end)
{
    *end = file->source.size_bytes;
    if (!is_rev2(file)) return PSTM_OK;
    const int32_t n_trailers = pstm_segy_i32(head->bytes, PSTM_BIN_TRAILERS, file->little);
    const uint64_t n_traces = pstm_segy_u64(head->bytes, PSTM_BIN_N_TRACES, file->little);
    const uint64_t room = (uint64_t)(file->source.size_bytes - file->first_trace);
    if (n_trailers == 0) return PSTM_OK;
    if (n_trailers > 0)
        *end -= (int64_t)n_trailers * SEGY_TEXT_HEADER_SIZE;
    else if (n_traces > 0 && n_traces <= room / (uint64_t)file->trace_bytes)
        *end = file->first_trace + (int64_t)n_traces * file->trace_bytes;
    else
        *end = -1;
    if (*end > file->first_trace) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: the trailer (%d records, byte %d) and %" PRIu64 " traces (byte %d) do not fit into the file's "
        "%" PRId64 " bytes; copy the file again, or correct the bytes",
        file->path, (int)n_trailers, PSTM_BIN_TRAILERS, n_traces, PSTM_BIN_N_TRACES, file->source.size_bytes);
}

/* Do traces of the lengths in their own headers, not all equal, follow each other up to `end`? */
static pstm_status find_variation(const pstm_segy *file, int64_t end, bool *varies)
{
    int64_t at = file->first_trace;
    int32_t n_first = 0;
    bool differ = false;
    *varies = false;
    for (int i = 0; i < WALK_LIMIT && at < end; i++) {
        unsigned char header[SEGY_TRACE_HEADER_SIZE];
        if (at + SEGY_TRACE_HEADER_SIZE > end) return PSTM_OK;
        PSTM_TRY(pstm_segy_header_at(file, at, header));
        const int32_t n = n_samples_in(file, header);
        const uint16_t interval_us = pstm_segy_u16(header, file->how.bytes.sample_interval, file->little);
        if (n == 0 || interval_us != file->interval_us[1]) return PSTM_OK;
        if (i == 0) n_first = n;
        differ = differ || n != n_first;
        at += file->header_bytes + (int64_t)n * file->sample_bytes;
    }
    *varies = differ && at <= end;
    return PSTM_OK;
}

/* Does n, the count of the first trace, fill the file, and is it that of the last trace too? */
static pstm_status find_better_count(const pstm_segy *file, int32_t n, int64_t room, bool *better)
{
    unsigned char last[SEGY_TRACE_HEADER_SIZE];
    const int64_t trace_bytes = file->header_bytes + (int64_t)n * file->sample_bytes;
    *better = false;
    if (n == 0 || n == file->n_samples || room < trace_bytes || room % trace_bytes != 0) return PSTM_OK;
    PSTM_TRY(pstm_segy_header_at(file, file->first_trace + room - trace_bytes, last));
    *better = n_samples_in(file, last) == n;
    return PSTM_OK;
}

static pstm_status fail_truncated(const pstm_segy *file, int64_t room)
{
    const int64_t whole = room / file->trace_bytes, rest = room % file->trace_bytes;
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64 " bytes end inside trace %" PRId64 ": it has %" PRId64 " of its %" PRId64
                     " bytes (%d samples, %s, %s endian), so the file should be %" PRId64
                     " bytes or more. It is cut "
                     "off (copy it again), or the header is wrong (input.sample_format, input.byte_order)",
                     file->path, file->source.size_bytes, whole + 1, rest, file->trace_bytes,
                     (int)file->n_samples, pstm_segy_format_name(file->format),
                     file->little ? "little" : "big", file->source.size_bytes - rest + file->trace_bytes);
}

static pstm_status find_n_traces(pstm_segy *file, const pstm_segy_head *head, const unsigned char *first)
{
    int64_t end;
    file->trace_bytes = file->header_bytes + (int64_t)file->n_samples * file->sample_bytes;
    PSTM_TRY(find_end(file, head, &end));
    const int64_t room = end - file->first_trace;
    const int32_t n_first = n_samples_in(file, first);
    const bool fits = room % file->trace_bytes == 0;
    bool varies = false, better = false;
    if (!fits || n_first != file->n_samples) PSTM_TRY(find_variation(file, end, &varies));
    if (varies)
        return pstm_fail(
            PSTM_DATA,
            "%s: traces of varying length (%d samples in trace 1, byte %d) are not supported; write the "
            "file again with traces of one length",
            file->path, (int)n_first, (int)file->how.bytes.n_samples);
    if (!fits) PSTM_TRY(find_better_count(file, n_first, room, &better));
    if (better) {
        PSTM_TRY(pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_SAMPLE_COUNT, false,
            "%d samples a trace in the binary header do not fit the size of the file: taken are "
            "the %d of trace 1",
            (int)file->n_samples, (int)n_first));
        file->n_samples = n_first;
        file->trace_bytes = file->header_bytes + (int64_t)n_first * file->sample_bytes;
    } else if (!fits) {
        return fail_truncated(file, room);
    } else if (n_first != 0 && n_first != file->n_samples) {
        PSTM_TRY(pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_COUNT, false,
                                 "%d samples in the header of trace 1, %d in the binary header: taken are %d",
                                 (int)n_first, (int)file->n_samples, (int)file->n_samples));
    }
    file->n_traces = room / file->trace_bytes;
    return PSTM_OK;
}

/* ---- units ---- */

bool pstm_segy_coordinates_are_overridden(const pstm_segy *file)
{
    return file->how.coordinate_scalar != 0 || file->how.bytes.source_x != SEGY_TR_SOURCE_X ||
           file->how.bytes.source_y != SEGY_TR_SOURCE_Y || file->how.bytes.receiver_x != SEGY_TR_GROUP_X ||
           file->how.bytes.receiver_y != SEGY_TR_GROUP_Y;
}

/* Coordinates as doubles in trace header extension 1 of revision 2 stand for those of the trace header. */
static bool extended_coordinates(const pstm_segy *file, const unsigned char *header, double value[4])
{
    const unsigned char *extension = header + SEGY_TRACE_HEADER_SIZE;
    if (file->header_bytes == SEGY_TRACE_HEADER_SIZE || pstm_segy_coordinates_are_overridden(file))
        return false;
    if (memcmp(extension + 232, "SEG00001", 8) != 0) return false;
    bool set = false;
    for (int i = 0; i < 4; i++) {
        value[i] = pstm_segy_f64(extension, 97 + 8 * i, file->little);
        set = set || value[i] != 0;
    }
    return set;
}

bool pstm_segy_coordinates(const pstm_segy *file, const unsigned char *header, double value[4],
                           int32_t *bad_scalar)
{
    if (extended_coordinates(file, header, value)) return true;
    const int32_t found = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    const double scalar = file->how.coordinate_scalar != 0 ? file->how.coordinate_scalar : found;
    if (file->how.coordinate_scalar == 0 && !pstm_segy_scalar_is_known(found)) {
        *bad_scalar = found;
        return false;
    }
    const int32_t bytes[4] = {file->how.bytes.source_x, file->how.bytes.source_y, file->how.bytes.receiver_x,
                              file->how.bytes.receiver_y};
    for (int i = 0; i < 4; i++)
        value[i] = pstm_segy_scaled(pstm_segy_i32(header, bytes[i], file->little), scalar);
    return true;
}

bool pstm_segy_are_angles(int unit, const double value[4])
{
    static const double largest[3] = {360.0 * 3600.0, 360.0, 3600000.0}; /* seconds, degrees, DDDMMSS */
    if (unit < 2 || unit > 4) return false;
    for (int i = 0; i < 4; i++)
        if (fabs(value[i]) > largest[unit - 2]) return false;
    return true;
}

/* Unit codes are often wrong: where one trace has coordinates that no angle can have, no trace has angles. */
static pstm_status find_units(pstm_segy *file)
{
    if (pstm_segy_coordinates_are_overridden(file)) return PSTM_OK;
    const int64_t n =
        file->header_bytes < 2 * SEGY_TRACE_HEADER_SIZE ? file->header_bytes : 2 * SEGY_TRACE_HEADER_SIZE;
    const int64_t number[2] = {0, file->n_traces - 1};
    for (int i = 0; i < 2 && !file->never_angles; i++) {
        unsigned char header[2 * SEGY_TRACE_HEADER_SIZE];
        double value[4];
        int32_t bad_scalar;
        PSTM_TRY(pstm_byte_source_read(&file->source, file->first_trace + number[i] * file->trace_bytes, n,
                                       header));
        const int unit = pstm_segy_i16(header, SEGY_TR_COORD_UNITS, file->little);
        if (unit < 2 || unit > 4 || !pstm_segy_coordinates(file, header, value, &bad_scalar)) continue;
        if (pstm_segy_are_angles(unit, value)) continue;
        file->never_angles = true;
        PSTM_TRY(pstm_doubts_add(&file->doubts, PSTM_DOUBT_COORDINATE_UNITS, false,
                                 "the coordinates of trace %" PRId64
                                 " are angles by unit code %d (byte %d) and lengths by "
                                 "size: read as lengths",
                                 number[i] + 1, unit, SEGY_TR_COORD_UNITS));
    }
    return PSTM_OK;
}

static pstm_status doubt_feet(pstm_segy *file, const pstm_segy_head *head)
{
    const int system = pstm_segy_i16(head->bytes, SEGY_BIN_MEASUREMENT_SYSTEM, file->little);
    if (file->kind == PSTM_KIND_SU || system != 2 || file->how.coordinate_scalar != 0) return PSTM_OK;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_FEET, false,
                           "the unit of length is feet (byte %d): coordinates are read as metres",
                           SEGY_BIN_MEASUREMENT_SYSTEM);
}

pstm_status pstm_segy_find_layout(pstm_segy *file, const pstm_segy_head *head)
{
    unsigned char first[SEGY_TRACE_HEADER_SIZE];
    if (file->kind == PSTM_KIND_SEGY) {
        PSTM_TRY(find_revision(file, head));
        PSTM_TRY(find_first_trace(file, head));
    }
    PSTM_TRY(find_format(file, head));
    PSTM_TRY(find_header_bytes(file, head));
    PSTM_TRY(pstm_segy_header_at(file, file->first_trace, first));
    PSTM_TRY(find_n_samples(file, head, first));
    PSTM_TRY(find_sample_interval(file, head, first));
    PSTM_TRY(find_n_traces(file, head, first));
    PSTM_TRY(find_units(file));
    return doubt_feet(file, head);
}
