#include "qc/node_test.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"

enum { COPY_BYTES = 16 << 20, COPIES = 12, ROUNDS = 3, WORK = 20000000 };

/* Numbers of cores in the fewest words. */
static void list_cores(const cpu_set_t *set, char *text, size_t bytes)
{
    size_t at = 0;
    text[0] = '\0';
    for (int first = 0; first < CPU_SETSIZE && at < bytes; first++) {
        if (!CPU_ISSET(first, set)) continue;
        int last = first;
        while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
            last++;
        const char *comma = at > 0 ? "," : "";
        at += (size_t)(last > first ? snprintf(text + at, bytes - at, "%s%d-%d", comma, first, last)
                                    : snprintf(text + at, bytes - at, "%s%d", comma, first));
        first = last;
    }
}

/* Cores of this rank that others of the node have as well. Collective. */
static pstm_status find_binding(MPI_Comm comm, MPI_Comm node, pstm_rank_summary *f)
{
    cpu_set_t mine, *all = NULL;
    CPU_ZERO(&mine);
    sched_getaffinity(0, sizeof mine, &mine);
    list_cores(&mine, f->cores, sizeof f->cores);
    f->n_online = (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&all, f->machine.n_node_ranks, "the cores of the node's ranks")));
    MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, node);
    for (int core = 0; core < CPU_SETSIZE; core++) {
        int n_users = 0;
        for (int r = 0; r < f->machine.n_node_ranks; r++)
            n_users += CPU_ISSET(core, &all[r]) != 0;
        f->n_shared_cores += CPU_ISSET(core, &mine) && n_users > 1;
    }
    PSTM_FREE(&all);
    return PSTM_OK;
}

/* Seconds of the fastest round in which all threads of all ranks copy. Collective. */
static pstm_status measure_copy(MPI_Comm comm, pstm_rank_summary *f)
{
    const int n_threads = f->machine.n_threads;
    char *memory = NULL;
    PSTM_TRY(
        pstm_agree(comm, pstm_new((void **)&memory, 2 * (int64_t)n_threads, COPY_BYTES, "memory to copy")));
    double best_s = 1e30;
    for (int round = 0; round <= ROUNDS; round++) { /* the first one gets the pages */
        MPI_Barrier(comm);
        const double started_s = pstm_now_s();
#pragma omp parallel for schedule(static) num_threads(n_threads)
        for (int i = 0; i < n_threads; i++) {
            char *from = memory + 2 * (size_t)i * COPY_BYTES, *to = from + COPY_BYTES;
            for (int n = 0; n < COPIES; n++) {
                from[n] = (char)(n + 1); /* or the copy could be left out */
                memcpy(to, from, COPY_BYTES);
            }
        }
        const double took_s = pstm_now_s() - started_s;
        if (round > 0 && took_s < best_s) best_s = took_s;
    }
    f->copy_bytes_per_s = 2.0 * COPY_BYTES * COPIES * n_threads / best_s;
    PSTM_FREE(&memory);
    return PSTM_OK;
}

/* Arithmetic in registers, each step on the one before. The start is read, or a compiler could know the end.
 */
static double compute(void)
{
    static volatile double start = 1.5;
    double x = start;
    for (int i = 0; i < WORK; i++)
        x = x * 0.999999 + 1e-6;
    return x;
}

/* Seconds for a piece of work in each of n threads; the fastest of some rounds. */
static double time_work(int n_threads, double *sum)
{
    double best_s = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        double all = 0;
        const double started_s = pstm_now_s();
#pragma omp parallel for schedule(static) num_threads(n_threads) reduction(+ : all)
        for (int i = 0; i < n_threads; i++)
            all += compute();
        const double took_s = pstm_now_s() - started_s;
        if (took_s < best_s) best_s = took_s;
        *sum += all;
    }
    return best_s;
}

/* One thread of each node alone, then all threads of all ranks. Collective. */
static void measure_work(MPI_Comm comm, MPI_Comm node, pstm_rank_summary *f)
{
    double one_s = 0, sum = 0;
    if (f->machine.node_rank == 0) one_s = time_work(1, &sum);
    MPI_Bcast(&one_s, 1, MPI_DOUBLE, 0, node);
    MPI_Barrier(comm);
    const int n_threads = f->machine.n_threads;
    const double all_s = time_work(n_threads, &sum);
    const double work_of = sum > 0 ? n_threads * one_s / all_s : 0;
    f->work_of = work_of < n_threads ? work_of : n_threads;
}

static pstm_status measure(MPI_Comm comm, MPI_Comm node, pstm_rank_summary *f)
{
    PSTM_TRY(find_binding(comm, node, f));
    PSTM_TRY(measure_copy(comm, f));
    measure_work(comm, node, f);
    return PSTM_OK;
}

pstm_status pstm_node_test(MPI_Comm comm, int32_t threads, pstm_rank_summary **summaries)
{
    pstm_rank_summary mine = {0};
    MPI_Comm node;
    *summaries = NULL;
    pstm_machine_find(comm, threads, 0, &mine.machine);
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, mine.machine.rank, MPI_INFO_NULL, &node);
    pstm_status status = measure(comm, node, &mine);
    MPI_Comm_free(&node);
    PSTM_TRY(status);
    if (mine.machine.rank == 0) status = PSTM_NEW(summaries, mine.machine.n_ranks, "summaries of the ranks");
    PSTM_TRY(pstm_agree(comm, status));
    MPI_Gather(&mine, sizeof mine, MPI_BYTE, *summaries, sizeof mine, MPI_BYTE, 0, comm);
    return PSTM_OK;
}
