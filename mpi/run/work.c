/* What a run has to do: the tiles of its target, and how costly each is. */
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "io/digest.h"
#include "mpi/comm/first_failure.h"
#include "mpi/run/parts.h"

/* What a thread predicts costs with. */
typedef struct pricer {
    pstm_cost *cost;
    pstm_columns column; /* one */
} pricer;

static pstm_status create_pricer(const pstm_run_state *run, pricer *p)
{
    PSTM_TRY(
        pstm_columns_create(pstm_device_fields(&run->device_plan), 1, run->job->grid.n_times, &p->column));
    return pstm_cost_create(run->tree, &run->job->grid, &run->aperture, &p->cost);
}

static pstm_status price(const pstm_run_state *run, const pricer *p, int64_t number, pstm_work *work)
{
    const pstm_work_item item =
        pstm_work_item_make(&run->tiling, number, (pstm_group_size){1, 1}, &run->target->windows);
    PSTM_TRY(pstm_work_item_column(run->velocity, &run->job->grid, &item, &p->column));
    *work = (pstm_work){.number = number,
                        .at_inline = (int32_t)(number / run->tiling.n_tiles_crossline),
                        .at_crossline = (int32_t)(number % run->tiling.n_tiles_crossline),
                        .cost = pstm_work_item_cost(p->cost, &item, &p->column)};
    return PSTM_OK;
}

/* Each takes room for a query; together at most MEMORY_SHARE of the free memory. */
static int count_pricers(const pstm_run_state *run)
{
    enum { MEMORY_SHARE = 8 };
    const int64_t free_bytes = run->machine.memory_bytes - pstm_machine_resident_bytes();
    const int64_t bytes = run->tree->n_leaves * (int64_t)sizeof(int64_t) +
                          run->job->grid.n_times * (int64_t)sizeof(double) +
                          pstm_columns_bytes(pstm_device_fields(&run->device_plan), run->job->grid.n_times);
    int64_t n = free_bytes / MEMORY_SHARE / bytes;
    if (n > run->target->n_tiles) n = run->target->n_tiles;
    if (n > run->machine.n_threads) n = run->machine.n_threads;
    return n > 1 ? (int)n : 1;
}

/* All tiles of the target. A tile asks the tree, and looks at every leaf it can see. */
static pstm_status price_target(pstm_run_state *run)
{
    const int n_threads = count_pricers(run);
    pricer *pricers = NULL;
    pstm_first_failure failure;
    pstm_status status;
    pstm_first_failure_clear(&failure);
    PSTM_GO(PSTM_NEW(&run->work, run->target->n_tiles, "the list of tiles"));
    PSTM_GO(PSTM_NEW(&pricers, n_threads, "the costs of tiles"));
    for (int t = 0; t < n_threads; t++)
        PSTM_GO(create_pricer(run, &pricers[t]));
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
    for (int64_t i = 0; i < run->target->n_tiles; i++) {
        const pstm_status priced =
            price(run, &pricers[omp_get_thread_num()], run->target->tiles[i], &run->work[i]);
        if (priced != PSTM_OK) pstm_first_failure_keep(&failure, i, priced);
    }
    status = pstm_first_failure_raise(&failure);
cleanup:
    for (int t = 0; pricers != NULL && t < n_threads; t++) {
        pstm_cost_destroy(&pricers[t].cost);
        pstm_columns_clear(&pricers[t].column);
    }
    PSTM_FREE(&pricers);
    return status;
}

/* Leaves out what an earlier run has finished. */
static void keep_open(pstm_run_state *run)
{
    for (int64_t i = 0; i < run->target->n_tiles; i++) {
        const pstm_work work = run->work[i];
        const pstm_tile tile = pstm_tile_at(&run->tiling, work.number);
        const pstm_cube_area area = {tile.i_begin, tile.i_end, tile.j_begin, tile.j_end};
        if (run->journal != NULL && pstm_cube_area_is_done(run->journal, &area)) {
            run->tiles_resumed++;
            run->cost_resumed += work.cost;
        } else {
            run->work[run->n_work++] = work;
        }
    }
}

/* PSTM_SHUFFLE_TILES=SEED hands the tiles out in a random order, for tests: the image must not care. */
static void shuffle_work(pstm_run_state *run)
{
    const char *seed = getenv("PSTM_SHUFFLE_TILES");
    if (seed == NULL) return;
    for (int64_t i = 0; i < run->n_work; i++) {
        const uint64_t key[2] = {(uint64_t)run->work[i].number, strtoull(seed, NULL, 10)};
        run->work[i].cost = (double)(pstm_digest_bytes(key, sizeof key) >> 11);
    }
}

pstm_status pstm_run_list_work(pstm_run_state *run)
{
    PSTM_TRY(price_target(run));
    keep_open(run);
    run->n_work = pstm_work_join(&run->tiling, run->group, run->work, run->n_work);
    shuffle_work(run);
    return PSTM_OK;
}
