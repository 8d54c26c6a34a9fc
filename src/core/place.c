#include "core/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file_kind.h"
#include "core/text.h"

const char *const pstm_beside_endings[] = {
    PSTM_LOCK_ENDING, PSTM_JOURNAL_ENDING, PSTM_STORE_ENDING, PSTM_DROPPED_ENDING, PSTM_PROGRESS_ENDING,
    PSTM_JSON_ENDING, PSTM_CSV_ENDING,     PSTM_DRAFT_ENDING, PSTM_NODES_ENDING,   NULL};

/* Of ".1234567.tmp", and with the longest ending, ".timeline.1234567.json", before it. */
enum { DRAFT_BYTES = 12, BESIDE_BYTES = 34 };

/* ---- folders ---- */

static pstm_status check_folder(const char *path, const char *folder)
{
    struct stat about;
    if (stat(folder, &about) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return pstm_fail_errno(PSTM_SYSTEM, "%s: cannot look at its folder", path);
        return pstm_fail(PSTM_USAGE,
                         "%s: its folder %s is not there; make it with `mkdir -p`, or name another one", path,
                         folder);
    }
    if (!S_ISDIR(about.st_mode))
        return pstm_fail(PSTM_USAGE, "%s: %s is a file and no folder; name another one", path, folder);
    if (access(folder, W_OK | X_OK) != 0)
        return pstm_fail_errno(PSTM_SYSTEM, "%s: nothing can be written into the folder %s", path, folder);
    return PSTM_OK;
}

static pstm_status check_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return check_folder(path, ".");
    pstm_text folder = {0};
    pstm_status status = pstm_text_add(&folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    if (status == PSTM_OK) status = check_folder(path, folder.bytes);
    pstm_text_clear(&folder);
    return status;
}

/* ---- what stands there ---- */

static pstm_status refuse_link(const char *path)
{
    char target[PATH_MAX];
    const ssize_t n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    return pstm_fail(PSTM_USAGE,
                     "%s is a symbolic link to %s, and files are not written through links; name the file "
                     "itself, or remove the link",
                     path, target);
}

/* spare: bytes that are put behind the name, of files beside it and of drafts. */
static pstm_status check_length(const char *path, int spare)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    const size_t n = strlen(name), n_path = strlen(path);
    if (n <= (size_t)(NAME_MAX - spare) && n_path < (size_t)(PATH_MAX - spare)) return PSTM_OK;
    return pstm_fail(
        PSTM_USAGE,
        "%s: the name has %zu bytes and the path %zu, and they may have %d and %d, with %d more for "
        "files beside it; give it a shorter one",
        path, n, n_path, NAME_MAX - spare, PATH_MAX - 1 - spare, spare);
}

static pstm_status check_kind(const char *path)
{
    struct stat about;
    if (lstat(path, &about) != 0)
        return errno == ENOENT ? PSTM_OK : pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
    if (S_ISLNK(about.st_mode)) return refuse_link(path);
    if (S_ISREG(about.st_mode)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s is %s, so no file can be made there; name another one, or remove it",
                     path, pstm_file_kind(about.st_mode));
}

pstm_status pstm_place_check(const char *path)
{
    PSTM_TRY(check_length(path, DRAFT_BYTES));
    PSTM_TRY(check_folder_of(path));
    return check_kind(path);
}

pstm_status pstm_place_check_cube(const char *cube_path)
{
    pstm_text path = {0};
    PSTM_TRY(check_length(cube_path, BESIDE_BYTES));
    pstm_status status = pstm_place_check(cube_path);
    for (int i = 0; status == PSTM_OK && pstm_beside_endings[i] != NULL; i++) {
        pstm_text_clear(&path);
        status = pstm_text_add(&path, "%s%s", cube_path, pstm_beside_endings[i]);
        if (status == PSTM_OK) status = check_kind(path.bytes);
    }
    pstm_text_clear(&path);
    return status;
}

/* ---- whose it is ---- */

enum { MOST_MARK_BYTES = 64 };

/* Whether the file, which is a regular one, has the mark. An empty one holds nothing to be lost. */
static bool has_mark(const char *path, const pstm_mark *mark)
{
    char bytes[MOST_MARK_BYTES];
    struct stat about;
    const int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool is_empty = fstat(descriptor, &about) == 0 && about.st_size == 0;
    const bool same = mark->n <= sizeof bytes &&
                      pread(descriptor, bytes, mark->n, (off_t)mark->at) == (ssize_t)mark->n &&
                      memcmp(bytes, mark->bytes, mark->n) == 0;
    close(descriptor);
    return is_empty || same;
}

pstm_status pstm_place_check_mark(const char *path, const pstm_mark *mark, bool overwrite)
{
    struct stat about;
    PSTM_TRY(pstm_place_check(path));
    if (overwrite || lstat(path, &about) != 0 || has_mark(path, mark)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "%s is there already and this command has not made it; name another file, or replace it "
                     "with --overwrite",
                     path);
}

pstm_status pstm_place_is_taken(const char *path, bool *taken)
{
    *taken = access(path, F_OK) == 0;
    if (*taken || errno == ENOENT || errno == ENOTDIR) return PSTM_OK;
    return pstm_fail_errno(PSTM_SYSTEM, "cannot look at %s", path);
}

bool pstm_place_is_same(const char *a, const char *b)
{
    struct stat about_a, about_b;
    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 && about_a.st_dev == about_b.st_dev &&
           about_a.st_ino == about_b.st_ino;
}

/* ---- making ---- */

int pstm_place_make(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT) return -1;
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}
