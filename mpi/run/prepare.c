/* What a run knows before it reads a header: device, classes, tiles, target, velocity, open inputs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "device/antialias.h"
#include "mpi/comm/agree.h"
#include "mpi/farm/worker.h"
#include "mpi/run/devices.h"
#include "mpi/run/parts.h"
#include "mpi/run/velocity.h"

static pstm_status name_path(const pstm_run_state *run, const char *ending, pstm_text *path)
{
    return pstm_text_add(path, "%s%s", run->job->output.file, ending);
}

static pstm_status name_paths(pstm_run_state *run)
{
    PSTM_TRY(name_path(run, ".traces.h5", &run->paths.store));
    PSTM_TRY(name_path(run, ".dropped.txt", &run->paths.dropped));
    PSTM_TRY(name_path(run, ".progress.json", &run->paths.progress));
    PSTM_TRY(name_path(run, ".profile.json", &run->paths.profile_json));
    PSTM_TRY(name_path(run, ".profile.csv", &run->paths.profile_csv));
    return pstm_journal_path(run->job->output.file, &run->paths.journal);
}

/* A job file that was edited while the ranks started, or an old copy on one node. Collective. */
static pstm_status compare_jobs(pstm_run_state *run)
{
    pstm_text text = {0};
    char mine[PSTM_KEY_CHARS] = "", first[PSTM_KEY_CHARS];
    pstm_status status = pstm_job_list(run->job, PSTM_KEYS_ALL, &text);
    if (status == PSTM_OK) pstm_digest_key(text.bytes, mine);
    pstm_text_clear(&text);
    memcpy(first, mine, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, run->machine.comm);
    if (status == PSTM_OK && strcmp(first, mine) != 0)
        status = pstm_fail(
            PSTM_USAGE,
            "the job that this rank (%s) has read is not that of rank 0; start all ranks with the same "
            "arguments, after the job file is written",
            run->machine.host);
    return pstm_agree(run->machine.comm, status);
}

static pstm_device_plan plan_device(const pstm_run_state *run)
{
    const pstm_job *job = run->job;
    pstm_device_plan plan = {.n_times = job->grid.n_times,
                             .time_first_s = job->grid.time_first_s,
                             .time_step_s = job->grid.time_step_s,
                             .k_begin = run->window.k_begin,
                             .k_end = run->window.k_end,
                             .n_samples = run->inputs->n_samples,
                             .sample_s = run->inputs->sample_s,
                             .n_classes = run->bins.n,
                             .law = job->law,
                             .weight = job->weight,
                             .n_levels = 1,
                             .aperture_m = run->aperture.aperture_m,
                             .aperture_tan = run->aperture.aperture_tan,
                             .aperture_taper = job->aperture.taper,
                             .fast_math = job->fast_math,
                             .depth_loop = !job->time_domain,
                             .n_threads = run->machine.n_threads};
    if (job->antialias.method == PSTM_ANTIALIAS_OFF) return plan;
    pstm_antialias_steps(&job->grid, job->antialias.coefficient, plan.bin_step_m);
    plan.n_levels = pstm_antialias_n_levels(&plan, run->velocity->range.least_m_s);
    return plan;
}

static double tan_of_angle(double angle_deg)
{
    return angle_deg >= 90 ? INFINITY : tan(angle_deg * (M_PI / 180));
}

static pstm_status prepare_local(pstm_run_state *run)
{
    const pstm_job *job = run->job;
    PSTM_TRY(name_paths(run));
    run->bins = pstm_bins_make(&job->bins, &job->input.select_offset_m);
    PSTM_TRY(PSTM_NEW(&run->centres, run->bins.n, "centres of the classes"));
    for (int32_t c = 0; c < run->bins.n; c++)
        run->centres[c] = pstm_bins_centre(&run->bins, c);
    PSTM_TRY(pstm_tiling_make(&job->grid, job->tile_inline, job->tile_crossline, &run->tiling));
    PSTM_TRY(pstm_target_select(&job->target, &job->grid, &run->tiling, &run->target));
    if (run->options->n_shards > 0)
        PSTM_TRY(pstm_target_shard(run->target, run->options->shard, run->options->n_shards));
    PSTM_TRY(pstm_windows_single(&run->target->windows, "a cube", &run->window));
    run->aperture = (pstm_aperture){
        .aperture_m = job->aperture.distance_m,
        .aperture_tan = job->aperture.time_dependent ? tan_of_angle(job->aperture.angle_deg) : INFINITY};
    PSTM_TRY(pstm_inputs_open(&job->input, &run->inputs));
    run->device_plan = plan_device(run);
    return pstm_devices_choose(&run->machine, job->device, !job->time_domain);
}

static pstm_status prepare_profile(pstm_run_state *run)
{
    pstm_rank_profile *p = &run->profile;
    p->rank = run->machine.rank;
    p->n_threads = run->machine.n_threads;
    snprintf(p->host, sizeof p->host, "%s", run->machine.host);
    snprintf(p->device, sizeof p->device, "%.*s", (int)sizeof p->device - 1, run->machine.numerics_id);
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        const pstm_worker_slot *slot = &run->machine.slots[w];
        const bool again = w > 0 && slot[-1].unit == slot->unit;
        p->n_device_units += slot->device->times != NULL && !again;
    }
    if (!run->job->output.profile) return PSTM_OK;
    const int n_lanes = 1 + run->machine.n_slots * (PSTM_LANE_ROLES - 1);
    for (int lane = 0; lane < n_lanes && run->job->output.timeline; lane++)
        PSTM_TRY(pstm_timeline_create(PSTM_TIMELINE_EVENTS, &p->lanes[lane].timeline));
    return pstm_aperture_stats_create(&run->job->grid, run->window.k_begin, run->window.k_end,
                                      run->inputs->n_traces, &run->stats);
}

/* A rank whose threads have fewer cores than they are runs slowly and looks as if it hung. */
static void warn_of_cores(const pstm_machine *m)
{
    if (m->n_threads > m->n_cores)
        pstm_warn("%d threads on %d core(s): bind the ranks to more cores (mpirun --bind-to none, srun "
                  "--cpus-per-task) or lower `threads`",
                  m->n_threads, m->n_cores);
}

/* What the headers say against each other, file by file. */
static void warn_of_doubts(const pstm_run_state *run)
{
    if (run->machine.rank != 0) return;
    for (int64_t f = 0; f < run->inputs->n_files; f++) {
        const char *doubts = pstm_segy_doubts(run->inputs->files[f]);
        if (doubts[0] != '\0')
            pstm_warn("%s: %.*s", pstm_segy_path(run->inputs->files[f]), (int)strlen(doubts) - 1, doubts);
    }
}

/* Locations on an axis of a group where the traces are read again for each: twice as many, half as often. */
enum { SIDE_OF_LARGE_SURVEY = 64 };

/* All traces with their copies in the memory of a worker. */
static bool survey_fits(const pstm_run_state *run, int64_t memory_bytes)
{
    const int64_t row_bytes = pstm_run_row_floats(run) * (int64_t)sizeof(float) + (int64_t)sizeof(pstm_trace);
    return run->inputs->n_traces < memory_bytes / row_bytes;
}

/* Groups as large as the devices like, of which one takes a quarter of a worker's share of the smallest
 * budget. Collective. */
static void choose_groups(pstm_run_state *run)
{
    const pstm_tile one = pstm_tile_at(&run->tiling, 0);
    int64_t least[2] = {INT64_MAX, INT64_MAX}, n_workers = 0; /* memory of a worker; locations of a group */
    if (run->machine.n_slots > 0) least[0] = run->machine.memory_bytes / run->machine.n_slots;
    int32_t side = run->machine.device->group_side;
    for (int32_t w = 0; w < run->machine.n_slots; w++) {
        pstm_run_worker worker;
        pstm_run_plan_worker(run, &run->machine.slots[w], (pstm_group_size){1, 1}, &worker);
        const int64_t location_bytes =
            pstm_worker_fixed_bytes(&worker.plan) / pstm_tile_n_locations(&one) + 1;
        const int64_t fit = least[0] / 4 / location_bytes;
        if (fit < least[1]) least[1] = fit;
    }
    MPI_Allreduce(MPI_IN_PLACE, least, 2, MPI_INT64_T, MPI_MIN, run->machine.comm);
    MPI_Allreduce(MPI_IN_PLACE, &side, 1, MPI_INT32_T, MPI_MAX, run->machine.comm);
    if (side == 0 && !survey_fits(run, least[0])) side = SIDE_OF_LARGE_SURVEY;
    for (int rank = 0; rank < run->machine.n_ranks; rank++)
        n_workers += run->machine.n_slots_of[rank];
    run->group = pstm_group_size_choose(&run->tiling, side, (int32_t)n_workers, least[1]);
}

pstm_status pstm_run_prepare(MPI_Comm comm, pstm_run_state *run)
{
    pstm_machine_find(comm, run->job->threads, run->job->memory_bytes, &run->machine);
    PSTM_TRY(compare_jobs(run));
    PSTM_TRY(pstm_run_velocity(comm, &run->job->velocity, &run->velocity, run->velocity_key));
    PSTM_TRY(pstm_agree(run->machine.comm, prepare_local(run)));
    PSTM_TRY(pstm_devices_fill_slots(&run->machine));
    PSTM_TRY(pstm_agree(run->machine.comm, prepare_profile(run)));
    warn_of_cores(&run->machine);
    warn_of_doubts(run);
    pstm_note("%d rank(s) of %d thread(s), %s, %.1f GiB a rank", run->machine.n_ranks, run->machine.n_threads,
              run->machine.numerics_id, (double)run->machine.memory_bytes / 1073741824.0);
    if (run->machine.n_slots > 1)
        pstm_note("  %d workers a rank, of the devices %s", run->machine.n_slots, run->machine.device_names);
    choose_groups(run);
    return PSTM_OK;
}
