/** @file fold_picture.h  A map of fold over a grid, as PNG. Local. */
#ifndef PSTM_QC_FOLD_PICTURE_H
#define PSTM_QC_FOLD_PICTURE_H

#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"

/** Draws fold[n_inline][n_crossline]: crosslines across, inlines down. */
PSTM_MUST_CHECK pstm_status pstm_fold_picture_write(const int32_t *fold, const pstm_grid *grid,
                                                    const char *title, const char *path);

#endif
