#include <errno.h>
#include <hdf5_hl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/cube/private.h"
#include "io/durable.h"

/* Without times of creation, equal images are equal files. */
static hid_t without_times(hid_t class)
{
    const hid_t create = H5Pcreate(class);
    H5Pset_obj_track_times(create, 0);
    return create;
}

static hid_t make_dataset(hid_t file, const char *name, hid_t type, int n_axes, const hsize_t *size,
                          hid_t create)
{
    const hid_t space = H5Screate_simple(n_axes, size, NULL);
    const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(create);
    return dataset;
}

/* ---- Axes ---- */

typedef enum axis { AXIS_INLINE, AXIS_CROSSLINE, AXIS_OFFSET, AXIS_TIME, N_AXES } axis;

static const struct {
    const char *name, *units, *long_name;
} axes[N_AXES] = {
    {"inline", "1", "inline number"},
    {"crossline", "1", "crossline number"},
    {"offset", "m", "centre of the offset class (distance from source to receiver)"},
    {"twt", "s", "two-way time"},
};

static pstm_status put_names(hid_t dataset, const char *units, const char *long_name)
{
    PSTM_TRY(pstm_h5_put_text(dataset, "units", units));
    return pstm_h5_put_text(dataset, "long_name", long_name);
}

/* Makes an axis of n numbers, or of n labels first, first + 1 ... when numbers is NULL. */
static pstm_status write_axis(hid_t file, axis which, hsize_t n, const double *numbers, int32_t first,
                              hid_t *scale)
{
    int32_t *labels = NULL;
    const bool whole = numbers == NULL;
    if (whole) {
        PSTM_TRY(PSTM_NEW(&labels, (int64_t)n, "the labels of an axis"));
        for (hsize_t i = 0; i < n; i++)
            labels[i] = first + (int32_t)i;
    }
    pstm_status status = PSTM_OK;
    const hid_t dataset = make_dataset(file, axes[which].name, whole ? H5T_STD_I32LE : H5T_IEEE_F64LE, 1, &n,
                                       without_times(H5P_DATASET_CREATE));
    if (dataset < 0 || H5Dwrite(dataset, whole ? H5T_NATIVE_INT32 : H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
                                H5P_DEFAULT, whole ? (const void *)labels : (const void *)numbers) < 0)
        status = pstm_h5_fail("cannot write the axis %s", axes[which].name);
    else if (H5DSset_scale(dataset, axes[which].name) < 0)
        status = pstm_h5_fail("cannot make %s an axis", axes[which].name);
    else
        status = put_names(dataset, axes[which].units, axes[which].long_name);
    PSTM_FREE(&labels);
    *scale = dataset;
    return status;
}

static pstm_status write_axes(hid_t file, const pstm_cube_about *about, hid_t scales[N_AXES])
{
    const pstm_grid *grid = &about->grid;
    double *times;
    PSTM_TRY(write_axis(file, AXIS_INLINE, (hsize_t)grid->n_inline, NULL, grid->first_inline,
                        &scales[AXIS_INLINE]));
    PSTM_TRY(write_axis(file, AXIS_CROSSLINE, (hsize_t)grid->n_crossline, NULL, grid->first_crossline,
                        &scales[AXIS_CROSSLINE]));
    PSTM_TRY(write_axis(file, AXIS_OFFSET, (hsize_t)about->n_classes, about->class_centres_m, 0,
                        &scales[AXIS_OFFSET]));
    PSTM_TRY(PSTM_NEW(&times, grid->n_times, "the time axis"));
    for (int32_t k = 0; k < grid->n_times; k++)
        times[k] = pstm_grid_time_s(grid, k);
    const pstm_status status =
        write_axis(file, AXIS_TIME, (hsize_t)grid->n_times, times, 0, &scales[AXIS_TIME]);
    PSTM_FREE(&times);
    return status;
}

static pstm_status attach(hid_t dataset, const hid_t scales[N_AXES], const axis *which, int n)
{
    for (int i = 0; i < n; i++)
        if (H5DSattach_scale(dataset, scales[which[i]], (unsigned)i) < 0)
            return pstm_h5_fail("cannot attach the axis %s", axes[which[i]].name);
    return PSTM_OK;
}

/* ---- Positions ---- */

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
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        if (H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, row) < 0)
            status = pstm_h5_fail("cannot write the positions of the locations");
    }
    H5Sclose(memory);
    H5Sclose(space);
    PSTM_FREE(&row);
    return status;
}

static pstm_status make_positions(hid_t file, const pstm_grid *grid, const hid_t scales[N_AXES], bool is_y)
{
    static const axis which[2] = {AXIS_INLINE, AXIS_CROSSLINE};
    const hsize_t size[2] = {(hsize_t)grid->n_inline, (hsize_t)grid->n_crossline};
    const hid_t dataset = make_dataset(file, is_y ? "cdp_y" : "cdp_x", H5T_IEEE_F64LE, 2, size,
                                       without_times(H5P_DATASET_CREATE));
    if (dataset < 0) return pstm_h5_fail("cannot make the positions of the locations");
    pstm_status status = write_positions(dataset, grid, is_y);
    if (status == PSTM_OK) status = attach(dataset, scales, which, 2);
    if (status == PSTM_OK)
        status = put_names(dataset, "m", is_y ? "y (north) of the location" : "x (east) of the location");
    H5Dclose(dataset);
    return status;
}

/* ---- Data ---- */

static const char *const data_long_names[PSTM_CUBE_N_DATA] = {
    "migrated amplitude summed over the traces of an offset class",
    "traces in each sum of an offset class",
    "migrated amplitude summed over all offset classes / max(fold, 1)",
    "traces of all offset classes",
};

static pstm_status make_data(hid_t file, const pstm_cube_about *about, pstm_cube_data data,
                             const hid_t scales[N_AXES])
{
    static const axis gather_axes[4] = {AXIS_INLINE, AXIS_CROSSLINE, AXIS_OFFSET, AXIS_TIME};
    static const axis stack_axes[3] = {AXIS_INLINE, AXIS_CROSSLINE, AXIS_TIME};
    const pstm_cube_layout layout = pstm_cube_layout_of(about, data);
    const hid_t create = without_times(H5P_DATASET_CREATE);
    H5Pset_chunk(create, layout.n_axes, layout.chunk);
    /* All chunks have their place before the first write, and nobody writes zeros into them. */
    H5Pset_alloc_time(create, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(create, H5D_FILL_TIME_NEVER);
    const hid_t dataset =
        make_dataset(file, pstm_cube_data_name(data), layout.file_type, layout.n_axes, layout.size, create);
    if (dataset < 0) return pstm_h5_fail("cannot make the dataset /%s", pstm_cube_data_name(data));
    pstm_status status =
        attach(dataset, scales, layout.n_axes == 4 ? gather_axes : stack_axes, layout.n_axes);
    if (status == PSTM_OK) status = put_names(dataset, "1", data_long_names[data]);
    if (status == PSTM_OK) status = pstm_h5_put_text(dataset, "coordinates", "cdp_x cdp_y");
    H5Dclose(dataset);
    return status;
}

static pstm_status write_root(hid_t file, const pstm_cube_about *about)
{
    PSTM_TRY(pstm_h5_put_text(file, "Conventions", "CF-1.8"));
    PSTM_TRY(pstm_h5_put_text(file, "title", "3D prestack Kirchhoff time migration"));
    PSTM_TRY(pstm_h5_put_text(file, "kind", "pstm cube"));
    PSTM_TRY(pstm_h5_put_integer(file, "format", PSTM_CUBE_FORMAT));
#define PUT_TEXT(member, name)                                                                               \
    PSTM_TRY(pstm_h5_put_text(file, name, about->member == NULL ? "" : about->member));
#define PUT_DOUBLE(member, name) PSTM_TRY(pstm_h5_put_double(file, name, about->member));
#define PUT_INTEGER(member, name) PSTM_TRY(pstm_h5_put_integer(file, name, about->member));
    PSTM_CUBE_TEXTS(PUT_TEXT)
    PSTM_CUBE_DOUBLES(PUT_DOUBLE)
    PSTM_CUBE_INTEGERS(PUT_INTEGER)
    const int64_t n_columns =
        (int64_t)pstm_cube_columns(about->grid.n_inline) * pstm_cube_columns(about->grid.n_crossline);
    PSTM_TRY(pstm_h5_put_integer(file, "columns", n_columns));
    PSTM_TRY(pstm_h5_put_integer(file, "columns_done", 0));
    PSTM_TRY(pstm_h5_put_integer(file, "complete", 0));
    return pstm_h5_put_text(file, "image_checksum", PSTM_CUBE_NO_CHECKSUM);
}

static pstm_status fill_skeleton(hid_t file, const pstm_cube_about *about)
{
    hid_t scales[N_AXES] = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(write_axes(file, about, scales));
    PSTM_GO(make_positions(file, &about->grid, scales, false));
    PSTM_GO(make_positions(file, &about->grid, scales, true));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_about_has(about, (pstm_cube_data)d))
            PSTM_GO(make_data(file, about, (pstm_cube_data)d, scales));
    PSTM_GO(write_root(file, about));
cleanup:
    for (int a = 0; a < N_AXES; a++)
        if (scales[a] > 0) H5Dclose(scales[a]);
    return status;
}

static pstm_status write_skeleton(const char *path, const pstm_cube_about *about)
{
    const hid_t access = pstm_cube_access(), create = without_times(H5P_FILE_CREATE);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, create, access);
    H5Pclose(create);
    H5Pclose(access);
    if (file < 0) return pstm_h5_fail("cannot make %s; can you write to its folder?", path);
    pstm_status status = fill_skeleton(file, about);
    if (H5Fclose(file) < 0 && status == PSTM_OK) status = pstm_h5_fail("cannot write %s", path);
    return status;
}

/* ---- The whole ---- */

static pstm_status check(const pstm_cube_about *about)
{
    if (!about->gathers && !about->stack && !about->fold)
        return pstm_fail(PSTM_USAGE, "output: gathers, stack and fold are all off; switch one on");
    if (about->grid.n_times > PSTM_CUBE_MAX_TIMES)
        return pstm_fail(PSTM_USAGE, "grid.time.n: %d samples are too many for the cube, at most %d",
                         about->grid.n_times, PSTM_CUBE_MAX_TIMES);
    return PSTM_OK;
}

static int64_t area_chunk_columns(const pstm_cube_about *about, const pstm_cube_area *areas, int64_t n_areas)
{
    int64_t n = 0;
    for (int64_t a = 0; a < n_areas; a++)
        n += pstm_cube_area_columns(&areas[a]);
    return n_areas > 0 ? n
                       : pstm_cube_columns(about->grid.n_inline) *
                             (int64_t)pstm_cube_columns(about->grid.n_crossline);
}

/* What the file will take, to be compared with the free space before anything is written. */
static int64_t estimate_bytes(const pstm_cube_about *about, const pstm_cube_area *areas, int64_t n_areas)
{
    enum { INDEX_BYTES = 160, TEXT_BYTES = 65536 }; /* of a chunk in HDF5's B-tree; of axes and attributes */
    const pstm_grid *grid = &about->grid;
    const int64_t n_columns = area_chunk_columns(about, areas, n_areas);
    const int64_t n_all = area_chunk_columns(about, NULL, 0);
    int64_t bytes = TEXT_BYTES + (int64_t)grid->n_inline * grid->n_crossline * 16 + grid->n_times * 8;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        if (!pstm_cube_about_has(about, (pstm_cube_data)d)) continue;
        const pstm_cube_layout layout = pstm_cube_layout_of(about, (pstm_cube_data)d);
        bytes += layout.n_chunks *
                     (INDEX_BYTES + (layout.chunk_bytes < PSTM_CUBE_ALIGNED_FROM ? 0 : PSTM_CUBE_ALIGNMENT)) +
                 layout.n_chunks / n_all * n_columns * layout.chunk_bytes;
    }
    return bytes;
}

/* An old journal must never stand beside a new cube: it goes first. */
static pstm_status replace(const char *temporary, const char *path)
{
    pstm_text journal = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_journal_path(path, &journal));
    if (unlink(journal.bytes) == 0) {
        PSTM_GO(pstm_durable_folder(path));
    } else if (errno != ENOENT) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot remove the old journal %s", journal.bytes);
        goto cleanup;
    }
    if (rename(temporary, path) != 0) {
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot rename %s to %s", temporary, path);
        goto cleanup;
    }
    PSTM_GO(pstm_durable_folder(path));
cleanup:
    pstm_text_clear(&journal);
    return status;
}

static pstm_status name_draft(const char *path, pstm_text *draft)
{
    return pstm_text_add(draft, "%s.making", path);
}

pstm_status pstm_cube_draft(const char *path, const pstm_cube_about *about, const pstm_cube_area *areas,
                            int64_t n_areas, const pstm_stripes *stripes)
{
    pstm_text temporary = {0};
    pstm_status status = PSTM_OK;
    pstm_h5_setup();
    PSTM_GO(check(about));
    PSTM_GO(pstm_durable_check_room(path, estimate_bytes(about, areas, n_areas)));
    PSTM_GO(name_draft(path, &temporary));
    unlink(temporary.bytes); /* what a killed run has left; a link there must not be followed */
    if (stripes != NULL && (stripes->n > 0 || stripes->bytes > 0))
        PSTM_GO(pstm_stripes_make_file(temporary.bytes, stripes));
    PSTM_GO(write_skeleton(temporary.bytes, about));
    PSTM_GO(pstm_cube_allocate(temporary.bytes, areas, n_areas));
    PSTM_GO(pstm_durable_file(temporary.bytes));
cleanup:
    if (status != PSTM_OK && temporary.bytes != NULL) unlink(temporary.bytes);
    pstm_text_clear(&temporary);
    return status;
}

pstm_status pstm_cube_place(const char *path)
{
    pstm_text temporary = {0};
    pstm_status status = name_draft(path, &temporary);
    if (status == PSTM_OK) status = replace(temporary.bytes, path);
    if (status != PSTM_OK && temporary.bytes != NULL) unlink(temporary.bytes);
    pstm_text_clear(&temporary);
    return status;
}

void pstm_cube_drop_draft(const char *path)
{
    pstm_text temporary = {0};
    if (name_draft(path, &temporary) == PSTM_OK) unlink(temporary.bytes);
    pstm_text_clear(&temporary);
}

pstm_status pstm_cube_create(const char *path, const pstm_cube_about *about, const pstm_cube_area *areas,
                             int64_t n_areas, const pstm_stripes *stripes)
{
    PSTM_TRY(pstm_cube_draft(path, about, areas, n_areas, stripes));
    return pstm_cube_place(path);
}
