/** @file run_options.h  What a run is asked for beside its job, and what it tells who compares runs. */
#ifndef PSTM_MPI_RUN_RUN_OPTIONS_H
#define PSTM_MPI_RUN_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "profile/profile.h"

/** What the migration of an image took and did, for those who compare runs; needs output.profile. */
typedef struct pstm_run_measured {
    double busy_s;      /**< of a rank's compute thread, all but waiting for tiles and traces; the largest of
                             all ranks */
    double processor_s; /**< that all threads of all ranks spent while tiles were migrated */
    double sum_s;       /**< the part of it that the device summed, likewise */
    int64_t counts[PSTM_COUNTERS];       /**< over all ranks */
    double operation_s[PSTM_OPERATIONS]; /**< processor seconds over all ranks; of the device `stopwatch` */
    int64_t n_locations;                 /**< migrated by this run */
    int64_t n_traces;                    /**< usable ones of the survey */
    int32_t n_times;                     /**< wanted output samples */
    int32_t n_ranks, n_threads;          /**< threads of rank 0 */
    char numerics_id[96];
} pstm_run_measured;

typedef struct pstm_run_options {
    bool overwrite;      /**< replace a cube that stands, whatever image it is of */
    bool anew;           /**< condition the traces, whatever trace store stands */
    bool quiet;          /**< no progress lines */
    int32_t shard;       /**< migrate only this shard of n_shards (pstm_target_shard()) */
    int32_t n_shards;    /**< 0: the whole target */
    double max_s;        /**< end in good order within this time; 0: no limit but Slurm's */
    const char *version; /**< of the program, for the record */
    const char *commit;
    pstm_run_measured *measured; /**< [images] filled in on rank 0 where there was work; NULL: not wanted */
} pstm_run_options;

#endif
