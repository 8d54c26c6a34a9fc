/** @file bins_list.h
 * The kinds of bins and what each one gives. A kind is its file bins_<word>.c, which the build finds, and its
 * line of PSTM_BINS_LIST; options of its own are members of pstm_bins_options and rows of the job's schema.
 * All functions are Local.
 */
#ifndef PSTM_SURVEY_BINS_LIST_H
#define PSTM_SURVEY_BINS_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/class_centre.h"
#include "survey/trace.h"

/** X(word, NAME, help): the kinds in the order of the enum; `help` stands behind the word in the manual. */
#define PSTM_BINS_LIST(X)                                                                                    \
    X(all, ALL, "one class with all traces")                                                                 \
    X(offset, OFFSET, "classes of the distance from source to receiver, which `offsets` gives")

typedef enum pstm_bins_kind {
    PSTM_BINS_AUTO, /**< offset where any of `offsets` is given, else all */
#define PSTM_BINS_KIND_ENTRY(word, NAME, help) PSTM_BINS_##NAME,
    PSTM_BINS_LIST(PSTM_BINS_KIND_ENTRY)
#undef PSTM_BINS_KIND_ENTRY
        PSTM_BINS_KINDS
} pstm_bins_kind;

/** What a user says of bins: `bins` and `offsets` of a job. All zero: one class with all traces. */
typedef struct pstm_bins_options {
    pstm_bins_kind kind;
    struct {
        double first_m, step_m; /**< centre of class 0; distance of the centres and width of a class */
        int32_t n;              /**< classes; 0: not given */
    } offset;
} pstm_bins_options;

/** Whether any of `offsets` is given. */
static inline bool pstm_bins_offsets_given(const pstm_bins_options *options)
{
    return options->offset.n > 0 || options->offset.step_m > 0 || options->offset.first_m > 0;
}

/** A kind of bins. */
typedef struct pstm_bins_ops {
    /**
     * Whether the options go together. PSTM_USAGE with cause and remedy, *key being the key of the job that
     * can be mended ("offsets.n"). The other functions are called with options that passed.
     */
    PSTM_MUST_CHECK pstm_status (*check)(const pstm_bins_options *options, const char **key);
    /** Classes, >= 1. */
    int32_t (*n_classes)(const pstm_bins_options *options);
    /**
     * The class of a trace, [0, n_classes); -1: none. A function of its source and receiver alone, which are
     * finite: neither of other traces nor of what else is known of this one.
     */
    int32_t (*class_of)(const pstm_bins_options *options, const pstm_trace *trace);
    /** Of class [0, n_classes); a trace of that geometry is in the class. */
    pstm_class_centre (*centre)(const pstm_bins_options *options, int32_t class_index);
} pstm_bins_ops;

#define PSTM_BINS_OPS_ENTRY(word, NAME, help) extern const pstm_bins_ops pstm_bins_##word;
PSTM_BINS_LIST(PSTM_BINS_OPS_ENTRY)
#undef PSTM_BINS_OPS_ENTRY

#endif
