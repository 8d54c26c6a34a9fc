/** @file comparison_report.h  What a comparison of two cubes found, for people. Local. */
#ifndef PSTM_QC_COMPARISON_REPORT_H
#define PSTM_QC_COMPARISON_REPORT_H

#include <stdio.h>

#include "qc/comparison.h"

/** Writes to `out`, after pstm_comparison_run(): the cubes, what of them was compared, whether bits are
 * equal, NRMS, the largest difference and where it is, peak shifts, folds. */
void pstm_comparison_report(const pstm_comparison *with, FILE *out);

#endif
