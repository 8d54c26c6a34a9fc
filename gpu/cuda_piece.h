/** @file cuda_piece.h
 * What the kernel of groups (cuda_groups.cu) needs to know of 64 output samples of a column. For C and CUDA.
 * Local.
 */
#ifndef PSTM_GPU_CUDA_PIECE_H
#define PSTM_GPU_CUDA_PIECE_H

#include <math.h>
#include <stdint.h>

#include "sum/ray.h"
#include "sum/weights.h"

enum {
    PSTM_CUDA_PIECE = 64,         /**< output samples of a piece, from multiples of it on */
    PSTM_CUDA_PIECES_OF_SPAN = 2, /**< a span is that of cuda_kernels.h */
    PSTM_CUDA_KNOTS = 4,          /**< of a piece */
    PSTM_CUDA_HALVES = 2,         /**< of a piece: a lane of a warp owns a sample of each */
    PSTM_CUDA_WIDEST = 16,        /**< locations of a group, or half as many */
};

/** Times in input samples. */
typedef struct pstm_cuda_piece {
    float knots[PSTM_RAY_FIELDS][PSTM_CUDA_KNOTS];       /**< fields of the law at the knots */
    float scale[PSTM_CUDA_KNOTS];                        /**< pstm_cuda_tau_scale() there */
    float least[PSTM_RAY_FIELDS], most[PSTM_RAY_FIELDS]; /**< of all samples, also those behind the axis */
    float most2_m2[PSTM_CUDA_HALVES]; /**< a longer leg^2 above this reaches no wanted sample of the half */
    float valid2_m2;                  /**< the law holds for a leg^2 up to this at all samples */
    float full2_m2[PSTM_CUDA_HALVES]; /**< one up to this reaches all, wanted and untapered; -1: none does */
} pstm_cuda_piece;

/**
 * The interpolated weight is this times the pair's factor (sum/weights.h), since it is nearer to a
 * polynomial: half the power of tau of the list. A sum is divided by it once, when it is read. tau2 > 0.
 */
PSTM_SUM_INLINE double pstm_cuda_tau_scale(int weight, double tau2)
{
    const int power = pstm_weight_tau_power(weight);
    return power == 0 ? 1 : power == 4 ? tau2 : power == 2 ? sqrt(tau2) : pow(tau2, 0.25 * power);
}

#endif
