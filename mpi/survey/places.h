/** @file places.h
 * What rank 0 needs of a survey of any size to find its grid: some of its midpoints, and how many traces fall
 * into each bin. Collective over comm; the same for any number of ranks.
 */
#ifndef PSTM_MPI_SURVEY_PLACES_H
#define PSTM_MPI_SURVEY_PLACES_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"
#include "survey/line.h"
#include "survey/trace.h"

/** Midpoints of usable traces; on rank 0 only. */
typedef struct pstm_places {
    pstm_position *
        points; /**< [n], owned; all of small surveys; else first those of some squares, then every so many */
    int64_t n, n_dense; /**< n_dense: those that hold whole neighbourhoods */
    int64_t n_usable;   /**< traces of the whole survey; on every rank */
} pstm_places;

/** Each rank passes the headers that it has read, in the order of the files. Agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_places_find(MPI_Comm comm, const pstm_trace *traces, int64_t n,
                                             pstm_places *out);

/** Frees the points; safe on all zero. Local. */
void pstm_places_clear(pstm_places *places);

/** Bins of a map of fold, at most. */
#define PSTM_FOLD_MAP_MOST INT64_C(16000000)

/**
 * Counts the usable traces by bin: fold[n_inline * n_crossline] on rank 0, row-major; every rank has room for
 * it. *n_beside: those beside the grid, everywhere. The grid has at most PSTM_FOLD_MAP_MOST bins.
 */
void pstm_fold_map_count(MPI_Comm comm, const pstm_grid *grid, const pstm_trace *traces, int64_t n,
                         int32_t *fold, int64_t *n_beside);

#endif
