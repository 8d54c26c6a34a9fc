#include "kernels.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "migrate/cpu_kernel.h"

int kernels_list(const char *names[KERNELS_MOST])
{
    static const pstm_cpu_kernel *const kernels[] = {
#if defined(__x86_64__)
        &pstm_cpu_kernel_avx2,
        &pstm_cpu_kernel_avx512,
#endif
        &pstm_cpu_kernel_portable,
    };
    static int told;
    int n = 0;
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (kernels[i]->usable())
            names[n++] = kernels[i]->name;
        else if (!told)
            printf("skipped: this processor has no %s\n", kernels[i]->name);
    }
    told = 1;
    return n;
}

void kernels_force(const char *name)
{
    ck_assert_int_eq(setenv("PSTM_CPU_KERNEL", name, 1), 0);
}
