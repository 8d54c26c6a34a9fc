#include "velocity/function_parser.h"

#include <math.h>

#include "core/memory.h"

/** No coordinate system of the Earth's surface goes as far. */
#define FARTHEST_M 1e9

static pstm_status check_pick(const pstm_vparser *p, const pstm_vpick *pick, double v_as_written)
{
    if (!(pick->t_s >= 0 && pick->t_s <= PSTM_VELOCITY_LATEST_S))
        return pstm_fail(PSTM_DATA,
                         "%s:%lld: time %g is outside 0 to %g s; times are two-way times in seconds "
                         "(set velocity.times: ms if they are milliseconds)",
                         p->name, (long long)p->line, pick->t_s, PSTM_VELOCITY_LATEST_S);
    if (!(pick->v_m_s >= PSTM_VELOCITY_LEAST_M_S && pick->v_m_s <= PSTM_VELOCITY_MOST_M_S))
        return pstm_fail(PSTM_DATA,
                         "%s:%lld: velocity %g is %g m/s after velocity.units and velocity.scale, outside %g "
                         "to %g m/s; if the text is in another unit, set velocity.units (m/s, km/s, ft/s)",
                         p->name, (long long)p->line, v_as_written, pick->v_m_s, PSTM_VELOCITY_LEAST_M_S,
                         PSTM_VELOCITY_MOST_M_S);
    return PSTM_OK;
}

static pstm_status add_pick(pstm_vparser *p, double x_m, double y_m, const pstm_vpick *pick)
{
    pstm_vfunctions *out = p->out;
    pstm_vfunction *last = out->n > 0 ? &out->functions[out->n - 1] : NULL;
    if (last == NULL || last->x_m != x_m || last->y_m != y_m) {
        PSTM_TRY(PSTM_GROW(&out->functions, &out->functions_capacity, out->n + 1, "velocity functions"));
        last = &out->functions[out->n++];
        *last = (pstm_vfunction){.x_m = x_m, .y_m = y_m, .first_pick = out->n_picks, .line = p->line};
    } else if (pick->t_s <= out->picks[out->n_picks - 1].t_s) {
        return pstm_fail(PSTM_DATA, "%s:%lld: time %g s follows %g s; the times of a function must rise",
                         p->name, (long long)p->line, pick->t_s, out->picks[out->n_picks - 1].t_s);
    }
    PSTM_TRY(PSTM_GROW(&out->picks, &out->picks_capacity, out->n_picks + 1, "velocity picks"));
    out->picks[out->n_picks++] = *pick;
    last->n_picks++;
    return PSTM_OK;
}

/** A pick of the function at the place of two numbers. */
static pstm_status add_placed(pstm_vparser *p, const double numbers[2], const pstm_vpick *pick)
{
    if (p->options->places == PSTM_PLACES_LABELS) {
        const pstm_grid *grid = p->options->grid;
        double x_m, y_m;
        for (int c = 0; c < 2; c++)
            if (numbers[c] != floor(numbers[c]) || fabs(numbers[c]) > INT32_MAX)
                return pstm_fail(PSTM_DATA,
                                 "%s:%lld: %g is no inline or crossline number; with velocity.places: labels "
                                 "lines are \"inline crossline t v\"",
                                 p->name, (long long)p->line, numbers[c]);
        pstm_grid_node(grid, (int64_t)numbers[0] - grid->first_inline,
                       (int64_t)numbers[1] - grid->first_crossline, &x_m, &y_m);
        return add_pick(p, x_m, y_m, pick);
    }
    if (fabs(numbers[0]) > FARTHEST_M || fabs(numbers[1]) > FARTHEST_M)
        return pstm_fail(PSTM_DATA, "%s:%lld: place %g, %g is no world position in metres", p->name,
                         (long long)p->line, numbers[0], numbers[1]);
    /* Adding 0 makes 0 of -0, so that equal places are written alike. */
    return add_pick(p, numbers[0] + 0.0, numbers[1] + 0.0, pick);
}

pstm_status pstm_vparser_take(pstm_vparser *p, const double place[2], const double t_and_v[2])
{
    const double unit_m_s = p->options->unit_m_s * p->options->scale;
    const double units_per_s = p->options->times == PSTM_TIMES_MS ? 1000 : 1;
    const pstm_vpick pick = {t_and_v[0] / units_per_s, t_and_v[1] * unit_m_s};
    PSTM_TRY(check_pick(p, &pick, t_and_v[1]));
    return place == NULL ? add_pick(p, 0, 0, &pick) : add_placed(p, place, &pick);
}
