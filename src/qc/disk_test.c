#include "qc/disk_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/memory.h"
#include "core/text.h"
#include "io/cube/cube.h"
#include "mpi/comm/agree.h"

/* A chunk of this many times is 1 MiB; a column, the test's piece, is one of /stack and one of /fold. */
enum { TIMES = 1024, CHUNK_BYTES = PSTM_CUBE_CHUNK * PSTM_CUBE_CHUNK * TIMES * 4 };

typedef struct disk_test {
    MPI_Comm comm;
    int rank, n_ranks;
    int32_t n_columns; /* of a rank */
    char folder[1024]; /* made for this test */
    pstm_text file;
    float *stack; /* [16 * 16][TIMES] */
    uint32_t *fold;
} disk_test;

static const struct {
    long number;
    const char *name;
} file_systems[] = {{0xEF53, "ext4"},      {0x58465342, "xfs"},    {0x9123683E, "btrfs"},
                    {0x01021994, "tmpfs"}, {0x6969, "nfs"},        {0x0BD00BD0, "lustre"},
                    {0x47504653, "gpfs"},  {0x19830326, "beegfs"}, {0x794C7630, "overlay"},
                    {0x00C36400, "ceph"},  {0x2FC12FC1, "zfs"},    {0x65735546, "fuse"}};

enum { TMPFS = 0x01021994 };

static void name_file_system(const char *folder, pstm_disk_summary *summary)
{
    struct statfs about;
    struct statvfs room;
    summary->free_bytes = statvfs(folder, &room) == 0 ? (int64_t)room.f_bavail * (int64_t)room.f_frsize : 0;
    if (statfs(folder, &about) != 0) return;
    summary->is_memory = about.f_type == TMPFS;
    snprintf(summary->file_system, sizeof summary->file_system, "type %#lx", (unsigned long)about.f_type);
    for (size_t i = 0; i < sizeof file_systems / sizeof *file_systems; i++)
        if (about.f_type == file_systems[i].number)
            snprintf(summary->file_system, sizeof summary->file_system, "%s", file_systems[i].name);
}

/* ---- locks ------------------------------------------------------------------------------------------- */

/* Whether this process gets the file's lock; *descriptor keeps it. */
static bool try_lock(const char *path, int *descriptor)
{
    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return *descriptor >= 0 && flock(*descriptor, LOCK_EX | LOCK_NB) == 0;
}

static void close_if_open(int descriptor)
{
    if (descriptor >= 0) close(descriptor);
}

/* Rank 0 locks; then neither rank 0 nor the last rank gets the lock. Collective. */
static bool test_locks(const disk_test *t)
{
    int first = -1, second = -1;
    int good = t->rank != 0 || try_lock(t->file.bytes, &first);
    MPI_Barrier(t->comm);
    if (t->rank == 0 || t->rank == t->n_ranks - 1) good = good && !try_lock(t->file.bytes, &second);
    MPI_Allreduce(MPI_IN_PLACE, &good, 1, MPI_INT, MPI_MIN, t->comm);
    close_if_open(second);
    close_if_open(first);
    return good;
}

/* ---- rates ------------------------------------------------------------------------------------------- */

static pstm_status write_plain(const disk_test *t)
{
    const int descriptor = open(t->file.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot make %s", t->file.bytes);
    pstm_status status = PSTM_OK;
    for (int32_t piece = 0; piece < 2 * t->n_columns && status == PSTM_OK; piece++) {
        const char *values = piece % 2 == 0 ? (const char *)t->stack : (const char *)t->fold;
        for (ssize_t done = 0, n = 0; done < CHUNK_BYTES && status == PSTM_OK; done += n) {
            n = write(descriptor, values + done, CHUNK_BYTES - (size_t)done);
            if (n < 0) status = pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", t->file.bytes);
        }
    }
    if (status == PSTM_OK && fsync(descriptor) != 0)
        status = pstm_fail_errno(PSTM_SYSTEM, "cannot sync %s", t->file.bytes);
    close(descriptor);
    return status;
}

static pstm_status make_cube(const disk_test *t, int n_writers)
{
    static const pstm_class_centre centre = PSTM_NO_CENTRE;
    pstm_cube_about about = {.grid = {.n_inline = PSTM_CUBE_CHUNK * n_writers,
                                      .n_crossline = PSTM_CUBE_CHUNK * t->n_columns,
                                      .step_inline_m = 1,
                                      .step_crossline_m = 1,
                                      .n_times = TIMES,
                                      .time_step_s = 0.001},
                             .n_classes = 1,
                             .centres = &centre,
                             .stack = true,
                             .fold = true,
                             .k_end = TIMES};
    pstm_grid_prepare(&about.grid);
    return pstm_cube_create(t->file.bytes, &about, NULL, 0, NULL);
}

/* This rank's row of columns. */
static pstm_status write_columns(const disk_test *t)
{
    pstm_cube *cube = NULL;
    PSTM_TRY(pstm_cube_open_write(t->file.bytes, &cube));
    pstm_status status = PSTM_OK;
    for (int32_t c = 0; c < t->n_columns && status == PSTM_OK; c++) {
        pstm_journal_record record;
        const pstm_cube_tile tile = {.area = {PSTM_CUBE_CHUNK * t->rank, PSTM_CUBE_CHUNK * (t->rank + 1),
                                              PSTM_CUBE_CHUNK * c, PSTM_CUBE_CHUNK * (c + 1)},
                                     .stack = t->stack,
                                     .fold = t->fold};
        status = pstm_cube_write_tile(cube, &tile, &record);
    }
    if (status == PSTM_OK) status = pstm_cube_sync(cube);
    const pstm_status closed = pstm_cube_close(&cube);
    return status == PSTM_OK ? closed : status;
}

typedef enum way { PLAIN, ONE, ALL, N_WAYS } way;

/* Seconds of one file, made anew. Collective. */
static pstm_status time_file(const disk_test *t, way how, double *seconds)
{
    if (t->rank == 0) unlink(t->file.bytes);
    MPI_Barrier(t->comm);
    const double started_s = pstm_now_s();
    pstm_status status = PSTM_OK;
    if (t->rank == 0) status = how == PLAIN ? write_plain(t) : make_cube(t, how == ONE ? 1 : t->n_ranks);
    PSTM_TRY(pstm_agree(t->comm, status));
    if (how == ALL || (how == ONE && t->rank == 0)) status = write_columns(t);
    PSTM_TRY(pstm_agree(t->comm, status));
    *seconds = pstm_now_s() - started_s;
    return PSTM_OK;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, PSTM_DISK_ROUNDS, sizeof *values, by_value);
    return values[PSTM_DISK_ROUNDS / 2];
}

static pstm_status measure(const disk_test *t, pstm_disk_summary *summary)
{
    double seconds[N_WAYS][PSTM_DISK_ROUNDS], ratios[PSTM_DISK_ROUNDS];
    for (int round = 0; round < PSTM_DISK_ROUNDS; round++) {
        for (int how = 0; how < (t->n_ranks > 1 ? N_WAYS : ALL); how++)
            PSTM_TRY(time_file(t, (way)how, &seconds[how][round]));
        ratios[round] = seconds[PLAIN][round] / seconds[ONE][round];
    }
    const double bytes = 2.0 * CHUNK_BYTES * t->n_columns;
    summary->plain_bytes_per_s = bytes / median(seconds[PLAIN]);
    summary->one_bytes_per_s = bytes / median(seconds[ONE]);
    summary->all_bytes_per_s =
        t->n_ranks > 1 ? bytes * t->n_ranks / median(seconds[ALL]) : summary->one_bytes_per_s;
    summary->one_to_plain = median(ratios);
    return PSTM_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------- */

/* Values that no file system takes for holes or compresses to nothing. */
static pstm_status fill_values(disk_test *t)
{
    PSTM_TRY(PSTM_NEW(&t->stack, CHUNK_BYTES / 4, "values to write"));
    PSTM_TRY(PSTM_NEW(&t->fold, CHUNK_BYTES / 4, "values to write"));
    uint32_t x = 31u + (uint32_t)t->rank;
    for (int64_t i = 0; i < CHUNK_BYTES / 4; i++) {
        x = x * 1664525u + 1013904223u;
        t->stack[i] = (float)x;
        t->fold[i] = x;
    }
    return PSTM_OK;
}

/* A private folder that every rank sees. Collective. */
static pstm_status make_folder(disk_test *t, const char *folder)
{
    pstm_status status = PSTM_OK;
    if (t->rank == 0) {
        const int n = snprintf(t->folder, sizeof t->folder, "%s/.pstm_doctor.XXXXXX", folder);
        if (n >= (int)sizeof t->folder)
            status = pstm_fail(PSTM_USAGE, "the name of the folder %s is too long", folder);
        else if (mkdtemp(t->folder) == NULL)
            status = pstm_fail_errno(PSTM_SYSTEM, "cannot make a folder in %s", folder);
        if (status != PSTM_OK) t->folder[0] = '\0';
    }
    PSTM_TRY(pstm_agree(t->comm, status));
    MPI_Bcast(t->folder, sizeof t->folder, MPI_CHAR, 0, t->comm);
    if (access(t->folder, W_OK | X_OK) != 0)
        status = pstm_fail_errno(PSTM_SYSTEM,
                                 "this rank cannot write to the folder that rank 0 made in %s; a run needs a "
                                 "folder that all nodes share",
                                 folder);
    if (status == PSTM_OK) status = pstm_text_add(&t->file, "%s/cube.h5", t->folder);
    return pstm_agree(t->comm, status);
}

static void destroy(disk_test *t)
{
    MPI_Barrier(t->comm);
    if (t->rank == 0 && t->file.bytes != NULL) unlink(t->file.bytes);
    if (t->rank == 0 && t->folder[0] != '\0') rmdir(t->folder);
    pstm_text_clear(&t->file);
    PSTM_FREE(&t->stack);
    PSTM_FREE(&t->fold);
}

pstm_status pstm_disk_test(MPI_Comm comm, const char *folder, int32_t mib, pstm_disk_summary *summary)
{
    disk_test t = {.comm = comm, .n_columns = mib / 2};
    *summary = (pstm_disk_summary){0};
    MPI_Comm_rank(comm, &t.rank);
    MPI_Comm_size(comm, &t.n_ranks);
    name_file_system(folder, summary);
    pstm_status status;
    PSTM_GO(pstm_agree(comm, fill_values(&t)));
    PSTM_GO(make_folder(&t, folder));
    summary->locks = test_locks(&t);
    PSTM_GO(measure(&t, summary));
cleanup:
    destroy(&t);
    return status;
}
