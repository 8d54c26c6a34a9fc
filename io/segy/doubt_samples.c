/* Samples that look as if their format or byte order were another one than that of the header. */
#include <inttypes.h>
#include <stdlib.h>

#include "core/memory.h"
#include "io/segy/reading.h"
#include "io/segy/samples.h"

enum {
    MOST_TRACES = 256,
    WORDS_OF_A_TRACE = 512,
    MOST_WORDS = MOST_TRACES * WORDS_OF_A_TRACE,
    ENOUGH_WORDS = 1024,
    LEAST_WORDS = 64, /* distinct words that are not zero, below which nothing is concluded */
    LEAST_OF_AN_OCTAVE = 24,
    EXPONENTS = 256
};

/* Of the words of IEEE floats that spread over octaves, 8 to 34 % have bits 20-23 zero; a normal IBM fraction
 * never has. */
static const double MOST_SHARE_OF_IBM = 0.005, LEAST_SHARE_OF_IEEE = 0.04;
/* Exponents of a wrong byte order are random, or those of the smallest floats where samples are whole
 * numbers; the tails of a model's wavelets may be tiny too. */
static const double LEAST_LARGE_SHARE = 0.05, LEAST_TINY_SHARE = 0.9;
static const double MOST_LARGE_SHARE = 0.005, MOST_TINY_SHARE = 0.5; /* in the other order */

/* The power of two of a word, about: beyond 1e25 and 1e-25 it is absurd. Infinities and NaN are large. */
enum { LARGE_POWER = 83 };

static int power_of_two(int32_t format, uint32_t word)
{
    if (format == SEGY_IBM_FLOAT_4_BYTE) return 4 * ((int)(word >> 24 & 0x7f) - 64);
    return (int)(word >> 23 & 0xff) - 127;
}

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Traces looked at: more where those have too few samples that are not zero. */
static const int n_traces_looked_at[] = {4, 16, MOST_TRACES};

/* Distinct words that are not zero, rising, of traces spread over the file, of each a part further down. */
static pstm_status collect(const pstm_segy *file, int most_traces, uint32_t *words, int64_t *n_words)
{
    unsigned char bytes[4 * WORDS_OF_A_TRACE];
    const int64_t m = file->n_samples < WORDS_OF_A_TRACE ? file->n_samples : WORDS_OF_A_TRACE;
    const int64_t n_traces = file->n_traces < most_traces ? file->n_traces : most_traces;
    int64_t n = 0, n_distinct = 0;
    for (int64_t k = 0; k < n_traces; k++) {
        const int64_t trace = n_traces > 1 ? k * (file->n_traces - 1) / (n_traces - 1) : 0;
        const int64_t first = (file->n_samples - m) * (k + 1) / (n_traces + 1);
        const int64_t at = file->first_trace + trace * file->trace_bytes + file->header_bytes + 4 * first;
        PSTM_TRY(pstm_byte_source_read(&file->source, at, 4 * m, bytes));
        for (int64_t i = 0; i < m; i++) {
            const uint32_t word = (uint32_t)pstm_segy_load(bytes + 4 * i, 4, file->samples_little);
            if ((word & 0x7fffffff) != 0) words[n++] = word;
        }
    }
    qsort(words, (size_t)n, sizeof *words, compare);
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || words[i] != words[i - 1]) words[n_distinct++] = words[i];
    *n_words = n_distinct;
    return PSTM_OK;
}

/* Shares of words that are absurdly large and absurdly small. */
typedef struct shares {
    double large, tiny;
} shares;

static shares find_shares(int32_t format, const uint32_t *words, int64_t n, bool swap)
{
    int64_t large = 0, tiny = 0;
    for (int64_t i = 0; i < n; i++) {
        const int power = power_of_two(format, swap ? __builtin_bswap32(words[i]) : words[i]);
        large += power > LARGE_POWER;
        tiny += power < -LARGE_POWER;
    }
    return (shares){(double)large / (double)n, (double)tiny / (double)n};
}

static pstm_status doubt_order(pstm_segy *file, const uint32_t *words, int64_t n, bool *doubted)
{
    const shares as_read = find_shares(file->format, words, n, false);
    const shares swapped = find_shares(file->format, words, n, true);
    *doubted = (as_read.large > LEAST_LARGE_SHARE || as_read.tiny > LEAST_TINY_SHARE) &&
               swapped.large < MOST_LARGE_SHARE && swapped.tiny < MOST_TINY_SHARE;
    if (!*doubted) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_SAMPLE_ORDER, true,
        "samples look byte-swapped: of %" PRId64
        " looked at %.0f %% are beyond 1e25 and %.0f %% below 1e-25 as %s endian %s, and as %s "
        "endian %.0f and %.0f %%",
        n, 100 * as_read.large, 100 * as_read.tiny, file->samples_little ? "little" : "big",
        pstm_segy_format_name(file->format), file->samples_little ? "big" : "little", 100 * swapped.large,
        100 * swapped.tiny);
}

/* IBM by label: words with bits 20-23 zero, in several octaves, as no converter to IBM leaves them. Whole
 * numbers with one exponent are not normal either. */
static pstm_status doubt_ibm(pstm_segy *file, const uint32_t *words, int64_t n)
{
    int64_t unusual = 0, of_exponent[128] = {0};
    int n_exponents = 0;
    for (int64_t i = 0; i < n; i++) {
        if ((words[i] & 0xf00000) != 0 || (words[i] & 0xffffff) == 0) continue;
        unusual++;
        n_exponents += of_exponent[words[i] >> 24 & 0x7f]++ == 0;
    }
    if ((double)unusual < LEAST_SHARE_OF_IEEE * (double)n || n_exponents < 2) return PSTM_OK;
    return pstm_doubts_add(
        &file->doubts, PSTM_DOUBT_SAMPLE_FORMAT, true,
        "samples are IBM floats by format code 1 (byte %d) and look like IEEE floats: of %" PRId64
        " looked at %.0f %% have no normal IBM fraction",
        SEGY_BIN_FORMAT, n, 100.0 * (double)unusual / (double)n);
}

/* IEEE by label: in even octaves (bit 23 is zero) one word of six has bits 20-22 zero too. Of IBM words none
 * has. Where numbers do not fill two such octaves nothing is concluded: small whole numbers, for example. */
static pstm_status doubt_ieee(pstm_segy *file, const uint32_t *words, int64_t n)
{
    int64_t unusual = 0, even = 0, of_exponent[EXPONENTS] = {0};
    int n_full = 0;
    for (int64_t i = 0; i < n; i++) {
        if ((words[i] & 0x800000) != 0 || (words[i] & 0xffffff) == 0) continue;
        even++;
        unusual += (words[i] & 0xf00000) == 0;
        n_full += ++of_exponent[words[i] >> 23 & 0xff] == LEAST_OF_AN_OCTAVE;
    }
    if (n_full < 2 || even < LEAST_WORDS || (double)unusual > MOST_SHARE_OF_IBM * (double)even)
        return PSTM_OK;
    return pstm_doubts_add(&file->doubts, PSTM_DOUBT_SAMPLE_FORMAT, true,
                           "samples are IEEE floats by %s and look like IBM floats: of %" PRId64
                           " looked at %" PRId64
                           " have bits 20-23 zero, where of IEEE floats some %.0f would",
                           file->kind == PSTM_KIND_SU ? "the rule of SU" : "format code 5 (byte 3225)", n,
                           unusual, (double)even / 6);
}

pstm_status pstm_segy_doubt_samples(pstm_segy *file)
{
    uint32_t *words = NULL;
    int64_t n = 0;
    bool doubted = false;
    const bool ibm = file->format == SEGY_IBM_FLOAT_4_BYTE;
    if (!ibm && file->format != SEGY_IEEE_FLOAT_4_BYTE) return pstm_segy_doubt_others(file);
    PSTM_TRY(PSTM_NEW(&words, MOST_WORDS, "samples to look at"));
    pstm_status status = PSTM_OK;
    for (int i = 0; i < 3 && n < ENOUGH_WORDS && status == PSTM_OK; i++)
        status = collect(file, n_traces_looked_at[i], words, &n);
    if (status == PSTM_OK && n >= LEAST_WORDS && file->how.sample_order == PSTM_ORDER_AUTO)
        status = doubt_order(file, words, n, &doubted);
    if (status == PSTM_OK && n >= LEAST_WORDS && !doubted && file->how.format == 0)
        status = ibm ? doubt_ibm(file, words, n) : doubt_ieee(file, words, n);
    PSTM_FREE(&words);
    return status;
}
