#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "io/cube/axes.h"
#include "io/cube/private.h"
#include "io/durable.h"

/* ---- Data ---- */

static const char *const data_long_names[PSTM_CUBE_N_DATA] = {
    "migrated amplitude summed over the traces of a class",
    "traces in each sum of a class",
    "stack over all classes; the root attribute amplitude says what the values are",
    "traces of all classes",
};

static pstm_status make_data(hid_t file, const pstm_cube_about *about, pstm_cube_data data,
                             const hid_t scales[PSTM_CUBE_AXES])
{
    const pstm_cube_layout layout = pstm_cube_layout_of(about, data);
    const hid_t create = pstm_cube_without_times(H5P_DATASET_CREATE);
    H5Pset_chunk(create, layout.n_axes, layout.chunk);
    /* All chunks have their place before the first write, and nobody writes zeros into them. */
    H5Pset_alloc_time(create, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(create, H5D_FILL_TIME_NEVER);
    const hid_t dataset = pstm_cube_make_dataset(file, pstm_cube_data_name(data), layout.file_type,
                                                 layout.n_axes, layout.size, create);
    if (dataset < 0) return pstm_h5_fail("cannot make the dataset /%s", pstm_cube_data_name(data));
    pstm_status status = pstm_cube_attach_axes(dataset, about, scales, layout.n_axes == 4);
    if (status == PSTM_OK) status = pstm_cube_put_names(dataset, "1", data_long_names[data]);
    return pstm_cube_close_dataset(dataset, status);
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
    hid_t scales[PSTM_CUBE_AXES] = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_cube_make_axes(file, about, scales));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        if (pstm_cube_about_has(about, (pstm_cube_data)d))
            PSTM_GO(make_data(file, about, (pstm_cube_data)d, scales));
    PSTM_GO(write_root(file, about));
cleanup:
    for (int a = 0; a < PSTM_CUBE_AXES; a++)
        status = pstm_cube_close_dataset(scales[a], status);
    return status;
}

/* how: H5F_ACC_EXCL, or H5F_ACC_TRUNC for a file that was made with its stripes. */
static pstm_status write_skeleton(const char *path, const pstm_cube_about *about, unsigned how)
{
    const hid_t access = pstm_cube_access(), create = pstm_cube_without_times(H5P_FILE_CREATE);
    const hid_t file = H5Fcreate(path, how, create, access);
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
    if (about->grid.n_times > PSTM_GRID_MOST_TIMES)
        return pstm_fail(PSTM_USAGE, "grid.time.n: %d samples are too many for the cube, at most %d",
                         about->grid.n_times, PSTM_GRID_MOST_TIMES);
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

/* What the file will take, to be compared with the free space before anything is written; a grid may be given
 * that no disk holds and no integer counts. */
static int64_t estimate_bytes(const pstm_cube_about *about, const pstm_cube_area *areas, int64_t n_areas)
{
    enum { INDEX_BYTES = 160, TEXT_BYTES = 65536 }; /* of a chunk in HDF5's B-tree; of axes and attributes */
    const pstm_grid *grid = &about->grid;
    const int64_t n_columns = area_chunk_columns(about, areas, n_areas);
    const int64_t n_all = area_chunk_columns(about, NULL, 0);
    const double most = 0x1p62;
    double bytes = TEXT_BYTES + 16.0 * grid->n_inline * grid->n_crossline + 8.0 * grid->n_times;
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++) {
        if (!pstm_cube_about_has(about, (pstm_cube_data)d)) continue;
        const pstm_cube_layout layout = pstm_cube_layout_of(about, (pstm_cube_data)d);
        const double chunk_bytes =
            INDEX_BYTES + (layout.chunk_bytes < PSTM_CUBE_ALIGNED_FROM ? 0 : PSTM_CUBE_ALIGNMENT);
        bytes += chunk_bytes * (double)layout.n_chunks +
                 (double)(layout.n_chunks / n_all) * (double)n_columns * (double)layout.chunk_bytes;
    }
    return (int64_t)fmin(bytes, most);
}

pstm_status pstm_cube_check_room(const char *path, const pstm_cube_about *about, const pstm_cube_area *areas,
                                 int64_t n_areas)
{
    PSTM_TRY(check(about));
    return pstm_durable_check_room(path, estimate_bytes(about, areas, n_areas));
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
    return pstm_text_add(draft, "%s" PSTM_DRAFT_ENDING, path);
}

pstm_status pstm_cube_draft(const char *path, const pstm_cube_about *about, const pstm_cube_area *areas,
                            int64_t n_areas, const pstm_stripes *stripes)
{
    pstm_text temporary = {0};
    pstm_status status = PSTM_OK;
    pstm_h5_setup();
    PSTM_GO(pstm_cube_check_room(path, about, areas, n_areas));
    PSTM_GO(name_draft(path, &temporary));
    unlink(temporary.bytes); /* what a killed run has left; a link there must not be followed */
    const bool striped = stripes != NULL && (stripes->n > 0 || stripes->bytes > 0);
    if (striped) PSTM_GO(pstm_stripes_make_file(temporary.bytes, stripes));
    PSTM_GO(write_skeleton(temporary.bytes, about, striped ? H5F_ACC_TRUNC : H5F_ACC_EXCL));
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
