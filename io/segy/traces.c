/* Headers and samples of traces. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "core/memory.h"
#include "io/segy/file.h"
#include "io/segy/samples.h"

enum {
    READ_BYTES = 4 << 20,         /* of one read of samples, and of the memory of a call */
    HEADER_READ_BYTES = 64 << 10, /* the same of headers, which many threads read */
    TEXT_BYTES = 80,              /* of a trace header are mostly zeros; a line of a textual header */
    HEADER_GAP_BYTES = 8192       /* traces shorter than this are read over rather than skipped */
};

/* ---- headers ---- */

static pstm_status check_range(const pstm_segy *file, int64_t first, int64_t n)
{
    if (first >= 0 && n >= 0 && n <= file->n_traces - first) return PSTM_OK;
    return pstm_fail(PSTM_DATA, "%s: traces [%" PRId64 ", %" PRId64 ") were asked for and it has %" PRId64,
                     file->path, first, first + n, file->n_traces);
}

/* Codes of things that are no seismogram of a receiver: dead, dummy, time break ... gun signatures (2-10),
 * vibrator signals and pairs of numbers (18-22), and in revision 2 depth, gravity, electric, magnetic and
 * rotation (23-41), which older files may use as they like. Codes that nobody defined are kept. */
static bool is_seismic(const pstm_segy *file, int id)
{
    if ((id >= 2 && id <= 10) || (id >= 18 && id <= 22)) return false;
    return !(file->revision == 2 && id >= 23 && id <= 41);
}

static pstm_status read_position(const pstm_segy *file, const unsigned char *header, int64_t number,
                                 pstm_trace *trace)
{
    double value[4];
    int32_t scalar;
    if (!pstm_segy_coordinates(file, header, value, &scalar))
        return pstm_fail(PSTM_DATA,
                         "%s: trace %" PRId64
                         ", byte %d: coordinate scalar %d is none of 0, +-1, +-10, ... +-10000; "
                         "set input.coordinate_scalar (or input.byte_order, input.bytes.coordinate_scalar)",
                         file->path, number + 1, (int)file->how.bytes.coordinate_scalar, (int)scalar);
    const int unit = pstm_segy_i16(header, SEGY_TR_COORD_UNITS, file->little);
    if (!file->never_angles && !pstm_segy_coordinates_are_overridden(file) &&
        pstm_segy_are_angles(unit, value))
        return pstm_fail(PSTM_DATA,
                         "%s: trace %" PRId64
                         ", byte %d: unit code %d says that the coordinates are angles; project "
                         "them to metres, or set input.coordinate_scalar if they are lengths",
                         file->path, number + 1, SEGY_TR_COORD_UNITS, unit);
    trace->source_x_m = value[0];
    trace->source_y_m = value[1];
    trace->receiver_x_m = value[2];
    trace->receiver_y_m = value[3];
    return PSTM_OK;
}

static int16_t to_ms(double ms)
{
    return (int16_t)fmin(fmax(nearbyint(ms), INT16_MIN), INT16_MAX);
}

static pstm_status read_times(const pstm_segy *file, const unsigned char *header, int64_t number,
                              pstm_trace *trace)
{
    const int delay = file->how.use_delay ? pstm_segy_i16(header, file->how.bytes.delay, file->little) : 0;
    const int mute_start = pstm_segy_i16(header, file->how.bytes.mute_start, file->little);
    const int mute_end = pstm_segy_i16(header, file->how.bytes.mute_end, file->little);
    const bool scaled = file->kind == PSTM_KIND_SEGY && file->revision >= 1;
    const int scalar = scaled ? pstm_segy_i16(header, SEGY_TR_SCALAR_TRACE_HEADER, file->little) : 0;
    const bool known = pstm_segy_scalar_is_known(scalar), muted = mute_start != mute_end;
    if (!known && (delay != 0 || (muted && !file->how.ignores_mute)))
        return pstm_fail(
            PSTM_DATA,
            "%s: trace %" PRId64 ", byte %d: time scalar %d for a delay of %d and a mute of %d to %d is "
            "none of 0, +-1, +-10, ... +-10000; correct the file, or set input.delay: off and "
            "condition.header_mute: off",
            file->path, number + 1, SEGY_TR_SCALAR_TRACE_HEADER, scalar, delay, mute_start, mute_end);
    if (!known && muted) return PSTM_OK; /* a mute that nobody uses */
    /* One division, so that 1234 with -10 is the double nearest to 0.1234. */
    trace->start_s = scalar < 0 ? delay / (-1000.0 * scalar) : pstm_segy_scaled(delay, scalar) / 1000.0;
    trace->mute_start_ms = to_ms(pstm_segy_scaled(mute_start, scalar));
    trace->mute_end_ms = to_ms(pstm_segy_scaled(mute_end, scalar));
    return PSTM_OK;
}

static pstm_status check_interval(const pstm_segy *file, const unsigned char *header, int64_t number)
{
    const uint16_t us = pstm_segy_u16(header, file->how.bytes.sample_interval, file->little);
    if (file->how.sample_s > 0 || file->ignores_intervals || us == 0 || us == file->interval_us[0] ||
        us == file->interval_us[1])
        return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "%s: trace %" PRId64
                     ", byte %d: sample interval %u us, but that of the file is %g us; resample "
                     "the trace, or set input.sample_interval to read all traces with one interval",
                     file->path, number + 1, (int)file->how.bytes.sample_interval, us, file->sample_s * 1e6);
}

static pstm_status read_trace(const pstm_segy *file, const unsigned char *header, int32_t file_index,
                              int64_t number, pstm_trace *trace)
{
    const int64_t n_samples = pstm_segy_count_in(file, header, file->header_bytes);
    *trace = (pstm_trace){.number = number, .file = file_index, .n_samples = file->n_samples};
    /* A count of 2 bytes may be what is left of the true one. */
    if (file->how.trace_n_samples == PSTM_TRACE_COUNT_ON && n_samples > 0 && n_samples < file->n_samples &&
        n_samples != (file->n_samples & 0xffff))
        trace->n_samples = (int32_t)n_samples;
    trace->live_last = trace->n_samples - 1;
    trace->fate = PSTM_TRACE_KEPT;
    if (pstm_segy_is_text(header, TEXT_BYTES))
        return pstm_fail(PSTM_DATA,
                         "%s: trace %" PRId64 " is text, from byte %" PRId64
                         " on, as where another file was joined to this one; split it there",
                         file->path, number + 1, file->first_trace + number * file->trace_bytes + 1);
    if (!is_seismic(file, pstm_segy_i16(header, file->how.bytes.trace_id, file->little))) {
        /* Nothing else in the header of such a trace needs to make sense. */
        trace->fate = PSTM_TRACE_NOT_SEISMIC;
        return PSTM_OK;
    }
    PSTM_TRY(read_position(file, header, number, trace));
    PSTM_TRY(read_times(file, header, number, trace));
    PSTM_TRY(check_interval(file, header, number));
    if (!isfinite(trace->source_x_m) || !isfinite(trace->source_y_m) || !isfinite(trace->receiver_x_m) ||
        !isfinite(trace->receiver_y_m))
        trace->fate = PSTM_TRACE_NO_POSITION;
    return PSTM_OK;
}

static void see_trace(const pstm_segy *file, const unsigned char *header, int64_t i, const pstm_trace *trace,
                      pstm_segy_seen *seen)
{
    const bool is_live = trace->fate == PSTM_TRACE_KEPT;
    const int code = pstm_segy_i16(header, file->how.bytes.trace_id, file->little);
    if (trace->fate == PSTM_TRACE_NOT_SEISMIC) {
        seen->facts.n_left_out++;
        seen->facts.codes_left_out |= UINT64_C(1) << (code & 63);
    }
    if (is_live) pstm_segy_note_facts(file, header, trace, &seen->facts);
    if (seen->identities != NULL)
        seen->identities[i] = is_live ? pstm_segy_trace_hash(file, header, trace) : 0;
}

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

pstm_status pstm_segy_read_headers(const pstm_segy *file, int32_t file_index, int64_t first, int64_t n,
                                   pstm_trace *traces, pstm_segy_seen *seen)
{
    pstm_status status = PSTM_OK;
    unsigned char *bytes = NULL;
    /* Reading short traces as a whole is quicker than a system call each, and warms the cache for the
     * samples. */
    int n_looks = 0;
    const bool whole = file->trace_bytes <= HEADER_GAP_BYTES;
    const int64_t pitch = whole ? file->trace_bytes : file->header_bytes;
    const int64_t block = whole ? at_most(HEADER_READ_BYTES / pitch, n) : 1;
    XXH3_state_t *hash = XXH3_createState();

    if (hash == NULL) return pstm_fail(PSTM_SYSTEM, "no memory for a digest");
    XXH3_64bits_reset(hash);
    PSTM_GO(check_range(file, first, n));
    PSTM_GO(PSTM_NEW(&bytes, block * pitch, "trace headers"));
    for (int64_t i = 0; i < n; i += block) {
        const int64_t m = at_most(block, n - i);
        const int64_t offset = file->first_trace + (first + i) * file->trace_bytes;
        PSTM_GO(pstm_byte_source_read(&file->source, offset, (m - 1) * pitch + file->header_bytes, bytes));
        for (int64_t k = 0; k < m; k++) {
            XXH3_64bits_update(hash, bytes + k * pitch, (size_t)file->header_bytes);
            PSTM_GO(pstm_segy_check_place(file, bytes + k * pitch, first + i + k, &n_looks));
            PSTM_GO(read_trace(file, bytes + k * pitch, file_index, first + i + k, &traces[i + k]));
            if (seen != NULL) see_trace(file, bytes + k * pitch, i + k, &traces[i + k], seen);
        }
    }
    if (seen != NULL) seen->digest = XXH3_64bits_digest(hash);
cleanup:
    PSTM_FREE(&bytes);
    XXH3_freeState(hash);
    return status;
}

/* ---- samples ---- */

/* Looks at some words of a piece of a trace, evenly spread over it. Exponents of 0 are those of the smallest
 * numbers, which are not normal in either format. Sums of what holds, for branches would be mispredicted. */
static void count_words(const pstm_segy *file, const unsigned char *bytes, int64_t n, pstm_float_words *words)
{
    enum { MOST_LOOKED_AT = 256 };
    const int64_t step = (n + MOST_LOOKED_AT - 1) / MOST_LOOKED_AT;
    const bool little = file->samples_little;
    for (int64_t i = 0; i < n; i += step) {
        const unsigned char *at = bytes + 4 * i;
        const uint32_t word = (uint32_t)(little ? pstm_segy_load(at, 4, true) : pstm_segy_load(at, 4, false));
        const uint32_t counts = (uint32_t)((word & 0x800000) == 0) & (uint32_t)((word & 0xff) != 0) &
                                (uint32_t)((word & 0x7f000000) != 0);
        words->n += (int32_t)counts;
        words->n_zero += (int32_t)(counts & (uint32_t)((word & 0x700000) == 0));
    }
}

/* Several traces that fit into the buffer together: one read from the first sample to the last. */
static pstm_status read_traces(const pstm_segy *file, int64_t first, int64_t n, unsigned char *bytes,
                               float *samples, int64_t stride, pstm_float_words *words)
{
    const int64_t offset = file->first_trace + first * file->trace_bytes + file->header_bytes;
    PSTM_TRY(pstm_byte_source_read(&file->source, offset, n * file->trace_bytes - file->header_bytes, bytes));
    for (int64_t i = 0; i < n; i++) {
        const unsigned char *trace = bytes + i * file->trace_bytes;
        pstm_segy_decode(file->format, file->samples_little, trace, file->n_samples, samples + i * stride);
        if (words != NULL) count_words(file, trace, file->n_samples, &words[i]);
    }
    return PSTM_OK;
}

/* One trace that is longer than the buffer: in pieces. */
static pstm_status read_long_trace(const pstm_segy *file, int64_t number, unsigned char *bytes,
                                   float *samples, pstm_float_words *words)
{
    const int64_t offset = file->first_trace + number * file->trace_bytes + file->header_bytes;
    const int64_t piece = READ_BYTES / file->sample_bytes;
    for (int64_t i = 0; i < file->n_samples; i += piece) {
        const int64_t m = at_most(piece, file->n_samples - i);
        PSTM_TRY(pstm_byte_source_read(&file->source, offset + i * file->sample_bytes, m * file->sample_bytes,
                                       bytes));
        pstm_segy_decode(file->format, file->samples_little, bytes, m, samples + i);
        if (words != NULL) count_words(file, bytes, m, words);
    }
    return PSTM_OK;
}

pstm_status pstm_segy_read_samples(const pstm_segy *file, int64_t first, int64_t n, float *samples,
                                   int64_t stride, pstm_float_words *words)
{
    pstm_status status = PSTM_OK;
    unsigned char *bytes = NULL;
    const bool counts =
        words != NULL && (file->format == SEGY_IBM_FLOAT_4_BYTE || file->format == SEGY_IEEE_FLOAT_4_BYTE);
    const int64_t block = at_most(READ_BYTES / file->trace_bytes, n);

    PSTM_TRY(check_range(file, first, n));
    if (stride < file->n_samples)
        return pstm_fail(PSTM_SYSTEM, "%s: a stride of %" PRId64 " is less than the %d samples of a trace",
                         file->path, stride, (int)file->n_samples);
    PSTM_TRY(PSTM_NEW(&bytes, block > 0 ? block * file->trace_bytes : READ_BYTES, "samples as in the file"));
    for (int64_t i = 0; words != NULL && i < n; i++)
        words[i] = (pstm_float_words){0};
    for (int64_t i = 0; i < n;) {
        const int64_t m = block > 0 ? at_most(block, n - i) : 1;
        pstm_float_words *mine = counts ? words + i : NULL;
        if (block > 0)
            PSTM_GO(read_traces(file, first + i, m, bytes, samples + i * stride, stride, mine));
        else
            PSTM_GO(read_long_trace(file, first + i, bytes, samples + i * stride, mine));
        i += m;
    }
cleanup:
    PSTM_FREE(&bytes);
    return status;
}
