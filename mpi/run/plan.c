#include "mpi/run/plan.h"

#include <stdio.h>

#include "core/clock.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/farm/worker.h"
#include "mpi/run/parts.h"

static double bytes_per_location(const pstm_run_state *run)
{
    const pstm_output_options *output = &run->job->output;
    const int gathers = pstm_job_writes_gathers(run->job);
    return 4.0 * run->job->grid.n_times * ((gathers ? 2 * run->bins.n : 0) + output->stack + output->fold);
}

/* Traces of all leaves that each tile reads, added up. */
static pstm_status count_traces_read(const pstm_run_state *run, double *traces_read)
{
    const pstm_grid *grid = &run->job->grid;
    int64_t *leaves = NULL;
    pstm_columns column = {0};
    pstm_status status;
    double sum = 0;
    PSTM_GO(PSTM_NEW(&leaves, run->tree->n_leaves, "the leaves of a tile"));
    PSTM_GO(pstm_columns_create(pstm_device_fields(&run->device_plan), 1, grid->n_times, &column));
    for (int64_t i = 0; i < run->n_work; i++) {
        const pstm_work *work = &run->work[i];
        const pstm_work_item item =
            pstm_work_item_make(&run->tiling, work->number,
                                (pstm_group_size){work->n_inline, work->n_crossline}, &run->target->windows);
        const pstm_tile *tile = &item.tile;
        const pstm_box box = pstm_tile_box(grid, tile);
        PSTM_GO(pstm_work_item_column(run->velocity, grid, &item, &column));
        const double reach_m = pstm_work_item_reach_m(&run->aperture, grid, &item, &column);
        const int64_t n = pstm_kdtree_query(run->tree, &box, reach_m, leaves);
        for (int64_t k = 0; k < n; k++)
            sum += run->tree->leaves[leaves[k]].n_traces;
    }
    *traces_read = sum;
cleanup:
    PSTM_FREE(&leaves);
    pstm_columns_clear(&column);
    return status;
}

static pstm_status describe(pstm_run_state *run, pstm_run_plan *out)
{
    const pstm_worker_slot slot = {.device = run->machine.device, .n_threads = run->machine.n_threads};
    pstm_run_worker worker;
    pstm_run_plan_worker(run, &slot, run->group, &worker);
    pstm_run_plan plan = {.tiles_inline = run->tiling.n_tiles_inline,
                          .tiles_crossline = run->tiling.n_tiles_crossline,
                          .tile_inline = run->tiling.tile_inline,
                          .tile_crossline = run->tiling.tile_crossline,
                          .n_traces = run->tree->n_traces,
                          .n_leaves = run->tree->n_leaves,
                          .trace_bytes = pstm_run_row_floats(run) * (int64_t)sizeof(float),
                          .tree_bytes = 2 * run->tree->n_leaves * (int64_t)sizeof(pstm_leaf) +
                                        run->tree->n_nodes * (int64_t)sizeof(pstm_kdnode),
                          .worker_bytes = pstm_worker_fixed_bytes(&worker.plan),
                          .budget_bytes = run->machine.memory_bytes,
                          .bytes_per_location = bytes_per_location(run)};
    snprintf(plan.numerics_id, sizeof plan.numerics_id, "%s", run->machine.numerics_id);
    PSTM_TRY(pstm_run_list_work(run));
    PSTM_TRY(count_traces_read(run, &plan.traces_read));
    plan.work = run->work;
    plan.n_work = run->n_work;
    run->work = NULL;
    *out = plan;
    return PSTM_OK;
}

pstm_status pstm_run_plan_make(MPI_Comm comm, const pstm_job *job, pstm_run_plan *out)
{
    const pstm_run_options options = {.quiet = true, .version = "", .commit = ""};
    pstm_run_state run = {.job = job, .options = &options, .started_s = pstm_now_s(), .lock = -1};
    pstm_status status = pstm_run_prepare(comm, &run);
    if (status == PSTM_OK) status = pstm_run_survey(&run);
    if (status == PSTM_OK) status = pstm_agree(comm, run.machine.rank == 0 ? describe(&run, out) : PSTM_OK);
    pstm_run_state_destroy(&run);
    return status;
}

void pstm_run_plan_clear(pstm_run_plan *plan)
{
    PSTM_FREE(&plan->work);
    plan->n_work = 0;
}
