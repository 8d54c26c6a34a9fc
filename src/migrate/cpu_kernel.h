/** @file cpu_kernel.h
 * The inner loop of the CPU device, compiled once for each instruction set (cpu_kernel.inc) and picked at
 * run time. All kernels give the same bits: they round each operation once, as IEEE 754 says, whatever the
 * width of the registers.
 *
 * Times are counted in input samples and squared times in their squares, which saves a rounding. Every
 * array over k has whole blocks of PSTM_BLOCK, is anchored at k = 0 and 64-byte aligned.
 */
#ifndef PSTM_MIGRATE_CPU_KERNEL_H
#define PSTM_MIGRATE_CPU_KERNEL_H

#include "migrate/device.h"

/** One image location and class. */
typedef struct pstm_cpu_column {
    const float *tau2;         /**< [k] (t0/2)^2 */
    const float *slowness2;    /**< [k] 1/vrms^2, in samples^2/m^2 */
    const float *limit2_m2;    /**< [k] squared aperture; -1 where nothing is wanted */
    const float *block_limit2; /**< [block] the largest limit2_m2 of the block */
    float taper_scale;         /**< of aperture.h */
    float *image;              /**< [k] the sum so far */
    uint32_t *fold;            /**< [k] the count so far */
} pstm_cpu_column;

/** One trace as a location sees it. */
typedef struct pstm_cpu_ray {
    float source_leg2_m2, receiver_leg2_m2;
    float start;                    /**< time of samples[0] */
    float live_first, live_last;    /**< sample indices, first <= last */
    const float *samples;           /**< readable from live_first to live_last + 1 */
    int32_t block_begin, block_end; /**< blocks outside [begin, end) take nothing from this trace */
} pstm_cpu_ray;

/** Adds a trace to a column. */
typedef void pstm_cpu_add(const pstm_cpu_column *column, const pstm_cpu_ray *ray);

typedef struct pstm_cpu_kernel {
    const char *name;        /**< portable, avx2 or avx512 */
    bool (*usable)(void);    /**< whether this processor runs it */
    pstm_cpu_add *add[2][2]; /**< [weight][whether tapered] */
} pstm_cpu_kernel;

extern const pstm_cpu_kernel pstm_cpu_kernel_portable, pstm_cpu_kernel_avx2, pstm_cpu_kernel_avx512;

/**
 * The kernel named by the environment variable PSTM_CPU_KERNEL, else the widest that this processor runs.
 * PSTM_USAGE for an unknown name, PSTM_SYSTEM for a kernel that this processor or build does not have.
 */
PSTM_MUST_CHECK pstm_status pstm_cpu_kernel_pick(const pstm_cpu_kernel **kernel);

#endif
