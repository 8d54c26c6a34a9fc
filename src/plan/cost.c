#include "plan/cost.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sum/aperture.h"

struct pstm_cost {
    const pstm_kdtree *tree;
    const pstm_grid *grid;
    pstm_aperture aperture;
    int64_t *leaves;     /**< [tree->n_leaves] of a query */
    double *apertures_m; /**< [n_apertures] of the wanted samples, rising */
    int32_t n_apertures; /**< at most grid->n_times */
};

double pstm_aperture_at_m(const pstm_aperture *aperture, double t0_s, double vrms_m_s)
{
    if (!(t0_s > 0)) return 0;
    return pstm_aperture_radius_m(aperture->aperture_m, aperture->aperture_tan, vrms_m_s, t0_s);
}

/** The greatest of a column in one window. */
static double window_reach_m(const pstm_aperture *aperture, const pstm_grid *grid, const pstm_window *window,
                             const pstm_columns *column)
{
    double reach_m = 0;
    for (int32_t k = window->k_begin; k < window->k_end; k++)
        reach_m = fmax(reach_m,
                       pstm_aperture_at_m(aperture, pstm_grid_time_s(grid, k), (double)column->vrms_m_s[k]));
    return reach_m;
}

double pstm_work_item_reach_m(const pstm_aperture *aperture, const pstm_grid *grid,
                              const pstm_work_item *item, const pstm_columns *columns)
{
    const int64_t n_columns = pstm_columns_count(columns, pstm_tile_n_locations(&item->tile));
    double reach_m = 0;
    for (int64_t i = 0; i < n_columns; i++) {
        const pstm_columns column = pstm_columns_view(columns, i);
        for (int32_t w = 0; w < item->windows.n; w++)
            reach_m = fmax(reach_m, window_reach_m(aperture, grid, &item->windows.at[w], &column));
    }
    return reach_m;
}

pstm_status pstm_work_item_column(const pstm_velocity *velocity, const pstm_grid *grid,
                                  const pstm_work_item *item, const pstm_columns *column)
{
    const pstm_tile *tile = &item->tile;
    double x_m, y_m;
    pstm_grid_node(grid, (tile->i_begin + tile->i_end) / 2, (tile->j_begin + tile->j_end) / 2, &x_m, &y_m);
    return pstm_velocity_inputs(velocity, &x_m, &y_m, 1, grid, column);
}

pstm_status pstm_cost_create(const pstm_kdtree *tree, const pstm_grid *grid, const pstm_aperture *aperture,
                             pstm_cost **out)
{
    pstm_status status = PSTM_OK;
    pstm_cost *cost = NULL;
    PSTM_GO(PSTM_NEW(&cost, 1, "the cost of tiles"));
    cost->tree = tree;
    cost->grid = grid;
    cost->aperture = *aperture;
    PSTM_GO(PSTM_NEW(&cost->leaves, tree->n_leaves, "the leaves of a tile"));
    PSTM_GO(PSTM_NEW(&cost->apertures_m, grid->n_times, "the apertures of a tile"));
    *out = cost;
    cost = NULL;
cleanup:
    pstm_cost_destroy(&cost);
    return status;
}

void pstm_cost_destroy(pstm_cost **cost)
{
    if (*cost == NULL) return;
    PSTM_FREE(&(*cost)->leaves);
    PSTM_FREE(&(*cost)->apertures_m);
    PSTM_FREE(cost);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

/** The apertures of all wanted samples, rising; they nearly always are, since v(t0) t0 rises. */
static void find_apertures(pstm_cost *cost, const pstm_windows *windows, const pstm_columns *column)
{
    double *apertures_m = cost->apertures_m;
    int is_rising = 1;
    int32_t n = 0;
    for (int32_t w = 0; w < windows->n; w++)
        for (int32_t k = windows->at[w].k_begin; k < windows->at[w].k_end; k++, n++) {
            double t0_s = pstm_grid_time_s(cost->grid, k);
            apertures_m[n] = pstm_aperture_at_m(&cost->aperture, t0_s, (double)column->vrms_m_s[k]);
            if (n > 0 && apertures_m[n] < apertures_m[n - 1]) is_rising = 0;
        }
    if (!is_rising) qsort(apertures_m, (size_t)n, sizeof *apertures_m, compare_doubles);
    cost->n_apertures = n;
}

/** How many wanted samples have an aperture of at least leg_m. */
static int32_t n_samples_within(const pstm_cost *cost, double leg_m)
{
    int32_t low = 0, high = cost->n_apertures;
    int32_t n = high;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (cost->apertures_m[middle] < leg_m) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return n - low;
}

/** Variance of a value that is even over a range of this width. */
static double even_variance(double width)
{
    return width * width / 12;
}

/** The points of a Gauss quadrature of two over an even range, as parts of its half width. */
static const double GAUSS[2] = {-0.57735026918962576, 0.57735026918962576};

/** Distances between locations of a tile and midpoints of a leaf, four that stand for all. */
static void typical_distances(const pstm_grid *grid, const pstm_tile *tile, const pstm_box *box,
                              const pstm_leaf *leaf, double d_m[4])
{
    const pstm_box *midpoints = &leaf->midpoints;
    double dx_m = 0.5 * (box->min_x_m + box->max_x_m - midpoints->min_x_m - midpoints->max_x_m);
    double dy_m = 0.5 * (box->min_y_m + box->max_y_m - midpoints->min_y_m - midpoints->max_y_m);
    /* Half of the tile's spread to each axis, since it may be rotated. */
    double tile_m2 = 0.5 * (even_variance((tile->i_end - tile->i_begin) * grid->step_inline_m) +
                            even_variance((tile->j_end - tile->j_begin) * grid->step_crossline_m));
    double x_m = sqrt(tile_m2 + even_variance(midpoints->max_x_m - midpoints->min_x_m));
    double y_m = sqrt(tile_m2 + even_variance(midpoints->max_y_m - midpoints->min_y_m));
    for (int i = 0; i < 4; i++)
        d_m[i] = hypot(dx_m + (i & 1 ? x_m : -x_m), dy_m + (i & 2 ? y_m : -y_m));
}

/**
 * Wanted samples at which a trace of the leaf contributes, on average over distances, half offsets and
 * azimuths: the count bends too much to take one of each.
 */
static double mean_samples(const pstm_cost *cost, const pstm_leaf *leaf, const double d_m[4])
{
    /* |cos| at 22.5 and 67.5 degrees, the middles of the halves of a quadrant. */
    static const double cosines[2] = {0.92387953251128676, 0.38268343236508977};
    double middle_m = 0.5 * (leaf->min_half_offset_m + leaf->max_half_offset_m);
    double half_range_m = 0.5 * (leaf->max_half_offset_m - leaf->min_half_offset_m), sum = 0;
    for (int i = 0; i < 16; i++) {
        double d = d_m[i & 3], h = middle_m + GAUSS[i >> 2 & 1] * half_range_m;
        sum += n_samples_within(cost, sqrt(d * d + h * h + 2 * cosines[i >> 3] * d * h));
    }
    return sum / 16;
}

double pstm_work_item_cost(pstm_cost *cost, const pstm_work_item *item, const pstm_columns *column)
{
    const pstm_tile *tile = &item->tile;
    pstm_box box = pstm_tile_box(cost->grid, tile);
    find_apertures(cost, &item->windows, column);
    double reach_m = cost->apertures_m[cost->n_apertures - 1];
    int64_t n_leaves = pstm_kdtree_query(cost->tree, &box, reach_m, cost->leaves);
    double contributions = 0;
    for (int64_t i = 0; i < n_leaves; i++) {
        const pstm_leaf *leaf = &cost->tree->leaves[cost->leaves[i]];
        double d_m[4];
        typical_distances(cost->grid, tile, &box, leaf, d_m);
        contributions += leaf->n_traces * mean_samples(cost, leaf, d_m);
    }
    return contributions * (double)pstm_tile_n_locations(tile);
}
