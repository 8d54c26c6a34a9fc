/** @file mpi_session.h  MPI from start to end, for the commands that migrate. */
#ifndef PSTM_COMMANDS_MPI_SESSION_H
#define PSTM_COMMANDS_MPI_SESSION_H

#include <stdbool.h>

/**
 * Starts MPI, the log of this rank and the stop in good order on signals; returns the rank. Aborts, in the
 * name of the command, where the MPI library allows no threads. Collective over all ranks.
 */
int pstm_mpi_begin(const char *command, bool quiet);

/** Ends MPI. Collective. */
void pstm_mpi_end(void);

#endif
