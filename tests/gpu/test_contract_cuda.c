#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "device_contract.h"
#include "tests/check/suite.h"

Suite *pstm_test_suite(void)
{
    pstm_device_info info;
    const char *required = getenv("PSTM_REQUIRE_GPU");
    if (pstm_device_cuda.probe(&info) == PSTM_OK) {
        printf("%s: %s\n", info.kernel, info.description);
    } else if (required == NULL || strcmp(required, "1") != 0) {
        printf("skipped: %s\n", pstm_error_text());
        return NULL;
    }
    /* A forked test cannot use the CUDA that its parent set up in probe(). */
    setenv("CK_FORK", "no", 1);
    return device_contract_suite(&pstm_device_cuda);
}
