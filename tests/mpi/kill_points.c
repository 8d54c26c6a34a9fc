/* Linked to the program, it kills a run at a point of a phase: the N-th of the calls that the phase makes, on
 * all ranks together, of MPI's collective functions and of those that change, read or open files of the run.
 *
 *   KILL_POINTS=FILE    where the ranks count together: see `shared`
 *   KILL_FOLDER=FOLDER  the files of the run are below it
 *   KILL_AT="PHASE N WHEN WHO"
 *       PHASE: headers, store, migration, sync or finish
 *       WHEN: before the call, half (of the bytes that it writes) or after
 *       WHO: one (the rank that calls), other, all (and mpirun) or mpirun
 *       Without it all is counted.
 *   KILL_HITS=FILE      gets a line for the kill
 *
 * A phase is a function of the program, so that a point cannot lie in another one: the linker's --wrap has it
 * go through here. What is read counts among the headers alone: else it would be nearly all points of the
 * store, and in the migration an accident, since which rank reads what depends on who was faster. */
#include <fcntl.h>
#include <mpi.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* dlfcn.h has RTLD_NEXT only with GNU extensions, which all files have. */
#include <dlfcn.h>

#include "io/cube/cube.h"
#include "io/journal.h"
#include "mpi/run/finish.h"
#include "mpi/run/migrate.h"
#include "mpi/run/store.h"

enum { HEADERS, STORE, MIGRATION, SYNC, FINISH, N_PHASES, NONE = N_PHASES };
enum { MOST_RANKS = 16 };
static const char *const phase_names[N_PHASES] = {"headers", "store", "migration", "sync", "finish"};

/* The file KILL_POINTS, which kills.sh reads with od. */
typedef struct shared {
    atomic_int n_points[N_PHASES];
    atomic_int pid[MOST_RANKS]; /* 0: no such rank */
} shared;

static shared *all;
static const char *folder;
static struct {
    int phase, number;
    char when[8], who[8];
} wish = {.phase = NONE};
static atomic_int phase_now = NONE;
static _Thread_local bool syncs;

static int my_rank(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    return rank == NULL ? 0 : atoi(rank) % MOST_RANKS;
}

static void read_wish(void)
{
    char phase[16];
    const char *text = getenv("KILL_AT");
    if (text == NULL) return;
    if (sscanf(text, "%15s %d %7s %7s", phase, &wish.number, wish.when, wish.who) == 4)
        for (int p = 0; p < N_PHASES; p++)
            if (strcmp(phase, phase_names[p]) == 0) wish.phase = p;
    if (wish.phase != NONE) return;
    fprintf(stderr, "KILL_AT: `%s` is not understood\n", text);
    abort();
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("KILL_POINTS");
    folder = getenv("KILL_FOLDER");
    if (path == NULL || folder == NULL) return;
    read_wish();
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0 || ftruncate(file, sizeof *all) != 0) abort();
    void *at = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (at == MAP_FAILED) abort();
    all = at;
    all->pid[my_rank()] = (int)getpid();
}

/* ---- the kill
 * ------------------------------------------------------------------------------------------- */

static void record(const char *call, const char *path)
{
    char line[4400];
    const char *hits = getenv("KILL_HITS");
    const int n = snprintf(line, sizeof line, "%s %d %s %s: rank %d, %s %s\n", phase_names[wish.phase],
                           wish.number, wish.when, wish.who, my_rank(), call, path);
    const int file = hits == NULL ? -1 : open(hits, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0 || write(file, line, (size_t)n) != n) abort();
    close(file);
}

/* Only mpirun: a run that was started otherwise has another parent. */
static void kill_mpirun(void)
{
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", (int)getppid());
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(name, sizeof name, file) == NULL || strncmp(name, "mpirun", 6) != 0) abort();
    fclose(file);
    kill(getppid(), SIGKILL);
}

/* Itself where there is no other. */
static void kill_other(void)
{
    int other = (my_rank() + 1) % MOST_RANKS;
    if (all->pid[other] == 0) other = 0; /* after the last rank */
    kill(all->pid[other], SIGKILL);
}

static void kill_now(void)
{
    if (strcmp(wish.who, "other") == 0) {
        kill_other();
        return;
    }
    if (strcmp(wish.who, "one") != 0) kill_mpirun();
    if (strcmp(wish.who, "mpirun") == 0) return;
    for (int r = 0; r < MOST_RANKS && strcmp(wish.who, "all") == 0; r++)
        if (r != my_rank() && all->pid[r] != 0) kill(all->pid[r], SIGKILL);
    kill(getpid(), SIGKILL);
}

static bool is_when(const char *when)
{
    return strcmp(wish.when, when) == 0;
}

/* Counts a point; true if it is the one of the kill, of which that before the call has then been. */
static bool is_the_one(const char *call, const char *path)
{
    const int phase = phase_now == MIGRATION && syncs ? SYNC : phase_now;
    if (all == NULL || phase == NONE) return false;
    const int number = atomic_fetch_add(&all->n_points[phase], 1) + 1;
    if (phase != wish.phase || number != wish.number) return false;
    record(call, path);
    if (is_when("before")) kill_now();
    return true;
}

static void end(bool is_it)
{
    if (is_it && !is_when("before")) kill_now();
}

/* ---- calls on files
 * ------------------------------------------------------------------------------------- */

static bool is_ours(const char *path)
{
    return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static bool is_it(const char *call, const char *path)
{
    return is_ours(path) && is_the_one(call, path);
}

static bool is_it_of(const char *call, int fd)
{
    char link[64], path[4096];
    if (all == NULL || phase_now == NONE) return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return false;
    path[n] = '\0';
    return is_it(call, path);
}

static void *next(const char *name)
{
    void *real = dlsym(RTLD_NEXT, name);
    if (real == NULL) abort();
    return real;
}

#define REAL(result, name, parameters)                                                                       \
    static result(*real) parameters;                                                                         \
    if (real == NULL) *(void **)&real = next(#name)

/* A call on a descriptor: `does` is `fd` or another test of whether it counts. */
#define ON_FILE(result, name, does, parameters, ...)                                                         \
    result name parameters;                                                                                  \
    result name parameters                                                                                   \
    {                                                                                                        \
        REAL(result, name, parameters);                                                                      \
        const bool it = (does);                                                                              \
        const result made = real(__VA_ARGS__);                                                               \
        end(it);                                                                                             \
        return made;                                                                                         \
    }

/* A write of which the first half may be all that gets through. */
#define ON_WRITE(name, offset)                                                                               \
    ssize_t name(int fd, const void *bytes, size_t n, offset at);                                            \
    ssize_t name(int fd, const void *bytes, size_t n, offset at)                                             \
    {                                                                                                        \
        REAL(ssize_t, name, (int, const void *, size_t, offset));                                            \
        const bool it = is_it_of("pwrite", fd);                                                              \
        if (it && is_when("half") && real(fd, bytes, n / 2, at) >= 0) kill_now();                            \
        const ssize_t made = real(fd, bytes, n, at);                                                         \
        end(it);                                                                                             \
        return made;                                                                                         \
    }

#define ON_OPEN(name)                                                                                        \
    int name(const char *path, int flags, ...)                                                               \
    {                                                                                                        \
        REAL(int, name, (const char *, int, ...));                                                           \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        const int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, int) : 0;                              \
        va_end(list);                                                                                        \
        const bool it = is_it("open", path);                                                                 \
        const int made = real(path, flags, mode);                                                            \
        end(it);                                                                                             \
        return made;                                                                                         \
    }

ON_OPEN(open)
ON_OPEN(open64)
ON_WRITE(pwrite, off_t)
ON_WRITE(pwrite64, off64_t)
ON_FILE(ssize_t, pwritev, is_it_of("pwrite", fd), (int fd, const struct iovec *parts, int n, off_t at), fd,
        parts, n, at)
ON_FILE(ssize_t, pwritev64, is_it_of("pwrite", fd), (int fd, const struct iovec *parts, int n, off64_t at),
        fd, parts, n, at)
ON_FILE(ssize_t, pread, phase_now == HEADERS && is_it_of("pread", fd),
        (int fd, void *bytes, size_t n, off_t at), fd, bytes, n, at)
ON_FILE(ssize_t, pread64, phase_now == HEADERS && is_it_of("pread", fd),
        (int fd, void *bytes, size_t n, off64_t at), fd, bytes, n, at)
ON_FILE(int, ftruncate, is_it_of("ftruncate", fd), (int fd, off_t n), fd, n)
ON_FILE(int, ftruncate64, is_it_of("ftruncate", fd), (int fd, off64_t n), fd, n)
ON_FILE(int, fallocate, is_it_of("fallocate", fd), (int fd, int mode, off_t at, off_t n), fd, mode, at, n)
ON_FILE(int, fallocate64, is_it_of("fallocate", fd), (int fd, int mode, off64_t at, off64_t n), fd, mode, at,
        n)
ON_FILE(int, fsync, is_it_of("fsync", fd), (int fd), fd)
ON_FILE(int, fdatasync, is_it_of("fdatasync", fd), (int fd), fd)
ON_FILE(int, mkostemp, is_it("mkostemp", path), (char *path, int flags), path, flags)
ON_FILE(int, mkostemp64, is_it("mkostemp", path), (char *path, int flags), path, flags)
ON_FILE(int, rename, is_it("rename", to), (const char *from, const char *to), from, to)
ON_FILE(int, unlink, is_it("unlink", path), (const char *path), path)

/* ---- MPI
 * ------------------------------------------------------------------------------------------------ */

#define ON_MPI(name, parameters, ...)                                                                        \
    int MPI_##name parameters                                                                                \
    {                                                                                                        \
        const bool it = is_the_one("MPI_" #name, "");                                                        \
        const int made = PMPI_##name(__VA_ARGS__);                                                           \
        end(it);                                                                                             \
        return made;                                                                                         \
    }

ON_MPI(Allreduce, (const void *in, void *out, int n, MPI_Datatype type, MPI_Op op, MPI_Comm comm), in, out, n,
       type, op, comm)
ON_MPI(Reduce, (const void *in, void *out, int n, MPI_Datatype type, MPI_Op op, int root, MPI_Comm comm), in,
       out, n, type, op, root, comm)
ON_MPI(Bcast, (void *bytes, int n, MPI_Datatype type, int root, MPI_Comm comm), bytes, n, type, root, comm)
ON_MPI(Allgather,
       (const void *in, int n_in, MPI_Datatype in_type, void *out, int n_out, MPI_Datatype out_type,
        MPI_Comm comm),
       in, n_in, in_type, out, n_out, out_type, comm)
ON_MPI(Barrier, (MPI_Comm comm), comm)

/* ---- phases
 * --------------------------------------------------------------------------------------------- */

/* The linker calls them __real_ and __wrap_, names that are not for C. */
#define PHASE(phase, name, parameters, ...)                                                                  \
    pstm_status real_##name parameters __asm__("__real_" #name);                                             \
    pstm_status wrap_##name parameters __asm__("__wrap_" #name);                                             \
    pstm_status wrap_##name parameters                                                                       \
    {                                                                                                        \
        phase_now = phase;                                                                                   \
        const pstm_status status = real_##name(__VA_ARGS__);                                                 \
        phase_now = NONE;                                                                                    \
        return status;                                                                                       \
    }

PHASE(HEADERS, pstm_run_parts_prepare,
      (MPI_Comm comm, const pstm_job *const *jobs, int n_jobs, const pstm_run_options *options,
       pstm_run_parts *run),
      comm, jobs, n_jobs, options, run)
PHASE(HEADERS, pstm_run_parts_read_headers, (pstm_run_parts * run), run)
PHASE(STORE, pstm_run_store_make,
      (const pstm_machine *machine, pstm_run_survey *survey, const pstm_run_store_plan *plan,
       pstm_run_store *store),
      machine, survey, plan, store)
PHASE(MIGRATION, pstm_run_migrate, (pstm_run_parts * run, pstm_run_image *image), run, image)
PHASE(FINISH, pstm_run_finish_image, (pstm_run_parts * run, pstm_run_image *image, bool *done), run, image,
      done)
PHASE(FINISH, pstm_run_finish, (pstm_run_parts * run), run)

/* Parts of the migration, on the thread that has MPI; what the others do meanwhile belongs to it. */
#define SYNCING(name, parameters, ...)                                                                       \
    pstm_status real_##name parameters __asm__("__real_" #name);                                             \
    pstm_status wrap_##name parameters __asm__("__wrap_" #name);                                             \
    pstm_status wrap_##name parameters                                                                       \
    {                                                                                                        \
        syncs = true;                                                                                        \
        const pstm_status status = real_##name(__VA_ARGS__);                                                 \
        syncs = false;                                                                                       \
        return status;                                                                                       \
    }

SYNCING(pstm_cube_sync, (pstm_cube * cube), cube)
SYNCING(pstm_journal_add, (pstm_journal * journal, const pstm_journal_record *records, int64_t n), journal,
        records, n)
SYNCING(pstm_journal_sync, (pstm_journal * journal), journal)
