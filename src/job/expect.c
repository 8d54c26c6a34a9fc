/* What a value must be, in words: for errors and for the manual. */
#include "job/schema.h"

static const char *const type_words[] = {
    [PSTM_TYPE_INTEGER] = "a whole number",
    [PSTM_TYPE_NUMBER] = "a number",
    [PSTM_TYPE_SIZE] = "a size such as `2 GiB`",
    [PSTM_TYPE_SCALES] = "a number or a list of up to 32 of them",
    [PSTM_TYPE_PAIR] = "two numbers [x, y]",
    [PSTM_TYPE_CORNERS] = "four rising numbers [a, b, c, d]",
    [PSTM_TYPE_RANGE] = "[first, last] with first <= last",
    [PSTM_TYPE_LABELS] = "[first, last] in whole numbers with first <= last",
    [PSTM_TYPE_PATH] = "a path",
    [PSTM_TYPE_PATHS] = "a path or a list of paths",
    [PSTM_TYPE_TILES] = "a list of tile numbers and ranges such as [3, 12-20]",
    [PSTM_TYPE_LINES] = "a list of lines such as [inline 120, crossline 80]",
};

pstm_status pstm_words_join(const char *const *words, pstm_text *text)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *separator = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        PSTM_TRY(pstm_text_add(text, "%s`%s`", separator, words[i]));
    }
    return PSTM_OK;
}

/* A size has its bounds in words of their own: 1152921504606846976 says nothing to a reader. */
static pstm_status add_bounds(const pstm_key *key, pstm_text *text)
{
    if (key->type == PSTM_TYPE_SIZE) return pstm_text_add(text, ", 1 MiB or more");
    const bool several = key->type == PSTM_TYPE_SCALES || key->type == PSTM_TYPE_PAIR ||
                         key->type == PSTM_TYPE_CORNERS || key->type == PSTM_TYPE_RANGE;
    if (several && key->low_bound != PSTM_BOUND_NONE) PSTM_TRY(pstm_text_add(text, ", each"));
    if (key->low_bound != PSTM_BOUND_NONE)
        PSTM_TRY(pstm_text_add(text, " %s %.10g", key->low_bound == PSTM_BOUND_OPEN ? ">" : ">=", key->low));
    if (key->high_bound != PSTM_BOUND_NONE)
        PSTM_TRY(pstm_text_add(text, "%s %s %.10g", key->low_bound == PSTM_BOUND_NONE ? "" : " and",
                               key->high_bound == PSTM_BOUND_OPEN ? "<" : "<=", key->high));
    if (key->not_zero) PSTM_TRY(pstm_text_add(text, ", not 0"));
    if (key->multiple > 0) PSTM_TRY(pstm_text_add(text, ", a multiple of %d", key->multiple));
    if (key->unit != NULL) PSTM_TRY(pstm_text_add(text, " (%s)", key->unit));
    return PSTM_OK;
}

pstm_status pstm_key_expect(const pstm_key *key, pstm_text *text)
{
    if (key->type == PSTM_TYPE_WORDS) PSTM_TRY(pstm_text_add(text, "`%s`, or one or a list of ", key->word));
    if (key->choices != NULL) return pstm_words_join(key->choices, text);
    PSTM_TRY(pstm_text_add(text, "%s", type_words[key->type]));
    PSTM_TRY(add_bounds(key, text));
    return key->word == NULL ? PSTM_OK : pstm_text_add(text, ", or `%s`", key->word);
}
