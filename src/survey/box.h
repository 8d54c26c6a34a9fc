/** @file box.h
 * Rectangles along the world axes, and the slack with which prefilters compare distances. Local.
 */
#ifndef PSTM_SURVEY_BOX_H
#define PSTM_SURVEY_BOX_H

#include <math.h>

/** A closed rectangle along the world axes, in metres; min <= max on both axes. */
typedef struct pstm_box {
    double min_x_m, max_x_m, min_y_m, max_y_m;
} pstm_box;

/** The lesser and the greater of two numbers, of which fmin() and fmax() are calls: they know NaN. */
static inline double pstm_lesser(double a, double b)
{
    return b < a ? b : a;
}
static inline double pstm_greater(double a, double b)
{
    return b > a ? b : a;
}

/** The smallest box round two. */
static inline pstm_box pstm_box_unite(const pstm_box *a, const pstm_box *b)
{
    return (pstm_box){pstm_lesser(a->min_x_m, b->min_x_m), pstm_greater(a->max_x_m, b->max_x_m),
                      pstm_lesser(a->min_y_m, b->min_y_m), pstm_greater(a->max_y_m, b->max_y_m)};
}

/** Gap between two closed ranges; 0 where they meet. */
static inline double pstm_range_gap(double min_a, double max_a, double min_b, double max_b)
{
    double gap = min_b > max_a ? min_b - max_a : min_a - max_b;
    return gap > 0 ? gap : 0;
}

/** Squared distance in m^2 between two boxes; 0 where they meet. */
static inline double pstm_box_distance2_m2(const pstm_box *a, const pstm_box *b)
{
    double x = pstm_range_gap(a->min_x_m, a->max_x_m, b->min_x_m, b->max_x_m);
    double y = pstm_range_gap(a->min_y_m, a->max_y_m, b->min_y_m, b->max_y_m);
    return x * x + y * y;
}

/**
 * The aperture with which a prefilter compares, a little wider than the aperture itself. Devices decide on
 * the aperture in single precision (a few times 6e-8, relative) and world coordinates of 1e7 m are known
 * to 2e-9 m; a prefilter that lets some traces too many pass costs nothing, one too few changes the image.
 */
static inline double pstm_prefilter_aperture_m(double aperture_m)
{
    return aperture_m * (1 + 1e-5) + 1e-6;
}

#endif
