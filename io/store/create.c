/* Making a trace store. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/text.h"
#include "io/durable.h"
#include "io/store/bytes.h"
#include "io/store/header.h"
#include "io/store/skeleton.h"
#include "io/store/store.h"

enum { SKELETON_BYTES = 1 << 16 /**< about what the HDF5 file needs beside its rows */ };

/** Reserves the whole file on disk and writes /leaf, /input and the header. `path` is for messages. */
static pstm_status fill(int descriptor, const char *path, const pstm_leaf *leaves,
                        const pstm_file_identity *inputs, pstm_store_header *header)
{
    struct stat now;
    if (fstat(descriptor, &now) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    header->file_bytes = (int64_t)now.st_size;
    PSTM_TRY(pstm_durable_reserve(descriptor, path, 0, header->file_bytes, header->file_bytes));
    PSTM_TRY(pstm_store_put_bytes(descriptor, path, header->leaf_byte, leaves,
                                  header->n_leaves * (int64_t)sizeof *leaves));
    PSTM_TRY(pstm_store_put_bytes(descriptor, path, header->input_byte, inputs,
                                  header->n_inputs * (int64_t)sizeof *inputs));
    PSTM_TRY(pstm_store_header_write(descriptor, path, header));
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
    pstm_store_header header;
    int64_t data_bytes;
    int descriptor = -1;
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_store_header_make(path, about, leaves, &header, &data_bytes));
    PSTM_GO(pstm_text_add(&draft, "%s.XXXXXX", path));
    descriptor = mkostemp(draft.bytes, O_CLOEXEC);
    if (descriptor < 0) PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot make the trace store %s", path));
    PSTM_GO(try_room(descriptor, path, data_bytes + (int64_t)strlen(about->key) + SKELETON_BYTES));
    /* HDF5 opens and cuts the same file, so the descriptor goes on to mean it. */
    PSTM_GO(pstm_store_skeleton_make(draft.bytes, about, &header));
    PSTM_GO(fill(descriptor, path, leaves, about->inputs, &header));
    if (rename(draft.bytes, path) != 0)
        PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot rename %s to %s", draft.bytes, path));
    PSTM_GO(pstm_durable_folder(path));
cleanup:
    if (descriptor >= 0) close(descriptor);
    if (descriptor >= 0 && status != PSTM_OK) unlink(draft.bytes);
    pstm_text_clear(&draft);
    return status;
}
