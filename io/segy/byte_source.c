#include "io/segy/byte_source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"

/* ---- which files stay open ---- */

enum {
    MOST_OPEN = 16384, /* more descriptors than this are not asked for */
    OTHERS = 2         /* one part of this many is for files; the rest for MPI, HDF5, devices and threads */
};

static pthread_once_t limit_is_found = PTHREAD_ONCE_INIT;
static int64_t limit;
static atomic_int_fast64_t n_open;

/* The soft limit is raised towards the hard one. */
static void find_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    const rlim_t wanted = files.rlim_max < MOST_OPEN ? files.rlim_max : MOST_OPEN;
    struct rlimit raised = {wanted, files.rlim_max};
    if (files.rlim_cur < wanted && setrlimit(RLIMIT_NOFILE, &raised) == 0) files.rlim_cur = wanted;
    limit = (int64_t)(files.rlim_cur < MOST_OPEN ? files.rlim_cur : MOST_OPEN) / OTHERS;
}

/* The descriptor as it is, or -1 when as many files are open as may be: it is then closed, and the file is
 * opened for each read. */
static int keep_open(int fd)
{
    pthread_once(&limit_is_found, find_limit);
    if (atomic_fetch_add(&n_open, 1) < limit) return fd;
    atomic_fetch_sub(&n_open, 1);
    close(fd);
    return -1;
}

/* ---- a file ---- */

static pstm_status fail_at(const pstm_byte_source *source, int64_t offset, int64_t n)
{
    return pstm_fail_errno(PSTM_SYSTEM, "%s: cannot read %" PRId64 " bytes at byte %" PRId64, source->name, n,
                           offset);
}

static pstm_status read_from(const pstm_byte_source *source, int fd, int64_t offset, int64_t n, void *bytes)
{
    const pstm_fault fault = pstm_fault_at(PSTM_FAULT_READ, -1);
    char *at = bytes;
    int64_t done = 0;
    while (done < n) {
        const int64_t wanted = fault == PSTM_FAULT_SHORT ? (n - done + 1) / 2 : n - done;
        ssize_t got = pread(fd, at + done, (size_t)wanted, (off_t)(offset + done));
        if (fault == PSTM_FAULT_ERROR) {
            got = -1;
            errno = EIO;
        }
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_at(source, offset + done, n - done);
        if (got == 0)
            return pstm_fail(PSTM_DATA,
                             "%s: ends at byte %" PRId64 ", but had %" PRId64
                             " bytes when it was opened; is it still being written?",
                             source->name, offset + done, source->size_bytes);
        done += got;
    }
    return PSTM_OK;
}

static pstm_status look_at(const char *path, int fd, pstm_file_identity *identity)
{
    struct stat about;
    if (fstat(fd, &about) != 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    if (!S_ISREG(about.st_mode))
        return pstm_fail(PSTM_DATA,
                         "%s is not a regular file; traces are read from files on disk (input.segy)", path);
    *identity = pstm_file_identity_make(&about);
    return PSTM_OK;
}

/* *fd and *identity are those of the file at `path`, which the caller closes. */
static pstm_status open_file(const char *path, int *fd, pstm_file_identity *identity)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a named pipe would block */
    if (*fd < 0 && (errno == EMFILE || errno == ENFILE))
        return pstm_fail_errno(
            PSTM_SYSTEM, "cannot open %s (input.segy); raise the limit of open files (ulimit -n)", path);
    if (*fd < 0) return pstm_fail_errno(PSTM_DATA, "cannot open %s (input.segy)", path);
    const pstm_status status = look_at(path, *fd, identity);
    if (status != PSTM_OK) close(*fd);
    return status;
}

static pstm_status fail_changed(const pstm_byte_source *source, const pstm_file_identity *now)
{
    pstm_text text = {0};
    pstm_status status = pstm_file_identity_difference(&source->identity, now, &text);
    if (status == PSTM_OK)
        status = pstm_fail(PSTM_DATA,
                           "%s has changed while it was read: %s; start again when nothing writes to it",
                           source->name, text.bytes);
    pstm_text_clear(&text);
    return status;
}

/* The file once more, which must be the one that it was. */
static pstm_status open_again(const pstm_byte_source *source, int *fd)
{
    pstm_file_identity now;
    PSTM_TRY(open_file(source->name, fd, &now));
    if (pstm_file_identity_is_same(&source->identity, &now)) return PSTM_OK;
    close(*fd);
    return fail_changed(source, &now);
}

static pstm_status read_file(const pstm_byte_source *source, int64_t offset, int64_t n, void *bytes)
{
    int fd = source->fd;
    if (fd < 0) PSTM_TRY(open_again(source, &fd));
    const pstm_status status = read_from(source, fd, offset, n, bytes);
    if (source->fd < 0) close(fd);
    return status;
}

pstm_status pstm_byte_source_open(const char *path, pstm_byte_source *source)
{
    int fd;
    pstm_file_identity identity;
    PSTM_TRY(open_file(path, &fd, &identity));
    *source = (pstm_byte_source){.name = path,
                                 .size_bytes = identity.size_bytes,
                                 .read_at = read_file,
                                 .fd = keep_open(fd),
                                 .identity = identity};
    return PSTM_OK;
}

/* ---- the others ---- */

static pstm_status read_memory(const pstm_byte_source *source, int64_t offset, int64_t n, void *bytes)
{
    memcpy(bytes, (const char *)source->memory + offset, (size_t)n);
    return PSTM_OK;
}

pstm_byte_source pstm_byte_source_memory(const char *name, const void *bytes, int64_t n)
{
    return (pstm_byte_source){.name = name, .size_bytes = n, .read_at = read_memory, .memory = bytes};
}

static pstm_status read_failing(const pstm_byte_source *source, int64_t offset, int64_t n, void *bytes)
{
    if (n <= source->fails_at - offset) return pstm_byte_source_read(source->behind, offset, n, bytes);
    errno = EIO;
    return fail_at(source, offset, n);
}

pstm_byte_source pstm_byte_source_failing(const pstm_byte_source *behind, int64_t k)
{
    return (pstm_byte_source){.name = behind->name,
                              .size_bytes = behind->size_bytes,
                              .read_at = read_failing,
                              .behind = behind,
                              .fails_at = k};
}

/* ---- all ---- */

pstm_status pstm_byte_source_read(const pstm_byte_source *source, int64_t offset, int64_t n, void *bytes)
{
    if (offset >= 0 && n >= 0 && n <= source->size_bytes - offset)
        return source->read_at(source, offset, n, bytes);
    return pstm_fail(PSTM_DATA,
                     "%s: %" PRId64 " bytes at byte %" PRId64 " are not among its %" PRId64 " bytes",
                     source->name, n, offset, source->size_bytes);
}

pstm_status pstm_byte_source_check(const pstm_byte_source *source)
{
    pstm_file_identity now;
    if (source->read_at != read_file) return PSTM_OK;
    int fd = source->fd;
    if (fd < 0) {
        PSTM_TRY(open_again(source, &fd));
        close(fd);
        return PSTM_OK;
    }
    PSTM_TRY(look_at(source->name, fd, &now));
    return pstm_file_identity_is_same(&source->identity, &now) ? PSTM_OK : fail_changed(source, &now);
}

void pstm_byte_source_close(pstm_byte_source *source)
{
    if (source->read_at == read_file && source->fd >= 0) {
        close(source->fd);
        atomic_fetch_sub(&n_open, 1);
    }
    *source = (pstm_byte_source){0};
}
