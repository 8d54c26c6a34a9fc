/** @file eta.h
 * The anellipticity eta of a vertically anisotropic earth along two-way time, the same at all places: a
 * constant, or the lines `t eta` of a text, linear between and constant beyond. Internal to velocity/. All
 * functions are Local.
 */
#ifndef PSTM_VELOCITY_ETA_H
#define PSTM_VELOCITY_ETA_H

#include <stdbool.h>

#include "core/status.h"
#include "core/text.h"
#include "velocity/velocity_options.h"

/** Outside this range eta is refused. */
#define PSTM_ETA_LEAST (-0.2)
#define PSTM_ETA_MOST 1.0

typedef struct pstm_eta pstm_eta;

/**
 * That of the options; text is what options->eta_file holds, NULL without one. *out is NULL where none is
 * given, else the caller's (pstm_eta_destroy). PSTM_DATA with "file:line" and the remedy for a line that is
 * not `t eta`, times that do not rise, or a value out of range.
 */
PSTM_MUST_CHECK pstm_status pstm_eta_create(const pstm_velocity_options *options, const char *text,
                                            pstm_eta **out);

/** Frees *eta and sets it to NULL; NULL-safe. */
void pstm_eta_destroy(pstm_eta **eta);

/** Whether it is that of all layers down to a time together, and not of the layer there. */
bool pstm_eta_is_effective(const pstm_eta *eta);

double pstm_eta_at(const pstm_eta *eta, double t0_s);

/** Appends what tells it from others. */
PSTM_MUST_CHECK pstm_status pstm_eta_describe(const pstm_eta *eta, pstm_text *text);

#endif
