/*
 * The kind `functions`: the functions of a velocity text (function_text.h). In one function v is linear in t
 * and constant beyond its ends. Between functions 1/v^2 is linear in space (between.h).
 */
#include <inttypes.h>
#include <math.h>

#include "core/memory.h"
#include "velocity/between.h"
#include "velocity/function_doubts.h"
#include "velocity/function_text.h"
#include "velocity/model.h"

typedef struct functions {
    pstm_vfunctions text;
    pstm_velocity_quantity quantity;
    pstm_between *between; /**< NULL when there is one function */
} functions;

static bool functions_is_asked(const pstm_velocity_options *options)
{
    return options->file != NULL && options->cube == NULL;
}

static void functions_destroy(void **self)
{
    functions *model = *self;
    if (model == NULL) return;
    pstm_vfunctions_clear(&model->text);
    pstm_between_destroy(&model->between);
    pstm_free(self);
}

static pstm_status create_between(functions *model)
{
    pstm_status status = PSTM_OK;
    const pstm_vfunctions *text = &model->text;
    pstm_place *places = NULL;
    if (text->n == 1) return PSTM_OK;
    PSTM_GO(PSTM_NEW(&places, text->n, "the places of the velocity functions"));
    for (int64_t i = 0; i < text->n; i++)
        places[i] = (pstm_place){text->functions[i].x_m, text->functions[i].y_m};
    PSTM_GO(pstm_between_create(places, text->n, &model->between));
cleanup:
    PSTM_FREE(&places);
    return status;
}

static pstm_status find_range(const functions *model, const char *name, pstm_velocity_range *range)
{
    *range = (pstm_velocity_range){.is_uniform = model->between == NULL, .least_m_s = INFINITY};
    for (int64_t i = 0; i < model->text.n; i++) {
        const pstm_vreader reader = pstm_vreader_of(&model->text, i, model->quantity);
        double least_m_s, most_m_s;
        pstm_vreader_range(&reader, &least_m_s, &most_m_s);
        if (least_m_s <= 0)
            return pstm_fail(PSTM_DATA,
                             "%s:%" PRId64
                             ": the average velocities of this function fall so fast that depth "
                             "falls with time; correct them, or say what they are by velocity.kind",
                             name, model->text.functions[i].line);
        range->least_m_s = fmin(range->least_m_s, least_m_s);
        range->most_m_s = fmax(range->most_m_s, most_m_s);
    }
    return PSTM_OK;
}

static pstm_status functions_create(const pstm_velocity_options *options, const char *text, void **self,
                                    pstm_velocity_range *range)
{
    pstm_status status = PSTM_OK;
    functions *model = NULL;
    void *unfinished = NULL;
    PSTM_GO(PSTM_NEW(&model, 1, "the velocity functions"));
    unfinished = model;
    PSTM_GO(pstm_vfunctions_parse(text, options, &model->text));
    status = create_between(model);
    if (status != PSTM_OK) {
        status = pstm_while(status, "%s", options->file);
        goto cleanup;
    }
    model->quantity = options->quantity;
    PSTM_GO(find_range(model, options->file, range));
    *self = model;
    unfinished = NULL;
cleanup:
    functions_destroy(&unfinished);
    return status;
}

static void functions_column(const void *self, const void *held, double x_m, double y_m,
                             const pstm_grid *grid, const pstm_columns *column)
{
    const functions *model = self;
    (void)held;
    pstm_weights weights = {1, {0}, {1}};
    if (model->between != NULL) weights = pstm_between_weights(model->between, x_m, y_m);
    pstm_vreader readers[3];
    for (int i = 0; i < weights.n; i++)
        readers[i] = pstm_vreader_of(&model->text, weights.place[i], model->quantity);

    for (int32_t k = 0; k < grid->n_times; k++) {
        double t0_s = pstm_grid_time_s(grid, k);
        if (weights.n == 1) {
            column->vrms_m_s[k] = (float)pstm_vreader_at(&readers[0], t0_s);
            continue;
        }
        double slowness2 = 0;
        for (int i = 0; i < weights.n; i++) {
            double v_m_s = pstm_vreader_at(&readers[i], t0_s);
            slowness2 += weights.weight[i] / (v_m_s * v_m_s);
        }
        column->vrms_m_s[k] = (float)(1 / sqrt(slowness2));
    }
}

static pstm_status functions_describe(const void *self, pstm_text *text)
{
    const functions *model = self;
    PSTM_TRY(pstm_velocity_describe_quantity(model->quantity, text));
    return pstm_vfunctions_write(&model->text, text);
}

static pstm_status functions_doubt(const void *self, const char *name, const pstm_grid *grid,
                                   pstm_doubts *doubts)
{
    const functions *model = self;
    return pstm_vfunctions_doubt(&model->text, model->quantity, name, grid, doubts);
}

const pstm_velocity_kind pstm_velocity_functions = {
    .is_asked = functions_is_asked,
    .create = functions_create,
    .destroy = functions_destroy,
    .column = functions_column,
    .describe = functions_describe,
    .doubt = functions_doubt,
};
