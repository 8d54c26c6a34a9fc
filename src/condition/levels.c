#include "condition/levels.h"

#include <math.h>
#include <string.h>

/** In a record that was sampled well the neighbours of the largest sample are nearly as large. */
#define LONE_FACTOR 100.0F
/** Several samples of one value, as null values are. Where a record is clipped, others are as large. */
#define REPEATED_FACTOR 10.0F
enum { REPEATED = 3, PARTS = 4, SIZE_BITS = 0x7fffffff };

/* ---- a trace ------------------------------------------------------------------------------------------ */

/** The sum of squares in four parts, which the processor adds side by side. */
static double energy_of(const float *samples, int32_t n)
{
    double part[PARTS] = {0};
    int32_t i = 0;
    for (; i + PARTS <= n; i += PARTS)
        for (int k = 0; k < PARTS; k++)
            part[k] += (double)samples[i + k] * samples[i + k];
    for (; i < n; i++)
        part[0] += (double)samples[i] * samples[i];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/** The bits of a float; without the sign they are in the order of sizes, and loops over them run in
 * registers. */
static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/** The first sample of this size, as an index. */
static int32_t first_of(const float *samples, int32_t n, uint32_t size)
{
    int32_t i = 0;
    while (i < n - 1 && (bits_of(samples[i]) & SIZE_BITS) != size)
        i++;
    return i;
}

pstm_trace_level pstm_trace_level_find(const float *samples, int32_t n)
{
    const uint32_t null = bits_of(PSTM_NULL_SAMPLE);
    uint32_t size = 0, next = 0;
    int32_t n_largest = 0, n_null = 0;
    if (n < 1) return (pstm_trace_level){0};
    for (int32_t i = 0; i < n; i++) {
        const uint32_t mine = bits_of(samples[i]) & SIZE_BITS;
        size = mine > size ? mine : size;
        n_null += bits_of(samples[i]) == null;
    }
    const int32_t first = first_of(samples, n, size);
    const uint32_t largest = bits_of(samples[first]);
    for (int32_t i = 0; i < n; i++) {
        const uint32_t mine = bits_of(samples[i]) & SIZE_BITS, below = mine < size ? mine : 0;
        next = below > next ? below : next;
        n_largest += bits_of(samples[i]) == largest;
    }
    return (pstm_trace_level){
        sqrt(energy_of(samples, n) / n), samples[first], float_of(next), n_largest, n_null,
        first == 0 || first == n - 1};
}

bool pstm_trace_level_is_lone(const pstm_trace_level *level)
{
    const float factor = level->n_largest >= REPEATED ? REPEATED_FACTOR : LONE_FACTOR;
    if (level->is_at_end && level->n_largest < REPEATED) return false;
    return level->next > 0 && fabsf(level->largest) > factor * level->next;
}

/* ---- a file ------------------------------------------------------------------------------------------- */

static int bin_of(double rms)
{
    const double bin = floor(PSTM_LEVELS_AN_OCTAVE * log2(rms)) + PSTM_LEVEL_BINS / 2;
    return (int)fmin(fmax(bin, 0), PSTM_LEVEL_BINS - 1);
}

/** The middle of a bin. */
static double level_of(int bin)
{
    return exp2((bin - PSTM_LEVEL_BINS / 2 + 0.5) / PSTM_LEVELS_AN_OCTAVE);
}

static void take_loudest(pstm_file_levels *levels, double rms, int64_t number)
{
    if (rms < levels->loudest || (rms == levels->loudest && number >= levels->loudest_number)) return;
    levels->loudest = rms;
    levels->loudest_number = number;
}

static void take_lone(pstm_file_levels *levels, int64_t n, int64_t number, const pstm_trace_level *level)
{
    const float size = fabsf(level->largest), before = fabsf(levels->lone.largest);
    if (n > 0 && (size > before || (size == before && number < levels->lone_number))) {
        levels->lone_number = number;
        levels->lone = *level;
    }
    levels->n_lone += n;
}

void pstm_file_levels_count(pstm_file_levels *levels, int64_t number, const pstm_trace_level *level)
{
    if (!(level->rms > 0)) return;
    levels->n++;
    levels->n_of_bin[bin_of(level->rms)]++;
    take_loudest(levels, level->rms, number);
    const bool is_lone = pstm_trace_level_is_lone(level);
    levels->n_null += !is_lone && level->n_null >= REPEATED;
    take_lone(levels, is_lone, number, level);
}

void pstm_file_levels_add(pstm_file_levels *levels, const pstm_file_levels *other)
{
    for (int i = 0; i < PSTM_LEVEL_BINS; i++)
        levels->n_of_bin[i] += other->n_of_bin[i];
    levels->n += other->n;
    levels->n_null += other->n_null;
    if (other->n > 0) take_loudest(levels, other->loudest, other->loudest_number);
    take_lone(levels, other->n_lone, other->lone_number, &other->lone);
}

double pstm_file_levels_median(const pstm_file_levels *levels)
{
    int64_t n = 0;
    if (levels->n == 0) return 0;
    int bin = 0;
    while ((n += levels->n_of_bin[bin]) * 2 <= levels->n)
        bin++;
    return level_of(bin);
}

int64_t pstm_file_levels_above(const pstm_file_levels *levels, double rms)
{
    int64_t n = 0;
    for (int bin = bin_of(rms) + 1; bin < PSTM_LEVEL_BINS; bin++)
        n += levels->n_of_bin[bin];
    return n;
}
