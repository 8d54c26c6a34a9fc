/** @file bins.h
 * Bins: which traces go into which image. A kind of bins (bins_list.h) gives each trace one class by its
 * source and receiver alone, or none: a trace is never snapped to the nearest class. Traces outside the range
 * of `input.select.offset` are in none, whatever the kind.
 * All functions are Local and thread-safe.
 */
#ifndef PSTM_SURVEY_BINS_H
#define PSTM_SURVEY_BINS_H

#include <stdint.h>

#include "core/options.h"
#include "survey/bins_list.h"

/** Bins as a job asks for them. */
typedef struct pstm_bins {
    pstm_bins_options options; /**< the kind is one of the list, never auto */
    int32_t n;                 /**< classes, >= 1 */
    pstm_range select_m;       /**< offsets of this range only */
} pstm_bins;

/** The kind that the options ask for, which may be auto; never auto itself. */
pstm_bins_kind pstm_bins_kind_of(const pstm_bins_options *options);

/** Makes a kind auto where auto takes it: options that ask for the same bins are then the same. */
void pstm_bins_tidy(pstm_bins_options *options);

/** The word of a kind in a job: "offset". */
const char *pstm_bins_word(pstm_bins_kind kind);

/**
 * Checks options that came from a user. PSTM_USAGE with cause and remedy, *key being the key of the job that
 * can be mended. Only options that pass may be given to the others.
 */
PSTM_MUST_CHECK pstm_status pstm_bins_check(const pstm_bins_options *options, const char **key);

/** Number of classes, >= 1. */
int32_t pstm_bins_n_classes(const pstm_bins_options *options);

/** The bins of a job, which `select_m` is the `input.select.offset` of. */
pstm_bins pstm_bins_make(const pstm_bins_options *options, const pstm_range *select_m);

/** The class of a trace, [0, n); -1: it is in none or not selected. Its source and receiver are finite. */
int32_t pstm_bins_class(const pstm_bins *bins, const pstm_trace *trace);

/** The centre of class [0, n). */
pstm_class_centre pstm_bins_centre(const pstm_bins *bins, int32_t class_index);

#endif
