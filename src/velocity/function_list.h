/** @file function_list.h
 * Velocity functions in memory. Internal to velocity/.
 */
#ifndef PSTM_VELOCITY_FUNCTION_LIST_H
#define PSTM_VELOCITY_FUNCTION_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "velocity/rms_reader.h"

/** One function: picks [first_pick, first_pick + n_picks) at a place. */
typedef struct pstm_vfunction {
    double x_m, y_m; /**< 0 when the functions are not placed */
    int64_t first_pick, n_picks;
    int64_t line; /**< of its first pick, from 1 */
} pstm_vfunction;

/** All functions of a text, by x, then y; all zero is empty. */
typedef struct pstm_vfunctions {
    bool placed; /**< lines were `x y t v`; otherwise there is one function */
    int64_t n, n_picks;
    pstm_vfunction *functions;
    pstm_vpick *picks;
    int64_t functions_capacity, picks_capacity;
} pstm_vfunctions;

#endif
