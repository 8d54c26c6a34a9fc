/** @file grid.h
 * The image grid: a rotated lattice of nodes (i, j) = (inline index, crossline index) and a time axis.
 *
 *   node(i, j) = origin + j * step_crossline * (sin az, cos az) + i * step_inline * (cos az, -sin az)
 *
 * azimuth: degrees clockwise from north (+y) of the direction in which the CROSSLINE number grows; the
 * INLINE number grows towards azimuth + 90. origin: the centre of bin (0, 0). All functions are Local.
 */
#ifndef PSTM_SURVEY_GRID_H
#define PSTM_SURVEY_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

/** What a cube can hold: its axes rise from value to value, and a chunk is written at once. */
#define PSTM_GRID_MOST_TIMES 524288 /**< keeps a chunk of a cube at half a GiB */
#define PSTM_GRID_MOST_ORIGIN_M 1e9 /**< either way */
#define PSTM_GRID_LEAST_STEP_M 1e-3 /**< of inlines and crosslines: told apart at any origin */
#define PSTM_GRID_MOST_STEP_M 1e6
#define PSTM_GRID_LEAST_STEP_S 1e-6 /**< of times */
#define PSTM_GRID_MOST_STEP_S 1.0
#define PSTM_GRID_MOST_FIRST_S 1000.0 /**< of the first time, which is 0 or later */

typedef struct pstm_grid {
    double origin_x_m, origin_y_m;
    double azimuth_deg;
    double sin_azimuth, cos_azimuth; /**< set by pstm_grid_prepare(); exact for multiples of 90 degrees */
    int32_t n_inline, n_crossline;   /**< nodes on each axis, >= 1 */
    double step_inline_m, step_crossline_m; /**< > 0 */
    int32_t first_inline, first_crossline;  /**< labels of index 0; labels grow by 1 */
    int32_t n_times;                        /**< output samples, >= 1 */
    double time_first_s, time_step_s;       /**< two-way time t0(k) = time_first + k * time_step */
} pstm_grid;

/** Locations [i_begin, i_end) x [j_begin, j_end) of a grid, row-major. */
typedef struct pstm_grid_area {
    int32_t i_begin, i_end, j_begin, j_end;
} pstm_grid_area;

/** Sine and cosine of an angle in degrees, exact for multiples of 90. */
void pstm_sin_cos_deg(double angle_deg, double *sine, double *cosine);

/** Sets sin and cos of the azimuth, exact for multiples of 90 degrees. */
void pstm_grid_prepare(pstm_grid *grid);

/** Whether all of it is finite and within these bounds, with labels that an int32_t holds. */
bool pstm_grid_is_sound(const pstm_grid *grid);

/** World position in metres of node (i, j); i and j may lie outside the grid. */
void pstm_grid_node(const pstm_grid *grid, int64_t i, int64_t j, double *x_m, double *y_m);

/** Fractional indices of a world position: the inverse of pstm_grid_node(). */
void pstm_grid_indices(const pstm_grid *grid, double x_m, double y_m, double *i, double *j);

/** Two-way time in seconds of output sample k. */
static inline double pstm_grid_time_s(const pstm_grid *grid, int64_t k)
{
    return grid->time_first_s + (double)k * grid->time_step_s;
}

#endif
