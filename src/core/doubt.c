#include "core/doubt.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"

enum {
    TEXT_BYTES = 2048,
    TOLD_OF_A_KIND = 3 /* at once; a thousand files may share a fault */
};

static const struct {
    const char *word, *remedy;
    pstm_status status; /* of an error */
} kinds[] = {
#define ENTRY(NAME, name, status, meaning, remedy) {#name, remedy, PSTM_##status},
    PSTM_DOUBT_LIST(ENTRY)
#undef ENTRY
};

const char *pstm_doubt_word(pstm_doubt_kind kind)
{
    return kinds[kind].word;
}

const char *pstm_doubt_remedy(pstm_doubt_kind kind)
{
    return kinds[kind].remedy;
}

/* ---- the list ---- */

static pstm_status append(pstm_doubts *doubts, pstm_doubt_kind kind, bool is_error, const char *text)
{
    char *copy = NULL;
    for (int64_t i = 0; i < doubts->n; i++)
        if (doubts->items[i].kind == kind && strcmp(doubts->items[i].text, text) == 0) return PSTM_OK;
    PSTM_TRY(pstm_copy_text(&copy, text));
    const pstm_status status = PSTM_GROW(&doubts->items, &doubts->capacity, doubts->n + 1, "doubts");
    if (status != PSTM_OK) {
        PSTM_FREE(&copy);
        return status;
    }
    doubts->items[doubts->n++] = (pstm_doubt){kind, is_error, copy};
    return PSTM_OK;
}

pstm_status pstm_doubts_add(pstm_doubts *doubts, pstm_doubt_kind kind, bool everywhere, const char *format,
                            ...)
{
    char text[TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return append(doubts, kind, everywhere && kinds[kind].status != PSTM_OK, text);
}

pstm_status pstm_doubts_take(pstm_doubts *doubts, const char *prefix, const pstm_doubts *others)
{
    for (int64_t i = 0; i < others->n; i++) {
        char text[TEXT_BYTES];
        const pstm_doubt *other = &others->items[i];
        snprintf(text, sizeof text, "%s%s%s", prefix, prefix[0] != '\0' ? ": " : "", other->text);
        PSTM_TRY(append(doubts, other->kind, other->is_error, text));
    }
    return PSTM_OK;
}

void pstm_doubts_clear(pstm_doubts *doubts)
{
    for (int64_t i = 0; i < doubts->n; i++)
        PSTM_FREE(&doubts->items[i].text);
    PSTM_FREE(&doubts->items);
    *doubts = (pstm_doubts){0};
}

pstm_status pstm_doubts_describe(const pstm_doubts *doubts, pstm_text *text)
{
    for (int64_t i = 0; i < doubts->n; i++)
        PSTM_TRY(pstm_text_add(text, "[%s] %s\n", kinds[doubts->items[i].kind].word, doubts->items[i].text));
    return PSTM_OK;
}

/* ---- kept in a file ---- */

static const char *grade_of(const pstm_doubt *doubt)
{
    return doubt->is_error ? "error" : "warning";
}

pstm_status pstm_doubts_pack(const pstm_doubts *doubts, pstm_text *packed)
{
    for (int64_t i = 0; i < doubts->n; i++) {
        const pstm_doubt *doubt = &doubts->items[i];
        PSTM_TRY(pstm_text_add(packed, "%s%c%s%c%s%c", kinds[doubt->kind].word, 0, grade_of(doubt), 0,
                               doubt->text, 0));
    }
    return PSTM_OK;
}

/* The next text of [*at, end), behind which *at is then; NULL where no NUL ends it. */
static const char *next_text(const char **at, const char *end)
{
    const char *text = *at, *nul = text < end ? memchr(text, 0, (size_t)(end - text)) : NULL;
    if (nul != NULL) *at = nul + 1;
    return nul != NULL ? text : NULL;
}

/* PSTM_N_DOUBT_KINDS where there is none. */
static pstm_doubt_kind kind_of(const char *word)
{
    int kind = 0;
    while (kind < PSTM_N_DOUBT_KINDS && strcmp(kinds[kind].word, word) != 0)
        kind++;
    return (pstm_doubt_kind)kind;
}

static pstm_status unpack_one(const char **at, const char *end, pstm_doubts *doubts)
{
    const char *word = next_text(at, end), *grade = next_text(at, end), *text = next_text(at, end);
    if (word == NULL || grade == NULL || text == NULL)
        return pstm_fail(PSTM_DATA, "a doubt that was kept is not whole");
    const pstm_doubt_kind kind = kind_of(word);
    const bool is_error = strcmp(grade, "error") == 0;
    if (kind == PSTM_N_DOUBT_KINDS || (!is_error && strcmp(grade, "warning") != 0))
        return pstm_fail(PSTM_DATA, "a doubt that was kept is a %s of a kind that is not known: %s", grade,
                         word);
    return append(doubts, kind, is_error, text);
}

pstm_status pstm_doubts_unpack(const char *packed, int64_t n, pstm_doubts *doubts)
{
    pstm_doubts read = {0};
    pstm_status status = PSTM_OK;
    for (const char *at = packed, *end = packed + n; at < end && status == PSTM_OK;)
        status = unpack_one(&at, end, &read);
    if (status == PSTM_OK) status = pstm_doubts_take(doubts, "", &read);
    pstm_doubts_clear(&read);
    return status;
}

/* ---- telling ---- */

static void print(const char *grade, const pstm_doubt *doubt)
{
    pstm_tell(grade, "[%s] %s; %s", kinds[doubt->kind].word, doubt->text, kinds[doubt->kind].remedy);
}

/* The doubts of a kind that were not told yet, errors or not, but `returned`. */
static void print_kind(const pstm_doubts *doubts, pstm_doubt_kind kind, bool accepted,
                       const pstm_doubt *returned)
{
    int64_t n = 0;
    for (int64_t i = doubts->n_told; i < doubts->n; i++) {
        const pstm_doubt *doubt = &doubts->items[i];
        if (doubt->kind != kind || doubt == returned || (accepted && !doubt->is_error)) continue;
        if (++n <= TOLD_OF_A_KIND) print(doubt->is_error && !accepted ? "error" : "warning", doubt);
    }
    if (n > TOLD_OF_A_KIND)
        pstm_tell("warning", "[%s] %" PRId64 " more like these", kinds[kind].word, n - TOLD_OF_A_KIND);
}

pstm_status pstm_doubts_tell(pstm_doubts *doubts, uint64_t accepted)
{
    const pstm_doubt *first = NULL;
    for (int64_t i = doubts->n_told; i < doubts->n && first == NULL; i++) {
        const pstm_doubt *doubt = &doubts->items[i];
        if (doubt->is_error && (accepted >> doubt->kind & 1) == 0) first = doubt;
    }
    for (int kind = 0; kind < PSTM_N_DOUBT_KINDS; kind++)
        print_kind(doubts, (pstm_doubt_kind)kind, (accepted >> kind & 1) != 0, first);
    doubts->n_told = doubts->n;
    if (first == NULL) return PSTM_OK;
    return pstm_fail(kinds[first->kind].status, "error: [%s] %s; %s (`accept: [%s]` goes on all the same)",
                     kinds[first->kind].word, first->text, kinds[first->kind].remedy,
                     kinds[first->kind].word);
}
