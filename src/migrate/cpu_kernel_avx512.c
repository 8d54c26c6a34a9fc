/* The kernel for x86-64 processors with AVX-512 (F, VL, DQ, BW). */
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("fma");
}

#define KERNEL_NAME avx512
#define KERNEL_USABLE usable
#include "migrate/cpu_kernel.inc"
