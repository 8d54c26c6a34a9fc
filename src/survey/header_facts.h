/** @file header_facts.h
 * What trace headers tell of a survey besides the geometry of each trace: what they change in the data, and
 * whether they contradict each other. Counts, ranges and boxes, which add up to the same whatever the order
 * and the number of ranks. All functions are Local.
 */
#ifndef PSTM_SURVEY_HEADER_FACTS_H
#define PSTM_SURVEY_HEADER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "survey/box.h"
#include "survey/trace.h"

/** The coordinate scalars of the standard: 0, 1 and -1 are one, then 10 ... 10000, then -10 ... -10000. */
enum { PSTM_COORDINATE_SCALARS = 9 };

/** Of the live seismic traces of a survey that have a position; all zero but for the ranges of none. */
typedef struct pstm_header_facts {
    int64_t n_traces;
    int64_t n_left_out;      /**< beside these: no live seismic traces by their identification code */
    uint64_t codes_left_out; /**< bit k: one of them has the code k, which is below 64 */

    /* What headers change. */
    int64_t n_short;                   /**< the count of samples shortens the trace */
    int32_t least_samples, of_samples; /**< the least such count, and the largest one of a file */
    int64_t n_muted, n_mostly_muted;   /**< mute times take samples away; more than half of them */
    int64_t n_delayed;                 /**< the delay is not 0 */
    double least_delay_s, most_delay_s;
    double longest_s; /**< the longest trace */

    /* Where sources and receivers are. */
    int64_t n_source_at_origin, n_receiver_at_origin, n_both_at_origin; /**< at (0, 0) exactly */
    int64_t n_zero_offset;       /**< source and receiver at one place that is not the origin */
    pstm_box sources, receivers; /**< of those that are not at the origin, metres */

    /* Other headers that say where. */
    int64_t n_cdp;                      /**< CDP x or y is not 0 */
    int64_t n_offset, n_offset_differs; /**< the offset is not 0; and is not the distance */
    int32_t least_record, most_record;  /**< field record numbers */
    int64_t n_of_scalar[PSTM_COORDINATE_SCALARS];
    pstm_box of_scalar[PSTM_COORDINATE_SCALARS]; /**< midpoints, of traces with no end at the origin */
} pstm_header_facts;

/** Of no trace. */
pstm_header_facts pstm_header_facts_none(void);

/** Adds those of other traces. */
void pstm_header_facts_add(pstm_header_facts *facts, const pstm_header_facts *other);

/** True when most traces that have the other end have their source (or receiver) at the origin. */
bool pstm_header_facts_lack(const pstm_header_facts *facts, bool sources);

/**
 * Gives traces without coordinates the fate NO_COORDINATES, by the facts of the whole survey; returns how
 * many. They have
 *   all four coordinates 0, where the origin is far from all other ends, or no other trace has an end there
 *   or no offset;
 *   one end at the origin, where that is far from all other ends and most traces have both ends.
 */
int64_t pstm_header_facts_drop(const pstm_header_facts *facts, pstm_trace *traces, int64_t n);

#endif
