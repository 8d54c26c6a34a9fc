#include "io/store/skeleton.h"

#include <stddef.h>

#include "io/h5.h"

enum {
    ALIGNMENT = PSTM_STORE_BLOCK, /**< of large datasets in the file: pages of memory, blocks of disks */
    ALIGNED_FROM = 1 << 16        /**< bytes from which a dataset is large */
};

/* ---- types ------------------------------------------------------------------------------------------- */

/** A member of a compound type. */
typedef struct member {
    const char *name;
    size_t at;
    hid_t type;
} member;

static hid_t compound(size_t bytes, const member *members, size_t n)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, bytes);
    for (size_t i = 0; i < n; i++)
        H5Tinsert(type, members[i].name, members[i].at, members[i].type);
    return type;
}

#define MEMBER(name, type)                                                                                   \
    {                                                                                                        \
#name, offsetof(pstm_trace, name), type                                                              \
    }

static hid_t trace_type(void)
{
    const member members[] = {
        MEMBER(source_x_m, H5T_NATIVE_DOUBLE),   MEMBER(source_y_m, H5T_NATIVE_DOUBLE),
        MEMBER(receiver_x_m, H5T_NATIVE_DOUBLE), MEMBER(receiver_y_m, H5T_NATIVE_DOUBLE),
        MEMBER(start_s, H5T_NATIVE_DOUBLE),      MEMBER(number, H5T_NATIVE_INT64),
        MEMBER(file, H5T_NATIVE_INT32),          MEMBER(n_samples, H5T_NATIVE_INT32),
        MEMBER(live_first, H5T_NATIVE_INT32),    MEMBER(live_last, H5T_NATIVE_INT32),
        MEMBER(mute_start_ms, H5T_NATIVE_INT16), MEMBER(mute_end_ms, H5T_NATIVE_INT16),
        MEMBER(fate, H5T_NATIVE_INT32),
    };
    return compound(sizeof(pstm_trace), members, sizeof members / sizeof *members);
}

static hid_t leaf_type(void)
{
    const member members[] = {
        {"first_trace", offsetof(pstm_leaf, first_trace), H5T_NATIVE_INT64},
        {"n_traces", offsetof(pstm_leaf, n_traces), H5T_NATIVE_INT32},
        {"min_x_m", offsetof(pstm_leaf, midpoints.min_x_m), H5T_NATIVE_DOUBLE},
        {"max_x_m", offsetof(pstm_leaf, midpoints.max_x_m), H5T_NATIVE_DOUBLE},
        {"min_y_m", offsetof(pstm_leaf, midpoints.min_y_m), H5T_NATIVE_DOUBLE},
        {"max_y_m", offsetof(pstm_leaf, midpoints.max_y_m), H5T_NATIVE_DOUBLE},
        {"min_half_offset_m", offsetof(pstm_leaf, min_half_offset_m), H5T_NATIVE_DOUBLE},
        {"max_half_offset_m", offsetof(pstm_leaf, max_half_offset_m), H5T_NATIVE_DOUBLE},
    };
    return compound(sizeof(pstm_leaf), members, sizeof members / sizeof *members);
}

#define IDENTITY_MEMBER(name, type)                                                                          \
    {                                                                                                        \
#name, offsetof(pstm_file_identity, name), type                                                      \
    }

static hid_t input_type(void)
{
    const member members[] = {
        IDENTITY_MEMBER(size_bytes, H5T_NATIVE_INT64), IDENTITY_MEMBER(modified_ns, H5T_NATIVE_INT64),
        IDENTITY_MEMBER(changed_ns, H5T_NATIVE_INT64), IDENTITY_MEMBER(inode, H5T_NATIVE_UINT64),
        IDENTITY_MEMBER(device, H5T_NATIVE_UINT64),    IDENTITY_MEMBER(machine, H5T_NATIVE_UINT64),
    };
    return compound(sizeof(pstm_file_identity), members, sizeof members / sizeof *members);
}

/* ---- the file ---------------------------------------------------------------------------------------- */

/** Makes a dataset with its room in the file and nothing written there; gives its place, 0 when it is empty.
 */
static pstm_status make_dataset(hid_t file, const char *name, hid_t type, int n_axes, const hsize_t *shape,
                                int64_t *byte)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(n_axes, shape, NULL);
    H5Pset_layout(list, H5D_CONTIGUOUS);
    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(list);
    if (dataset < 0) return pstm_h5_fail("cannot make the dataset %s", name);
    const haddr_t at = H5Dget_offset(dataset); /* in the file, user block and all */
    *byte = at == HADDR_UNDEF ? 0 : (int64_t)at;
    H5Dclose(dataset);
    return PSTM_OK;
}

static pstm_status make_datasets(hid_t file, pstm_store_header *h)
{
    hid_t traces = trace_type(), leaves = leaf_type(), inputs = input_type();
    hsize_t shape[2] = {(hsize_t)h->n_traces, (hsize_t)pstm_store_header_stride(h)};
    hsize_t n_leaves = (hsize_t)h->n_leaves, n_inputs = (hsize_t)h->n_inputs;
    pstm_status status = PSTM_OK;
    PSTM_GO(make_dataset(file, "/trace", traces, 1, shape, &h->trace_byte));
    PSTM_GO(make_dataset(file, "/leaf", leaves, 1, &n_leaves, &h->leaf_byte));
    PSTM_GO(make_dataset(file, "/samples", H5T_NATIVE_FLOAT, 2, shape, &h->samples_byte));
    PSTM_GO(make_dataset(file, "/input", inputs, 1, &n_inputs, &h->input_byte));
    PSTM_GO(make_dataset(file, "/leaf_digest", H5T_NATIVE_UINT64, 1, &n_leaves, &h->digest_byte));
cleanup:
    H5Tclose(traces);
    H5Tclose(leaves);
    H5Tclose(inputs);
    return status;
}

static pstm_status put_attributes(hid_t file, const pstm_store_about *about)
{
    PSTM_TRY(pstm_h5_put_text(file, "kind", PSTM_STORE_KIND));
    PSTM_TRY(pstm_h5_put_integer(file, "version", PSTM_STORE_VERSION));
    PSTM_TRY(pstm_h5_put_text(file, "key", about->key));
    PSTM_TRY(pstm_h5_put_text(file, "commit", about->commit ? about->commit : ""));
    PSTM_TRY(pstm_h5_put_integer(file, "n_samples", about->n_samples));
    PSTM_TRY(pstm_h5_put_integer(file, "n_levels", about->n_levels));
    return pstm_h5_put_double(file, "sample_s", about->sample_s);
}

static hid_t create_file(const char *path)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_alignment(access, ALIGNED_FROM, ALIGNMENT);
    H5Pset_userblock(creation, PSTM_STORE_BLOCK);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    H5Pclose(access);
    H5Pclose(creation);
    return file;
}

pstm_status pstm_store_skeleton_make(const char *path, const pstm_store_about *about,
                                     pstm_store_header *header)
{
    pstm_h5_setup();
    hid_t file = create_file(path);
    if (file < 0) return pstm_h5_fail("cannot make the HDF5 file %s", path);
    pstm_status status = put_attributes(file, about);
    if (status == PSTM_OK) status = make_datasets(file, header);
    if (H5Fclose(file) < 0 && status == PSTM_OK) status = pstm_h5_fail("cannot write the HDF5 file %s", path);
    return status;
}
