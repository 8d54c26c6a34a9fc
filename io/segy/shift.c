/* Headers that stand elsewhere than they should: bytes lost or added within a file, several traces read as
 * one, and headers of another length. */
#include <inttypes.h>
#include <string.h>

#include "core/memory.h"
#include "io/segy/reading.h"

enum {
    MOST_LOOKED_AT = 1 << 22, /* bytes searched; longer traces are searched that far */
    MOST_MERGED = 8,          /* traces that may have been taken for one */
    MOST_LOOKS = 64,
    LEAST_SET = 2 /* of the fields that headers have in common, below which one is like any other */
};

/* ---- a header at any byte ----------------------------------------------------------------------------- */

/* What headers have in common with that of trace 1, which must have both. */
typedef struct sign {
    int64_t n_samples;
    uint16_t interval_us;
} sign;

static pstm_status find_sign(const pstm_segy *file, const pstm_segy_reading *r, sign *of_first)
{
    pstm_segy_look look;
    PSTM_TRY(pstm_segy_look_at(file, r, 0, &look));
    *of_first = (sign){look.n_samples, look.interval_us};
    return PSTM_OK;
}

static bool is_header(const pstm_segy *file, const sign *of_first, const unsigned char *bytes)
{
    const int scalar = pstm_segy_i16(bytes, file->how.bytes.coordinate_scalar, file->little);
    return pstm_segy_u16(bytes, file->how.bytes.sample_interval, file->little) == of_first->interval_us &&
           pstm_segy_u16(bytes, file->how.bytes.n_samples, file->little) == (of_first->n_samples & 0xffff) &&
           pstm_segy_scalar_is_known(scalar);
}

/* The first byte in [from, to) at which a header begins, other than `but`; -1: none. Neither is searched
 * farther than MOST_LOOKED_AT, nor behind the file's last header. */
static pstm_status search(const pstm_segy *file, const sign *of_first, int64_t from, int64_t to, int64_t but,
                          int64_t *at)
{
    unsigned char *bytes = NULL;
    const int64_t last = file->source.size_bytes - SEGY_TRACE_HEADER_SIZE;
    int64_t n = (to < last + 1 ? to : last + 1) - from;
    *at = -1;
    if (n > MOST_LOOKED_AT) n = MOST_LOOKED_AT;
    if (n <= 0 || of_first->interval_us == 0 || of_first->n_samples == 0) return PSTM_OK;
    PSTM_TRY(PSTM_NEW(&bytes, n + SEGY_TRACE_HEADER_SIZE, "bytes that may hold a trace header"));
    const pstm_status status =
        pstm_byte_source_read(&file->source, from, n - 1 + SEGY_TRACE_HEADER_SIZE, bytes);
    for (int64_t i = 0; i < n && *at < 0 && status == PSTM_OK; i++)
        if (from + i != but && is_header(file, of_first, bytes + i)) *at = from + i;
    PSTM_FREE(&bytes);
    return status;
}

/* ---- bytes lost or added ------------------------------------------------------------------------------ */

pstm_status pstm_segy_find_shift(const pstm_segy *file, int64_t number, int64_t *shift)
{
    const pstm_segy_reading r = {file->first_trace, file->header_bytes, file->n_samples};
    const int64_t expected = file->first_trace + number * file->trace_bytes;
    sign of_first;
    int64_t at, next;
    *shift = 0;
    if (number == 0) return PSTM_OK;
    PSTM_TRY(find_sign(file, &r, &of_first));
    PSTM_TRY(search(file, &of_first, expected - file->trace_bytes + 1, expected + file->trace_bytes, expected,
                    &at));
    if (at < 0) return PSTM_OK;
    /* One header may be made of samples, two at this distance are not. */
    next = at + file->trace_bytes;
    if (next + SEGY_TRACE_HEADER_SIZE <= file->source.size_bytes) {
        PSTM_TRY(search(file, &of_first, next, next + 1, -1, &next));
        if (next < 0) return PSTM_OK;
    }
    *shift = at - expected;
    return PSTM_OK;
}

pstm_status pstm_segy_tell_shift(pstm_segy *file, int64_t number, int64_t shift)
{
    const int64_t expected = file->first_trace + number * file->trace_bytes;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_PARTIAL, true,
                           "the header of trace %" PRId64 " should begin at byte %" PRId64
                           " and begins at byte %" PRId64 ": %" PRId64 " bytes are %s in the file before it",
                           number + 1, expected + 1, expected + shift + 1, shift < 0 ? -shift : shift,
                           shift < 0 ? "missing" : "too many");
}

pstm_status pstm_segy_check_place(const pstm_segy *file, const unsigned char *header, int64_t number,
                                  int *n_looks)
{
    int64_t shift;
    const sign of_file = {file->n_samples, file->interval_us[1]};
    const uint16_t n = pstm_segy_u16(header, file->how.bytes.n_samples, file->little);
    const uint16_t us = pstm_segy_u16(header, file->how.bytes.sample_interval, file->little);
    if (*n_looks >= MOST_LOOKS || n == (of_file.n_samples & 0xffff) || us == of_file.interval_us)
        return PSTM_OK;
    ++*n_looks;
    PSTM_TRY(pstm_segy_find_shift(file, number, &shift));
    if (shift == 0) return PSTM_OK;
    const int64_t expected = file->first_trace + number * file->trace_bytes;
    return pstm_fail(
        PSTM_DATA,
        "%s: the header of trace %" PRId64 " should begin at byte %" PRId64 " and begins at byte %" PRId64
        ": %" PRId64
        " bytes are %s in the file before it, and the traces behind are at their places again; copy "
        "the file again, or split it",
        file->path, number + 1, expected + 1, expected + shift + 1, shift < 0 ? -shift : shift,
        shift < 0 ? "missing" : "too many");
}

/* ---- several traces read as one ----------------------------------------------------------------------- */

/* Two headers of one file have code, scalars, unit, count and interval in common, and zeros where no program
 * writes anything. */
static bool are_alike(const pstm_segy *file, const unsigned char *a, const unsigned char *b)
{
    const int bytes[] = {file->how.bytes.trace_id,  SEGY_TR_ELEV_SCALAR,
                         SEGY_TR_COORD_UNITS,       file->how.bytes.coordinate_scalar,
                         file->how.bytes.n_samples, file->how.bytes.sample_interval};
    int n_set = 0, n_zeros = 0, n_broken = 0;
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        const uint16_t value = pstm_segy_u16(a, bytes[i], file->little);
        if (pstm_segy_u16(b, bytes[i], file->little) != value) return false;
        n_set += value != 0;
    }
    for (int i = 0; i < SEGY_TRACE_HEADER_SIZE; i++) {
        n_zeros += a[i] == 0;
        n_broken += a[i] == 0 && b[i] != 0;
    }
    return n_set >= LEAST_SET && 10 * n_broken <= n_zeros;
}

/* Stands a header like that of the trace itself at `at` behind its begin, in the first, a middle and the last
 * trace? */
static pstm_status has_headers_within(const pstm_segy *file, int64_t at, bool *has)
{
    const int64_t places[3] = {0, file->n_traces / 2, file->n_traces - 1};
    *has = true;
    for (int i = 0; i < 3 && *has; i++) {
        unsigned char own[SEGY_TRACE_HEADER_SIZE], other[SEGY_TRACE_HEADER_SIZE];
        const int64_t begin = file->first_trace + places[i] * file->trace_bytes;
        PSTM_TRY(pstm_segy_header_at(file, begin, own));
        PSTM_TRY(pstm_segy_header_at(file, begin + at, other));
        *has = are_alike(file, own, other);
    }
    return PSTM_OK;
}

pstm_status pstm_segy_doubt_merged(pstm_segy *file)
{
    for (int m = 2; m <= MOST_MERGED; m++) {
        const int64_t one = file->trace_bytes / m, samples = one - file->header_bytes;
        bool has;
        if (file->trace_bytes % m != 0 || samples <= 0 || samples % file->sample_bytes != 0) continue;
        PSTM_TRY(has_headers_within(file, one, &has));
        if (!has) continue;
        return pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_COUNT, true,
                               "%d samples a trace (byte %d) make one of %d traces: a trace header like the "
                               "first stands %" PRId64 " bytes behind it, so that traces have %" PRId64
                               " samples (input.n_samples)",
                               (int)file->n_samples, SEGY_BIN_SAMPLES, m, one, samples / file->sample_bytes);
    }
    return PSTM_OK;
}

/* ---- headers of another length ------------------------------------------------------------------------ */

pstm_status pstm_segy_find_pitch(const pstm_segy *file, const pstm_segy_reading *reading, int64_t *pitch)
{
    const pstm_segy_reading r = {reading->first_trace, SEGY_TRACE_HEADER_SIZE, reading->n_samples};
    sign of_first;
    int64_t at;
    *pitch = 0;
    if (r.first_trace < 0 || r.first_trace > file->source.size_bytes - SEGY_TRACE_HEADER_SIZE) return PSTM_OK;
    PSTM_TRY(find_sign(file, &r, &of_first));
    const int64_t from = r.first_trace + SEGY_TRACE_HEADER_SIZE;
    PSTM_TRY(search(file, &of_first, from, from + MOST_LOOKED_AT, -1, &at));
    if (at >= 0) *pitch = at - r.first_trace;
    return PSTM_OK;
}
