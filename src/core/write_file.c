#include "core/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "core/text.h"

pstm_status pstm_write_file(const char *path, const void *bytes, size_t n_bytes)
{
    pstm_text temporary = {0};
    PSTM_TRY(pstm_text_add(&temporary, "%s.%ld.tmp", path, (long)getpid()));
    pstm_status status = PSTM_OK;
    const int descriptor = pstm_place_make(temporary.bytes);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    int cause = file != NULL ? 0 : errno;
    if (file == NULL && descriptor >= 0) close(descriptor);
    if (file != NULL) {
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

pstm_status pstm_make_folders(const char *path)
{
    char *part;
    pstm_status status = PSTM_OK;
    PSTM_TRY(pstm_copy_text(&part, path));
    for (char *at = part + 1; status == PSTM_OK; at++) {
        const char here = *at;
        if (here != '/' && here != '\0') continue;
        *at = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            status = pstm_fail_errno(PSTM_SYSTEM, "cannot make the folder %s", part);
        *at = here;
        if (here == '\0') break;
    }
    PSTM_FREE(&part);
    return status;
}
