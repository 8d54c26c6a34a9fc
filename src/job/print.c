/* Values of a job in canonical form. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "job/schema.h"

static const void *field_of(const pstm_key *key, const pstm_job *job)
{
    return (const char *)job + key->offset;
}

/* The shortest of 15 to 17 digits that reads back as the same number. */
static pstm_status add_number(double value, pstm_text *text)
{
    char digits[40];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    return pstm_text_add(text, "%s", digits);
}

/* Plain where YAML certainly takes it as the same text, else in double quotes. */
static bool is_plain(const char *word)
{
    const size_t dots = strspn(word, ".");
    if (word[0] == '\0' || strcmp(word, "null") == 0 || word[strlen(word) - 1] == ' ') return false;
    if (!isalnum((unsigned char)word[0]) && word[0] != '/' && word[0] != '_' &&
        !(dots > 0 && word[dots] == '/'))
        return false;
    return word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+- ")] == '\0';
}

pstm_status pstm_word_print(const char *word, pstm_text *text)
{
    if (is_plain(word)) return pstm_text_add(text, "%s", word);
    PSTM_TRY(pstm_text_add(text, "\""));
    for (; *word != '\0'; word++) {
        const unsigned char c = (unsigned char)*word;
        if (c < 0x20 || c == 0x7f)
            PSTM_TRY(pstm_text_add(text, "\\x%02x", c));
        else
            PSTM_TRY(pstm_text_add(text, "%s%c", c == '"' || c == '\\' ? "\\" : "", c));
    }
    return pstm_text_add(text, "\"");
}

static pstm_status add_numbers(const double *values, int n, pstm_text *text)
{
    for (int i = 0; i < n; i++) {
        PSTM_TRY(pstm_text_add(text, "%s", i == 0 ? "[" : ", "));
        PSTM_TRY(add_number(values[i], text));
    }
    return pstm_text_add(text, "]");
}

static pstm_status add_names(const pstm_key *key, const pstm_names *names, pstm_text *text)
{
    if (names->n == 0 && key->word != NULL) return pstm_text_add(text, "%s", key->word);
    PSTM_TRY(pstm_text_add(text, "["));
    for (int64_t i = 0; i < names->n; i++) {
        PSTM_TRY(pstm_text_add(text, "%s", i == 0 ? "" : ", "));
        PSTM_TRY(pstm_word_print(names->text[i], text));
    }
    return pstm_text_add(text, "]");
}

static pstm_status add_size(int64_t bytes, pstm_text *text)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    while (unit < 4 && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    return pstm_text_add(text, "%" PRId64 " %s", bytes, units[unit]);
}

static pstm_status print_numeric(const pstm_key *key, const void *field, pstm_text *text)
{
    double value = 0;
    if (key->type == PSTM_TYPE_NUMBER) value = *(const double *)field;
    if (key->type == PSTM_TYPE_INTEGER) value = *(const int32_t *)field;
    if (key->type == PSTM_TYPE_SIZE) value = (double)*(const int64_t *)field;
    if (key->word != NULL && value == key->word_value) return pstm_text_add(text, "%s", key->word);
    if (key->type == PSTM_TYPE_SIZE) return add_size(*(const int64_t *)field, text);
    return add_number(value, text);
}

static pstm_status print_choice(const pstm_key *key, const void *field, pstm_text *text)
{
    int choice = 0;
    if (key->type == PSTM_TYPE_SWITCH) choice = *(const bool *)field;
    if (key->type == PSTM_TYPE_CHOICE) choice = *(const int *)field;
    if (key->type == PSTM_TYPE_UNIT)
        while (key->choices[choice + 1] != NULL && pstm_velocity_units_m_s[choice] != *(const double *)field)
            choice++;
    return pstm_text_add(text, "%s", key->choices[choice]);
}

static pstm_status print_words(const pstm_key *key, uint64_t words, pstm_text *text)
{
    if (words == 0) return pstm_text_add(text, "%s", key->word);
    const char *separator = "[";
    for (int i = 0; key->choices[i] != NULL; i++) {
        if ((words >> i & 1) == 0) continue;
        PSTM_TRY(pstm_text_add(text, "%s%s", separator, key->choices[i]));
        separator = ", ";
    }
    return pstm_text_add(text, "]");
}

/* Appends the value in canonical form: YAML that pstm_key_read() turns into the same value. */
static pstm_status print_key(const pstm_key *key, const pstm_job *job, pstm_text *text)
{
    if (key->offset == PSTM_NOWHERE) return pstm_text_add(text, "%s", key->choices[0]);
    const void *field = field_of(key, job);
    const pstm_range *range = field;
    const char *word = key->word == NULL ? "" : key->word;
    switch (key->type) {
    case PSTM_TYPE_SWITCH:
    case PSTM_TYPE_CHOICE:
    case PSTM_TYPE_UNIT:
        return print_choice(key, field, text);
    case PSTM_TYPE_INTEGER:
    case PSTM_TYPE_NUMBER:
    case PSTM_TYPE_SIZE:
        return print_numeric(key, field, text);
    case PSTM_TYPE_SCALES: {
        const pstm_scales *scales = field;
        return scales->n == 1 ? add_number(scales->factor[0], text)
                              : add_numbers(scales->factor, scales->n, text);
    }
    case PSTM_TYPE_PAIR:
        return add_numbers(field, 2, text);
    case PSTM_TYPE_CORNERS:
        return job->condition.bandpass ? add_numbers(field, 4, text) : pstm_text_add(text, "%s", word);
    case PSTM_TYPE_RANGE:
    case PSTM_TYPE_LABELS:
        return range->set ? add_numbers(&range->first, 2, text) : pstm_text_add(text, "%s", word);
    case PSTM_TYPE_WORDS:
        return print_words(key, *(const uint64_t *)field, text);
    case PSTM_TYPE_NAME:
    case PSTM_TYPE_PATH: {
        const char *name = *(char *const *)field;
        return name == NULL ? pstm_text_add(text, "%s", word) : pstm_word_print(name, text);
    }
    case PSTM_TYPE_PATHS:
    case PSTM_TYPE_TILES:
    case PSTM_TYPE_LINES:
        return add_names(key, field, text);
    }
    return pstm_fail(PSTM_SYSTEM, "%s has no type", key->path);
}

/* A line of the listing, or none where the key came later, has its default and is not asked for. */
static pstm_status add_line(const pstm_key *key, const pstm_job *job, pstm_job_keys which, pstm_text *text)
{
    const int64_t start = text->length;
    PSTM_TRY(pstm_text_add(text, "%s: ", key->path));
    const int64_t value = text->length;
    PSTM_TRY(print_key(key, job, text));
    if (which != PSTM_KEYS_ALL && key->added_later && strcmp(text->bytes + value, key->initial) == 0) {
        text->length = start;
        text->bytes[start] = '\0';
        return PSTM_OK;
    }
    return pstm_text_add(text, "\n");
}

pstm_status pstm_job_list(const pstm_job *job, pstm_job_keys which, pstm_text *text)
{
    for (size_t i = 0; i < pstm_n_keys; i++) {
        const pstm_key *key = &pstm_schema[i];
        const bool traces = key->keys == PSTM_KEYS_TRACES, image = traces || key->keys == PSTM_KEYS_IMAGE;
        if ((which == PSTM_KEYS_TRACES && !traces) || (which == PSTM_KEYS_IMAGE && !image)) continue;
        PSTM_TRY(add_line(key, job, which, text));
    }
    return PSTM_OK;
}
