#include "device/device.h"
#include "device_contract.h"
#include "tests/check/suite.h"

Suite *pstm_test_suite(void)
{
    return device_contract_suite(&pstm_device_stopwatch);
}
