/** @file launch.h
 * What must be known before MPI starts: a run started in a way that cannot be meant, and which MPI-IO is
 * wanted. All functions are Local.
 */
#ifndef PSTM_MPI_RUN_LAUNCH_H
#define PSTM_MPI_RUN_LAUNCH_H

#include "core/status.h"

/**
 * Before MPI_Init(): `srun -n N` without PMI starts N programs that know nothing of each other, and all would
 * write the same cube (or MPI_Init() dies with words about how MPI was built). PSTM_USAGE with the remedy.
 * The environment's PSTM_MPI_IO (ompio, romio) is handed on to Open MPI; PSTM_USAGE for another word. Makes
 * HDF5 ready, which must come before MPI (io/h5.h).
 */
PSTM_MUST_CHECK pstm_status pstm_launch_check(void);

/** Whether this process should speak for all that were started with it. */
int pstm_launch_is_first(void);

/**
 * After MPI_Init(): the same for an MPI library that ignored the PMI that was there (PSTM_USAGE), and a
 * warning when one rank runs in a Slurm job of many tasks. n_ranks: of MPI_COMM_WORLD.
 */
PSTM_MUST_CHECK pstm_status pstm_launch_check_ranks(int n_ranks);

#endif
