/** @file output.h
 * The reports of an image: progress, profile, aperture statistics. Every rank has them for each image and
 * owns what they hold; those of the first image tell of headers and conditioning too.
 */
#ifndef PSTM_MPI_RUN_OUTPUT_H
#define PSTM_MPI_RUN_OUTPUT_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"
#include "mpi/run/machine.h"
#include "mpi/run/run_options.h"
#include "plan/work_item.h"
#include "profile/aperture_stats.h"
#include "profile/profile.h"

typedef struct pstm_run_output {
    const pstm_output_options *options; /**< borrowed: path, which reports */
    double started_s;
    pstm_text progress_path, json_path, csv_path;
    pstm_rank_profile profile;
    pstm_text velocity_columns;     /**< rank 0: how they depart from the model (velocity.h), or empty */
    pstm_aperture_stats *stats;     /**< NULL without output.profile */
    pstm_tile_record *tile_records; /**< [n_tile_records] rank 0: of the tiles that this run has migrated */
    int64_t n_tile_records;
} pstm_run_output;

/** The profile and its main lane; NULL without output.profile. Local. */
static inline pstm_rank_profile *pstm_run_output_profile(pstm_run_output *output)
{
    return output->options->profile ? &output->profile : NULL;
}
static inline pstm_lane *pstm_run_output_lane(pstm_run_output *output)
{
    return pstm_profile_lane(pstm_run_output_profile(output), PSTM_LANE_MAIN, 0);
}

/** The image's time begins, unless it has. Local. */
void pstm_run_output_start(pstm_run_output *output);

/** Names the files and makes room for what is measured; n_traces: of the input files. Local. */
PSTM_MUST_CHECK pstm_status pstm_run_output_prepare(const pstm_machine *machine, const pstm_grid *grid,
                                                    const pstm_window *window, int64_t n_traces,
                                                    pstm_run_output *output);

/**
 * Gathers the profiles and writes them; nothing without output.profile. version: of the program. *measured:
 * filled in on rank 0; NULL: not wanted. Collective; agrees on errors.
 */
PSTM_MUST_CHECK pstm_status pstm_run_output_report(const pstm_machine *machine, const char *version,
                                                   pstm_run_measured *measured, pstm_run_output *output);

/** Frees all; safe on all zero. Local. */
void pstm_run_output_clear(pstm_run_output *output);

#endif
