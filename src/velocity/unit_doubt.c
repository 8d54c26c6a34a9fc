/* Velocities that look as if they were of another unit than the one said. */
#include <math.h>

#include "velocity/model.h"

/** No rms velocity of the crust is faster. Slow ones are no sign: shear waves in loose ground have 150
 * m/s. */
static const double FASTEST_M_S = 8000;
/** Sea water has 1450 to 1550 m/s, 4757 to 5085 ft/s; rock at the surface is seldom faster than this. */
static const double FAST_SURFACE_M_S = 4700;
/** How far down that holds. */
static const double SURFACE_S = 0.3;
/** Water is the slowest that most surveys meet; of feet a second nothing else is told. */
static const double SLOW_M_S = 1400;
static const double FOOT_M = 0.3048;

/** The rms velocity at the first output time, in the middle of the grid. */
static pstm_status find_first(const pstm_velocity *velocity, const pstm_grid *grid, double *first_m_s)
{
    pstm_grid one = *grid;
    double x_m, y_m;
    float v_m_s = 0;
    const pstm_columns column = {.n_times = 1, .one_column = true, .vrms_m_s = &v_m_s};
    one.n_times = 1;
    pstm_grid_node(grid, grid->n_inline / 2, grid->n_crossline / 2, &x_m, &y_m);
    PSTM_TRY(pstm_velocity_inputs(velocity, &x_m, &y_m, 1, &one, &column));
    *first_m_s = v_m_s;
    return PSTM_OK;
}

pstm_status pstm_velocity_doubt_unit(const pstm_velocity *velocity, const pstm_velocity_options *options,
                                     const pstm_grid *grid, pstm_doubts *doubts)
{
    const pstm_velocity_range *range = &velocity->range;
    const char *place = options->file != NULL ? options->file : "velocity.constant";
    double first_m_s;
    PSTM_TRY(find_first(velocity, grid, &first_m_s));
    if (range->most_m_s > FASTEST_M_S)
        return pstm_doubts_add(doubts, PSTM_DOUBT_VELOCITY_UNIT, range->least_m_s > FASTEST_M_S,
                               "%s: rms velocities are %.6g to %.6g m/s, and those of rock at most %g; were "
                               "they feet a second, they would be %.6g to %.6g m/s",
                               place, range->least_m_s, range->most_m_s, FASTEST_M_S,
                               FOOT_M * range->least_m_s, FOOT_M * range->most_m_s);
    if (grid->time_first_s <= SURFACE_S && first_m_s > FAST_SURFACE_M_S)
        return pstm_doubts_add(
            doubts, PSTM_DOUBT_VELOCITY_UNIT, false,
            "%s: rms velocities begin with %.6g m/s at %g s; were they feet a second, they would begin with "
            "%.6g m/s",
            place, first_m_s, grid->time_first_s, FOOT_M * first_m_s);
    if (fabs(options->unit_m_s - FOOT_M) < 1e-6 && range->most_m_s < SLOW_M_S)
        return pstm_doubts_add(
            doubts, PSTM_DOUBT_VELOCITY_UNIT, false,
            "%s: rms velocities are %.6g to %.6g m/s as feet a second, less than that of water; were they "
            "metres a second, they would be %.6g to %.6g m/s",
            place, range->least_m_s, range->most_m_s, range->least_m_s / FOOT_M, range->most_m_s / FOOT_M);
    return PSTM_OK;
}
