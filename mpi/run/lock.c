#include "mpi/run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/log.h"
#include "core/place.h"
#include "core/text.h"

static pstm_status lock_file(const char *path, int *descriptor)
{
    *descriptor = -1;
    const int opened = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (opened < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", path);
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) {
            close(opened);
            return pstm_fail(PSTM_USAGE,
                             "%s: another run of pstm works on this cube; wait for it, or give another "
                             "`output.file`",
                             path);
        }
        pstm_warn("%s cannot be locked here; make sure that no other run works on this cube", path);
        close(opened);
        return PSTM_OK;
    }
    *descriptor = opened;
    return PSTM_OK;
}

pstm_status pstm_run_lock(const char *cube_path, int *descriptor)
{
    pstm_text path = {0};
    PSTM_TRY(pstm_text_add(&path, "%s" PSTM_LOCK_ENDING, cube_path));
    const pstm_status status = lock_file(path.bytes, descriptor);
    pstm_text_clear(&path);
    return status;
}

void pstm_run_unlock(int *descriptor)
{
    if (*descriptor >= 0) close(*descriptor);
    *descriptor = -1;
}
