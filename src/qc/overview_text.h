/** @file overview_text.h  What was found in a survey's files, written down: for people, for programs, as a
 * job. Local. */
#ifndef PSTM_QC_OVERVIEW_TEXT_H
#define PSTM_QC_OVERVIEW_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"
#include "core/text.h"
#include "qc/overview.h"

/** Prints the tables. with_text: the textual header of each file too; accepted: doubts that are meant. */
PSTM_MUST_CHECK pstm_status pstm_overview_print(const pstm_overview *overview, bool with_text,
                                                uint64_t accepted, FILE *out);

/** Prints the words of traces first ... last, counted from 1 over all files. PSTM_USAGE where there are none
 * such. */
PSTM_MUST_CHECK pstm_status pstm_overview_print_headers(const pstm_overview *overview, int64_t first,
                                                        int64_t last, FILE *out);

/** Prints it as JSON; `version` in it rises when a member changes its meaning. */
PSTM_MUST_CHECK pstm_status pstm_overview_print_json(const pstm_overview *overview, FILE *out);

/** Appends a job for `pstm run`, with comments; PSTM_DATA where there is no grid. beside: it will lie in the
 * working folder, so that names of files may stay as they are. */
PSTM_MUST_CHECK pstm_status pstm_overview_add_job(const pstm_overview *overview, const pstm_job *job,
                                                  bool beside, pstm_text *text);

/** A job of names[n] of input files and settings, as pstm_job_read() has them, whose image nobody wants. */
PSTM_MUST_CHECK pstm_status pstm_overview_job_of(int64_t n, char *const *names, const char *const *settings,
                                                 size_t n_settings, pstm_job **job);

/** The first line of such a job, by which it is known again. */
extern const char pstm_overview_job_mark[];

/** Appends where the grid is and what it is of, a few lines of at most 100 characters, each after `lead`. */
PSTM_MUST_CHECK pstm_status pstm_overview_describe_grid(const pstm_overview *overview, const char *lead,
                                                        pstm_text *text);

/** Draws NAME.map.png, NAME.fold.png and NAME.headers.png, and prints their names. PSTM_USAGE when a file of
 * somebody else's stands there, unless overwrite; PSTM_SYSTEM when they cannot be written. */
PSTM_MUST_CHECK pstm_status pstm_overview_draw(const pstm_overview *overview, const char *name,
                                               bool overwrite, FILE *out);

#endif
