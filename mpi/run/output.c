#include "mpi/run/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/place.h"
#include "mpi/comm/agree.h"
#include "profile/timeline_json.h"

void pstm_run_output_start(pstm_run_output *output)
{
    if (output->started_s > 0) return;
    output->started_s = pstm_now_s();
    pstm_lane_start(pstm_run_output_lane(output), PSTM_PHASE_OTHER);
}

static pstm_status name_paths(pstm_run_output *output)
{
    const char *cube = output->options->file;
    PSTM_TRY(pstm_text_add(&output->progress_path, "%s" PSTM_PROGRESS_ENDING, cube));
    PSTM_TRY(pstm_text_add(&output->json_path, "%s" PSTM_JSON_ENDING, cube));
    return pstm_text_add(&output->csv_path, "%s" PSTM_CSV_ENDING, cube);
}

static void describe_rank(const pstm_machine *machine, pstm_rank_profile *p)
{
    p->rank = machine->rank;
    p->n_threads = machine->n_threads;
    snprintf(p->host, sizeof p->host, "%s", machine->host);
    snprintf(p->device, sizeof p->device, "%.*s", (int)sizeof p->device - 1, machine->numerics_id);
    for (int32_t w = 0; w < machine->n_slots; w++) {
        const pstm_worker_slot *slot = &machine->slots[w];
        const bool again = w > 0 && slot[-1].unit == slot->unit;
        p->n_device_units += slot->device->times != NULL && !again;
    }
}

pstm_status pstm_run_output_prepare(const pstm_machine *machine, const pstm_grid *grid,
                                    const pstm_window *window, int64_t n_traces, pstm_run_output *output)
{
    PSTM_TRY(name_paths(output));
    describe_rank(machine, &output->profile);
    if (!output->options->profile) return PSTM_OK;
    const int n_lanes = 1 + machine->n_slots * (PSTM_LANE_ROLES - 1);
    for (int lane = 0; lane < n_lanes && output->options->timeline; lane++)
        PSTM_TRY(pstm_timeline_create(PSTM_TIMELINE_EVENTS, &output->profile.lanes[lane].timeline));
    return pstm_aperture_stats_create(grid, window->k_begin, window->k_end, n_traces, &output->stats);
}

/* Adds the aperture statistics of all ranks up on rank 0. Collective. */
static void merge_stats(const pstm_machine *machine, pstm_aperture_stats *stats)
{
    const int n = stats->n_times;
    const bool is_root = machine->rank == 0;
    MPI_Comm comm = machine->comm;
    pstm_sum_over_ranks(comm, &stats->n_locations, 1);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->sum, stats->sum, n, MPI_INT64_T, MPI_SUM, 0, comm);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->least, stats->least, n, MPI_INT64_T, MPI_MIN, 0, comm);
    MPI_Reduce(is_root ? MPI_IN_PLACE : stats->most, stats->most, n, MPI_INT64_T, MPI_MAX, 0, comm);
}

static pstm_status write_reports(const pstm_machine *machine, const char *version,
                                 const pstm_run_output *output, const pstm_rank_profile *ranks)
{
    const pstm_run_summary summary = {.version = version,
                                      .numerics_id = machine->numerics_id,
                                      .device = machine->device_names,
                                      .velocity_columns = output->velocity_columns.bytes,
                                      .wall_s = pstm_now_s() - output->started_s};
    const char *json = output->json_path.bytes, *csv = output->csv_path.bytes;
    pstm_text table = {0};
    pstm_status status;
    PSTM_GO(pstm_profile_write_json(json, &summary, ranks, machine->n_ranks, output->tile_records,
                                    output->n_tile_records, output->stats));
    PSTM_GO(pstm_profile_write_csv(csv, output->tile_records, output->n_tile_records));
    PSTM_GO(pstm_profile_describe(&table, &summary, ranks, machine->n_ranks, output->stats));
    pstm_note("%s", table.bytes);
    pstm_note("profile: %s, %s", json, csv);
cleanup:
    pstm_text_clear(&table);
    return status;
}

static void measure_rank(const pstm_rank_profile *rank, pstm_run_measured *m)
{
    for (int32_t w = 0; w < PSTM_RANK_WORKERS; w++) {
        const pstm_lane *lane = &rank->lanes[PSTM_LANE_COMPUTE + w * (PSTM_LANE_ROLES - 1)];
        const double idle_s = lane->phase_s[PSTM_PHASE_WAIT] + lane->phase_s[PSTM_PHASE_READ];
        m->busy_s = fmax(m->busy_s, lane->wall_s - idle_s);
        m->sum_s = fmax(m->sum_s, lane->phase_s[PSTM_PHASE_SUM]);
    }
    m->processor_s += rank->processor_s;
    for (int c = 0; c < PSTM_COUNTERS; c++)
        m->counts[c] += pstm_rank_count(rank, (pstm_counter)c);
}

static void measure(const pstm_machine *machine, const pstm_aperture_stats *stats,
                    const pstm_rank_profile *ranks, pstm_run_measured *m)
{
    *m = (pstm_run_measured){.n_ranks = machine->n_ranks, .n_threads = machine->n_threads};
    memcpy(m->numerics_id, machine->numerics_id, sizeof m->numerics_id);
    for (int i = 0; i < machine->n_ranks; i++)
        measure_rank(&ranks[i], m);
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        m->operation_s[o] = pstm_total_operation_s(ranks, machine->n_ranks, (pstm_operation)o);
    m->n_locations = stats->n_locations;
    m->n_traces = stats->n_traces;
    m->n_times = stats->k_end - stats->k_begin;
}

/* Each rank writes its own. Local. */
static pstm_status write_timeline(const pstm_machine *machine, const pstm_run_output *output)
{
    if (!output->options->timeline) return PSTM_OK;
    pstm_timeline *lanes[PSTM_LANES];
    pstm_text path = {0};
    for (int lane = 0; lane < PSTM_LANES; lane++)
        lanes[lane] = output->profile.lanes[lane].timeline;
    pstm_status status =
        pstm_text_add(&path, "%s" PSTM_TIMELINE_ENDING "%d.json", output->options->file, machine->rank);
    if (status == PSTM_OK)
        status = pstm_timeline_write(path.bytes, machine->rank, machine->host, output->started_s, lanes);
    pstm_text_clear(&path);
    return status;
}

pstm_status pstm_run_output_report(const pstm_machine *machine, const char *version,
                                   pstm_run_measured *measured, pstm_run_output *output)
{
    if (!output->options->profile) return PSTM_OK;
    pstm_rank_profile *ranks = NULL;
    pstm_lane_stop(pstm_run_output_lane(output));
    pstm_status status = write_timeline(machine, output);
    if (machine->rank == 0 && status == PSTM_OK) status = PSTM_NEW(&ranks, machine->n_ranks, "profiles");
    PSTM_GO(pstm_agree(machine->comm, status));
    const int bytes = (int)sizeof output->profile;
    MPI_Gather(&output->profile, bytes, MPI_BYTE, ranks, bytes, MPI_BYTE, 0, machine->comm);
    merge_stats(machine, output->stats);
    if (machine->rank == 0) {
        if (measured != NULL) measure(machine, output->stats, ranks, measured);
        status = write_reports(machine, version, output, ranks);
    }
    PSTM_GO(pstm_agree(machine->comm, status));
cleanup:
    PSTM_FREE(&ranks);
    return status;
}

void pstm_run_output_clear(pstm_run_output *output)
{
    pstm_text_clear(&output->progress_path);
    pstm_text_clear(&output->json_path);
    pstm_text_clear(&output->csv_path);
    pstm_text_clear(&output->velocity_columns);
    pstm_aperture_stats_destroy(&output->stats);
    for (int lane = 0; lane < PSTM_LANES; lane++)
        pstm_timeline_destroy(&output->profile.lanes[lane].timeline);
    PSTM_FREE(&output->tile_records);
}
