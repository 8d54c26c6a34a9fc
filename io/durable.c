#include "io/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/text.h"

/* Appends the folder that holds `path` ("." when the path names none). */
static pstm_status folder_of(const char *path, pstm_text *folder)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return pstm_text_add(folder, ".");
    return pstm_text_add(folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static pstm_status sync_path(const char *path, int flags)
{
    const int descriptor = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot open %s to sync it", path);
    pstm_status status = PSTM_OK;
    /* Some file systems cannot sync folders (EINVAL); they have nothing to be synced. */
    if (fsync(descriptor) != 0 && !((flags & O_DIRECTORY) && errno == EINVAL))
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot sync %s", path);
    close(descriptor);
    return status;
}

pstm_status pstm_durable_folder(const char *path)
{
    pstm_text folder = {0};
    pstm_status status = folder_of(path, &folder);
    if (status == PSTM_OK) status = sync_path(folder.bytes, O_DIRECTORY);
    pstm_text_clear(&folder);
    return status;
}

pstm_status pstm_durable_file(const char *path)
{
    return sync_path(path, 0);
}

void pstm_durable_begin(int descriptor)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE); /* 0, 0: all of it */
#else
    (void)descriptor;
#endif
}

static pstm_status fail_full(const char *path, int64_t needed_bytes, int64_t free_bytes, const char *reason)
{
    pstm_text folder = {0};
    PSTM_TRY(folder_of(path, &folder));
    const pstm_status status =
        pstm_fail(PSTM_SYSTEM,
                  "%s needs %.3f GB (%lld bytes) on disk, but folder %s has %.3f GB (%lld bytes) free (%s); "
                  "free some space, write to another folder, or switch parts of the output off",
                  path, (double)needed_bytes / 1e9, (long long)needed_bytes, folder.bytes,
                  (double)free_bytes / 1e9, (long long)free_bytes, reason);
    pstm_text_clear(&folder);
    return status;
}

/* Bytes that this user can still write beside `path`; -1 when unknown. */
static int64_t free_beside(const char *path)
{
    pstm_text folder = {0};
    struct statvfs about;
    int64_t free_bytes = -1;
    if (folder_of(path, &folder) == PSTM_OK && statvfs(folder.bytes, &about) == 0)
        free_bytes = (int64_t)about.f_bavail * (int64_t)about.f_frsize;
    pstm_text_clear(&folder);
    return free_bytes;
}

pstm_status pstm_durable_check_room(const char *path, int64_t needed_bytes)
{
    const int64_t free_bytes = free_beside(path);
    if (free_bytes < 0 || free_bytes >= needed_bytes) return PSTM_OK;
    return fail_full(path, needed_bytes, free_bytes, "the disk is too full");
}

pstm_status pstm_durable_reserve(int descriptor, const char *path, int64_t offset, int64_t n_bytes,
                                 int64_t needed_bytes)
{
    const int64_t free_bytes = free_beside(path);
    int result;
    do
        result = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, n_bytes);
    while (result != 0 && errno == EINTR);
    /* posix_fallocate() would write a byte to each block instead, which takes hours for a large cube. */
    if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS) return PSTM_OK;
    const int reason = errno;
    if (reason != ENOSPC && reason != EDQUOT && reason != EFBIG)
        return pstm_fail_errno(PSTM_SYSTEM, "cannot reserve %lld bytes for %s", (long long)n_bytes, path);
    return fail_full(path, needed_bytes, free_bytes, strerror(reason));
}
