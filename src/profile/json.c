/* The profile as JSON. */
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/write_file.h"
#include "profile/profile.h"
#include "profile/spread.h"

/* Sets key to value, whose reference it takes. Jansson takes a NULL object or value without harm and tells
 * of it in the result; `short_of_memory` gathers these, so that building has one check at its end. */
static void set(json_t *object, const char *key, json_t *value, bool *short_of_memory)
{
    if (json_object_set_new(object, key, value) != 0) *short_of_memory = true;
}

static void append(json_t *array, json_t *value, bool *short_of_memory)
{
    if (json_array_append_new(array, value) != 0) *short_of_memory = true;
}

static json_t *phases_json(const double *phase_s, bool *short_of_memory)
{
    json_t *object = json_object();
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        set(object, pstm_phase_name((pstm_phase)phase), json_real(phase_s[phase]), short_of_memory);
    return object;
}

static void set_counts(json_t *object, const int64_t *counts, bool *short_of_memory)
{
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        set(object, pstm_counter_name((pstm_counter)counter), json_integer(counts[counter]), short_of_memory);
}

static json_t *spreads_json(const pstm_rank_profile *ranks, int64_t n_ranks, bool *short_of_memory)
{
    json_t *object = json_object();
    for (int phase = 0; phase < PSTM_PHASES; phase++) {
        const pstm_spread spread = pstm_phase_spread(ranks, n_ranks, (pstm_phase)phase);
        json_t *entry = json_object();
        set(entry, "min_s", json_real(spread.min_s), short_of_memory);
        set(entry, "mean_s", json_real(spread.mean_s), short_of_memory);
        set(entry, "max_s", json_real(spread.max_s), short_of_memory);
        set(entry, "imbalance", json_real(spread.imbalance), short_of_memory);
        set(object, pstm_phase_name((pstm_phase)phase), entry, short_of_memory);
    }
    return object;
}

static json_t *steps_json(const double *step_s, bool *short_of_memory)
{
    json_t *object = json_object();
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        set(object, pstm_device_step_name((pstm_device_step)step), json_real(step_s[step]), short_of_memory);
    return object;
}

/* The kernels' shares of the contributions, and how many traces groups of locations met, if they were
 * counted. */
static void set_paths(json_t *unit, const pstm_device_times *times, bool *short_of_memory)
{
    if (pstm_device_counted(times) == 0) return;
    json_t *kernels = json_object(), *meetings = json_object();
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        set(kernels, pstm_device_kernel_name((pstm_device_kernel)kernel),
            json_real(pstm_device_kernel_share(times, (pstm_device_kernel)kernel)), short_of_memory);
    for (int meeting = 0; meeting < PSTM_DEVICE_MEETINGS; meeting++)
        set(meetings, pstm_device_meeting_name((pstm_device_meeting)meeting),
            json_integer((json_int_t)times->meetings[meeting]), short_of_memory);
    set(unit, "share_of_kernels", kernels, short_of_memory);
    set(unit, "traces_of_groups", meetings, short_of_memory);
}

/* What the units of these ranks have measured, if any do. */
static void set_unit(json_t *object, const pstm_rank_profile *ranks, int64_t n_ranks, bool *short_of_memory)
{
    const pstm_device_sum sum = pstm_total_device(ranks, n_ranks);
    if (sum.n_units == 0) return;
    json_t *unit = json_object();
    set(unit, "n_units", json_integer(sum.n_units), short_of_memory);
    set(unit, "busy_s", json_real(sum.times.busy_s), short_of_memory);
    set(unit, "contributions_per_s", json_real(pstm_device_rate(&sum)), short_of_memory);
    set(unit, "share_of_limit", json_real(pstm_device_share_of_limit(&sum)), short_of_memory);
    set(unit, "steps_s", steps_json(sum.times.step_s, short_of_memory), short_of_memory);
    set_paths(unit, &sum.times, short_of_memory);
    set(object, "unit", unit, short_of_memory);
}

static json_t *rank_json(const pstm_rank_profile *rank, double wall_s, bool *short_of_memory)
{
    int64_t counts[PSTM_COUNTERS];
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        counts[counter] = pstm_rank_count(rank, (pstm_counter)counter);
    json_t *lanes = json_object();
    for (int i = 0; i < PSTM_LANES; i++) {
        if (rank->lanes[i].wall_s <= 0) continue;
        json_t *lane = json_object();
        char name[24];
        pstm_lane_describe(i, name);
        set(lane, "wall_s", json_real(rank->lanes[i].wall_s), short_of_memory);
        set(lane, "phases_s", phases_json(rank->lanes[i].phase_s, short_of_memory), short_of_memory);
        set(lanes, name, lane, short_of_memory);
    }
    json_t *object = json_object();
    json_t *counts_object = json_object();
    set_counts(counts_object, counts, short_of_memory);
    set(object, "rank", json_integer(rank->rank), short_of_memory);
    set(object, "host", json_string(rank->host), short_of_memory);
    set(object, "device", json_string(rank->device), short_of_memory);
    set(object, "n_threads", json_integer(rank->n_threads), short_of_memory);
    set(object, "processor_s", json_real(rank->processor_s), short_of_memory);
    set(object, "contributions_per_s",
        json_real(wall_s > 0 ? (double)counts[PSTM_COUNT_CONTRIBUTIONS] / wall_s : 0), short_of_memory);
    set(object, "counts", counts_object, short_of_memory);
    set(object, "lanes", lanes, short_of_memory);
    set_unit(object, rank, 1, short_of_memory);
    return object;
}

static json_t *tile_json(const pstm_tile_record *tile, bool *short_of_memory)
{
    json_t *object = json_object();
    set(object, "tile", json_integer(tile->tile), short_of_memory);
    set(object, "rank", json_integer(tile->rank), short_of_memory);
    set(object, "device", json_string(tile->device), short_of_memory);
    set(object, "phases_s", phases_json(tile->phase_s, short_of_memory), short_of_memory);
    set_counts(object, tile->counts, short_of_memory);
    if (tile->step_s[PSTM_DEVICE_STEP_MIGRATE] > 0)
        set(object, "steps_s", steps_json(tile->step_s, short_of_memory), short_of_memory);
    return object;
}

/* The arrays over the samples that count. */
static void set_aperture_arrays(json_t *object, const pstm_aperture_stats *stats, bool *short_of_memory)
{
    json_t *times = json_array(), *mean = json_array(), *least = json_array(), *most = json_array();
    for (int32_t k = stats->k_begin; k < stats->k_end && stats->n_locations > 0; k++) {
        append(times, json_real(stats->time_first_s + k * stats->time_step_s), short_of_memory);
        append(mean, json_real((double)stats->sum[k] / (double)stats->n_locations), short_of_memory);
        append(least, json_integer(stats->least[k]), short_of_memory);
        append(most, json_integer(stats->most[k]), short_of_memory);
    }
    set(object, "twt_s", times, short_of_memory);
    set(object, "mean", mean, short_of_memory);
    set(object, "min", least, short_of_memory);
    set(object, "max", most, short_of_memory);
}

static json_t *aperture_json(const pstm_aperture_stats *stats, bool *short_of_memory)
{
    const pstm_aperture_summary summary = pstm_aperture_stats_summary(stats);
    json_t *per_point = json_object();
    set(per_point, "min", json_integer(summary.least), short_of_memory);
    set(per_point, "mean", json_real(summary.mean), short_of_memory);
    set(per_point, "max", json_integer(summary.most), short_of_memory);
    json_t *object = json_object();
    set(object, "n_locations", json_integer(stats->n_locations), short_of_memory);
    set(object, "n_traces", json_integer(stats->n_traces), short_of_memory);
    set(object, "n_points", json_integer(summary.n_points), short_of_memory);
    set(object, "n_contributions", json_integer(summary.n_contributions), short_of_memory);
    set(object, "share_of_pairs", json_real(summary.share), short_of_memory);
    set(object, "traces_per_point", per_point, short_of_memory);
    set_aperture_arrays(object, stats, short_of_memory);
    return object;
}

/* The operations and their total, if the device timed them. */
static void set_operations(json_t *root, const pstm_rank_profile *ranks, int64_t n_ranks,
                           bool *short_of_memory)
{
    double total_s = 0;
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        total_s += pstm_total_operation_s(ranks, n_ranks, (pstm_operation)o);
    if (total_s <= 0) return;
    json_t *object = json_object();
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        set(object, pstm_operation_name((pstm_operation)o),
            json_real(pstm_total_operation_s(ranks, n_ranks, (pstm_operation)o)), short_of_memory);
    set(object, "total", json_real(total_s), short_of_memory);
    set(root, "operations_s", object, short_of_memory);
}

static void set_run(json_t *root, const pstm_run_summary *run, const pstm_rank_profile *ranks,
                    int64_t n_ranks, bool *short_of_memory)
{
    int64_t counts[PSTM_COUNTERS];
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        counts[counter] = pstm_total_count(ranks, n_ranks, (pstm_counter)counter);
    const double contributions = (double)counts[PSTM_COUNT_CONTRIBUTIONS];
    json_t *counts_object = json_object();
    set_counts(counts_object, counts, short_of_memory);
    set(root, "version", json_string(run->version), short_of_memory);
    set(root, "numerics_id", json_string(run->numerics_id), short_of_memory);
    set(root, "device", json_string(run->device), short_of_memory);
    set(root, "velocity_columns", json_string(run->velocity_columns ? run->velocity_columns : ""),
        short_of_memory);
    set(root, "wall_s", json_real(run->wall_s), short_of_memory);
    set(root, "n_ranks", json_integer(n_ranks), short_of_memory);
    set(root, "contributions_per_s", json_real(run->wall_s > 0 ? contributions / run->wall_s : 0),
        short_of_memory);
    set(root, "counts", counts_object, short_of_memory);
    set(root, "phases", spreads_json(ranks, n_ranks, short_of_memory), short_of_memory);
}

pstm_status pstm_profile_write_json(const char *path, const pstm_run_summary *run,
                                    const pstm_rank_profile *ranks, int64_t n_ranks,
                                    const pstm_tile_record *tiles, int64_t n_tiles,
                                    const pstm_aperture_stats *stats)
{
    pstm_status status = PSTM_OK;
    bool short_of_memory = false;
    json_t *root = json_object(), *rank_array = json_array(), *tile_array = json_array();
    set_run(root, run, ranks, n_ranks, &short_of_memory);
    for (int64_t i_rank = 0; i_rank < n_ranks; i_rank++)
        append(rank_array, rank_json(&ranks[i_rank], run->wall_s, &short_of_memory), &short_of_memory);
    for (int64_t i_tile = 0; i_tile < n_tiles; i_tile++)
        append(tile_array, tile_json(&tiles[i_tile], &short_of_memory), &short_of_memory);
    set_unit(root, ranks, n_ranks, &short_of_memory);
    set_operations(root, ranks, n_ranks, &short_of_memory);
    set(root, "ranks", rank_array, &short_of_memory);
    set(root, "tiles", tile_array, &short_of_memory);
    if (stats) set(root, "aperture", aperture_json(stats, &short_of_memory), &short_of_memory);

    char *text = short_of_memory ? NULL : json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    if (text) {
        status = pstm_write_file(path, text, strlen(text));
    } else {
        status = pstm_fail(PSTM_SYSTEM,
                           "%s: the profile cannot be put into JSON: memory is short, or a text "
                           "is not UTF-8",
                           path);
    }
    free(text);
    json_decref(root);
    return status;
}
