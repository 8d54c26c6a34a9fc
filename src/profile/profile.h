/** @file profile.h
 * Where the time of a run goes: the lanes of each rank (profile/lane.h), and what is written of them at the
 * end: JSON, a CSV of tiles, a table for people.
 *
 * The structs are plain data: ranks gather them over MPI as bytes. All functions are Local.
 */
#ifndef PSTM_PROFILE_PROFILE_H
#define PSTM_PROFILE_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "device/device_times.h"
#include "device/operations.h"
#include "profile/aperture_stats.h"
#include "profile/lane.h"

/** A rank's profile; all zero is empty. The caller fills rank, host and device. */
typedef struct pstm_rank_profile {
    int32_t rank;
    int32_t n_threads; /**< compute threads */
    char host[64];
    char device[64]; /**< numerics id or name of the rank's device */
    pstm_lane lanes[PSTM_LANES];
    double processor_s; /**< that all threads spent while tiles were migrated: time that others took is not in
                           it */
    double operation_s[PSTM_OPERATIONS]; /**< processor seconds; of the device `stopwatch`, else 0 */
    int32_t n_device_units; /**< units (GPUs) of devices that measure themselves; 0: none, and all below
                               is 0 */
    pstm_device_times device_times;
    int64_t device_contributions; /**< that were made on these units */
} pstm_rank_profile;

/** What one tile cost. The caller fills tile, rank, device and steps; pstm_tile_record_add() the rest. */
typedef struct pstm_tile_record {
    int64_t tile; /**< number over the full grid */
    int32_t rank;
    char device[28];
    int32_t is_empty; /**< 1: its fold is 0 everywhere */
    double
        phase_s[PSTM_PHASES]; /**< over all lanes that worked on it: lanes overlap, so it is no wall time */
    double step_s[PSTM_DEVICE_STEPS]; /**< of a device that measures itself, else 0 */
    int64_t counts[PSTM_COUNTERS];
} pstm_tile_record;

/** What is known of the run besides its profile; texts are borrowed for the call, and not NULL but where it
 * is said. */
typedef struct pstm_run_summary {
    const char *version;          /**< of the program */
    const char *numerics_id;      /**< for example cpu/avx2/1 */
    const char *device;           /**< text for people */
    const char *velocity_columns; /**< text for people; NULL: they are as the model says */
    double wall_s;                /**< of the whole run on rank 0 */
} pstm_run_summary;

/** The lane of a role, for a worker of the rank from 0 on; NULL for a NULL profile. */
static inline pstm_lane *pstm_profile_lane(pstm_rank_profile *profile, pstm_lane_role role, int32_t worker)
{
    const int32_t skipped = role == PSTM_LANE_MAIN ? 0 : worker * (PSTM_LANE_ROLES - 1);
    return profile ? &profile->lanes[(int32_t)role + skipped] : NULL;
}

/** Adds to `record` what the lane has spent and counted since `mark`. Called by the lane's thread. */
void pstm_tile_record_add(pstm_tile_record *record, const pstm_lane *lane, const pstm_lane_mark *mark);

/** The name of an operation or step as in the JSON. Never NULL. */
const char *pstm_operation_name(pstm_operation operation);
const char *pstm_device_step_name(pstm_device_step step);
const char *pstm_device_kernel_name(pstm_device_kernel kernel);
const char *pstm_device_meeting_name(pstm_device_meeting meeting);

/** The counted contributions, and the part of them that a kernel made; 0 if none were counted. */
double pstm_device_counted(const pstm_device_times *times);
double pstm_device_kernel_share(const pstm_device_times *times, pstm_device_kernel kernel);

/** Seconds of a phase over all lanes of a rank, and a counter over all lanes. */
double pstm_rank_phase_s(const pstm_rank_profile *rank, pstm_phase phase);
int64_t pstm_rank_count(const pstm_rank_profile *rank, pstm_counter counter);

/** Seconds of an operation over all ranks; 0 unless the device timed them. */
double pstm_total_operation_s(const pstm_rank_profile *ranks, int64_t n_ranks, pstm_operation operation);

/** What devices that measure themselves did, over ranks. */
typedef struct pstm_device_sum {
    int64_t n_units, n_contributions;
    pstm_device_times times;
} pstm_device_sum;

pstm_device_sum pstm_total_device(const pstm_rank_profile *ranks, int64_t n_ranks);

/** Contributions/s of a unit while its kernels of the sum ran, and as a share of what its arithmetic units
 * allow (docs/performance.md); 0 where it is not known. */
double pstm_device_rate(const pstm_device_sum *sum);
double pstm_device_share_of_limit(const pstm_device_sum *sum);

/** Appends a line an operation: seconds, share, nanoseconds for each of n_contributions; nothing if all are
 * 0. */
PSTM_MUST_CHECK pstm_status pstm_operations_describe(const double *operation_s, int64_t n_contributions,
                                                     pstm_text *text);

/**
 * Writes the profile as JSON, whole or not at all (temporary file, then rename). Its keys:
 * - version, numerics_id, device, wall_s, n_ranks, contributions_per_s
 * - velocity_columns: a text, how they depart from the velocity model
 * - counts: an object of all counters, over all ranks
 * - phases: for each phase min_s, mean_s, max_s, imbalance over ranks, the lanes of a rank added
 * - ranks: rank, host, device, n_threads, processor_s, counts, contributions_per_s; lanes, by name, those
 *   that ran: for each wall_s, phases_s
 * - tiles: tile, rank, device, phases_s, steps_s if the device measures itself, and all counters
 * - unit, over all ranks and in each rank, if there are units (GPUs) that measure themselves: n_units, busy_s
 *   (in which their kernels of the sum ran, added over units), contributions_per_s while busy (of one unit),
 *   share_of_limit, and of device/device_times.h steps_s (steps overlap), share_of_kernels (of the
 *   contributions) and traces_of_groups (whole, edge, end)
 * - operations_s, if the device was `stopwatch`: the processor seconds, over ranks, of each operation
 *   (device/operations.h), and their total
 * - aperture, if `stats` is given: n_locations, n_traces, n_points, n_contributions, share_of_pairs,
 *   traces_per_point (min, mean, max); over the samples that count the arrays twt_s, mean, min, max
 *
 * Lanes must be stopped. `stats` may be NULL, `tiles` too when n_tiles is 0. PSTM_SYSTEM with the path.
 */
PSTM_MUST_CHECK pstm_status pstm_profile_write_json(const char *path, const pstm_run_summary *run,
                                                    const pstm_rank_profile *ranks, int64_t n_ranks,
                                                    const pstm_tile_record *tiles, int64_t n_tiles,
                                                    const pstm_aperture_stats *stats);

/** Writes one line a tile, a line of column names first; whole or not at all. PSTM_SYSTEM with the path. */
PSTM_MUST_CHECK pstm_status pstm_profile_write_csv(const char *path, const pstm_tile_record *tiles,
                                                   int64_t n_tiles);

/**
 * Appends the table for people: a line per phase with min, mean and max seconds over ranks and the
 * imbalance max/mean; a line per node where there are several; then lane use, units that measure themselves,
 * contributions per second (total and per rank), bytes, aperture.
 */
PSTM_MUST_CHECK pstm_status pstm_profile_describe(pstm_text *text, const pstm_run_summary *run,
                                                  const pstm_rank_profile *ranks, int64_t n_ranks,
                                                  const pstm_aperture_stats *stats);

#endif
