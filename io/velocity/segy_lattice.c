#include "io/velocity/segy_lattice.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/velocity/cube_file.h"

/** Lines of a lattice have columns at least here; fewer are numbers from other bytes. */
#define LEAST_FILLED 0.05
/** Coordinates are whole metres, and a lattice is known by them to this part of its least step. */
#define MOST_RESIDUAL 0.2

/* ---- numbers ------------------------------------------------------------------------------------------- */

static int compare_numbers(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/** The different numbers of all cells, rising. */
static pstm_status list_numbers(const pstm_segy_cell *cells, int64_t n, bool is_inline, double **axis,
                                int64_t *n_axis)
{
    PSTM_TRY(PSTM_NEW(axis, n, "the lines of the velocity cube"));
    for (int64_t i = 0; i < n; i++)
        (*axis)[i] = is_inline ? cells[i].inline_number : cells[i].crossline_number;
    qsort(*axis, (size_t)n, sizeof **axis, compare_numbers);
    *n_axis = 1;
    for (int64_t i = 1; i < n; i++)
        if ((*axis)[i] != (*axis)[*n_axis - 1]) (*axis)[(*n_axis)++] = (*axis)[i];
    return PSTM_OK;
}

int64_t pstm_segy_lattice_index(const double *axis, int64_t n, int32_t number)
{
    const double wanted = number;
    const double *found = bsearch(&wanted, axis, (size_t)n, sizeof *axis, compare_numbers);
    return found - axis;
}

static pstm_status check_filled(const pstm_velocity_options *options, const pstm_cube_shape *shape, int64_t n)
{
    const double filled = (double)n / ((double)shape->n_u * (double)shape->n_v);
    const pstm_velocity_bytes *bytes = &options->bytes;
    if (filled <= 1 && filled >= LEAST_FILLED) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: its %" PRId64 " traces have %" PRId64 " inline numbers (byte %d) and %" PRId64
        " crossline numbers (byte %d), which is no lattice of columns; set velocity.bytes.inline "
        "and velocity.bytes.crossline",
        options->file, n, shape->n_u, (int)bytes->inline_number, shape->n_v, (int)bytes->crossline_number);
}

/* ---- coordinates --------------------------------------------------------------------------------------- */

/** x = x0 + of_u[0] (u - u0) + of_v[0] (v - v0), and y with [1]: by least squares. */
typedef struct fit {
    bool is_there; /**< coordinates tell all lines apart */
    double u0, v0, x0_m, y0_m, of_u[2], of_v[2];
    double step_m;     /**< the least between neighbouring nodes */
    double residual_m; /**< the largest */
    int64_t worst;     /**< the cell that has it */
} fit;

static double least_step(const double *axis, int64_t n)
{
    double least = INFINITY;
    for (int64_t i = 1; i < n; i++)
        least = fmin(least, axis[i] - axis[i - 1]);
    return least;
}

static void find_means(const pstm_segy_cell *cells, int64_t n, fit *f)
{
    for (int64_t i = 0; i < n; i++) {
        f->u0 += (double)cells[i].inline_number / (double)n;
        f->v0 += (double)cells[i].crossline_number / (double)n;
        f->x0_m += cells[i].x_m / (double)n;
        f->y0_m += cells[i].y_m / (double)n;
    }
}

/** Solves the normal equations; an axis of one line has no slope. */
static void solve(const pstm_segy_cell *cells, int64_t n, const pstm_cube_shape *shape, fit *f)
{
    double uu = 0, uv = 0, vv = 0, u_of[2] = {0}, v_of[2] = {0};
    for (int64_t i = 0; i < n; i++) {
        const double u = cells[i].inline_number - f->u0, v = cells[i].crossline_number - f->v0;
        const double at[2] = {cells[i].x_m - f->x0_m, cells[i].y_m - f->y0_m};
        uu += u * u, uv += u * v, vv += v * v;
        for (int c = 0; c < 2; c++)
            u_of[c] += u * at[c], v_of[c] += v * at[c];
    }
    if (shape->n_u == 1) uu = 1, uv = 0;
    if (shape->n_v == 1) vv = 1, uv = 0;
    const double determinant = uu * vv - uv * uv;
    for (int c = 0; c < 2; c++) {
        f->of_u[c] = shape->n_u == 1 ? 0 : (vv * u_of[c] - uv * v_of[c]) / determinant;
        f->of_v[c] = shape->n_v == 1 ? 0 : (uu * v_of[c] - uv * u_of[c]) / determinant;
    }
}

static fit fit_coordinates(const pstm_segy_cell *cells, int64_t n, const pstm_cube_shape *shape)
{
    fit f = {0};
    find_means(cells, n, &f);
    solve(cells, n, shape, &f);
    const double step_u = hypot(f.of_u[0], f.of_u[1]), step_v = hypot(f.of_v[0], f.of_v[1]);
    const double area = fabs(f.of_u[0] * f.of_v[1] - f.of_u[1] * f.of_v[0]);
    f.step_m = INFINITY;
    if (shape->n_u > 1) f.step_m = step_u * least_step(shape->u, shape->n_u);
    if (shape->n_v > 1) f.step_m = fmin(f.step_m, step_v * least_step(shape->v, shape->n_v));
    bool is_set = false;
    for (int64_t i = 0; i < n; i++)
        is_set = is_set || cells[i].x_m != 0 || cells[i].y_m != 0;
    f.is_there =
        is_set && f.step_m > 0 && (shape->n_u == 1 || shape->n_v == 1 || area > 1e-3 * step_u * step_v);
    for (int64_t i = 0; i < n && f.is_there; i++) {
        const double u = cells[i].inline_number - f.u0, v = cells[i].crossline_number - f.v0;
        const double away_m = hypot(f.x0_m + f.of_u[0] * u + f.of_v[0] * v - cells[i].x_m,
                                    f.y0_m + f.of_u[1] * u + f.of_v[1] * v - cells[i].y_m);
        if (away_m <= f.residual_m) continue;
        f.residual_m = away_m;
        f.worst = i;
    }
    return f;
}

/** The axes by the fit: its inverse, or along the only axis that there is. */
static void use_coordinates(const fit *f, pstm_cube_shape *shape)
{
    const double a = f->of_u[0], b = f->of_v[0], c = f->of_u[1], d = f->of_v[1];
    const double determinant = a * d - b * c;
    const bool is_plane = shape->n_u > 1 && shape->n_v > 1;
    const double u2 = shape->n_u > 1 ? a * a + c * c : 1, v2 = shape->n_v > 1 ? b * b + d * d : 1;
    const double u_of[3] = {f->u0, is_plane ? d / determinant : a / u2, is_plane ? -b / determinant : c / u2};
    const double v_of[3] = {f->v0, is_plane ? -c / determinant : b / v2, is_plane ? a / determinant : d / v2};
    shape->labels = true;
    shape->origin_x_m = f->x0_m;
    shape->origin_y_m = f->y0_m;
    memcpy(shape->u_of, u_of, sizeof u_of);
    memcpy(shape->v_of, v_of, sizeof v_of);
}

/* ---- which of the two ---------------------------------------------------------------------------------- */

/** The most that a corner's places by numbers and by coordinates differ; *u, *v, x and y are of that one. */
static double compare_corners(const pstm_cube_shape *shape, const pstm_grid *grid, const fit *f, double at[6])
{
    double most_m = -1;
    for (int corner = 0; corner < 4; corner++) {
        const double u = shape->u[corner % 2 == 0 ? 0 : shape->n_u - 1];
        const double v = shape->v[corner / 2 == 0 ? 0 : shape->n_v - 1];
        double by_numbers[2];
        pstm_grid_node(grid, (int64_t)u - grid->first_inline, (int64_t)v - grid->first_crossline,
                       &by_numbers[0], &by_numbers[1]);
        const double by_coordinates[2] = {f->x0_m + f->of_u[0] * (u - f->u0) + f->of_v[0] * (v - f->v0),
                                          f->y0_m + f->of_u[1] * (u - f->u0) + f->of_v[1] * (v - f->v0)};
        const double away_m = hypot(by_numbers[0] - by_coordinates[0], by_numbers[1] - by_coordinates[1]);
        if (away_m <= most_m) continue;
        most_m = away_m;
        const double found[6] = {u, v, by_numbers[0], by_numbers[1], by_coordinates[0], by_coordinates[1]};
        memcpy(at, found, sizeof found);
    }
    return most_m;
}

static pstm_status check_fit(const pstm_velocity_options *options, const pstm_segy_cell *cells, const fit *f)
{
    if (f->residual_m <= MOST_RESIDUAL * f->step_m) return PSTM_OK;
    return pstm_fail(
        PSTM_DATA,
        "%s: its coordinates (bytes %d and %d) lie on no lattice of its inline and crossline "
        "numbers: those of trace %" PRId64 ", inline %d, crossline %d, x %.10g, y %.10g, are %.4g m "
        "from their place; set velocity.bytes, or velocity.places: labels if the numbers are those "
        "of the grid",
        options->file, (int)options->bytes.x, (int)options->bytes.y, f->worst + 1,
        (int)cells[f->worst].inline_number, (int)cells[f->worst].crossline_number, cells[f->worst].x_m,
        cells[f->worst].y_m, f->residual_m);
}

static pstm_status choose_places(const pstm_velocity_options *options, const pstm_segy_cell *cells, int64_t n,
                                 pstm_cube_shape *shape)
{
    const pstm_grid *grid = options->grid;
    double at[6] = {0};
    if (options->places != PSTM_PLACES_LABELS) {
        const fit f = fit_coordinates(cells, n, shape);
        const bool is_wanted = options->places == PSTM_PLACES_COORDINATES;
        if (is_wanted && !f.is_there)
            return pstm_fail(PSTM_DATA,
                             "%s: its coordinates (bytes %d and %d) do not tell its columns apart; set "
                             "velocity.bytes.x and velocity.bytes.y",
                             options->file, (int)options->bytes.x, (int)options->bytes.y);
        if (f.is_there) PSTM_TRY(check_fit(options, cells, &f));
        const double away_m = f.is_there ? compare_corners(shape, grid, &f, at) : 0;
        if (is_wanted) {
            use_coordinates(&f, shape);
            return PSTM_OK;
        }
        if (away_m > fmin(grid->step_inline_m, grid->step_crossline_m) / 2)
            return pstm_fail(
                PSTM_DATA,
                "%s: inline %.10g, crossline %.10g of the grid is x %.10g, y %.10g, and in the cube "
                "x %.10g, y %.10g; set velocity.places: coordinates, or labels, to say which is "
                "right",
                options->file, at[0], at[1], at[2], at[3], at[4], at[5]);
    }
    pstm_cube_shape_use_labels(shape, grid);
    return PSTM_OK;
}

pstm_status pstm_segy_lattice_find(const pstm_velocity_options *options, const pstm_segy_cell *cells,
                                   int64_t n, pstm_cube_shape *shape)
{
    PSTM_TRY(list_numbers(cells, n, true, &shape->u, &shape->n_u));
    PSTM_TRY(list_numbers(cells, n, false, &shape->v, &shape->n_v));
    PSTM_TRY(check_filled(options, shape, n));
    return choose_places(options, cells, n, shape);
}
