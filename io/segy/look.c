/* What single trace headers show. */
#include <string.h>

#include "io/segy/reading.h"

enum {
    TEXT_BYTES = 80,    /* a line of a textual header; bytes 1-80 of a trace header are mostly zeros */
    MOST_TRACE_ID = 255 /* codes in use, also of programs with codes of their own, are below */
};

bool pstm_segy_is_ascii(const unsigned char *bytes, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(bytes[i] >= ' ' && bytes[i] <= '~') && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t')
            return false;
    return true;
}

/* Letters, digits, signs and ends of lines. */
static bool is_ebcdic(const unsigned char *bytes, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(bytes[i] >= 0x40 && bytes[i] <= 0xF9) && bytes[i] != 0x0D && bytes[i] != 0x15 &&
            bytes[i] != 0x25)
            return false;
    return true;
}

bool pstm_segy_is_text(const unsigned char *bytes, int64_t n)
{
    return pstm_segy_is_ascii(bytes, n) || is_ebcdic(bytes, n);
}

bool pstm_segy_is_uniform(const unsigned char *bytes, int64_t n, unsigned char value)
{
    for (int64_t i = 0; i < n; i++)
        if (bytes[i] != value) return false;
    return true;
}

int64_t pstm_segy_count_in(const pstm_segy *file, const unsigned char *header, int64_t header_bytes)
{
    const unsigned char *extension = header + SEGY_TRACE_HEADER_SIZE;
    if (header_bytes >= 2 * SEGY_TRACE_HEADER_SIZE && file->how.bytes.n_samples == SEGY_TR_SAMPLE_COUNT &&
        memcmp(extension + 232, "SEG00001", 8) == 0) {
        const uint32_t n = pstm_segy_u32(extension, PSTM_EXT1_SAMPLES, file->little);
        if (n != 0) return n;
    }
    return pstm_segy_u16(header, file->how.bytes.n_samples, file->little);
}

pstm_status pstm_segy_look_at(const pstm_segy *file, const pstm_segy_reading *reading, int64_t i,
                              pstm_segy_look *look)
{
    unsigned char header[2 * SEGY_TRACE_HEADER_SIZE];
    const int64_t trace_bytes = reading->header_bytes + reading->n_samples * file->sample_bytes;
    const int64_t n =
        reading->header_bytes < (int64_t)sizeof header ? reading->header_bytes : (int64_t)sizeof header;
    PSTM_TRY(pstm_byte_source_read(&file->source, reading->first_trace + i * trace_bytes, n, header));
    const int scalar = pstm_segy_i16(header, file->how.bytes.coordinate_scalar, file->little);
    const int id = pstm_segy_i16(header, file->how.bytes.trace_id, file->little);
    *look = (pstm_segy_look){
        .is_blank = pstm_segy_is_uniform(header, SEGY_TRACE_HEADER_SIZE, 0),
        .is_text = pstm_segy_is_text(header, TEXT_BYTES),
        .is_usual = pstm_segy_scalar_is_known(scalar) && id >= -1 && id <= MOST_TRACE_ID,
        .n_samples = pstm_segy_count_in(file, header, n),
        .interval_us = pstm_segy_u16(header, file->how.bytes.sample_interval, file->little),
    };
    return PSTM_OK;
}

int pstm_segy_agreement(const pstm_segy_look *first, const pstm_segy_look *other, int64_t n)
{
    if (other->is_blank || other->is_text) return 0;
    if (first->interval_us != 0 && other->interval_us != 0 && first->interval_us != other->interval_us)
        return 0;
    if (other->n_samples == 0) return first->n_samples == 0 && other->is_usual ? 1 : 0;
    if (other->n_samples == n || other->n_samples == (n & 0xffff)) return 2;
    return other->n_samples == first->n_samples ? 1 : 0;
}
