/** @file migrate.h
 * The tiles of an image: a worker for each slot of each rank, rank 0's dispatcher, the tile loop of all
 * ranks.
 */
#ifndef PSTM_MPI_RUN_MIGRATE_H
#define PSTM_MPI_RUN_MIGRATE_H

#include "core/status.h"
#include "mpi/run/image.h"
#include "mpi/run/parts.h"

/**
 * PSTM_USAGE with the `memory` that suffices when the least that workers need is more than a rank has. Before
 * the store is made, which may take long. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_check_memory(pstm_run_parts *run, pstm_run_image *image);

/**
 * Migrates the image's work into its cube, which it makes if there is none. PSTM_OK when all is done or a
 * stop was wanted: pstm_run_tiles_left() says which. Where ranks do not answer any more, rank 0 finishes the
 * cube and ends the job by MPI_Abort. Needs the store. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_migrate(pstm_run_parts *run, pstm_run_image *image);

#endif
