/** @file rays.h
 * Rays through flat layers: how far one goes sideways and how long it takes, summed over the layers for one
 * horizontal slowness p (tau-p). Internal to velocity/. Local, pure.
 *
 * A layer of one-way time dtau has the moveout velocity vn and the anisotropy eta of its own (0: isotropic,
 * and vn is its velocity). With s = p^2 vn^2, D = 1 - 2 eta s and R = sqrt(1 - s/D)
 *
 *   x = dtau p vn^2/(D^2 R)        t = p x + dtau R
 *
 * (Alkhalifah 1998, acoustic VTI: docs/references.md; eta = 0 is Snell's law).
 */
#ifndef PSTM_VELOCITY_RAYS_H
#define PSTM_VELOCITY_RAYS_H

#include <stdint.h>

/** Layers from the surface down. */
typedef struct pstm_layers {
    int32_t n;
    double *dtau_s, *vn_m_s;
    double *eta; /**< > -1/2 */
} pstm_layers;

/** What the first n layers are together. */
typedef struct pstm_layer_sums {
    double tau_s, depth_m; /**< depth: the integral of vn dtau */
    double mu2_m2_s2;      /**< the mean of vn^2 over tau */
    double heterogeneity;  /**< the mean of vn^4 (1 + 8 eta) by mu2^2 */
    double most_p_s_m;     /**< no ray has this slowness or more */
} pstm_layer_sums;

pstm_layer_sums pstm_layers_sum(const pstm_layers *layers, int32_t n);

/** The time over the first n layers to a distance x_m > 0. *p_s_m, in [0, sums->most_p_s_m), is where the
 * search begins, and its slowness afterwards. */
double pstm_layers_time_s(const pstm_layers *layers, int32_t n, const pstm_layer_sums *sums, double x_m,
                          double *p_s_m);

#endif
