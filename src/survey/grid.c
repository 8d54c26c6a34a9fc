#include "survey/grid.h"

#include <math.h>

/** sin of an angle in degrees; exact where it is 0 or +-1. */
static double sin_deg(double angle_deg)
{
    double angle = fmod(angle_deg, 360.0);
    if (angle < 0) angle += 360.0;
    if (angle == 0 || angle == 180) return 0;
    if (angle == 90) return 1;
    if (angle == 270) return -1;
    return sin(angle * (M_PI / 180));
}

void pstm_sin_cos_deg(double angle_deg, double *sine, double *cosine)
{
    *sine = sin_deg(angle_deg);
    *cosine = sin_deg(angle_deg + 90);
}

void pstm_grid_prepare(pstm_grid *grid)
{
    pstm_sin_cos_deg(grid->azimuth_deg, &grid->sin_azimuth, &grid->cos_azimuth);
}

static bool is_axis(int32_t n, int32_t first, double step_m)
{
    return n >= 1 && (int64_t)first + n - 1 <= INT32_MAX && step_m >= PSTM_GRID_LEAST_STEP_M &&
           step_m <= PSTM_GRID_MOST_STEP_M;
}

bool pstm_grid_is_sound(const pstm_grid *grid)
{
    return fabs(grid->origin_x_m) <= PSTM_GRID_MOST_ORIGIN_M &&
           fabs(grid->origin_y_m) <= PSTM_GRID_MOST_ORIGIN_M && fabs(grid->azimuth_deg) <= 360 &&
           is_axis(grid->n_inline, grid->first_inline, grid->step_inline_m) &&
           is_axis(grid->n_crossline, grid->first_crossline, grid->step_crossline_m) && grid->n_times >= 1 &&
           grid->n_times <= PSTM_GRID_MOST_TIMES && grid->time_first_s >= 0 &&
           grid->time_first_s <= PSTM_GRID_MOST_FIRST_S && grid->time_step_s >= PSTM_GRID_LEAST_STEP_S &&
           grid->time_step_s <= PSTM_GRID_MOST_STEP_S;
}

void pstm_grid_node(const pstm_grid *grid, int64_t i, int64_t j, double *x_m, double *y_m)
{
    double inline_m = (double)i * grid->step_inline_m;
    double crossline_m = (double)j * grid->step_crossline_m;
    *x_m = grid->origin_x_m + (crossline_m * grid->sin_azimuth + inline_m * grid->cos_azimuth);
    *y_m = grid->origin_y_m + (crossline_m * grid->cos_azimuth - inline_m * grid->sin_azimuth);
}

void pstm_grid_indices(const pstm_grid *grid, double x_m, double y_m, double *i, double *j)
{
    double dx = x_m - grid->origin_x_m;
    double dy = y_m - grid->origin_y_m;
    *i = (dx * grid->cos_azimuth - dy * grid->sin_azimuth) / grid->step_inline_m;
    *j = (dx * grid->sin_azimuth + dy * grid->cos_azimuth) / grid->step_crossline_m;
}
