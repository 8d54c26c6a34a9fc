/** @file place.h
 * Where files are made. A program that writes follows no link, waits for no pipe and replaces no file of
 * somebody else's: a path is looked at before any work is done, and files are made anew.
 *
 * All functions are Local.
 */
#ifndef PSTM_CORE_PLACE_H
#define PSTM_CORE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

/** Files that a run makes beside its cube: their names are that of the cube with these behind it. */
#define PSTM_LOCK_ENDING ".lock"
#define PSTM_JOURNAL_ENDING ".journal"
#define PSTM_STORE_ENDING ".traces.h5"
#define PSTM_DROPPED_ENDING ".dropped.txt"
#define PSTM_PROGRESS_ENDING ".progress.json"
#define PSTM_JSON_ENDING ".profile.json"
#define PSTM_CSV_ENDING ".profile.csv"
#define PSTM_DRAFT_ENDING ".making"
#define PSTM_NODES_ENDING ".velocity"     /**< columns of a velocity cube, for the time of a run */
#define PSTM_TIMELINE_ENDING ".timeline." /**< with "<rank>.json" behind it */

/** All of them but the timelines, a NULL behind the last. */
extern const char *const pstm_beside_endings[];

/**
 * Whether a file can be made at `path`, or one that stands there be used: PSTM_USAGE when its name is too
 * long, its folder is not there, or a link, a folder, a pipe, a device or a socket is in its place;
 * PSTM_SYSTEM when the folder cannot be written. The text names it, with the remedy.
 */
PSTM_MUST_CHECK pstm_status pstm_place_check(const char *path);

/** The same for a cube and all that a run makes beside it. */
PSTM_MUST_CHECK pstm_status pstm_place_check_cube(const char *cube_path);

/** What all files of one writer have: these bytes, from byte `at` on. */
typedef struct pstm_mark {
    int64_t at;
    const void *bytes;
    size_t n; /**< up to 64 */
} pstm_mark;

/**
 * pstm_place_check(), and PSTM_USAGE with the remedy --overwrite when a file without the mark stands there
 * and `overwrite` is false.
 */
PSTM_MUST_CHECK pstm_status pstm_place_check_mark(const char *path, const pstm_mark *mark, bool overwrite);

/** Whether anything is there, behind links too. PSTM_SYSTEM if that cannot be found out: it is not taken for
 * absent. */
PSTM_MUST_CHECK pstm_status pstm_place_is_taken(const char *path, bool *taken);

/** Whether two names are of one file, whatever links and dots they have; false if either is not there. */
bool pstm_place_is_same(const char *a, const char *b);

/**
 * Makes an empty file for writing, in place of what a killed program has left under this name; what a link
 * there names stays as it is. Returns its descriptor, the caller's, or -1 with errno.
 */
int pstm_place_make(const char *path);

#endif
