#include "mpi/run/plan.h"

#include <stdio.h>

#include "bench/rate.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/run/parts.h"
#include "mpi/run/work.h"
#include "mpi/run/worker_plan.h"

/* Traces of all leaves that each item reads, added up. */
static pstm_status count_traces_read(const pstm_run_image *image, const pstm_kdtree *tree,
                                     double *traces_read)
{
    const pstm_grid *grid = &image->job->grid;
    int64_t *leaves = NULL;
    pstm_columns column = {0};
    pstm_status status;
    double sum = 0;
    PSTM_GO(PSTM_NEW(&leaves, tree->n_leaves, "the leaves of a tile"));
    PSTM_GO(pstm_columns_create(pstm_device_fields(&image->device_plan), 1, grid->n_times, &column));
    for (int64_t i = 0; i < image->work.n; i++) {
        const pstm_work *work = &image->work.items[i];
        const pstm_group_size size = {work->n_inline, work->n_crossline};
        const pstm_work_item item = pstm_work_item_make(&image->tiling, &image->target->lines, work->number,
                                                        size, &image->target->windows);
        const pstm_box box = pstm_tile_box(grid, &item.tile);
        PSTM_GO(pstm_work_item_column(image->velocity, grid, &item, &column));
        const double reach_m = pstm_work_item_reach_m(&image->aperture, grid, &item, &column);
        const int64_t n = pstm_kdtree_query(tree, &box, reach_m, leaves);
        for (int64_t k = 0; k < n; k++)
            sum += tree->leaves[leaves[k]].n_traces;
    }
    *traces_read = sum;
cleanup:
    PSTM_FREE(&leaves);
    pstm_columns_clear(&column);
    return status;
}

/* What there is once the headers are read. */
static pstm_run_plan describe(const pstm_run_parts *run, pstm_run_image *image)
{
    const pstm_kdtree *tree = run->survey.tree;
    const pstm_tiling *tiling = &image->tiling;
    const pstm_worker_slot slot = {.device = run->machine.device, .n_threads = run->machine.n_threads};
    pstm_run_worker worker;
    pstm_run_plan_worker(&run->survey, &run->store, image, &slot, image->group, &worker);
    pstm_run_plan plan = {
        .tiles_inline = tiling->n_tiles_inline,
        .tiles_crossline = tiling->n_tiles_crossline,
        .tile_inline = tiling->tile_inline,
        .tile_crossline = tiling->tile_crossline,
        .n_traces = tree->n_traces,
        .trace_bytes =
            pstm_run_store_row_floats(&run->store, run->survey.inputs->n_samples) * (int64_t)sizeof(float),
        .tree_bytes =
            tree->n_leaves * (int64_t)sizeof(pstm_leaf) + tree->n_nodes * (int64_t)sizeof(pstm_kdnode),
        .worker_bytes = pstm_worker_fixed_bytes(&worker.plan),
        .budget_bytes = run->machine.memory_bytes,
        .bytes_per_location = (double)pstm_cube_location_bytes(&image->sink.about)};
    snprintf(plan.numerics_id, sizeof plan.numerics_id, "%s", run->machine.numerics_id);
    return plan;
}

/* Of the workers of this rank, as if all were as the first. */
static pstm_status measure_rank(const pstm_run_parts *run, double *rate)
{
    const pstm_machine *m = &run->machine;
    const pstm_device_plan *plan = &run->images[0].device_plan;
    *rate = 0;
    if (m->n_slots == 0) return PSTM_OK;
    const pstm_worker_slot *slot = &m->slots[0];
    const pstm_rate_wish wish = {.law = plan->law,
                                 .weight = plan->weight,
                                 .taper = plan->aperture_taper,
                                 .antialias = plan->n_levels > 1,
                                 .fast_math = plan->fast_math,
                                 .n_threads = slot->n_threads};
    PSTM_TRY(pstm_rate_measure(slot->device, &wish, rate));
    *rate *= (double)m->n_slots / (slot->n_sharing > 1 ? slot->n_sharing : 1);
    return PSTM_OK;
}

/* Collective. */
static pstm_status measure_rate(const pstm_run_parts *run, double *sum)
{
    MPI_Comm comm = run->machine.comm;
    double rate = 0;
    MPI_Barrier(comm); /* so that ranks of one node measure together what they share */
    PSTM_TRY(pstm_agree(comm, measure_rank(run, &rate)));
    MPI_Allreduce(&rate, sum, 1, MPI_DOUBLE, MPI_SUM, comm);
    return PSTM_OK;
}

/* Rank 0. */
static pstm_status list_tiles(pstm_run_parts *run, double rate, pstm_run_plan *out)
{
    pstm_run_image *image = &run->images[0];
    pstm_run_plan plan = describe(run, image);
    PSTM_TRY(pstm_run_list_work(&run->machine, run->survey.tree, image));
    PSTM_TRY(count_traces_read(image, run->survey.tree, &plan.traces_read));
    plan.work = image->work.items;
    plan.n_work = image->work.n;
    plan.rate = rate;
    plan.n_ranks = run->machine.n_ranks;
    image->work = (pstm_run_work){0};
    *out = plan;
    return PSTM_OK;
}

pstm_status pstm_run_plan_find(pstm_run_parts *run, pstm_run_plan *out)
{
    double rate = 0;
    PSTM_TRY(measure_rate(run, &rate));
    return pstm_agree(run->machine.comm, run->machine.rank == 0 ? list_tiles(run, rate, out) : PSTM_OK);
}

pstm_status pstm_run_plan_make(MPI_Comm comm, const pstm_job *job, pstm_run_plan *out)
{
    const pstm_run_options options = {.quiet = true, .version = "", .commit = ""};
    pstm_run_parts run = {0};
    pstm_status status;
    PSTM_GO(pstm_run_parts_prepare(comm, &job, 1, &options, &run));
    PSTM_GO(pstm_run_parts_read_headers(&run));
    PSTM_GO(pstm_run_plan_find(&run, out));
cleanup:
    pstm_run_parts_clear(&run);
    return status;
}

void pstm_run_plan_clear(pstm_run_plan *plan)
{
    PSTM_FREE(&plan->work);
    plan->n_work = 0;
}
