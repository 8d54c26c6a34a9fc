/** @file cuda_choice.h
 * Which kernel takes which span of a tile (cuda_pieces.h), as the kernels want to know it. All functions are
 * Local.
 */
#ifndef PSTM_GPU_CUDA_CHOICE_H
#define PSTM_GPU_CUDA_CHOICE_H

#include "gpu/cuda_kernels.h"
#include "gpu/cuda_pieces.h"

/** The kernels: of single locations, of groups of half the width, of wide groups. */
enum { PSTM_CUDA_SUMS = 3 };

typedef struct pstm_cuda_choice {
    int32_t n_spans;
    float full_fraction;     /**< of pstm_cuda_tile */
    int axis;                /**< of the lattice, along which groups run; -1: single locations alone */
    pstm_cuda_pieces pieces; /**< of the column, where there are groups */
    int32_t *order;          /**< [span] of each kernel, one after the other */
    int32_t n_of[PSTM_CUDA_SUMS];
    uint8_t *width; /**< [span] of a group; 0: single locations */
} pstm_cuda_choice;

/** For a plan. Owned by the caller (pstm_cuda_choice_close(), also on failure). */
PSTM_MUST_CHECK pstm_status pstm_cuda_choice_open(const pstm_device_plan *plan, pstm_cuda_choice *choice);
void pstm_cuda_choice_close(pstm_cuda_choice *choice);

/** Chooses for a tile. The variable PSTM_CUDA_GROUPS=off leaves all spans to single locations, for tests. */
PSTM_MUST_CHECK pstm_status pstm_cuda_choose(pstm_cuda_choice *choice, const pstm_device_plan *plan,
                                             const pstm_device_tile *tile);

/** The spans of each kernel; `order` is the device's copy of choice->order. */
void pstm_cuda_choice_spans(const pstm_cuda_choice *choice, const int32_t *order,
                            pstm_cuda_spans spans_of[PSTM_CUDA_SUMS]);

/** A tile's lattice as the groups see it; all 0 without groups. */
pstm_cuda_lattice pstm_cuda_choice_lattice(const pstm_cuda_choice *choice, const pstm_lattice *lattice);

#endif
