/** @file finish.h  How a run ends: the cube marked, the reports written, the store removed. */
#ifndef PSTM_MPI_RUN_FINISH_H
#define PSTM_MPI_RUN_FINISH_H

#include <stdbool.h>

#include "core/status.h"
#include "mpi/run/parts.h"

/** Marks an image's cube and, if there was work, writes its reports. *done: no tile is left; the same on
 * every rank. Collective; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_run_finish_image(pstm_run_parts *run, pstm_run_image *image, bool *done);

/**
 * Removes the store if all is done and the job does not keep it. PSTM_OK if all is done; PSTM_STOPPED, or
 * PSTM_SYSTEM where the next run would get no further. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_finish(pstm_run_parts *run);

/** Both without the other ranks, which do not answer, and without reports. Rank 0, Local. */
PSTM_MUST_CHECK pstm_status pstm_run_finish_alone(pstm_run_parts *run, pstm_run_image *image);

#endif
