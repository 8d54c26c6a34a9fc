/* Which kernels this build has, and which one runs. */
#include <stdlib.h>
#include <string.h>

#include "device/cpu/kernel.h"

#if defined(__x86_64__)
/** Zen 3 and 4; the former has no AVX-512. */
static bool does_avx512_in_halves(void)
{
    return __builtin_cpu_is("amdfam19h");
}
#endif

/** The better ones first; NULL where the build's architecture has no such kernel. Where two have one name,
 * the first is taken if it suits the processor; both have a name of their own too, for tests. */
static const struct {
    const char *name;
    const pstm_cpu_kernel *kernel;
    bool (*suits)(void); /**< NULL: always */
} kernels[] = {
#if defined(__x86_64__)
    {"avx512", &pstm_cpu_kernel_avx512_halves, does_avx512_in_halves},
    {"avx512", &pstm_cpu_kernel_avx512, NULL},
    {"avx2", &pstm_cpu_kernel_avx2, NULL},
    {"portable", &pstm_cpu_kernel_portable, NULL},
    {"avx512-halves", &pstm_cpu_kernel_avx512_halves, NULL},
    {"avx512-whole", &pstm_cpu_kernel_avx512, NULL},
#else
    {"avx512", NULL, NULL},
    {"avx2", NULL, NULL},
    {"portable", &pstm_cpu_kernel_portable, NULL},
    {"avx512-halves", NULL, NULL},
    {"avx512-whole", NULL, NULL},
#endif
};

enum { N_KERNELS = sizeof kernels / sizeof kernels[0] };

static bool is_usable(int i)
{
    return kernels[i].kernel && kernels[i].kernel->usable() && (!kernels[i].suits || kernels[i].suits());
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
