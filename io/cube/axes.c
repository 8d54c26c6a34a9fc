#include "io/cube/axes.h"

#include <hdf5_hl.h>

#include "core/memory.h"

hid_t pstm_cube_without_times(hid_t class)
{
    const hid_t create = H5Pcreate(class);
    H5Pset_obj_track_times(create, 0);
    return create;
}

hid_t pstm_cube_make_dataset(hid_t file, const char *name, hid_t type, int n_axes, const hsize_t *size,
                             hid_t create)
{
    const hid_t space = H5Screate_simple(n_axes, size, NULL);
    const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(create);
    return dataset;
}

pstm_status pstm_cube_close_dataset(hid_t dataset, pstm_status status)
{
    const bool closed = dataset <= 0 || H5Dclose(dataset) >= 0;
    return closed || status != PSTM_OK ? status : pstm_h5_fail("cannot write the last bytes of a dataset");
}

pstm_status pstm_cube_put_names(hid_t dataset, const char *units, const char *long_name)
{
    PSTM_TRY(pstm_h5_put_text(dataset, "units", units));
    return pstm_h5_put_text(dataset, "long_name", long_name);
}

/* ---- axes ---- */

typedef struct axis_names {
    const char *name, *units, *long_name;
} axis_names;

static const axis_names inline_names = {"inline", "1", "inline number"};
static const axis_names crossline_names = {"crossline", "1", "crossline number"};
static const axis_names offset_names = {"offset", "m",
                                        "centre of the offset class (distance from source to receiver)"};
static const axis_names bin_names = {"bin", "1", "class of traces"};
static const axis_names time_names = {"twt", "s", "two-way time"};

/* Writes n numbers and closes nothing; *dataset is open unless making it failed. */
static pstm_status write_numbers(hid_t file, const axis_names *names, hid_t file_type, hid_t memory_type,
                                 hsize_t n, const void *numbers, hid_t *dataset)
{
    *dataset = pstm_cube_make_dataset(file, names->name, file_type, 1, &n,
                                      pstm_cube_without_times(H5P_DATASET_CREATE));
    if (*dataset < 0 || H5Dwrite(*dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) < 0)
        return pstm_h5_fail("cannot write /%s", names->name);
    return pstm_cube_put_names(*dataset, names->units, names->long_name);
}

static pstm_status make_scale(hid_t dataset, const axis_names *names)
{
    return H5DSset_scale(dataset, names->name) < 0 ? pstm_h5_fail("cannot make %s an axis", names->name)
                                                   : PSTM_OK;
}

/* An axis of labels first, first + 1 ... */
static pstm_status write_labels(hid_t file, const axis_names *names, int32_t n, int32_t first, hid_t *scale)
{
    int32_t *labels;
    PSTM_TRY(PSTM_NEW(&labels, n, "the labels of an axis"));
    for (int32_t i = 0; i < n; i++)
        labels[i] = first + i;
    pstm_status status =
        write_numbers(file, names, H5T_STD_I32LE, H5T_NATIVE_INT32, (hsize_t)n, labels, scale);
    if (status == PSTM_OK) status = make_scale(*scale, names);
    PSTM_FREE(&labels);
    return status;
}

static pstm_status write_times(hid_t file, const pstm_grid *grid, hid_t *scale)
{
    double *times;
    PSTM_TRY(PSTM_NEW(&times, grid->n_times, "the time axis"));
    for (int32_t k = 0; k < grid->n_times; k++)
        times[k] = pstm_grid_time_s(grid, k);
    pstm_status status = write_numbers(file, &time_names, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                       (hsize_t)grid->n_times, times, scale);
    if (status == PSTM_OK) status = make_scale(*scale, &time_names);
    PSTM_FREE(&times);
    return status;
}

/* ---- classes ---- */

bool pstm_cube_offset_is_axis(const pstm_cube_about *about)
{
    return pstm_class_centres_rise(about->centres, about->n_classes, PSTM_CLASS_offset);
}

/* Whether a coordinate stands beside the axis of the classes. */
static bool is_beside(const pstm_cube_about *about, int coordinate)
{
    if (coordinate == PSTM_CLASS_offset && pstm_cube_offset_is_axis(about)) return false;
    return pstm_class_centres_say(about->centres, about->n_classes, coordinate);
}

static pstm_status write_coordinate(hid_t file, const pstm_cube_about *about, int coordinate,
                                    const axis_names *names, hid_t *dataset)
{
    double *values;
    PSTM_TRY(PSTM_NEW(&values, about->n_classes, "a coordinate of the classes"));
    for (int32_t c = 0; c < about->n_classes; c++)
        values[c] = pstm_class_centre_value(about->centres[c], coordinate);
    const pstm_status status = write_numbers(file, names, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                                             (hsize_t)about->n_classes, values, dataset);
    PSTM_FREE(&values);
    return status;
}

static pstm_status write_beside(hid_t file, const pstm_cube_about *about, int coordinate, hid_t scale)
{
    const pstm_class_coordinate_about *c = &pstm_class_coordinates[coordinate];
    const axis_names names = {c->word, c->unit, c->meaning};
    hid_t dataset = -1;
    pstm_status status = write_coordinate(file, about, coordinate, &names, &dataset);
    if (status == PSTM_OK && H5DSattach_scale(dataset, scale, 0) < 0)
        status = pstm_h5_fail("cannot attach the axis of the classes to /%s", c->word);
    return pstm_cube_close_dataset(dataset, status);
}

static pstm_status write_classes(hid_t file, const pstm_cube_about *about, hid_t *scale)
{
    if (pstm_cube_offset_is_axis(about)) {
        PSTM_TRY(write_coordinate(file, about, PSTM_CLASS_offset, &offset_names, scale));
        PSTM_TRY(make_scale(*scale, &offset_names));
    } else {
        PSTM_TRY(write_labels(file, &bin_names, about->n_classes, 0, scale));
    }
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++)
        if (is_beside(about, k)) PSTM_TRY(write_beside(file, about, k, *scale));
    return PSTM_OK;
}

/* Opens a dataset of n values. */
static pstm_status open_values(hid_t file, const char *name, int32_t n, hid_t *out)
{
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0) return pstm_h5_fail("cannot open /%s", name);
    const hid_t space = H5Dget_space(dataset);
    const bool fits = H5Sget_simple_extent_npoints(space) == n;
    H5Sclose(space);
    if (fits) {
        *out = dataset;
        return PSTM_OK;
    }
    H5Dclose(dataset);
    return pstm_fail(PSTM_DATA, "/%s does not have %d values", name, n);
}

/* Before memory for n classes is touched, since a damaged file may claim any number. */
static pstm_status check_axis(hid_t file, int32_t n)
{
    const char *name = offset_names.name;
    bool has;
    hid_t dataset;
    PSTM_TRY(pstm_h5_has_dataset(file, name, &has));
    if (!has) {
        name = bin_names.name;
        PSTM_TRY(pstm_h5_has_dataset(file, name, &has));
    }
    if (!has) return pstm_fail(PSTM_DATA, "it has no dataset /%s or /%s", offset_names.name, bin_names.name);
    PSTM_TRY(open_values(file, name, n, &dataset));
    H5Dclose(dataset);
    return PSTM_OK;
}

static pstm_status read_coordinate(hid_t file, int coordinate, int32_t n, double *values)
{
    const char *name = pstm_class_coordinates[coordinate].word;
    hid_t dataset;
    PSTM_TRY(open_values(file, name, n, &dataset));
    const herr_t read = H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
    return read < 0 ? pstm_h5_fail("cannot read /%s", name) : PSTM_OK;
}

pstm_status pstm_cube_read_centres(hid_t file, int32_t n, pstm_class_centre **centres)
{
    double *values = NULL;
    bool has;
    pstm_status status;
    PSTM_GO(check_axis(file, n));
    PSTM_GO(PSTM_NEW(&values, n, "a coordinate of the classes"));
    PSTM_GO(PSTM_NEW(centres, n, "the centres of the classes"));
    for (int k = 0; k < PSTM_CLASS_COORDINATES; k++) {
        PSTM_GO(pstm_h5_has_dataset(file, pstm_class_coordinates[k].word, &has));
        if (has) PSTM_GO(read_coordinate(file, k, n, values));
        for (int32_t c = 0; c < n; c++) {
            if (has && isinf(values[c]))
                PSTM_GO(
                    pstm_fail(PSTM_DATA, "/%s is infinite for class %d", pstm_class_coordinates[k].word, c));
            *pstm_class_centre_place(&(*centres)[c], k) = has ? values[c] : NAN;
        }
    }
cleanup:
    PSTM_FREE(&values);
    return status;
}

/* ---- positions ---- */

/* Writes world positions, one inline after the other. */
static pstm_status write_positions(hid_t dataset, const pstm_grid *grid, bool is_y)
{
    double *row;
    PSTM_TRY(PSTM_NEW(&row, grid->n_crossline, "positions of an inline"));
    pstm_status status = PSTM_OK;
    const hsize_t count[2] = {1, (hsize_t)grid->n_crossline};
    const hid_t space = H5Dget_space(dataset), memory = H5Screate_simple(2, count, NULL);
    for (int32_t i = 0; i < grid->n_inline && status == PSTM_OK; i++) {
        for (int32_t j = 0; j < grid->n_crossline; j++) {
            double x_m, y_m;
            pstm_grid_node(grid, i, j, &x_m, &y_m);
            row[j] = is_y ? y_m : x_m;
        }
        const hsize_t start[2] = {(hsize_t)i, 0};
        if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
            H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, row) < 0)
            status = pstm_h5_fail("cannot write the positions of the locations");
    }
    H5Sclose(memory);
    H5Sclose(space);
    PSTM_FREE(&row);
    return status;
}

static pstm_status attach(hid_t dataset, const hid_t scales[PSTM_CUBE_AXES], const pstm_cube_axis *which,
                          int n)
{
    for (int i = 0; i < n; i++)
        if (H5DSattach_scale(dataset, scales[which[i]], (unsigned)i) < 0)
            return pstm_h5_fail("cannot attach an axis");
    return PSTM_OK;
}

static pstm_status make_positions(hid_t file, const pstm_grid *grid, const hid_t scales[PSTM_CUBE_AXES],
                                  bool is_y)
{
    static const pstm_cube_axis which[] = {PSTM_CUBE_INLINE, PSTM_CUBE_CROSSLINE};
    const hsize_t size[2] = {(hsize_t)grid->n_inline, (hsize_t)grid->n_crossline};
    const hid_t dataset = pstm_cube_make_dataset(file, is_y ? "cdp_y" : "cdp_x", H5T_IEEE_F64LE, 2, size,
                                                 pstm_cube_without_times(H5P_DATASET_CREATE));
    if (dataset < 0) return pstm_h5_fail("cannot make the positions of the locations");
    pstm_status status = write_positions(dataset, grid, is_y);
    if (status == PSTM_OK) status = attach(dataset, scales, which, 2);
    if (status == PSTM_OK)
        status = pstm_cube_put_names(dataset, "m",
                                     is_y ? "y (north) of the location" : "x (east) of the location");
    return pstm_cube_close_dataset(dataset, status);
}

/* ---- all of them ---- */

pstm_status pstm_cube_make_axes(hid_t file, const pstm_cube_about *about, hid_t scales[PSTM_CUBE_AXES])
{
    const pstm_grid *grid = &about->grid;
    PSTM_TRY(
        write_labels(file, &inline_names, grid->n_inline, grid->first_inline, &scales[PSTM_CUBE_INLINE]));
    PSTM_TRY(write_labels(file, &crossline_names, grid->n_crossline, grid->first_crossline,
                          &scales[PSTM_CUBE_CROSSLINE]));
    PSTM_TRY(write_classes(file, about, &scales[PSTM_CUBE_CLASS]));
    PSTM_TRY(write_times(file, grid, &scales[PSTM_CUBE_TIME]));
    PSTM_TRY(make_positions(file, grid, scales, false));
    return make_positions(file, grid, scales, true);
}

pstm_status pstm_cube_attach_axes(hid_t dataset, const pstm_cube_about *about,
                                  const hid_t scales[PSTM_CUBE_AXES], bool with_classes)
{
    static const pstm_cube_axis gather[] = {PSTM_CUBE_INLINE, PSTM_CUBE_CROSSLINE, PSTM_CUBE_CLASS,
                                            PSTM_CUBE_TIME};
    static const pstm_cube_axis stack[] = {PSTM_CUBE_INLINE, PSTM_CUBE_CROSSLINE, PSTM_CUBE_TIME};
    pstm_text coordinates = {0};
    pstm_status status;
    PSTM_GO(attach(dataset, scales, with_classes ? gather : stack, with_classes ? 4 : 3));
    PSTM_GO(pstm_text_add(&coordinates, "cdp_x cdp_y"));
    for (int k = 0; with_classes && k < PSTM_CLASS_COORDINATES; k++)
        if (is_beside(about, k)) PSTM_GO(pstm_text_add(&coordinates, " %s", pstm_class_coordinates[k].word));
    PSTM_GO(pstm_h5_put_text(dataset, "coordinates", coordinates.bytes));
cleanup:
    pstm_text_clear(&coordinates);
    return status;
}
