#include "velocity/model.h"

#include "core/memory.h"
#include "velocity/column_fit.h"
#include "velocity/eta.h"

/** The first kind that the options ask for; NULL: none. */
static const pstm_velocity_kind *find_kind(const pstm_velocity_options *options)
{
    static const pstm_velocity_kind *const kinds[] = {
#define KIND_ENTRY(name) &pstm_velocity_##name,
        PSTM_VELOCITY_KINDS(KIND_ENTRY)
#undef KIND_ENTRY
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i]->is_asked(options)) return kinds[i];
    return NULL;
}

/** The range of columns, of that of their input. A constant stays as it is. */
static void widen(pstm_velocity_range *range)
{
    if (range->least_m_s == range->most_m_s) return;
    range->least_m_s *= 1 - PSTM_COLUMN_DEPARTURE;
    range->most_m_s *= 1 + PSTM_COLUMN_DEPARTURE;
}

pstm_status pstm_velocity_create(const pstm_velocity_options *options, const char *text, pstm_velocity **out)
{
    const pstm_velocity_kind *kind = find_kind(options);
    if (kind == NULL)
        return pstm_fail(PSTM_USAGE, "no velocity is given; set velocity.constant or velocity.file");
    pstm_status status = PSTM_OK;
    pstm_velocity *velocity = NULL;
    PSTM_GO(PSTM_NEW(&velocity, 1, "the velocity model"));
    velocity->kind = kind;
    PSTM_GO(velocity->kind->create(options, text, &velocity->self, &velocity->range));
    widen(&velocity->range);
    *out = velocity;
    velocity = NULL;
cleanup:
    pstm_velocity_destroy(&velocity);
    return status;
}

pstm_status pstm_velocity_set_eta(pstm_velocity *velocity, const pstm_velocity_options *options,
                                  const char *text)
{
    pstm_eta_destroy(&velocity->eta);
    return pstm_eta_create(options, text, &velocity->eta);
}

void pstm_velocity_destroy(pstm_velocity **velocity)
{
    if (*velocity == NULL) return;
    (*velocity)->kind->destroy(&(*velocity)->self);
    pstm_eta_destroy(&(*velocity)->eta);
    PSTM_FREE(velocity);
}

/** The smallest box round locations. */
static pstm_box box_of(const double *x_m, const double *y_m, int64_t n_locations)
{
    pstm_box box = {x_m[0], x_m[0], y_m[0], y_m[0]};
    for (int64_t i = 1; i < n_locations; i++) {
        const pstm_box place = {x_m[i], x_m[i], y_m[i], y_m[i]};
        box = pstm_box_unite(&box, &place);
    }
    return box;
}

pstm_status pstm_velocity_inputs(const pstm_velocity *velocity, const double *x_m, const double *y_m,
                                 int64_t n_locations, const pstm_grid *grid, const pstm_columns *columns)
{
    const pstm_velocity_kind *kind = velocity->kind;
    const int64_t n_columns = pstm_columns_count(columns, n_locations);
    void *held = NULL;
    if (kind->hold != NULL) {
        const pstm_box box = box_of(x_m, y_m, n_columns);
        PSTM_TRY(kind->hold(velocity->self, &box, &held));
    }
    for (int64_t i = 0; i < n_columns; i++) {
        const pstm_columns column = pstm_columns_view(columns, i);
        kind->column(velocity->self, held, x_m[i], y_m[i], grid, &column);
    }
    if (kind->hold != NULL) kind->release(&held);
    return PSTM_OK;
}

pstm_status pstm_velocity_describe(const pstm_velocity *velocity, pstm_text *text)
{
    PSTM_TRY(velocity->kind->describe(velocity->self, text));
    return velocity->eta == NULL ? PSTM_OK : pstm_eta_describe(velocity->eta, text);
}

pstm_status pstm_velocity_doubt(const pstm_velocity *velocity, const char *name, const pstm_grid *grid,
                                pstm_doubts *doubts)
{
    if (velocity->kind->doubt == NULL) return PSTM_OK;
    return velocity->kind->doubt(velocity->self, name, grid, doubts);
}
