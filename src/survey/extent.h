/** @file extent.h
 * What an image can take of a survey, as far as headers tell: which traces are in a class, near enough to the
 * grid, and recorded when reflections from the image arrive. All functions are Local.
 */
#ifndef PSTM_SURVEY_EXTENT_H
#define PSTM_SURVEY_EXTENT_H

#include <stdbool.h>

#include "survey/bins.h"
#include "survey/box.h"
#include "survey/grid.h"
#include "survey/trace.h"

/** Of an image; borrowed for the call. */
typedef struct pstm_extent {
    const pstm_grid *grid;
    const pstm_bins *bins;
    int32_t i_begin, i_end, j_begin, j_end; /**< its nodes: [begin, end) of inlines and crosslines */
    double first_s, last_s;                 /**< two-way times of its output samples */
    double reach_m;                         /**< its greatest aperture; INFINITY: none */
    double aperture_tan;                    /**< as of the aperture; INFINITY: none */
    double most_m_s;                        /**< of vrms: how fast the aperture opens */
    double fastest_m_s, slowest_m_s; /**< T^2 of a leg is at least tau^2 + leg^2/fastest^2 and at most tau^2 +
                                          leg^2/slowest^2, tau half of t0 (sum/laws.h) */

    /* How traces are read and muted. */
    double sample_s;
    bool header_mute;
    double mute_velocity_m_s, mute_delay_s; /**< 0: none */
} pstm_extent;

/** The rectangle along the world axes round its nodes. */
pstm_box pstm_extent_box(const pstm_extent *extent);

/**
 * False only when no node has both the trace's source and its receiver within the greatest aperture. box: of
 * the extent.
 */
bool pstm_extent_reached_by(const pstm_extent *extent, const pstm_box *box, const pstm_trace *trace);

/** The part of a record that is left of it; begin_s > end_s: nothing. */
typedef struct pstm_record {
    double begin_s, end_s;
} pstm_record;

/** The times from the first to the last sample that mutes leave. */
pstm_record pstm_extent_record(const pstm_extent *extent, const pstm_trace *trace);

/**
 * False only when no reflection from a node, within the aperture and at one of the image's times, arrives
 * during the record.
 */
bool pstm_extent_recorded_by(const pstm_extent *extent, const pstm_box *box, const pstm_trace *trace,
                             const pstm_record *record);

#endif
