/** @file velocity_options.h  The velocity model that an image is made with: `velocity:` of a job. */
#ifndef PSTM_VELOCITY_VELOCITY_OPTIONS_H
#define PSTM_VELOCITY_VELOCITY_OPTIONS_H

#include <stdint.h>

#include "survey/grid.h"

/** Velocities outside this range are refused, most often because their unit is not the one said. */
#define PSTM_VELOCITY_LEAST_M_S 100.0
#define PSTM_VELOCITY_MOST_M_S 10000.0

/** Later times in files of velocities or eta are milliseconds, or depths, that are taken for seconds. */
#define PSTM_VELOCITY_LATEST_S 100.0

enum { PSTM_MOST_SCALES = 32 };

/** Factors of the velocities, an image each. */
typedef struct pstm_scales {
    int32_t n; /**< at least 1 */
    double factor[PSTM_MOST_SCALES];
} pstm_scales;

/** What velocities are; of other kinds than rms the rms velocity is made (rms_reader.h). */
typedef enum pstm_velocity_quantity {
    PSTM_VELOCITY_RMS,
    PSTM_VELOCITY_AVERAGE,  /**< twice the depth over t0 */
    PSTM_VELOCITY_INTERVAL, /**< at each time, linear between the times given */
    PSTM_VELOCITY_LAYERS    /**< interval velocities, each up to its time from the one before, or 0 */
} pstm_velocity_quantity;

/** What the two numbers of a place are. */
typedef enum pstm_velocity_places {
    PSTM_PLACES_AUTO,        /**< as the file says; in a text, x and y */
    PSTM_PLACES_COORDINATES, /**< world x and y in metres */
    PSTM_PLACES_LABELS       /**< inline and crossline numbers of the grid */
} pstm_velocity_places;

/** Units of times. */
typedef enum pstm_velocity_times {
    PSTM_TIMES_AUTO, /**< as the file says; in a text, seconds */
    PSTM_TIMES_S,
    PSTM_TIMES_MS
} pstm_velocity_times;

/** What a file of velocities is. */
typedef enum pstm_velocity_format {
    PSTM_VELOCITY_AUTO, /**< HDF5 by its first bytes, SEG-Y by its name (.sgy, .segy), else text */
    PSTM_VELOCITY_TEXT,
    PSTM_VELOCITY_SEGY,
    PSTM_VELOCITY_HDF5
} pstm_velocity_format;

/** First bytes of header fields of 4 bytes, from 1, in a SEG-Y cube of velocities. */
typedef struct pstm_velocity_bytes {
    int32_t inline_number, crossline_number, x, y;
} pstm_velocity_bytes;

/** What an eta is of (eta.h). */
typedef enum pstm_eta_kind {
    PSTM_ETA_INTERVAL, /**< of the layer at a time */
    PSTM_ETA_EFFECTIVE /**< of all layers down to it together */
} pstm_eta_kind;

/** Exactly one of constant and file is given. */
typedef struct pstm_velocity_options {
    double constant;     /**< as written, in `units`, before `scale`; 0: none */
    double constant_m_s; /**< the vrms to use, in the range above: constant * unit_m_s * scale; 0: none */
    char *file;          /**< NULL: none; its values are still to be multiplied by unit_m_s * scale */
    double scale;        /**< multiplies every velocity: the one of `scales` */
    pstm_scales scales;  /**< as written; a job has one (pstm_jobs_read()) */
    pstm_velocity_quantity quantity; /**< of the file; a constant is the same in all */
    pstm_velocity_format format;
    pstm_velocity_bytes bytes;
    struct pstm_vcube *cube; /**< what was read of the file where it is a cube: pstm_velocity_create()
                                        takes it over; NULL: none */
    pstm_velocity_places places;
    pstm_velocity_times times;
    const pstm_grid *grid; /**< whose numbers labels are; borrowed */
    double eta;            /**< 0: none */
    char *eta_file;        /**< NULL: none */
    pstm_eta_kind eta_kind;
    double unit_m_s; /**< 1 for `units: m/s`, 1000 for km/s, 0.3048 for ft/s */
} pstm_velocity_options;

#endif
