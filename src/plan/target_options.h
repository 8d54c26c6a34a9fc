/** @file target_options.h  The part of the image that is migrated: `target:` of a job. */
#ifndef PSTM_PLAN_TARGET_OPTIONS_H
#define PSTM_PLAN_TARGET_OPTIONS_H

#include "core/options.h"

/** All that is set must hold (plan/target.h); all zero: everything. */
typedef struct pstm_target_options {
    pstm_names tiles;               /**< tile numbers "7" and ranges "12-20" */
    pstm_range inlines, crosslines; /**< labels, whole numbers */
    pstm_range x_m, y_m;            /**< box in world coordinates */
    pstm_names lines;               /**< "inline 120" and "crossline 80" */
    pstm_range time_s;              /**< two-way time, >= 0 */
} pstm_target_options;

#endif
