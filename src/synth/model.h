/** @file model.h
 * An earth whose reflection times, and whose right time-migrated image, are known exactly.
 *
 * Frame: local metres, x towards azimuth + 90 degrees (the inline number grows), y towards azimuth (the
 * crossline number grows), z down from the surface, where all sources and receivers are. Directions
 * (dip_azimuth_deg) are clockwise from local y. pstm_grid_node() of a grid with step 1 m takes (x, y) to
 * world metres. All functions are Local.
 */
#ifndef PSTM_SYNTH_MODEL_H
#define PSTM_SYNTH_MODEL_H

#include <stdbool.h>

#include "core/status.h"

enum { PSTM_MODEL_DIFFRACTORS = 64, PSTM_MODEL_REFLECTORS = 16, PSTM_MODEL_LAYERS = 32 };

/** What `gradient` means; with gradient 0 both are the constant velocity v0 with straight rays. */
typedef enum pstm_background {
    /** v(z) = v0 + gradient z, gradient in 1/s; exact circular rays. */
    PSTM_BACKGROUND_DEPTH,
    /** vrms(t0) = v0 + gradient t0, gradient in m/s2; travel times are hyperbolae of vrms, those that a time
     * migration assumes, and z is the pseudo-depth vrms(t0) t0/2. */
    PSTM_BACKGROUND_VRMS,
    /** Flat layers, exact rays by Snell's law; the gradient is 0. */
    PSTM_BACKGROUND_LAYERS
} pstm_background;

/** A layer from a depth down to the next one's. Anisotropic ones have the vertical velocity for moveout
 * velocity (delta = 0). */
typedef struct pstm_model_layer {
    double top_m; /**< 0 of the first, rising */
    double v_m_s; /**< > 0 */
    double eta;   /**< anellipticity, (-0.5, 2]; 0: isotropic */
} pstm_model_layer;

/** A point that scatters the bare wavelet. At distances rs and rr its amplitude is amplitude * z^2/(rs rr):
 * `amplitude` right above it. */
typedef struct pstm_diffractor {
    double x_m, y_m, z_m;
    double amplitude;
} pstm_diffractor;

/** What a reflector of amplitude A has on a trace to which its two straight legs are `path` metres long. */
typedef enum pstm_spreading {
    PSTM_SPREADING_DEPTH,     /**< A 2 z/path: A at zero offset when it is flat, whatever its depth */
    PSTM_SPREADING_CORRECTED, /**< A: a reflectivity, the data being corrected for spreading */
    PSTM_SPREADING_RAW        /**< A/(4 pi path): a reflectivity and a point source; in v0 + k z flat ones */
} pstm_spreading;

/** A plane through (x, y, z) that gets deeper towards dip_azimuth. Its amplitude on a trace is by the model's
 * spreading. */
typedef struct pstm_reflector {
    double x_m, y_m, z_m;
    double dip_deg;         /**< [0, 90) */
    double dip_azimuth_deg; /**< clockwise from local y */
    double amplitude;
} pstm_reflector;

typedef struct pstm_model {
    pstm_background background;
    double v0_m_s;   /**< > 0 */
    double gradient; /**< see pstm_background */
    int n_layers;    /**< of a background of layers; v0 is then the first one's */
    pstm_model_layer layers[PSTM_MODEL_LAYERS];
    double peak_hz;           /**< of the Ricker wavelet, > 0 */
    pstm_spreading spreading; /**< of reflectors */
    int n_diffractors, n_reflectors;
    pstm_diffractor diffractors[PSTM_MODEL_DIFFRACTORS];
    pstm_reflector reflectors[PSTM_MODEL_REFLECTORS];
} pstm_model;

/** A reflection or diffraction on one trace. */
typedef struct pstm_event {
    double time_s;
    double amplitude; /**< 0 and time 0: the plane does not reflect towards this receiver */
} pstm_event;

/**
 * PSTM_USAGE if a number is out of range, a depth is not positive, the velocity does not stay positive down
 * to a point of the model, the background is VRMS or of layers and a reflector dips, or the spreading is raw
 * and a reflector dips in a velocity that varies or the background is of layers.
 */
PSTM_MUST_CHECK pstm_status pstm_model_check(const pstm_model *model);

/**
 * Time in seconds from the surface to depth z_m at horizontal distance h_m. v0 + k z: acosh(1 + k^2 r^2 /
  * (2 v0 (v0 + k z)))/k, r^2 = h^2 + z^2 (Slotnick 1959, ch. 24: docs/references.md). Layers: the ray that
 * arrives there (layers.c).
 */
double pstm_leg_time_s(const pstm_model *model, double h_m, double z_m);

/** The same in a background of layers; its two-way vertical time, and vrms (of moveout) there. */
double pstm_layers_leg_time_s(const pstm_model *model, double h_m, double z_m);
double pstm_layers_vertical_time_s(const pstm_model *model, double z_m);
double pstm_layers_vrms(const pstm_model *model, double t0_s);

/** PSTM_USAGE for layers that are out of order or range. */
PSTM_MUST_CHECK pstm_status pstm_layers_check(const pstm_model *model);

/** The event of a diffractor on the trace from (sx, sy) to (rx, ry). */
pstm_event pstm_diffractor_event(const pstm_model *model, const pstm_diffractor *diffractor, double sx_m,
                                 double sy_m, double rx_m, double ry_m);

/**
 * The event of a reflector: by the image source in a constant velocity, by Fermat's principle (the least
 * time over the plane, to 1e-12 s) in v0 + k z, the hyperbola in a VRMS background.
 */
pstm_event pstm_reflector_event(const pstm_model *model, const pstm_reflector *reflector, double sx_m,
                                double sy_m, double rx_m, double ry_m);

/** Zero-phase Ricker wavelet of unit peak at time_s = 0: (1 - 2 a) exp(-a), a = (pi f t)^2 (Ricker 1953:
 * docs/references.md). */
double pstm_ricker(double peak_hz, double time_s);

/** Two-way vertical time of depth z_m: where a time migration puts a point, since image rays are vertical in
 * all backgrounds here (Hubral 1977: docs/references.md). */
double pstm_vertical_time_s(const pstm_model *model, double z_m);

/** vrms at two-way time t0 >= 0. v0 + k z: vrms^2 = v0^2 (exp(k t0) - 1)/(k t0). */
double pstm_model_vrms(const pstm_model *model, double t0_s);

/** Depth of a plane under (x, y); negative above the surface. */
double pstm_reflector_depth_m(const pstm_reflector *reflector, double x_m, double y_m);

/**
 * The two-way time at which a time migration with the model's vrms puts a reflector at node (x, y): the
 * vertical time of the depth there. NaN where that is not the exact answer (a dipping plane when the velocity
 * varies) or the plane is above the surface.
 */
double pstm_reflector_image_time_s(const pstm_model *model, const pstm_reflector *reflector, double x_m,
                                   double y_m);

#endif
