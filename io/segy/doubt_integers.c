/* Integers and doubles that look as if their format or byte order were another one than that of the header.
 * */
#include <inttypes.h>
#include <math.h>

#include "io/segy/reading.h"
#include "io/segy/samples.h"

enum {
    FIRST_UNSIGNED = 10, /* format code */
    TRACES_LOOKED_AT = 32,
    SAMPLES_OF_A_TRACE = 512,
    BYTES_OF_A_SAMPLE = 8, /* at most */
    LEAST_SAMPLES = 256    /* that are not zero, below which nothing is concluded */
};

/* Recorded samples are like their neighbours (a period of five samples correlates by 0.3, of ten by 0.8); in
 * a wrong byte order the lowest byte leads and they are noise. */
static const double MOST_OF_NOISE = 0.2, LEAST_OF_RECORDS = 0.5;
/* Unsigned integers that are signed ones jump by their whole range where a record crosses zero. */
static const double MOST_JUMPS = 2;
/* Read as floats, negative integers are beyond 1e25, unless they are nearly as large as they can be. */
enum { LEAST_FLOAT_EXPONENT = 127 - 83, MOST_FLOAT_EXPONENT = 127 + 83 };
static const double MOST_LARGE_PART = 0.005, LEAST_NEGATIVE_PART = 0.05;

/* What the samples looked at are like. */
typedef struct census {
    int64_t n;                   /* samples that are not zero */
    int64_t n_large, n_negative; /* of those, as IEEE floats; negative, and of a usual size */
    double steps, signed_steps;  /* from each to the next, summed; the same with a sign */
    double as_read, swapped;     /* correlation of neighbours, summed over n_traces */
    int64_t n_traces;
} census;

/* Of neighbours in a trace; 0 where all samples are one, or one is no number. */
static double correlation(const float *x, int64_t n)
{
    double mean = 0, square = 0, product = 0;
    for (int64_t i = 0; i < n; i++)
        mean += (double)x[i] / (double)n;
    for (int64_t i = 0; i < n; i++) {
        square += (x[i] - mean) * (x[i] - mean);
        if (i > 0) product += (x[i] - mean) * (x[i - 1] - mean);
    }
    return square > 0 && isfinite(square) ? product / square : 0;
}

static void count_word(uint64_t word, census *c)
{
    const int exponent = (int)(word >> 23 & 0xff);
    if (word == 0) return;
    c->n++;
    c->n_large += exponent > MOST_FLOAT_EXPONENT;
    c->n_negative +=
        (word >> 31 & 1) != 0 && exponent >= LEAST_FLOAT_EXPONENT && exponent <= MOST_FLOAT_EXPONENT;
}

/* The step between unsigned samples, and what it is when they are taken as signed. */
static void add_step(const pstm_segy *file, float before, float after, census *c)
{
    const double range = ldexp(1, 8 * file->sample_bytes), step = fabs((double)after - before);
    const bool across = (before >= range / 2) != (after >= range / 2);
    c->steps += step;
    c->signed_steps += across ? range - step : step;
}

/* m samples of one trace. */
static void add_trace(const pstm_segy *file, const unsigned char *bytes, int64_t m, census *c)
{
    float samples[SAMPLES_OF_A_TRACE];
    const int64_t before = c->n;
    for (int64_t i = 0; i < m; i++)
        count_word(pstm_segy_load(bytes + i * file->sample_bytes, file->sample_bytes, file->samples_little),
                   c);
    if (c->n == before) return;
    c->n_traces++;
    pstm_segy_decode(file->format, !file->samples_little, bytes, m, samples);
    c->swapped += correlation(samples, m);
    pstm_segy_decode(file->format, file->samples_little, bytes, m, samples);
    c->as_read += correlation(samples, m);
    for (int64_t i = 1; i < m; i++)
        add_step(file, samples[i - 1], samples[i], c);
}

static pstm_status take_census(const pstm_segy *file, census *c)
{
    const int64_t m = file->n_samples < SAMPLES_OF_A_TRACE ? file->n_samples : SAMPLES_OF_A_TRACE;
    const int64_t n_traces = file->n_traces < TRACES_LOOKED_AT ? file->n_traces : TRACES_LOOKED_AT;
    unsigned char bytes[BYTES_OF_A_SAMPLE * SAMPLES_OF_A_TRACE];
    for (int64_t k = 0; k < n_traces; k++) {
        const int64_t trace = n_traces > 1 ? k * (file->n_traces - 1) / (n_traces - 1) : 0;
        const int64_t first = (file->n_samples - m) * (k + 1) / (n_traces + 1);
        const int64_t at =
            file->first_trace + trace * file->trace_bytes + file->header_bytes + first * file->sample_bytes;
        PSTM_TRY(pstm_byte_source_read(&file->source, at, m * file->sample_bytes, bytes));
        add_trace(file, bytes, m, c);
    }
    return PSTM_OK;
}

static pstm_status doubt_order(pstm_segy *file, const census *c, bool *doubted)
{
    const double as_read = c->as_read / (double)c->n_traces, swapped = c->swapped / (double)c->n_traces;
    *doubted = as_read < MOST_OF_NOISE && swapped > LEAST_OF_RECORDS;
    if (!*doubted) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_SAMPLE_ORDER, true,
        "samples look byte-swapped: of %" PRId64
        " looked at neighbours correlate by %.2f as %s endian %s, and by %.2f as %s endian",
        c->n, as_read, file->samples_little ? "little" : "big", pstm_segy_format_name(file->format), swapped,
        file->samples_little ? "big" : "little");
}

static pstm_status doubt_floats(pstm_segy *file, const census *c)
{
    const double n = (double)c->n;
    if ((double)c->n_large > MOST_LARGE_PART * n || (double)c->n_negative < LEAST_NEGATIVE_PART * n)
        return PSTM_OK;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_FORMAT, true,
                           "samples are %ss by format code %d (byte %d) and look like IEEE or IBM floats "
                           "(code 5 or 1): of %" PRId64 " looked at %.0f %% are negative floats, and %.1f %% "
                           "beyond 1e25, as small negative integers would be",
                           pstm_segy_format_name(file->format), (int)file->format, SEGY_BIN_FORMAT, c->n,
                           100 * (double)c->n_negative / n, 100 * (double)c->n_large / n);
}

static pstm_status doubt_sign(pstm_segy *file, const census *c)
{
    if (c->steps <= MOST_JUMPS * c->signed_steps) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_SAMPLE_FORMAT, true,
        "samples are %ss by format code %d (byte %d) and look like integers with a sign: with one the steps "
        "from sample to sample are %.3g times smaller",
        pstm_segy_format_name(file->format), (int)file->format, SEGY_BIN_FORMAT,
        c->steps / fmax(c->signed_steps, 1));
}

pstm_status pstm_segy_doubt_others(pstm_segy *file)
{
    census c = {0};
    bool doubted = false;
    if (file->sample_bytes == 1) return PSTM_OK;
    PSTM_TRY(take_census(file, &c));
    if (c.n < LEAST_SAMPLES) return PSTM_OK;
    if (file->how.sample_order == PSTM_ORDER_AUTO) PSTM_TRY(doubt_order(file, &c, &doubted));
    if (doubted || file->how.format != 0) return PSTM_OK;
    if (file->format >= FIRST_UNSIGNED) return doubt_sign(file, &c);
    return file->sample_bytes == 4 ? doubt_floats(file, &c) : PSTM_OK;
}
