#include "job/files.h"

#include <ctype.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "core/place.h"

/* A file that the job reads. */
typedef struct file {
    const char *path;
    bool there;
    dev_t device;
    ino_t inode;
    int64_t at; /* in the list of inputs */
} file;

static file look_at(const char *path, int64_t at)
{
    struct stat about;
    file f = {.path = path, .there = stat(path, &about) == 0, .at = at};
    if (f.there) {
        f.device = about.st_dev;
        f.inode = about.st_ino;
    }
    return f;
}

/* 0 for two names of one file; by name alone where there is none yet. */
static int compare_files(const file *a, const file *b)
{
    if (strcmp(a->path, b->path) == 0) return 0;
    if (a->there != b->there) return a->there ? 1 : -1;
    if (!a->there) return strcmp(a->path, b->path);
    if (a->device != b->device) return a->device > b->device ? 1 : -1;
    return (a->inode > b->inode) - (a->inode < b->inode);
}

static int by_identity(const void *a, const void *b)
{
    const file *p = a, *q = b;
    const int order = compare_files(p, q);
    return order != 0 ? order : (p->at > q->at) - (p->at < q->at);
}

/* ---- read twice ---- */

/* The first name that stands for a file that was named before. A file is looked at once, since a pattern may
 * name thousands. */
static pstm_status check_inputs(file *files, int64_t n)
{
    const file *repeat = NULL;
    qsort(files, (size_t)n, sizeof *files, by_identity);
    for (int64_t i = 1; i < n; i++)
        if (compare_files(&files[i - 1], &files[i]) == 0 && (repeat == NULL || files[i].at < repeat->at))
            repeat = &files[i];
    if (repeat == NULL) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "%s is given twice; its traces would count twice", repeat->path);
}

/* ---- read and written ---- */

static bool same_folder(const char *a, const char *b)
{
    char path_a[PATH_MAX], path_b[PATH_MAX];
    if (snprintf(path_a, sizeof path_a, "%s", a) >= PATH_MAX ||
        snprintf(path_b, sizeof path_b, "%s", b) >= PATH_MAX)
        return false;
    const file folder_a = look_at(dirname(path_a), 0), folder_b = look_at(dirname(path_b), 0);
    return compare_files(&folder_a, &folder_b) == 0;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* There is one for each rank, and how many there will be is not known. */
static bool is_timeline(const char *path, const char *cube)
{
    const char *name = name_of(path), *own = name_of(cube);
    const size_t n = strlen(own);
    return strncmp(name, own, n) == 0 &&
           strncmp(name + n, PSTM_TIMELINE_ENDING, sizeof PSTM_TIMELINE_ENDING - 1) == 0 &&
           same_folder(path, cube);
}

static pstm_status refuse_beside(const char *path, const char *made)
{
    return pstm_fail(PSTM_USAGE,
                     "%s is a file that the job reads, and the run would make %s of it; give another name",
                     path, made);
}

/* As the cube with one of the endings. */
static pstm_status check_made(const char *cube, const char *ending, const file *read, int64_t n)
{
    pstm_text path = {0};
    pstm_status status = pstm_text_add(&path, "%s%s", cube, ending);
    if (status != PSTM_OK) return status;
    const file made = look_at(path.bytes, 0);
    for (int64_t i = 0; i < n && status == PSTM_OK; i++)
        if (compare_files(&read[i], &made) == 0) status = refuse_beside(read[i].path, made.path);
    pstm_text_clear(&path);
    return status;
}

static pstm_status check_written(const char *cube, const file *read, int64_t n, int64_t n_inputs)
{
    const file made = look_at(cube, 0);
    for (int64_t i = 0; i < n; i++) {
        if (compare_files(&read[i], &made) == 0)
            return pstm_fail(PSTM_USAGE,
                             i < n_inputs ? "%s is an input file; give another name"
                                          : "%s is a file that the job reads; give another name",
                             read[i].path);
        if (is_timeline(read[i].path, cube)) return refuse_beside(read[i].path, "a timeline");
    }
    for (int e = 0; pstm_beside_endings[e] != NULL; e++)
        PSTM_TRY(check_made(cube, pstm_beside_endings[e], read, n));
    return PSTM_OK;
}

pstm_status pstm_job_files_check(const pstm_job *job, const char **key)
{
    const pstm_names *segy = &job->input.segy;
    const char *others[] = {job->velocity.file, job->velocity.eta_file, job->path};
    enum { N_OTHERS = sizeof others / sizeof *others };
    file *files = NULL;
    int64_t n = segy->n;
    pstm_status status;
    PSTM_GO(PSTM_NEW(&files, segy->n + N_OTHERS, "the files of the job"));
    for (int64_t i = 0; i < segy->n; i++)
        files[i] = look_at(segy->text[i], i);
    *key = "input.segy";
    PSTM_GO(check_inputs(files, segy->n));
    for (int i = 0; i < N_OTHERS; i++)
        if (others[i] != NULL) files[n++] = look_at(others[i], 0);
    *key = "output.file";
    PSTM_GO(check_written(job->output.file, files, n, segy->n));
cleanup:
    PSTM_FREE(&files);
    return status;
}

/* ---- names for a shell ---- */

bool pstm_path_is_for_shell(const char *path)
{
    if (path[0] == '~' && (path[1] == '\0' || strchr(path, '/') != NULL)) return true;
    for (const char *at = strchr(path, '$'); at != NULL; at = strchr(at + 1, '$'))
        if (at[1] == '{' || at[1] == '_' || isalpha((unsigned char)at[1])) return true;
    return false;
}
