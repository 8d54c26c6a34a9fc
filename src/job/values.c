#include "job/values.h"

#include <stdio.h>
#include <string.h>

#include "core/plain_text.h"

enum { PATH_BYTES = 256, WORD_BYTES = 64, MEMBER_LIMIT = 64 };

/* The different words that may follow `prefix` ("" or "grid.time.") in a path. */
typedef struct members {
    char word[MEMBER_LIMIT][WORD_BYTES];
    const char *list[MEMBER_LIMIT + 1]; /* NULL-ended */
    size_t n;
} members;

const char *pstm_job_place(const pstm_job_source *source, const pstm_yaml *node, char *buffer, size_t size)
{
    if (!source->is_file)
        snprintf(buffer, size, "--set %s", source->name);
    else if (node != NULL)
        snprintf(buffer, size, "%s:%d", source->name, node->line);
    else
        snprintf(buffer, size, "%s", source->name);
    return buffer;
}

static void find_members(const char *prefix, members *found)
{
    found->n = 0;
    for (size_t i = 0; i < pstm_n_keys && found->n < MEMBER_LIMIT; i++) {
        const char *path = pstm_schema[i].path;
        if (strncmp(path, prefix, strlen(prefix)) != 0) continue;
        path += strlen(prefix);
        char *word = found->word[found->n];
        snprintf(word, WORD_BYTES, "%.*s", (int)strcspn(path, "."), path);
        /* Members of a group stand together in the schema. */
        if (found->n > 0 && strcmp(found->list[found->n - 1], word) == 0) continue;
        found->list[found->n++] = word;
    }
    found->list[found->n] = NULL;
}

/* The path that ends in `word` somewhere else in the schema, in `path`; false if there is none. */
static bool find_elsewhere(const char *word, char path[PATH_BYTES])
{
    for (size_t i = 0; i < pstm_n_keys; i++) {
        snprintf(path, PATH_BYTES, "%s", pstm_schema[i].path);
        char *rest = path;
        for (char *part = strsep(&rest, "."); part != NULL; part = strsep(&rest, ".")) {
            if (strcmp(part, word) == 0) {
                snprintf(path, PATH_BYTES, "%.*s", (int)(part - path) + (int)strlen(word),
                         pstm_schema[i].path);
                return true;
            }
        }
    }
    return false;
}

/* Length of the longest group in front of an unknown path, its dot included: "grid.time." of "grid.time.m".
 */
static size_t known_length(const char *path)
{
    size_t known = 0;
    for (const char *dot = strchr(path, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        char group[PATH_BYTES];
        snprintf(group, sizeof group, "%.*s", (int)(dot - path), path);
        if (pstm_key_is_group(group)) known = (size_t)(dot - path) + 1;
    }
    return known;
}

static pstm_status fail_unknown(const char *place, const char *path)
{
    const char *word = path + known_length(path);
    char prefix[PATH_BYTES], elsewhere[PATH_BYTES];
    members known;
    pstm_text words = {0};
    const char *advice = pstm_plain_text_advice(word, strlen(word));
    if (word[strspn(word, "0123456789")] == '\0')
        advice = "a number with a decimal comma makes such a key: write a point";
    if (advice != NULL) return pstm_fail(PSTM_USAGE, "%s: %s: unknown key; %s", place, path, advice);
    snprintf(prefix, sizeof prefix, "%.*s", (int)(word - path), path);
    find_members(prefix, &known);
    const char *near = pstm_nearest_word(word, known.list, known.n);
    if (near != NULL)
        return pstm_fail(PSTM_USAGE, "%s: %s: unknown key; did you mean `%s`?", place, path, near);
    if (find_elsewhere(word, elsewhere))
        return pstm_fail(PSTM_USAGE, "%s: %s: unknown key; did you mean `%s`?", place, path, elsewhere);
    pstm_status status = pstm_words_join(known.list, &words);
    if (status == PSTM_OK)
        status = pstm_fail(PSTM_USAGE, "%s: %s: unknown key; known here: %s", place, path, words.bytes);
    pstm_text_clear(&words);
    return status;
}

static pstm_status fail_group(const char *place, const char *path)
{
    char prefix[PATH_BYTES + 1];
    members known;
    pstm_text words = {0};
    snprintf(prefix, sizeof prefix, "%s.", path);
    find_members(prefix, &known);
    pstm_status status = pstm_words_join(known.list, &words);
    if (status == PSTM_OK)
        status = pstm_fail(PSTM_USAGE, "%s: %s: must be a group with the keys %s", place, path, words.bytes);
    pstm_text_clear(&words);
    return status;
}

static pstm_status take_value(pstm_job_value *value, const pstm_job_source *source, const pstm_yaml *node,
                              const char *place, const char *path)
{
    if (value->source == source) /* nested and with dots; plain repeats were refused by the parser */
        return pstm_fail(PSTM_USAGE, "%s: duplicate key `%s`: it is on line %d already; remove one", place,
                         path, value->node->line);
    *value = (pstm_job_value){node, source};
    return PSTM_OK;
}

/* `prefix` is "" or "grid.time." for the members of `map`. */
static pstm_status take_members(pstm_job_value *values, const pstm_job_source *source, const pstm_yaml *map,
                                const char *prefix)
{
    for (const pstm_yaml *node = map->first; node != NULL; node = node->next) {
        char place_bytes[512], path[PATH_BYTES], inner[PATH_BYTES + 1];
        const char *place = pstm_job_place(source, node, place_bytes, sizeof place_bytes);
        snprintf(path, sizeof path, "%s%s", prefix, node->key);
        const pstm_key *key = pstm_key_find(path);
        const bool scalar = node->kind == PSTM_YAML_SCALAR;
        if (key == NULL && scalar && !pstm_yaml_is_null(node)) key = pstm_key_find_shorthand(path);
        if (key != NULL) {
            PSTM_TRY(take_value(&values[key - pstm_schema], source, node, place, path));
        } else if (!pstm_key_is_group(path)) {
            return fail_unknown(place, path);
        } else if (node->kind == PSTM_YAML_MAP) {
            snprintf(inner, sizeof inner, "%s.", path);
            PSTM_TRY(take_members(values, source, node, inner));
        } else if (!pstm_yaml_is_null(node)) { /* a group whose members are all commented out is fine */
            return fail_group(place, path);
        }
    }
    return PSTM_OK;
}

pstm_status pstm_job_values_take(pstm_job_value *values, const pstm_job_source *source)
{
    char place[512];
    if (source->tree->kind != PSTM_YAML_MAP && !pstm_yaml_is_null(source->tree))
        return pstm_fail(PSTM_USAGE, "%s: a job is made of lines `key: value`; this is something else",
                         pstm_job_place(source, source->tree, place, sizeof place));
    return take_members(values, source, source->tree, "");
}
