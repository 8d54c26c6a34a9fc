#include "io/journal_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "io/digest.h"

enum { FORMAT_VERSION = 1 };

static pstm_status add_checksum(pstm_text *text, int64_t line_start)
{
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(pstm_digest_bytes(text->bytes + line_start, (size_t)(text->length - line_start)), hex);
    return pstm_text_add(text, " %s\n", hex);
}

pstm_status pstm_line_add_header(pstm_text *text, const pstm_journal_about *about)
{
    const int64_t start = text->length;
    PSTM_TRY(pstm_text_add(text, "pstm-journal %d key %s columns %d %d data ", FORMAT_VERSION,
                           about->image_key, about->n_columns_inline, about->n_columns_crossline));
    const char *comma = "";
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        if (!about->has[d]) continue;
        PSTM_TRY(pstm_text_add(text, "%s%s", comma, pstm_cube_data_name((pstm_cube_data)d)));
        comma = ",";
    }
    return add_checksum(text, start);
}

pstm_status pstm_line_add_record(pstm_text *text, const pstm_journal_about *about,
                                 const pstm_journal_record *record)
{
    const int64_t start = text->length;
    const bool is_whole = pstm_record_is_whole(record);
    PSTM_TRY(pstm_text_add(text, "%s %d %d", is_whole ? "chunk" : "part", record->column_inline,
                           record->column_crossline));
    if (!is_whole) PSTM_TRY(pstm_text_add(text, " "));
    for (int w = PSTM_COLUMN_WORDS - 1; w >= 0 && !is_whole; w--)
        PSTM_TRY(pstm_text_add(text, "%016" PRIx64, record->missing[w]));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        char hex[PSTM_DIGEST_CHARS] = "-";
        if (about->has[d]) pstm_digest_to_hex(record->digest[d], hex);
        PSTM_TRY(pstm_text_add(text, " %s", hex));
    }
    return add_checksum(text, start);
}

bool pstm_line_check(const char *begin, const char *end, const char **payload_end)
{
    uint64_t written;
    const char *space = end - PSTM_DIGEST_CHARS;
    if (end - begin < PSTM_DIGEST_CHARS + 1 || *space != ' ') return false;
    if (!pstm_digest_from_hex(space + 1, &written)) return false;
    *payload_end = space;
    return written == pstm_digest_bytes(begin, (size_t)(space - begin));
}

bool pstm_line_in_cube(const pstm_journal_about *about, int64_t ci, int64_t cj)
{
    return ci >= 0 && ci < about->n_columns_inline && cj >= 0 && cj < about->n_columns_crossline;
}

static bool read_digest(const char *word, uint64_t *digest)
{
    return strlen(word) == 16 && pstm_digest_from_hex(word, digest);
}

/* Which locations are missing; a column of a `part` misses some. */
static bool read_missing(const char *digits, pstm_journal_record *record)
{
    char word[17] = "";
    if (strlen(digits) != (size_t)16 * PSTM_COLUMN_WORDS) return false;
    for (int w = PSTM_COLUMN_WORDS - 1; w >= 0; w--, digits += 16) {
        memcpy(word, digits, 16);
        if (!read_digest(word, &record->missing[w])) return false;
    }
    return !pstm_record_is_whole(record);
}

bool pstm_line_read_record(const pstm_journal_about *about, const char *begin, const char *end,
                           pstm_journal_record *record)
{
    char text[240]; /* longer than any record */
    if (end - begin >= (int)sizeof text) return false;
    memcpy(text, begin, (size_t)(end - begin));
    text[end - begin] = '\0';
    char missing[68], word[PSTM_CUBE_N_DATA][20];
    int at = 0, used = 0;
    *record = (pstm_journal_record){0};
    if (sscanf(text, "chunk %" SCNd32 " %" SCNd32 "%n", &record->column_inline, &record->column_crossline,
               &at) != 2) {
        if (sscanf(text, "part %" SCNd32 " %" SCNd32 " %67s%n", &record->column_inline,
                   &record->column_crossline, missing, &at) != 3 ||
            !read_missing(missing, record))
            return false;
    }
    if (sscanf(text + at, " %19s %19s %19s %19s%n", word[0], word[1], word[2], word[3], &used) != 4)
        return false;
    if (at + used != end - begin ||
        !pstm_line_in_cube(about, record->column_inline, record->column_crossline))
        return false;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (about->has[d] ? !read_digest(word[d], &record->digest[d]) : strcmp(word[d], "-") != 0)
            return false;
    return true;
}

pstm_status pstm_line_add_lost(pstm_text *text, const pstm_journal_about *about,
                               const pstm_journal_record *record)
{
    const int64_t start = text->length;
    (void)about;
    PSTM_TRY(pstm_text_add(text, "lost %d %d", record->column_inline, record->column_crossline));
    return add_checksum(text, start);
}

pstm_status pstm_line_add_frame(pstm_text *text, uint64_t digest)
{
    const int64_t start = text->length;
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(digest, hex);
    PSTM_TRY(pstm_text_add(text, "frame %s", hex));
    return add_checksum(text, start);
}

bool pstm_line_read_lost(const pstm_journal_about *about, const char *begin, const char *end,
                         pstm_journal_record *record)
{
    char text[40]; /* longer than any */
    int used = 0;
    if (end - begin >= (int)sizeof text) return false;
    memcpy(text, begin, (size_t)(end - begin));
    text[end - begin] = '\0';
    *record = (pstm_journal_record){0};
    if (sscanf(text, "lost %" SCNd32 " %" SCNd32 "%n", &record->column_inline, &record->column_crossline,
               &used) != 2)
        return false;
    return used == end - begin && pstm_line_in_cube(about, record->column_inline, record->column_crossline);
}

bool pstm_line_read_frame(const char *begin, const char *end, uint64_t *digest)
{
    static const char word[] = "frame ";
    const size_t n = sizeof word - 1;
    return (size_t)(end - begin) == n + PSTM_DIGEST_CHARS - 1 && memcmp(begin, word, n) == 0 &&
           pstm_digest_from_hex(begin + n, digest);
}
