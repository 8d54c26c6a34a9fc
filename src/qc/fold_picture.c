#include "qc/fold_picture.h"

#include "core/memory.h"
#include "report/picture.h"

pstm_status pstm_fold_picture_write(const int32_t *fold, const pstm_grid *g, const char *title,
                                    const char *path)
{
    const int64_t n = (int64_t)g->n_inline * g->n_crossline;
    float *values;
    PSTM_TRY(PSTM_NEW(&values, n, "a map of fold"));
    for (int64_t i = 0; i < g->n_inline; i++)
        for (int64_t j = 0; j < g->n_crossline; j++)
            values[j * g->n_inline + i] = (float)fold[i * g->n_crossline + j];
    const pstm_picture picture = {
        .title = title,
        .subtitle = "traces by bin of the grid, whatever their offset",
        .values = values,
        .n_columns = g->n_crossline,
        .n_rows = g->n_inline,
        .across = {"crossline", g->first_crossline, (double)g->first_crossline + g->n_crossline - 1, true},
        .down = {"inline", g->first_inline, (double)g->first_inline + g->n_inline - 1, true},
        .blocks = true,
        .from_zero = true,
        .clip_percent = 100,
        .value_label = "fold"};
    const pstm_status status = pstm_picture_write(&picture, path, NULL);
    PSTM_FREE(&values);
    return status;
}
