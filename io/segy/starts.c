/* Where the first trace may be. */
#include <inttypes.h>
#include <stdio.h>

#include "core/memory.h"
#include "io/segy/reading.h"

enum {
    TEXT_BLOCK_LIMIT = 10000, /* extended textual headers looked through for the last one */
    SEARCH_BYTES = 1 << 16,   /* behind the binary header, for a trace header */
    TEXTS_TRIED = 16          /* extended textual headers that may be there and are not announced */
};

/* True if the block holds the word EndText in ASCII or EBCDIC (code page 037), upper or lower case. */
static bool ends_texts(const unsigned char *block)
{
    static const char ascii[] = "ENDTEXT";
    static const unsigned char ebcdic[] = {0xC5, 0xD5, 0xC4, 0xE3, 0xC5, 0xE7, 0xE3};
    const int n = (int)sizeof ebcdic;
    for (int at = 0; at + n <= SEGY_TEXT_HEADER_SIZE; at++) {
        int n_ascii = 0, n_ebcdic = 0;
        for (int i = 0; i < n; i++) {
            n_ascii += (block[at + i] & ~0x20) == ascii[i];
            n_ebcdic += (block[at + i] | 0x40) == ebcdic[i];
        }
        if (n_ascii == n || n_ebcdic == n) return true;
    }
    return false;
}

/* *end is -1 when no block ends them. */
static pstm_status find_end_of_texts(const pstm_segy *file, int64_t *end)
{
    *end = -1;
    for (int i = 0; i < TEXT_BLOCK_LIMIT; i++) {
        unsigned char block[SEGY_TEXT_HEADER_SIZE];
        const int64_t at = file->start + PSTM_SEGY_REEL_BYTES + (int64_t)i * SEGY_TEXT_HEADER_SIZE;
        if (at + SEGY_TEXT_HEADER_SIZE > file->source.size_bytes) return PSTM_OK;
        PSTM_TRY(pstm_byte_source_read(&file->source, at, SEGY_TEXT_HEADER_SIZE, block));
        if (!ends_texts(block)) continue;
        *end = at + SEGY_TEXT_HEADER_SIZE;
        return PSTM_OK;
    }
    return PSTM_OK;
}

static void add(pstm_segy_starts *starts, int64_t at)
{
    starts->at[starts->n++] = at;
}

/* Revision 0 has no extended textual headers, whatever stands in their count. */
static pstm_status add_announced(const pstm_segy *file, const pstm_segy_head *head, int n_texts,
                                 pstm_segy_starts *starts)
{
    const int64_t reel = file->start + PSTM_SEGY_REEL_BYTES;
    const uint64_t offset =
        file->revision == 2 ? pstm_segy_u64(head->bytes, PSTM_BIN_FIRST_TRACE, file->little) : 0;
    int64_t at = -1;
    if (offset != 0) {
        snprintf(starts->announced_by, sizeof starts->announced_by, "byte %d (%" PRIu64 ")",
                 PSTM_BIN_FIRST_TRACE, offset);
        if (offset < (uint64_t)file->source.size_bytes && (int64_t)offset >= reel) at = (int64_t)offset;
    } else if (file->revision == 0) {
        snprintf(starts->announced_by, sizeof starts->announced_by,
                 "byte %d (revision 0: no extended textual headers)", SEGY_BIN_SEGY_REVISION);
        at = reel;
    } else {
        snprintf(starts->announced_by, sizeof starts->announced_by, "byte %d (%d extended textual headers)",
                 SEGY_BIN_EXT_HEADERS, n_texts);
        if (n_texts == -1) PSTM_TRY(find_end_of_texts(file, &at));
        if (n_texts >= 0) at = reel + (int64_t)n_texts * SEGY_TEXT_HEADER_SIZE;
    }
    add(starts, at);
    return PSTM_OK;
}

pstm_status pstm_segy_find_starts(const pstm_segy *file, const pstm_segy_head *head, pstm_segy_starts *starts)
{
    const int64_t reel = file->start + PSTM_SEGY_REEL_BYTES;
    *starts = (pstm_segy_starts){.announced_by = "input.first_trace"};
    if (file->how.first_trace != 0) {
        add(starts, file->how.first_trace);
        return PSTM_OK;
    }
    if (file->kind == PSTM_KIND_SU) {
        add(starts, 0);
        return PSTM_OK;
    }
    const int n_texts = pstm_segy_i16(head->bytes, SEGY_BIN_EXT_HEADERS, file->little);
    PSTM_TRY(add_announced(file, head, n_texts, starts));
    if (n_texts > 0) add(starts, reel + (int64_t)n_texts * SEGY_TEXT_HEADER_SIZE);
    for (int n = 0; n <= TEXTS_TRIED; n++)
        add(starts, reel + (int64_t)n * SEGY_TEXT_HEADER_SIZE);
    return PSTM_OK;
}

pstm_status pstm_segy_search_starts(const pstm_segy *file, const pstm_segy_head *head,
                                    pstm_segy_starts *starts)
{
    const int64_t reel = file->start + PSTM_SEGY_REEL_BYTES, room = file->source.size_bytes - reel;
    const int64_t n = room < SEARCH_BYTES ? room : SEARCH_BYTES;
    const uint16_t n_samples = pstm_segy_u16(head->bytes, SEGY_BIN_SAMPLES, file->little);
    const uint16_t interval_us = pstm_segy_u16(head->bytes, SEGY_BIN_INTERVAL, file->little);
    unsigned char *bytes = NULL;
    starts->n = 0;
    if (file->how.first_trace != 0 || file->kind == PSTM_KIND_SU || n < SEGY_TRACE_HEADER_SIZE ||
        n_samples == 0 || interval_us == 0)
        return PSTM_OK;
    PSTM_TRY(PSTM_NEW(&bytes, n, "the start of a file"));
    const pstm_status status = pstm_byte_source_read(&file->source, reel, n, bytes);
    for (int64_t at = 0; status == PSTM_OK && at + SEGY_TRACE_HEADER_SIZE <= n; at++) {
        if (pstm_segy_u16(bytes + at, file->how.bytes.n_samples, file->little) == n_samples &&
            pstm_segy_u16(bytes + at, file->how.bytes.sample_interval, file->little) == interval_us &&
            starts->n < PSTM_SEGY_MOST_STARTS)
            add(starts, reel + at);
    }
    PSTM_FREE(&bytes);
    return status;
}
