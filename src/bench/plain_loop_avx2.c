/* The plain loop with AVX2 and FMA. */
#include <stdbool.h>

static bool usable(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define LOOP_NAME avx2
#include "bench/plain_loop.inc"
