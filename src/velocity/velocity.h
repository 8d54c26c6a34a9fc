/** @file velocity.h
 * Root-mean-square velocity at every image location and time, from a constant or from velocity functions.
 *
 * A velocity text holds lines `t v` (one function for the whole survey) or `x y t v` (functions at places;
 * the lines of a function stand together): t two-way time in seconds, rising; x, y world metres; v in the
 * unit of the job. `#` starts a comment. In one function v is linear in t and constant beyond its ends.
 * Between functions 1/v^2 is linear:
 *   - functions on one line (within a thousandth of its length): along the line, constant beyond its ends;
 *   - otherwise: on the triangles of the Delaunay triangulation, and outside them as at the nearest point
 *     of their rim. Triangles at the rim flatter than 1:1000 do not count, since there rounding of the
 *     coordinates alone decides which functions are neighbours.
 *
 * A velocity is read-only once made: all functions are thread-safe, and Local.
 */
#ifndef PSTM_VELOCITY_VELOCITY_H
#define PSTM_VELOCITY_VELOCITY_H

#include <stdbool.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"
#include "survey/grid.h"
#include "velocity/columns.h"

/** Velocities outside this range are refused, most often because their unit is not the one said. */
#define PSTM_VELOCITY_LEAST_M_S 100.0
#define PSTM_VELOCITY_MOST_M_S 10000.0

typedef struct pstm_velocity pstm_velocity;

/**
 * The velocity that the job asks for; reads the file if there is one. *out is owned by the caller
 * (pstm_velocity_destroy). PSTM_USAGE when the file cannot be read, otherwise as pstm_velocity_from_text().
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_open(const pstm_job_velocity *job, pstm_velocity **out);

/** The same velocity v everywhere. PSTM_USAGE when it is outside the range above. */
PSTM_MUST_CHECK pstm_status pstm_velocity_from_constant(double vrms_m_s, pstm_velocity **out);

/**
 * The velocity of a text; each v is multiplied by m_s_per_unit, that is, by unit * scale of the job.
 * PSTM_DATA with "name:line" and the remedy for what is no number, a wrong count of columns, times that do
 * not rise, times or velocities out of range, a place that comes twice, or no line at all.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_from_text(const char *text, const char *name, double m_s_per_unit,
                                                    pstm_velocity **out);

/** Frees *velocity and sets it to NULL; NULL-safe. */
void pstm_velocity_destroy(pstm_velocity **velocity);

/** True when every location has the same column, so that one call of pstm_velocity_column() serves all. */
bool pstm_velocity_is_uniform(const pstm_velocity *velocity);

/**
 * Fills the fields of one column at a world position and the grid's output times, of which it has as many.
 * A pure function of its arguments, so that tiles and ranks agree in every bit. O(n_times + picks).
 */
void pstm_velocity_column(const pstm_velocity *velocity, double x_m, double y_m, const pstm_grid *grid,
                          const pstm_columns *column);

/** The greatest vrms in m/s anywhere, at any time. */
double pstm_velocity_max_m_s(const pstm_velocity *velocity);

/** The least vrms in m/s anywhere, at any time. */
double pstm_velocity_min_m_s(const pstm_velocity *velocity);

/**
 * Appends the canonical velocity text: equal functions give equal bytes whatever order, unit or comments
 * they were written with. pstm_velocity_from_text() with m_s_per_unit 1 makes the same velocity of it, bit
 * for bit; it goes into the image key and to the other ranks.
 */
PSTM_MUST_CHECK pstm_status pstm_velocity_describe(const pstm_velocity *velocity, pstm_text *text);

#endif
