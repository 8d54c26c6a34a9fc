#include "mpi/run/migrate.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/farm/dispatcher.h"
#include "mpi/farm/tile_loop.h"
#include "mpi/run/amplitude.h"
#include "mpi/run/devices.h"
#include "mpi/run/finish.h"
#include "mpi/run/work.h"

static const double BEAT_S = 10;        /* between signs of life of a worker */
static const double PATIENCE_S = 60;    /* for a thread that computes what nobody wants any more */
static const double OTHERS_CLOSE_S = 1; /* for the others to close the cube, where they cannot be asked */

/* ---- the workers of this rank ------------------------------------------------------------------------ */

/* What a worker needs at least: its sums, and the largest leaf. */
static int64_t least_worker_bytes(const pstm_run_parts *run, const pstm_worker_plan *plan)
{
    const pstm_kdtree *tree = run->survey.tree;
    int64_t most = 1;
    for (int64_t i = 0; i < tree->n_leaves; i++)
        if (tree->leaves[i].n_traces > most) most = tree->leaves[i].n_traces;
    const int64_t row_bytes = 4 * pstm_run_store_row_floats(&run->store, run->survey.inputs->n_samples);
    return pstm_worker_fixed_bytes(plan) + most * ((int64_t)sizeof(pstm_trace) + row_bytes);
}

/* Of this rank at least. The headers are gone when the worker comes. */
static int64_t least_bytes(pstm_run_parts *run, pstm_run_image *image)
{
    int64_t needed = pstm_machine_resident_bytes();
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        pstm_run_worker worker;
        pstm_run_plan_worker(&run->survey, &run->store, image, &run->machine.slots[w], image->group, &worker);
        needed += least_worker_bytes(run, &worker.plan);
    }
    if (pstm_run_wants_areas(image->job) && image->amplitude.areas.of_trace == NULL)
        needed += (int64_t)pstm_areas_bytes((double)run->survey.tree->n_traces,
                                            pstm_run_most_classes(image->job, &image->bins));
    if (run->survey.traces != NULL) needed -= run->survey.n_traces * (int64_t)sizeof *run->survey.traces;
    return needed;
}

/* `memory` is one number for all ranks, so the one named is of the rank that needs most. */
pstm_status pstm_run_check_memory(pstm_run_parts *run, pstm_run_image *image)
{
    const int64_t needed = least_bytes(run, image), has = run->machine.memory_bytes;
    int64_t most;
    MPI_Allreduce(&needed, &most, 1, MPI_INT64_T, MPI_MAX, run->machine.comm);
    pstm_status status = PSTM_OK;
    if (needed > has)
        status = pstm_fail(PSTM_USAGE,
                           "memory: this job needs at least %.0f MiB a rank, and it has %.0f MiB; raise "
                           "`memory` or lower `tile`",
                           pstm_machine_advised_mib(most), (double)has / 1048576.0);
    return pstm_agree(run->machine.comm, status);
}

/* ---- what this rank brings to the tile loop ---------------------------------------------------------- */

typedef struct farm {
    pstm_mailbox *mailbox;
    pstm_worker *workers[PSTM_RANK_WORKERS];
    pstm_cube *cube;
    pstm_progress *progress;
    pstm_dispatcher *dispatcher;
} farm;

/* Each makes what it needs in its own thread. The least is always given: pstm_run_check_memory() saw to it
 * that it is about what there is. */
static pstm_status start_workers(pstm_run_parts *run, pstm_run_image *image, farm *f)
{
    const int64_t memory_bytes = run->machine.memory_bytes - pstm_machine_resident_bytes();
    pstm_devices_await(&run->machine);
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        const pstm_worker_slot *slot = &run->machine.slots[w];
        pstm_run_worker *worker = &run->workers[(image - run->images) * PSTM_RANK_WORKERS + w];
        pstm_run_plan_worker(&run->survey, &run->store, image, slot, image->group, worker);
        pstm_worker_plan *plan = &worker->plan;
        const int64_t least = least_worker_bytes(run, plan), equal = memory_bytes / run->machine.n_slots;
        plan->rank = run->machine.rank;
        plan->worker = w;
        plan->memory_bytes = equal > least ? equal : least;
        PSTM_TRY(pstm_worker_create(plan, &f->workers[w]));
    }
    return PSTM_OK;
}

static pstm_status await_workers(const pstm_run_parts *run, farm *f)
{
    for (int32_t w = 0; w < run->machine.n_slots; w++)
        PSTM_TRY(pstm_worker_await(f->workers[w]));
    return PSTM_OK;
}

/* The cube is drafted while the workers get ready. It takes its place after them: what they refuse (too
 * little memory, say) leaves no empty cube. Collective. */
static pstm_status make_workers_and_cube(pstm_run_parts *run, pstm_run_image *image, farm *f)
{
    const bool is_root = run->machine.rank == 0;
    PSTM_TRY(pstm_agree(run->machine.comm, start_workers(run, image, f)));
    pstm_status status = is_root ? pstm_run_sink_note_doubts(&image->sink, &run->doubts) : PSTM_OK;
    if (status == PSTM_OK && is_root) status = pstm_run_image_draft(image);
    if (status == PSTM_OK) status = await_workers(run, f);
    status = pstm_agree(run->machine.comm, status);
    if (status != PSTM_OK && is_root) pstm_run_sink_drop_draft(&image->sink);
    PSTM_TRY(status);
    return pstm_agree(run->machine.comm, is_root ? pstm_run_sink_place(&image->sink) : PSTM_OK);
}

/* PSTM_SILENCE_S: how long a worker may be silent, in seconds. */
static pstm_schedule_rules find_rules(void)
{
    pstm_schedule_rules rules = PSTM_SCHEDULE_RULES;
    const char *silence = getenv("PSTM_SILENCE_S");
    if (silence != NULL && atof(silence) > 0) rules.silence_s = atof(silence);
    return rules;
}

/* Rank 0. */
static pstm_status make_dispatcher(const pstm_run_parts *run, const pstm_run_image *image, farm *f)
{
    const char *path = image->output.progress_path.bytes;
    PSTM_TRY(pstm_progress_create(run->options->quiet ? NULL : stderr, path, &f->progress));
    const pstm_dispatcher_plan plan = {.mailbox = f->mailbox,
                                       .journal = image->sink.journal,
                                       .progress = f->progress,
                                       .work = image->work.items,
                                       .n_work = image->work.n,
                                       .limit = run->limit,
                                       .n_ranks = run->machine.n_ranks,
                                       .n_workers = run->machine.n_slots_of,
                                       .rules = find_rules(),
                                       .cost_resumed = image->work.cost_resumed,
                                       .tiles_resumed = image->work.tiles_resumed};
    return pstm_dispatcher_create(&plan, &f->dispatcher);
}

/* Collective. */
static pstm_status make_farm(pstm_run_parts *run, pstm_run_image *image, farm *f)
{
    PSTM_TRY(pstm_mailbox_create(run->machine.comm, &f->mailbox));
    PSTM_TRY(make_workers_and_cube(run, image, f));
    pstm_status status = PSTM_OK;
    if (run->machine.n_slots > 0) status = pstm_cube_open_write(image->job->output.file, &f->cube);
    if (status == PSTM_OK && run->machine.rank == 0) status = make_dispatcher(run, image, f);
    return pstm_agree(run->machine.comm, status);
}

/* ---- the tile loop ----------------------------------------------------------------------------------- */

/* Rank 0. */
static pstm_status keep_records(pstm_run_parts *run, const pstm_dispatcher *dispatcher,
                                pstm_run_output *output)
{
    int64_t n;
    const pstm_tile_record *records = pstm_dispatcher_records(dispatcher, &n);
    PSTM_TRY(PSTM_NEW(&output->tile_records, n, "tile records"));
    for (int64_t i = 0; i < n; i++)
        output->tile_records[i] = records[i];
    output->n_tile_records = n;
    run->out_of_time = pstm_dispatcher_is_out_of_time(dispatcher);
    return PSTM_OK;
}

/* Ranks that answer nothing would keep all others waiting in every collective call to come. So rank 0
 * finishes the cube alone and ends the job for all. Does nothing when everybody answers. */
static void end_without_unresponsive_ranks(pstm_run_parts *run, pstm_run_image *image, farm *f,
                                           pstm_status status)
{
    if (f->dispatcher == NULL || pstm_dispatcher_n_here(f->dispatcher, false) == 0) return;
    pstm_sleep_s(OTHERS_CLOSE_S);
    if (status == PSTM_OK) status = pstm_cube_close(&f->cube);
    if (status == PSTM_OK) status = keep_records(run, f->dispatcher, &image->output);
    if (status == PSTM_OK) status = pstm_run_finish_alone(run, image);
    if (status != PSTM_OK) pstm_warn("%s", pstm_error_text());
    pstm_warn("%d rank(s) do not answer: the job is ended by MPI_Abort with code %d; there is no profile",
              pstm_dispatcher_n_here(f->dispatcher, false), (int)status);
    MPI_Abort(MPI_COMM_WORLD, (int)status);
}

/* Seconds that all threads of this process have spent on processors. */
static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Collective. */
static pstm_status run_loop(pstm_run_parts *run, pstm_run_image *image, farm *f)
{
    const pstm_tile_loop loop = {.mailbox = f->mailbox,
                                 .rank = run->machine.rank,
                                 .n_ranks = run->machine.n_ranks,
                                 .tiling = &image->tiling,
                                 .lines = &image->target->lines,
                                 .windows = &image->target->windows,
                                 .parts = image->work.parts,
                                 .n_parts = image->work.n_parts,
                                 .workers = f->workers,
                                 .n_workers = run->machine.n_slots,
                                 .cube = f->cube,
                                 .dispatcher = f->dispatcher,
                                 .lane = pstm_run_output_lane(&image->output),
                                 .beat_s = fmin(BEAT_S, find_rules().silence_s / 5)};
    const double before_s = processor_s();
    const pstm_status status = pstm_tile_loop_run(&loop);
    image->output.profile.processor_s = processor_s() - before_s;
    end_without_unresponsive_ranks(run, image, f, status);
    return status;
}

/* Every rank is here with the same status. Collective. */
static pstm_status end_farm(pstm_run_parts *run, pstm_run_image *image, farm *f, pstm_status status)
{
    const int32_t n_workers = run->machine.n_slots;
    for (int32_t w = 0; w < n_workers; w++)
        pstm_worker_stop(f->workers[w]);
    pstm_status local = pstm_cube_close(&f->cube);
    for (int32_t w = 0; w < n_workers; w++)
        pstm_worker_destroy(&f->workers[w], fmin(find_rules().silence_s, PATIENCE_S));
    if (local == PSTM_OK && status == PSTM_OK && f->dispatcher != NULL)
        local = keep_records(run, f->dispatcher, &image->output);
    pstm_dispatcher_destroy(&f->dispatcher);
    pstm_progress_destroy(&f->progress);
    pstm_mailbox_destroy(&f->mailbox);
    return status == PSTM_OK ? pstm_agree(run->machine.comm, local) : status;
}

pstm_status pstm_run_migrate(pstm_run_parts *run, pstm_run_image *image)
{
    farm f = {0};
    pstm_status status = make_farm(run, image, &f);
    if (status == PSTM_OK) status = run_loop(run, image, &f);
    return end_farm(run, image, &f, status);
}
