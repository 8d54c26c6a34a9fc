#include "report/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

pstm_status pstm_write_file(const char *path, const void *bytes, size_t n_bytes)
{
    pstm_text temporary = {0};
    PSTM_TRY(pstm_text_add(&temporary, "%s.%ld.tmp", path, (long)getpid()));
    pstm_status status = PSTM_OK;
    FILE *file = fopen(temporary.bytes, "wb");
    int cause = file ? 0 : errno;
    if (file) {
        if (fwrite(bytes, 1, n_bytes, file) != n_bytes) cause = errno;
        if (fclose(file) != 0 && cause == 0) cause = errno;
        if (cause == 0 && rename(temporary.bytes, path) != 0) cause = errno;
        if (cause != 0) unlink(temporary.bytes);
    }
    if (cause != 0) {
        errno = cause;
        status = pstm_fail_errno(PSTM_SYSTEM,
                                 "%s: cannot be written; is there room, and may you write there?", path);
    }
    pstm_text_clear(&temporary);
    return status;
}
