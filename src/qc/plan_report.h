/** @file plan_report.h  What a job costs, and how it would run on many ranks, by simulation. Local. */
#ifndef PSTM_QC_PLAN_REPORT_H
#define PSTM_QC_PLAN_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "core/status.h"
#include "job/job.h"
#include "mpi/run/plan.h"

enum { PSTM_PLAN_RANKS = 32 /**< counts of ranks that are simulated, at most */ };

/** What is to be simulated; texts are borrowed. Rates are per second. */
typedef struct pstm_plan_wish {
    int32_t ranks[PSTM_PLAN_RANKS];     /**< counts of ranks, rising */
    int32_t n_ranks;                    /**< 0: 1, 2, 4, ... as far as the job has tiles for */
    double rate;                        /**< contributions of a rank; 0: from the profile */
    const char *profile;                /**< JSON that a run left; NULL: none. Neither: as measured */
    double traces_scale;                /**< as if each tile had so many times the traces; > 0 */
    double area_scale;                  /**< as if the survey were so many times as large; >= 1 */
    double spread;                      /**< standard deviation of ln(speed) of the ranks */
    double failures_per_hour;           /**< of a rank */
    double latency_s;                   /**< that a message travels */
    double message_s;                   /**< that rank 0 works on a message */
    double write_bytes_s, read_bytes_s; /**< of the file system, all ranks together; INFINITY: no limit */
    int32_t seed;                       /**< of the chances */
    const char *png;                    /**< efficiency against ranks is drawn there; NULL: it is not */
    const char *title;                  /**< of that picture */
} pstm_plan_wish;

/** Contributions of all tiles. */
double pstm_plan_cost(const pstm_run_plan *plan);

/** Prints one line: how long the tiles take on these ranks at the rate measured, how large cube and traces
 * are, what is free on the disk and what memory a rank has. */
void pstm_plan_print_here(const pstm_run_plan *plan, const pstm_job *job, FILE *out);

/**
 * Writes to `out` the tiles, cost, memory and disk of a plan, and a line for each count of ranks: the run
 * simulated with the scheduler of a real one. PSTM_USAGE when the scales make too many tiles, PSTM_DATA when
 * the profile holds no rate, PSTM_SYSTEM when the picture cannot be written.
 */
PSTM_MUST_CHECK pstm_status pstm_plan_report(const pstm_run_plan *plan, const pstm_plan_wish *wish,
                                             FILE *out);

#endif
