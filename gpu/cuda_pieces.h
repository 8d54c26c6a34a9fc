/** @file cuda_pieces.h
 * Which kernel of the CUDA device takes which output samples, and what the kernel of groups (cuda_groups.cu)
 * needs to know of them.
 *
 * The kernel of groups interpolates arrivals and weights of neighbouring locations (cuda_nodes.inc) and is
 * faster; the kernel of single locations (cuda_migrate.cu) makes each of them exactly. The choice falls for
 * each span of the time axis from what the whole job has alike: the formulas, the steps, the column, the
 * aperture. So neither tile, target nor number of GPUs reaches the bits. All functions are Local.
 */
#ifndef PSTM_GPU_CUDA_PIECES_H
#define PSTM_GPU_CUDA_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "device/device.h"
#include "gpu/cuda_piece.h"

/** The pieces of one column. */
typedef struct pstm_cuda_pieces {
    int32_t n_spans;
    uint8_t *width;         /**< [span] locations of a group; 0: the kernel of single locations takes it */
    pstm_cuda_piece *piece; /**< [span][PSTM_CUDA_PIECES_OF_SPAN] */
    float *vrms_m_s;        /**< [n_times] the column they were made of */
    double step_m;          /**< and the step */
} pstm_cuda_pieces;

/**
 * Whether groups apply to a plan. They do not where it asks for exact times (fast_math off), has antialias
 * copies, or has no limit of the aperture in distance.
 */
bool pstm_cuda_groups_apply(const pstm_device_plan *plan);

/**
 * The axis of a tile's lattice along which groups run: the finer one, or the only one. -1: groups do not
 * apply to its plan, or the tile has no lattice, or it has a column for each location.
 */
int pstm_cuda_groups_axis(const pstm_device_plan *plan, const pstm_device_tile *tile);

/** How far interpolated arrivals and weights are from exact ones over the aperture. */
typedef struct pstm_cuda_errors {
    double most_samples, rms_samples; /**< of the arrival, in input samples */
    double most_weight, rms_weight;   /**< relative: each to its own; rms to the rms of the weights */
} pstm_cuda_errors;

/** The errors of a piece for groups of `width` locations step_m apart. NaN or INFINITY: it cannot be done. */
pstm_cuda_errors pstm_cuda_piece_errors(const pstm_device_plan *plan, const float *vrms_m_s, int32_t i_piece,
                                        int32_t width, double step_m);

/** Whether errors are allowed: by device.h's word for fast_math, and 1e-4 samples rms over the traces of a
 * survey. */
bool pstm_cuda_errors_allowed(const pstm_cuda_errors *errors);

/**
 * Makes the pieces of a column, or keeps them where they are of the same column and steps: along the groups
 * and from row to row. full_fraction: of a limit^2, up to which no leg is tapered. Owned by the caller
 * (pstm_cuda_pieces_clear(), also on failure).
 */
PSTM_MUST_CHECK pstm_status pstm_cuda_pieces_make(const pstm_device_plan *plan, const float *vrms_m_s,
                                                  double step_m, float full_fraction,
                                                  pstm_cuda_pieces *pieces);
void pstm_cuda_pieces_clear(pstm_cuda_pieces *pieces);

#endif
