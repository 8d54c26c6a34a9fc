/* The axes of a cube that stands against those of a job. */
#include <math.h>

#include "io/cube/axes.h"

enum { PIECE = 4096 /* values that are read at once */ };

/* Sine and cosine of the azimuth may be rounded otherwise by the library of another machine: within this of a
 * position, 0.006 mm of 6000 km. */
static const double TOLERANCE = 1e-12;

/* What an axis or a row of positions should hold: value i. */
typedef double value_at(const pstm_grid *grid, int64_t i);

static double inline_at(const pstm_grid *grid, int64_t i)
{
    return (double)(grid->first_inline + i);
}

static double crossline_at(const pstm_grid *grid, int64_t i)
{
    return (double)(grid->first_crossline + i);
}

static double time_at(const pstm_grid *grid, int64_t i)
{
    return pstm_grid_time_s(grid, i);
}

static double class_at(const pstm_grid *grid, int64_t i)
{
    (void)grid;
    return (double)i;
}

static double x_at(const pstm_grid *grid, int64_t i)
{
    double x_m, y_m;
    pstm_grid_node(grid, i / grid->n_crossline, i % grid->n_crossline, &x_m, &y_m);
    return x_m;
}

static double y_at(const pstm_grid *grid, int64_t i)
{
    double x_m, y_m;
    pstm_grid_node(grid, i / grid->n_crossline, i % grid->n_crossline, &x_m, &y_m);
    return y_m;
}

/* A dataset of one or two axes. */
typedef struct numbers {
    const char *name;
    value_at *value;
    int64_t n_rows, n_in_row; /* n_in_row 0: one axis */
} numbers;

static bool has_shape(hid_t space, const numbers *wanted)
{
    hsize_t size[H5S_MAX_RANK] = {0};
    const int n_axes = H5Sget_simple_extent_dims(space, size, NULL);
    if (n_axes < 1 || size[0] != (hsize_t)wanted->n_rows) return false;
    return wanted->n_in_row == 0 ? n_axes == 1 : n_axes == 2 && size[1] == (hsize_t)wanted->n_in_row;
}

/* Of the whole dataset, row after row. */
static bool read_values(hid_t dataset, hid_t space, const numbers *wanted, int64_t row, int64_t first,
                        int64_t n, double *values)
{
    const bool has_rows = wanted->n_in_row > 0;
    const hsize_t start[2] = {(hsize_t)(has_rows ? row : first), (hsize_t)first},
                  count[2] = {(hsize_t)(has_rows ? 1 : n), (hsize_t)n}, length = (hsize_t)n;
    const hid_t memory = H5Screate_simple(1, &length, NULL);
    const bool read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, values) >= 0;
    H5Sclose(memory);
    return read;
}

static pstm_status check_row(hid_t dataset, hid_t space, const pstm_grid *grid, const numbers *wanted,
                             int64_t row)
{
    double values[PIECE];
    const int64_t n = wanted->n_in_row > 0 ? wanted->n_in_row : wanted->n_rows, before = row * n;
    for (int64_t first = 0; first < n; first += PIECE) {
        const int64_t n_piece = n - first < PIECE ? n - first : PIECE;
        if (!read_values(dataset, space, wanted, row, first, n_piece, values))
            return pstm_h5_fail("cannot read /%s", wanted->name);
        for (int64_t i = 0; i < n_piece; i++) {
            const double value = wanted->value(grid, before + first + i);
            if (!(fabs(values[i] - value) <= TOLERANCE * (1 + fabs(value))))
                return pstm_fail(PSTM_DATA, "/%s: value %lld is %.17g, not %.17g", wanted->name,
                                 (long long)(before + first + i), values[i], value);
        }
    }
    return PSTM_OK;
}

static pstm_status check_dataset(hid_t dataset, const pstm_grid *grid, const numbers *wanted)
{
    const hid_t space = H5Dget_space(dataset);
    const int64_t n_rows = wanted->n_in_row > 0 ? wanted->n_rows : 1;
    pstm_status status = PSTM_OK;
    if (!has_shape(space, wanted))
        status = pstm_fail(PSTM_DATA, "/%s does not have the shape of the grid", wanted->name);
    for (int64_t row = 0; row < n_rows && status == PSTM_OK; row++)
        status = check_row(dataset, space, grid, wanted, row);
    H5Sclose(space);
    return status;
}

static pstm_status check_numbers(hid_t file, const pstm_grid *grid, const numbers *wanted)
{
    bool has;
    PSTM_TRY(pstm_h5_has_dataset(file, wanted->name, &has));
    if (!has) return pstm_fail(PSTM_DATA, "it has no /%s", wanted->name);
    const hid_t dataset = H5Dopen2(file, wanted->name, H5P_DEFAULT);
    if (dataset < 0) return pstm_h5_fail("cannot open /%s", wanted->name);
    const pstm_status status = check_dataset(dataset, grid, wanted);
    H5Dclose(dataset);
    return status;
}

pstm_status pstm_cube_check_axes(hid_t file, const pstm_cube_about *about, bool with_classes)
{
    const pstm_grid *grid = &about->grid;
    const numbers all[] = {{"inline", inline_at, grid->n_inline, 0},
                           {"crossline", crossline_at, grid->n_crossline, 0},
                           {"twt", time_at, grid->n_times, 0},
                           {"cdp_x", x_at, grid->n_inline, grid->n_crossline},
                           {"cdp_y", y_at, grid->n_inline, grid->n_crossline},
                           {"bin", class_at, about->n_classes, 0}};
    const bool counts = with_classes && !pstm_cube_offset_is_axis(about);
    for (size_t i = 0; i < sizeof all / sizeof *all - (counts ? 0 : 1); i++)
        PSTM_TRY(check_numbers(file, grid, &all[i]));
    return PSTM_OK;
}
