/* What kind of file it is and in which byte order its numbers stand. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "io/segy/file.h"
#include "io/segy/samples.h"

enum {
    LABEL_BYTES = 128, /* of a tape label, as the standard has it */
    USUAL_FIELDS = 4   /* that count_usual() looks at */
};

static bool has_suffix(const char *path, const char *suffix)
{
    const size_t n = strlen(path), n_suffix = strlen(suffix);
    return n >= n_suffix && strcasecmp(path + n - n_suffix, suffix) == 0;
}

/* ---- SEG-Y ---- */

static uint16_t binary_u16(const pstm_segy_head *head, int byte, bool little)
{
    return pstm_segy_u16(head->bytes, byte, little);
}

/* Whole traces fill the file behind the reel header when its counts are read in this order. */
static bool segy_sizes_fit(const pstm_segy *file, const pstm_segy_head *head, bool little)
{
    const int32_t format = file->how.format ? file->how.format : binary_u16(head, SEGY_BIN_FORMAT, little);
    const int64_t n_samples = binary_u16(head, SEGY_BIN_SAMPLES, little);
    const int64_t traces = file->source.size_bytes - file->start - PSTM_SEGY_REEL_BYTES;
    if (pstm_segy_sample_bytes(format) == 0 || n_samples == 0 || traces <= 0) return false;
    return traces % (SEGY_TRACE_HEADER_SIZE + n_samples * pstm_segy_sample_bytes(format)) == 0;
}

static bool has_format_name(int32_t format)
{
    return strcmp(pstm_segy_format_name(format), "unknown format") != 0;
}

/* Codes are below 256, so that no code is one in both orders. */
static bool segy_order_by_format(const pstm_segy_head *head, bool *little)
{
    for (int order = 0; order < 2; order++) {
        if (!has_format_name(binary_u16(head, SEGY_BIN_FORMAT, order == 1))) continue;
        *little = order == 1;
        return true;
    }
    return false;
}

static bool segy_order_by_mark(const pstm_segy_head *head, bool *little)
{
    for (int order = 0; order < 2; order++) {
        if (pstm_segy_u32(head->bytes, PSTM_BIN_ORDER_MARK, order == 1) != PSTM_SEGY_ORDER_MARK) continue;
        *little = order == 1;
        return true;
    }
    return false;
}

static bool segy_order_by_sizes(const pstm_segy *file, const pstm_segy_head *head, bool *little)
{
    const bool big_fits = segy_sizes_fit(file, head, false), little_fits = segy_sizes_fit(file, head, true);
    if (big_fits == little_fits) return false;
    *little = little_fits;
    return true;
}

static pstm_status segy_order(pstm_segy *file, const pstm_segy_head *head)
{
    if (head->n < PSTM_SEGY_REEL_BYTES)
        return pstm_fail(PSTM_DATA,
                         "%s: %" PRId64
                         " bytes are less than the %d of the headers of a SEG-Y file; copy the file again",
                         file->path, file->source.size_bytes, PSTM_SEGY_REEL_BYTES);
    if (file->how.byte_order != PSTM_ORDER_AUTO) {
        file->little = file->how.byte_order == PSTM_ORDER_LITTLE;
        return PSTM_OK;
    }
    const uint32_t mark = pstm_segy_u32(head->bytes, PSTM_BIN_ORDER_MARK, false);
    if (mark == 0x02010403 || mark == 0x03040102)
        return pstm_fail(PSTM_DATA,
                         "%s: byte order mark %08" PRIx32
                         " at byte %d: the bytes are swapped in pairs; swap them back (dd conv=swab)",
                         file->path, mark, PSTM_BIN_ORDER_MARK);
    if (segy_order_by_mark(head, &file->little) || segy_order_by_format(head, &file->little) ||
        segy_order_by_sizes(file, head, &file->little))
        return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: not SEG-Y in either byte order: format code %u (byte %d), %u samples (byte %d), interval %u us "
        "(byte %d) as big endian; %u, %u, %u as little endian. If it is SEG-Y, set input.byte_order "
        "and input.sample_format; if it is SU, set input.kind: su",
        file->path, binary_u16(head, SEGY_BIN_FORMAT, false), SEGY_BIN_FORMAT,
        binary_u16(head, SEGY_BIN_SAMPLES, false), SEGY_BIN_SAMPLES,
        binary_u16(head, SEGY_BIN_INTERVAL, false), SEGY_BIN_INTERVAL,
        binary_u16(head, SEGY_BIN_FORMAT, true), binary_u16(head, SEGY_BIN_SAMPLES, true),
        binary_u16(head, SEGY_BIN_INTERVAL, true));
}

static bool looks_like_segy(const pstm_segy *file, const pstm_segy_head *head)
{
    bool little;
    if (head->n < PSTM_SEGY_REEL_BYTES) return false;
    return segy_order_by_mark(head, &little) ||
           (segy_order_by_format(head, &little) && binary_u16(head, SEGY_BIN_SAMPLES, little) > 0) ||
           segy_order_by_sizes(file, head, &little);
}

/* ---- SU ---- */

static int64_t su_trace_bytes(const pstm_segy *file, const unsigned char *header, bool little)
{
    const int32_t format = file->how.format ? file->how.format : SEGY_IEEE_FLOAT_4_BYTE;
    return SEGY_TRACE_HEADER_SIZE +
           (int64_t)pstm_segy_u16(header, file->how.bytes.n_samples, little) * pstm_segy_sample_bytes(format);
}

/* The first trace fits into the file, and the second and the last have as many samples. A count that leaves
 * no second trace fits only when it fills the file. */
static pstm_status su_order_fits(const pstm_segy *file, const pstm_segy_head *head, bool little,
                                 bool to_the_end, bool *fits)
{
    *fits = false;
    if (head->n < SEGY_TRACE_HEADER_SIZE) return PSTM_OK;
    const int64_t trace_bytes = su_trace_bytes(file, head->bytes, little);
    const int64_t n = file->source.size_bytes / trace_bytes;
    if (trace_bytes <= SEGY_TRACE_HEADER_SIZE || n < (to_the_end ? 1 : 2)) return PSTM_OK;
    if (to_the_end && file->source.size_bytes % trace_bytes != 0) return PSTM_OK;
    const int64_t others[2] = {n > 1 ? 1 : 0, to_the_end ? n - 1 : 0};
    for (int i = 0; i < 2; i++) {
        unsigned char header[SEGY_TRACE_HEADER_SIZE];
        PSTM_TRY(pstm_segy_header_at(file, others[i] * trace_bytes, header));
        if (su_trace_bytes(file, header, little) != trace_bytes) return PSTM_OK;
    }
    *fits = true;
    return PSTM_OK;
}

/* How many fields of the first header have usual values in this order. */
static int count_usual(const pstm_segy_head *head, bool little)
{
    const int id = pstm_segy_i16(head->bytes, SEGY_TR_TRACE_ID, little);
    const int unit = pstm_segy_i16(head->bytes, SEGY_TR_COORD_UNITS, little);
    return (id >= -1 && id <= 255) + (unit >= 0 && unit <= 4) +
           pstm_segy_scalar_is_known(pstm_segy_i16(head->bytes, SEGY_TR_ELEV_SCALAR, little)) +
           pstm_segy_scalar_is_known(pstm_segy_i16(head->bytes, SEGY_TR_SOURCE_GROUP_SCALAR, little));
}

static pstm_status su_order(pstm_segy *file, const pstm_segy_head *head)
{
    if (head->n < SEGY_TRACE_HEADER_SIZE)
        return pstm_fail(PSTM_DATA,
                         "%s: %" PRId64 " bytes are less than the %d of a trace header; copy the file again",
                         file->path, file->source.size_bytes, SEGY_TRACE_HEADER_SIZE);
    if (file->how.byte_order != PSTM_ORDER_AUTO) {
        file->little = file->how.byte_order == PSTM_ORDER_LITTLE;
        return PSTM_OK;
    }
    for (int to_the_end = 1; to_the_end >= 0; to_the_end--) {
        bool big_fits, little_fits;
        PSTM_TRY(su_order_fits(file, head, false, to_the_end, &big_fits));
        PSTM_TRY(su_order_fits(file, head, true, to_the_end, &little_fits));
        if (big_fits == little_fits) continue;
        file->little = little_fits;
        return PSTM_OK;
    }
    const int big_usual = count_usual(head, false), little_usual = count_usual(head, true);
    file->little = little_usual > big_usual;
    if (little_usual != big_usual) return PSTM_OK;
    const int byte = file->how.bytes.n_samples;
    return pstm_fail(
        PSTM_DATA,
        "%s: the byte order of this SU file is in doubt: trace 1, byte %d says %u samples as big endian "
        "and %u as little endian, and %" PRId64
        " bytes decide for neither; set input.byte_order, or input.kind: segy if it is SEG-Y",
        file->path, byte, pstm_segy_u16(head->bytes, byte, false), pstm_segy_u16(head->bytes, byte, true),
        file->source.size_bytes);
}

/* ---- both ---- */

/* Files of other kinds, by the bytes that they begin with. */
static const struct {
    int n;
    const char *bytes, *what, *remedy;
} others[] = {
    {2, "\x1f\x8b", "compressed by gzip", "gunzip it first"},
    {3, "BZh", "compressed by bzip2", "bunzip2 it first"},
    {6,
     "\xfd"
     "7zXZ",
     "compressed by xz", "unxz it first"},
    {4, "\x28\xb5\x2f\xfd", "compressed by zstd", "unzstd it first"},
    {4, "\x04\x22\x4d\x18", "compressed by lz4", "unlz4 it first"},
    {2, "\x1f\x9d", "compressed by compress", "uncompress it first"},
    {4, "PK\x03\x04", "a zip archive", "unzip it first"},
    {6, "7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"},
    {8, "\x89HDF\r\n\x1a\n", "an HDF5 or netCDF-4 file", "name the SEG-Y file in input.segy"},
    {4, "CDF\x01", "a netCDF file", "name the SEG-Y file in input.segy"},
    {4, "\x55\x3a\x01\x00", "a SEG-2 file", "convert it to SEG-Y first"},
};

pstm_status pstm_segy_find_start(pstm_segy *file)
{
    unsigned char bytes[LABEL_BYTES] = {0};
    const int64_t size = file->source.size_bytes;
    PSTM_TRY(pstm_byte_source_read(&file->source, 0, size < LABEL_BYTES ? size : LABEL_BYTES, bytes));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (memcmp(bytes, others[i].bytes, (size_t)others[i].n) == 0)
            return pstm_fail(PSTM_DATA, "%s is %s, not SEG-Y or SU; %s", file->path, others[i].what,
                             others[i].remedy);
    /* Bytes 5-9 of a label: its version. */
    if (memcmp(bytes + 4, "SY", 2) != 0 || memcmp(bytes + 7, ".", 1) != 0) return PSTM_OK;
    file->start = LABEL_BYTES;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_TAPE_LABEL, false,
        "the first %d bytes are a tape label (%.5s at byte 5): headers are read from behind it", LABEL_BYTES,
        (const char *)bytes + 4);
}

/* The usual values of a trace header in one order and not in the other, with a count and an interval. */
static bool begins_as_trace(const pstm_segy *file, const pstm_segy_head *head)
{
    const bool little = count_usual(head, true) == USUAL_FIELDS,
               big = count_usual(head, false) == USUAL_FIELDS;
    return head->n >= SEGY_TRACE_HEADER_SIZE && little != big &&
           pstm_segy_u16(head->bytes, file->how.bytes.n_samples, little) != 0 &&
           pstm_segy_u16(head->bytes, file->how.bytes.sample_interval, little) != 0;
}

static bool is_segy_by_size(const pstm_segy *file, const pstm_segy_head *head)
{
    return looks_like_segy(file, head) &&
           (segy_sizes_fit(file, head, false) || segy_sizes_fit(file, head, true));
}

/* SU counts that hold to the end of the file say more than a format code, which may be a sample. */
static pstm_status find_kind_by_looking(const pstm_segy *file, const pstm_segy_head *head,
                                        pstm_file_kind *kind)
{
    bool big_su, little_su;
    PSTM_TRY(su_order_fits(file, head, false, true, &big_su));
    PSTM_TRY(su_order_fits(file, head, true, true, &little_su));
    const bool segy = is_segy_by_size(file, head);
    const bool begins_as_su = !looks_like_segy(file, head) && begins_as_trace(file, head);
    *kind = ((big_su || little_su) && !segy) || begins_as_su ? PSTM_KIND_SU : PSTM_KIND_SEGY;
    return PSTM_OK;
}

static pstm_status find_kind(const pstm_segy *file, const pstm_segy_head *head, pstm_file_kind *kind)
{
    *kind = file->how.kind;
    if (*kind != PSTM_KIND_AUTO) return PSTM_OK;
    *kind = PSTM_KIND_SU;
    const bool named_su = has_suffix(file->path, ".su");
    return named_su && !is_segy_by_size(file, head) ? PSTM_OK : find_kind_by_looking(file, head, kind);
}

pstm_status pstm_segy_find_order(pstm_segy *file, const pstm_segy_head *head)
{
    if (pstm_segy_is_ascii(head->bytes, head->n))
        return pstm_fail(PSTM_DATA, "%s is a text file, not SEG-Y or SU; name the trace file in input.segy",
                         file->path);
    if (file->how.format != 0 && pstm_segy_sample_bytes(file->how.format) == 0)
        return pstm_fail(PSTM_DATA, "input.sample_format: code %d (%s) cannot be read; known are %s",
                         (int)file->how.format, pstm_segy_format_name(file->how.format),
                         pstm_segy_known_formats);
    PSTM_TRY(find_kind(file, head, &file->kind));
    PSTM_TRY(file->kind == PSTM_KIND_SU ? su_order(file, head) : segy_order(file, head));
    const pstm_byte_order samples = file->how.sample_order;
    file->samples_little = samples == PSTM_ORDER_AUTO ? file->little : samples == PSTM_ORDER_LITTLE;
    return PSTM_OK;
}
