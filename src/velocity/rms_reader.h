/** @file rms_reader.h
 * The rms velocity at a place, from the picks of a function or the samples of a cube, which may be velocities
 * of another kind. Internal to velocity/.
 *
 * Between picks v is linear in t0 and beyond them constant, whatever its kind; with `layers` it is constant
 * from pick to pick. Of the interval velocity w(t0) that follows, the rms velocity is exactly
 *
 *   vrms(t0)^2 = 1/t0 integral over 0 .. t0 of w^2        (Dix 1955: docs/references.md)
 *
 * which over a piece in which w goes linearly from p to q is (p^2 + p q + q^2) / 3 of its length. For
 * `interval` w is v; for `layers` it is the v of the layer that ends at the next pick; for `average`, depth
 * is v t0/2, so that w = v + t0 dv/dt0.
 */
#ifndef PSTM_VELOCITY_RMS_READER_H
#define PSTM_VELOCITY_RMS_READER_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"
#include "velocity/velocity_options.h"

/** A pick. */
typedef struct pstm_vpick {
    double t_s, v_m_s;
} pstm_vpick;

/** A reader at rising times: all but the last two members are given. */
typedef struct pstm_vreader {
    pstm_velocity_quantity quantity;
    int64_t n; /**< picks, at least 1, at rising times from 0 on */
    /** [n], or NULL: */
    const pstm_vpick *picks;
    const double *times_s; /**< [n] and */
    const float *values;   /**< [n] m/s, to be multiplied by scale */
    double scale;
    int64_t next;       /**< the first pick not before the last time asked for */
    double square_m2_s; /**< the integral of w^2 up to the pick before */
} pstm_vreader;

/** The rms velocity in m/s at a time not before the last one asked for. */
double pstm_vreader_at(pstm_vreader *reader, double t_s);

/** The least and the most of its rms velocities; 0 and less where depth does not grow with time. */
void pstm_vreader_range(const pstm_vreader *reader, double *least_m_s, double *most_m_s);

/** Appends the line of a describe() that tells velocities of other kinds from rms ones, of which there is
 * none. */
PSTM_MUST_CHECK pstm_status pstm_velocity_describe_quantity(pstm_velocity_quantity quantity, pstm_text *text);

#endif
