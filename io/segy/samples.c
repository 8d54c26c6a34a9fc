#include "io/segy/samples.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "io/segy/fields.h"
#include "io/segy/read.h"

static inline float power_of_two(int32_t exponent)
{
    const uint32_t bits = (uint32_t)(exponent + 127) << 23;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* fraction (24 bits) * 16^(exponent - 64) / 2^24, the power of two in two equal factors, so that the first
 * product is exact and the second rounds once; below 2^-110 a factor makes zero in any case.
 * segy_to_native() shifts the fraction up to its first set bit without looking whether there is one: it reads
 * 0x42000000, a zero that field systems do write, as 8. */
static inline float ibm_value(uint32_t word)
{
    const int32_t half = 2 * (int32_t)(word >> 24 & 0x7f) - 140;
    const float factor = power_of_two(half < -110 ? -110 : half);
    const int32_t fraction = (int32_t)(word & 0xffffff);
    return (float)((int32_t)word < 0 ? -fraction : fraction) * factor * factor;
}

static inline float ieee_value(uint32_t word)
{
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static inline float double_value(uint64_t word)
{
    double value;
    memcpy(&value, &word, sizeof value);
    return (float)value;
}

/* The order is tested once, outside the loops, so that each loop is straight code. */
#define DECODER(name, width, value)                                                                          \
    static void decode_##name(const unsigned char *in, int64_t n, bool little, float *out)                   \
    {                                                                                                        \
        if (little) {                                                                                        \
            for (int64_t i = 0; i < n; i++) {                                                                \
                const uint64_t word = pstm_segy_load(in + i * (width), width, true);                         \
                out[i] = value;                                                                              \
            }                                                                                                \
        } else {                                                                                             \
            for (int64_t i = 0; i < n; i++) {                                                                \
                const uint64_t word = pstm_segy_load(in + i * (width), width, false);                        \
                out[i] = value;                                                                              \
            }                                                                                                \
        }                                                                                                    \
    }

DECODER(ibm, 4, ibm_value((uint32_t)word))
DECODER(ieee, 4, ieee_value((uint32_t)word))
DECODER(double, 8, double_value(word))
DECODER(int8, 1, (float)(int8_t)word)
DECODER(int16, 2, (float)(int16_t)word)
DECODER(int24, 3, (float)((int32_t)((uint32_t)word << 8) / 256))
DECODER(int32, 4, (float)(int32_t)word)
DECODER(int64, 8, (float)(int64_t)word)
DECODER(uint8, 1, (float)word)
DECODER(uint16, 2, (float)word)
DECODER(uint24, 3, (float)word)
DECODER(uint32, 4, (float)word)
DECODER(uint64, 8, (float)word)

typedef struct sample_format {
    int32_t code, bytes; /* bytes 0: known by name, not read */
    const char *name;
    void (*decode)(const unsigned char *in, int64_t n, bool little, float *out);
} sample_format;

static const sample_format formats[] = {
    {1, 4, "IBM float", decode_ibm},
    {2, 4, "4-byte integer", decode_int32},
    {3, 2, "2-byte integer", decode_int16},
    {4, 0, "fixed point with gain (obsolete)", NULL},
    {5, 4, "IEEE float", decode_ieee},
    {6, 8, "IEEE double", decode_double},
    {7, 3, "3-byte integer", decode_int24},
    {8, 1, "1-byte integer", decode_int8},
    {9, 8, "8-byte integer", decode_int64},
    {10, 4, "4-byte unsigned integer", decode_uint32},
    {11, 2, "2-byte unsigned integer", decode_uint16},
    {12, 8, "8-byte unsigned integer", decode_uint64},
    {15, 3, "3-byte unsigned integer", decode_uint24},
    {16, 1, "1-byte unsigned integer", decode_uint8},
};

const char *const pstm_segy_known_formats =
    "1 IBM float, 5 IEEE float, 6 IEEE double, integers 2, 3, 7, 8, 9, unsigned integers 10, 11, 12, 15, 16";

static const sample_format *find_format(int32_t code)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (formats[i].code == code) return &formats[i];
    return NULL;
}

int32_t pstm_segy_sample_bytes(int32_t format)
{
    const sample_format *found = find_format(format);
    return found != NULL ? found->bytes : 0;
}

const char *pstm_segy_format_name(int32_t format)
{
    const sample_format *found = find_format(format);
    return found != NULL ? found->name : "unknown format";
}

void pstm_segy_decode(int32_t format, bool little, const unsigned char *in, int64_t n, float *out)
{
    find_format(format)->decode(in, n, little, out);
}

/* value = significand * 2^(exponent - 24); the fraction is the significand shifted right by 0 to 3 bits so
 * that the power of two becomes one of 16, rounded to nearest, ties to even. */
static uint32_t ibm_word(float value)
{
    uint32_t bits;
    int32_t exponent = 0;
    if (fabsf(value) < 0x1p-126f) { /* denormal or zero */
        value *= 0x1p24f;
        exponent = -24;
    }
    if (value == 0) return 0;
    memcpy(&bits, &value, sizeof bits);
    exponent += (int32_t)(bits >> 23 & 0xff) - 126;
    const uint32_t significand = (bits & 0x7fffff) | 0x800000;
    const uint32_t hex_exponent = (uint32_t)(exponent + 256 + 3) / 4; /* with the format's 64 added */
    const uint32_t shift = 4 * hex_exponent - (uint32_t)(exponent + 256);
    const uint32_t odd = significand >> shift & 1, half = (1u << shift) >> 1;
    const uint32_t fraction = shift == 0 ? significand : (significand + half - 1 + odd) >> shift;
    return (bits & 0x80000000u) | hex_exponent << 24 | fraction;
}

void pstm_segy_encode(int32_t format, bool little, const float *in, int64_t n, unsigned char *out)
{
    for (int64_t i = 0; i < n; i++) {
        uint32_t word;
        if (format == 1)
            word = ibm_word(in[i]);
        else
            memcpy(&word, &in[i], sizeof word);
        pstm_segy_store(out + 4 * i, 4, little, word);
    }
}
