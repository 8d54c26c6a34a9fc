/* Which reading fits the size of the file and the headers of its traces. */
#include "io/segy/reading.h"

#include <inttypes.h>

#include "io/segy/samples.h"

enum {
    MOST_LENGTHS = 4,
    MOST_EXTENSIONS = 16, /* of trace headers, tried where none are announced */
    ENOUGH_TRACES = 3,    /* that must agree on them */
    MOST_COUNTS = 4,
    WRAPS_TRIED = 1024, /* multiples of 65536 that a 2-byte count may lack: up to 67 million samples */
    WRAP = 1 << 16,
    WALK_LIMIT = 4096 /* trace headers looked at to recognize traces of varying length */
};

/* What the headers before the traces say, the announced one first. */
typedef struct claims {
    const pstm_segy_head *head;
    pstm_segy_starts starts;
    int64_t header_bytes[MOST_LENGTHS];
    int n_lengths;
} claims;

/* A reading and how well it fits. */
typedef struct candidate {
    pstm_segy_reading reading;
    pstm_segy_fit fit;
} candidate;

/* 2.0 has 4 bytes for the number of extensions; 2.1 gave the second two to the survey type. */
static void find_lengths(const pstm_segy *file, claims *c)
{
    c->header_bytes[c->n_lengths++] = SEGY_TRACE_HEADER_SIZE;
    if (file->revision != 2) return;
    const uint32_t in_4 = pstm_segy_u32(c->head->bytes, PSTM_BIN_EXT_TRACE_HEADERS, file->little);
    const uint32_t in_2 = pstm_segy_u16(c->head->bytes, PSTM_BIN_EXT_TRACE_HEADERS, file->little);
    const uint32_t n[2] = {file->revision_minor == 0 ? in_4 : in_2, file->revision_minor == 0 ? in_2 : in_4};
    c->n_lengths = 0;
    for (int i = 0; i < 2; i++)
        c->header_bytes[c->n_lengths++] = (1 + (int64_t)n[i]) * SEGY_TRACE_HEADER_SIZE;
    c->header_bytes[c->n_lengths++] = SEGY_TRACE_HEADER_SIZE;
}

/* Offset of the byte behind the last trace by the headers: a trailer of revision 2 is none, if it fits. */
static int64_t announced_end(const pstm_segy *file, const claims *c, const pstm_segy_reading *r)
{
    const int64_t size = file->source.size_bytes;
    if (file->revision != 2) return size;
    const int32_t n_trailers = pstm_segy_i32(c->head->bytes, PSTM_BIN_TRAILERS, file->little);
    const uint64_t n_traces = pstm_segy_u64(c->head->bytes, PSTM_BIN_N_TRACES, file->little);
    const int64_t trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
    int64_t end = size;
    if (n_trailers > 0)
        end -= (int64_t)n_trailers * SEGY_TEXT_HEADER_SIZE;
    else if (n_trailers < 0 && n_traces > 0 &&
             n_traces <= (uint64_t)(size - r->first_trace) / (uint64_t)trace_bytes)
        end = r->first_trace + (int64_t)n_traces * trace_bytes;
    return end > r->first_trace ? end : size;
}

/* The same, or the size of the file where a trace goes on or begins there. */
static pstm_status find_end(const pstm_segy *file, const claims *c, const pstm_segy_reading *r, int64_t *end)
{
    const int64_t size = file->source.size_bytes;
    const int64_t trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
    *end = announced_end(file, c, r);
    const int64_t next = (*end - r->first_trace) / trace_bytes;
    pstm_segy_look first, look;
    if (*end == size || next == 0 || next >= (size - r->first_trace) / trace_bytes) return PSTM_OK;
    PSTM_TRY(pstm_segy_look_at(file, r, 0, &first));
    PSTM_TRY(pstm_segy_look_at(file, r, next, &look));
    if (pstm_segy_agreement(&first, &look, r->n_samples) == 2) *end = size;
    return PSTM_OK;
}

/* ---- how well a reading fits ---- */

static bool is_possible(const pstm_segy *file, const pstm_segy_reading *r)
{
    const int64_t room = file->source.size_bytes - r->first_trace;
    return r->first_trace >= 0 && r->n_samples >= 1 && r->n_samples <= INT32_MAX && room > 0 &&
           r->header_bytes <= room && r->n_samples * file->sample_bytes <= room - r->header_bytes;
}

/* Looks at the first, the second, the middle and the last header. `announced`: like headers are enough. */
static pstm_status judge(const pstm_segy *file, const claims *c, bool announced, candidate *k)
{
    const pstm_segy_reading *r = &k->reading;
    k->fit = PSTM_FIT_NONE;
    if (!is_possible(file, r)) return PSTM_OK;
    const int64_t trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
    int64_t end;
    PSTM_TRY(find_end(file, c, r, &end));
    const int64_t room = end - r->first_trace, n = room / trace_bytes;
    const bool fits = room % trace_bytes == 0;
    if (n < 1) return PSTM_OK;
    const int64_t places[4] = {0, n > 1 ? 1 : 0, n / 2, n - 1};
    int least[2] = {2, 2}; /* of the first two, of all */
    pstm_segy_look first = {0};
    for (int i = 0; i < 4; i++) {
        pstm_segy_look look;
        PSTM_TRY(pstm_segy_look_at(file, r, places[i], &look));
        if (i == 0) first = look;
        const int agreement = pstm_segy_agreement(&first, &look, r->n_samples);
        if (agreement < least[0] && i < 2) least[0] = agreement;
        if (agreement < least[1]) least[1] = agreement;
        if (!announced && least[0] == 0) return PSTM_OK;
    }
    if (fits && least[1] > 0)
        k->fit = least[1] == 2 ? PSTM_FIT_EXACT : PSTM_FIT_ALIKE;
    else if ((least[0] == 2 && n > 1) || (announced && least[0] > 0))
        k->fit = PSTM_FIT_LEADS;
    else if (fits)
        k->fit = PSTM_FIT_SIZE;
    return PSTM_OK;
}

static pstm_status offer(const pstm_segy *file, const claims *c, const pstm_segy_reading *reading,
                         candidate *best)
{
    candidate k = {.reading = *reading};
    PSTM_TRY(judge(file, c, false, &k));
    if (k.fit >= PSTM_FIT_LEADS && k.fit > best->fit) *best = k;
    return PSTM_OK;
}

/* ---- samples a trace ---- */

/* The count that trace 1 has for itself when it is at `r`; 0: none. */
static pstm_status count_of_first(const pstm_segy *file, const pstm_segy_reading *r, int64_t *n)
{
    pstm_segy_look look;
    *n = 0;
    if (r->first_trace < 0 || r->first_trace > file->source.size_bytes - r->header_bytes) return PSTM_OK;
    PSTM_TRY(pstm_segy_look_at(file, r, 0, &look));
    *n = look.n_samples;
    return PSTM_OK;
}

/* Counts for traces at `r`, the announced one first. */
static pstm_status list_counts(const pstm_segy *file, const claims *c, const pstm_segy_reading *r,
                               int64_t counts[MOST_COUNTS])
{
    const unsigned char *bytes = c->head->bytes;
    const bool segy = file->kind == PSTM_KIND_SEGY, extended = segy && file->revision == 2;
    int64_t own, n = 0;
    for (int i = 0; i < MOST_COUNTS; i++)
        counts[i] = 0;
    if (file->how.n_samples != 0) {
        counts[0] = file->how.n_samples;
        return PSTM_OK;
    }
    PSTM_TRY(count_of_first(file, r, &own));
    const int64_t in_binary = segy ? pstm_segy_u16(bytes, SEGY_BIN_SAMPLES, file->little) : 0;
    const int64_t in_4 = extended ? pstm_segy_u32(bytes, PSTM_BIN_EXT_SAMPLES, file->little) : 0;
    if (in_4 != 0) counts[n++] = in_4;
    if (extended && own > UINT16_MAX) counts[n++] = own; /* of header extension 1 */
    if (in_binary != 0) counts[n++] = in_binary;
    if (own != 0) counts[n++] = own;
    return PSTM_OK;
}

/* Counts of 2 bytes that have lost multiples of 65536. */
static pstm_status try_wraps(const pstm_segy *file, const claims *c, const candidate *announced,
                             candidate *best)
{
    int64_t counts[MOST_COUNTS];
    pstm_segy_reading r = announced->reading;
    if (file->how.n_samples != 0) return PSTM_OK;
    PSTM_TRY(list_counts(file, c, &r, counts));
    for (int i = 0; i < MOST_COUNTS; i++) {
        if (counts[i] == 0 || counts[i] >= WRAP) continue;
        for (int wraps = 1; wraps <= WRAPS_TRIED && best->fit < PSTM_FIT_EXACT; wraps++) {
            r.n_samples = counts[i] + (int64_t)wraps * WRAP;
            if (!is_possible(file, &r)) break;
            PSTM_TRY(offer(file, c, &r, best));
        }
    }
    return PSTM_OK;
}

/* All counts for traces at `r`. */
static pstm_status try_counts(const pstm_segy *file, const claims *c, pstm_segy_reading r, candidate *best)
{
    int64_t counts[MOST_COUNTS];
    PSTM_TRY(list_counts(file, c, &r, counts));
    for (int i = 0; i < MOST_COUNTS; i++) {
        if (counts[i] == 0) continue;
        r.n_samples = counts[i];
        PSTM_TRY(offer(file, c, &r, best));
    }
    return PSTM_OK;
}

/* Each of these places with each header length and count. */
static pstm_status try_starts(const pstm_segy *file, const claims *c, const pstm_segy_starts *starts,
                              candidate *best)
{
    for (int h = 0; h < c->n_lengths; h++) {
        for (int s = 0; s < starts->n && best->fit < PSTM_FIT_EXACT; s++) {
            const pstm_segy_reading r = {.first_trace = starts->at[s], .header_bytes = c->header_bytes[h]};
            PSTM_TRY(try_counts(file, c, r, best));
        }
    }
    return PSTM_OK;
}

/* Trace headers with extensions that no header announces, as revision 2 has them. */
static pstm_status try_lengths(const pstm_segy *file, const claims *c, candidate *best)
{
    claims longer = *c;
    longer.n_lengths = 1;
    /* Where whole traces without extensions fill the file, every second or third one is no reading of it. */
    const pstm_segy_reading *plain = &best->reading;
    const int64_t whole =
        best->fit == PSTM_FIT_SIZE ? plain->header_bytes + plain->n_samples * file->sample_bytes : 0;
    for (int n = 1; n <= MOST_EXTENSIONS && best->fit < PSTM_FIT_ALIKE; n++) {
        candidate found = {0};
        longer.header_bytes[0] = (int64_t)(1 + n) * SEGY_TRACE_HEADER_SIZE;
        PSTM_TRY(try_starts(file, &longer, &c->starts, &found));
        const pstm_segy_reading *r = &found.reading;
        const int64_t trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
        if (found.fit < PSTM_FIT_ALIKE || (whole > 0 && trace_bytes % whole == 0)) continue;
        if ((file->source.size_bytes - r->first_trace) / trace_bytes >= ENOUGH_TRACES) *best = found;
    }
    return PSTM_OK;
}

/* Does a trace header stand at the announced place, whatever follows? Traces before other traces, of
 * auxiliary channels for example, are not to be skipped. */
static pstm_status has_first_trace(const pstm_segy *file, const claims *c, const pstm_segy_reading *r,
                                   bool *has)
{
    pstm_segy_look look;
    const bool segy = file->kind == PSTM_KIND_SEGY;
    const int interval_us = segy ? pstm_segy_u16(c->head->bytes, SEGY_BIN_INTERVAL, file->little) : 0;
    *has = false;
    if (r->first_trace < 0 || r->first_trace > file->source.size_bytes - SEGY_TRACE_HEADER_SIZE)
        return PSTM_OK;
    const pstm_segy_reading header = {r->first_trace, SEGY_TRACE_HEADER_SIZE, 0};
    PSTM_TRY(pstm_segy_look_at(file, &header, 0, &look));
    *has = !look.is_blank && !look.is_text &&
           ((look.n_samples != 0 && look.n_samples == (r->n_samples & 0xffff)) ||
            (look.interval_us != 0 && look.interval_us == interval_us));
    return PSTM_OK;
}

static pstm_status try_others(const pstm_segy *file, claims *c, const candidate *announced, candidate *best)
{
    bool has;
    PSTM_TRY(has_first_trace(file, c, &announced->reading, &has));
    if (has) c->starts.n = 1;
    PSTM_TRY(try_starts(file, c, &c->starts, best));
    if (best->fit <= PSTM_FIT_SIZE) PSTM_TRY(try_lengths(file, c, best));
    if (best->fit == PSTM_FIT_NONE) PSTM_TRY(try_wraps(file, c, announced, best));
    if (has || best->fit > PSTM_FIT_SIZE) return PSTM_OK;
    pstm_segy_starts found;
    PSTM_TRY(pstm_segy_search_starts(file, c->head, &found));
    return try_starts(file, c, &found, best);
}

/* ---- what is told of it ---- */

static pstm_status tell_count(pstm_segy *file, int64_t announced, int64_t own)
{
    const int64_t n = file->n_samples;
    const int byte = file->how.bytes.n_samples;
    if (n > UINT16_MAX && n != announced && (n & 0xffff) == (announced & 0xffff))
        return pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_SAMPLE_COUNT, false,
            "%" PRId64 " samples a trace (byte %d) do not fit the size of the file: taken are %" PRId64
            ", of which 2 bytes hold the rest of a division by 65536",
            announced, file->kind == PSTM_KIND_SU ? byte : SEGY_BIN_SAMPLES, n);
    if (n != announced)
        return pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_COUNT, false,
                               "%" PRId64
                               " samples a trace in the binary header (byte %d) do not fit the size of the "
                               "file: taken are the %" PRId64 " of trace 1 (byte %d)",
                               announced, SEGY_BIN_SAMPLES, n, byte);
    if (own == 0 || own == n || own == (n & 0xffff) || file->how.n_samples != 0) return PSTM_OK;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_COUNT, false,
                           "%" PRId64 " samples in the header of trace 1 (byte %d), %" PRId64
                           " in the binary header (byte %d): taken are %" PRId64,
                           own, byte, n, SEGY_BIN_SAMPLES, n);
}

static pstm_status tell_end(pstm_segy *file, const claims *c, const pstm_segy_reading *r, int64_t end)
{
    const int64_t announced = announced_end(file, c, r);
    if (end == announced) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_LAYOUT, false,
        "traces go on behind byte %" PRId64 ", where bytes %d (%" PRIu64 " traces) and %d (%d trailers) say "
        "that they end: the file is read to its end",
        announced, PSTM_BIN_N_TRACES, pstm_segy_u64(c->head->bytes, PSTM_BIN_N_TRACES, file->little),
        PSTM_BIN_TRAILERS, (int)pstm_segy_i32(c->head->bytes, PSTM_BIN_TRAILERS, file->little));
}

static pstm_status tell(pstm_segy *file, const claims *c, const pstm_segy_reading *announced, int64_t own)
{
    if (file->first_trace != announced->first_trace)
        PSTM_TRY(pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_LAYOUT, false,
            "trace 1 is not where %s puts it: by the size of the file and the headers of its traces "
            "it begins behind %" PRId64 " bytes",
            c->starts.announced_by, file->first_trace));
    if (file->header_bytes != announced->header_bytes)
        PSTM_TRY(pstm_doubts_add(
            &file->doubts, PSTM_DOUBT_LAYOUT, false,
            "trace headers have %" PRId64
            " bytes by the size of the file and the headers of its traces, not the %" PRId64 " of %s",
            file->header_bytes, announced->header_bytes,
            file->revision == 2 ? "byte 3507" : "the standard (revision 2 has extensions, byte 3501)"));
    return tell_count(file, announced->n_samples, own);
}

/* Do traces of the lengths in their own headers, not all equal, follow each other up to `end`? */
static pstm_status find_variation(const pstm_segy *file, int64_t end, bool *varies)
{
    pstm_segy_reading r = {file->first_trace, file->header_bytes, 0};
    int64_t n_first = 0;
    uint16_t interval_us = 0;
    bool differ = false;
    *varies = false;
    for (int i = 0; i < WALK_LIMIT && r.first_trace < end; i++) {
        pstm_segy_look look;
        if (r.first_trace + r.header_bytes > end) return PSTM_OK;
        PSTM_TRY(pstm_segy_look_at(file, &r, 0, &look));
        if (i == 0) n_first = look.n_samples;
        if (i == 0) interval_us = look.interval_us;
        if (look.n_samples == 0 || look.interval_us != interval_us) return PSTM_OK;
        differ = differ || look.n_samples != n_first;
        r.first_trace += r.header_bytes + look.n_samples * file->sample_bytes;
    }
    *varies = differ && r.first_trace <= end;
    return PSTM_OK;
}

static pstm_status fail_misfit(const pstm_segy *file, const pstm_segy_reading *r)
{
    const int64_t size = file->source.size_bytes, room = size - r->first_trace;
    const int64_t trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
    int64_t pitch;
    PSTM_TRY(pstm_segy_find_pitch(file, r, &pitch));
    if (r->first_trace < 0 || room < r->header_bytes)
        return pstm_fail(
            PSTM_DATA,
            "%s: the headers before the traces and the file's %" PRId64
            " bytes leave no room for a trace: there is no trace in it; copy the file again, or set "
            "input.first_trace",
            file->path, size);
    if (pitch != 0 && pitch != trace_bytes)
        return pstm_fail(PSTM_DATA,
                         "%s: %" PRId64 " bytes do not hold traces of %" PRId64 " bytes (%" PRId64
                         " samples, %s): the header of trace 2 stands %" PRId64
                         " bytes behind that of trace 1. Set input.n_samples or input.sample_format if one "
                         "of them is wrong; "
                         "where trace headers are longer than 240 bytes, by another length than the "
                         "extensions of revision "
                         "2, write the file again with 240",
                         file->path, size, trace_bytes, r->n_samples, pstm_segy_format_name(file->format),
                         pitch);
    return pstm_fail(
        PSTM_DATA,
        "%s: %" PRId64 " bytes end inside trace %" PRId64 ": it has %" PRId64 " of its %" PRId64
        " bytes (%" PRId64 " samples, %s, %s endian, trace 1 behind %" PRId64
        " bytes), and no other reading fits. It is cut off (copy it again), or a header is wrong: "
        "input.n_samples, input.first_trace, input.sample_format and input.byte_order override it",
        file->path, size, room / trace_bytes + 1, room % trace_bytes, trace_bytes, r->n_samples,
        pstm_segy_format_name(file->format), file->little ? "little" : "big", r->first_trace);
}

static pstm_status check_variation(const pstm_segy *file, int64_t end)
{
    bool varies;
    PSTM_TRY(find_variation(file, end, &varies));
    if (!varies) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: traces of varying length (byte %d) are not supported; write the file again with traces of "
        "one length",
        file->path, (int)file->how.bytes.n_samples);
}

/* The reading that the headers announce. */
static pstm_status read_announced(const pstm_segy *file, claims *c, candidate *announced)
{
    int64_t counts[MOST_COUNTS];
    PSTM_TRY(pstm_segy_find_starts(file, c->head, &c->starts));
    find_lengths(file, c);
    announced->reading =
        (pstm_segy_reading){.first_trace = c->starts.at[0], .header_bytes = c->header_bytes[0]};
    PSTM_TRY(list_counts(file, c, &announced->reading, counts));
    announced->reading.n_samples = counts[0];
    return judge(file, c, true, announced);
}

static void take(pstm_segy *file, const pstm_segy_reading *r)
{
    file->first_trace = r->first_trace;
    file->header_bytes = r->header_bytes;
    file->n_samples = (int32_t)r->n_samples;
    file->trace_bytes = r->header_bytes + r->n_samples * file->sample_bytes;
}

pstm_status pstm_segy_choose_reading(pstm_segy *file, const pstm_segy_head *head, pstm_segy_fit *fit,
                                     int64_t *end)
{
    claims c = {.head = head};
    candidate announced = {0};
    int64_t own;
    PSTM_TRY(read_announced(file, &c, &announced));
    candidate best = announced;
    if (best.fit < PSTM_FIT_ALIKE) PSTM_TRY(try_others(file, &c, &announced, &best));
    if (best.fit == PSTM_FIT_NONE && announced.reading.n_samples == 0)
        return pstm_fail(
            PSTM_DATA,
            "%s: the number of samples is zero in the binary header (byte %d) and in trace 1 (byte %d); "
            "set input.n_samples, or name the right byte in input.bytes.n_samples",
            file->path, SEGY_BIN_SAMPLES, (int)file->how.bytes.n_samples);
    take(file, &best.reading);
    if (best.fit < PSTM_FIT_ALIKE && best.reading.first_trace >= 0)
        PSTM_TRY(check_variation(file, file->source.size_bytes));
    if (best.fit == PSTM_FIT_NONE) return fail_misfit(file, &best.reading);
    PSTM_TRY(count_of_first(file, &best.reading, &own));
    *fit = best.fit;
    PSTM_TRY(find_end(file, &c, &best.reading, end));
    PSTM_TRY(tell_end(file, &c, &best.reading, *end));
    return tell(file, &c, &announced.reading, own);
}
