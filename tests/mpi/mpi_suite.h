/** @file mpi_suite.h
 * Check under MPI. Every assertion is agreed on first (everywhere()), since a failing rank that leaves alone
 * would hang the others.
 */
#ifndef PSTM_TESTS_MPI_SUITE_H
#define PSTM_TESTS_MPI_SUITE_H

#include <check.h>
#include <mpi.h>

extern int rank, n_ranks;

/** True everywhere when it is true on every rank. Collective. */
int everywhere(int condition);

/**
 * Runs what `add` adds to a case, in this process, between MPI_Init() and MPI_Finalize(); only rank 0 prints.
 * Returns the exit status. MPI comes first: LeakSanitizer fails in MPI's threads when memory was allocated
 * before.
 */
int run_mpi_tests(int argc, char **argv, const char *name, void (*add_tests)(TCase *tests));

#endif
