#include "gpu/cuda_gpu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** This process's rank on its node, 0 if no launcher tells. */
static int local_rank(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = getenv(names[i]);
        if (!text || !*text) continue;
        char *end;
        long rank = strtol(text, &end, 10);
        if (*end == '\0' && rank >= 0) return (int)rank;
    }
    return 0;
}

pstm_status pstm_cuda_fail(const pstm_cuda_gpu *gpu, cudaError_t error, const char *call)
{
    int name_bytes = (int)strcspn(call, "(");
    return pstm_fail(PSTM_SYSTEM, "CUDA device %d (%s), %s: %.*s or work queued before it: %s (%s)",
                     gpu->index, gpu->name, gpu->work, name_bytes, call, cudaGetErrorString(error),
                     cudaGetErrorName(error));
}

static void name_gpu(pstm_cuda_gpu *gpu, const struct cudaDeviceProp *properties)
{
    int n = snprintf(gpu->name, sizeof gpu->name, "%.100s, GPU", properties->name);
    for (int i = 0; i < 16; i++) {
        const char *dash = i == 0 || i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        n += snprintf(gpu->name + n, sizeof gpu->name - (size_t)n, "%s%02x", dash,
                      (unsigned char)properties->uuid.bytes[i]);
    }
}

pstm_status pstm_cuda_gpu_take(pstm_cuda_gpu *gpu)
{
    int n_visible = 0;
    cudaError_t error = cudaGetDeviceCount(&n_visible);
    if (error != cudaSuccess || n_visible == 0)
        return pstm_fail(PSTM_SYSTEM,
                         "device cuda: no GPU can be used here: %s; look at nvidia-smi and at "
                         "CUDA_VISIBLE_DEVICES, or set devices: cpu",
                         error != cudaSuccess ? cudaGetErrorString(error) : "none is visible");
    pstm_cuda_gpu taken = {.index = local_rank() % n_visible, .work = "at the start"};
    struct cudaDeviceProp properties;
    PSTM_CUDA_TRY(&taken, cudaGetDeviceProperties(&properties, taken.index));
    name_gpu(&taken, &properties);
    snprintf(taken.kernel, sizeof taken.kernel, "sm_%d%d", properties.major, properties.minor);
    PSTM_CUDA_TRY(&taken, cudaSetDevice(taken.index));
    *gpu = taken;
    return PSTM_OK;
}
