/* The profile as a table for people and as a CSV of tiles. */
#include "core/write_file.h"
#include "profile/profile.h"
#include "profile/spread.h"

pstm_spread pstm_phase_spread(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_phase phase)
{
    pstm_spread spread = {.imbalance = 1};
    if (n_ranks < 1) return spread;
    spread.min_s = spread.max_s = pstm_rank_phase_s(&ranks[0], phase);
    for (int64_t i_rank = 0; i_rank < n_ranks; i_rank++) {
        const double seconds = pstm_rank_phase_s(&ranks[i_rank], phase);
        if (seconds < spread.min_s) spread.min_s = seconds;
        if (seconds > spread.max_s) spread.max_s = seconds;
        spread.mean_s += seconds / (double)n_ranks;
    }
    if (spread.mean_s > 0) spread.imbalance = spread.max_s / spread.mean_s;
    return spread;
}

int64_t pstm_total_count(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_counter counter)
{
    int64_t sum = 0;
    for (int64_t i_rank = 0; i_rank < n_ranks; i_rank++)
        sum += pstm_rank_count(&ranks[i_rank], counter);
    return sum;
}

static pstm_status describe_phases(pstm_text *text, const pstm_rank_profile *ranks, int64_t n_ranks)
{
    PSTM_TRY(pstm_text_add(text, "  %-10s %10s %10s %10s %10s\n", "phase", "min s", "mean s", "max s",
                           "max/mean"));
    for (int phase = 0; phase < PSTM_PHASES; phase++) {
        const pstm_spread spread = pstm_phase_spread(ranks, n_ranks, (pstm_phase)phase);
        if (spread.max_s <= 0) continue;
        PSTM_TRY(pstm_text_add(text, "  %-10s %10.3f %10.3f %10.3f %10.2f\n",
                               pstm_phase_name((pstm_phase)phase), spread.min_s, spread.mean_s, spread.max_s,
                               spread.imbalance));
    }
    return PSTM_OK;
}

/* Share of its wall time, over ranks and workers, that each role did not wait. */
static pstm_status describe_lanes(pstm_text *text, const pstm_rank_profile *ranks, int64_t n_ranks)
{
    PSTM_TRY(pstm_text_add(text, "  busy (not waiting):"));
    for (int role = 0; role < PSTM_LANE_ROLES; role++) {
        double wall_s = 0, wait_s = 0;
        for (int64_t i = 0; i < n_ranks * PSTM_LANES; i++) {
            const pstm_lane *lane = &ranks[i / PSTM_LANES].lanes[i % PSTM_LANES];
            if (pstm_lane_role_of((int)(i % PSTM_LANES)) != (pstm_lane_role)role) continue;
            wall_s += lane->wall_s;
            wait_s += lane->phase_s[PSTM_PHASE_WAIT];
        }
        if (wall_s <= 0) continue;
        PSTM_TRY(pstm_text_add(text, "  %s %.1f %%", pstm_lane_name((pstm_lane_role)role),
                               100 * (1 - wait_s / wall_s)));
    }
    return pstm_text_add(text, "\n");
}

/* What units that measure themselves did. Their busy time is a share of all units' time in the run. */
static pstm_status describe_units(pstm_text *text, const pstm_run_summary *run,
                                  const pstm_rank_profile *ranks, int64_t n_ranks)
{
    const pstm_device_sum sum = pstm_total_device(ranks, n_ranks);
    if (sum.n_units == 0) return PSTM_OK;
    const double wall_s = run->wall_s > 0 ? run->wall_s : 1;
    PSTM_TRY(pstm_text_add(text, "  %lld unit%s: kernels busy %.3f s, %.1f %% of the run; %.4g/s a unit then",
                           (long long)sum.n_units, sum.n_units == 1 ? "" : "s", sum.times.busy_s,
                           100 * sum.times.busy_s / wall_s / (double)sum.n_units, pstm_device_rate(&sum)));
    if (sum.times.limit > 0)
        PSTM_TRY(pstm_text_add(text, ", %.1f %% of the limit", 100 * pstm_device_share_of_limit(&sum)));
    PSTM_TRY(pstm_text_add(text, "\n   "));
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        PSTM_TRY(pstm_text_add(text, " %s %.3f s", pstm_device_step_name((pstm_device_step)step),
                               sum.times.step_s[step]));
    if (pstm_device_counted(&sum.times) == 0) return pstm_text_add(text, "\n");
    PSTM_TRY(pstm_text_add(text, "\n    contributions by kernel:"));
    for (int kernel = 0; kernel < PSTM_DEVICE_KERNELS; kernel++)
        PSTM_TRY(pstm_text_add(text, " %s %.2f %%", pstm_device_kernel_name((pstm_device_kernel)kernel),
                               100 * pstm_device_kernel_share(&sum.times, (pstm_device_kernel)kernel)));
    return pstm_text_add(text, "\n");
}

static pstm_status describe_counts(pstm_text *text, const pstm_run_summary *run,
                                   const pstm_rank_profile *ranks, int64_t n_ranks)
{
    const double wall_s = run->wall_s > 0 ? run->wall_s : 1;
    const double sum_s = pstm_phase_spread(ranks, n_ranks, PSTM_PHASE_SUM).max_s;
    const double contributions = (double)pstm_total_count(ranks, n_ranks, PSTM_COUNT_CONTRIBUTIONS);
    PSTM_TRY(pstm_text_add(text, "  contributions %.4g, %.4g/s over the whole run, %.4g/s a rank",
                           contributions, contributions / wall_s,
                           n_ranks ? contributions / wall_s / (double)n_ranks : 0.0));
    if (sum_s > 0) PSTM_TRY(pstm_text_add(text, "; %.4g/s while summing", contributions / sum_s));
    return pstm_text_add(text, "\n  read %.3f GB, written %.3f GB\n",
                         1e-9 * (double)pstm_total_count(ranks, n_ranks, PSTM_COUNT_BYTES_READ),
                         1e-9 * (double)pstm_total_count(ranks, n_ranks, PSTM_COUNT_BYTES_WRITTEN));
}

double pstm_total_operation_s(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_operation operation)
{
    double sum_s = 0;
    for (int64_t i_rank = 0; i_rank < n_ranks; i_rank++)
        sum_s += ranks[i_rank].operation_s[operation];
    return sum_s;
}

pstm_status pstm_operations_describe(const double *operation_s, int64_t n_contributions, pstm_text *text)
{
    double total_s = 0;
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        total_s += operation_s[o];
    if (total_s <= 0) return PSTM_OK;
    const double ns = n_contributions > 0 ? 1e9 / (double)n_contributions : 0;
    PSTM_TRY(
        pstm_text_add(text, "  %-14s %10s %8s %16s\n", "operation", "cpu s", "share", "ns/contribution"));
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        PSTM_TRY(pstm_text_add(text, "  %-14s %10.4f %6.1f %% %16.3f\n",
                               pstm_operation_name((pstm_operation)o), operation_s[o],
                               100 * operation_s[o] / total_s, ns * operation_s[o]));
    return pstm_text_add(text, "  %-14s %10.4f %6.1f %% %16.3f\n", "total", total_s, 100.0, ns * total_s);
}

static pstm_status describe_operations(pstm_text *text, const pstm_rank_profile *ranks, int64_t n_ranks)
{
    double operation_s[PSTM_OPERATIONS];
    for (int o = 0; o < PSTM_OPERATIONS; o++)
        operation_s[o] = pstm_total_operation_s(ranks, n_ranks, (pstm_operation)o);
    return pstm_operations_describe(operation_s, pstm_total_count(ranks, n_ranks, PSTM_COUNT_CONTRIBUTIONS),
                                    text);
}

pstm_status pstm_profile_describe(pstm_text *text, const pstm_run_summary *run,
                                  const pstm_rank_profile *ranks, int64_t n_ranks,
                                  const pstm_aperture_stats *stats)
{
    PSTM_TRY(pstm_text_add(text, "profile: %.3f s, %lld rank%s, %s (%s)\n", run->wall_s, (long long)n_ranks,
                           n_ranks == 1 ? "" : "s", run->device, run->numerics_id));
    PSTM_TRY(describe_phases(text, ranks, n_ranks));
    PSTM_TRY(pstm_nodes_describe(text, ranks, n_ranks));
    PSTM_TRY(describe_lanes(text, ranks, n_ranks));
    PSTM_TRY(describe_units(text, run, ranks, n_ranks));
    PSTM_TRY(describe_counts(text, run, ranks, n_ranks));
    PSTM_TRY(describe_operations(text, ranks, n_ranks));
    if (!stats) return PSTM_OK;
    const pstm_aperture_summary summary = pstm_aperture_stats_summary(stats);
    return pstm_text_add(
        text, "  traces per output point: min %lld, mean %.1f, max %lld; %.2f %% of all pairs\n",
        (long long)summary.least, summary.mean, (long long)summary.most, 100 * summary.share);
}

static pstm_status add_csv_header(pstm_text *text)
{
    PSTM_TRY(pstm_text_add(text, "tile,rank,device"));
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        PSTM_TRY(pstm_text_add(text, ",%s_s", pstm_phase_name((pstm_phase)phase)));
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        PSTM_TRY(pstm_text_add(text, ",unit_%s_s", pstm_device_step_name((pstm_device_step)step)));
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        PSTM_TRY(pstm_text_add(text, ",%s", pstm_counter_name((pstm_counter)counter)));
    return pstm_text_add(text, "\n");
}

static pstm_status add_csv_line(pstm_text *text, const pstm_tile_record *tile)
{
    PSTM_TRY(pstm_text_add(text, "%lld,%d,%.*s", (long long)tile->tile, tile->rank, (int)sizeof tile->device,
                           tile->device));
    for (int phase = 0; phase < PSTM_PHASES; phase++)
        PSTM_TRY(pstm_text_add(text, ",%.6f", tile->phase_s[phase]));
    for (int step = 0; step < PSTM_DEVICE_STEPS; step++)
        PSTM_TRY(pstm_text_add(text, ",%.6f", tile->step_s[step]));
    for (int counter = 0; counter < PSTM_COUNTERS; counter++)
        PSTM_TRY(pstm_text_add(text, ",%lld", (long long)tile->counts[counter]));
    return pstm_text_add(text, "\n");
}

pstm_status pstm_profile_write_csv(const char *path, const pstm_tile_record *tiles, int64_t n_tiles)
{
    pstm_status status = PSTM_OK;
    pstm_text text = {0};
    PSTM_GO(add_csv_header(&text));
    for (int64_t i_tile = 0; i_tile < n_tiles; i_tile++)
        PSTM_GO(add_csv_line(&text, &tiles[i_tile]));
    PSTM_GO(pstm_write_file(path, text.bytes, (size_t)text.length));
cleanup:
    pstm_text_clear(&text);
    return status;
}
