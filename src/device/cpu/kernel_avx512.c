/* The kernel for x86-64 processors with AVX-512, with knots in registers of 512 bits. */
#include "device/cpu/avx512.inc"

static bool usable(void)
{
    return has_avx512();
}

#define KERNEL_NAME avx512
#include "device/cpu/kernel.inc"
