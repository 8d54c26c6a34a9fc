/** @file bench_job.h
 * The job that `pstm bench` runs: a piece of a survey with offsets of 300 to 600 m in all azimuths, 1,600
 * samples at 2 ms, vrms 1700 to 2500 m/s over 2 s, both legs within min(3000 m, v t0/2 tan 60 degrees), onto
 * locations of 12.5 m x 25 m x 1,001 samples at 2 ms. All functions are Local.
 */
#ifndef PSTM_BENCH_JOB_H
#define PSTM_BENCH_JOB_H

#include "device/device.h"

enum { PSTM_BENCH_LOCATIONS = 64, PSTM_BENCH_TRACES = 384 };

/** What may differ from job to job. */
typedef struct pstm_bench_shape {
    double time_step_s; /**< of the output; 0.002 is the survey's */
    bool bent;          /**< the velocity is linear between picks 300 ms apart */
    bool bank;          /**< with antialias copies */
    bool wide;          /**< 128 x 64 locations, a tile that fills a GPU, instead of 8 x 8 */
} pstm_bench_shape;

typedef struct pstm_bench_job {
    pstm_device_plan plan; /**< one class, one thread, no weight, fast_math */
    pstm_device_tile tile;
    pstm_device_trace traces[PSTM_BENCH_TRACES];
    double *x_m, *y_m;    /**< [location] */
    pstm_columns columns; /**< one */
    float *samples;       /**< of all traces */
} pstm_bench_job;

/** Makes a job. Owned by the caller, also on failure. */
PSTM_MUST_CHECK pstm_status pstm_bench_job_make(const pstm_bench_shape *shape, pstm_bench_job *job);

/** Frees what the job holds. */
void pstm_bench_job_clear(pstm_bench_job *job);

#endif
