/* The kind `constant`: one vrms at every place and time. */
#include "core/memory.h"
#include "velocity/model.h"

typedef struct constant {
    double vrms_m_s;
} constant;

static bool constant_is_asked(const pstm_velocity_options *options)
{
    return options->file == NULL;
}

static pstm_status constant_create(const pstm_velocity_options *options, const char *text, void **self,
                                   pstm_velocity_range *range)
{
    (void)text;
    constant *model = NULL;
    PSTM_TRY(PSTM_NEW(&model, 1, "the velocity"));
    model->vrms_m_s = options->constant_m_s;
    *self = model;
    *range = (pstm_velocity_range){
        .is_uniform = true, .least_m_s = options->constant_m_s, .most_m_s = options->constant_m_s};
    return PSTM_OK;
}

static void constant_column(const void *self, const void *held, double x_m, double y_m, const pstm_grid *grid,
                            const pstm_columns *column)
{
    const constant *model = self;
    (void)held, (void)x_m, (void)y_m;
    for (int32_t k = 0; k < grid->n_times; k++)
        column->vrms_m_s[k] = (float)model->vrms_m_s;
}

/** As the velocity text of one function that says the same. */
static pstm_status constant_describe(const void *self, pstm_text *text)
{
    const constant *model = self;
    return pstm_text_add(text, "0 %.17g\n", model->vrms_m_s);
}

const pstm_velocity_kind pstm_velocity_constant = {
    .is_asked = constant_is_asked,
    .create = constant_create,
    .destroy = pstm_free,
    .column = constant_column,
    .describe = constant_describe,
};
