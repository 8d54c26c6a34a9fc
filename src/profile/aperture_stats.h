/** @file aperture_stats.h
 * How many traces pass the aperture: per output time and per output point. Sums of integers only, so the
 * result does not depend on the order of tiles or on how many ranks share them.
 *
 * A point is one (location, k); its number of traces is the fold summed over classes. Only output samples
 * of the wanted window with t0 > 0 count: at t0 <= 0 the fold is 0 by definition. All functions are Local.
 */
#ifndef PSTM_PROFILE_APERTURE_STATS_H
#define PSTM_PROFILE_APERTURE_STATS_H

#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"

/**
 * The sums. Owned by who created them. `values` holds sum, least and most behind one another
 * (3 * n_times int64), so that a rank can send them in one piece.
 */
typedef struct pstm_aperture_stats {
    int32_t n_times;
    int32_t k_begin, k_end; /**< output samples that count: [k_begin, k_end) */
    double time_first_s, time_step_s;
    int64_t n_traces;    /**< usable traces of the survey: what a point would have without aperture */
    int64_t n_locations; /**< locations added so far */
    int64_t *values;     /**< owned */
    int64_t *sum;        /**< [n_times] traces over all locations; points into values, as the next two */
    int64_t *least;      /**< [n_times] least traces of a location; INT64_MAX before the first */
    int64_t *most;       /**< [n_times] most traces of a location; -1 before the first */
} pstm_aperture_stats;

/** The whole in a few figures; all 0 when nothing was added. */
typedef struct pstm_aperture_summary {
    int64_t n_points;        /**< locations times samples that count */
    int64_t n_contributions; /**< the sum of all folds */
    int64_t least, most;     /**< traces of a point */
    double mean;
    double share; /**< n_contributions / (n_points * n_traces): pairs computed of all pairs, [0, 1] */
} pstm_aperture_summary;

/**
 * Makes empty sums for the time axis of `grid` and the wanted samples [k_begin, k_end). *stats is owned by
 * the caller (pstm_aperture_stats_destroy). PSTM_SYSTEM when memory is short.
 */
PSTM_MUST_CHECK pstm_status pstm_aperture_stats_create(const pstm_grid *grid, int32_t k_begin, int32_t k_end,
                                                       int64_t n_traces, pstm_aperture_stats **stats);

/** Frees *stats and sets it to NULL; NULL-safe. */
void pstm_aperture_stats_destroy(pstm_aperture_stats **stats);

/** Adds fold[location][k] of a tile, of all classes together, all n_times of k, by n_threads >= 1 threads.
 * NULL stats: nothing. */
void pstm_aperture_stats_add(pstm_aperture_stats *stats, const uint32_t *fold, int64_t n_locations,
                             int n_threads);

/** Adds what another one has seen. Both must have the same n_times. */
void pstm_aperture_stats_merge(pstm_aperture_stats *into, const pstm_aperture_stats *from);

/** The whole in a few figures. */
pstm_aperture_summary pstm_aperture_stats_summary(const pstm_aperture_stats *stats);

#endif
