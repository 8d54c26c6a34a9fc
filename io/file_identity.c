#include "io/file_identity.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "io/digest.h"

_Static_assert(sizeof(pstm_file_identity) == 48, "the trace store relies on this layout");

enum { NS_PER_S = 1000000000 };

/* Overflow, some 292 years from 1970, wraps: times are compared for being equal only. */
static int64_t nanoseconds(const struct timespec *time)
{
    return (int64_t)((uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec);
}

/* Linux draws a number at each start; 0 where there is none, as if all were one machine. */
static uint64_t this_machine(void)
{
    char text[64];
    const int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    const ssize_t n = read(descriptor, text, sizeof text);
    close(descriptor);
    return n > 0 ? pstm_digest_bytes(text, (size_t)n) : 0;
}

pstm_file_identity pstm_file_identity_make(const struct stat *about)
{
    return (pstm_file_identity){.size_bytes = (int64_t)about->st_size,
                                .modified_ns = nanoseconds(&about->st_mtim),
                                .changed_ns = nanoseconds(&about->st_ctim),
                                .inode = (uint64_t)about->st_ino,
                                .device = (uint64_t)about->st_dev,
                                .machine = this_machine()};
}

static bool is_on_other_device(const pstm_file_identity *a, const pstm_file_identity *b)
{
    return a->machine == b->machine && a->device != b->device;
}

bool pstm_file_identity_is_same(const pstm_file_identity *a, const pstm_file_identity *b)
{
    return a->size_bytes == b->size_bytes && a->modified_ns == b->modified_ns &&
           a->changed_ns == b->changed_ns && a->inode == b->inode && !is_on_other_device(a, b);
}

/* A time of the clock on the wall, to the nanosecond. */
typedef struct wall_time {
    char text[64];
} wall_time;

static wall_time describe_time(int64_t ns)
{
    wall_time time = {""};
    const int64_t rest = (ns % NS_PER_S + NS_PER_S) % NS_PER_S;
    const time_t seconds = (time_t)((ns - rest) / NS_PER_S);
    struct tm parts;
    const size_t n = localtime_r(&seconds, &parts) == NULL
                         ? 0
                         : strftime(time.text, sizeof time.text - 16, "%Y-%m-%d %H:%M:%S", &parts);
    snprintf(time.text + n, sizeof time.text - n, ".%09" PRId64, rest);
    return time;
}

static pstm_status add_times(const char *what, int64_t was, int64_t is, pstm_text *text)
{
    return pstm_text_add(text, "its time of %s is %s and was %s", what, describe_time(is).text,
                         describe_time(was).text);
}

pstm_status pstm_file_identity_difference(const pstm_file_identity *was, const pstm_file_identity *is,
                                          pstm_text *text)
{
    if (was->size_bytes != is->size_bytes)
        return pstm_text_add(text, "its size is %" PRId64 " bytes and was %" PRId64, is->size_bytes,
                             was->size_bytes);
    if (was->modified_ns != is->modified_ns)
        return add_times("modification", was->modified_ns, is->modified_ns, text);
    if (was->inode != is->inode || is_on_other_device(was, is))
        return pstm_text_add(text,
                             "it is another file (inode %" PRIu64 " of device %" PRIu64
                             ", and was inode %" PRIu64 " of device %" PRIu64 ")",
                             is->inode, is->device, was->inode, was->device);
    if (was->changed_ns != is->changed_ns)
        return add_times("change (of content, name, owner or rights)", was->changed_ns, is->changed_ns, text);
    return PSTM_OK;
}
