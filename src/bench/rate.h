/** @file rate.h  How fast a device sums here, in a second: for the time that a job will take. Local. */
#ifndef PSTM_BENCH_RATE_H
#define PSTM_BENCH_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"
#include "device/device.h"

/** What of a job the rate depends on. */
typedef struct pstm_rate_wish {
    pstm_law law;
    pstm_weight weight;
    double taper; /**< of the aperture, 0: none */
    bool antialias, fast_math;
    int32_t n_threads; /**< of a worker */
} pstm_rate_wish;

/** *rate: contributions a second (bench.h) of one worker of the device, measured for half a second of the
 * wall clock on a small job (bench_job.h). PSTM_USAGE where the device cannot do such a job. */
PSTM_MUST_CHECK pstm_status pstm_rate_measure(const pstm_device_ops *device, const pstm_rate_wish *wish,
                                              double *rate);

#endif
