/* To be preloaded: lets one system call on files fail. IO_FAULT=CALL:N[+]:ENDING:ERRNO has the Nth CALL (with
 * +: it and all later ones) fail whose file has a name that ends so. What has failed is appended to the file
 * IO_FAULT_HITS. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static char wished[16], ending[64];
static int number, error;
static bool and_later;
static atomic_int seen;

__attribute__((constructor)) static void read_wish(void)
{
    char plus = 0;
    const char *text = getenv("IO_FAULT");
    if (text == NULL || sscanf(text, "%15[^:]:%d%c", wished, &number, &plus) < 2) return;
    and_later = plus == '+';
    const char *at = strchr(strchr(text, ':') + 1, ':');
    if (at == NULL || sscanf(at, ":%63[^:]:%d", ending, &error) != 2) wished[0] = '\0';
}

static void record(const char *call, const char *path)
{
    const char *hits = getenv("IO_FAULT_HITS");
    FILE *file = hits == NULL ? NULL : fopen(hits, "a");
    if (file == NULL) return;
    fprintf(file, "%s %s\n", call, path);
    fclose(file);
}

static bool fails_at(const char *call, const char *path)
{
    const size_t n = strlen(path), n_ending = strlen(ending);
    if (n < n_ending || strcmp(path + n - n_ending, ending) != 0) return false;
    const int now = atomic_fetch_add(&seen, 1) + 1;
    if (now != number && !(and_later && now > number)) return false;
    wished[0] = and_later ? wished[0] : '\0';
    record(call, path);
    errno = error;
    return true;
}

static bool fails(const char *call, int descriptor)
{
    char link[64], path[4096];
    if (strcmp(call, wished) != 0) return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return false;
    path[n] = '\0';
    return fails_at(call, path);
}

/* A call and what it is with files of 64 bits. */
#define HOOK(result, name, call, parameters, ...)                                                            \
    result name parameters                                                                                   \
    {                                                                                                        \
        static result(*real) parameters;                                                                     \
        if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, #name);                                         \
        return fails(call, fd) ? (result)-1 : real(__VA_ARGS__);                                             \
    }

HOOK(ssize_t, write, "write", (int fd, const void *bytes, size_t n), fd, bytes, n)
HOOK(ssize_t, pwrite, "pwrite", (int fd, const void *bytes, size_t n, off_t at), fd, bytes, n, at)
HOOK(ssize_t, pwrite64, "pwrite", (int fd, const void *bytes, size_t n, off64_t at), fd, bytes, n, at)
HOOK(ssize_t, writev, "pwrite", (int fd, const struct iovec *parts, int n), fd, parts, n)
HOOK(ssize_t, pwritev, "pwrite", (int fd, const struct iovec *parts, int n, off_t at), fd, parts, n, at)
HOOK(ssize_t, pwritev64, "pwrite", (int fd, const struct iovec *parts, int n, off64_t at), fd, parts, n, at)
HOOK(ssize_t, pread, "pread", (int fd, void *bytes, size_t n, off_t at), fd, bytes, n, at)
HOOK(ssize_t, pread64, "pread", (int fd, void *bytes, size_t n, off64_t at), fd, bytes, n, at)
HOOK(int, ftruncate, "ftruncate", (int fd, off_t n), fd, n)
HOOK(int, ftruncate64, "ftruncate", (int fd, off64_t n), fd, n)
HOOK(int, fallocate, "fallocate", (int fd, int mode, off_t at, off_t n), fd, mode, at, n)
HOOK(int, fallocate64, "fallocate", (int fd, int mode, off64_t at, off64_t n), fd, mode, at, n)
HOOK(int, fsync, "fsync", (int fd), fd)
HOOK(int, fdatasync, "fdatasync", (int fd), fd)
