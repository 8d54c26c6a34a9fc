/** @file suite.h
 * What a test program defines; main() is in tests/check/main.c, the same for all. Check runs each test in a
 * process of its own, except under MPI (tests/check/mpi.h).
 */
#ifndef PSTM_TESTS_CHECK_SUITE_H
#define PSTM_TESTS_CHECK_SUITE_H

#include <check.h>

/**
 * The tests of this program; freed by main(). NULL when they cannot run here, with the reason printed: the
 * program then ends with exit status 77, which is "skipped". What is set up here is set up for all tests.
 */
Suite *pstm_test_suite(void);

#endif
