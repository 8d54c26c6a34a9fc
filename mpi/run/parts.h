/** @file parts.h
 * The phases of pstm_run() and what they share. Private to mpi/run*.c.
 */
#ifndef PSTM_MPI_RUN_PARTS_H
#define PSTM_MPI_RUN_PARTS_H

#include "core/text.h"
#include "device/device.h"
#include "io/cube/cube.h"
#include "io/digest.h"
#include "io/journal.h"
#include "io/store/store.h"
#include "mpi/farm/operator_context.h"
#include "mpi/farm/time_limit.h"
#include "mpi/farm/worker.h"
#include "mpi/run/machine.h"
#include "mpi/run/run.h"
#include "mpi/survey/dropped.h"
#include "mpi/survey/inputs.h"
#include "plan/cost.h"
#include "plan/groups.h"
#include "plan/scheduler.h"
#include "plan/target.h"
#include "plan/tiles.h"
#include "profile/aperture_stats.h"
#include "profile/profile.h"
#include "survey/bins.h"
#include "survey/kdtree.h"
#include "survey/summary.h"
#include "velocity/model.h"

/** Paths beside the cube. */
typedef struct pstm_run_paths {
    pstm_text store, dropped, journal, progress, profile_json, profile_csv;
} pstm_run_paths;

/** What a worker works with; plan points to context, and that to device_plan: not to be copied. */
typedef struct pstm_run_worker {
    pstm_device_plan device_plan;
    pstm_operator_context context;
    pstm_worker_plan plan;
} pstm_run_worker;

/** A run on one rank. What only rank 0 holds is marked so. */
typedef struct pstm_run_state {
    const pstm_job *job;
    const pstm_run_options *options;
    double started_s;
    pstm_time_limit limit;
    pstm_machine machine;
    pstm_run_paths paths;

    /* Known from the job and the machine. */
    pstm_bins bins;
    pstm_tiling tiling;
    pstm_group_size group;
    pstm_target *target;
    pstm_window window; /**< the target's only one */
    pstm_aperture aperture;
    pstm_velocity *velocity;
    char velocity_key[PSTM_KEY_CHARS];
    pstm_inputs *inputs;
    pstm_device_plan device_plan;
    pstm_run_worker workers[PSTM_RANK_WORKERS]; /* in the machine's slots, from the start of the sum on */

    /* Known from the headers. */
    pstm_kdtree *tree;
    pstm_trace *traces;             /* of this rank's leaves, in order, until the store is there */
    int64_t n_traces;               /* those */
    pstm_dropped *refused;          /* of the traces this rank read: those not in the tree; until then */
    int64_t n_refused;              /* those */
    uint64_t input_digest;          /* rank 0 */
    int32_t wavelet;                /* a pstm_wavelet, resolved */
    pstm_text store_key;            /* rank 0 */
    pstm_text image_key_text;       /* rank 0 */
    char image_key[PSTM_KEY_CHARS]; /* rank 0 */
    pstm_text job_text;             /* rank 0 */
    pstm_class_centre *centres;     /* [bins.n] of the classes */
    pstm_store *store;
    char samples_digest[PSTM_DIGEST_CHARS]; /* of the store's rows; "" before it is there */

    /* Work. */
    pstm_cube_about about; /* rank 0: of this image, from the headers on */
    pstm_cube_found found; /* rank 0: what stood there at the start */
    int lock;              /* rank 0: descriptor of mpi/run/lock.h; -1: none */
    pstm_journal *journal; /* rank 0 */
    pstm_work *work;       /* rank 0: groups of tiles that are not done, ascending by number */
    int64_t n_work;        /* on every rank */
    int64_t tiles_resumed;
    double cost_resumed;
    bool stopped;     /* rank 0: a signal or the time limit ended the run early */
    bool built_store; /* in this run */
    bool out_of_time; /* rank 0: the time limit did it */

    pstm_rank_profile profile;
    pstm_aperture_stats *stats;
    pstm_tile_record *tile_records; /* rank 0 */
    int64_t n_tile_records;
} pstm_run_state;

/** mpi/run/worker_plan.c: that of the worker in a slot, for groups of at most this size; all but its number
 * and its memory. Local. */
void pstm_run_plan_worker(pstm_run_state *run, const pstm_worker_slot *slot, pstm_group_size group,
                          pstm_run_worker *worker);

/** The main lane of this rank's profile. */
static inline pstm_lane *pstm_run_lane(pstm_run_state *run)
{
    return run->job->output.profile ? &run->profile.lanes[PSTM_LANE_MAIN] : NULL;
}

/** Floats of a row of the trace store: a trace with its antialias copies. */
static inline int64_t pstm_run_row_floats(const pstm_run_state *run)
{
    return run->device_plan.n_levels * pstm_trace_stride(run->device_plan.n_samples);
}

/** run.c: frees all that a run holds. Local. */
void pstm_run_state_destroy(pstm_run_state *run);

/** mpi/run/work.c: the target's tiles that the journal (NULL: none) does not have, with costs. Rank 0, Local.
 */
PSTM_MUST_CHECK pstm_status pstm_run_list_work(pstm_run_state *run);

/** mpi/run/prepare.c: devices, classes, tiles, target, velocity, open inputs. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_prepare(MPI_Comm comm, pstm_run_state *run);

/** mpi/run/traces.c: headers, KD-tree, keys. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_survey(pstm_run_state *run);

/** mpi/run/traces.c: a complete trace store, made or found. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_store(pstm_run_state *run);

/** mpi/run/output.c: refuses a cube of another image, before any cost; lists the tiles to do. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_check_output(pstm_run_state *run);

/** mpi/run/output.c: refuses a cube of other samples, of which headers do not tell. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_check_samples(pstm_run_state *run);

/** mpi/run/output.c: a new cube as a draft, or the space of the one that is there. Local, rank 0 does it. */
PSTM_MUST_CHECK pstm_status pstm_run_draft_output(pstm_run_state *run);

/** mpi/run/output.c: cube and journal, ready to be written, out of the draft. Local, rank 0 does it. */
PSTM_MUST_CHECK pstm_status pstm_run_place_output(pstm_run_state *run);

/** mpi/run/output.c: removes the draft instead. Local, rank 0 does it. */
void pstm_run_drop_output(pstm_run_state *run);

/** mpi/run/output.c: marks the cube without the other ranks; PSTM_STOPPED if tiles are left. Rank 0, Local.
 */
PSTM_MUST_CHECK pstm_status pstm_run_finish_alone(pstm_run_state *run);

/** mpi/run/output.c: marks the cube, writes the reports, removes the store. Collective. */
PSTM_MUST_CHECK pstm_status pstm_run_finish(pstm_run_state *run);

#endif
