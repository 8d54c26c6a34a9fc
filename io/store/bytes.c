#include "io/store/bytes.h"

#include <errno.h>
#include <unistd.h>

#include "core/fault.h"

/** Bytes of one call; Linux moves at most 2,147,479,552. */
static const int64_t CALL_BYTES = 1 << 30;

static size_t of_one_call(int64_t n_bytes)
{
    return (size_t)(n_bytes < CALL_BYTES ? n_bytes : CALL_BYTES);
}

pstm_status pstm_store_put_bytes(int descriptor, const char *path, int64_t at, const void *bytes,
                                 int64_t n_bytes)
{
    const char *from = bytes;
    while (n_bytes > 0) {
        ssize_t moved = pwrite(descriptor, from, of_one_call(n_bytes), (off_t)at);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0)
            return pstm_fail_errno(PSTM_SYSTEM, "%s: cannot write %lld bytes at byte %lld", path,
                                   (long long)n_bytes, (long long)at);
        from += moved;
        at += moved;
        n_bytes -= moved;
    }
    return PSTM_OK;
}

pstm_status pstm_store_get_bytes(int descriptor, const char *path, int64_t at, void *bytes, int64_t n_bytes)
{
    char *to = bytes;
    if (pstm_fault_counts(PSTM_FAULT_STORE)) {
        errno = EIO;
        return pstm_fail_errno(PSTM_SYSTEM, "%s: cannot read %lld bytes at byte %lld (PSTM_FAULT)", path,
                               (long long)n_bytes, (long long)at);
    }
    while (n_bytes > 0) {
        ssize_t moved = pread(descriptor, to, of_one_call(n_bytes), (off_t)at);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0)
            return pstm_fail_errno(PSTM_SYSTEM, "%s: cannot read %lld bytes at byte %lld", path,
                                   (long long)n_bytes, (long long)at);
        if (moved == 0)
            return pstm_fail(PSTM_DATA,
                             "%s ends at byte %lld, with %lld bytes missing; was it cut while in use? delete "
                             "it, and the next run makes it anew",
                             path, (long long)at, (long long)n_bytes);
        to += moved;
        at += moved;
        n_bytes -= moved;
    }
    return PSTM_OK;
}
