/** @file open_cube.h
 * A finished or half-finished cube opened to read, with the journal beside it that says what of it is
 * migrated. All functions are Local.
 */
#ifndef PSTM_QC_OPEN_CUBE_H
#define PSTM_QC_OPEN_CUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "io/cube/cube.h"
#include "io/journal.h"
#include "plan/tiles.h"

/** A cube opened to read, with its journal. */
typedef struct pstm_open_cube {
    const char *path; /**< borrowed */
    pstm_cube *cube;
    pstm_journal *journal;        /**< without records if the file is not there */
    bool has_journal;             /**< the file is there */
    const pstm_cube_about *about; /**< borrowed from `cube` */
} pstm_open_cube;

/** Opens a cube and its journal. *open is the caller's, for pstm_close_cube(), also after a failure. */
PSTM_MUST_CHECK pstm_status pstm_open_cube_at(const char *path, pstm_open_cube *open);

/** Closes both; safe on an all zero struct and twice. */
void pstm_close_cube(pstm_open_cube *open);

/**
 * Warns where the journal beside a cube is not its own, by attributes, axes and the marks of the last run's
 * end: what of it is migrated is then not known. Values are not read.
 */
PSTM_MUST_CHECK pstm_status pstm_warn_of_other_journal(const pstm_open_cube *open);

/**
 * PSTM_DATA when nothing is known to be migrated: the journal has no records, or there is none and the cube
 * was not marked as wholly migrated.
 */
PSTM_MUST_CHECK pstm_status pstm_check_migrated(const pstm_open_cube *open);

/**
 * Whether location (i, j) is migrated, by the journal. Without a journal all are or none is, as the cube was
 * marked (pstm_cube_finish).
 */
bool pstm_cube_is_migrated(const pstm_open_cube *open, int32_t i, int32_t j);

/** Locations of chunk columns that are migrated in part, and those columns; both 0 without such. */
void pstm_count_parts(const pstm_open_cube *open, int64_t *n_locations, int64_t *n_columns);

/** Share of the image that is migrated by the journal, 0 to 1. */
double pstm_migrated_share(const pstm_open_cube *open);

/** The dataset of this name that the cube has; NULL: the stack, else the gather. PSTM_USAGE naming what it
 * has. */
PSTM_MUST_CHECK pstm_status pstm_choose_data(const pstm_open_cube *open, const char *name,
                                             pstm_cube_data *data);

/**
 * The class whose centre has what `wish` says, to a micrometre or a millionth of a degree. PSTM_USAGE if
 * there is none, naming the nearest, or if there are several.
 */
PSTM_MUST_CHECK pstm_status pstm_find_class(const pstm_open_cube *open, pstm_class_centre wish,
                                            int32_t *class_index);

/** The index of a number on an axis of n nodes that begins with the number `first`. PSTM_USAGE, naming
 * `what`, if it is not one of them. */
PSTM_MUST_CHECK pstm_status pstm_find_number(const char *what, double number, int32_t first, int32_t n,
                                             int32_t *index);

/**
 * The output samples [*k_begin, *k_end) of a window of two-way times in seconds, both ends in it; NaN: all
 * that were migrated. PSTM_USAGE, naming --window, if there is none.
 */
PSTM_MUST_CHECK pstm_status pstm_find_window(const pstm_open_cube *open, const double window_s[2],
                                             int32_t *k_begin, int32_t *k_end);

/** The tiles of the run that made the cube, by the job in it. PSTM_DATA if that is damaged. */
PSTM_MUST_CHECK pstm_status pstm_find_tiling(const pstm_open_cube *open, pstm_tiling *tiling);

/** Whether a tile is migrated, by the journal. */
bool pstm_tile_is_migrated(const pstm_open_cube *open, const pstm_tile *tile);

static inline bool pstm_data_has_classes(pstm_cube_data data)
{
    return data == PSTM_CUBE_GATHER || data == PSTM_CUBE_GATHER_FOLD;
}

static inline bool pstm_data_is_fold(pstm_cube_data data)
{
    return data == PSTM_CUBE_FOLD || data == PSTM_CUBE_GATHER_FOLD;
}

#endif
