#include "survey/coverage.h"

#include <math.h>
#include <stdbool.h>

enum {
    MOST_PARTS = 8, /* along an axis */
    LEAST_PARTS = 4 /* of a grid, to tell one orientation from another */
};

/**
 * Midpoints this far beside the grid, as a fraction of its longer side, are on it: a line wanders round the
 * one inline that is to image it.
 */
static const double BESIDE = 0.05;

/**
 * The given orientation leaves much bare, and another covers nearly all. A grid that is meant may leave the
 * survey on one side, but is not then covered whole the other way round.
 */
static const double BARE = 0.7, COVERED = 0.9;

static int parts_of(int32_t n)
{
    return n < MOST_PARTS ? n : MOST_PARTS;
}

/* The part of an axis of n nodes, `step_m` apart, at `at_m` from the first; -1: beside it. */
static int part_at(double at_m, int32_t n, double step_m, double slack_m)
{
    const double length_m = (n - 1) * step_m, beside_m = slack_m > 0.5 * step_m ? slack_m : 0.5 * step_m;
    if (!(at_m >= -beside_m && at_m <= length_m + beside_m)) return -1;
    const int part = (int)((at_m / step_m + 0.5) * parts_of(n) / n);
    return part < 0 || at_m < 0 ? 0 : part >= parts_of(n) ? parts_of(n) - 1 : part;
}

/* a_m, b_m: along the inlines' and the crosslines' axis. */
static void add(pstm_coverage *coverage, pstm_orientation orientation, const pstm_grid *grid, double a_m,
                double b_m)
{
    const double inline_m = (grid->n_inline - 1) * grid->step_inline_m,
                 crossline_m = (grid->n_crossline - 1) * grid->step_crossline_m;
    const double slack_m = BESIDE * (inline_m > crossline_m ? inline_m : crossline_m);
    const int a = part_at(a_m, grid->n_inline, grid->step_inline_m, slack_m);
    const int b = part_at(b_m, grid->n_crossline, grid->step_crossline_m, slack_m);
    if (a >= 0 && b >= 0) coverage->parts[orientation] |= UINT64_C(1) << (MOST_PARTS * a + b);
}

void pstm_coverage_add(pstm_coverage *coverage, const pstm_grid *grid, double x_m, double y_m)
{
    double i, j;
    pstm_grid_indices(grid, x_m, y_m, &i, &j);
    const double a_m = i * grid->step_inline_m, b_m = j * grid->step_crossline_m;
    add(coverage, PSTM_ORIENTATION_GIVEN, grid, a_m, b_m);
    add(coverage, PSTM_ORIENTATION_TURNED_90, grid, -b_m, a_m);
    add(coverage, PSTM_ORIENTATION_TURNED_180, grid, -a_m, -b_m);
    add(coverage, PSTM_ORIENTATION_TURNED_270, grid, b_m, -a_m);
    pstm_grid_indices(grid, y_m, x_m, &i, &j);
    add(coverage, PSTM_ORIENTATION_SWAPPED, grid, i * grid->step_inline_m, j * grid->step_crossline_m);
}

int pstm_coverage_n_parts(const pstm_grid *grid)
{
    return parts_of(grid->n_inline) * parts_of(grid->n_crossline);
}

int pstm_coverage_count(const pstm_coverage *coverage, pstm_orientation orientation)
{
    return __builtin_popcountll(coverage->parts[orientation]);
}

pstm_orientation pstm_coverage_better(const pstm_coverage *coverage, const pstm_grid *grid)
{
    const int n_parts = pstm_coverage_n_parts(grid);
    pstm_orientation best = PSTM_ORIENTATION_GIVEN;
    if (n_parts < LEAST_PARTS || pstm_coverage_count(coverage, best) > BARE * n_parts) return best;
    for (int r = PSTM_ORIENTATION_TURNED_90; r < PSTM_ORIENTATIONS; r++)
        if (pstm_coverage_count(coverage, (pstm_orientation)r) >= COVERED * n_parts &&
            pstm_coverage_count(coverage, (pstm_orientation)r) > pstm_coverage_count(coverage, best))
            best = (pstm_orientation)r;
    return best;
}
