#include "device_contract.h"

#include <stdio.h>
#include <string.h>

const pstm_device_ops *contract_device;

bool contract_has_antialias(void)
{
    contract_job *job = contract_job_create_antialias(1, 1);
    void *self = NULL;
    pstm_status status = contract_device->create(&job->plan, &self);
    if (status == PSTM_OK) contract_device->destroy(&self);
    contract_job_destroy(&job);
    bool refuses = status == PSTM_USAGE && strstr(pstm_error_text(), "migrate.antialias") != NULL;
    if (refuses) printf("%s: no antialias, its tests are left out\n", contract_device->name);
    return !refuses;
}

Suite *device_contract_suite(const pstm_device_ops *device)
{
    contract_device = device;
    Suite *suite = suite_create(device->name);
    suite_add_tcase(suite, contract_bits_case(false));
    suite_add_tcase(suite, contract_bits_case(true));
    suite_add_tcase(suite, contract_values_case());
    return suite;
}

int device_contract_main(const pstm_device_ops *device)
{
    SRunner *runner = srunner_create(device_contract_suite(device));
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
