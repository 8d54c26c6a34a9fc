/** @file comparison.h
 * Two cubes side by side: `pstm compare` and `pstm ladder` work on it. All functions are Local.
 */
#ifndef PSTM_QC_COMPARISON_H
#define PSTM_QC_COMPARISON_H

#include <stdbool.h>
#include <stdint.h>

#include "qc/difference.h"
#include "qc/section.h"

/** What is to be compared; texts are borrowed. */
typedef struct pstm_comparison_wish {
    const char *paths[2]; /**< cubes a and b */
    const char *dataset;  /**< "stack" or "gather"; NULL: the stack if both have one and no class is wanted */
    const pstm_class_centre *centre; /**< what one class alone is centred on; NULL: all classes */
} pstm_comparison_wish;

/** Two open cubes and what is compared of them; all zero is closed. */
typedef struct pstm_comparison {
    pstm_open_cube a, b;
    pstm_cube_data data, fold_data;
    bool with_folds;
    int32_t k_begin, k_end;
    int32_t class_a, class_b, n_classes; /**< the first classes compared, and how many; 0, 0, 1: the stack */
    int64_t n_columns, n_compared;       /**< chunk columns of the cubes, and those that both have migrated */
    int64_t n_in_part,
        n_part_locations;       /**< of these, columns that one has in part, and what both have there */
    float *values_a, *values_b; /**< of one class of a chunk column */
    pstm_difference *difference;
} pstm_comparison;

/**
 * Opens both. PSTM_DATA when their axes, classes or datasets do not go together. *with is the caller's, for
 * pstm_comparison_close(), also after a failure.
 */
PSTM_MUST_CHECK pstm_status pstm_comparison_open(const pstm_comparison_wish *wish, pstm_comparison *with);

/** Closes both and frees; safe on an all zero struct. */
void pstm_comparison_close(pstm_comparison *with);

/** Compares all chunk columns that both have migrated; PSTM_DATA if there is none. */
PSTM_MUST_CHECK pstm_status pstm_comparison_run(pstm_comparison *with);

/** Draws a - b as PNG, on the section through the largest difference, or the middle one: an inline, unless it
 * would be a point. */
PSTM_MUST_CHECK pstm_status pstm_comparison_draw(const pstm_comparison *with, const char *path);

#endif
