/** @file curve.h  A curve of a share against a count, as PNG: efficiency against ranks. Local. */
#ifndef PSTM_REPORT_CURVE_H
#define PSTM_REPORT_CURVE_H

#include <stdint.h>

#include "core/status.h"

/** Points in rising x; texts are borrowed and not NULL. */
typedef struct pstm_curve {
    const char *title, *subtitle;
    const char *x_label, *y_label;
    const double *x; /**< [n], > 0; drawn on a logarithmic axis, with a tick at each point */
    const double *y; /**< [n]; the axis spans 0 to 1, values beyond are drawn at its ends */
    int64_t n;       /**< >= 1 */
} pstm_curve;

/** Draws the PNG, whole or not at all. PSTM_SYSTEM with the path when it cannot be written. */
PSTM_MUST_CHECK pstm_status pstm_curve_write(const pstm_curve *curve, const char *path);

#endif
