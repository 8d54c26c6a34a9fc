/** @file device_contract.h
 * What device.h promises, as one suite that every device runs: a driver's pstm_test_suite() returns
 * device_contract_suite(&pstm_device_name).
 */
#ifndef PSTM_TESTS_DEVICE_DEVICE_CONTRACT_H
#define PSTM_TESTS_DEVICE_DEVICE_CONTRACT_H

#include <check.h>

#include "contract_job.h"

/** The device of this run, for the test cases. */
extern const pstm_device_ops *contract_device;

/** Adds test cases about bits (cuts, windows, threads) for each law and weight, fast_math on and off. */
void contract_bits_cases(Suite *suite);

/** Test cases about values: times, weights, apertures, folds. */
TCase *contract_values_case(void);

/** Test cases about whole images against the reference device, and about what a device says of itself. */
TCase *contract_reference_case(void);

/** The suite over this device. */
Suite *device_contract_suite(const pstm_device_ops *device);

#endif
