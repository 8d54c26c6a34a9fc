/** @file function_doubts.h
 * What is doubtful about the velocity functions of an image: places that have nothing to do with its grid,
 * times that have nothing to do with its times, and jumps that rms velocities cannot have. Internal to
 * velocity/. Local.
 */
#ifndef PSTM_VELOCITY_FUNCTION_DOUBTS_H
#define PSTM_VELOCITY_FUNCTION_DOUBTS_H

#include <stdbool.h>

#include "core/doubt.h"
#include "survey/grid.h"
#include "velocity/function_text.h"

/**
 * Doubts functions whose rms velocities are faster or slower than those of their neighbours by the ratio of
 * metre and foot, 3.28, at all of the image's times. Time and memory grow as n log n, and as n for each
 * function that differs much.
 */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_doubt_feet(const pstm_vfunctions *functions,
                                                       pstm_velocity_quantity quantity, const char *name,
                                                       const pstm_grid *grid, pstm_doubts *doubts);

/**
 * Adds a doubt of each kind that holds of velocities that are `quantity`, jumps of rms velocities only, with
 * `name`, the path of the text, before it: an error where all functions are concerned. Not doubtful:
 * functions a few steps outside the grid, one function alone wherever it is, times beyond the image as
 * velocities of a whole record have them, inversions.
 */
PSTM_MUST_CHECK pstm_status pstm_vfunctions_doubt(const pstm_vfunctions *functions,
                                                  pstm_velocity_quantity quantity, const char *name,
                                                  const pstm_grid *grid, pstm_doubts *doubts);

/** Whether no rms velocities of rock lead from one pick to the next: the interval velocity between is
 * imaginary or no rock's (Dix 1955), even if both picks are 3 % off. */
bool pstm_velocity_is_jump(const pstm_vpick *a, const pstm_vpick *b);

/** From this part of all steps on there are no rms velocities at all; fewer are single bad picks. */
#define PSTM_MANY_JUMPS 0.25

#endif
