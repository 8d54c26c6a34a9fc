/** @file areas.h
 * The areas of all traces of a trace store (survey/areas.h), by the ranks together: each makes those of an
 * equal partition of the leaves from the headers of the store, block by block of neighbouring leaves. Dead
 * traces and those in no class have none, and leave their place to the others. The same to the bit for any
 * number of ranks and threads, and whatever the image's tiles, target and time window.
 */
#ifndef PSTM_MPI_SURVEY_AREAS_H
#define PSTM_MPI_SURVEY_AREAS_H

#include <mpi.h>
#include <stdint.h>

#include "core/status.h"
#include "io/store/store.h"
#include "survey/bins.h"
#include "survey/kdtree.h"
#include "survey/line.h"

typedef struct pstm_areas_work {
    const pstm_store *rows; /**< complete */
    const pstm_kdtree *tree;
    const pstm_bins *bins;
    const pstm_line *line; /**< of a 2D line; NULL: areas in the plane */
    int n_threads;
} pstm_areas_work;

/** Areas and what they go by; owned by the caller (pstm_areas_clear). The same on every rank. */
typedef struct pstm_areas {
    float *of_trace;   /**< [n_traces of the store] in m^2, on a line in m; 0 where a trace is not used */
    double *spacing_m; /**< [n_classes]; of a class whose midpoints are one place that of the others */
    int64_t n_traces;
    int32_t n_classes;
} pstm_areas;

/** Bytes of a rank for the areas of n_traces in n_classes. Local. */
double pstm_areas_bytes(double n_traces, double n_classes);

/** The spacings of the classes alone, into spacing_m[n_classes]. Collective over comm; agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_spacings_find(MPI_Comm comm, const pstm_areas_work *work, double *spacing_m);

/** Makes the areas. Collective over comm; agrees on errors. After a failure *areas is empty. */
PSTM_MUST_CHECK pstm_status pstm_areas_make(MPI_Comm comm, const pstm_areas_work *work, pstm_areas *areas);

/** Frees all; safe on all zero. Local. */
void pstm_areas_clear(pstm_areas *areas);

#endif
