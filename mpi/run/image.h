/** @file image.h
 * An image of a run: what is made of the survey's traces, and where it goes. Every rank has one for each
 * image and owns what it holds; what only rank 0 fills in is marked so.
 */
#ifndef PSTM_MPI_RUN_IMAGE_H
#define PSTM_MPI_RUN_IMAGE_H

#include <stdint.h>

#include "device/device.h"
#include "job/job.h"
#include "mpi/run/amplitude.h"
#include "mpi/run/machine.h"
#include "mpi/run/output.h"
#include "mpi/run/run_options.h"
#include "mpi/run/sink.h"
#include "mpi/run/survey.h"
#include "plan/cost.h"
#include "plan/groups.h"
#include "plan/scheduler.h"
#include "plan/target.h"
#include "plan/tiles.h"
#include "survey/bins.h"
#include "survey/extent.h"
#include "velocity/model.h"

/** What is left to do of an image (work.h). */
typedef struct pstm_run_work {
    pstm_work *items;           /**< [n] rank 0: groups of tiles that are not done, ascending by number */
    int64_t n;                  /**< the same on every rank */
    pstm_journal_record *parts; /**< [n_parts] every rank: chunk columns that are done in part, row-major */
    int64_t n_parts;
    int64_t tiles_resumed; /**< rank 0: tiles that an earlier run has finished, and their cost */
    double cost_resumed;
} pstm_run_work;

typedef struct pstm_run_image {
    const pstm_job *job; /**< borrowed; its grid is the image's */

    pstm_velocity *velocity; /**< mpi/run/velocity.h */
    char velocity_key[PSTM_KEY_CHARS];

    /* By pstm_run_image_prepare(). */
    pstm_bins bins;
    pstm_class_centre *centres; /**< [bins.n] */
    pstm_tiling tiling;
    pstm_target *target;
    pstm_tile area;     /**< round the target, of all shards */
    pstm_window window; /**< the target's only one */
    pstm_aperture aperture;

    pstm_run_amplitude amplitude; /**< of the survey, when the store is there */
    pstm_device_plan device_plan; /**< of any slot (devices.h); n_levels is what this image chooses among */
    pstm_group_size group;        /**< the largest of tiles that a worker is given (worker_plan.h) */
    pstm_run_work work;           /**< work.h */
    pstm_run_sink sink;           /**< rank 0 */
    pstm_run_output output;
} pstm_run_image;

/** An image of this job, with nothing made yet. Local. */
void pstm_run_image_begin(const pstm_job *job, pstm_run_image *image);

/** What the job alone tells: bins, tiles, target or the options' shard of it, aperture. Local. */
PSTM_MUST_CHECK pstm_status pstm_run_image_prepare(const pstm_run_options *options, pstm_run_image *image);

/** What devices are told, which depends on the inputs too. n_threads: of a rank. Local. */
void pstm_run_image_plan_device(const pstm_inputs *inputs, int32_t n_threads, pstm_run_image *image);

/** Which traces it takes, of records with this sample interval; borrowed of the image. Local. */
pstm_extent pstm_run_image_extent(const pstm_run_image *image, double sample_s);

/**
 * The key and all that the cube will say of itself. samples_digest: of the store, "" before it is there;
 * borrowed, as machine and options are, as long as the image. Local, rank 0 does it.
 */
PSTM_MUST_CHECK pstm_status pstm_run_image_describe(const pstm_machine *machine,
                                                    const pstm_run_options *options,
                                                    const pstm_run_survey *survey, const char *samples_digest,
                                                    pstm_run_image *image);

/** Whether there is room for its cube, where none stands yet: before any cost. Local, rank 0 does it. */
PSTM_MUST_CHECK pstm_status pstm_run_image_check_room(const pstm_run_image *image);

/** Space on disk for the target's tiles: pstm_run_sink_draft(). Local, rank 0 does it. */
PSTM_MUST_CHECK pstm_status pstm_run_image_draft(pstm_run_image *image);

/** Frees all. Local. */
void pstm_run_image_clear(pstm_run_image *image);

#endif
