/* with_kernel KERNEL COMMAND...: runs a command with this kernel of the CPU device (PSTM_CPU_KERNEL); skips
 * (77) where this processor does not have it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device/cpu/kernel.h"

int main(int argc, char **argv)
{
    const pstm_cpu_kernel *kernel;
    if (argc < 3 || setenv("PSTM_CPU_KERNEL", argv[1], 1) != 0) {
        fprintf(stderr, "usage: with_kernel KERNEL COMMAND...\n");
        return 2;
    }
    const pstm_status status = pstm_cpu_kernel_pick(&kernel);
    if (status != PSTM_OK) {
        fprintf(stderr, "%s: %s\n", status == PSTM_SYSTEM ? "skipped" : "with_kernel", pstm_error_text());
        return status == PSTM_SYSTEM ? 77 : 2;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 2;
}
