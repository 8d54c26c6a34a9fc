/** @file aperture_options.h  Which traces an image point takes: `migrate.aperture` of a job. */
#ifndef PSTM_SUM_APERTURE_OPTIONS_H
#define PSTM_SUM_APERTURE_OPTIONS_H

#include <stdbool.h>

/** The limits of sum/aperture.h; at least one of distance and angle bounds the sum. */
typedef struct pstm_aperture_options {
    double distance_m;   /**< > 0; INFINITY: no limit */
    double angle_deg;    /**< (0, 90]; 90: no limit */
    double taper;        /**< outer fraction of the aperture over which the weight falls to zero, [0, 1) */
    bool time_dependent; /**< off: distance_m, then finite, at all times, and no limit by the angle */
} pstm_aperture_options;

#endif
