#include "velocity/velocity.h"

#include <math.h>

#include "core/memory.h"
#include "velocity/between.h"
#include "velocity/functions.h"

/** Enough for three million picks; a longer file is no velocity text. */
#define TEXT_LIMIT_BYTES ((int64_t)1 << 28)

struct pstm_velocity {
    pstm_vfunctions functions;
    pstm_between *between; /**< NULL when there is one function */
};

/** Makes a velocity of functions, which it takes over and leaves empty. */
static pstm_status from_functions(pstm_vfunctions *functions, pstm_velocity **out)
{
    pstm_status status = PSTM_OK;
    pstm_velocity *velocity = NULL;
    pstm_place *places = NULL;
    PSTM_GO(PSTM_NEW(&velocity, 1, "the velocity"));
    if (functions->n > 1) {
        PSTM_GO(PSTM_NEW(&places, functions->n, "the places of the velocity functions"));
        for (int64_t i = 0; i < functions->n; i++)
            places[i] = (pstm_place){functions->functions[i].x_m, functions->functions[i].y_m};
        PSTM_GO(pstm_between_create(places, functions->n, &velocity->between));
    }
    velocity->functions = *functions;
    *functions = (pstm_vfunctions){0};
    *out = velocity;
    velocity = NULL;
cleanup:
    PSTM_FREE(&places);
    pstm_velocity_destroy(&velocity);
    return status;
}

pstm_status pstm_velocity_from_text(const char *text, const char *name, double m_s_per_unit,
                                    pstm_velocity **out)
{
    pstm_status status = PSTM_OK;
    pstm_vfunctions functions = {0};
    PSTM_GO(pstm_vfunctions_parse(text, name, m_s_per_unit, &functions));
    status = from_functions(&functions, out);
    if (status != PSTM_OK) status = pstm_while(status, "%s", name);
cleanup:
    pstm_vfunctions_clear(&functions);
    return status;
}

pstm_status pstm_velocity_from_constant(double vrms_m_s, pstm_velocity **out)
{
    if (!(vrms_m_s >= PSTM_VELOCITY_LEAST_M_S && vrms_m_s <= PSTM_VELOCITY_MOST_M_S))
        return pstm_fail(PSTM_USAGE,
                         "velocity.constant is %g m/s, outside %g to %g m/s; if it is in another unit, set "
                         "velocity.units (m/s, km/s, ft/s)",
                         vrms_m_s, PSTM_VELOCITY_LEAST_M_S, PSTM_VELOCITY_MOST_M_S);
    pstm_text text = {0};
    pstm_status status = pstm_text_add(&text, "0 %.17g", vrms_m_s);
    if (status == PSTM_OK) status = pstm_velocity_from_text(text.bytes, "velocity.constant", 1, out);
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_velocity_open(const pstm_job_velocity *job, pstm_velocity **out)
{
    if (job->file == NULL) return pstm_velocity_from_constant(job->constant_m_s, out);
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    PSTM_GO(pstm_text_read_file(&text, job->file, TEXT_LIMIT_BYTES));
    PSTM_GO(pstm_velocity_from_text(text.bytes, job->file, job->unit_m_s * job->scale, out));
cleanup:
    pstm_text_clear(&text);
    return status;
}

void pstm_velocity_destroy(pstm_velocity **velocity)
{
    if (*velocity == NULL) return;
    pstm_vfunctions_clear(&(*velocity)->functions);
    pstm_between_destroy(&(*velocity)->between);
    PSTM_FREE(velocity);
}

bool pstm_velocity_is_uniform(const pstm_velocity *velocity)
{
    return velocity->between == NULL;
}

void pstm_velocity_column(const pstm_velocity *velocity, double x_m, double y_m, const pstm_grid *grid,
                          const pstm_columns *column)
{
    pstm_weights weights = {1, {0}, {1}};
    if (velocity->between != NULL) weights = pstm_between_weights(velocity->between, x_m, y_m);
    pstm_vreader readers[3];
    for (int i = 0; i < weights.n; i++)
        readers[i] = pstm_vreader_of(&velocity->functions, weights.place[i]);

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

double pstm_velocity_max_m_s(const pstm_velocity *velocity)
{
    double greatest = 0;
    for (int64_t i = 0; i < velocity->functions.n_picks; i++)
        greatest = fmax(greatest, velocity->functions.picks[i].v_m_s);
    return greatest;
}

double pstm_velocity_min_m_s(const pstm_velocity *velocity)
{
    double least = INFINITY;
    for (int64_t i = 0; i < velocity->functions.n_picks; i++)
        least = fmin(least, velocity->functions.picks[i].v_m_s);
    return least;
}

pstm_status pstm_velocity_describe(const pstm_velocity *velocity, pstm_text *text)
{
    return pstm_vfunctions_write(&velocity->functions, text);
}
