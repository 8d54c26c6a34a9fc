#include "mpi/run/run.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/farm/tile_loop.h"
#include "mpi/run/devices.h"
#include "mpi/run/lock.h"
#include "mpi/run/parts.h"

static const double BEAT_S = 10;        /* between signs of life of a worker */
static const double PATIENCE_S = 60;    /* for a thread that computes what nobody wants any more */
static const double OTHERS_CLOSE_S = 1; /* for the others to close the cube, where they cannot be asked */

void pstm_run_state_destroy(pstm_run_state *run)
{
    pstm_text *texts[] = {&run->paths.store,    &run->paths.dropped,      &run->paths.journal,
                          &run->paths.progress, &run->paths.profile_json, &run->paths.profile_csv,
                          &run->store_key,      &run->image_key_text,     &run->job_text};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pstm_text_clear(texts[i]);
    pstm_devices_release(&run->machine);
    pstm_target_destroy(&run->target);
    pstm_velocity_destroy(&run->velocity);
    pstm_inputs_close(&run->inputs);
    pstm_kdtree_destroy(&run->tree);
    PSTM_FREE(&run->traces);
    PSTM_FREE(&run->refused);
    PSTM_FREE(&run->centres);
    pstm_store_close(&run->store);
    pstm_journal_close(&run->journal);
    PSTM_FREE(&run->work);
    pstm_run_unlock(&run->lock);
    pstm_aperture_stats_destroy(&run->stats);
    for (int lane = 0; lane < PSTM_LANES; lane++)
        pstm_timeline_destroy(&run->profile.lanes[lane].timeline);
    PSTM_FREE(&run->tile_records);
}

/* What this rank brings to the tile loop. */
typedef struct hands {
    pstm_mailbox *mailbox;
    pstm_worker *workers[PSTM_RANK_WORKERS];
    pstm_cube *cube;
    pstm_progress *progress;
    pstm_dispatcher *dispatcher;
} hands;

/* What a worker needs at least: its sums, and the largest leaf. */
static int64_t least_worker_bytes(const pstm_run_state *run, const pstm_worker_plan *plan)
{
    int64_t most = 1;
    for (int64_t i = 0; i < run->tree->n_leaves; i++)
        if (run->tree->leaves[i].n_traces > most) most = run->tree->leaves[i].n_traces;
    const int64_t trace_bytes = (int64_t)sizeof(pstm_trace) + 4 * pstm_run_row_floats(run);
    return pstm_worker_fixed_bytes(plan) + most * trace_bytes;
}

/* Of this rank at least. The headers are gone when the worker comes. */
static int64_t least_bytes(pstm_run_state *run)
{
    int64_t needed = pstm_machine_resident_bytes();
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        pstm_run_worker worker;
        pstm_run_plan_worker(run, &run->machine.slots[w], run->group, &worker);
        needed += least_worker_bytes(run, &worker.plan);
    }
    if (run->traces != NULL) needed -= run->n_traces * (int64_t)sizeof *run->traces;
    return needed;
}

/* Before the traces are conditioned, which may take long. `memory` is one number for all ranks, so the one
 * named is of the rank that needs most. Collective. */
static pstm_status check_memory(pstm_run_state *run)
{
    const int64_t needed = least_bytes(run), has = run->machine.memory_bytes;
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

/* Each makes what it needs in its own thread. The least is always given: check_memory() saw to it that it is
 * about what there is. */
static pstm_status start_workers(pstm_run_state *run, hands *h)
{
    const int64_t memory_bytes = run->machine.memory_bytes - pstm_machine_resident_bytes();
    pstm_devices_await(&run->machine);
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        pstm_run_plan_worker(run, &run->machine.slots[w], run->group, &run->workers[w]);
        pstm_worker_plan *plan = &run->workers[w].plan;
        const int64_t least = least_worker_bytes(run, plan), equal = memory_bytes / run->machine.n_slots;
        plan->worker = w;
        plan->memory_bytes = equal > least ? equal : least;
        PSTM_TRY(pstm_worker_create(plan, &h->workers[w]));
    }
    return PSTM_OK;
}

static pstm_status await_workers(const pstm_run_state *run, hands *h)
{
    for (int32_t w = 0; w < run->machine.n_slots; w++)
        PSTM_TRY(pstm_worker_await(h->workers[w]));
    return PSTM_OK;
}

/* PSTM_SILENCE_S: how long a worker may be silent, in seconds. */
static pstm_schedule_rules find_rules(void)
{
    pstm_schedule_rules rules = PSTM_SCHEDULE_RULES;
    const char *silence = getenv("PSTM_SILENCE_S");
    if (silence != NULL && atof(silence) > 0) rules.silence_s = atof(silence);
    return rules;
}

static pstm_status make_dispatcher(pstm_run_state *run, hands *h)
{
    if (run->machine.rank != 0) return PSTM_OK;
    PSTM_TRY(
        pstm_progress_create(run->options->quiet ? NULL : stderr, run->paths.progress.bytes, &h->progress));
    const pstm_dispatcher_plan plan = {.mailbox = h->mailbox,
                                       .journal = run->journal,
                                       .progress = h->progress,
                                       .work = run->work,
                                       .n_work = run->n_work,
                                       .limit = run->limit,
                                       .n_ranks = run->machine.n_ranks,
                                       .n_workers = run->machine.n_slots_of,
                                       .rules = find_rules(),
                                       .cost_resumed = run->cost_resumed,
                                       .tiles_resumed = run->tiles_resumed};
    return pstm_dispatcher_create(&plan, &h->dispatcher);
}

static pstm_status keep_records(pstm_run_state *run, const pstm_dispatcher *dispatcher)
{
    int64_t n;
    const pstm_tile_record *records = pstm_dispatcher_records(dispatcher, &n);
    PSTM_TRY(PSTM_NEW(&run->tile_records, n, "tile records"));
    for (int64_t i = 0; i < n; i++)
        run->tile_records[i] = records[i];
    run->n_tile_records = n;
    const pstm_schedule_state state = pstm_dispatcher_state(dispatcher);
    run->stopped = state.n_recorded < state.n_tiles;
    run->out_of_time = pstm_dispatcher_is_out_of_time(dispatcher);
    return PSTM_OK;
}

/* The cube is drafted while the workers get ready. It takes its place after them: what they refuse (too
 * little memory, say) leaves no empty cube. Collective. */
static pstm_status make_workers_and_output(pstm_run_state *run, hands *h)
{
    PSTM_TRY(pstm_agree(run->machine.comm, start_workers(run, h)));
    pstm_status status = pstm_run_draft_output(run);
    if (status == PSTM_OK) status = await_workers(run, h);
    status = pstm_agree(run->machine.comm, status);
    if (status != PSTM_OK) pstm_run_drop_output(run);
    PSTM_TRY(status);
    return pstm_agree(run->machine.comm, pstm_run_place_output(run));
}

/* Collective. */
static pstm_status make_hands(pstm_run_state *run, hands *h)
{
    PSTM_TRY(pstm_mailbox_create(run->machine.comm, &h->mailbox));
    PSTM_TRY(make_workers_and_output(run, h));
    pstm_status status = PSTM_OK;
    if (run->machine.n_slots > 0) status = pstm_cube_open_write(run->job->output.file, &h->cube);
    if (status == PSTM_OK) status = make_dispatcher(run, h);
    return pstm_agree(run->machine.comm, status);
}

/* Seconds that all threads of this process have spent on processors. */
static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Ranks that answer nothing would keep all others waiting in every collective call to come. So rank 0
 * finishes the cube alone and ends the job for all. Does nothing when everybody answers. */
static void end_without_mute_ranks(pstm_run_state *run, hands *h, pstm_status status)
{
    if (h->dispatcher == NULL || pstm_dispatcher_n_here(h->dispatcher, false) == 0) return;
    pstm_sleep_s(OTHERS_CLOSE_S);
    if (status == PSTM_OK) status = pstm_cube_close(&h->cube);
    if (status == PSTM_OK) status = keep_records(run, h->dispatcher);
    if (status == PSTM_OK) status = pstm_run_finish_alone(run);
    if (status != PSTM_OK) pstm_warn("%s", pstm_error_text());
    pstm_warn("%d rank(s) do not answer: the job is ended by MPI_Abort with code %d; there is no profile",
              pstm_dispatcher_n_here(h->dispatcher, false), (int)status);
    MPI_Abort(MPI_COMM_WORLD, (int)status);
}

/* Output, workers, the tile loop, and the tidying up. Collective. */
static pstm_status migrate(pstm_run_state *run)
{
    hands h = {0};
    pstm_status status = make_hands(run, &h);
    if (status == PSTM_OK) {
        const pstm_tile_loop loop = {.mailbox = h.mailbox,
                                     .rank = run->machine.rank,
                                     .n_ranks = run->machine.n_ranks,
                                     .tiling = &run->tiling,
                                     .windows = &run->target->windows,
                                     .workers = h.workers,
                                     .n_workers = run->machine.n_slots,
                                     .cube = h.cube,
                                     .dispatcher = h.dispatcher,
                                     .lane = pstm_run_lane(run),
                                     .beat_s = fmin(BEAT_S, find_rules().silence_s / 5)};
        const double before_s = processor_s();
        status = pstm_tile_loop_run(&loop);
        run->profile.processor_s = processor_s() - before_s;
        end_without_mute_ranks(run, &h, status);
    }
    /* Every rank is here with the same status. */
    for (int32_t w = 0; w < run->machine.n_slots; w++)
        pstm_worker_stop(h.workers[w]);
    pstm_status local = pstm_cube_close(&h.cube);
    for (int32_t w = 0; w < run->machine.n_slots; w++)
        pstm_worker_destroy(&h.workers[w], fmin(find_rules().silence_s, PATIENCE_S));
    if (local == PSTM_OK && status == PSTM_OK && h.dispatcher != NULL)
        local = keep_records(run, h.dispatcher);
    pstm_dispatcher_destroy(&h.dispatcher);
    pstm_progress_destroy(&h.progress);
    pstm_mailbox_destroy(&h.mailbox);
    return status == PSTM_OK ? pstm_agree(run->machine.comm, local) : status;
}

static pstm_status run_phases(MPI_Comm comm, pstm_run_state *run)
{
    PSTM_TRY(pstm_run_prepare(comm, run));
    pstm_devices_warm_up(&run->machine);
    PSTM_TRY(pstm_run_survey(run));
    PSTM_TRY(pstm_run_check_output(run));
    if (run->n_work > 0) {
        PSTM_TRY(check_memory(run));
        PSTM_TRY(pstm_run_store(run));
        PSTM_TRY(pstm_run_check_samples(run));
        PSTM_TRY(migrate(run));
    }
    return pstm_run_finish(run);
}

pstm_status pstm_run(MPI_Comm comm, const pstm_job *job, const pstm_run_options *options)
{
    pstm_run_state run = {.job = job, .options = options, .started_s = pstm_now_s(), .lock = -1};
    run.limit = pstm_time_limit_find(run.started_s, options->max_s);
    pstm_lane_start(pstm_run_lane(&run), PSTM_PHASE_OTHER);
    const pstm_status status = run_phases(comm, &run);
    pstm_run_state_destroy(&run);
    return status;
}
