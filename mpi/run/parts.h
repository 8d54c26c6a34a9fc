/** @file parts.h
 * The parts of a run, each with a header that says what it holds: a machine, a survey and a store, from which
 * one or several images are made. Every rank has them, owned by the run.
 */
#ifndef PSTM_MPI_RUN_PARTS_H
#define PSTM_MPI_RUN_PARTS_H

#include <mpi.h>
#include <stdbool.h>

#include "core/doubt.h"
#include "core/status.h"
#include "job/job.h"
#include "mpi/farm/time_limit.h"
#include "mpi/run/image.h"
#include "mpi/run/machine.h"
#include "mpi/run/run_options.h"
#include "mpi/run/store.h"
#include "mpi/run/survey.h"
#include "mpi/run/worker_plan.h"

typedef struct pstm_run_parts {
    const pstm_run_options *options; /**< borrowed */
    pstm_time_limit limit;
    pstm_machine machine;
    pstm_run_survey survey;
    pstm_run_store store;
    pstm_doubts doubts;     /**< about the inputs; the same on every rank */
    pstm_run_image *images; /**< [n_images] */
    int n_images;
    pstm_run_worker
        *workers;     /**< [n_images][PSTM_RANK_WORKERS] plans; a worker that hangs may keep its own */
    bool out_of_time; /**< rank 0: the time limit has stopped the run */
} pstm_run_parts;

/**
 * All that is known before a header is read: input files open, devices chosen, images prepared, the number
 * of antialias copies that is enough for all of them. jobs: [n_jobs], an image each; borrowed, as options
 * are, until pstm_run_parts_clear(), which is due after a failure too. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_parts_prepare(MPI_Comm comm, const pstm_job *const *jobs, int n_jobs,
                                                   const pstm_run_options *options, pstm_run_parts *run);

/** Reads the headers of all input files: the survey, and the keys of store and images. Collective; agrees on
 * errors. */
PSTM_MUST_CHECK pstm_status pstm_run_parts_read_headers(pstm_run_parts *run);

/** Tells the doubts that are new (core/doubt.h); those that the job does not accept end the run. Local, with
 * the same outcome on every rank. */
PSTM_MUST_CHECK pstm_status pstm_run_tell_doubts(pstm_run_parts *run);

/** Frees all; safe on all zero. Local. */
void pstm_run_parts_clear(pstm_run_parts *run);

#endif
