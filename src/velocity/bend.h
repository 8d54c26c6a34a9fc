/** @file bend.h
 * How rays bend: the columns alpha and beta of the law `curved` (sum/law_curved.h), fitted to rays through
 * the interval velocities of a vrms column. Internal to velocity/. Local.
 *
 * At every 8th output sample the law is made exact for the two rays that reach x = 0.7 z and 1.4 z, z the
 * depth there: with y = x^2/(mu2 tau^2) and R = (1 + y - T^2/tau^2)/y^2 of each, 1/R = 1/alpha + (beta/alpha)
 * y. Where that has no beta >= 0, beta comes from the fourth moment of the layers and the farther ray.
 * Between, alpha and beta are linear, and the columns are the splines of column_fit.h to 0.5 + alpha and 1 +
 * beta.
 *
 * Interval velocities are Dix's (1955: docs/references.md) of layers of about 8 ms. Those below 0.3 or
 * above 3 times the rms velocity are taken for these, and each is the median of those within 100 ms to both
 * sides, or less near the ends: it takes away the sawtooth of picks and their scatter, and leaves steps where
 * they are.
 * With anisotropy they are moveout velocities, and each layer has an eta of its own: an effective eta of all
 * layers down to a time is 1 + 8 eta_eff = (mean of vn^4 (1 + 8 eta))/vrms^4 there (Alkhalifah and Tsvankin
 * 1995: docs/references.md), from which Dix's way leads to those of layers, with the same median.
 */
#ifndef PSTM_VELOCITY_BEND_H
#define PSTM_VELOCITY_BEND_H

#include <stdint.h>

#include "core/status.h"
#include "survey/grid.h"
#include "velocity/column_fit.h"
#include "velocity/eta.h"
#include "velocity/rays.h"

/** Room for one fit at a time. */
typedef struct pstm_bend pstm_bend;

/** Alpha and beta at one time. */
typedef struct pstm_bent {
    double alpha, beta;
} pstm_bent;

/** How many layers of columns were what. */
typedef struct pstm_bend_count {
    int64_t n;        /**< all layers */
    int64_t n_beyond; /**< with an interval velocity out of range */
} pstm_bend_count;

/** Those of the first n layers. p_s_m: of both rays, where searches begin; 0 at first. */
pstm_bent pstm_bend_fit(const pstm_layers *layers, int32_t n, double p_s_m[2]);

/** Room for the columns of a grid. *out is the caller's (pstm_bend_destroy). */
PSTM_MUST_CHECK pstm_status pstm_bend_create(const pstm_grid *grid, pstm_bend **out);

/** Frees *bend and sets it to NULL; NULL-safe. */
void pstm_bend_destroy(pstm_bend **bend);

/** Bytes of the room. */
int64_t pstm_bend_bytes(const pstm_grid *grid);

/** Makes columns[0][n_times], alpha, and columns[1][n_times], beta, of vrms_m_s[n_times] and eta (NULL:
 * none); adds to *count. `fit` is room of the same grid. A pure function of vrms, eta and grid. */
void pstm_bend_run(pstm_bend *bend, pstm_column_fit *fit, const double *vrms_m_s, const pstm_eta *eta,
                   double *const columns[2], pstm_bend_count *count);

#endif
