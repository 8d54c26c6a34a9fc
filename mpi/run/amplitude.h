/** @file amplitude.h
 * What an image with the weight `true` needs of the survey: the form of the weight that goes with the
 * survey's shape, the areas of the traces, the bands of offset that one class with all traces is divided
 * into, and the times at which each class is live (sum/live.h).
 */
#ifndef PSTM_MPI_RUN_AMPLITUDE_H
#define PSTM_MPI_RUN_AMPLITUDE_H

#include <stdbool.h>

#include "core/doubt.h"
#include "core/status.h"
#include "job/job.h"
#include "mpi/run/machine.h"
#include "mpi/run/store.h"
#include "mpi/run/survey.h"
#include "mpi/survey/areas.h"
#include "sum/live.h"
#include "survey/bins.h"

/** Bands of offset, at most. */
enum { PSTM_MOST_BANDS = 32 };

/** Owned by the image (pstm_run_amplitude_clear()); all zero: kinematic. */
typedef struct pstm_run_amplitude {
    /**
     * One class with all traces is divided by offset, into bands twice as wide as its midpoints are apart,
     * since far offsets do not contribute early: areas over all of them would fade the image. Each band is an
     * amplitude, and the image the mean over those that are live.
     */
    bool has_bands;
    pstm_bins bands;       /**< has_bands */
    pstm_areas areas;      /**< of the bands or classes; empty with areas off */
    pstm_live_class *live; /**< [bands or classes] */
} pstm_run_amplitude;

/** Whether traces of an image stand for areas. Local. */
bool pstm_run_wants_areas(const pstm_job *job);

/** The classes that devices are to plan for: those of the bins, or as many bands as there may be. Local. */
int32_t pstm_run_most_classes(const pstm_job *job, const pstm_bins *bins);

/** Makes `true` its form for 2D lines where the survey is one. Local. */
void pstm_run_choose_weight(const pstm_run_survey *survey, pstm_weight *weight);

/** What in the job contradicts a weight that is true, on this survey. Local, the same on every rank. */
PSTM_MUST_CHECK pstm_status pstm_run_doubt_amplitude(const pstm_run_survey *survey, const pstm_job *job,
                                                     pstm_doubts *doubts);

/** What the image's values are, for its cube: "kinematic: ...". Local. */
const char *pstm_run_amplitude_text(const pstm_job *job);

/** Makes *amplitude for a weight that is true, from the headers of the store. bins: of the image. Collective;
 * agrees on errors. */
PSTM_MUST_CHECK pstm_status pstm_run_find_amplitude(const pstm_machine *machine,
                                                    const pstm_run_survey *survey,
                                                    const pstm_run_store *store, const pstm_job *job,
                                                    const pstm_bins *bins, pstm_run_amplitude *amplitude);

/** Frees all; safe on all zero. Local. */
void pstm_run_amplitude_clear(pstm_run_amplitude *amplitude);

#endif
