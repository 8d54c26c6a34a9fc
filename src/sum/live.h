/** @file live.h
 * Whether a class of traces tells the amplitude at an output sample. Its image is short of contributions
 * where the aperture, mutes or the records' ends cut the operator near its stationary point, and the stack is
 * the mean over the classes where they do not. The judgement is of a flat reflection: with v = vrms(t0) and h
 * half the class's offset, its legs are h long and it arrives at sqrt(t0^2 + (2 h/v)^2). It depends on job
 * and survey alone, never on samples, and where no class is live the stack is the class with the smallest
 * offset. Local, pure.
 */
#ifndef PSTM_SUM_LIVE_H
#define PSTM_SUM_LIVE_H

#include <stdbool.h>

/** What the judgement needs of a class. */
typedef struct pstm_live_class {
    double half_offset_m;
    double begin_s, end_s; /**< what mutes, their ramps and the records' ends leave of its traces */
} pstm_live_class;

/** untapered_m: the aperture at t0 up to where it begins to fade. */
static inline bool pstm_class_is_live(const pstm_live_class *c, double t0_s, double vrms_m_s,
                                      double untapered_m)
{
    const double offset_s = 2 * c->half_offset_m / vrms_m_s, square = t0_s * t0_s + offset_s * offset_s;
    if (c->half_offset_m > untapered_m || square > c->end_s * c->end_s) return false;
    return c->begin_s <= 0 || square >= c->begin_s * c->begin_s;
}

#endif
