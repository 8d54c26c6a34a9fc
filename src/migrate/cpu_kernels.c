/* Which kernels this build has, and which one runs. */
#include <stdlib.h>
#include <string.h>

#include "migrate/cpu_kernel.h"

/** The better ones first; NULL where the build's architecture has no such kernel. Of two of one name the
 * first that is usable is taken; a name of its own lets tests take the other. */
static const struct {
    const char *name;
    const pstm_cpu_kernel *kernel;
} kernels[] = {
#if defined(__x86_64__)
    {"avx512", &pstm_cpu_kernel_avx512_halves}, {"avx512", &pstm_cpu_kernel_avx512},
    {"avx512-whole", &pstm_cpu_kernel_avx512},  {"avx2", &pstm_cpu_kernel_avx2},
#else
    {"avx512", NULL},
    {"avx512-whole", NULL},
    {"avx2", NULL},
#endif
    {"portable", &pstm_cpu_kernel_portable},
};

enum { N_KERNELS = sizeof kernels / sizeof kernels[0] };

static bool is_usable(int i)
{
    return kernels[i].kernel && kernels[i].kernel->usable();
}

pstm_status pstm_cpu_kernel_pick(const pstm_cpu_kernel **kernel)
{
    const char *forced = getenv("PSTM_CPU_KERNEL");
    bool is_known = false;
    for (int i = 0; i < N_KERNELS; i++) {
        if (forced && strcmp(forced, kernels[i].name) != 0) continue;
        is_known = true;
        if (!is_usable(i)) continue;
        *kernel = kernels[i].kernel;
        return PSTM_OK;
    }
    if (is_known)
        return pstm_fail(PSTM_SYSTEM,
                         "PSTM_CPU_KERNEL=%s: this processor cannot run that kernel; unset the variable, "
                         "and the widest kernel that it can run is taken",
                         forced);
    return pstm_fail(PSTM_USAGE,
                     "PSTM_CPU_KERNEL=%s is no kernel; set it to avx512, avx2 or portable, or unset it",
                     forced);
}
