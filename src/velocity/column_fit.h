/** @file column_fit.h
 * The column of a field as devices get it: a cubic spline along the output samples, nearest by least squares
 * to what the model says at each sample (docs/decisions/0015-columns.md). Internal to velocity/. Local.
 *
 * The spline is fitted over the grid's whole time axis. Its cells begin at absolute samples and have 128
 * samples; the last one takes the rest, and fewer than 9 samples are the input itself. A cell in which it
 * departs from the input by more than 0.1 %, or 0.01 % where the cell is shorter than a device's longest span
 * of 64, is halved, the worst before its neighbours, down to 4 samples, and all is fitted again. Where it
 * departs by more than 0.2 % even so, the column is the input itself, with a ramp over 4 samples to each
 * side. So no column departs from its input by more than 0.2 %, and a step stays within its sample.
 */
#ifndef PSTM_VELOCITY_COLUMN_FIT_H
#define PSTM_VELOCITY_COLUMN_FIT_H

#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"

/** No sample of a column departs from its input by more than this part of it. */
#define PSTM_COLUMN_DEPARTURE 2e-3

/** How many samples of columns are what. */
typedef struct pstm_fit_count {
    int64_t n;       /**< all samples */
    int64_t n_fine;  /**< in cells of less than 64 samples */
    int64_t n_input; /**< the input itself, or on the ramp to it */
} pstm_fit_count;

/** Room for one fit at a time. */
typedef struct pstm_column_fit pstm_column_fit;

/** Room to fit the columns of a grid. *out is the caller's (pstm_column_fit_destroy). */
PSTM_MUST_CHECK pstm_status pstm_column_fit_create(const pstm_grid *grid, pstm_column_fit **out);

/** Frees *fit and sets it to NULL; NULL-safe. */
void pstm_column_fit_destroy(pstm_column_fit **fit);

/** Bytes of the room. */
int64_t pstm_column_fit_bytes(const pstm_grid *grid);

/** Fits input[n_times] of the grid into column[n_times]; the values are above 0. Adds to *count.
 * A pure function of input and grid. */
void pstm_column_fit_run(pstm_column_fit *fit, const float *input, double *column, pstm_fit_count *count);

#endif
