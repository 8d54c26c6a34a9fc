#include "gpu/cuda_gpu.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/busy.h"

/* Of this process's GPUs, by index: devices that share one measure together. */
enum { MOST_GPUS = 32 };
static pstm_busy busy_of[MOST_GPUS];
static pthread_mutex_t busy_mutex = PTHREAD_MUTEX_INITIALIZER;

pstm_status pstm_cuda_fail(const pstm_cuda_gpu *gpu, cudaError_t error, const char *call)
{
    int name_bytes = (int)strcspn(call, "(");
    return pstm_fail(PSTM_SYSTEM, "CUDA device %d (%s), %s: %.*s or work queued before it: %s (%s)",
                     gpu->index, gpu->name, gpu->work, name_bytes, call, cudaGetErrorString(error),
                     cudaGetErrorName(error));
}

static void name_gpu(pstm_cuda_gpu *gpu, const struct cudaDeviceProp *properties)
{
    int n = snprintf(gpu->uuid, sizeof gpu->uuid, "GPU");
    for (int i = 0; i < 16; i++) {
        const char *dash = i == 0 || i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        n += snprintf(gpu->uuid + n, sizeof gpu->uuid - (size_t)n, "%s%02x", dash,
                      (unsigned char)properties->uuid.bytes[i]);
    }
    snprintf(gpu->name, sizeof gpu->name, "%.100s, %s", properties->name, gpu->uuid);
}

pstm_status pstm_cuda_gpu_count(int *n)
{
    int n_visible = 0;
    cudaError_t error = cudaGetDeviceCount(&n_visible);
    if (error != cudaSuccess || n_visible == 0)
        return pstm_fail(PSTM_SYSTEM,
                         "device cuda: no GPU can be used here: %s; look at nvidia-smi and at "
                         "CUDA_VISIBLE_DEVICES, or set devices: cpu",
                         error != cudaSuccess ? cudaGetErrorString(error) : "none is visible");
    *n = n_visible;
    return PSTM_OK;
}

pstm_status pstm_cuda_gpu_describe(int index, pstm_cuda_gpu *gpu)
{
    pstm_cuda_gpu found = {.index = index, .work = "at the start"};
    struct cudaDeviceProp properties;
    PSTM_CUDA_TRY(&found, cudaGetDeviceProperties(&properties, index));
    name_gpu(&found, &properties);
    snprintf(found.kernel, sizeof found.kernel, "sm_%d%d", properties.major, properties.minor);
    int clock_khz;
    PSTM_CUDA_TRY(&found, cudaDeviceGetAttribute(&clock_khz, cudaDevAttrClockRate, index));
    found.n_multiprocessors = properties.multiProcessorCount;
    found.clock_hz = 1e3 * clock_khz;
    *gpu = found;
    return PSTM_OK;
}

double pstm_cuda_gpu_busy(const pstm_cuda_gpu *gpu, double begin_s, double end_s)
{
    if (gpu->index >= MOST_GPUS) return end_s - begin_s;
    pthread_mutex_lock(&busy_mutex);
    double new_s = pstm_busy_add(&busy_of[gpu->index], begin_s, end_s);
    pthread_mutex_unlock(&busy_mutex);
    return new_s;
}
