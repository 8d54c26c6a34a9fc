/* What stands behind the last whole trace. */
#include <inttypes.h>

#include "core/memory.h"
#include "io/segy/reading.h"
#include "io/segy/samples.h"

enum {
    LOOK_BYTES = 1 << 20,
    MOST_LOOKS = 256, /* a longer rest is looked at in places: reading terabytes would take hours */
    LINE_BYTES = 80
};

/* The number of traces before the first that is no more like the first one: whatever stands between traces
 * shifts all that follow, so that halving finds it. Where headers never agreed, before the first empty
 * one. */
static pstm_status count_leading(const pstm_segy *file, const pstm_segy_reading *r, pstm_segy_fit fit,
                                 int64_t n, int64_t *n_leading)
{
    pstm_segy_look first, look;
    int64_t good = 0, bad = n;
    PSTM_TRY(pstm_segy_look_at(file, r, 0, &first));
    for (int64_t i = n - 1; good < bad; i = good + (bad - good) / 2) {
        PSTM_TRY(pstm_segy_look_at(file, r, i, &look));
        const bool goes_on =
            fit == PSTM_FIT_SIZE ? !look.is_blank : pstm_segy_agreement(&first, &look, r->n_samples) > 0;
        if (goes_on)
            good = i + 1;
        else
            bad = i;
    }
    *n_leading = good;
    return PSTM_OK;
}

typedef enum rest { REST_PADDING, REST_TEXT, REST_BEGINS_AS_TEXT, REST_OTHER } rest;

/* Text in blocks that are filled up with zeros is text. */
static int64_t without_zeros(unsigned char *bytes, int64_t n)
{
    int64_t n_left = 0;
    for (int64_t i = 0; i < n; i++)
        if (bytes[i] != 0) bytes[n_left++] = bytes[i];
    return n_left;
}

/* What the bytes from `from` to the end of the file are, by all of them or by 256 MiB spread over them;
 * *value is the first. */
static pstm_status classify(const pstm_segy *file, int64_t from, rest *kind, unsigned char *value)
{
    const int64_t n_bytes = file->source.size_bytes - from;
    const int64_t n = n_bytes < LOOK_BYTES ? n_bytes : LOOK_BYTES;
    const int64_t n_whole = (n_bytes + LOOK_BYTES - 1) / LOOK_BYTES;
    const int64_t n_looks = n_whole < MOST_LOOKS ? n_whole : MOST_LOOKS;
    bool padding = true, text = true, line = false;
    unsigned char *bytes;
    PSTM_TRY(PSTM_NEW(&bytes, LOOK_BYTES, "what stands behind the traces"));
    pstm_status status = PSTM_OK;
    for (int64_t look = 0; look < n_looks && (padding || text); look++) {
        const double part = n_looks == 1 ? 0 : (double)look / (double)(n_looks - 1);
        const int64_t at = from + (int64_t)(part * (double)(n_bytes - n));
        status = pstm_byte_source_read(&file->source, at, n, bytes);
        if (status != PSTM_OK) break;
        if (look == 0) *value = bytes[0];
        if (look == 0) line = pstm_segy_is_text(bytes, n < LINE_BYTES ? n : LINE_BYTES);
        padding = padding && pstm_segy_is_uniform(bytes, n, *value);
        text = text && pstm_segy_is_text(bytes, without_zeros(bytes, n));
    }
    PSTM_FREE(&bytes);
    *kind = padding ? REST_PADDING : text ? REST_TEXT : line ? REST_BEGINS_AS_TEXT : REST_OTHER;
    return status;
}

/* The file's last trace is cut, or nobody knows what comes. */
static pstm_status tell_other(pstm_segy *file, int64_t from, bool cut)
{
    const int64_t size = file->source.size_bytes;
    if (cut)
        return pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_PARTIAL, true,
            "%" PRId64 " bytes end inside trace %" PRId64 ": it has %" PRId64 " of its %" PRId64
            " bytes (%d samples, %s, %s endian), so the file should be %" PRId64 " bytes or more",
            size, file->n_traces + 1, size - from, file->trace_bytes, (int)file->n_samples,
            pstm_segy_format_name(file->format), file->little ? "little" : "big", from + file->trace_bytes);
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_PARTIAL, true,
                           "%" PRId64 " bytes from byte %" PRId64 " on, behind trace %" PRId64
                           ", are no traces like those before (byte %d: %d samples)",
                           size - from, from + 1, file->n_traces, (int)file->how.bytes.n_samples,
                           (int)file->n_samples);
}

/* A trace like the first begins at `from` and is not all there; less than a header may be one's start. */
static pstm_status is_cut(const pstm_segy *file, const pstm_segy_reading *r, int64_t from, bool *cut)
{
    const int64_t n = file->source.size_bytes - from;
    pstm_segy_look first, look;
    *cut = n < file->trace_bytes;
    if (!*cut || n < file->header_bytes) return PSTM_OK;
    PSTM_TRY(pstm_segy_look_at(file, r, 0, &first));
    PSTM_TRY(pstm_segy_look_at(file, r, file->n_traces, &look));
    *cut = pstm_segy_agreement(&first, &look, r->n_samples) > 0;
    return PSTM_OK;
}

static pstm_status tell_rest(pstm_segy *file, rest kind, unsigned char value, bool cut)
{
    const int64_t from = file->first_trace + file->n_traces * file->trace_bytes;
    if (kind == REST_OTHER) return tell_other(file, from, cut);
    if (kind == REST_BEGINS_AS_TEXT)
        return pstm_doubts_add(&file->doubts, PSTM_DOUBT_PARTIAL, true,
                               "text begins at byte %" PRId64 ", behind trace %" PRId64
                               ", as where another file was joined to this one, and %" PRId64
                               " bytes follow from there",
                               from + 1, file->n_traces, file->source.size_bytes - from);
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_TAIL, false,
                           "%" PRId64 " bytes of %s behind the last trace, %" PRId64 ", from byte %" PRId64
                           " on, are left out",
                           file->source.size_bytes - from,
                           kind == REST_TEXT ? "text"
                           : value == 0      ? "zeros"
                                             : "padding",
                           file->n_traces, from + 1);
}

pstm_status pstm_segy_find_n_traces(pstm_segy *file, pstm_segy_fit fit, int64_t end)
{
    const pstm_segy_reading r = {file->first_trace, file->header_bytes, file->n_samples};
    const int64_t room = end - file->first_trace, n_whole = room / file->trace_bytes;
    int64_t n_leading;
    rest kind;
    unsigned char value = 0;
    bool cut;
    file->n_traces = n_whole;
    if (fit >= PSTM_FIT_ALIKE) return PSTM_OK;
    PSTM_TRY(count_leading(file, &r, fit, n_whole, &n_leading));
    if (n_leading == 0) n_leading = n_whole;
    const int64_t from = file->first_trace + n_leading * file->trace_bytes;
    if (from == end) return PSTM_OK;
    PSTM_TRY(classify(file, from, &kind, &value));
    const bool whole = n_whole * file->trace_bytes == room;
    int64_t shift = 0;
    if (whole && kind == REST_OTHER) PSTM_TRY(pstm_segy_find_shift(file, n_leading, &shift));
    if (shift != 0) {
        file->n_traces = n_leading > 1 ? n_leading - 1 : 1; /* the one before is not whole */
        return pstm_segy_tell_shift(file, n_leading, shift);
    }
    /* Whole traces whose headers differ are traces: of auxiliary channels, for example, or empty ones where
     * the job says how long they are. */
    if (whole && kind != REST_TEXT && (kind != REST_PADDING || file->how.n_samples != 0)) return PSTM_OK;
    file->n_traces = n_leading;
    PSTM_TRY(is_cut(file, &r, from, &cut));
    return tell_rest(file, kind, value, cut);
}
