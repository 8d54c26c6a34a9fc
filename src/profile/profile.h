/** @file profile.h
 * Where the time of a run goes: a stopwatch per rank, with one lane per thread role, and what is written
 * of it at the end (JSON, a CSV of tiles, a table for people).
 *
 * A lane is always in exactly one phase between its start and its stop, so its phases add up to its wall
 * time by construction. What a caller does not name is `other`.
 *
 * Off: every function accepts a NULL profile or lane and then does nothing; it costs one comparison.
 *
 * The structs are plain data: ranks gather them over MPI as bytes. A lane is written by
 * one thread only; nobody else reads it until that thread has stopped it. All functions are Local.
 */
#ifndef PSTM_PROFILE_PROFILE_H
#define PSTM_PROFILE_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/status.h"
#include "core/text.h"
#include "device/device_times.h"
#include "device/operations.h"
#include "profile/aperture_stats.h"
#include "profile/timeline.h"

/** X(name, text, meaning): what a lane may be doing. */
#define PSTM_PHASE_LIST(X)                                                                                   \
    X(OTHER, "other", "everything that has no name of its own")                                              \
    X(READ, "read", "reading input samples or the trace store")                                              \
    X(CONDITION, "condition", "filters, mutes and edits of the traces")                                      \
    X(PREFILTER, "prefilter", "choosing the traces of a tile")                                               \
    X(SUM, "sum", "the migration sum on the device")                                                         \
    X(TRANSFER, "transfer", "copies to and from the device and between ranks")                               \
    X(WRITE, "write", "writing the cube and the store")                                                      \
    X(SYNC, "sync", "waiting for data to reach the disk")                                                    \
    X(WAIT, "wait", "waiting for work, for another lane or for another rank")

typedef enum pstm_phase {
#define PSTM_PHASE_ENTRY(name, text, meaning) PSTM_PHASE_##name,
    PSTM_PHASE_LIST(PSTM_PHASE_ENTRY)
#undef PSTM_PHASE_ENTRY
        PSTM_PHASES
} pstm_phase;

/** X(name, text, meaning): the thread roles of a rank; each worker has the last two. */
#define PSTM_LANE_LIST(X)                                                                                    \
    X(MAIN, "main", "MPI, HDF5 and the journal")                                                             \
    X(COMPUTE, "compute", "the device")                                                                      \
    X(READER, "reader", "reads the traces of the next batch")

enum { PSTM_RANK_WORKERS = 16 /**< that a rank can have at most */ };

typedef enum pstm_lane_role {
#define PSTM_LANE_ENTRY(name, text, meaning) PSTM_LANE_##name,
    PSTM_LANE_LIST(PSTM_LANE_ENTRY)
#undef PSTM_LANE_ENTRY
        PSTM_LANE_ROLES
} pstm_lane_role;

/** Lanes of a rank: that of the main thread, then compute and reader of worker 0, of worker 1, ... */
enum { PSTM_LANES = PSTM_LANE_MAIN + 1 + PSTM_RANK_WORKERS * (PSTM_LANE_ROLES - 1) };

/** X(name, text, meaning): what is counted. Pairs are (trace, location) combinations handed to the device. */
#define PSTM_COUNTER_LIST(X)                                                                                 \
    X(BYTES_READ, "bytes_read", "bytes read from disk")                                                      \
    X(BYTES_WRITTEN, "bytes_written", "bytes written to disk")                                               \
    X(CONTRIBUTIONS, "n_contributions", "samples added to the image")                                        \
    X(PAIRS, "n_pairs", "trace and location pairs handed to the device")                                     \
    X(TRACES, "n_traces", "traces handed to the device")                                                     \
    X(EXAMINED, "n_examined", "traces that were read and examined for a tile")                               \
    X(BATCHES, "n_batches", "calls that handed traces to the device")

typedef enum pstm_counter {
#define PSTM_COUNTER_ENTRY(name, text, meaning) PSTM_COUNT_##name,
    PSTM_COUNTER_LIST(PSTM_COUNTER_ENTRY)
#undef PSTM_COUNTER_ENTRY
        PSTM_COUNTERS
} pstm_counter;

/** One lane; all zero is a lane that never ran. */
typedef struct pstm_lane {
    int32_t is_running;
    int32_t phase;               /**< a pstm_phase: the one that runs now */
    double started_s;            /**< pstm_now_s() of the last start */
    double switched_s;           /**< pstm_now_s() of the last switch */
    double wall_s;               /**< between starts and stops, stopped stretches only */
    double phase_s[PSTM_PHASES]; /**< closed stretches; they add up to wall_s once the lane is stopped */
    int64_t counts[PSTM_COUNTERS];
    pstm_timeline *timeline; /**< of this rank's run, borrowed; NULL: none; means nothing on another rank */
    char padding[64];        /**< keeps the lanes of two threads off one cache line */
} pstm_lane;

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
    double
        phase_s[PSTM_PHASES]; /**< over all lanes that worked on it: lanes overlap, so it is no wall time */
    double step_s[PSTM_DEVICE_STEPS]; /**< of a device that measures itself, else 0 */
    int64_t counts[PSTM_COUNTERS];
} pstm_tile_record;

/** A lane's phases and counts at one moment. */
typedef struct pstm_lane_mark {
    double phase_s[PSTM_PHASES];
    int64_t counts[PSTM_COUNTERS];
} pstm_lane_mark;

/** What is known of the run besides its profile; texts are borrowed for the call, none may be NULL. */
typedef struct pstm_run_facts {
    const char *version;     /**< of the program */
    const char *numerics_id; /**< for example cpu/avx2/1 */
    const char *device;      /**< text for people */
    double wall_s;           /**< of the whole run on rank 0 */
} pstm_run_facts;

/** The lane of a role, for a worker of the rank from 0 on; NULL for a NULL profile. */
static inline pstm_lane *pstm_profile_lane(pstm_rank_profile *profile, pstm_lane_role role, int32_t worker)
{
    const int32_t skipped = role == PSTM_LANE_MAIN ? 0 : worker * (PSTM_LANE_ROLES - 1);
    return profile ? &profile->lanes[(int32_t)role + skipped] : NULL;
}

/** The role of a lane of a rank, and the worker that it belongs to. */
static inline pstm_lane_role pstm_lane_role_of(int lane)
{
    return lane == PSTM_LANE_MAIN ? PSTM_LANE_MAIN : (pstm_lane_role)(1 + (lane - 1) % (PSTM_LANE_ROLES - 1));
}
static inline int32_t pstm_lane_worker_of(int lane)
{
    return lane == PSTM_LANE_MAIN ? 0 : (lane - 1) / (PSTM_LANE_ROLES - 1);
}

/** Starts the lane in `phase`; a lane that was stopped before goes on adding. */
static inline void pstm_lane_start(pstm_lane *lane, pstm_phase phase)
{
    if (!lane || lane->is_running) return;
    lane->started_s = lane->switched_s = pstm_now_s();
    lane->phase = (int32_t)phase;
    lane->is_running = 1;
}

/**
 * Closes the running phase, starts `phase`, and returns the one that was closed, so that a function can
 * give it back: `pstm_phase before = pstm_phase_switch(lane, PSTM_PHASE_READ); ...;
 * pstm_phase_switch(lane, before);`. A lane that does not run is left alone.
 */
static inline pstm_phase pstm_phase_switch(pstm_lane *lane, pstm_phase phase)
{
    if (!lane || !lane->is_running) return PSTM_PHASE_OTHER;
    const double now_s = pstm_now_s();
    const pstm_phase before = (pstm_phase)lane->phase;
    lane->phase_s[before] += now_s - lane->switched_s;
    if (lane->timeline) pstm_timeline_add(lane->timeline, lane->phase, lane->switched_s, now_s);
    lane->switched_s = now_s;
    lane->phase = (int32_t)phase;
    return before;
}

/** Closes the running phase and the lane. */
static inline void pstm_lane_stop(pstm_lane *lane)
{
    if (!lane || !lane->is_running) return;
    pstm_phase_switch(lane, PSTM_PHASE_OTHER);
    lane->wall_s += lane->switched_s - lane->started_s;
    lane->is_running = 0;
}

/** Adds n to a counter of the lane. */
static inline void pstm_lane_count(pstm_lane *lane, pstm_counter counter, int64_t n)
{
    if (lane) lane->counts[counter] += n;
}

/** The lane's phases, the running one up to now, and counts; all zero for NULL. Called by the lane's thread.
 */
pstm_lane_mark pstm_lane_mark_now(const pstm_lane *lane);

/** Adds to `record` what the lane has spent and counted since `mark`. Called by the lane's thread. */
void pstm_tile_record_add(pstm_tile_record *record, const pstm_lane *lane, const pstm_lane_mark *mark);

/** Puts a lane's name into text: "main", "compute", "reader"; of later workers "compute_1", ... */
void pstm_lane_describe(int lane, char text[24]);

/** The name of a phase, lane or counter as in the JSON. Never NULL. */
const char *pstm_phase_name(pstm_phase phase);
const char *pstm_lane_name(pstm_lane_role role);
const char *pstm_counter_name(pstm_counter counter);
const char *pstm_operation_name(pstm_operation operation);
const char *pstm_device_step_name(pstm_device_step step);

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
 * - counts: an object of all counters, over all ranks
 * - phases: for each phase min_s, mean_s, max_s, imbalance over ranks, the lanes of a rank added
 * - ranks: rank, host, device, n_threads, processor_s, counts, contributions_per_s; lanes, by name, those
 *   that ran: for each wall_s, phases_s
 * - tiles: tile, rank, device, phases_s, steps_s if the device measures itself, and all counters
 * - unit, over all ranks and in each rank, if there are units (GPUs) that measure themselves: n_units, busy_s
 *   (in which their kernels of the sum ran, added over units), contributions_per_s while busy (of one unit),
 *   share_of_limit, and steps_s (device/device_times.h; steps overlap)
 * - operations_s, if the device was `stopwatch`: the processor seconds, over ranks, of each operation
 *   (device/operations.h), and their total
 * - aperture, if `stats` is given: n_locations, n_traces, n_points, n_contributions, share_of_pairs,
 *   traces_per_point (min, mean, max); over the samples that count the arrays twt_s, mean, min, max
 *
 * Lanes must be stopped. `stats` may be NULL, `tiles` too when n_tiles is 0. PSTM_SYSTEM with the path.
 */
PSTM_MUST_CHECK pstm_status pstm_profile_write_json(const char *path, const pstm_run_facts *facts,
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
PSTM_MUST_CHECK pstm_status pstm_profile_describe(pstm_text *text, const pstm_run_facts *facts,
                                                  const pstm_rank_profile *ranks, int64_t n_ranks,
                                                  const pstm_aperture_stats *stats);

#endif
