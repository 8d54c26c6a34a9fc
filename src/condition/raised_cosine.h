/** @file raised_cosine.h  The slope of filters and mutes. Local. */
#ifndef PSTM_CONDITION_RAISED_COSINE_H
#define PSTM_CONDITION_RAISED_COSINE_H

#include <math.h>

/** 0 up to `low`, 1 from `high`, a raised cosine between. */
static inline double pstm_raised_cosine(double x, double low, double high)
{
    const double pi = 3.14159265358979323846;
    if (x >= high) return 1.0;
    if (x <= low) return 0.0;
    return 0.5 - 0.5 * cos(pi * (x - low) / (high - low));
}

#endif
