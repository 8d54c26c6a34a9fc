#include "mpi/run/check.h"

#include <stdio.h>

#include "core/memory.h"
#include "core/place.h"
#include "core/version.h"
#include "mpi/comm/agree.h"
#include "mpi/run/parts.h"
#include "mpi/survey/places.h"

/* Where the run's files go. Rank 0. */
static pstm_status check_place(const pstm_job *job, pstm_run_check *out)
{
    PSTM_TRY(pstm_run_sink_check_place(&job->output));
    return pstm_place_is_taken(job->output.file, &out->cube_stands);
}

/* Collective. */
static pstm_status count_fold(MPI_Comm comm, const pstm_run_parts *run, pstm_run_check *out)
{
    const pstm_grid *grid = &run->images[0].job->grid;
    const int64_t n = (int64_t)grid->n_inline * grid->n_crossline;
    if (n > PSTM_FOLD_MAP_MOST) return PSTM_OK;
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&out->fold, n, "a map of fold")));
    pstm_fold_map_count(comm, grid, run->survey.traces, run->survey.n_traces, out->fold, &out->n_beside);
    return PSTM_OK;
}

static void describe(const pstm_run_parts *run, pstm_run_check *out)
{
    const pstm_run_image *image = &run->images[0];
    const uint64_t accepted = image->job->accepted;
    for (int64_t d = 0; d < run->doubts.n; d++) {
        const pstm_doubt *doubt = &run->doubts.items[d];
        out->n_doubts += doubt->is_error || (accepted >> doubt->kind & 1) == 0;
    }
    out->n_threads = run->machine.n_threads;
    out->n_classes = image->bins.n;
    out->k_begin = image->window.k_begin;
    out->k_end = image->window.k_end;
    out->range = image->velocity->range;
    out->reach_m = pstm_run_image_extent(image, run->survey.inputs->sample_s).reach_m;
    snprintf(out->image_key, sizeof out->image_key, "%s", run->machine.rank == 0 ? image->sink.key : "");
    snprintf(out->devices, sizeof out->devices, "%s", run->machine.device_names);
}

pstm_status pstm_run_check_make(MPI_Comm comm, const pstm_job *job, pstm_run_check *out)
{
    const pstm_run_options options = {.version = pstm_version(), .commit = pstm_commit()};
    pstm_run_parts run = {0};
    int rank;
    pstm_status status;
    *out = (pstm_run_check){.fold = NULL};
    MPI_Comm_rank(comm, &rank);
    PSTM_GO(pstm_agree(comm, rank == 0 ? check_place(job, out) : PSTM_OK));
    PSTM_GO(pstm_run_parts_prepare(comm, &job, 1, &options, &run));
    PSTM_GO(pstm_agree(comm, rank == 0 ? pstm_run_image_check_room(&run.images[0]) : PSTM_OK));
    PSTM_GO(pstm_run_parts_read_headers(&run));
    describe(&run, out);
    PSTM_GO(pstm_run_plan_find(&run, &out->plan));
    PSTM_GO(count_fold(comm, &run, out));
cleanup:
    pstm_run_parts_clear(&run);
    return status;
}

void pstm_run_check_clear(pstm_run_check *check)
{
    pstm_run_plan_clear(&check->plan);
    PSTM_FREE(&check->fold);
}
