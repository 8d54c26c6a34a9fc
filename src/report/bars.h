/** @file bars.h  Histograms side by side, as PNG. Local. */
#ifndef PSTM_REPORT_BARS_H
#define PSTM_REPORT_BARS_H

#include <stdint.h>

#include "core/status.h"

enum { PSTM_BARS = 30 /**< of a histogram */ };

/** Counts over equal parts of [first, last]. */
typedef struct pstm_histogram {
    const char *title; /**< borrowed */
    double first, last;
    int64_t counts[PSTM_BARS];
} pstm_histogram;

/** Counts values[n] into a histogram from the least to the largest of them; those that are not finite are
 * left out. */
pstm_histogram pstm_histogram_of(const char *title, const double *values, int64_t n);

/** Draws n >= 1 histograms under a title, whole or not at all. PSTM_SYSTEM with the path when it cannot be
 * written. */
PSTM_MUST_CHECK pstm_status pstm_bars_write(const char *title, const pstm_histogram *histograms, int64_t n,
                                            const char *path);

#endif
