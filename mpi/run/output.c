/* The cube, its journal and the reports. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/run/lock.h"
#include "mpi/run/parts.h"
#include "profile/timeline_json.h"

/* What this run makes. It borrows the run's texts and lists; the digest of the samples is "" until they are
 * there. */
static void describe_cube(pstm_run_state *run)
{
    const pstm_job *job = run->job;
    run->about = (pstm_cube_about){.grid = job->grid,
                                   .n_classes = run->bins.n,
                                   .centres = run->centres,
                                   .gathers = pstm_job_writes_gathers(job),
                                   .stack = job->output.stack,
                                   .fold = job->output.fold,
                                   .k_begin = run->window.k_begin,
                                   .k_end = run->window.k_end,
                                   .image_key_text = run->image_key_text.bytes,
                                   .image_key = run->image_key,
                                   .samples_digest = run->samples_digest,
                                   .bins = pstm_bins_word(run->bins.options.kind),
                                   .job_text = run->job_text.bytes,
                                   .numerics_id = run->machine.numerics_id,
                                   .version = run->options->version,
                                   .commit = run->options->commit,
                                   .devices = run->machine.device_names};
}

/* ---- before any cost --------------------------------------------------------------------------------- */

static pstm_status remove_file(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT) return pstm_fail_errno(PSTM_SYSTEM, "cannot remove %s", path);
    return PSTM_OK;
}

static void note_work(const pstm_run_state *run)
{
    double cost = 0;
    int64_t n_tiles = 0;
    for (int64_t i = 0; i < run->n_work; i++) {
        cost += run->work[i].cost;
        n_tiles += pstm_work_n_tiles(&run->work[i]);
    }
    pstm_note("%" PRId64 " tiles to migrate into %s, about %.3g contributions", n_tiles,
              run->job->output.file, cost);
    if (run->n_work < n_tiles)
        pstm_note("  in %" PRId64 " groups of up to %d x %d tiles", run->n_work, run->group.n_inline,
                  run->group.n_crossline);
    if (run->tiles_resumed > 0)
        pstm_note("  %" PRId64 " tiles were finished by an earlier run", run->tiles_resumed);
}

static pstm_status open_journal(pstm_run_state *run)
{
    const pstm_journal_about about = pstm_cube_journal_about(&run->about);
    return pstm_journal_open_append(run->paths.journal.bytes, &about, &run->journal);
}

/* Only a cube is overwritten, and not before its successor is whole: pstm_cube_create() renames over it. */
static pstm_status check_overwrite(const char *path)
{
    pstm_cube *cube = NULL;
    if (access(path, F_OK) != 0) return PSTM_OK;
    const pstm_status status = pstm_cube_open_read(path, &cube);
    if (status != PSTM_OK) return pstm_while(status, "--overwrite replaces cubes only; remove it by hand");
    return pstm_cube_close(&cube);
}

/* With nothing to do no sample is read, so that the files' times are all that can tell. The journal's time is
 * that of the last migrated tile; the cube is marked again by each run. */
static void warn_of_newer_inputs(const pstm_run_state *run)
{
    struct stat journal;
    if (stat(run->paths.journal.bytes, &journal) != 0) return;
    const char *newer = pstm_inputs_newer(run->inputs, &journal.st_mtim);
    if (newer != NULL)
        pstm_warn("%s is newer than the finished cube %s; --overwrite migrates it again", newer,
                  run->job->output.file);
}

static pstm_status check_output(pstm_run_state *run)
{
    describe_cube(run);
    PSTM_TRY(pstm_run_lock(run->job->output.file, &run->lock));
    if (run->options->overwrite)
        PSTM_TRY(check_overwrite(run->job->output.file));
    else
        PSTM_TRY(pstm_cube_probe(run->job->output.file, &run->about, &run->found));
    if (run->found.is_there) PSTM_TRY(open_journal(run));
    PSTM_TRY(pstm_run_list_work(run));
    note_work(run);
    if (run->n_work == 0) warn_of_newer_inputs(run);
    return PSTM_OK;
}

pstm_status pstm_run_check_output(pstm_run_state *run)
{
    PSTM_TRY(pstm_agree(run->machine.comm, run->machine.rank == 0 ? check_output(run) : PSTM_OK));
    MPI_Bcast(&run->n_work, 1, MPI_INT64_T, 0, run->machine.comm);
    return PSTM_OK;
}

/* The store goes too: should the old samples come back with their old times, it would pass for theirs. */
static pstm_status check_samples(pstm_run_state *run)
{
    const pstm_status status = pstm_cube_check_samples(run->job->output.file, &run->found, &run->about);
    if (status == PSTM_USAGE) unlink(run->paths.store.bytes);
    return status;
}

pstm_status pstm_run_check_samples(pstm_run_state *run)
{
    return pstm_agree(run->machine.comm, run->machine.rank == 0 ? check_samples(run) : PSTM_OK);
}

/* ---- the cube ---------------------------------------------------------------------------------------- */

/* The areas of the target's tiles; none when the target is everything. */
static pstm_status list_areas(const pstm_run_state *run, pstm_cube_area **areas, int64_t *n)
{
    *n = 0;
    PSTM_TRY(PSTM_NEW(areas, run->target->n_tiles, "areas of the cube"));
    if (run->target->n_tiles == run->tiling.n_tiles) return PSTM_OK;
    for (int64_t i = 0; i < run->target->n_tiles; i++) {
        const pstm_tile t = pstm_tile_at(&run->tiling, run->target->tiles[i]);
        (*areas)[(*n)++] = (pstm_cube_area){t.i_begin, t.i_end, t.j_begin, t.j_end};
    }
    return PSTM_OK;
}

static pstm_status draft_output(pstm_run_state *run)
{
    const char *path = run->job->output.file;
    const pstm_stripes stripes = {run->job->output.stripes, run->job->output.stripe_bytes};
    pstm_cube_area *areas = NULL;
    int64_t n_areas;
    pstm_status status;
    PSTM_GO(list_areas(run, &areas, &n_areas));
    if (run->found.is_there)
        PSTM_GO(pstm_cube_allocate(path, areas, n_areas));
    else
        PSTM_GO(pstm_cube_draft(path, &run->about, areas, n_areas, &stripes));
cleanup:
    PSTM_FREE(&areas);
    return status;
}

pstm_status pstm_run_draft_output(pstm_run_state *run)
{
    return run->machine.rank == 0 ? draft_output(run) : PSTM_OK;
}

void pstm_run_drop_output(pstm_run_state *run)
{
    if (run->machine.rank == 0 && !run->found.is_there) pstm_cube_drop_draft(run->job->output.file);
}

pstm_status pstm_run_place_output(pstm_run_state *run)
{
    if (run->machine.rank != 0 || run->found.is_there) return PSTM_OK;
    PSTM_TRY(pstm_cube_place(run->job->output.file));
    return open_journal(run);
}

/* ---- the end ----------------------------------------------------------------------------------------- */

/* Adds the aperture statistics of all ranks up on rank 0. Collective. */
static pstm_status merge_stats(pstm_run_state *run)
{
    pstm_aperture_stats *stats = run->stats;
    if (stats == NULL) return PSTM_OK;
    const int n = stats->n_times;
    const bool is_root = run->machine.rank == 0;
    pstm_sum_over_ranks(run->machine.comm, &stats->n_locations, 1);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->sum, stats->sum, n, MPI_INT64_T, MPI_SUM, 0,
               run->machine.comm);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->least, stats->least, n, MPI_INT64_T, MPI_MIN, 0,
               run->machine.comm);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->most, stats->most, n, MPI_INT64_T, MPI_MAX, 0,
               run->machine.comm);
    return PSTM_OK;
}

static pstm_status write_reports(pstm_run_state *run, const pstm_rank_profile *ranks)
{
    const pstm_run_summary summary = {.version = run->options->version,
                                      .numerics_id = run->machine.numerics_id,
                                      .device = run->machine.device_names,
                                      .wall_s = pstm_now_s() - run->started_s};
    pstm_text table = {0};
    pstm_status status;
    PSTM_GO(pstm_profile_write_json(run->paths.profile_json.bytes, &summary, ranks, run->machine.n_ranks,
                                    run->tile_records, run->n_tile_records, run->stats));
    PSTM_GO(pstm_profile_write_csv(run->paths.profile_csv.bytes, run->tile_records, run->n_tile_records));
    PSTM_GO(pstm_profile_describe(&table, &summary, ranks, run->machine.n_ranks, run->stats));
    pstm_note("%s", table.bytes);
    pstm_note("profile: %s, %s", run->paths.profile_json.bytes, run->paths.profile_csv.bytes);
cleanup:
    pstm_text_clear(&table);
    return status;
}

static void measure(const pstm_run_state *run, pstm_rank_profile *ranks)
{
    pstm_run_measured *m = run->options->measured;
    if (m == NULL) return;
    *m = (pstm_run_measured){.n_ranks = run->machine.n_ranks, .n_threads = run->machine.n_threads};
    memcpy(m->numerics_id, run->machine.numerics_id, sizeof m->numerics_id);
    for (int i = 0; i < run->machine.n_ranks; i++) {
        for (int32_t w = 0; w < PSTM_RANK_WORKERS; w++) {
            const pstm_lane *lane = pstm_profile_lane(&ranks[i], PSTM_LANE_COMPUTE, w);
            const double idle_s = lane->phase_s[PSTM_PHASE_WAIT] + lane->phase_s[PSTM_PHASE_READ];
            m->busy_s = fmax(m->busy_s, lane->wall_s - idle_s);
            m->sum_s = fmax(m->sum_s, lane->phase_s[PSTM_PHASE_SUM]);
        }
        m->processor_s += ranks[i].processor_s;
        for (int c = 0; c < PSTM_COUNTERS; c++)
            m->counts[c] += pstm_rank_count(&ranks[i], (pstm_counter)c);
    }
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        m->operation_s[o] = pstm_total_operation_s(ranks, run->machine.n_ranks, (pstm_operation)o);
    m->n_locations = run->stats->n_locations;
    m->n_traces = run->tree->n_traces;
    m->n_times = run->window.k_end - run->window.k_begin;
}

/* Each rank writes its own. Local. */
static pstm_status write_timeline(const pstm_run_state *run)
{
    if (!run->job->output.timeline) return PSTM_OK;
    pstm_timeline *lanes[PSTM_LANES];
    pstm_text path = {0};
    for (int lane = 0; lane < PSTM_LANES; lane++)
        lanes[lane] = run->profile.lanes[lane].timeline;
    pstm_status status =
        pstm_text_add(&path, "%s.timeline.%d.json", run->job->output.file, run->machine.rank);
    if (status == PSTM_OK)
        status = pstm_timeline_write(path.bytes, run->machine.rank, run->machine.host, run->started_s, lanes);
    pstm_text_clear(&path);
    return status;
}

/* Gathers the profiles and writes them. Collective. */
static pstm_status report(pstm_run_state *run)
{
    if (!run->job->output.profile) return PSTM_OK;
    pstm_rank_profile *ranks = NULL;
    pstm_lane_stop(pstm_run_lane(run));
    pstm_status status = write_timeline(run);
    if (run->machine.rank == 0 && status == PSTM_OK)
        status = PSTM_NEW(&ranks, run->machine.n_ranks, "profiles");
    PSTM_GO(pstm_agree(run->machine.comm, status));
    const int bytes = (int)sizeof run->profile;
    MPI_Gather(&run->profile, bytes, MPI_BYTE, ranks, bytes, MPI_BYTE, 0, run->machine.comm);
    PSTM_GO(merge_stats(run));
    if (run->machine.rank == 0) {
        measure(run, ranks);
        status = write_reports(run, ranks);
    }
    PSTM_GO(pstm_agree(run->machine.comm, status));
cleanup:
    PSTM_FREE(&ranks);
    return status;
}

static pstm_status finish_cube(pstm_run_state *run)
{
    uint64_t checksum;
    char hex[PSTM_DIGEST_CHARS];
    PSTM_TRY(pstm_cube_finish(run->job->output.file, run->journal));
    PSTM_TRY(pstm_journal_checksum(run->journal, &checksum));
    pstm_digest_to_hex(checksum, hex);
    pstm_note("%s: %" PRId64 " of %" PRId64 " chunk columns, image checksum %s", run->job->output.file,
              pstm_journal_n_done(run->journal), pstm_journal_n_columns(run->journal), hex);
    if (!run->stopped && !run->job->output.keep_store) PSTM_TRY(remove_file(run->paths.store.bytes));
    return PSTM_OK;
}

/* Says how the memory budget was kept. Collective. */
static void note_memory(const pstm_run_state *run)
{
    const int64_t mine = pstm_machine_peak_bytes();
    int64_t most = 0;
    MPI_Reduce(&mine, &most, 1, MPI_INT64_T, MPI_MAX, 0, run->machine.comm);
    pstm_note("memory: at most %.1f MiB a rank, budget %.1f MiB", (double)most / 1048576.0,
              (double)run->machine.memory_bytes / 1048576.0);
    if (run->machine.rank == 0 && (double)most > 1.1 * (double)run->machine.memory_bytes)
        pstm_warn("memory: a rank held %.1f MiB, more than 10 %% above its budget of %.1f MiB",
                  (double)most / 1048576.0, (double)run->machine.memory_bytes / 1048576.0);
}

/* Single tiles that the next run has to do. Rank 0. */
static int64_t tiles_left(const pstm_run_state *run)
{
    int64_t n = 0;
    for (int64_t i = 0; i < run->n_work; i++)
        n += pstm_work_n_tiles(&run->work[i]);
    for (int64_t i = 0; i < run->n_tile_records; i++)
        n -= pstm_work_n_tiles(pstm_work_find(run->work, run->n_work, run->tile_records[i].tile));
    return n;
}

static pstm_status stopped_with(int64_t n_left)
{
    return pstm_fail(PSTM_STOPPED,
                     "stopped in good order with %" PRId64 " tiles left; the same command goes on", n_left);
}

pstm_status pstm_run_finish_alone(pstm_run_state *run)
{
    pstm_store_close(&run->store);
    PSTM_TRY(finish_cube(run));
    return run->stopped ? stopped_with(tiles_left(run)) : PSTM_OK;
}

pstm_status pstm_run_finish(pstm_run_state *run)
{
    const int64_t is_root = run->machine.rank == 0;
    int64_t left[3] = {run->stopped, is_root ? tiles_left(run) : 0,
                       run->out_of_time && run->n_tile_records == 0 && !run->built_store};
    pstm_sum_over_ranks(run->machine.comm, left, 3);
    pstm_store_close(&run->store);
    PSTM_TRY(pstm_agree(run->machine.comm, run->machine.rank == 0 ? finish_cube(run) : PSTM_OK));
    if (run->n_work > 0) PSTM_TRY(report(run));
    note_memory(run);
    if (left[0] == 0) return PSTM_OK;
    if (left[2] > 0)
        return pstm_fail(PSTM_SYSTEM,
                         "the time limit came before one tile was finished, and the next run would fare no "
                         "better: give it more time or more ranks, or use smaller tiles (`tile`)");
    return stopped_with(left[1]);
}
