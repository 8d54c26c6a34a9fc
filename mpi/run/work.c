#include "mpi/run/work.h"

#include <inttypes.h>
#include <omp.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/digest.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/first_failure.h"
#include "mpi/run/recheck.h"

/* What a thread predicts costs with. */
typedef struct predictor {
    pstm_cost *cost;
    pstm_columns column; /* one */
} predictor;

static pstm_status create_predictor(const pstm_run_image *image, const pstm_kdtree *tree, predictor *p)
{
    const pstm_fields fields = pstm_device_fields(&image->device_plan);
    PSTM_TRY(pstm_columns_create(fields, 1, image->job->grid.n_times, &p->column));
    return pstm_cost_create(tree, &image->job->grid, &image->aperture, &p->cost);
}

static pstm_status predict(const pstm_run_image *image, const predictor *p, int64_t number, pstm_work *work)
{
    const pstm_work_item item = pstm_work_item_make(&image->tiling, &image->target->lines, number,
                                                    (pstm_group_size){1, 1}, &image->target->windows);
    PSTM_TRY(pstm_work_item_column(image->velocity, &image->job->grid, &item, &p->column));
    *work = (pstm_work){.number = number,
                        .at_inline = (int32_t)(number / image->tiling.n_tiles_crossline),
                        .at_crossline = (int32_t)(number % image->tiling.n_tiles_crossline),
                        .cost = pstm_work_item_cost(p->cost, &item, &p->column)};
    return PSTM_OK;
}

/* Each takes room for a query; together at most one part in FREE_PARTS of the free memory. */
static int count_predictors(const pstm_machine *machine, const pstm_kdtree *tree, const pstm_run_image *image)
{
    enum { FREE_PARTS = 8 };
    const int64_t free_bytes = machine->memory_bytes - pstm_machine_resident_bytes();
    const int32_t n_times = image->job->grid.n_times;
    const int64_t bytes = tree->n_leaves * (int64_t)sizeof(int64_t) + n_times * (int64_t)sizeof(double) +
                          pstm_columns_bytes(pstm_device_fields(&image->device_plan), n_times);
    int64_t n = free_bytes / FREE_PARTS / bytes;
    if (n > image->target->n_tiles) n = image->target->n_tiles;
    if (n > machine->n_threads) n = machine->n_threads;
    return n > 1 ? (int)n : 1;
}

/* All tiles of the target. A tile asks the tree, and looks at every leaf it can see. */
static pstm_status predict_target(const pstm_machine *machine, const pstm_kdtree *tree, pstm_run_image *image)
{
    const int n_threads = count_predictors(machine, tree, image);
    const pstm_target *target = image->target;
    predictor *predictors = NULL;
    pstm_first_failure failure;
    pstm_status status;
    pstm_first_failure_clear(&failure);
    PSTM_GO(PSTM_NEW(&image->work.items, target->n_tiles, "the list of tiles"));
    PSTM_GO(PSTM_NEW(&predictors, n_threads, "the costs of tiles"));
    for (int t = 0; t < n_threads; t++)
        PSTM_GO(create_predictor(image, tree, &predictors[t]));
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
    for (int64_t i = 0; i < target->n_tiles; i++) {
        const predictor *mine = &predictors[omp_get_thread_num()];
        const pstm_status predicted = predict(image, mine, target->tiles[i], &image->work.items[i]);
        if (predicted != PSTM_OK) pstm_first_failure_keep(&failure, i, predicted);
    }
    status = pstm_first_failure_raise(&failure);
cleanup:
    for (int t = 0; predictors != NULL && t < n_threads; t++) {
        pstm_cost_destroy(&predictors[t].cost);
        pstm_columns_clear(&predictors[t].column);
    }
    PSTM_FREE(&predictors);
    return status;
}

/* All that the target wants of it. */
static bool is_done(const pstm_journal *journal, const pstm_lines *lines, const pstm_tile *tile)
{
    const pstm_tile part = pstm_lines_part(lines, tile);
    if (journal == NULL) return false;
    for (int32_t i = part.i_begin; i < part.i_end; i++)
        for (int32_t j = part.j_begin; j < part.j_end; j++)
            if (!pstm_journal_has(journal, i, j) && pstm_lines_want(lines, i, j)) return false;
    return true;
}

/* Leaves out what an earlier run has finished. */
static void keep_open(pstm_run_image *image)
{
    pstm_run_work *work = &image->work;
    for (int64_t i = 0; i < image->target->n_tiles; i++) {
        const pstm_work item = work->items[i];
        const pstm_tile tile = pstm_tile_at(&image->tiling, item.number);
        if (is_done(image->sink.journal, &image->target->lines, &tile)) {
            work->tiles_resumed++;
            work->cost_resumed += item.cost;
        } else {
            work->items[work->n++] = item;
        }
    }
}

/* PSTM_SHUFFLE_TILES=SEED hands the tiles out in a random order, for tests: the image must not care. */
static void shuffle(pstm_run_work *work)
{
    const char *seed = getenv("PSTM_SHUFFLE_TILES");
    if (seed == NULL) return;
    for (int64_t i = 0; i < work->n; i++) {
        const uint64_t key[2] = {(uint64_t)work->items[i].number, strtoull(seed, NULL, 10)};
        work->items[i].cost = (double)(pstm_digest_bytes(key, sizeof key) >> 11);
    }
}

pstm_status pstm_run_list_work(const pstm_machine *machine, const pstm_kdtree *tree, pstm_run_image *image)
{
    PSTM_TRY(predict_target(machine, tree, image));
    keep_open(image);
    image->work.n =
        pstm_work_join(&image->tiling, &image->target->lines, image->group, image->work.items, image->work.n);
    shuffle(&image->work);
    return PSTM_OK;
}

int64_t pstm_run_tiles_left(const pstm_run_image *image)
{
    const pstm_run_work *work = &image->work;
    const pstm_run_output *output = &image->output;
    int64_t n = 0;
    for (int64_t i = 0; i < work->n; i++)
        n += pstm_work_n_tiles(&work->items[i]);
    for (int64_t i = 0; i < output->n_tile_records; i++)
        n -= pstm_work_n_tiles(pstm_work_find(work->items, work->n, output->tile_records[i].tile));
    return n;
}

static void note_work(const pstm_run_image *image)
{
    const pstm_run_work *work = &image->work;
    const int64_t n_tiles = pstm_run_tiles_left(image);
    double cost = 0;
    for (int64_t i = 0; i < work->n; i++)
        cost += work->items[i].cost;
    pstm_note("%" PRId64 " tiles to migrate into %s, about %.3g contributions", n_tiles,
              image->job->output.file, cost);
    if (work->n < n_tiles)
        pstm_note("  in %" PRId64 " groups of up to %d x %d tiles", work->n, image->group.n_inline,
                  image->group.n_crossline);
    if (work->tiles_resumed > 0)
        pstm_note("  %" PRId64 " tiles were finished by an earlier run", work->tiles_resumed);
}

/* With nothing to do no sample is read, so that the files' times are all that can tell. The journal's time is
 * that of the last migrated tile; the cube is marked again by each run. */
static void warn_of_newer_inputs(const pstm_inputs *inputs, const pstm_run_sink *sink)
{
    struct stat journal;
    if (stat(sink->journal_path.bytes, &journal) != 0) return;
    const char *newer = pstm_inputs_newer(inputs, &journal.st_mtim);
    if (newer != NULL)
        pstm_warn("%s is newer than the finished cube %s (its content, name, owner or rights were changed "
                  "since); --overwrite migrates it again",
                  newer, sink->options->file);
}

/* Rank 0. */
static pstm_status find_work(const pstm_machine *machine, const pstm_run_survey *survey,
                             pstm_run_image *image)
{
    PSTM_TRY(pstm_run_list_work(machine, survey->tree, image));
    note_work(image);
    if (image->work.n > 0) return PSTM_OK;
    warn_of_newer_inputs(survey->inputs, &image->sink);
    pstm_note("  nothing to do; what the cube holds is not read again: `pstm status --verify %s` compares it "
              "with what was written",
              image->sink.options->file);
    return PSTM_OK;
}

/* Rank 0: the columns of which some locations are done, and not all. */
static pstm_status list_parts(const pstm_journal *journal, pstm_run_work *work)
{
    if (journal == NULL) return PSTM_OK;
    PSTM_TRY(pstm_journal_list(journal, &work->parts));
    for (int64_t i = 0; i < pstm_journal_n_records(journal); i++)
        if (!pstm_record_is_whole(&work->parts[i])) work->parts[work->n_parts++] = work->parts[i];
    return PSTM_OK;
}

/* Every rank must know what stays of the columns that it writes to. Collective. */
static pstm_status share_parts(const pstm_machine *machine, pstm_run_image *image)
{
    pstm_run_work *work = &image->work;
    const bool is_root = machine->rank == 0;
    PSTM_TRY(pstm_agree(machine->comm, is_root ? list_parts(image->sink.journal, work) : PSTM_OK));
    MPI_Bcast(&work->n_parts, 1, MPI_INT64_T, 0, machine->comm);
    pstm_status status = PSTM_OK;
    if (!is_root) status = PSTM_NEW(&work->parts, work->n_parts, "the journal's records");
    PSTM_TRY(pstm_agree(machine->comm, status));
    pstm_broadcast_bytes(machine->comm, work->parts, work->n_parts * (int64_t)sizeof *work->parts);
    return PSTM_OK;
}

pstm_status pstm_run_check_output(const pstm_machine *machine, bool overwrite, const pstm_run_survey *survey,
                                  pstm_run_image *image)
{
    const bool is_root = machine->rank == 0;
    const pstm_status status = is_root ? pstm_run_sink_open(&image->sink, overwrite) : PSTM_OK;
    PSTM_TRY(pstm_agree(machine->comm, status));
    PSTM_TRY(pstm_run_recheck(machine, image));
    PSTM_TRY(pstm_agree(machine->comm, is_root ? find_work(machine, survey, image) : PSTM_OK));
    MPI_Bcast(&image->work.n, 1, MPI_INT64_T, 0, machine->comm);
    return share_parts(machine, image);
}
