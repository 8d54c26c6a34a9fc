/** @file rungs.h
 * The rungs of `pstm ladder`, and the part of a job on which they are measured. All functions are Local.
 */
#ifndef PSTM_QC_LADDER_RUNGS_H
#define PSTM_QC_LADDER_RUNGS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "job/job.h"

/** A rung: one setting more than the rung before. */
typedef struct pstm_rung {
    const char *name;    /**< of the switch, or what changes */
    const char *setting; /**< "optimise.batch=on"; NULL for the start */
    const char *meaning;
} pstm_rung;

enum { PSTM_RUNGS = 9 /**< at most; the last one only where the job's own device is another one */ };

/** [PSTM_RUNGS]: from the depth loop with nothing optimised to everything on. */
extern const pstm_rung pstm_rungs[PSTM_RUNGS];

/** Settings that are made up while the program runs; all zero is empty. */
typedef struct pstm_made_settings {
    const char **text; /**< [n] as pstm_job_read() takes them */
    size_t n;
    int64_t capacity;
    char **made; /**< [n_made] those of them that are owned */
    int64_t n_made, made_capacity;
} pstm_made_settings;

/** Appends one that is borrowed. */
PSTM_MUST_CHECK pstm_status pstm_made_settings_borrow(pstm_made_settings *settings, const char *text);

/** Appends one from formatted words. */
PSTM_MUST_CHECK pstm_status pstm_made_settings_add(pstm_made_settings *settings, const char *format, ...)
    PSTM_PRINTF(2, 3);

/** Frees all that was made and the list. */
void pstm_made_settings_clear(pstm_made_settings *settings);

enum { PSTM_RUNG_OPERATIONS = -1 /**< the last rung in double precision, on the device `stopwatch` */ };

/** Appends everything off, then what the rungs 1 to i_rung turn on. */
PSTM_MUST_CHECK pstm_status pstm_rung_add_settings(int i_rung, const char *job_device,
                                                   pstm_made_settings *settings);

/** The part of a job's target that the ladder migrates: whole tiles of it, or a block of a few locations. */
typedef struct pstm_sample {
    bool is_block;
    pstm_text tiles;                        /**< "3,17,31"; empty for a block */
    int64_t n_tiles;                        /**< 0 for a block */
    int32_t i_begin, i_end, j_begin, j_end; /**< the block, or the middle one of the tiles */
    int64_t n_locations, n_job_locations;   /**< of the sample, and of the job's target */
} pstm_sample;

/** Frees what it holds; safe on an all zero struct. */
void pstm_sample_clear(pstm_sample *sample);

/** n_tiles of the target's tiles, or all if there are fewer, evenly spread. */
PSTM_MUST_CHECK pstm_status pstm_sample_tiles(const pstm_job *job, int64_t n_tiles, pstm_sample *sample);

/**
 * About n_locations of the job: whole tiles if that many locations fill one, else a block round the middle
 * of the tile that is nearest to the middle of the target.
 */
PSTM_MUST_CHECK pstm_status pstm_sample_locations(const pstm_job *job, int64_t n_locations,
                                                  pstm_sample *sample);

/** Appends what cuts the sample out of the job. */
PSTM_MUST_CHECK pstm_status pstm_sample_add_settings(const pstm_sample *sample, const pstm_job *job,
                                                     pstm_made_settings *settings);

/** Appends what the sample is, for people. */
PSTM_MUST_CHECK pstm_status pstm_sample_describe(const pstm_sample *sample, pstm_text *text);

#endif
