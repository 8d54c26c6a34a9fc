/* Which call is to fail. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io_fault.h"

enum { NAME_BYTES = 64, PATH_BYTES = 4096, LOG_DESCRIPTOR = 500 };

static struct {
    char call[NAME_BYTES], object[NAME_BYTES], file[PATH_BYTES];
    long number;
    bool and_later;
    int error;
} wish;

static const char *root;
static int log_descriptor, rank;
static bool lists, wishes;
static atomic_long seen;
static _Thread_local bool is_lent, is_inside;

/* system calls, since what this library calls by name would be caught by itself */
static void open_log(const char *path)
{
    const int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT, 0666);
    log_descriptor = (int)syscall(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, LOG_DESCRIPTOR);
    syscall(SYS_close, descriptor);
}

__attribute__((constructor)) static void read_wish(void)
{
    const char *log = getenv("IO_FAULT_LOG"), *text = getenv("IO_FAULT");
    const char *its_rank = getenv("OMPI_COMM_WORLD_RANK");
    char number[NAME_BYTES];
    int wished_rank = 0;
    void *frame;
    root = getenv("IO_FAULT_ROOT");
    if (log == NULL || root == NULL) return;
    rank = its_rank == NULL ? 0 : atoi(its_rank);
    backtrace(&frame, 1); /* loads what it needs */
    open_log(log);
    lists = text == NULL;
    if (lists) return;
    if (sscanf(text, "%63s %63s %4095s %63s %d %d", wish.call, wish.object, wish.file, number, &wish.error,
               &wished_rank) < 5)
        return;
    wish.number = atol(number);
    wish.and_later = strchr(number, '+') != NULL;
    wishes = wished_rank == rank;
}

/* ---- names ---- */

void io_fault_lend_pstm(bool lent)
{
    is_lent = lent;
}

static void name_object(const void *caller, char *name)
{
    struct dl_find_object found;
    const char *path = "?";
    if (!is_lent && _dl_find_object((void *)(uintptr_t)caller, &found) == 0)
        path = found.dlfo_link_map->l_name;
    if (is_lent || path[0] == '\0') path = "pstm";
    const char *slash = strrchr(path, '/');
    snprintf(name, NAME_BYTES, "%s", slash == NULL ? path : slash + 1);
    name[strcspn(name, ".")] = '\0';
}

bool io_fault_is_pstm(const void *caller)
{
    char object[NAME_BYTES];
    name_object(caller, object);
    return strcmp(object, "pstm") == 0;
}

/* Appends a part of a name that stands between two dots or slashes. */
static size_t add_part(char *file, size_t at, const char *part, size_t n)
{
    static const char store[] = ".traces.h5.";
    const size_t n_store = sizeof store - 1;
    const bool is_draft = at >= n_store && memcmp(file + at - n_store, store, n_store) == 0;
    const bool is_number = n > 0 && strspn(part, "0123456789") == n;
    if (at + n + 1 >= PATH_BYTES) return at;
    if (is_draft || is_number) {
        file[at] = '*';
        return at + 1;
    }
    memcpy(file + at, part, n);
    return at + n;
}

/* Of a path within the root, with neither blanks nor what differs from run to run. */
static void name_inside(const char *path, char *file)
{
    size_t at = 0;
    while (*path == '/' || (path[0] == '.' && path[1] == '/'))
        path++;
    for (;;) {
        const size_t n = strcspn(path, "./ ");
        at = add_part(file, at, path, n);
        path += n;
        if (*path == '\0' || *path == ' ') break; /* " (deleted)" */
        file[at++] = *path++;
    }
    file[at] = '\0';
    if (at == 0) memcpy(file, ".", 2);
}

static void name_file(const char *path, const char *object, char *file)
{
    const size_t n_root = strlen(root);
    if (strncmp(path, root, n_root) == 0 && (path[n_root] == '/' || path[n_root] == '\0')) {
        name_inside(path + n_root, file);
    } else if (strcmp(object, "pstm") == 0) {
        name_inside(path, file + 1);
        file[0] = '/';
    } else {
        snprintf(file, PATH_BYTES, "outside:%.*s", (int)strcspn(path + (*path == '/'), "/: [."),
                 path + (*path == '/'));
    }
}

/* ---- verdicts ---- */

static void record(const char *call, const char *object, const char *file)
{
    char line[PATH_BYTES + 3 * NAME_BYTES];
    const int n = snprintf(line, sizeof line, "%d %s %s %s\n", rank, call, object, file);
    if (n > 0 && (size_t)n < sizeof line) syscall(SYS_write, log_descriptor, line, n);
}

static io_verdict judge(const char *call, const char *object, const char *file)
{
    if (lists) {
        record(call, object, file);
        return IO_GOES_ON;
    }
    if (strcmp(wish.file, "*") != 0 && strcmp(wish.file, file) != 0) return IO_GOES_ON;
    const long now = atomic_fetch_add(&seen, 1) + 1;
    if (now != wish.number && !(wish.and_later && now > wish.number)) return IO_GOES_ON;
    record(call, object, file);
    errno = wish.error;
    return wish.error == 0 ? IO_IS_SHORT : IO_FAILS;
}

/* Whether the call may be one that is wished for; its object. */
static bool is_of_interest(const char *call, const void *caller, char *object)
{
    if (is_inside || (!lists && (!wishes || strcmp(call, wish.call) != 0))) return false;
    name_object(caller, object);
    return lists || strcmp(object, wish.object) == 0;
}

/* The path of a descriptor, or of what it is when it is no file. */
static void path_of(int descriptor, char *path)
{
    char link[NAME_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t n = syscall(SYS_readlink, link, path, PATH_BYTES - 1);
    path[n > 0 ? n : 0] = '\0';
}

io_verdict io_fault_on_path(const char *call, const void *caller, int folder, const char *path)
{
    char object[NAME_BYTES], whole[2 * PATH_BYTES], file[PATH_BYTES];
    const int error = errno;
    if (path == NULL || !is_of_interest(call, caller, object)) return IO_GOES_ON;
    whole[0] = '\0';
    if (path[0] != '/') {
        if (folder == AT_FDCWD)
            snprintf(whole, PATH_BYTES, "%s", root);
        else
            path_of(folder, whole);
        strcat(whole, "/");
    }
    strncat(whole, path, PATH_BYTES - 1);
    name_file(whole, object, file);
    errno = error;
    return judge(call, object, file);
}

io_verdict io_fault_on_descriptor(const char *call, const void *caller, int descriptor)
{
    char object[NAME_BYTES], path[PATH_BYTES], file[PATH_BYTES];
    const int error = errno;
    if (!is_of_interest(call, caller, object)) return IO_GOES_ON;
    path_of(descriptor, path);
    name_file(path, object, file);
    errno = error;
    return judge(call, object, file);
}

/* A place in the program: the calls that have led here, as far as they are of the program itself. */
static void name_site(char *site)
{
    enum { DEEPEST = 10, CALLS = 4 };
    void *frames[DEEPEST];
    struct dl_find_object found;
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    int used = 0;
    is_inside = true;
    const int n = backtrace(frames, DEEPEST);
    for (int i = 1; i < n && used < CALLS; i++) {
        if (_dl_find_object(frames[i], &found) != 0 || found.dlfo_link_map->l_name[0] != '\0') continue;
        hash = (hash ^ ((uintptr_t)frames[i] - (uintptr_t)found.dlfo_map_start)) * 1099511628211u;
        used++;
    }
    is_inside = false;
    snprintf(site, NAME_BYTES, "site:%012llx", (unsigned long long)hash & 0xffffffffffffu);
}

io_verdict io_fault_on_memory(const char *call, const void *caller)
{
    char object[NAME_BYTES], site[NAME_BYTES] = "-";
    const int error = errno;
    if (!is_of_interest(call, caller, object)) return IO_GOES_ON;
    if (strcmp(object, "pstm") == 0) name_site(site);
    errno = error;
    return judge(call, object, site);
}
