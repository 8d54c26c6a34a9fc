/* Streams of pstm: what the C library reads and writes for them is not called by name, so they get functions
 * of their own, which move all bytes of a call or fail as those of the library do. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "io_fault.h"

static int descriptor_of(const void *cookie)
{
    return (int)(intptr_t)cookie;
}

static ssize_t read_stream(void *cookie, char *bytes, size_t n)
{
    io_fault_lend_pstm(true);
    const ssize_t got = read(descriptor_of(cookie), bytes, n);
    io_fault_lend_pstm(false);
    return got;
}

static ssize_t write_stream(void *cookie, const char *bytes, size_t n)
{
    size_t done = 0;
    io_fault_lend_pstm(true);
    while (done < n) {
        const ssize_t put = write(descriptor_of(cookie), bytes + done, n - done);
        if (put < 0) break;
        done += (size_t)put;
    }
    io_fault_lend_pstm(false);
    return (ssize_t)done;
}

static int seek_stream(void *cookie, off64_t *at, int from)
{
    const off64_t now = lseek64(descriptor_of(cookie), *at, from);
    if (now >= 0) *at = now;
    return now < 0 ? -1 : 0;
}

static int close_stream(void *cookie)
{
    io_fault_lend_pstm(true);
    const int closed = close(descriptor_of(cookie));
    io_fault_lend_pstm(false);
    return closed;
}

static FILE *stream_on(int descriptor, const char *mode)
{
    return fopencookie((void *)(intptr_t)descriptor, mode,
                       (cookie_io_functions_t){read_stream, write_stream, seek_stream, close_stream});
}

FILE *fdopen(int descriptor, const char *mode)
{
    static FILE *(*real)(int descriptor, const char *mode);
    REAL(fdopen);
    return io_fault_is_pstm(CALLER) ? stream_on(descriptor, mode) : real(descriptor, mode);
}

/* pstm opens by it what it reads only. */
static FILE *open_stream(const char *path, const char *mode)
{
    io_fault_lend_pstm(true);
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    io_fault_lend_pstm(false);
    return descriptor < 0 ? NULL : stream_on(descriptor, mode);
}

#define HOOK_FOPEN(name)                                                                                     \
    FILE *name(const char *path, const char *mode)                                                           \
    {                                                                                                        \
        static FILE *(*real)(const char *path, const char *mode);                                            \
        REAL(name);                                                                                          \
        return mode[0] == 'r' && io_fault_is_pstm(CALLER) ? open_stream(path, mode) : real(path, mode);      \
    }

HOOK_FOPEN(fopen)
HOOK_FOPEN(fopen64)
