/** @file models.h
 * Velocity models of tests, and what they give on output times 0, 0.1 ... 2 s.
 */
#ifndef PSTM_TESTS_VELOCITY_MODELS_H
#define PSTM_TESTS_VELOCITY_MODELS_H

#include "velocity/cube.h"
#include "velocity/model.h"

enum { N_TIMES = 21 };

/** The one node and the output times. */
pstm_grid model_grid(void);

/** The model of a constant, or of a text whose velocities are in m/s; fails the test if it is refused. */
pstm_velocity *model_of_constant(double vrms_m_s);
pstm_velocity *model_of_text(const char *text);

/** The model of a text called v.txt whose velocities are in this unit. */
pstm_status model_read(const char *text, double m_s_per_unit, pstm_velocity **out);

/** A model of a cube of 4 x 3 nodes 500 and 700 m apart along turned axes, node (0, 0) at x 100, y 200, and
 * its columns of 5 times, 0.4 s apart. */
enum { CUBE_U = 4, CUBE_V = 3, CUBE_T = 5 };
extern float cube_columns[CUBE_U * CUBE_V][CUBE_T];
pstm_vcube *new_cube(void);
pstm_velocity *model_of_cube(pstm_vcube *cube, double scale);

/** The column at a position, and its sample k. */
void model_column(const pstm_velocity *velocity, double x_m, double y_m, float vrms_m_s[N_TIMES]);
double model_at(const pstm_velocity *velocity, double x_m, double y_m, int k);

#endif
