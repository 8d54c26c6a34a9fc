/** @file velocity_options.h  The velocity model that an image is made with: `velocity:` of a job. */
#ifndef PSTM_VELOCITY_VELOCITY_OPTIONS_H
#define PSTM_VELOCITY_VELOCITY_OPTIONS_H

/** Velocities outside this range are refused, most often because their unit is not the one said. */
#define PSTM_VELOCITY_LEAST_M_S 100.0
#define PSTM_VELOCITY_MOST_M_S 10000.0

/** Exactly one of constant and file is given. */
typedef struct pstm_velocity_options {
    double constant;     /**< as written, in `units`, before `scale`; 0: none */
    double constant_m_s; /**< the vrms to use, in the range above: constant * unit_m_s * scale; 0: none */
    char *file;          /**< NULL: none; its values are still to be multiplied by unit_m_s * scale */
    double scale;        /**< multiplies every velocity */
    double unit_m_s;     /**< 1 for `units: m/s`, 1000 for km/s, 0.3048 for ft/s */
} pstm_velocity_options;

#endif
