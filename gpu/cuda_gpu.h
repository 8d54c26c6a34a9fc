/** @file cuda_gpu.h
 * Which GPU this process uses, and what its errors say. All functions are Local.
 */
#ifndef PSTM_GPU_CUDA_GPU_H
#define PSTM_GPU_CUDA_GPU_H

#include <cuda_runtime_api.h>

#include "core/status.h"

typedef struct pstm_cuda_gpu {
    int index;      /**< among the visible ones */
    char name[192]; /**< the vendor's, and its UUID as nvidia-smi -L shows it */
    char uuid[48];
    char kernel[32]; /**< its architecture, for example sm_90 */
    char work[96];   /**< what it is doing, for error texts: "tile of 256 locations from (x, y)" */
    int n_multiprocessors;
    double clock_hz; /**< the highest of the multiprocessors */
} pstm_cuda_gpu;

/** How many GPUs this process sees. PSTM_SYSTEM with the remedy if there is none. */
PSTM_MUST_CHECK pstm_status pstm_cuda_gpu_count(int *n);

/** Describes a visible GPU; it is not touched. */
PSTM_MUST_CHECK pstm_status pstm_cuda_gpu_describe(int index, pstm_cuda_gpu *gpu);

/** PSTM_SYSTEM with a text that names the call, the GPU and its work. Calls that queue work also return the
 * error of work queued before them, and the text says so. */
PSTM_MUST_CHECK pstm_status pstm_cuda_fail(const pstm_cuda_gpu *gpu, cudaError_t error, const char *call);

/** Tells when a kernel of the sum ran, on the clock of pstm_now_s(), and returns the seconds of it in which
 * no other one that this process told of ran on the GPU. Any thread. */
double pstm_cuda_gpu_busy(const pstm_cuda_gpu *gpu, double begin_s, double end_s);

/** Returns from the calling function if a CUDA call did not succeed. */
#define PSTM_CUDA_TRY(gpu, call)                                                                             \
    do {                                                                                                     \
        cudaError_t cuda_error_ = (call);                                                                    \
        if (cuda_error_ != cudaSuccess) return pstm_cuda_fail((gpu), cuda_error_, #call);                    \
    } while (0)

#endif
