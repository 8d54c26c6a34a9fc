/** @file mpi_session.h  MPI from start to end, round the work of a command. */
#ifndef PSTM_COMMANDS_MPI_SESSION_H
#define PSTM_COMMANDS_MPI_SESSION_H

#include <stdbool.h>

#include "core/status.h"

/** What a command does while MPI is there. Collective over MPI_COMM_WORLD; returns the same on every rank. */
typedef pstm_status pstm_mpi_work(const void *options, int rank, int n_ranks);

/**
 * Checks how the ranks were launched, starts MPI, the log of this rank and the stop in good order on signals,
 * does work(options), and ends MPI. Returns the exit code; one rank prints the error. Aborts, in the name of
 * the command, where the MPI library allows no threads. `quiet`: only warnings and errors are logged.
 * Collective over all ranks.
 */
int pstm_command_with_mpi(const char *name, bool quiet, pstm_mpi_work *work, const void *options);

#endif
