#include "io/digest.h"

#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* the streaming state on the stack */
#include <xxhash.h>

#include "core/memory.h"

/* Little-endian bytes of a number, whatever the machine. */
static void put_little_endian(unsigned char bytes[8], uint64_t number)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
}

uint64_t pstm_digest_bytes(const void *bytes, size_t n)
{
    return XXH3_64bits(n == 0 ? "" : bytes, n);
}

uint64_t pstm_digest_rows(const void *rows, int64_t n, size_t row_bytes, size_t stride_bytes)
{
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (int64_t i = 0; i < n; i++)
        XXH3_64bits_update(&state, (const unsigned char *)rows + (size_t)i * stride_bytes, row_bytes);
    return XXH3_64bits_digest(&state);
}

uint64_t pstm_digest_combine(const uint64_t *digests, int64_t n)
{
    enum { GROUP = 512 };
    unsigned char bytes[GROUP * 8];
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (int64_t first = 0; first < n; first += GROUP) {
        const int64_t n_group = n - first < GROUP ? n - first : GROUP;
        for (int64_t i = 0; i < n_group; i++)
            put_little_endian(bytes + 8 * i, digests[first + i]);
        XXH3_64bits_update(&state, bytes, (size_t)n_group * 8);
    }
    return XXH3_64bits_digest(&state);
}

static const char hex_digits[] = "0123456789abcdef";

void pstm_digest_to_hex(uint64_t digest, char text[PSTM_DIGEST_CHARS])
{
    for (int i = 0; i < 16; i++)
        text[i] = hex_digits[digest >> (60 - 4 * i) & 15];
    text[16] = '\0';
}

bool pstm_digest_from_hex(const char *text, uint64_t *digest)
{
    uint64_t read = 0;
    for (int i = 0; i < 16; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(hex_digits, text[i]);
        if (digit == NULL) return false;
        read = read << 4 | (uint64_t)(digit - hex_digits);
    }
    *digest = read;
    return true;
}

void pstm_digest_key(const char *text, char key[PSTM_KEY_CHARS])
{
    const XXH128_hash_t hash = XXH3_128bits(text, strlen(text));
    pstm_digest_to_hex(hash.high64, key);
    pstm_digest_to_hex(hash.low64, key + 16);
}

/* A line "name: value" of a key text; a line without ": " is all name. */
typedef struct line {
    const char *name, *value;
    int name_length, value_length;
    int occurrence; /* how many earlier lines have this name */
} line;

static bool same_name(const line *a, const line *b)
{
    return a->name_length == b->name_length && memcmp(a->name, b->name, (size_t)a->name_length) == 0;
}

static bool same_value(const line *a, const line *b)
{
    return a->value_length == b->value_length && memcmp(a->value, b->value, (size_t)a->value_length) == 0;
}

static line cut_line(const char *begin, const char *end)
{
    line cut = {.name = begin, .value = end, .name_length = (int)(end - begin)};
    const char *colon = memmem(begin, (size_t)(end - begin), ": ", 2);
    if (colon == NULL) return cut;
    cut.name_length = (int)(colon - begin);
    cut.value = colon + 2;
    cut.value_length = (int)(end - cut.value);
    return cut;
}

static pstm_status cut_lines(const char *text, line **lines, int64_t *n)
{
    int64_t n_read = 0, capacity = 0;
    line *read = NULL;
    while (*text != '\0') {
        const char *end = strchrnul(text, '\n');
        if (end > text) {
            const pstm_status status = PSTM_GROW(&read, &capacity, n_read + 1, "the lines of a key");
            if (status != PSTM_OK) {
                PSTM_FREE(&read);
                return status;
            }
            line cut = cut_line(text, end);
            for (int64_t i = 0; i < n_read; i++)
                cut.occurrence += same_name(&read[i], &cut);
            read[n_read++] = cut;
        }
        text = *end == '\0' ? end : end + 1;
    }
    *lines = read;
    *n = n_read;
    return PSTM_OK;
}

static const line *find_line(const line *lines, int64_t n, const line *wanted)
{
    for (int64_t i = 0; i < n; i++)
        if (same_name(&lines[i], wanted) && lines[i].occurrence == wanted->occurrence) return &lines[i];
    return NULL;
}

static pstm_status add_difference(pstm_text *text, const line *found, const char *found_where,
                                  const line *wanted, const char *wanted_where)
{
    const line *any = found != NULL ? found : wanted;
    const line absent = {.value = "absent", .value_length = 6};
    const line empty = {.value = "nothing", .value_length = 7};
    const line *f = found == NULL ? &absent : found->value_length == 0 ? &empty : found;
    const line *w = wanted == NULL ? &absent : wanted->value_length == 0 ? &empty : wanted;
    return pstm_text_add(text, "%.*s: %.*s in %s, %.*s in %s\n", any->name_length, any->name, f->value_length,
                         f->value, found_where, w->value_length, w->value, wanted_where);
}

pstm_status pstm_digest_difference(const char *found, const char *found_where, const char *wanted,
                                   const char *wanted_where, pstm_text *difference)
{
    pstm_status status = PSTM_OK;
    line *f = NULL, *w = NULL;
    int64_t n_f = 0, n_w = 0;
    pstm_text text = {0};
    PSTM_GO(cut_lines(found, &f, &n_f));
    PSTM_GO(cut_lines(wanted, &w, &n_w));
    for (int64_t i = 0; i < n_w; i++) {
        const line *other = find_line(f, n_f, &w[i]);
        if (other == NULL || !same_value(other, &w[i]))
            PSTM_GO(add_difference(&text, other, found_where, &w[i], wanted_where));
    }
    for (int64_t i = 0; i < n_f; i++)
        if (find_line(w, n_w, &f[i]) == NULL)
            PSTM_GO(add_difference(&text, &f[i], found_where, NULL, wanted_where));
    if (text.length > 0) PSTM_GO(pstm_text_add(difference, "%s", text.bytes));
cleanup:
    pstm_text_clear(&text);
    PSTM_FREE(&f);
    PSTM_FREE(&w);
    return status;
}
