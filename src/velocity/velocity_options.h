/** @file velocity_options.h  The velocity model that an image is made with: `velocity:` of a job. */
#ifndef PSTM_VELOCITY_VELOCITY_OPTIONS_H
#define PSTM_VELOCITY_VELOCITY_OPTIONS_H

#include <stdint.h>

/** Velocities outside this range are refused, most often because their unit is not the one said. */
#define PSTM_VELOCITY_LEAST_M_S 100.0
#define PSTM_VELOCITY_MOST_M_S 10000.0

enum { PSTM_MOST_SCALES = 32 };

/** Factors of the velocities, an image each. */
typedef struct pstm_scales {
    int32_t n; /**< at least 1 */
    double factor[PSTM_MOST_SCALES];
} pstm_scales;

/** Exactly one of constant and file is given. */
typedef struct pstm_velocity_options {
    double constant;     /**< as written, in `units`, before `scale`; 0: none */
    double constant_m_s; /**< the vrms to use, in the range above: constant * unit_m_s * scale; 0: none */
    char *file;          /**< NULL: none; its values are still to be multiplied by unit_m_s * scale */
    double scale;        /**< multiplies every velocity: the one of `scales` */
    pstm_scales scales;  /**< as written; a job has one (pstm_jobs_read()) */
    double unit_m_s;     /**< 1 for `units: m/s`, 1000 for km/s, 0.3048 for ft/s */
} pstm_velocity_options;

#endif
