/** @file segy_lattice.h
 * The lattice on which the traces of a SEG-Y cube lie, from the cells in their headers. Internal to
 * io/velocity. Local.
 */
#ifndef PSTM_IO_VELOCITY_SEGY_LATTICE_H
#define PSTM_IO_VELOCITY_SEGY_LATTICE_H

#include "core/status.h"
#include "io/segy/read.h"
#include "velocity/cube.h"

/**
 * Fills u and v of the shape, which are all inline and crossline numbers that there are, and where they lie:
 * by the grid's numbers or by the cells' coordinates, as `options` say; where they say nothing, by the
 * numbers if the coordinates agree within half a bin or there are none. What it fills is the caller's.
 * PSTM_DATA where the cells lie on no lattice, or numbers and coordinates contradict each other.
 */
PSTM_MUST_CHECK pstm_status pstm_segy_lattice_find(const pstm_velocity_options *options,
                                                   const pstm_segy_cell *cells, int64_t n,
                                                   pstm_cube_shape *shape);

/** The place of a number on an axis that has it. */
int64_t pstm_segy_lattice_index(const double *axis, int64_t n, int32_t number);

#endif
