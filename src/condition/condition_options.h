/** @file condition_options.h  What is done to each trace once, before it is stored: `condition:` of a job. */
#ifndef PSTM_CONDITION_CONDITION_OPTIONS_H
#define PSTM_CONDITION_CONDITION_OPTIONS_H

#include <stdbool.h>

/** The wavelet filter (condition/wavelet.h); auto: 2D for a survey on a line, else 3D. */
typedef enum pstm_wavelet {
    PSTM_WAVELET_AUTO,
    PSTM_WAVELET_OFF,
    PSTM_WAVELET_2D,
    PSTM_WAVELET_3D
} pstm_wavelet;

/** Spreading of the input: taken out by processing, or that of point sources, 1/(4 pi path). */
typedef enum pstm_input_spreading { PSTM_INPUT_CORRECTED, PSTM_INPUT_RAW } pstm_input_spreading;

/** All zero: the wavelet filter alone. condition/condition.h says in which order it is done, and how. */
typedef struct pstm_condition_options {
    pstm_wavelet wavelet;
    bool bandpass;
    double bandpass_hz[4];          /**< corners of the trapezium, rising, > 0; used when bandpass */
    double agc_s;                   /**< length of the AGC window, (0, 100] seconds; 0: off */
    double mute_velocity_m_s;       /**< samples before mute_delay_s + offset / velocity are muted; 0: off */
    double mute_delay_s;            /**< [-100, 100] */
    double mute_taper_s;            /**< length of the ramp after any mute, [0, 10] seconds */
    bool ramps_ends;                /**< traces fall to 0 at the end of their live window over mute_taper_s */
    pstm_input_spreading spreading; /**< raw: samples are multiplied by their times */
    bool header_mute;               /**< use the mute times of the headers */
    double max_over_rms; /**< traces whose largest sample over their rms is above are dropped; 0: off */
} pstm_condition_options;

#endif
