/** @file journal_record.h
 * What a journal (journal.h) says: of its cube, and of a chunk column. All functions are Local.
 */
#ifndef PSTM_IO_JOURNAL_RECORD_H
#define PSTM_IO_JOURNAL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

/** The datasets of a cube, in the order of the journal. */
typedef enum pstm_cube_data {
    PSTM_CUBE_GATHER,      /**< /gather (inline, crossline, class, twt): raw sums of each class */
    PSTM_CUBE_GATHER_FOLD, /**< /gather_fold, same axes: the fold of each class */
    PSTM_CUBE_STACK,       /**< /stack (inline, crossline, twt): what is made of the classes (cube.h) */
    PSTM_CUBE_FOLD,        /**< /fold (inline, crossline, twt): fold of all classes */
    PSTM_CUBE_N_DATA
} pstm_cube_data;

/** "gather", "gather_fold", "stack" or "fold". */
const char *pstm_cube_data_name(pstm_cube_data data);

/** What the first line says. */
typedef struct pstm_journal_about {
    const char *image_key;                         /**< hexadecimal, not empty */
    int32_t n_columns_inline, n_columns_crossline; /**< chunk columns on each axis, >= 1 */
    bool has[PSTM_CUBE_N_DATA];                    /**< datasets of the cube */
} pstm_journal_about;

enum { PSTM_COLUMN_WORDS = 4 /**< of 64 locations of a chunk column */ };

/** A chunk column, finished or in part. Plain data: it can be sent as bytes between ranks of one run. */
typedef struct pstm_journal_record {
    int32_t column_inline, column_crossline; /**< chunk index (ci, cj) */
    uint64_t missing[PSTM_COLUMN_WORDS];     /**< bit 16 i + j: location (i, j) of the column is not done */
    uint64_t digest[PSTM_CUBE_N_DATA];       /**< see cube.h; 0 for a dataset that the cube lacks */
} pstm_journal_record;

/** Whether all locations of the column are done. */
static inline bool pstm_record_is_whole(const pstm_journal_record *record)
{
    return (record->missing[0] | record->missing[1] | record->missing[2] | record->missing[3]) == 0;
}

/** Whether the location of the grid (i, j), which lies in the column, is done. */
static inline bool pstm_record_has(const pstm_journal_record *record, int32_t i, int32_t j)
{
    const int32_t bit = i % 16 * 16 + j % 16;
    return (record->missing[bit / 64] >> bit % 64 & 1) == 0;
}

/** Marks the location as missing or done. */
static inline void pstm_record_set(pstm_journal_record *record, int32_t i, int32_t j, bool is_done)
{
    const int32_t bit = i % 16 * 16 + j % 16;
    const uint64_t mask = (uint64_t)1 << bit % 64;
    if (is_done)
        record->missing[bit / 64] &= ~mask;
    else
        record->missing[bit / 64] |= mask;
}

#endif
