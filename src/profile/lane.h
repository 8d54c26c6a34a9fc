/** @file lane.h
 * A stopwatch with one lane per thread role of a rank, and counters.
 *
 * A lane is always in exactly one phase between its start and its stop, so its phases add up to its wall
 * time by construction. What a caller does not name is `other`.
 *
 * Off: every function accepts a NULL lane and then does nothing; it costs one comparison.
 *
 * A lane is plain data, written by one thread only; nobody else reads it until that thread has stopped it.
 * All functions are Local.
 */
#ifndef PSTM_PROFILE_LANE_H
#define PSTM_PROFILE_LANE_H

#include <stdint.h>

#include "core/clock.h"
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

/** A lane's phases and counts at one moment. */
typedef struct pstm_lane_mark {
    double phase_s[PSTM_PHASES];
    int64_t counts[PSTM_COUNTERS];
} pstm_lane_mark;

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

/** Puts a lane's name into text: "main", "compute", "reader"; of later workers "compute_1", ... */
void pstm_lane_describe(int lane, char text[24]);

/** The name of a phase, lane or counter as in the JSON. Never NULL. */
const char *pstm_phase_name(pstm_phase phase);
const char *pstm_lane_name(pstm_lane_role role);
const char *pstm_counter_name(pstm_counter counter);

#endif
