#include "mpi/run/machine.h"

#include <inttypes.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int cores_of_process(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return (int)sysconf(_SC_NPROCESSORS_ONLN);
    return CPU_COUNT(&set);
}

/* The memory limit of this process's own control group (version 2); INT64_MAX: none. */
static int64_t group_limit(void)
{
    char line[1024], path[1200];
    int64_t limit = INT64_MAX;
    FILE *file = fopen("/proc/self/cgroup", "r");
    const bool got = file != NULL && fgets(line, sizeof line, file) != NULL && strncmp(line, "0::", 3) == 0;
    if (file != NULL) fclose(file);
    if (!got) return limit;
    line[strcspn(line, "\n")] = '\0';
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/memory.max", line + 3);
    file = fopen(path, "r");
    if (file == NULL) return limit;
    if (fscanf(file, "%" SCNd64, &limit) != 1 || limit <= 0) limit = INT64_MAX;
    fclose(file);
    return limit;
}

static int64_t memory_of_node(void)
{
    const int64_t bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE), limit = group_limit();
    return limit < bytes ? limit : bytes;
}

void pstm_machine_find(MPI_Comm comm, int32_t threads, int64_t memory_bytes, pstm_machine *m)
{
    *m = (pstm_machine){.comm = comm};
    MPI_Comm_rank(comm, &m->rank);
    MPI_Comm_size(comm, &m->n_ranks);
    MPI_Comm node;
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, m->rank, MPI_INFO_NULL, &node);
    MPI_Comm_rank(node, &m->node_rank);
    MPI_Comm_size(node, &m->n_node_ranks);
    m->n_cores = cores_of_process();
    int all_cores = 0;
    MPI_Allreduce(&m->n_cores, &all_cores, 1, MPI_INT, MPI_SUM, node);
    MPI_Comm_free(&node);
    /* Ranks that see all cores divide them; ranks that are bound to some keep those. */
    const int online = (int)sysconf(_SC_NPROCESSORS_ONLN);
    const int mine = all_cores > online ? m->n_cores / m->n_node_ranks : m->n_cores;
    m->n_threads = threads > 0 ? threads : mine > 0 ? mine : 1;
    m->memory_bytes = memory_bytes > 0 ? memory_bytes : memory_of_node() / 2 / m->n_node_ranks;
    if (gethostname(m->host, sizeof m->host - 1) != 0) snprintf(m->host, sizeof m->host, "unknown");
}

int64_t pstm_machine_resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    int64_t size, resident;
    const int n = fscanf(file, "%" SCNd64 " %" SCNd64, &size, &resident);
    fclose(file);
    return n == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

/* From run to run, and from rank to rank, what is resident at one place of the program was seen to differ by
 * up to 1.1 MiB of 23: which pages of libraries are touched, what MPI shares, where the heap begins. */
double pstm_machine_advised_mib(int64_t needed_bytes)
{
    const double mib = 1048576, margin_mib = 3 + (double)pstm_machine_resident_bytes() / mib / 32;
    return ceil((double)needed_bytes / mib + margin_mib);
}

int64_t pstm_machine_peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}
