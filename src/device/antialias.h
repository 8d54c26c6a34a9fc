/** @file antialias.h
 * Protection against operator aliasing by a bank of low-passed copies of each trace (Gray 1992:
 * docs/references.md): where the operator is steep, it reads a copy without the frequencies that it would
 * alias.
 *
 * Level n of a trace keeps frequencies below f_N * 2^(-n/2), f_N the Nyquist frequency of the input (bank.h
 * makes the copies). The level is chosen for each location, trace and block of PSTM_BLOCK output samples. The
 * block b holds the samples k = 16 b ... 16 b + 15 of the whole time axis; everything is taken at its first
 * sample with t0 > 0, the steepest. With p_s and p_r the law's dT/dx by x there (sum/laws.h; 1/(v^2 T) for
 * straight rays), d_s and d_r from source and receiver to the location, and B_a = bin_step_m[a] the vector of
 * one step of image axis a times the coefficient:
 *
 *   slope_a = | (d_s . B_a) p_s + (d_r . B_a) p_r |                   seconds of moveout in a step
 *   x       = (max over a of slope_a / sample_s)^2
 *   level   = 0 where x < 1, else min(n_levels - 1, 1 + floor(log2 x))
 *
 * so that with coefficient 1 no frequency above 1 / (2 slope) is read (Lumley, Claerbout and Bevc 1994:
 * docs/references.md). An axis with one node has B = 0 and does not count.
 *
 * The choice is the same on every device, bit by bit: it is made in float, by the operations of
 * antialias_level.h. All functions are Local.
 */
#ifndef PSTM_DEVICE_ANTIALIAS_H
#define PSTM_DEVICE_ANTIALIAS_H

#include "device/device.h"
#include "sum/real_float.h"
#include "survey/grid.h"

/** Blocks of output samples. */
static inline int32_t pstm_antialias_n_blocks(int32_t n_times)
{
    return (n_times + PSTM_BLOCK - 1) / PSTM_BLOCK;
}

/** Fills blocks[pstm_antialias_n_blocks(n_times)] from one column. */
void pstm_antialias_blocks(const pstm_device_plan *plan, const pstm_columns *column,
                           pstm_antialias_block *blocks);

/** Sets bin_step_m of a plan: world vectors of a step along inlines' and crosslines' numbers times
 * `coefficient`, 0 on an axis of one node. */
void pstm_antialias_steps(const pstm_grid *grid, double coefficient, double bin_step_m[2][2]);

/**
 * Levels that a job needs: one more than the level of its steepest operator, twice the law's steepest slope
 * of a leg at the aperture's angle (90 degrees without one) and the least velocity; at most PSTM_MOST_LEVELS.
 * plan: law, sample_s, aperture_tan and bin_step_m. The same for every tile, target, rank and device.
 */
int32_t pstm_antialias_n_levels(const pstm_device_plan *plan, double least_vrms_m_s);

/** The level of a block for a trace with these legs. */
int32_t pstm_antialias_block_level(const pstm_device_plan *plan, const pstm_antialias_legs_f *legs,
                                   const pstm_antialias_block *block);

/** Source, receiver and location to legs. */
pstm_antialias_legs_f pstm_antialias_legs_of(const pstm_device_plan *plan, double x_m, double y_m,
                                             const pstm_device_trace *trace);

#endif
