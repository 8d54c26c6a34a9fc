#include "kernels.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "device/cpu/kernel.h"

int kernels_list(const char *names[KERNELS_MOST])
{
    static const char *const all[KERNELS_MOST] = {"avx2", "avx512-halves", "avx512-whole", "portable"};
    static int told;
    const pstm_cpu_kernel *kernel;
    int n = 0;
    for (int i = 0; i < KERNELS_MOST; i++) {
        kernels_force(all[i]);
        if (pstm_cpu_kernel_pick(&kernel) == PSTM_OK)
            names[n++] = all[i];
        else if (!told)
            printf("skipped: this processor has no %s\n", all[i]);
    }
    unsetenv("PSTM_CPU_KERNEL");
    told = 1;
    return n;
}

void kernels_force(const char *name)
{
    ck_assert_int_eq(setenv("PSTM_CPU_KERNEL", name, 1), 0);
}
