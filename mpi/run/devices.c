#include "mpi/run/devices.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/digest.h"
#include "mpi/comm/agree.h"

int32_t pstm_devices_share(int32_t n_units, int32_t i_rank, int32_t n_ranks, int32_t most, int32_t *units)
{
    int32_t n = 0;
    if (n_units < 1 || most < 1) return 0;
    if (n_ranks >= n_units) {
        units[n++] = i_rank % n_units;
        return n;
    }
    for (int32_t unit = i_rank; unit < n_units && n < most; unit += n_ranks)
        units[n++] = unit;
    return n;
}

/* ---- which devices ----------------------------------------------------------------------------------- */

/* Raised when a mixed image changes by more than the 1e-4 NRMS that it promises. */
enum { MIXED_NUMERICS = 1 };

static bool is_mixed(const pstm_run_state *run)
{
    return strcmp(run->job->device, "mixed") == 0;
}

/* The devices that `mixed` mixes, the faster first. PSTM_MIXED names others, for tests without a GPU. */
static const pstm_device_ops *mixed_device(int i)
{
    const char *names = getenv("PSTM_MIXED");
    char name[32] = "";
    if (names == NULL) names = "cuda,cpu";
    for (; i > 0; i--)
        names += strcspn(names, ",") + (strchr(names, ',') != NULL);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(names, ","), names);
    return pstm_device_find(name);
}

/* The id is the same on every rank, whatever it has: that is what `mixed` means. */
static pstm_status choose_mixed(pstm_run_state *run)
{
    pstm_device_info info;
    const pstm_device_ops *first = mixed_device(0), *second = mixed_device(1);
    if (first == NULL || second == NULL) return pstm_fail(PSTM_USAGE, "PSTM_MIXED: two devices are wanted");
    run->device = first->probe(&info) == PSTM_OK ? first : second;
    snprintf(run->devices, sizeof run->devices, "%s+%s", first->name, second->name);
    snprintf(run->numerics_id, sizeof run->numerics_id, "mixed/%s/%d", run->devices, MIXED_NUMERICS);
    return PSTM_OK;
}

/* `auto` is cuda where it can be used, else cpu. */
pstm_status pstm_run_choose_devices(pstm_run_state *run)
{
    const char *wanted = run->job->device;
    pstm_device_info info;
    if (is_mixed(run)) return choose_mixed(run);
    if (strcmp(wanted, "auto") == 0 && !run->job->time_domain) wanted = "reference"; /* alone has that loop */
    if (strcmp(wanted, "auto") == 0)
        wanted = pstm_device_find("cuda")->probe(&info) == PSTM_OK ? "cuda" : "cpu";
    run->device = pstm_device_find(wanted);
    if (run->device == NULL) return pstm_fail(PSTM_USAGE, "devices: there is no device `%s`", wanted);
    snprintf(run->devices, sizeof run->devices, "%s", wanted);
    return pstm_device_numerics_id(run->device, run->numerics_id, sizeof run->numerics_id);
}

/* ---- units and workers ------------------------------------------------------------------------------- */

/* The units of a device that a process sees. */
typedef struct sight {
    const pstm_device_ops *device;
    pstm_device_info units[PSTM_RANK_WORKERS];
    int32_t n_units;
} sight;

/* The ranks of a node that work with the same units as this one; without this rank if it has none of its own.
 * Collective over the node. */
static MPI_Comm find_peers(const pstm_run_state *run, MPI_Comm node, const sight *seen)
{
    char names[PSTM_RANK_WORKERS][sizeof seen->units->uuid] = {0};
    for (int32_t u = 0; u < seen->n_units; u++)
        memcpy(names[u], seen->units[u].uuid, sizeof names[u]);
    const int colour = (int)(pstm_digest_bytes(names, sizeof names) & 0x7fffffff);
    const bool has_own = seen->n_units > 0 && names[0][0] != '\0' && pstm_machine_works(&run->machine);
    MPI_Comm peers;
    MPI_Comm_split(node, has_own ? colour : MPI_UNDEFINED, run->machine.rank, &peers);
    return peers;
}

/* The first of the ranks that share a unit tells of it. */
static void warn_of_sharing(const pstm_machine *m, const sight *seen, int i_rank, int n_ranks)
{
    if (i_rank >= seen->n_units || n_ranks <= seen->n_units + i_rank) return;
    pstm_warn("%d ranks on %s share one %s device, %s: they take turns; start at most %d rank(s) a node",
              (n_ranks - i_rank + seen->n_units - 1) / seen->n_units, m->host, seen->device->name,
              seen->units[i_rank].uuid, seen->n_units);
}

/* The units that this rank is to drive. Collective over the node. */
static int32_t take_units(const pstm_run_state *run, MPI_Comm node, const sight *seen, int32_t *units)
{
    MPI_Comm peers = find_peers(run, node, seen);
    int i_rank, n_ranks;
    if (peers == MPI_COMM_NULL) { /* processors need no sharing out */
        units[0] = 0;
        return seen->n_units > 0 && pstm_machine_works(&run->machine);
    }
    MPI_Comm_rank(peers, &i_rank);
    MPI_Comm_size(peers, &n_ranks);
    MPI_Comm_free(&peers);
    if (is_mixed(run) && i_rank >= seen->n_units) return 0; /* it has its processors */
    if (!is_mixed(run)) warn_of_sharing(&run->machine, seen, i_rank, n_ranks);
    return pstm_devices_share(seen->n_units, i_rank, n_ranks, PSTM_RANK_WORKERS, units);
}

static pstm_status check_numerics(const pstm_run_state *run, const sight *seen, int32_t unit)
{
    if (is_mixed(run)) return PSTM_OK;
    const pstm_device_info *info = &seen->units[unit];
    char id[sizeof run->numerics_id];
    snprintf(id, sizeof id, "%s/%s/%d", seen->device->name, info->kernel, info->numerics);
    if (strcmp(id, run->numerics_id) == 0) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "the devices of this rank (%s) are %s and %s, and the image would depend on which does "
                     "what; choose one kind with CUDA_VISIBLE_DEVICES",
                     run->machine.host, run->numerics_id, id);
}

/* Adds the workers of one unit, as many as keep it busy while there is room for all units' first ones. */
static void add_workers(pstm_run_state *run, const sight *seen, int32_t unit, int32_t n_each)
{
    for (int32_t i = 0; i < n_each && run->n_workers < PSTM_RANK_WORKERS; i++) {
        pstm_run_worker *worker = &run->workers[run->n_workers++];
        *worker = (pstm_run_worker){.device = seen->device, .device_plan = run->device_plan};
        worker->device_plan.unit = unit;
        worker->device_plan.n_sharing = n_each;
        if (seen->units[unit].uuid[0] != '\0')
            snprintf(worker->name, sizeof worker->name, "%s:%d", seen->device->name, unit);
        else
            snprintf(worker->name, sizeof worker->name, "%s", seen->device->name);
    }
}

/* The workers of a device on this rank. Collective over the node. */
static pstm_status hire_for(pstm_run_state *run, MPI_Comm node, const pstm_device_ops *device)
{
    sight seen = {.device = device};
    int32_t units[PSTM_RANK_WORKERS];
    seen.n_units = pstm_device_units(device, seen.units, PSTM_RANK_WORKERS);
    const int32_t n_units = take_units(run, node, &seen, units);
    int32_t n_each = device->n_workers > 1 ? device->n_workers : 1;
    if (run->n_workers + n_each * n_units > PSTM_RANK_WORKERS - is_mixed(run)) n_each = 1;
    for (int32_t u = 0; u < n_units; u++) {
        PSTM_TRY(check_numerics(run, &seen, units[u]));
        add_workers(run, &seen, units[u], n_each);
    }
    return PSTM_OK;
}

/* The rank's threads: half of them, or all where nothing is mixed, shared evenly by the workers of the first
 * device as far as it makes use of them. The rest is for the processors. */
static void share_threads(pstm_run_state *run)
{
    const int32_t n_first = run->n_workers - (is_mixed(run) && run->n_workers > 1);
    int32_t n_left = run->machine.n_threads;
    const int32_t n_threads = run->n_workers > n_first ? n_left / 2 : n_left;
    for (int32_t w = 0; w < run->n_workers; w++) {
        const int32_t most = run->workers[w].device->most_threads;
        int32_t n = w < n_first ? n_threads / n_first : n_left;
        if (most > 0 && n > most) n = most;
        if (n < 1) n = 1;
        run->workers[w].device_plan.n_threads = n;
        n_left -= n;
    }
}

/* Bits are promised within one numerics id only: all ranks must have the same. Collective. */
static pstm_status compare_devices(pstm_run_state *run)
{
    char first[sizeof run->numerics_id];
    memcpy(first, run->numerics_id, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, run->comm);
    pstm_status status = PSTM_OK;
    if (strcmp(first, run->numerics_id) != 0)
        status = pstm_fail(
            PSTM_USAGE,
            "this rank (%s) would migrate with %s, rank 0 with %s, and the image would depend on who "
            "does what; start the job on nodes of one kind, or choose a device that all have with "
            "`devices` (and an instruction set with PSTM_CPU_KERNEL)",
            run->machine.host, run->numerics_id, first);
    return pstm_agree(run->comm, status);
}

pstm_status pstm_run_hire(pstm_run_state *run)
{
    PSTM_TRY(compare_devices(run));
    MPI_Comm node;
    MPI_Comm_split_type(run->comm, MPI_COMM_TYPE_SHARED, run->machine.rank, MPI_INFO_NULL, &node);
    pstm_status status = PSTM_OK;
    for (int i = 0; i < 1 + is_mixed(run); i++) {
        const pstm_status hired = hire_for(run, node, is_mixed(run) ? mixed_device(i) : run->device);
        if (status == PSTM_OK) status = hired;
    }
    MPI_Comm_free(&node);
    if (status == PSTM_OK && run->n_workers == 0 && pstm_machine_works(&run->machine))
        status = pstm_fail(PSTM_SYSTEM, "devices: %s is not there any more", run->devices);
    share_threads(run);
    if (status == PSTM_OK) status = PSTM_NEW(&run->n_workers_of, run->machine.n_ranks, "the list of ranks");
    PSTM_TRY(pstm_agree(run->comm, status));
    MPI_Allgather(&run->n_workers, 1, MPI_INT32_T, run->n_workers_of, 1, MPI_INT32_T, run->comm);
    return PSTM_OK;
}

/* ---- getting ready ----------------------------------------------------------------------------------- */

static void *warm_thread(void *worker)
{
    const pstm_run_worker *w = worker;
    w->device->warm_up(w->device_plan.unit);
    return NULL;
}

void pstm_run_warm_up(pstm_run_state *run)
{
    for (int32_t i = 0; i < run->n_workers; i++) {
        pstm_run_worker *w = &run->workers[i];
        const bool again = i > 0 && run->workers[i - 1].device_plan.unit == w->device_plan.unit;
        if (w->device->warm_up == NULL || again) continue;
        w->is_warming = pthread_create(&w->warming, NULL, warm_thread, w) == 0;
    }
}

void pstm_run_warm(pstm_run_state *run)
{
    for (int32_t i = 0; i < run->n_workers; i++) {
        pstm_run_worker *w = &run->workers[i];
        if (w->is_warming) pthread_join(w->warming, NULL);
        w->is_warming = false;
    }
}
