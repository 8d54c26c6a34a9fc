#include "report/percentile.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/memory.h"

/* The bits of |value|: for floats that are not NaN they have the order of the numbers. */
static uint32_t magnitude_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x7fffffffU;
}

static const uint32_t infinity_bits = 0x7f800000U;

/* Counts the high (or, within the high half `wanted`, the low) halves of the bits. */
static int64_t count_halves(const float *values, int64_t n, bool low, uint32_t wanted, int64_t *counts)
{
    int64_t counted = 0;
    memset(counts, 0, 65536 * sizeof *counts);
    for (int64_t i = 0; i < n; i++) {
        const uint32_t bits = magnitude_bits(values[i]);
        if (bits == 0 || bits >= infinity_bits || (low && bits >> 16 != wanted)) continue;
        counts[low ? bits & 0xffffU : bits >> 16]++;
        counted++;
    }
    return counted;
}

/* The half at which the running count reaches *rank; *rank becomes the rest within it. */
static uint32_t find_half(const int64_t *counts, int64_t *rank)
{
    uint32_t half = 0;
    while (half < 65535 && *rank > counts[half])
        *rank -= counts[half++];
    return half;
}

pstm_status pstm_percentile(const float *values, int64_t n, double percent, double *value)
{
    int64_t *counts = NULL;
    PSTM_TRY(PSTM_NEW(&counts, 65536, "percentile"));
    const int64_t counted = count_halves(values, n, false, 0, counts);
    double found = 0;
    if (counted > 0) {
        int64_t rank = (int64_t)ceil((double)counted * percent / 100);
        rank = rank < 1 ? 1 : rank > counted ? counted : rank;
        const uint32_t high = find_half(counts, &rank);
        count_halves(values, n, true, high, counts);
        const uint32_t bits = high << 16 | find_half(counts, &rank);
        float magnitude;
        memcpy(&magnitude, &bits, sizeof magnitude);
        found = (double)magnitude;
    }
    PSTM_FREE(&counts);
    *value = found;
    return PSTM_OK;
}
