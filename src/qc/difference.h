/** @file difference.h
 * How two images differ, gathered trace by trace, so that images of any size are compared in little memory.
 * An image trace is all output samples of one location (and class). All functions are Local.
 */
#ifndef PSTM_QC_DIFFERENCE_H
#define PSTM_QC_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

/** Which image trace: indices of the grid and the class. */
typedef struct pstm_image_trace {
    int32_t i, j;        /**< inline and crossline index */
    int32_t class_index; /**< 0 for the stack */
} pstm_image_trace;

/** What was seen so far. The caller reads, pstm_difference_add() writes. */
typedef struct pstm_difference {
    int64_t n_samples;
    int64_t n_differ;     /**< samples whose bits differ */
    int64_t n_not_finite; /**< of these: pairs in which one is NaN or infinite; the sums leave them out */
    double sum_squares;   /**< of a - b */
    double sum_squares_b;
    double largest;                 /**< of |a - b|; 0 while nothing differs */
    float largest_a, largest_b;     /**< the values there */
    pstm_image_trace largest_trace; /**< where it is: the first of equals, */
    int32_t largest_k;              /**< and the output sample */
    int64_t n_folds, n_folds_differ;
    double largest_fold; /**< of |fold a - fold b| */
    /* Peak shifts a - b, in bins of a thousandth of a sample: [2 * shift_reach + 1]. */
    int64_t n_shifts, *shift_counts;
    int32_t shift_reach;   /**< bins on each side of 0 */
    int32_t search_radius; /**< samples on each side of b's peak in which a's is looked for */
    double time_step_s;
} pstm_difference;

/** Makes one that has seen nothing. *difference is owned by the caller (pstm_difference_destroy). */
PSTM_MUST_CHECK pstm_status pstm_difference_create(double time_step_s, pstm_difference **difference);

/** Frees *difference and sets it to NULL; NULL-safe. */
void pstm_difference_destroy(pstm_difference **difference);

/**
 * Adds the samples [k_begin, k_begin + n) of an image trace of both.
 *
 * Its peak shift: the strongest |b| of the trace, if it is at least three times the trace's rms (an event,
 * not noise), against the extremum of the same sign in a within 20 ms of it; both refined by the parabola
 * through three samples. A trace whose extremum lies at the end of the search counts for no shift.
 */
void pstm_difference_add(pstm_difference *difference, const float *a, const float *b, int32_t n,
                         const pstm_image_trace *trace, int32_t k_begin);

/** Adds n folds of both. */
void pstm_difference_add_folds(pstm_difference *difference, const float *a, const float *b, int64_t n);

/** Whether every sample and every fold has the same bits in both. */
bool pstm_difference_is_none(const pstm_difference *difference);

/** rms(a - b) / rms(b) over finite pairs; 0 if nothing differs, INFINITY if only b is zero everywhere. */
double pstm_difference_nrms(const pstm_difference *difference);

/**
 * The median of the peak shifts a - b, and the size that 95 % of them stay within, in seconds, to a
 * thousandth of a sample; both 0 when n_shifts is 0.
 */
void pstm_difference_shifts(const pstm_difference *difference, double *median_s, double *within_95_s);

#endif
