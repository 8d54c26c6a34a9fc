#include "qc/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "device/device.h"
#include "qc/disk_test.h"
#include "qc/node_test.h"
#include "qc/version.h"

/* Less than this is wrong: of the threads' work, and of the plain file's rate. */
static const double LEAST_WORK = 0.7, LEAST_OF_PLAIN = 0.7;

enum { MOST_NODES_SHOWN = 16 };

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

/* ---- MPI and nodes ----------------------------------------------------------------------------------- */

/* Below what --version says. */
static void print_ranks(int n_ranks, FILE *out)
{
    int level;
    MPI_Query_thread(&level);
    fprintf(out, "ranks    %d, MPI threads %s\n\n", n_ranks,
            level == MPI_THREAD_MULTIPLE     ? "multiple"
            : level == MPI_THREAD_SERIALIZED ? "serialized"
            : level == MPI_THREAD_FUNNELED   ? "funneled, which is enough"
                                             : "single");
}

static void judge_rank(const pstm_rank_summary *r, findings *f)
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

/* The ranks of one node in a line. */
static void print_node(const pstm_rank_summary *ranks, int first, int n_ranks, FILE *out)
{
    const pstm_rank_summary *r = &ranks[first];
    int n = 0, n_threads = 0;
    double copy = 0, work = 0;
    for (int i = first; i < n_ranks; i++) {
        if (strcmp(ranks[i].machine.host, r->machine.host) != 0) continue;
        n++;
        n_threads += ranks[i].machine.n_threads;
        copy += ranks[i].copy_bytes_per_s;
        work += ranks[i].work_of;
    }
    fprintf(out, "%-16.16s %5d %6d %8d %8.1f %9.1f GB/s %8.1f GiB  %s\n", r->machine.host, n, r->n_online,
            n_threads, work, copy * 1e-9, (double)r->machine.memory_bytes / 1073741824.0, r->cores);
}

static bool is_first_of_node(const pstm_rank_summary *ranks, int i)
{
    for (int k = 0; k < i; k++)
        if (strcmp(ranks[k].machine.host, ranks[i].machine.host) == 0) return false;
    return true;
}

static void print_nodes(const pstm_rank_summary *ranks, int n_ranks, findings *f, FILE *out)
{
    int n_nodes = 0;
    fprintf(out, "%-16s %5s %6s %8s %8s %14s %12s  %s\n", "node", "ranks", "cores", "threads", "work of",
            "memory copy", "budget", "cores of its first rank");
    for (int i = 0; i < n_ranks; i++) {
        if (is_first_of_node(ranks, i) && n_nodes++ < MOST_NODES_SHOWN) print_node(ranks, i, n_ranks, out);
        judge_rank(&ranks[i], f);
    }
    if (n_nodes > MOST_NODES_SHOWN) printf("... and %d nodes more\n", n_nodes - MOST_NODES_SHOWN);
    fprintf(out, "\n");
}

/* Those that `devices: auto` chooses from; the others are for tests. */
static void print_devices(FILE *out)
{
    size_t n;
    const char *const *names = pstm_device_names(&n);
    for (size_t i = 0; i < n; i++) {
        const pstm_device_ops *device = pstm_device_find(names[i]);
        pstm_device_info info = {0};
        if (!pstm_device_is_automatic(device)) continue;
        const bool usable = device->probe(&info) == PSTM_OK;
        fprintf(out, "%-8s %s%s%s\n", names[i], usable ? info.kernel : "", usable ? ": " : "",
                usable ? info.description : pstm_error_text());
    }
    fprintf(out, "\n");
}

/* ---- the folder -------------------------------------------------------------------------------------- */

static void print_folder(const pstm_doctor_wish *wish, int n_ranks, const pstm_disk_summary *d, FILE *out)
{
    fprintf(out, "folder   %s: %s, %.1f GB free, locks %s\n", wish->folder, d->file_system,
            (double)d->free_bytes * 1e-9, d->locks ? "work" : "do not work");
    fprintf(out, "         %d MiB a rank, written and synced, medians of %d:\n", wish->mib, PSTM_DISK_ROUNDS);
    fprintf(out, "         plain file  %7.3f GB/s by rank 0\n", d->plain_bytes_per_s * 1e-9);
    fprintf(out, "         cube        %7.3f GB/s by rank 0, %.2f of plain\n", d->one_bytes_per_s * 1e-9,
            d->one_to_plain);
    if (n_ranks > 1)
        fprintf(out, "         cube        %7.3f GB/s by %d ranks\n", d->all_bytes_per_s * 1e-9, n_ranks);
    fprintf(out, "\n");
}

static void judge_folder(const char *folder, const pstm_disk_summary *d, findings *f)
{
    if (d->is_memory)
        add_finding(
            f,
            "%s is memory (tmpfs): a cube there takes memory from the ranks and is gone after a crash. "
            "Take a folder on a disk",
            folder);
    if (!d->locks)
        add_finding(
            f,
            "%s: files cannot be locked, so two runs could write one cube. Mount it with locks (Lustre: "
            "-o flock), or start each job once",
            folder);
    if (d->one_to_plain < LEAST_OF_PLAIN)
        add_finding(f,
                    "%s: the cube is written at %.2f of a plain file's rate. Try the other MPI-IO "
                    "(PSTM_MPI_IO=romio or =ompio), on Lustre more stripes (output.stripes)",
                    folder, d->one_to_plain);
}

/* ---- all of it --------------------------------------------------------------------------------------- */

static pstm_status print_findings(const findings *f, FILE *out)
{
    if (f->n == 0)
        fprintf(out, "nothing wrong was found\n");
    else
        fprintf(out, "%d thing(s) wrong:\n%s", f->n, f->text.bytes == NULL ? "" : f->text.bytes);
    return f->status;
}

static void report_nodes(const pstm_rank_summary *ranks, int n_ranks, findings *f, FILE *out)
{
    pstm_print_version(out);
    print_ranks(n_ranks, out);
    print_nodes(ranks, n_ranks, f, out);
    print_devices(out);
    fflush(out);
}

pstm_status pstm_doctor(MPI_Comm comm, const pstm_doctor_wish *wish, FILE *out, int *n_wrong)
{
    pstm_rank_summary *ranks = NULL;
    pstm_disk_summary disk;
    findings f = {0};
    int rank, n_ranks;
    pstm_status status;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    *n_wrong = 0;
    PSTM_GO(pstm_node_test(comm, wish->threads, &ranks));
    if (rank == 0) report_nodes(ranks, n_ranks, &f, out);
    PSTM_GO(pstm_disk_test(comm, wish->folder, wish->mib, &disk));
    if (rank != 0) goto cleanup;
    print_folder(wish, n_ranks, &disk, out);
    judge_folder(wish->folder, &disk, &f);
    PSTM_GO(print_findings(&f, out));
    *n_wrong = f.n;
cleanup:
    PSTM_FREE(&ranks);
    pstm_text_clear(&f.text);
    return status;
}
