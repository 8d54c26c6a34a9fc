/** @file frame.h
 * What main() does around the tests: nothing (serial.c), or MPI (mpi.c). CMake picks the file.
 */
#ifndef PSTM_TESTS_CHECK_FRAME_H
#define PSTM_TESTS_CHECK_FRAME_H

void pstm_test_begin(int *argc, char ***argv);

void pstm_test_end(void);

#endif
