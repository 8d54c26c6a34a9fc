/** @file ladder.h
 * Each optimisation switched on in turn, measured on a part of a job: its speed-up, and what it changes in
 * the image. docs/ladder.md explains the table.
 */
#ifndef PSTM_QC_LADDER_LADDER_H
#define PSTM_QC_LADDER_LADDER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "job/settings.h"

/** What is to be measured; texts are borrowed. */
typedef struct pstm_ladder_wish {
    const char
        *job; /**< path; it needs migrate.aperture.distance, the constant aperture of the first rungs */
    pstm_settings settings; /**< of the job */
    const char *out;        /**< folder of table, cubes and pictures; NULL: <output.file>.ladder */
    int32_t n_tiles;        /**< whole tiles, evenly spread over the job's target; 0: as `seconds` allows */
    double seconds;         /**< that the whole takes, about */
    bool operations;        /**< times the operations of the sum in double precision too */
} pstm_ladder_wish;

/**
 * Migrates a part of the job once a rung: first as the old program did, then with one optimisation more each
 * time, up to everything on. Writes the table to `out`, row by row, and saves it with the images. PSTM_USAGE
 * when the job cannot be measured so; errors of pstm_run(). Local: one process measures, in which MPI runs.
 */
PSTM_MUST_CHECK pstm_status pstm_ladder_climb(const pstm_ladder_wish *wish, FILE *out);

#endif
