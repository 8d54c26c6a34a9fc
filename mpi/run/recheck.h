/** @file recheck.h
 * Whether the cube that a run goes on with holds what its journal says, where the two may not belong
 * together.
 */
#ifndef PSTM_MPI_RUN_RECHECK_H
#define PSTM_MPI_RUN_RECHECK_H

#include "core/status.h"
#include "mpi/run/image.h"
#include "mpi/run/machine.h"

/**
 * Nothing where the marks of the cube are those of the journal. Else, as after a run was killed or a backup
 * of one of the two was restored, all ranks together read the chunk columns that the journal holds; those
 * that are not as they were written are taken out of it, with a warning, and so are migrated again. Needs the
 * sink to be open. PSTM_DATA or PSTM_SYSTEM when the cube cannot be read. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_recheck(const pstm_machine *machine, pstm_run_image *image);

#endif
