/** @file bends.h  Columns of alpha and beta for tests: as velocities that grow with depth make them. */
#ifndef PSTM_TESTS_DEVICE_BENDS_H
#define PSTM_TESTS_DEVICE_BENDS_H

#include <stdint.h>

#include "sum/ray.h"

/** Of output sample k of n_times; most_alpha: at the last. */
static inline pstm_medium bends_at(int32_t k, int32_t n_times, double vrms_m_s, double most_alpha)
{
    const double u = (double)k / n_times;
    return (pstm_medium){vrms_m_s, (double)(float)(most_alpha * u * (0.3 + 0.7 * u)),
                         (double)(float)(0.1 + 0.6 * u)};
}

/** Fills columns[n_columns][n_times], all alike. */
static inline void bends_fill(float *alpha, float *beta, int64_t n_columns, int32_t n_times,
                              double most_alpha)
{
    for (int64_t i = 0; i < n_columns * n_times; i++) {
        const pstm_medium medium = bends_at((int32_t)(i % n_times), n_times, 0, most_alpha);
        alpha[i] = (float)medium.alpha;
        beta[i] = (float)medium.beta;
    }
}

#endif
