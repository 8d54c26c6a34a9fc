#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device_list.h"
#include "device_contract.h"

int main(void)
{
    pstm_device_info info;
    const char *required = getenv("PSTM_REQUIRE_GPU");
    if (pstm_device_cuda.probe(&info) != PSTM_OK) {
        printf("skipped: %s\n", pstm_error_text());
        return required && strcmp(required, "1") == 0 ? 1 : 77;
    }
    printf("%s: %s\n", info.kernel, info.description);
    /* A forked test cannot use the CUDA that its parent set up in probe(). */
    setenv("CK_FORK", "no", 1);
    return device_contract_main(&pstm_device_cuda);
}
