#include "io/store_layout.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/digest.h"
#include "io/h5.h"
#include "migrate/device.h"

_Static_assert(sizeof(pstm_leaf) == 64, "the trace store relies on this layout");

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

hid_t pstm_store_trace_type(void)
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

hid_t pstm_store_leaf_type(void)
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

int64_t pstm_store_dataset_byte(hid_t dataset)
{
    haddr_t byte = H5Dget_offset(dataset);
    return byte == HADDR_UNDEF ? 0 : (int64_t)byte;
}

/* ---- attributes -------------------------------------------------------------------------------------- */

/** An integer attribute within [low, high]. */
static pstm_status get_within(hid_t file, const char *name, int64_t low, int64_t high, int64_t *value)
{
    int64_t read;
    PSTM_TRY(pstm_h5_get_integer(file, name, &read));
    if (read < low || read > high)
        return pstm_fail(PSTM_DATA, "the attribute %s is %lld, not within %lld and %lld", name,
                         (long long)read, (long long)low, (long long)high);
    *value = read;
    return PSTM_OK;
}

/** Whether `kind` says that the file is a store. */
static bool is_store(hid_t file)
{
    pstm_text kind = {0};
    bool fits = pstm_h5_get_text(file, "kind", &kind) == PSTM_OK && kind.bytes &&
                strcmp(kind.bytes, PSTM_STORE_KIND) == 0;
    pstm_text_clear(&kind);
    return fits;
}

static pstm_status get_digest(hid_t file, uint64_t *digest)
{
    pstm_text hex = {0};
    PSTM_TRY(pstm_h5_get_text(file, "samples_digest", &hex));
    const bool fits = hex.bytes != NULL && pstm_digest_from_hex(hex.bytes, digest);
    pstm_text_clear(&hex);
    return fits ? PSTM_OK : pstm_fail(PSTM_DATA, "the attribute samples_digest is no digest");
}

static pstm_status read_attributes(hid_t file, pstm_store_layout *layout)
{
    int64_t version, n_samples, n_levels, complete;
    PSTM_TRY(pstm_h5_get_integer(file, "version", &version));
    if (version != PSTM_STORE_VERSION)
        return pstm_fail(PSTM_DATA, "its version is %lld, and this program reads version %d",
                         (long long)version, PSTM_STORE_VERSION);
    PSTM_TRY(pstm_h5_get_text(file, "key", &layout->key));
    PSTM_TRY(pstm_h5_get_text(file, "commit", &layout->commit));
    PSTM_TRY(get_within(file, "n_samples", 1, INT32_MAX - 4 * PSTM_TRACE_PAD, &n_samples));
    PSTM_TRY(get_within(file, "n_levels", 1, PSTM_MOST_LEVELS, &n_levels));
    PSTM_TRY(get_within(file, "complete", 0, 1, &complete));
    PSTM_TRY(get_digest(file, &layout->about.samples_digest));
    PSTM_TRY(pstm_h5_get_double(file, "sample_s", &layout->about.sample_s));
    if (!(layout->about.sample_s > 0.0) || !isfinite(layout->about.sample_s))
        return pstm_fail(PSTM_DATA, "the attribute sample_s is %g", layout->about.sample_s);
    layout->about.n_samples = (int32_t)n_samples;
    layout->about.n_levels = (int32_t)n_levels;
    layout->complete = complete == 1;
    layout->about.key = layout->key.bytes ? layout->key.bytes : "";
    layout->about.commit = layout->commit.bytes ? layout->commit.bytes : "";
    return PSTM_OK;
}

/* ---- datasets ---------------------------------------------------------------------------------------- */

/** What a dataset has to be: `columns` 0 for one of a single axis. */
typedef struct wanted {
    const char *name;
    hid_t type;
    int64_t columns;
} wanted;

/** Fails unless the dataset is contiguous, of the type and shape; gives its rows. */
static pstm_status check_dataset(hid_t dataset, const wanted *want, int64_t *n_rows)
{
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), list = H5Dget_create_plist(dataset);
    hsize_t shape[H5S_MAX_RANK] = {0};
    int n_axes = H5Sget_simple_extent_dims(space, shape, NULL);
    bool same_type = H5Tequal(type, want->type) > 0;
    bool same_shape = want->columns == 0 ? n_axes == 1 : n_axes == 2 && shape[1] == (hsize_t)want->columns;
    bool contiguous = H5Pget_layout(list) == H5D_CONTIGUOUS;
    H5Tclose(type);
    H5Sclose(space);
    H5Pclose(list);
    if (!same_type)
        return pstm_fail(PSTM_DATA, "%s has another type than this program on this machine writes",
                         want->name);
    if (!same_shape || !contiguous)
        return pstm_fail(PSTM_DATA, "%s has another shape than a store's", want->name);
    *n_rows = (int64_t)shape[0];
    return PSTM_OK;
}

/** Rows and place of a dataset, all of it within the file. */
static pstm_status read_dataset(hid_t file, int64_t file_bytes, const wanted *want, int64_t *n_rows,
                                int64_t *byte)
{
    hid_t dataset = H5Dopen2(file, want->name, H5P_DEFAULT);
    if (dataset < 0) return pstm_fail(PSTM_DATA, "there is no dataset %s that can be read", want->name);
    int64_t rows = 0, at = pstm_store_dataset_byte(dataset), bytes;
    pstm_status status = check_dataset(dataset, want, &rows);
    H5Dclose(dataset);
    PSTM_TRY(status);
    int64_t row_bytes = (int64_t)H5Tget_size(want->type) * (want->columns ? want->columns : 1);
    bool fits = rows >= 0 && !__builtin_mul_overflow(rows, row_bytes, &bytes) && at >= 0 &&
                at <= file_bytes && bytes <= file_bytes - at && (rows == 0 || at > 0);
    if (!fits)
        return pstm_fail(PSTM_DATA, "the %lld rows of %s from byte %lld on do not fit into its %lld bytes",
                         (long long)rows, want->name, (long long)at, (long long)file_bytes);
    *n_rows = rows;
    *byte = at;
    return PSTM_OK;
}

static pstm_status read_datasets(hid_t file, int64_t file_bytes, pstm_store_layout *layout)
{
    hid_t trace_type = pstm_store_trace_type(), leaf_type = pstm_store_leaf_type();
    pstm_store_places *places = &layout->places;
    pstm_store_about *about = &layout->about;
    int64_t n_rows = 0;
    pstm_status status = PSTM_OK;
    PSTM_GO(read_dataset(file, file_bytes, &(wanted){"/trace", trace_type, 0}, &about->n_traces,
                         &places->trace_byte));
    PSTM_GO(read_dataset(file, file_bytes, &(wanted){"/leaf", leaf_type, 0}, &about->n_leaves,
                         &places->leaf_byte));
    PSTM_GO(read_dataset(
        file, file_bytes,
        &(wanted){"/samples", H5T_NATIVE_FLOAT, about->n_levels * pstm_trace_stride(about->n_samples)},
        &n_rows, &places->samples_byte));
    if (n_rows != about->n_traces)
        status = pstm_fail(PSTM_DATA, "it holds %lld traces, but samples of %lld", (long long)about->n_traces,
                           (long long)n_rows);
cleanup:
    H5Tclose(trace_type);
    H5Tclose(leaf_type);
    return status;
}

/* ---- the file ---------------------------------------------------------------------------------------- */

/** The size of a file that this process can read: what is wrong then has errno's words, not HDF5's. */
static pstm_status readable_bytes(const char *path, int64_t *bytes)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot open the trace store");
    struct stat about;
    pstm_status status = PSTM_OK;
    if (fstat(descriptor, &about) != 0)
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot look at the trace store");
    else
        *bytes = (int64_t)about.st_size;
    close(descriptor);
    return status;
}

/** Opens the HDF5 file; *foreign as in pstm_store_layout_read(). */
static pstm_status open_hdf5(const char *path, hid_t *file, bool *foreign)
{
    *foreign = H5Fis_hdf5(path) <= 0;
    if (*foreign) return pstm_fail(PSTM_DATA, "it is not an HDF5 file");
    hid_t opened = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (opened < 0) {
        /* HDF5 has the words, but it is the file's fault and not the system's. */
        pstm_status said = pstm_h5_fail("it is damaged");
        return said == PSTM_OK ? PSTM_OK : PSTM_DATA;
    }
    *foreign = !is_store(opened);
    if (*foreign) {
        H5Fclose(opened);
        return pstm_fail(PSTM_DATA, "it is an HDF5 file of another kind");
    }
    *file = opened;
    return PSTM_OK;
}

static pstm_status read_layout(const char *path, pstm_store_layout *layout, bool *foreign)
{
    int64_t file_bytes;
    hid_t file;
    PSTM_TRY(readable_bytes(path, &file_bytes));
    PSTM_TRY(open_hdf5(path, &file, foreign));
    pstm_status status = read_attributes(file, layout);
    if (status == PSTM_OK) status = read_datasets(file, file_bytes, layout);
    H5Fclose(file);
    /* The system let us open the file: what HDF5 cannot read there now is the file's fault. */
    return status == PSTM_OK ? PSTM_OK : PSTM_DATA;
}

pstm_status pstm_store_layout_read(const char *path, pstm_store_layout *layout, bool *foreign)
{
    bool is_foreign = false;
    pstm_h5_setup();
    pstm_status status = read_layout(path, layout, &is_foreign);
    if (foreign) *foreign = is_foreign;
    if (status == PSTM_OK) return PSTM_OK;
    if (status == PSTM_DATA && !is_foreign)
        return pstm_while(
            status, "the trace store %s is of no use (delete it, and the next run makes it anew)", path);
    return pstm_while(status, "%s", path);
}

void pstm_store_layout_clear(pstm_store_layout *layout)
{
    pstm_text_clear(&layout->key);
    pstm_text_clear(&layout->commit);
}
