/** @file timeline.h
 * When each lane of a rank was in which phase, for a trace viewer: the events that the stopwatch of
 * profile/profile.h leaves when `output.timeline` is on, written as Chrome trace JSON, which Perfetto
 * (ui.perfetto.dev) and chrome://tracing open.
 *
 * Bounded: a timeline keeps at most its capacity of events. When it is full, the least duration that is kept
 * doubles until half of the room is free again, so a long run is covered from end to end by its longer
 * phases. All functions are Local; a timeline is added to by one thread.
 */
#ifndef PSTM_PROFILE_TIMELINE_H
#define PSTM_PROFILE_TIMELINE_H

#include <stdint.h>

#include "core/status.h"

enum { PSTM_TIMELINE_EVENTS = 32768 /**< of a lane: below 3 MiB of JSON */ };

typedef struct pstm_timeline pstm_timeline;

/** Room for `capacity` events, >= 2; *out is the caller's. */
PSTM_MUST_CHECK pstm_status pstm_timeline_create(int64_t capacity, pstm_timeline **out);

/** Frees *timeline and sets it to NULL; NULL-safe. */
void pstm_timeline_destroy(pstm_timeline **timeline);

/** Adds a phase (a pstm_phase) that lasted from begin_s to end_s on pstm_now_s()'s clock. NULL: nothing. */
void pstm_timeline_add(pstm_timeline *timeline, int32_t phase, double begin_s, double end_s);

/** How many events it holds, and the least duration that it keeps. */
int64_t pstm_timeline_n_events(const pstm_timeline *timeline);
double pstm_timeline_least_s(const pstm_timeline *timeline);

/**
 * Writes the lanes of a rank, [PSTM_LANES], NULL: none; whole or not at all. Times count from
 * origin_s. PSTM_SYSTEM with the path.
 */
PSTM_MUST_CHECK pstm_status pstm_timeline_write(const char *path, int32_t rank, const char *host,
                                                double origin_s, pstm_timeline *const *lanes);

#endif
