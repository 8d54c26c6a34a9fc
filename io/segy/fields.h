/** @file fields.h
 * Numbers in the headers of SEG-Y and SU files, for the sources of io/segy only. `byte` counts from 1, as in
 * the standard; names of bytes are segyio's (SEGY_TR_..., SEGY_BIN_...). The load functions are
 * segy_get_field() for fields at any byte, in both byte orders, and with unsigned counts. All functions are
 * Local.
 */
#ifndef PSTM_IO_SEGY_FIELDS_H
#define PSTM_IO_SEGY_FIELDS_H

#include <segyio/segy.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** Bytes of the binary header that revision 2 added. */
enum {
    PSTM_BIN_EXT_SAMPLES = 3269,
    PSTM_BIN_EXT_INTERVAL = 3273, /**< IEEE double, microseconds */
    PSTM_BIN_ORDER_MARK = 3297,
    PSTM_BIN_REVISION_MINOR = 3502,
    PSTM_BIN_EXT_TRACE_HEADERS = 3507, /**< 4 bytes in 2.0, 2 bytes in 2.1 */
    PSTM_BIN_N_TRACES = 3513,          /**< 8 bytes */
    PSTM_BIN_FIRST_TRACE = 3521,       /**< 8 bytes */
    PSTM_BIN_TRAILERS = 3529
};

enum {
    PSTM_SEGY_REEL_BYTES = SEGY_TEXT_HEADER_SIZE + SEGY_BINARY_HEADER_SIZE,
    PSTM_SEGY_HEADER_AND_1 = 2 * SEGY_TRACE_HEADER_SIZE, /**< bytes of a trace header and its extension 1 */
    PSTM_EXT1_SAMPLES = 137,                             /**< 4 bytes of header extension 1 */
    PSTM_SEGY_ORDER_MARK = 0x01020304
};

/** The unsigned number in the `width` (1 to 8) bytes at p. */
static inline uint64_t pstm_segy_load(const unsigned char *p, int width, bool little)
{
    uint64_t word = 0;
    for (int i = 0; i < width; i++)
        word = word << 8 | p[little ? width - 1 - i : i];
    return word;
}

/** Puts the low `width` bytes of `word` at p. */
static inline void pstm_segy_store(unsigned char *p, int width, bool little, uint64_t word)
{
    for (int i = 0; i < width; i++)
        p[little ? i : width - 1 - i] = (unsigned char)(word >> (8 * i));
}

static inline uint16_t pstm_segy_u16(const unsigned char *header, int byte, bool little)
{
    return (uint16_t)pstm_segy_load(header + byte - 1, 2, little);
}

static inline int16_t pstm_segy_i16(const unsigned char *header, int byte, bool little)
{
    return (int16_t)pstm_segy_u16(header, byte, little);
}

static inline uint32_t pstm_segy_u32(const unsigned char *header, int byte, bool little)
{
    return (uint32_t)pstm_segy_load(header + byte - 1, 4, little);
}

static inline int32_t pstm_segy_i32(const unsigned char *header, int byte, bool little)
{
    return (int32_t)pstm_segy_u32(header, byte, little);
}

static inline uint64_t pstm_segy_u64(const unsigned char *header, int byte, bool little)
{
    return pstm_segy_load(header + byte - 1, 8, little);
}

static inline double pstm_segy_f64(const unsigned char *header, int byte, bool little)
{
    const uint64_t word = pstm_segy_u64(header, byte, little);
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

#endif
