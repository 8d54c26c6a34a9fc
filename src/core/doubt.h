/** @file doubt.h
 * What the program doubts of its inputs (doubt_list.h), collected where the facts are known and told at the
 * end of each phase: a doubt is a warning, or an error where the image would be empty or wrong everywhere.
 * The job's `accept` turns errors into warnings and silences warnings. All functions are Local.
 */
#ifndef PSTM_CORE_DOUBT_H
#define PSTM_CORE_DOUBT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/doubt_list.h"
#include "core/status.h"
#include "core/text.h"

typedef enum pstm_doubt_kind {
#define PSTM_DOUBT_ENTRY(NAME, name, status, meaning, remedy) PSTM_DOUBT_##NAME,
    PSTM_DOUBT_LIST(PSTM_DOUBT_ENTRY)
#undef PSTM_DOUBT_ENTRY
        PSTM_N_DOUBT_KINDS
} pstm_doubt_kind;

_Static_assert(PSTM_N_DOUBT_KINDS <= 64, "a set of doubts has a bit for each");

/** The word of a kind, and the remedy of doubts of that kind; never NULL. */
const char *pstm_doubt_word(pstm_doubt_kind kind);
const char *pstm_doubt_remedy(pstm_doubt_kind kind);

typedef struct pstm_doubt {
    pstm_doubt_kind kind;
    bool is_error;
    char *text; /**< "place: cause" */
} pstm_doubt;

/** Doubts in the order in which they were found; all zero is empty. */
typedef struct pstm_doubts {
    pstm_doubt *items; /**< [n] */
    int64_t n, capacity, n_told;
} pstm_doubts;

/**
 * Adds a doubt: place (file, trace, byte or key) and cause, with figures of this input. everywhere: it makes
 * the whole image empty or wrong; then it is an error, unless its kind is always a warning. What was added
 * before in the same words, as of another image with the same velocities, is not added again.
 */
PSTM_MUST_CHECK pstm_status pstm_doubts_add(pstm_doubts *doubts, pstm_doubt_kind kind, bool everywhere,
                                            const char *format, ...) PSTM_PRINTF(4, 5);

/** Adds copies of all doubts of `others`, "prefix: " before each text; prefix "": nothing before it. */
PSTM_MUST_CHECK pstm_status pstm_doubts_take(pstm_doubts *doubts, const char *prefix,
                                             const pstm_doubts *others);

/**
 * Prints on rank 0 the doubts that were not told yet, as log.h does: of a kind the first three and how many
 * more there are. accepted: bit k stands for kind k. All ranks hold the same doubts. The first error that is
 * not accepted is not printed but returned, with its kind's status and text.
 */
PSTM_MUST_CHECK pstm_status pstm_doubts_tell(pstm_doubts *doubts, uint64_t accepted);

/** Appends a line "[word] place: cause" for each. */
PSTM_MUST_CHECK pstm_status pstm_doubts_describe(const pstm_doubts *doubts, pstm_text *text);

/** Appends all of them, as pstm_doubts_unpack() reads them: of each its word, its grade and its text, a NUL
 * behind each. */
PSTM_MUST_CHECK pstm_status pstm_doubts_pack(const pstm_doubts *doubts, pstm_text *packed);

/** Adds those that are packed in n bytes. PSTM_DATA, and nothing is added, where a word is not known. */
PSTM_MUST_CHECK pstm_status pstm_doubts_unpack(const char *packed, int64_t n, pstm_doubts *doubts);

/** Frees all and leaves an empty list. */
void pstm_doubts_clear(pstm_doubts *doubts);

#endif
