/** @file classes.h
 * Offset classes: which traces go into which image. Class k holds the traces whose source-receiver
 * distance lies in the half-open range
 *
 *   [first + (k - 1/2) step, first + (k + 1/2) step)
 *
 * and inside the closed range of `input.select`. All functions are Local.
 */
#ifndef PSTM_SURVEY_CLASSES_H
#define PSTM_SURVEY_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job.h"

typedef struct pstm_classes {
    bool all;                          /**< one class with every offset; first and step mean nothing */
    double first_m, step_m;            /**< centre of class 0, width of a class */
    int32_t n;                         /**< classes, >= 1 */
    double select_min_m, select_max_m; /**< only offsets in this closed range; 0 and INFINITY: all */
} pstm_classes;

/**
 * The classes of a job. offsets->n = 0 makes one class with everything; `select` is
 * input.select_offset_m and counts where it is set.
 */
pstm_classes pstm_classes_of_job(const pstm_job_offsets *offsets, const pstm_range *select);

/** The class of an offset, [0, n); -1 when it is in none or not selected. Never snapped to the nearest. */
int32_t pstm_classes_index(const pstm_classes *classes, double offset_m);

#endif
