/* The kernel for x86-64 processors with AVX2 and FMA. */
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define KERNEL_NAME avx2
#define KERNEL_USABLE usable
#include "migrate/cpu_kernel.inc"
