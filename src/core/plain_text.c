#include "core/plain_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* ---- ends of lines and control characters ---- */

static bool begins(const char *bytes, int64_t n, const char *with)
{
    const int64_t length = (int64_t)strlen(with);
    return n >= length && memcmp(bytes, with, (size_t)length) == 0;
}

/* UTF-16 of Latin letters has a zero in each pair of bytes. */
static bool is_utf16(const pstm_text *text)
{
    const char *b = text->bytes;
    return begins(b, text->length, "\xff\xfe") || begins(b, text->length, "\xfe\xff") ||
           (text->length > 1 && (b[0] == '\0') != (b[1] == '\0'));
}

/* The code of a control character, one of Unicode's line separators among them; 0: there is none here. NUL is
 * told apart by the caller. */
static unsigned control_at(const char *bytes, int64_t n)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (b[0] < 0x20 && b[0] != '\t' && b[0] != '\n' && b[0] != '\r') return b[0];
    if (b[0] == 0x7f) return b[0];
    if (n > 1 && b[0] == 0xc2 && b[1] >= 0x80 && b[1] < 0xa0) return b[1]; /* 0x85 ends a line in YAML */
    if (begins(bytes, n, "\xe2\x80\xa8")) return 0x2028;
    if (begins(bytes, n, "\xe2\x80\xa9")) return 0x2029;
    return 0;
}

static pstm_status fail_control(const pstm_text *text, int64_t at, unsigned code, const char *name,
                                pstm_status refusal)
{
    long long line = 1, column = 1;
    for (int64_t i = 0; i < at; i++) {
        const char c = text->bytes[i];
        if (c == '\n' || (c == '\r' && text->bytes[i + 1] != '\n')) {
            line++;
            column = 1;
        } else if (c != '\r' && (c & 0xc0) != 0x80) { /* continued characters are one column */
            column++;
        }
    }
    char key[16] = "";
    if (code < 0x20) snprintf(key, sizeof key, " (Ctrl-%c)", (int)code + '@');
    if (code == 0x7f) snprintf(key, sizeof key, " (DEL)");
    return pstm_fail(refusal,
                     "%s:%lld:%lld: control character U+%04X%s; delete it: it has no place in a text", name,
                     line, column, code, key);
}

static pstm_status refuse_controls(const pstm_text *text, int64_t from, const char *name, pstm_status refusal)
{
    if (is_utf16(text))
        return pstm_fail(refusal, "%s: the text is in UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)",
                         name);
    for (int64_t i = from; i < text->length; i++) {
        const unsigned code = control_at(text->bytes + i, text->length - i);
        if (code != 0 || text->bytes[i] == '\0') return fail_control(text, i, code, name, refusal);
    }
    return PSTM_OK;
}

pstm_status pstm_plain_text_make(pstm_text *text, const char *name, pstm_status refusal)
{
    const bool marked = begins(text->bytes, text->length, BYTE_ORDER_MARK);
    const int64_t from = marked ? (int64_t)strlen(BYTE_ORDER_MARK) : 0;
    PSTM_TRY(refuse_controls(text, from, name, refusal));
    int64_t n = 0;
    for (int64_t i = from; i < text->length; i++) {
        char c = text->bytes[i];
        if (c == '\r' && text->bytes[i + 1] == '\n') continue;
        if (c == '\r') c = '\n';
        text->bytes[n++] = c;
    }
    text->bytes[n] = '\0';
    text->length = n;
    return PSTM_OK;
}

/* ---- characters that look like others ---- */

#define BLANK(code) "U+" code " looks like a blank; write a plain blank"
#define MINUS(code) "U+" code " looks like a minus; write -"
#define QUOTE(code) "U+" code " looks like a quotation mark; write \" or '"

static const struct {
    const char *bytes, *advice;
} look_alikes[] = {
    {"\xc2\xa0", BLANK("00A0 (a non-breaking space)")},
    {"\xe2\x80\x87", BLANK("2007 (a figure space)")},
    {"\xe2\x80\x89", BLANK("2009 (a thin space)")},
    {"\xe2\x80\xaf", BLANK("202F (a narrow non-breaking space)")},
    {"\xe3\x80\x80", BLANK("3000 (a wide space)")},
    {"\xe2\x80\x8b", "U+200B is a space without width; delete it"},
    {BYTE_ORDER_MARK, "U+FEFF is a byte order mark inside the text, as where files were joined; delete it"},
    {"\xe2\x88\x92", MINUS("2212 (a minus sign)")},
    {"\xe2\x80\x90", MINUS("2010 (a hyphen)")},
    {"\xe2\x80\x91", MINUS("2011 (a non-breaking hyphen)")},
    {"\xe2\x80\x93", MINUS("2013 (an en dash)")},
    {"\xe2\x80\x94", MINUS("2014 (an em dash)")},
    {"\xe2\x80\x98", QUOTE("2018")},
    {"\xe2\x80\x99", QUOTE("2019")},
    {"\xe2\x80\x9c", QUOTE("201C")},
    {"\xe2\x80\x9d", QUOTE("201D")},
    {"\xa0", "byte A0 is a non-breaking space in Latin-1; write a plain blank"},
    {"\x96", "byte 96 is a dash in Windows-1252; write -"},
};
enum { N_LOOK_ALIKES = sizeof look_alikes / sizeof *look_alikes };

static size_t character_bytes(const char *at, size_t left)
{
    size_t n = 1;
    if ((*at & 0xc0) == 0xc0)
        while (n < left && (at[n] & 0xc0) == 0x80)
            n++;
    return n;
}

const char *pstm_plain_text_advice(const char *word, size_t length)
{
    for (size_t i = 0, n; i < length; i += n) {
        n = character_bytes(word + i, length - i);
        for (int k = 0; k < N_LOOK_ALIKES; k++)
            if (strlen(look_alikes[k].bytes) == n && memcmp(word + i, look_alikes[k].bytes, n) == 0)
                return look_alikes[k].advice;
        if (word[i] == ',' && i > 0 && isdigit((unsigned char)word[i - 1]))
            return "numbers have a decimal point and blanks between them, no comma";
    }
    return NULL;
}
