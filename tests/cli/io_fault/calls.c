/* System calls on files. Each has its name with and without 64 bits, so this is compiled without them. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "io_fault.h"

/* Of a descriptor `fd`; `failed` is what it returns when it fails. */
#define HOOK_DESCRIPTOR(result, name, call, failed, parameters, ...)                                         \
    result name parameters                                                                                   \
    {                                                                                                        \
        static result(*real) parameters;                                                                     \
        REAL(name);                                                                                          \
        return io_fault_on_descriptor(call, CALLER, fd) == IO_FAILS ? (failed) : real(__VA_ARGS__);          \
    }

/* The same with `n` bytes, of which half may be moved. */
#define HOOK_BYTES(name, call, parameters, ...)                                                              \
    ssize_t name parameters                                                                                  \
    {                                                                                                        \
        static ssize_t(*real) parameters;                                                                    \
        REAL(name);                                                                                          \
        const io_verdict verdict = io_fault_on_descriptor(call, CALLER, fd);                                 \
        if (verdict == IO_IS_SHORT && n > 1) n /= 2;                                                         \
        return verdict == IO_FAILS ? -1 : real(__VA_ARGS__);                                                 \
    }

/* Of a path, relative to `folder`. */
#define HOOK_PATH(name, call, folder, parameters, ...)                                                       \
    int name parameters                                                                                      \
    {                                                                                                        \
        static int(*real) parameters;                                                                        \
        REAL(name);                                                                                          \
        return io_fault_on_path(call, CALLER, folder, path) == IO_FAILS ? -1 : real(__VA_ARGS__);            \
    }

/* With a mode behind the flags, if these make a file. */
#define HOOK_OPEN(name, call, folder, parameters, ...)                                                       \
    int name parameters                                                                                      \
    {                                                                                                        \
        static int(*real) parameters;                                                                        \
        REAL(name);                                                                                          \
        int mode = 0;                                                                                        \
        if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {                                         \
            va_list arguments;                                                                               \
            va_start(arguments, flags);                                                                      \
            mode = va_arg(arguments, int);                                                                   \
            va_end(arguments);                                                                               \
        }                                                                                                    \
        return io_fault_on_path(call, CALLER, folder, path) == IO_FAILS ? -1 : real(__VA_ARGS__, mode);      \
    }

/* One that takes place and then says that it has failed, as of a file whose last bytes are lost. */
int close(int fd)
{
    static int (*real)(int fd);
    REAL(close);
    const bool fails = io_fault_on_descriptor("close", CALLER, fd) == IO_FAILS;
    const int error = errno, closed = real(fd);
    if (fails) errno = error;
    return fails ? -1 : closed;
}

HOOK_OPEN(open, "open", AT_FDCWD, (const char *path, int flags, ...), path, flags)
HOOK_OPEN(open64, "open", AT_FDCWD, (const char *path, int flags, ...), path, flags)
HOOK_OPEN(openat, "openat", folder, (int folder, const char *path, int flags, ...), folder, path, flags)
HOOK_OPEN(openat64, "openat", folder, (int folder, const char *path, int flags, ...), folder, path, flags)
HOOK_PATH(mkostemp, "open", AT_FDCWD, (char *path, int flags), path, flags)
HOOK_PATH(mkostemp64, "open", AT_FDCWD, (char *path, int flags), path, flags)
HOOK_PATH(rename, "rename", AT_FDCWD, (const char *path, const char *to), path, to)
HOOK_PATH(unlink, "unlink", AT_FDCWD, (const char *path), path)
HOOK_PATH(mkdir, "mkdir", AT_FDCWD, (const char *path, mode_t mode), path, mode)
HOOK_PATH(access, "access", AT_FDCWD, (const char *path, int mode), path, mode)
HOOK_PATH(stat, "stat", AT_FDCWD, (const char *path, struct stat *about), path, about)
HOOK_PATH(stat64, "stat", AT_FDCWD, (const char *path, struct stat64 *about), path, about)
HOOK_PATH(lstat, "lstat", AT_FDCWD, (const char *path, struct stat *about), path, about)
HOOK_PATH(lstat64, "lstat", AT_FDCWD, (const char *path, struct stat64 *about), path, about)
HOOK_DESCRIPTOR(int, fstat, "fstat", -1, (int fd, struct stat *about), fd, about)
HOOK_DESCRIPTOR(int, fstat64, "fstat", -1, (int fd, struct stat64 *about), fd, about)
HOOK_BYTES(read, "read", (int fd, void *bytes, size_t n), fd, bytes, n)
HOOK_BYTES(pread, "pread", (int fd, void *bytes, size_t n, off_t at), fd, bytes, n, at)
HOOK_BYTES(pread64, "pread", (int fd, void *bytes, size_t n, off64_t at), fd, bytes, n, at)
HOOK_BYTES(write, "write", (int fd, const void *bytes, size_t n), fd, bytes, n)
HOOK_BYTES(pwrite, "pwrite", (int fd, const void *bytes, size_t n, off_t at), fd, bytes, n, at)
HOOK_BYTES(pwrite64, "pwrite", (int fd, const void *bytes, size_t n, off64_t at), fd, bytes, n, at)
HOOK_DESCRIPTOR(ssize_t, readv, "readv", -1, (int fd, const struct iovec *parts, int n), fd, parts, n)
HOOK_DESCRIPTOR(ssize_t, writev, "writev", -1, (int fd, const struct iovec *parts, int n), fd, parts, n)
HOOK_DESCRIPTOR(ssize_t, preadv, "preadv", -1, (int fd, const struct iovec *parts, int n, off_t at), fd,
                parts, n, at)
HOOK_DESCRIPTOR(ssize_t, preadv64, "preadv", -1, (int fd, const struct iovec *parts, int n, off64_t at), fd,
                parts, n, at)
HOOK_DESCRIPTOR(ssize_t, pwritev, "pwritev", -1, (int fd, const struct iovec *parts, int n, off_t at), fd,
                parts, n, at)
HOOK_DESCRIPTOR(ssize_t, pwritev64, "pwritev", -1, (int fd, const struct iovec *parts, int n, off64_t at), fd,
                parts, n, at)
HOOK_DESCRIPTOR(off_t, lseek, "lseek", -1, (int fd, off_t at, int from), fd, at, from)
HOOK_DESCRIPTOR(off64_t, lseek64, "lseek", -1, (int fd, off64_t at, int from), fd, at, from)
HOOK_DESCRIPTOR(int, ftruncate, "ftruncate", -1, (int fd, off_t n), fd, n)
HOOK_DESCRIPTOR(int, ftruncate64, "ftruncate", -1, (int fd, off64_t n), fd, n)
HOOK_DESCRIPTOR(int, fallocate, "fallocate", -1, (int fd, int mode, off_t at, off_t n), fd, mode, at, n)
HOOK_DESCRIPTOR(int, fallocate64, "fallocate", -1, (int fd, int mode, off64_t at, off64_t n), fd, mode, at, n)
HOOK_DESCRIPTOR(int, posix_fallocate, "posix_fallocate", errno, (int fd, off_t at, off_t n), fd, at, n)
HOOK_DESCRIPTOR(int, posix_fallocate64, "posix_fallocate", errno, (int fd, off64_t at, off64_t n), fd, at, n)
HOOK_DESCRIPTOR(int, fsync, "fsync", -1, (int fd), fd)
HOOK_DESCRIPTOR(int, fdatasync, "fdatasync", -1, (int fd), fd)
HOOK_DESCRIPTOR(int, flock, "flock", -1, (int fd, int operation), fd, operation)
HOOK_DESCRIPTOR(void *, mmap, "mmap", MAP_FAILED,
                (void *at, size_t n, int rights, int flags, int fd, off_t from), at, n, rights, flags, fd,
                from)
HOOK_DESCRIPTOR(void *, mmap64, "mmap", MAP_FAILED,
                (void *at, size_t n, int rights, int flags, int fd, off64_t from), at, n, rights, flags, fd,
                from)
