/** @file work.h  What is left to do of an image: the tiles of its target, and how costly each is. */
#ifndef PSTM_MPI_RUN_WORK_H
#define PSTM_MPI_RUN_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "mpi/run/image.h"
#include "mpi/run/machine.h"
#include "mpi/run/survey.h"

/**
 * Opens the image's sink and lists the tiles to do, before any cost; refuses a cube of another image. Where
 * nothing is left it warns of inputs that are newer than the cube. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_check_output(const pstm_machine *machine, bool overwrite,
                                                  const pstm_run_survey *survey, pstm_run_image *image);

/**
 * Fills image->work: the target's tiles with their predicted costs, without those that the sink's journal
 * (NULL: none) has, joined to groups. Local, rank 0 does it.
 */
PSTM_MUST_CHECK pstm_status pstm_run_list_work(const pstm_machine *machine, const pstm_kdtree *tree,
                                               pstm_run_image *image);

/** Tiles that are left: listed and not among those that this run has migrated. Local, rank 0 knows. */
int64_t pstm_run_tiles_left(const pstm_run_image *image);

#endif
