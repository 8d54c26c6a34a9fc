/** @file judge.h
 * What the headers of a survey tell before any cost: notes for people, and doubts (core/doubt.h).
 */
#ifndef PSTM_MPI_RUN_JUDGE_H
#define PSTM_MPI_RUN_JUDGE_H

#include <mpi.h>

#include "core/doubt.h"
#include "core/status.h"
#include "job/job.h"
#include "mpi/run/machine.h"
#include "mpi/run/survey.h"
#include "survey/extent.h"

/**
 * Judges the headers that pstm_run_survey_read() has left in survey->scan, for images of these extents: drops
 * traces without coordinates, adds the doubts, the same on every rank, and frees what only they need. job: of
 * any of the images. PSTM_DATA when no trace is usable or in a class. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_judge_headers(const pstm_machine *machine, const pstm_job *job,
                                                   const pstm_extent *extents, int n_extents,
                                                   pstm_run_survey *survey, pstm_doubts *doubts);

/** The same of the survey alone, whatever image is wanted of it: its doubts, without those of an image. */
PSTM_MUST_CHECK pstm_status pstm_run_judge_survey(MPI_Comm comm, const pstm_job *job, pstm_run_survey *survey,
                                                  pstm_doubts *doubts);

#endif
