/** @file wavelet.h
 * The wavelet filter of Kirchhoff migration: which one a survey needs, and its spectrum.
 *
 * Summing over a surface of traces turns the phase of a plane reflector; the filter turns it back, so that
 * reflectors come out zero phase (Schneider 1978 for 3D, Yilmaz 2001, ch. 4, on the rho filter, for 2D:
 * docs/references.md). With the inverse transform exp(+i omega t):
 *
 *   2D line      (-i omega)^(1/2) = sqrt(omega) exp(-i pi/4), omega > 0: anticausal
 *   3D survey     -i omega, that is -d/dt
 *
 * omega is in rad/s and nothing is normalised: 3D amplitudes come out in units per second, 2D ones in units
 * per square root of a second. All functions are Local.
 */
#ifndef PSTM_CONDITION_WAVELET_H
#define PSTM_CONDITION_WAVELET_H

#include <stdbool.h>

#include "condition/condition_options.h"

/** What `auto` stands for: 2D for a survey on a line, else 3D. Any other wish is returned as it is. */
pstm_wavelet pstm_wavelet_resolve(pstm_wavelet asked, bool survey_is_2d);

/** The word of a wavelet in a job: off, 2d or 3d; auto too. */
const char *pstm_wavelet_name(pstm_wavelet wavelet);

/**
 * The filter's factor at angular frequency omega >= 0 in rad/s. `wavelet` is OFF (factor 1), 2D or 3D.
 * The factor of a negative frequency is the complex conjugate.
 */
void pstm_wavelet_factor(pstm_wavelet wavelet, double omega_rad_s, double *real, double *imaginary);

#endif
