#include "device_contract.h"

const pstm_device_ops *contract_device;

Suite *device_contract_suite(const pstm_device_ops *device)
{
    contract_device = device;
    Suite *suite = suite_create(device->name);
    contract_bits_cases(suite);
    suite_add_tcase(suite, contract_values_case());
    suite_add_tcase(suite, contract_reference_case());
    return suite;
}
