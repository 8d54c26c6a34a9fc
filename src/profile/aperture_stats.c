#include "profile/aperture_stats.h"

#include "core/memory.h"

pstm_status pstm_aperture_stats_create(const pstm_grid *grid, int32_t k_begin, int32_t k_end,
                                       int64_t n_traces, pstm_aperture_stats **stats)
{
    pstm_status status = PSTM_OK;
    pstm_aperture_stats *made = NULL;
    PSTM_GO(PSTM_NEW(&made, 1, "aperture statistics"));
    PSTM_GO(PSTM_NEW(&made->values, 3 * (int64_t)grid->n_times, "aperture statistics"));
    made->n_times = grid->n_times;
    made->time_first_s = grid->time_first_s;
    made->time_step_s = grid->time_step_s;
    made->n_traces = n_traces;
    made->sum = made->values;
    made->least = made->values + grid->n_times;
    made->most = made->values + 2 * (int64_t)grid->n_times;
    for (int32_t k = 0; k < grid->n_times; k++) {
        made->least[k] = INT64_MAX;
        made->most[k] = -1;
    }
    made->k_begin = k_begin < 0 ? 0 : k_begin;
    made->k_end = k_end > grid->n_times ? grid->n_times : k_end;
    while (made->k_begin < made->k_end && pstm_grid_time_s(grid, made->k_begin) <= 0)
        made->k_begin++;
    *stats = made;
    made = NULL;
cleanup:
    pstm_aperture_stats_destroy(&made);
    return status;
}

void pstm_aperture_stats_destroy(pstm_aperture_stats **stats)
{
    if (!*stats) return;
    PSTM_FREE(&(*stats)->values);
    PSTM_FREE(stats);
}

/* The same locations, samples [k_begin, k_end). */
static void add_samples(pstm_aperture_stats *stats, const uint32_t *fold, int64_t n_locations,
                        int32_t k_begin, int32_t k_end)
{
    for (int64_t location = 0; location < n_locations; location++) {
        const uint32_t *here = fold + location * stats->n_times;
        for (int32_t k = k_begin; k < k_end; k++) {
            const int64_t traces = here[k];
            stats->sum[k] += traces;
            if (traces < stats->least[k]) stats->least[k] = traces;
            if (traces > stats->most[k]) stats->most[k] = traces;
        }
    }
}

void pstm_aperture_stats_add(pstm_aperture_stats *stats, const uint32_t *fold, int64_t n_locations,
                             int n_threads)
{
    if (!stats) return;
    const int32_t n_samples = stats->k_end > stats->k_begin ? stats->k_end - stats->k_begin : 0;
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (int part = 0; part < n_threads; part++)
        add_samples(stats, fold, n_locations,
                    stats->k_begin + (int32_t)((int64_t)n_samples * part / n_threads),
                    stats->k_begin + (int32_t)((int64_t)n_samples * (part + 1) / n_threads));
    stats->n_locations += n_locations;
}

void pstm_aperture_stats_merge(pstm_aperture_stats *into, const pstm_aperture_stats *from)
{
    for (int32_t k = 0; k < into->n_times; k++) {
        into->sum[k] += from->sum[k];
        if (from->least[k] < into->least[k]) into->least[k] = from->least[k];
        if (from->most[k] > into->most[k]) into->most[k] = from->most[k];
    }
    into->n_locations += from->n_locations;
}

pstm_aperture_summary pstm_aperture_stats_summary(const pstm_aperture_stats *stats)
{
    pstm_aperture_summary summary = {0};
    if (stats->n_locations == 0 || stats->k_begin >= stats->k_end) return summary;
    summary.n_points = stats->n_locations * (stats->k_end - stats->k_begin);
    summary.least = INT64_MAX;
    for (int32_t k = stats->k_begin; k < stats->k_end; k++) {
        summary.n_contributions += stats->sum[k];
        if (stats->least[k] < summary.least) summary.least = stats->least[k];
        if (stats->most[k] > summary.most) summary.most = stats->most[k];
    }
    summary.mean = (double)summary.n_contributions / (double)summary.n_points;
    summary.share = stats->n_traces > 0 ? summary.mean / (double)stats->n_traces : 0;
    return summary;
}
