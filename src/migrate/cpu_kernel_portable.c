/* The kernel for any processor. Where the baseline has no fused multiply-add (x86-64) it calls the C
 * library's, which is correct but slow. */
#include <stdbool.h>

static bool usable(void)
{
    return true;
}

#define KERNEL_NAME portable
#define KERNEL_USABLE usable
#include "migrate/cpu_kernel.inc"
