#include "job/convert.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/plain_text.h"
#include "job/paths.h"

static void *field_of(const pstm_key *key, pstm_job *job)
{
    return (char *)job + key->offset;
}

/* How many numbers a list must have; 0: as many as you like, or it is no list of numbers. */
static int count_of(const pstm_key *key)
{
    if (key->type == PSTM_TYPE_CORNERS) return 4;
    const bool is_pair =
        key->type == PSTM_TYPE_PAIR || key->type == PSTM_TYPE_RANGE || key->type == PSTM_TYPE_LABELS;
    return is_pair ? 2 : 0;
}

/* The likeliest reason for a wrong value: a character that looks like another one, a decimal comma that made
 * a longer list, or what the key itself says; NULL: none. */
static const char *hint_of(const pstm_key *key, const pstm_yaml *node)
{
    const char *advice = NULL;
    if (node->kind == PSTM_YAML_SCALAR) advice = pstm_plain_text_advice(node->text, strlen(node->text));
    if (node->kind == PSTM_YAML_LIST && count_of(key) > 0 && pstm_yaml_count(node) > count_of(key))
        advice = "numbers have a decimal point, no comma";
    return advice != NULL ? advice : key->hint;
}

/* "must be EXPECTED, not FOUND; HINT" */
static pstm_status fail_value(const pstm_key *key, const pstm_yaml *node)
{
    pstm_text expected = {0};
    pstm_status status = pstm_key_expect(key, &expected);
    if (status != PSTM_OK) goto cleanup;
    const char *hint = hint_of(key, node), *separator = hint == NULL ? "" : "; ";
    if (hint == NULL) hint = "";
    if (pstm_yaml_is_null(node))
        status = pstm_fail(PSTM_USAGE, "has no value; it must be %s, or be left out", expected.bytes);
    else if (node->kind == PSTM_YAML_LIST)
        status = pstm_fail(PSTM_USAGE, "must be %s, not a list of %d%s%s", expected.bytes,
                           (int)pstm_yaml_count(node), separator, hint);
    else if (node->kind == PSTM_YAML_MAP)
        status =
            pstm_fail(PSTM_USAGE, "must be %s, not a group of keys%s%s", expected.bytes, separator, hint);
    else
        status =
            pstm_fail(PSTM_USAGE, "must be %s, not `%s`%s%s", expected.bytes, node->text, separator, hint);
cleanup:
    pstm_text_clear(&expected);
    return status;
}

/* on/true/yes and off/false/no are one word each, in any case. */
static const char *plain_word(const char *text)
{
    static const char *const on[] = {"on", "true", "yes"}, *const off[] = {"off", "false", "no"};
    for (int i = 0; i < 3; i++) {
        if (strcasecmp(text, on[i]) == 0) return "on";
        if (strcasecmp(text, off[i]) == 0) return "off";
    }
    return text;
}

static bool is_word(const pstm_key *key, const pstm_yaml *node)
{
    return key->word != NULL && node->kind == PSTM_YAML_SCALAR &&
           strcmp(plain_word(node->text), key->word) == 0;
}

/* A whole text that is one finite decimal number. */
static bool read_number(const char *text, double *number)
{
    char *end;
    if (text[strspn(text, "0123456789.eE+-")] != '\0' || text[0] == '\0') return false;
    const double value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value)) return false;
    *number = value + 0.0; /* -0 becomes 0, so that equal jobs are listed alike */
    return true;
}

static bool is_within(const pstm_key *key, double value)
{
    if (key->low_bound == PSTM_BOUND_CLOSED && !(value >= key->low)) return false;
    if (key->low_bound == PSTM_BOUND_OPEN && !(value > key->low)) return false;
    if (key->high_bound == PSTM_BOUND_CLOSED && !(value <= key->high)) return false;
    if (key->high_bound == PSTM_BOUND_OPEN && !(value < key->high)) return false;
    if (key->multiple > 0 && fmod(value, key->multiple) != 0) return false;
    return !key->not_zero || value != 0;
}

/* Exactly n numbers within the bounds; a single one is a scalar. */
static bool read_numbers(const pstm_key *key, const pstm_yaml *node, int n, double *numbers)
{
    const pstm_yaml *item = node;
    if (n > 1) {
        if (node->kind != PSTM_YAML_LIST || pstm_yaml_count(node) != n) return false;
        item = node->first;
    }
    for (int i = 0; i < n; i++, item = item->next) {
        if (item->kind != PSTM_YAML_SCALAR || !read_number(item->text, &numbers[i])) return false;
        if (!is_within(key, numbers[i])) return false;
    }
    return true;
}

static bool is_int32(double value)
{
    return value == floor(value) && value >= INT32_MIN && value <= INT32_MAX;
}

static bool is_among(const char *word, const char *const *words)
{
    double number;
    for (; words != NULL && *words != NULL; words++) {
        if (strcmp(word, *words) == 0) return true;
        if (strcmp(PSTM_ANY_NUMBER, *words) == 0 && read_number(word, &number)) return true;
    }
    return false;
}

static pstm_status fail_choice(const pstm_key *key, const char *word)
{
    pstm_text words = {0};
    pstm_status status = pstm_words_join(key->choices, &words);
    if (status != PSTM_OK) goto cleanup;
    size_t n = 0;
    while (key->choices[n] != NULL)
        n++;
    const char *near = pstm_nearest_word(word, key->choices, n);
    if (is_among(word, key->planned))
        status = pstm_fail(PSTM_USAGE, "`%s` is not available in this version; use %s", word, words.bytes);
    else if (near != NULL)
        status = pstm_fail(PSTM_USAGE, "must be %s, not `%s`; did you mean `%s`?", words.bytes, word, near);
    else
        status = pstm_fail(PSTM_USAGE, "must be %s, not `%s`", words.bytes, word);
cleanup:
    pstm_text_clear(&words);
    return status;
}

static pstm_status read_choice(const pstm_key *key, const pstm_yaml *node, pstm_job *job)
{
    if (node->kind != PSTM_YAML_SCALAR || pstm_yaml_is_null(node)) return fail_value(key, node);
    const bool known = is_among(node->text, key->choices) || is_among(node->text, key->planned);
    const char *word = known ? node->text : plain_word(node->text); /* the weight `true` is no switch */
    int choice = 0;
    while (key->choices[choice] != NULL && strcmp(word, key->choices[choice]) != 0)
        choice++;
    if (key->choices[choice] == NULL) return fail_choice(key, word);
    if (key->offset == PSTM_NOWHERE) return PSTM_OK;
    void *field = field_of(key, job);
    if (key->type == PSTM_TYPE_NAME) return pstm_copy_text(field, word);
    if (key->type == PSTM_TYPE_UNIT) *(double *)field = pstm_velocity_units_m_s[choice];
    if (key->type == PSTM_TYPE_SWITCH) *(bool *)field = choice == 1;
    if (key->type == PSTM_TYPE_CHOICE) *(int *)field = choice; /* enums of the job are as wide as int */
    return PSTM_OK;
}

static const struct {
    const char *name;
    double bytes;
} size_units[] = {{"TiB", 1099511627776.0},
                  {"GiB", 1073741824.0},
                  {"MiB", 1048576.0},
                  {"KiB", 1024.0},
                  {"TB", 1e12},
                  {"GB", 1e9},
                  {"MB", 1e6},
                  {"kB", 1e3},
                  {"B", 1.0},
                  {"", 1.0}};
enum { N_SIZE_UNITS = sizeof size_units / sizeof size_units[0] };

static bool read_size(const pstm_key *key, const pstm_yaml *node, double *bytes)
{
    char number_text[64];
    double number;
    if (node->kind != PSTM_YAML_SCALAR) return false;
    const size_t length = strspn(node->text, "0123456789.");
    snprintf(number_text, sizeof number_text, "%.*s", (int)length, node->text);
    const char *unit = node->text + length + strspn(node->text + length, " ");
    if (!read_number(number_text, &number)) return false;
    for (int i = 0; i < N_SIZE_UNITS; i++) {
        if (strcmp(unit, size_units[i].name) != 0) continue;
        *bytes = floor(number * size_units[i].bytes);
        return is_within(key, *bytes);
    }
    return false;
}

static pstm_status read_numeric(const pstm_key *key, const pstm_yaml *node, pstm_job *job)
{
    double value = key->word_value;
    void *field = field_of(key, job);
    if (!is_word(key, node)) {
        if (key->type == PSTM_TYPE_SIZE ? !read_size(key, node, &value) : !read_numbers(key, node, 1, &value))
            return fail_value(key, node);
        if (key->type == PSTM_TYPE_INTEGER && !is_int32(value)) return fail_value(key, node);
    }
    if (key->type == PSTM_TYPE_NUMBER) *(double *)field = value;
    if (key->type == PSTM_TYPE_INTEGER) *(int32_t *)field = (int32_t)value;
    if (key->type == PSTM_TYPE_SIZE) *(int64_t *)field = (int64_t)value;
    return PSTM_OK;
}

static pstm_status read_word(const pstm_key *key, const pstm_yaml *item, uint64_t *words)
{
    int i = 0;
    if (item->kind != PSTM_YAML_SCALAR || pstm_yaml_is_null(item)) return fail_value(key, item);
    while (key->choices[i] != NULL && strcmp(item->text, key->choices[i]) != 0)
        i++;
    if (key->choices[i] == NULL) return fail_choice(key, item->text);
    *words |= (uint64_t)1 << i;
    return PSTM_OK;
}

static pstm_status read_words(const pstm_key *key, const pstm_yaml *node, pstm_job *job)
{
    uint64_t *words = field_of(key, job);
    const bool list = node->kind == PSTM_YAML_LIST;
    if (is_word(key, node)) return PSTM_OK;
    for (const pstm_yaml *item = list ? node->first : node; item != NULL; item = list ? item->next : NULL)
        PSTM_TRY(read_word(key, item, words));
    return PSTM_OK;
}

/* Factors of a list name cubes: whole thousandths, no two alike. */
static bool can_name_cubes(const pstm_scales *scales)
{
    for (int32_t i = 0; i < scales->n; i++) {
        const double thousandths = scales->factor[i] * 1000;
        if (fabs(thousandths - nearbyint(thousandths)) > 1e-9 * thousandths) return false;
        for (int32_t j = 0; j < i; j++)
            if (nearbyint(1000 * scales->factor[j]) == nearbyint(thousandths)) return false;
    }
    return true;
}

static pstm_status read_scales(const pstm_key *key, const pstm_yaml *node, pstm_job *job)
{
    pstm_scales scales = {.n = 1};
    const bool list = node->kind == PSTM_YAML_LIST;
    if (list) scales.n = pstm_yaml_count(node) > PSTM_MOST_SCALES ? 0 : (int32_t)pstm_yaml_count(node);
    const pstm_yaml *item = list ? node->first : node;
    for (int32_t i = 0; i < scales.n; i++, item = item->next)
        if (!read_numbers(key, item, 1, &scales.factor[i])) return fail_value(key, node);
    if (scales.n == 0 || (list && !can_name_cubes(&scales))) return fail_value(key, node);
    *(pstm_scales *)field_of(key, job) = scales;
    return PSTM_OK;
}

_Static_assert(offsetof(pstm_grid, origin_y_m) == offsetof(pstm_grid, origin_x_m) + sizeof(double),
               "a pair lands in two doubles in a row");

static pstm_status read_tuple(const pstm_key *key, const pstm_yaml *node, pstm_job *job)
{
    double numbers[4];
    const int n = count_of(key);
    if (is_word(key, node)) return PSTM_OK;
    if (!read_numbers(key, node, n, numbers)) return fail_value(key, node);
    for (int i = 1; key->type == PSTM_TYPE_CORNERS && i < n; i++)
        if (!(numbers[i] > numbers[i - 1])) return fail_value(key, node);
    if (key->type == PSTM_TYPE_LABELS && !(is_int32(numbers[0]) && is_int32(numbers[1])))
        return fail_value(key, node);
    if (key->type == PSTM_TYPE_RANGE || key->type == PSTM_TYPE_LABELS) {
        if (numbers[0] > numbers[1]) return fail_value(key, node);
        *(pstm_range *)field_of(key, job) = (pstm_range){true, numbers[0], numbers[1]};
        return PSTM_OK;
    }
    memcpy(field_of(key, job), numbers, (size_t)n * sizeof(double));
    if (key->type == PSTM_TYPE_CORNERS) job->condition.bandpass = true;
    return PSTM_OK;
}

/* Writes whole numbers without leading zeros, so that equal tiles are listed alike. */
static bool tidy_tiles(const char *text, char *tidy, size_t size)
{
    long long first, last;
    int end = 0;
    if (!isdigit((unsigned char)text[0]) || strlen(text) > 32) return false;
    if (sscanf(text, "%9lld%n", &first, &end) == 1 && text[end] == '\0') {
        snprintf(tidy, size, "%lld", first);
        return true;
    }
    const char *dash = strchr(text, '-');
    if (dash == NULL || !isdigit((unsigned char)dash[1])) return false;
    if (sscanf(text, "%9lld-%9lld%n", &first, &last, &end) != 2 || text[end] != '\0') return false;
    snprintf(tidy, size, "%lld-%lld", first, last);
    return first <= last;
}

static bool tidy_line(const char *text, char *tidy, size_t size)
{
    char axis[10];
    int label, end = 0;
    if (strlen(text) > 32 || sscanf(text, "%9[a-z] %9d%n", axis, &label, &end) != 2 || text[end] != '\0')
        return false;
    snprintf(tidy, size, "%s %d", axis, label);
    return strcmp(axis, "inline") == 0 || strcmp(axis, "crossline") == 0;
}

static bool is_text(const pstm_yaml *item)
{
    return item->kind == PSTM_YAML_SCALAR && !pstm_yaml_is_null(item) && item->text[0] != '\0';
}

static pstm_status read_path(const pstm_key *key, const pstm_yaml *node, const char *folder, char **out)
{
    return is_text(node) ? pstm_path_join(folder, node->text, out) : fail_value(key, node);
}

/* Appends what one item of a list means: files, tiles or a line. names->text has room for *capacity. */
static pstm_status read_item(const pstm_key *key, const pstm_yaml *item, const char *folder,
                             pstm_names *names, int64_t *capacity)
{
    char tidy[64];
    if (!is_text(item)) return fail_value(key, item);
    if (key->type == PSTM_TYPE_PATHS) return pstm_paths_add(folder, item->text, names, capacity);
    const bool good = key->type == PSTM_TYPE_TILES ? tidy_tiles(item->text, tidy, sizeof tidy)
                                                   : tidy_line(item->text, tidy, sizeof tidy);
    if (!good) return fail_value(key, item);
    PSTM_TRY(PSTM_GROW(&names->text, capacity, names->n + 1, "a list of the job"));
    PSTM_TRY(pstm_copy_text(&names->text[names->n], tidy));
    names->n++;
    return PSTM_OK;
}

static pstm_status read_names(const pstm_key *key, const pstm_yaml *node, const char *folder, pstm_job *job)
{
    pstm_names *names = field_of(key, job);
    if (is_word(key, node)) return PSTM_OK;
    const bool list = node->kind == PSTM_YAML_LIST;
    int64_t capacity = 0;
    if (list && node->first == NULL) return fail_value(key, node);
    for (const pstm_yaml *item = list ? node->first : node; item != NULL; item = list ? item->next : NULL)
        PSTM_TRY(read_item(key, item, folder, names, &capacity));
    return PSTM_OK;
}

pstm_status pstm_key_read(const pstm_key *key, const pstm_yaml *node, const char *folder, pstm_job *job)
{
    switch (key->type) {
    case PSTM_TYPE_SWITCH:
    case PSTM_TYPE_CHOICE:
    case PSTM_TYPE_NAME:
    case PSTM_TYPE_UNIT:
        return read_choice(key, node, job);
    case PSTM_TYPE_INTEGER:
    case PSTM_TYPE_NUMBER:
    case PSTM_TYPE_SIZE:
        return read_numeric(key, node, job);
    case PSTM_TYPE_SCALES:
        return read_scales(key, node, job);
    case PSTM_TYPE_PAIR:
    case PSTM_TYPE_CORNERS:
    case PSTM_TYPE_RANGE:
    case PSTM_TYPE_LABELS:
        return read_tuple(key, node, job);
    case PSTM_TYPE_WORDS:
        return read_words(key, node, job);
    case PSTM_TYPE_PATH:
        return is_word(key, node) ? PSTM_OK : read_path(key, node, folder, field_of(key, job));
    case PSTM_TYPE_PATHS:
    case PSTM_TYPE_TILES:
    case PSTM_TYPE_LINES:
        return read_names(key, node, folder, job);
    }
    return pstm_fail(PSTM_SYSTEM, "%s has no type", key->path);
}

void pstm_key_clear(const pstm_key *key, pstm_job *job)
{
    if (key->offset == PSTM_NOWHERE) return;
    if (key->type == PSTM_TYPE_PATH || key->type == PSTM_TYPE_NAME) PSTM_FREE((char **)field_of(key, job));
    if (key->type != PSTM_TYPE_PATHS && key->type != PSTM_TYPE_TILES && key->type != PSTM_TYPE_LINES) return;
    pstm_names *names = field_of(key, job);
    for (int64_t i = 0; i < names->n; i++)
        PSTM_FREE(&names->text[i]);
    PSTM_FREE(&names->text);
    names->n = 0;
}
