/* pstm doctor: what a job would find here, measured, and what is wrong with it. */
#include <inttypes.h>
#include <mpi.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/mpi_session.h"
#include "commands/version.h"
#include "core/memory.h"
#include "core/text.h"
#include "device/device.h"
#include "mpi/comm/agree.h"
#include "mpi/run/disk_test.h"
#include "mpi/run/launch.h"
#include "mpi/run/node_test.h"

static const char usage[] =
    "usage: pstm doctor [FOLDER] [options]\n"
    "       mpirun -n RANKS pstm doctor FOLDER ...\n\n"
    "Says what a job that is started like this finds: MPI, cores and binding, memory bandwidth, devices, and "
    "how\n"
    "fast the cube's own writer fills a file in FOLDER (default: here), synced, beside a plain file of the "
    "same\n"
    "size. Files are private and removed. Exit code 3 if something is wrong; the remedy stands there.\n\n"
    "  --mib N      MiB that each rank writes into each file (default 256)\n"
    "  --threads N  compute threads of a rank (default: as pstm run)\n"
    "  --help       this text\n";

/* Less than this is wrong: of the threads' work, and of the plain file's rate. */
static const double LEAST_WORK = 0.7, LEAST_OF_PLAIN = 0.7;

enum { MOST_NODES_SHOWN = 16 };

typedef struct arguments {
    const char *folder;
    int32_t mib, threads;
    bool help;
} arguments;

/* What was found wrong, each with its remedy. */
typedef struct findings {
    pstm_text text;
    int n;
    pstm_status status;
} findings;

static void add_finding(findings *f, const char *format, ...) PSTM_PRINTF(2, 3);

static void add_finding(findings *f, const char *format, ...)
{
    char words[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    f->n++;
    if (f->status == PSTM_OK) f->status = pstm_text_add(&f->text, "- %s\n", words);
}

static pstm_status take(int option, const char *value, void *to)
{
    arguments *a = to;
    if (option == 'm') return pstm_argument_integer("--mib", value, &a->mib);
    return pstm_argument_integer("--threads", value, &a->threads);
}

static pstm_status parse(int argc, char **argv, arguments *a)
{
    static const struct option options[] = {{"mib", required_argument, NULL, 'm'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, options, take, a, &left));
    a->help = left.help;
    if (left.n > 0) a->folder = left.words[0];
    if (left.n > 1) return pstm_fail(PSTM_USAGE, "`%s`: one folder is wanted", left.words[1]);
    if (a->mib < 2) return pstm_fail(PSTM_USAGE, "--mib wants 2 or more, not %d", a->mib);
    if (a->threads < 0) return pstm_fail(PSTM_USAGE, "--threads wants 1 or more, not %d", a->threads);
    return PSTM_OK;
}

/* ---- MPI and nodes ----------------------------------------------------------------------------------- */

/* Below what --version says. */
static void print_ranks(int n_ranks)
{
    int level;
    MPI_Query_thread(&level);
    printf("ranks    %d, MPI threads %s\n\n", n_ranks,
           level == MPI_THREAD_MULTIPLE     ? "multiple"
           : level == MPI_THREAD_SERIALIZED ? "serialized"
           : level == MPI_THREAD_FUNNELED   ? "funneled, which is enough"
                                            : "single");
}

static void judge_rank(const pstm_rank_facts *r, findings *f)
{
    const pstm_machine *m = &r->machine;
    if (m->n_threads > m->n_cores)
        add_finding(
            f,
            "rank %d on %s: %d threads on %d core(s) (%s). Bind ranks to more cores (mpirun --bind-to "
            "none, srun --cpus-per-task) or lower `threads`",
            m->rank, m->host, m->n_threads, m->n_cores, r->cores);
    else if (r->n_shared_cores > 0 && m->n_cores < r->n_online)
        add_finding(
            f,
            "rank %d on %s: bound to core(s) %s, of which %d belong to another rank too. Give each rank "
            "its own (srun --cpus-per-task, mpirun --map-by slot:PE=N), or bind none",
            m->rank, m->host, r->cores, r->n_shared_cores);
    else if (r->work_of < LEAST_WORK * m->n_threads)
        add_finding(
            f,
            "rank %d on %s: its %d threads do the work of %.1f. Other programs use these cores, or "
            "the job may use fewer than it sees (quota of the container, ranks bound to the same cores)",
            m->rank, m->host, m->n_threads, r->work_of);
}

/* The ranks of one node in a line; returns how many. */
static int print_node(const pstm_rank_facts *ranks, int first, int n_ranks, bool shown)
{
    const pstm_rank_facts *r = &ranks[first];
    int n = 0, n_threads = 0;
    double copy = 0, work = 0;
    for (int i = first; i < n_ranks; i++) {
        if (strcmp(ranks[i].machine.host, r->machine.host) != 0) continue;
        n++;
        n_threads += ranks[i].machine.n_threads;
        copy += ranks[i].copy_bytes_per_s;
        work += ranks[i].work_of;
    }
    if (shown)
        printf("%-16.16s %5d %6d %8d %8.1f %9.1f GB/s %8.1f GiB  %s\n", r->machine.host, n, r->n_online,
               n_threads, work, copy * 1e-9, (double)r->machine.memory_bytes / 1073741824.0, r->cores);
    return n;
}

static bool is_first_of_node(const pstm_rank_facts *ranks, int i)
{
    for (int k = 0; k < i; k++)
        if (strcmp(ranks[k].machine.host, ranks[i].machine.host) == 0) return false;
    return true;
}

static void print_nodes(const pstm_rank_facts *ranks, int n_ranks, findings *f)
{
    int n_nodes = 0;
    printf("%-16s %5s %6s %8s %8s %14s %12s  %s\n", "node", "ranks", "cores", "threads", "work of",
           "memory copy", "budget", "cores of its first rank");
    for (int i = 0; i < n_ranks; i++) {
        if (is_first_of_node(ranks, i)) print_node(ranks, i, n_ranks, n_nodes++ < MOST_NODES_SHOWN);
        judge_rank(&ranks[i], f);
    }
    if (n_nodes > MOST_NODES_SHOWN) printf("... and %d nodes more\n", n_nodes - MOST_NODES_SHOWN);
    printf("\n");
}

/* Those that `devices: auto` chooses from; the others are for tests. */
static void print_devices(void)
{
    static const char *const names[] = {"cuda", "cpu"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pstm_device_info info = {0};
        const bool usable = pstm_device_find(names[i])->probe(&info) == PSTM_OK;
        printf("%-8s %s%s%s\n", names[i], usable ? info.kernel : "", usable ? ": " : "",
               usable ? info.description : pstm_error_text());
    }
    printf("\n");
}

/* ---- the folder -------------------------------------------------------------------------------------- */

static void print_disk(const arguments *a, int n_ranks, const pstm_disk_facts *d, findings *f)
{
    printf("folder   %s: %s, %.1f GB free, locks %s\n", a->folder, d->file_system,
           (double)d->free_bytes * 1e-9, d->locks ? "work" : "do not work");
    printf("         %d MiB a rank, written and synced, medians of %d:\n", a->mib, PSTM_DISK_ROUNDS);
    printf("         plain file  %7.3f GB/s by rank 0\n", d->plain_bytes_per_s * 1e-9);
    printf("         cube        %7.3f GB/s by rank 0, %.2f of plain\n", d->one_bytes_per_s * 1e-9,
           d->one_to_plain);
    if (n_ranks > 1)
        printf("         cube        %7.3f GB/s by %d ranks\n", d->all_bytes_per_s * 1e-9, n_ranks);
    printf("\n");
    if (d->is_memory)
        add_finding(
            f,
            "%s is memory (tmpfs): a cube there takes memory from the ranks and is gone after a crash. "
            "Take a folder on a disk",
            a->folder);
    if (!d->locks)
        add_finding(
            f,
            "%s: files cannot be locked, so two runs could write one cube. Mount it with locks (Lustre: "
            "-o flock), or start each job once",
            a->folder);
    if (d->one_to_plain < LEAST_OF_PLAIN)
        add_finding(f,
                    "%s: the cube is written at %.2f of a plain file's rate. Try the other MPI-IO "
                    "(PSTM_MPI_IO=romio or =ompio), on Lustre more stripes (output.stripes)",
                    a->folder, d->one_to_plain);
}

/* ---- the command ------------------------------------------------------------------------------------- */

static pstm_status print_findings(findings *f)
{
    if (f->n == 0)
        printf("nothing wrong was found\n");
    else
        printf("%d thing(s) wrong:\n%s", f->n, f->text.bytes == NULL ? "" : f->text.bytes);
    pstm_text_clear(&f->text);
    PSTM_TRY(f->status);
    return f->n == 0 ? PSTM_OK : PSTM_SYSTEM;
}

/* Measures; rank 0 prints, and keeps what is wrong. Collective. */
static pstm_status examine(const arguments *a, int rank, int n_ranks, findings *f)
{
    pstm_rank_facts *ranks = NULL;
    pstm_disk_facts disk;
    PSTM_TRY(pstm_node_test(MPI_COMM_WORLD, a->threads, &ranks));
    if (rank == 0) {
        pstm_print_version(stdout);
        print_ranks(n_ranks);
        print_nodes(ranks, n_ranks, f);
        print_devices();
        fflush(stdout);
    }
    PSTM_FREE(&ranks);
    PSTM_TRY(pstm_disk_test(MPI_COMM_WORLD, a->folder, a->mib, &disk));
    if (rank == 0) print_disk(a, n_ranks, &disk, f);
    return PSTM_OK;
}

int pstm_command_doctor(int argc, char **argv)
{
    arguments a = {.folder = ".", .mib = 256};
    pstm_status status = parse(argc, argv, &a);
    if (status != PSTM_OK) return pstm_command_failed("doctor", status);
    if (a.help) {
        fputs(usage, stdout);
        return PSTM_OK;
    }
    status = pstm_launch_check();
    if (status != PSTM_OK)
        return pstm_launch_is_first() ? pstm_command_failed("doctor", status) : (int)status;
    const int rank = pstm_mpi_begin("doctor", false);
    int n_ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    findings f = {0};
    status = examine(&a, rank, n_ranks, &f);
    if (status != PSTM_OK && rank == 0) pstm_command_failed("doctor", status);
    if (status == PSTM_OK && rank == 0) status = print_findings(&f);
    pstm_text_clear(&f.text);
    pstm_mpi_end();
    return (int)status;
}
