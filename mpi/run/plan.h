/** @file plan.h  What a job would do, found from its headers alone. */
#ifndef PSTM_MPI_RUN_PLAN_H
#define PSTM_MPI_RUN_PLAN_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "job/job.h"
#include "plan/scheduler.h"

typedef struct pstm_run_plan {
    pstm_work *work; /**< [n_work] tiles of the target, whatever is done of them */
    int64_t n_work;
    int64_t tiles_inline, tiles_crossline; /**< of the whole grid */
    int32_t tile_inline, tile_crossline;   /**< locations of a tile */
    int64_t n_traces;                      /**< usable ones */
    double traces_read;                    /**< over all tiles, each reading all leaves that can reach it */
    int64_t trace_bytes;                   /**< of a conditioned trace in the store */
    int64_t tree_bytes;                    /**< of leaves and nodes, on every rank */
    int64_t worker_bytes;                  /**< that a worker needs beside its traces */
    int64_t budget_bytes;                  /**< of a rank */
    double bytes_per_location;             /**< of the cube */
    char numerics_id[96];
    double rate; /**< contributions a second that these ranks together sum, measured now */
    int n_ranks; /**< these ranks */
} pstm_run_plan;

/** Reads the headers and lists the tiles with their costs, on rank 0; *out stays as it is elsewhere. Nothing
 * stays written. Collective; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_run_plan_make(MPI_Comm comm, const pstm_job *job, pstm_run_plan *out);

struct pstm_run_parts;

/** The same of a run whose headers are read (parts.h). Collective; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_run_plan_find(struct pstm_run_parts *run, pstm_run_plan *out);

/** Frees what it holds; safe on all zero. Local. */
void pstm_run_plan_clear(pstm_run_plan *plan);

#endif
