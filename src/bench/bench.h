/** @file bench.h
 * Rates of the devices' kernels, measured in one run beside the plain loop (plain_loop.h).
 *
 * The unit is the contribution: one trace added to one output sample after the aperture (as the fold counts
 * it). Rows are measured in rounds, each row once a round, so that what disturbs the machine disturbs all;
 * a row's ratios are medians over the rounds of its rate over a plain loop's in the same round: that of the
 * kernel's own instruction set (of the fastest one for what has none of these), and the fastest of all. CPU
 * rows run on one thread and count its processor time, others the wall clock. All functions are Local.
 */
#ifndef PSTM_BENCH_BENCH_H
#define PSTM_BENCH_BENCH_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { PSTM_BENCH_MAX_ROWS = 256, PSTM_BENCH_MAX_ROUNDS = 16 };

typedef struct pstm_bench_row {
    char device[16];  /**< plain, or as in the job's `devices` */
    char kernel[32];  /**< instruction set */
    char setting[64]; /**< what of the job differs */
    bool is_best_of; /**< counts for ratio_to_plain of the report: a CPU kernel without antialias or weight */
    double contributions_per_s, least_per_s, most_per_s; /**< median and spread over the rounds */
    double ratio_to_plain, least_ratio, most_ratio;      /**< to the plain loop of the same instruction set */
    double ratio_to_fastest;                             /**< to the plain loop that is fastest here */
} pstm_bench_row;

typedef struct pstm_bench_report {
    char cpu[128], compiler[64], flags[128];
    int n_rounds;
    double copy_bytes_per_s; /**< memory bandwidth of one thread: bytes read and written by copying */
    double ratio_to_plain, ratio_to_fastest; /**< of the best CPU kernel without antialias or weight */
    int n_rows;
    pstm_bench_row rows[PSTM_BENCH_MAX_ROWS];
} pstm_bench_report;

/** Measures everything that this machine has; `quick` takes about a tenth of the time. */
PSTM_MUST_CHECK pstm_status pstm_bench_run(bool quick, pstm_bench_report *report);

#endif
