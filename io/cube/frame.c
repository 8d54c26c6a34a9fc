/* The frame of a cube: what its file says beside the values of the image. */
#include <string.h>

#include "core/memory.h"
#include "io/cube/private.h"
#include "io/digest.h"

enum { PIECE_BYTES = 1 << 20 };

typedef struct frame {
    uint64_t digest;
    pstm_status status;
    int64_t most_values; /* that an axis, or the positions, have */
} frame;

static void mix(frame *f, const void *bytes, size_t n)
{
    const uint64_t both[2] = {f->digest, pstm_digest_bytes(bytes, n)};
    f->digest = pstm_digest_combine(both, 2);
}

/* ---- attributes ---- */

/* Those that pstm_cube_finish() changes. */
static bool is_mark(const char *name)
{
    return strcmp(name, "image_checksum") == 0 || strcmp(name, "columns_done") == 0 ||
           strcmp(name, "complete") == 0;
}

/* The same bytes of another type mean something else. */
static void mix_type(frame *f, hid_t type)
{
    const H5T_class_t class = H5Tget_class(type);
    const bool is_integer = class == H5T_INTEGER, is_number = is_integer || class == H5T_FLOAT;
    const uint64_t about[] = {(uint64_t) class, H5Tget_size(type),
                              is_number ? (uint64_t)H5Tget_order(type) : 0,
                              is_integer ? (uint64_t)H5Tget_sign(type) : 0};
    mix(f, about, sizeof about);
}

/* Lists of any length: the axes that are attached to a dataset. */
static void mix_lists(frame *f, hid_t type, const hvl_t *lists, size_t n)
{
    const hid_t base = H5Tget_super(type);
    for (size_t i = 0; i < n; i++)
        mix(f, lists[i].p, lists[i].len * H5Tget_size(base));
    H5Tclose(base);
}

static pstm_status mix_value(frame *f, hid_t attribute, const char *name)
{
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    const bool lists = H5Tget_class(type) == H5T_VLEN;
    const size_t n = (size_t)H5Sget_simple_extent_npoints(space), bytes = n * H5Tget_size(type);
    char *value = NULL;
    mix_type(f, type);
    pstm_status status = PSTM_NEW(&value, (int64_t)bytes, "the value of an attribute");
    if (status == PSTM_OK && H5Aread(attribute, type, value) < 0)
        status = pstm_h5_fail("cannot read the attribute %s", name);
    if (status == PSTM_OK) {
        if (lists)
            mix_lists(f, type, (const hvl_t *)(const void *)value, n);
        else
            mix(f, value, bytes);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, value); /* texts of any length too */
    }
    PSTM_FREE(&value);
    H5Sclose(space);
    H5Tclose(type);
    return status;
}

/* As H5Aiterate2() wants it. */
static herr_t mix_attribute(hid_t object, const char *name, const H5A_info_t *about, void *to)
{
    frame *f = to;
    (void)about;
    if (is_mark(name)) return 0;
    mix(f, name, strlen(name));
    const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    f->status =
        attribute < 0 ? pstm_h5_fail("cannot open the attribute %s", name) : mix_value(f, attribute, name);
    if (attribute >= 0) H5Aclose(attribute);
    return f->status == PSTM_OK ? 0 : -1;
}

static pstm_status mix_attributes(frame *f, hid_t object, const char *name)
{
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, mix_attribute, f) >= 0) return PSTM_OK;
    return f->status != PSTM_OK ? f->status : pstm_h5_fail("cannot read the attributes of %s", name);
}

/* ---- axes and positions ---- */

/* So many rows along the first axis, from `first` on. */
static bool read_rows(hid_t dataset, hid_t type, hid_t space, const hsize_t *size, hsize_t first,
                      hsize_t n_rows, void *values)
{
    const int n_axes = H5Sget_simple_extent_ndims(space);
    hsize_t start[H5S_MAX_RANK] = {first}, count[H5S_MAX_RANK] = {n_rows};
    for (int a = 1; a < n_axes; a++)
        count[a] = size[a];
    const hid_t memory = H5Screate_simple(n_axes, count, NULL);
    const bool read = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                      H5Dread(dataset, type, memory, space, H5P_DEFAULT, values) >= 0;
    H5Sclose(memory);
    return read;
}

static pstm_status mix_values(frame *f, hid_t dataset, hid_t type, hid_t space, const hsize_t *size,
                              const char *name)
{
    const int n_axes = H5Sget_simple_extent_ndims(space);
    size_t row_bytes = H5Tget_size(type);
    for (int a = 1; a < n_axes; a++)
        row_bytes *= size[a];
    const hsize_t n_piece = row_bytes < PIECE_BYTES ? PIECE_BYTES / row_bytes : 1;
    char *values = NULL;
    PSTM_TRY(PSTM_NEW(&values, (int64_t)((n_piece < size[0] ? n_piece : size[0]) * row_bytes), name));
    pstm_status status = PSTM_OK;
    for (hsize_t first = 0; first < size[0] && status == PSTM_OK; first += n_piece) {
        const hsize_t n = size[0] - first < n_piece ? size[0] - first : n_piece;
        if (read_rows(dataset, type, space, size, first, n, values))
            mix(f, values, n * row_bytes);
        else
            status = pstm_h5_fail("cannot read /%s", name);
    }
    PSTM_FREE(&values);
    return status;
}

/* Numbers, no more of them than a cube has: others may never end, and their type or size tells already. */
static bool has_values(const frame *f, hid_t type, hid_t space)
{
    const H5T_class_t class = H5Tget_class(type);
    const hssize_t n = H5Sget_simple_extent_npoints(space);
    return (class == H5T_INTEGER || class == H5T_FLOAT) && H5Sget_simple_extent_ndims(space) > 0 && n > 0 &&
           n <= f->most_values;
}

/* The image itself, in chunks, is left to the digests of the journal's records. */
static pstm_status mix_dataset(frame *f, hid_t dataset, const char *name)
{
    const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset),
                list = H5Dget_create_plist(dataset);
    pstm_status status = PSTM_OK;
    hsize_t size[H5S_MAX_RANK] = {0};
    H5Sget_simple_extent_dims(space, size, NULL);
    mix_type(f, type);
    mix(f, size, sizeof size);
    if (H5Pget_layout(list) != H5D_CHUNKED && has_values(f, type, space))
        status = mix_values(f, dataset, type, space, size, name);
    H5Pclose(list);
    H5Sclose(space);
    H5Tclose(type);
    return status;
}

/* As H5Literate() wants it. */
static herr_t mix_object(hid_t file, const char *name, const H5L_info_t *about, void *to)
{
    frame *f = to;
    (void)about;
    mix(f, name, strlen(name));
    const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    if (object < 0) {
        f->status = pstm_h5_fail("cannot open /%s", name);
        return -1;
    }
    if (H5Iget_type(object) == H5I_DATASET) f->status = mix_dataset(f, object, name);
    if (f->status == PSTM_OK) f->status = mix_attributes(f, object, name);
    H5Oclose(object);
    return f->status == PSTM_OK ? 0 : -1;
}

pstm_status pstm_cube_frame(const pstm_cube *cube, uint64_t *digest)
{
    const pstm_cube_about *about = &cube->about;
    const int64_t n_nodes = (int64_t)about->grid.n_inline * about->grid.n_crossline,
                  n_times = about->grid.n_times;
    frame f = {.most_values = n_nodes > n_times ? n_nodes : n_times};
    if (f.most_values < about->n_classes) f.most_values = about->n_classes;
    pstm_status status = mix_attributes(&f, cube->file, "/");
    if (status == PSTM_OK && H5Literate(cube->file, H5_INDEX_NAME, H5_ITER_INC, NULL, mix_object, &f) < 0)
        status = f.status != PSTM_OK ? f.status : pstm_h5_fail("cannot list what it holds");
    if (status == PSTM_OK) *digest = f.digest;
    return status == PSTM_OK ? PSTM_OK : pstm_while(status, "%s", cube->path);
}
