/** @file check.h  What a run of a job would do and doubt, found before it: everything but samples and the
 * sum. */
#ifndef PSTM_MPI_RUN_CHECK_H
#define PSTM_MPI_RUN_CHECK_H

#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "job/job.h"
#include "mpi/run/plan.h"
#include "velocity/model.h"

/** On rank 0, but for what says otherwise. */
typedef struct pstm_run_check {
    pstm_run_plan plan;
    int64_t n_doubts;  /**< warnings, and errors that the job accepts; on every rank */
    int32_t *fold;     /**< [n_inline][n_crossline] traces by bin of the job's grid; NULL: too many bins */
    int64_t n_beside;  /**< usable traces beside the grid */
    int32_t n_threads; /**< of rank 0 */
    int32_t n_classes, k_begin, k_end;
    pstm_velocity_range range; /**< of the rms velocity */
    double reach_m;            /**< the greatest aperture */
    bool cube_stands;          /**< something is at output.file */
    char image_key[64];
    char devices[64];
} pstm_run_check;

/**
 * Does what pstm_run() does up to the samples, says on standard error what that says, and fails as that
 * would: for files, headers, velocities, doubts, places and room. Nothing stays written. The rate is measured
 * for half a second on all ranks at once. Collective; agrees on errors; *out is the caller's, for
 * pstm_run_check_clear(), also after a failure.
 */
PSTM_MUST_CHECK pstm_status pstm_run_check_make(MPI_Comm comm, const pstm_job *job, pstm_run_check *out);

/** Frees what it holds; safe on all zero. Local. */
void pstm_run_check_clear(pstm_run_check *check);

#endif
