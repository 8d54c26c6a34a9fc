/** @file lock.h
 * One run at a time for one output: a lock on `<cube>.lock`, held by rank 0 from before it looks at the
 * output until the run has ended. The system releases it when the process dies; the file itself stays, since
 * removing it would let two runs hold two files of that name. All functions are Local.
 */
#ifndef PSTM_MPI_RUN_LOCK_H
#define PSTM_MPI_RUN_LOCK_H

#include "core/status.h"

/**
 * Takes the lock of the cube at `cube_path`; *descriptor is the caller's, for pstm_run_unlock(). PSTM_USAGE
 * when another run holds it, PSTM_SYSTEM when the folder cannot be written. Where the file system has no
 * locks, it warns and goes on without: *descriptor = -1.
 */
PSTM_MUST_CHECK pstm_status pstm_run_lock(const char *cube_path, int *descriptor);

/** Gives the lock back and sets *descriptor to -1; nothing for -1. */
void pstm_run_unlock(int *descriptor);

#endif
