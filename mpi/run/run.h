/** @file run.h
 * A job from its input files to its finished cube, on all ranks:
 *
 *   parts.h     machine, survey and images made ready; headers read
 *   image.h     for each image: is there a cube to go on with? which tiles are left?
 *   store.h     traces conditioned once for all images, or found
 *   migrate.h   for each image in turn: its tiles
 *   finish.h    its cube marked and its reports written; at last the store removed
 */
#ifndef PSTM_MPI_RUN_RUN_H
#define PSTM_MPI_RUN_RUN_H

#include <mpi.h>

#include "core/status.h"
#include "job/job.h"
#include "mpi/run/run_options.h"

/**
 * Migrates the job; goes on where an earlier run of the same image stopped. Leaves beside the cube: the
 * journal, the list of dropped traces, progress, and with output.profile the profile (JSON and CSV).
 * Rank 0 says on standard error what happens. PSTM_STOPPED when a signal or the time limit
 * (time_limit.h) ended it in good order; PSTM_SYSTEM when the time limit did before anything was achieved, as
 * a job that requeues itself would then go on for ever.
 * Collective over comm: every rank returns the same status with the same text.
 */
PSTM_MUST_CHECK pstm_status pstm_run(MPI_Comm comm, const pstm_job *job, const pstm_run_options *options);

/**
 * Migrates n_jobs >= 1 images of one survey: headers are read and traces conditioned once. Each cube is bit
 * for bit that of pstm_run() with its job, which may also begin it or go on with it. The store and the list
 * of dropped traces lie beside the first cube. jobs[0] says which devices, threads and memory are used; the
 * others must ask for the same conditioned traces (PSTM_USAGE) and name other cubes. A run that is stopped
 * leaves the later images for the next one. All else as of pstm_run().
 */
PSTM_MUST_CHECK pstm_status pstm_run_images(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                                            const pstm_run_options *options);

#endif
