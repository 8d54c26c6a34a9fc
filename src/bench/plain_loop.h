/** @file plain_loop.h
 * The loop that all rates of `pstm bench` are compared with: what one writes first, in single precision
 * with exact square roots and linear interpolation, no weight, no fold, compiled at its best (-O3,
 * -ffast-math, vectors of one instruction set). Local.
 */
#ifndef PSTM_BENCH_PLAIN_LOOP_H
#define PSTM_BENCH_PLAIN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * image[k] += the trace at its arrival time, for k in [0, n), in all of which that lies within the trace.
 * tau2[n] and slowness2[n] are squared half times and squared slownesses in input samples.
 */
typedef void pstm_plain_loop_add(const float *restrict tau2, const float *restrict slowness2,
                                 const float *restrict samples, float source_leg2_m2, float receiver_leg2_m2,
                                 int32_t n, float *restrict image);

typedef struct pstm_plain_loop {
    const char *name;
    bool (*usable)(void); /**< whether this processor runs it */
    pstm_plain_loop_add *add;
} pstm_plain_loop;

extern const pstm_plain_loop pstm_plain_loop_baseline, pstm_plain_loop_avx2, pstm_plain_loop_avx512;

#endif
