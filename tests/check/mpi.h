/** @file mpi.h
 * Check under MPI: all tests run in the process that MPI knows, and rank 0 alone prints. Every assertion is
 * agreed on first (everywhere()), since a failing rank that leaves alone would hang the others.
 */
#ifndef PSTM_TESTS_CHECK_MPI_H
#define PSTM_TESTS_CHECK_MPI_H

#include <mpi.h>

#include "tests/check/suite.h"

/** Of MPI_COMM_WORLD. */
extern int rank, n_ranks;

/** True everywhere when it is true on every rank. Collective. */
int everywhere(int condition);

#endif
