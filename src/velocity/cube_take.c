/* Columns of a cube as they come: what is no velocity is mended, and what is found is counted. */
#include <math.h>

#include "velocity/cube.h"
#include "velocity/function_doubts.h"

/** Fill values are 1e30 and the like. */
#define LARGEST 1e20F
/** Steps that are looked at for jumps: shorter ones say nothing of picks 3 % off. */
static const double STEP_S = 0.1;

static bool is_dead(float value)
{
    return !(value > 0 && value < LARGEST);
}

/** Linear between the live samples round each dead one, constant beyond them; false where none is live. */
static bool mend(const pstm_cube_shape *shape, float *column)
{
    int64_t before = -1;
    for (int64_t k = 0; k <= shape->n_t; k++) {
        if (k < shape->n_t && is_dead(column[k])) continue;
        const bool is_end = k == shape->n_t;
        if (is_end && before < 0) return false;
        for (int64_t i = before + 1; i < k; i++) {
            const double part = before < 0 || is_end ? 0
                                                     : (shape->t_s[i] - shape->t_s[before]) /
                                                           (shape->t_s[k] - shape->t_s[before]);
            const float a = column[before < 0 ? k : before], b = column[is_end ? before : k];
            column[i] = (float)((double)a + part * ((double)b - (double)a));
        }
        before = k;
    }
    return true;
}

static void note_dead(pstm_vcube *cube, int64_t i_u, int64_t i_v, const float *column)
{
    pstm_cube_facts *facts = &cube->facts;
    const pstm_cube_shape *shape = &cube->shape;
    for (int64_t k = 0; k < shape->n_t; k++) {
        if (!is_dead(column[k])) continue;
        if (facts->n_dead++ > 0) continue;
        facts->dead_u = shape->u[i_u], facts->dead_v = shape->v[i_v], facts->dead_s = shape->t_s[k];
    }
}

static void note_jumps(pstm_vcube *cube, int64_t i_u, int64_t i_v, const float *column)
{
    pstm_cube_facts *facts = &cube->facts;
    const pstm_cube_shape *shape = &cube->shape;
    pstm_vpick a = {shape->t_s[0], (double)column[0]};
    for (int64_t k = 1; k < shape->n_t; k++) {
        if (shape->t_s[k] < a.t_s + STEP_S * (1 - 1e-6)) continue;
        const pstm_vpick b = {shape->t_s[k], (double)column[k]};
        facts->n_steps++;
        if (pstm_velocity_is_jump(&a, &b) && facts->n_jumps++ == 0) {
            facts->jump_u = shape->u[i_u], facts->jump_v = shape->v[i_v];
            facts->jump[0] = a, facts->jump[1] = b;
        }
        a = b;
    }
}

static pstm_status check_values(const pstm_vcube *cube, const char *name, int64_t i_u, int64_t i_v,
                                const float *column)
{
    const pstm_cube_shape *shape = &cube->shape;
    for (int64_t k = 0; k < shape->n_t; k++) {
        const double v_m_s = (double)column[k];
        if (v_m_s < PSTM_VELOCITY_LEAST_M_S || v_m_s > PSTM_VELOCITY_MOST_M_S)
            return pstm_fail(
                PSTM_DATA,
                "%s: at %s %.10g, %s %.10g, %.4g s the velocity is %.6g m/s after velocity.units, "
                "outside %g to %g m/s; if the file is in another unit, set velocity.units (m/s, "
                "km/s, ft/s)",
                name, shape->labels ? "inline" : "x", shape->u[i_u], shape->labels ? "crossline" : "y",
                shape->v[i_v], shape->t_s[k], v_m_s, PSTM_VELOCITY_LEAST_M_S, PSTM_VELOCITY_MOST_M_S);
    }
    return PSTM_OK;
}

pstm_status pstm_vcube_take(pstm_vcube *cube, const char *name, int64_t i_u, int64_t i_v, float *column,
                            bool *is_hole)
{
    const pstm_cube_shape *shape = &cube->shape;
    pstm_cube_facts *facts = &cube->facts, before = *facts;
    double least_m_s, most_m_s;
    note_dead(cube, i_u, i_v, column);
    *is_hole = !mend(shape, column);
    if (*is_hole) {
        *facts = before;
        return PSTM_OK;
    }
    PSTM_TRY(check_values(cube, name, i_u, i_v, column));
    const pstm_vreader reader = {
        .quantity = cube->quantity, .n = shape->n_t, .times_s = shape->t_s, .values = column, .scale = 1};
    pstm_vreader_range(&reader, &least_m_s, &most_m_s);
    if (least_m_s <= 0)
        return pstm_fail(PSTM_DATA,
                         "%s: at %s %.10g, %s %.10g average velocities fall so fast that depth falls with "
                         "time; correct them, or say what they are by velocity.kind",
                         name, shape->labels ? "inline" : "x", shape->u[i_u],
                         shape->labels ? "crossline" : "y", shape->v[i_v]);
    facts->least_m_s = facts->most_m_s == 0 ? least_m_s : fmin(facts->least_m_s, least_m_s);
    facts->most_m_s = fmax(facts->most_m_s, most_m_s);
    if (cube->quantity == PSTM_VELOCITY_RMS) note_jumps(cube, i_u, i_v, column);
    return PSTM_OK;
}
