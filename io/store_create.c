/* Making a trace store, and marking it complete. */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/text.h"
#include "io/digest.h"
#include "io/durable.h"
#include "io/h5.h"
#include "io/store.h"
#include "io/store_bytes.h"
#include "io/store_layout.h"
#include "migrate/device.h"

enum {
    ALIGNMENT = 4096,        /**< of large datasets in the file: pages of memory, blocks of disks */
    ALIGNED_FROM = 1 << 16,  /**< bytes from which a dataset is large */
    SKELETON_BYTES = 1 << 16 /**< about what the HDF5 file needs beside its rows */
};

static hid_t access_list(void)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_alignment(list, ALIGNED_FROM, ALIGNMENT);
    return list;
}

static int64_t row_floats(const pstm_store_about *about)
{
    return about->n_levels * pstm_trace_stride(about->n_samples);
}

static pstm_status check_about(const char *path, const pstm_store_about *about, int64_t *data_bytes)
{
    int64_t per_trace = (int64_t)sizeof(pstm_trace), samples, traces, leaves;
    if (!about->key || about->n_traces < 0 || about->n_leaves < 0 || about->n_samples < 1 ||
        about->n_samples > INT32_MAX - 4 * PSTM_TRACE_PAD || about->n_levels < 1 ||
        about->n_levels > PSTM_MOST_LEVELS || !(about->sample_s > 0.0) || !isfinite(about->sample_s))
        return pstm_fail(
            PSTM_DATA, "%s: no trace store can hold %lld traces of %d samples every %g s in %lld leaves",
            path, (long long)about->n_traces, about->n_samples, about->sample_s, (long long)about->n_leaves);
    int64_t row_bytes = row_floats(about) * (int64_t)sizeof(float);
    if (__builtin_mul_overflow(about->n_traces, row_bytes, &samples) ||
        __builtin_mul_overflow(about->n_traces, per_trace, &traces) ||
        __builtin_mul_overflow(about->n_leaves, (int64_t)sizeof(pstm_leaf), &leaves) ||
        __builtin_add_overflow(samples, traces, &samples) ||
        __builtin_add_overflow(samples, leaves, data_bytes))
        return pstm_fail(PSTM_DATA, "%s: %lld traces of %d samples are more than a file can hold", path,
                         (long long)about->n_traces, about->n_samples);
    return PSTM_OK;
}

/** Makes a dataset with its room in the file and nothing written there; gives its place. */
static pstm_status make_dataset(hid_t file, const char *name, hid_t type, int n_axes, const hsize_t *shape,
                                int64_t *byte)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(n_axes, shape, NULL);
    H5Pset_layout(list, H5D_CONTIGUOUS);
    H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    pstm_status status = PSTM_OK;
    if (dataset < 0)
        status = pstm_h5_fail("cannot make the dataset %s", name);
    else
        *byte = pstm_store_dataset_byte(dataset);
    if (dataset >= 0) H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(list);
    return status;
}

static pstm_status make_datasets(hid_t file, const pstm_store_about *about, pstm_store_places *places)
{
    hid_t trace_type = pstm_store_trace_type(), leaf_type = pstm_store_leaf_type();
    hsize_t shape[2] = {(hsize_t)about->n_traces, (hsize_t)row_floats(about)};
    hsize_t n_leaves = (hsize_t)about->n_leaves;
    pstm_status status = PSTM_OK;
    PSTM_GO(make_dataset(file, "/trace", trace_type, 1, shape, &places->trace_byte));
    PSTM_GO(make_dataset(file, "/leaf", leaf_type, 1, &n_leaves, &places->leaf_byte));
    PSTM_GO(make_dataset(file, "/samples", H5T_NATIVE_FLOAT, 2, shape, &places->samples_byte));
cleanup:
    H5Tclose(trace_type);
    H5Tclose(leaf_type);
    return status;
}

static pstm_status put_digest(hid_t file, uint64_t digest)
{
    char hex[PSTM_DIGEST_CHARS];
    pstm_digest_to_hex(digest, hex);
    return pstm_h5_put_text(file, "samples_digest", hex);
}

static pstm_status put_attributes(hid_t file, const pstm_store_about *about)
{
    PSTM_TRY(pstm_h5_put_text(file, "kind", PSTM_STORE_KIND));
    PSTM_TRY(pstm_h5_put_integer(file, "version", PSTM_STORE_VERSION));
    PSTM_TRY(pstm_h5_put_text(file, "key", about->key));
    PSTM_TRY(pstm_h5_put_text(file, "commit", about->commit ? about->commit : ""));
    PSTM_TRY(pstm_h5_put_integer(file, "n_samples", about->n_samples));
    PSTM_TRY(pstm_h5_put_integer(file, "n_levels", about->n_levels));
    PSTM_TRY(pstm_h5_put_double(file, "sample_s", about->sample_s));
    PSTM_TRY(put_digest(file, 0));
    return pstm_h5_put_integer(file, "complete", 0);
}

/** The HDF5 file with attributes and datasets, but without their rows. */
static pstm_status make_skeleton(const char *path, const pstm_store_about *about, pstm_store_places *places)
{
    pstm_h5_setup();
    hid_t list = access_list(), file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, list);
    H5Pclose(list);
    if (file < 0) return pstm_h5_fail("cannot make the HDF5 file %s", path);
    pstm_status status = put_attributes(file, about);
    if (status == PSTM_OK) status = make_datasets(file, about, places);
    if (H5Fclose(file) < 0 && status == PSTM_OK) status = pstm_h5_fail("cannot write the HDF5 file %s", path);
    return status;
}

/** Reserves the whole file on disk and writes the rows of /leaf. `path` is for messages. */
static pstm_status fill(int descriptor, const char *path, const pstm_store_about *about,
                        const pstm_store_places *places, const pstm_leaf *leaves)
{
    struct stat now;
    if (fstat(descriptor, &now) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    PSTM_TRY(pstm_durable_reserve(descriptor, path, 0, (int64_t)now.st_size, (int64_t)now.st_size));
    PSTM_TRY(pstm_store_put_bytes(descriptor, path, places->leaf_byte, leaves,
                                  about->n_leaves * (int64_t)sizeof *leaves));
    if (fsync(descriptor) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot sync %s", path);
    return PSTM_OK;
}

/**
 * Fails now when disk, quota or a limit will not take the file: an HDF5 file that cannot be closed for that
 * reason stays half open and brings the program down at its end (HDF5 1.10).
 */
static pstm_status try_room(int descriptor, const char *path, int64_t bytes)
{
    PSTM_TRY(pstm_durable_check_room(path, bytes));
    if (ftruncate(descriptor, (off_t)bytes) != 0)
        return pstm_fail_errno(PSTM_SYSTEM, "%s cannot grow to the %lld bytes of the traces", path,
                               (long long)bytes);
    return pstm_durable_reserve(descriptor, path, 0, bytes, bytes);
}

/* Six characters of mkostemp(). */
static bool is_draft_suffix(const char *suffix)
{
    return strlen(suffix) == 6 && strspn(suffix, "abcdefghijklmnopqrstuvwxyz"
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == 6;
}

static void remove_drafts_in(DIR *folder, const char *name)
{
    const size_t n = strlen(name);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *other = entry->d_name;
        struct stat about;
        if (strncmp(other, name, n) != 0 || other[n] != '.' || !is_draft_suffix(other + n + 1)) continue;
        if (fstatat(dirfd(folder), other, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(about.st_mode))
            continue;
        if (unlinkat(dirfd(folder), other, 0) != 0)
            pstm_warn("cannot remove %s, left by a killed run", other);
    }
}

void pstm_store_remove_drafts(const char *path)
{
    const char *slash = strrchr(path, '/');
    pstm_text folder = {0};
    const int n = slash == NULL ? 1 : (int)(slash - path) + 1;
    if (pstm_text_add(&folder, "%.*s", n, slash == NULL ? "." : path) == PSTM_OK) {
        DIR *opened = opendir(folder.bytes);
        if (opened != NULL) {
            remove_drafts_in(opened, slash == NULL ? path : slash + 1);
            closedir(opened);
        }
    }
    pstm_text_clear(&folder);
}

pstm_status pstm_store_create(const char *path, const pstm_store_about *about, const pstm_leaf *leaves)
{
    pstm_text draft = {0};
    pstm_store_places places;
    int64_t data_bytes;
    int descriptor = -1;
    pstm_status status = PSTM_OK;
    PSTM_GO(check_about(path, about, &data_bytes));
    PSTM_GO(pstm_text_add(&draft, "%s.XXXXXX", path));
    descriptor = mkostemp(draft.bytes, O_CLOEXEC);
    if (descriptor < 0) PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot make the trace store %s", path));
    PSTM_GO(try_room(descriptor, path, data_bytes + (int64_t)strlen(about->key) + SKELETON_BYTES));
    /* HDF5 opens and cuts the same file, so the descriptor goes on to mean it. */
    PSTM_GO(make_skeleton(draft.bytes, about, &places));
    PSTM_GO(fill(descriptor, path, about, &places, leaves));
    if (rename(draft.bytes, path) != 0)
        PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot rename %s to %s", draft.bytes, path));
    PSTM_GO(pstm_durable_folder(path));
cleanup:
    if (descriptor >= 0) close(descriptor);
    if (descriptor >= 0 && status != PSTM_OK) unlink(draft.bytes);
    pstm_text_clear(&draft);
    return status;
}

static pstm_status mark_complete(const char *path, uint64_t samples_digest)
{
    hid_t list = access_list(), file = H5Fopen(path, H5F_ACC_RDWR, list);
    H5Pclose(list);
    if (file < 0) return pstm_h5_fail("cannot open the HDF5 file for writing");
    pstm_status status = put_digest(file, samples_digest);
    if (status == PSTM_OK) status = pstm_h5_put_integer(file, "complete", 1);
    if (H5Fclose(file) < 0 && status == PSTM_OK) status = pstm_h5_fail("cannot write the HDF5 file");
    return status;
}

pstm_status pstm_store_finish(const char *path, uint64_t samples_digest)
{
    pstm_store_layout layout = {0};
    pstm_status status = pstm_store_layout_read(path, &layout, NULL);
    pstm_store_layout_clear(&layout);
    if (status == PSTM_OK) status = mark_complete(path, samples_digest);
    if (status == PSTM_OK) status = pstm_durable_file(path);
    if (status == PSTM_OK) return PSTM_OK;
    return pstm_while(status, "while finishing the trace store %s", path);
}
