#include "io/segy/words.h"

#include <inttypes.h>

#include "core/memory.h"
#include "io/segy/file.h"

enum { READ_BYTES = 64 << 10, CARDS = 40, CARD_BYTES = 80 };

const pstm_segy_word pstm_segy_words[PSTM_SEGY_WORDS] = {
#define ENTRY(byte, width, name) {byte, width, name},
    PSTM_SEGY_WORD_LIST(ENTRY)
#undef ENTRY
};

/* ---- words ------------------------------------------------------------------------------------------- */

static void split(const pstm_segy *file, const unsigned char *header, int32_t *values)
{
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        const pstm_segy_word *word = &pstm_segy_words[w];
        values[w] = word->width == 2 ? pstm_segy_i16(header, word->byte, file->little)
                                     : pstm_segy_i32(header, word->byte, file->little);
    }
    /* Counts have no sign. */
    values[PSTM_SEGY_WORD_115] &= 0xffff;
    values[PSTM_SEGY_WORD_117] &= 0xffff;
}

pstm_status pstm_segy_read_words(const pstm_segy *file, int64_t first, int64_t n, int32_t *values)
{
    /* Short traces are read over, long ones are skipped. */
    const bool whole = file->trace_bytes <= READ_BYTES / 8;
    const int64_t pitch = whole ? file->trace_bytes : file->header_bytes,
                  most = whole ? READ_BYTES / pitch : 1;
    unsigned char *bytes = NULL;
    pstm_status status;
    if (first < 0 || n < 0 || n > file->n_traces - first)
        return pstm_fail(PSTM_DATA,
                         "%s: traces [%" PRId64 ", %" PRId64 ") were asked for and it has %" PRId64,
                         file->path, first, first + n, file->n_traces);
    PSTM_GO(PSTM_NEW(&bytes, most * pitch, "trace headers"));
    for (int64_t i = 0; i < n; i += most) {
        const int64_t m = n - i < most ? n - i : most;
        PSTM_GO(pstm_byte_source_read(&file->source, file->first_trace + (first + i) * file->trace_bytes,
                                      (m - 1) * pitch + file->header_bytes, bytes));
        for (int64_t k = 0; k < m; k++)
            split(file, bytes + k * pitch, values + (i + k) * PSTM_SEGY_WORDS);
    }
cleanup:
    PSTM_FREE(&bytes);
    return status;
}

/* ---- text -------------------------------------------------------------------------------------------- */

/* Code page 037 from 0x40 on; what is no character of ASCII is a dot. */
static char from_ebcdic(unsigned char byte)
{
    static const char page[] = " ...........<(+|&.........!$*);.-/.........,%_>?.........`:#@'=\""
                               ".abcdefghi.......jklmnopqr.......~stuvwxyz......^.........[]...."
                               "{ABCDEFGHI......}JKLMNOPQR......\\.STUVWXYZ......0123456789......";
    if (byte < 0x40) return page[byte == 0 ? 0 : 1];
    return page[byte - 0x40];
}

static char from_ascii(unsigned char byte)
{
    if (byte == 0) return ' ';
    if (byte < ' ' || byte > '~') return '.';
    return (char)byte;
}

/* Letters are 0x41 to 0x7a in ASCII and 0x81 to 0xe9 in EBCDIC; blanks are 0x20 and 0x40. */
static bool looks_ebcdic(const unsigned char *bytes, int64_t n)
{
    int64_t n_ebcdic = 0, n_ascii = 0;
    for (int64_t i = 0; i < n; i++) {
        n_ebcdic += bytes[i] == 0x40 || bytes[i] >= 0x81;
        n_ascii += bytes[i] == 0x20 || (bytes[i] > 0x40 && bytes[i] <= 0x7a);
    }
    return n_ebcdic > n_ascii;
}

static pstm_status add_card(const unsigned char *bytes, bool ebcdic, pstm_text *text)
{
    char card[CARD_BYTES + 1];
    int n = CARD_BYTES;
    for (int i = 0; i < CARD_BYTES; i++) {
        if (ebcdic)
            card[i] = from_ebcdic(bytes[i]);
        else
            card[i] = from_ascii(bytes[i]);
    }
    while (n > 0 && card[n - 1] == ' ')
        n--;
    card[n] = '\0';
    return pstm_text_add(text, "%s\n", card);
}

pstm_status pstm_segy_read_text(const pstm_segy *file, pstm_text *text, bool *is_ebcdic)
{
    unsigned char bytes[CARDS * CARD_BYTES];
    *is_ebcdic = false;
    if (file->kind == PSTM_KIND_SU) return PSTM_OK;
    PSTM_TRY(pstm_byte_source_read(&file->source, file->start, sizeof bytes, bytes));
    *is_ebcdic = looks_ebcdic(bytes, sizeof bytes);
    for (int card = 0; card < CARDS; card++)
        PSTM_TRY(add_card(bytes + card * CARD_BYTES, *is_ebcdic, text));
    return PSTM_OK;
}
