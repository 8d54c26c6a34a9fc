/** @file timeline.h
 * When a lane of a rank was in which phase, as the events that the stopwatch of profile/lane.h leaves when
 * `output.timeline` is on.
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

/** A phase (a pstm_phase) that lasted from begin_s to end_s on pstm_now_s()'s clock. */
typedef struct pstm_timeline_event {
    double begin_s, end_s;
    int32_t phase, padding;
} pstm_timeline_event;

typedef struct pstm_timeline pstm_timeline;

/** Room for `capacity` events, >= 2; *out is the caller's. */
PSTM_MUST_CHECK pstm_status pstm_timeline_create(int64_t capacity, pstm_timeline **out);

/** Frees *timeline and sets it to NULL; NULL-safe. */
void pstm_timeline_destroy(pstm_timeline **timeline);

/** Adds an event; NULL: nothing. */
void pstm_timeline_add(pstm_timeline *timeline, int32_t phase, double begin_s, double end_s);

/** Its *n events in the order in which they ended; borrowed until the next is added. */
const pstm_timeline_event *pstm_timeline_events(const pstm_timeline *timeline, int64_t *n);

/** The least duration that it keeps. */
double pstm_timeline_least_s(const pstm_timeline *timeline);

#endif
