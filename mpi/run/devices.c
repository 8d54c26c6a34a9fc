#include "mpi/run/devices.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "io/digest.h"
#include "mpi/comm/agree.h"

int32_t pstm_devices_partition(int32_t n_units, int32_t i_rank, int32_t n_ranks, int32_t most, int32_t *units)
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
static pstm_status choose_mixed(pstm_machine *m)
{
    pstm_device_info info;
    const pstm_device_ops *first = mixed_device(0), *second = mixed_device(1);
    if (first == NULL || second == NULL) return pstm_fail(PSTM_USAGE, "PSTM_MIXED: two devices are wanted");
    m->is_mixed = true;
    m->device = first->probe(&info) == PSTM_OK ? first : second;
    snprintf(m->device_names, sizeof m->device_names, "%s+%s", first->name, second->name);
    snprintf(m->numerics_id, sizeof m->numerics_id, "mixed/%s/%d", m->device_names, MIXED_NUMERICS);
    return PSTM_OK;
}

pstm_status pstm_devices_choose(pstm_machine *m, const char *wanted, bool depth_loop)
{
    if (strcmp(wanted, "mixed") == 0) return choose_mixed(m);
    m->device = strcmp(wanted, "auto") == 0 ? pstm_device_automatic(depth_loop) : pstm_device_find(wanted);
    if (m->device == NULL) return pstm_fail(PSTM_USAGE, "devices: there is no device `%s`", wanted);
    snprintf(m->device_names, sizeof m->device_names, "%s", m->device->name);
    return pstm_device_numerics_id(m->device, m->numerics_id, sizeof m->numerics_id);
}

/* ---- units and slots --------------------------------------------------------------------------------- */

/* The units of a device that a process sees. */
typedef struct seen_device {
    const pstm_device_ops *device;
    pstm_device_info units[PSTM_RANK_WORKERS];
    int32_t n_units;
} seen_device;

/* The ranks of a node that work with the same units as this one; without this rank if it has none of its own.
 * Collective over the node. */
static MPI_Comm find_peers(const pstm_machine *m, MPI_Comm node, const seen_device *seen)
{
    char names[PSTM_RANK_WORKERS][sizeof seen->units->uuid] = {0};
    for (int32_t u = 0; u < seen->n_units; u++)
        memcpy(names[u], seen->units[u].uuid, sizeof names[u]);
    const int colour = (int)(pstm_digest_bytes(names, sizeof names) & 0x7fffffff);
    const bool has_own = seen->n_units > 0 && names[0][0] != '\0' && pstm_machine_works(m);
    MPI_Comm peers;
    MPI_Comm_split(node, has_own ? colour : MPI_UNDEFINED, m->rank, &peers);
    return peers;
}

/* The first of the ranks that share a unit tells of it. */
static void warn_of_sharing(const pstm_machine *m, const seen_device *seen, int i_rank, int n_ranks)
{
    if (i_rank >= seen->n_units || n_ranks <= seen->n_units + i_rank) return;
    pstm_warn("%d ranks on %s share one %s device, %s: they take turns; start at most %d rank(s) a node",
              (n_ranks - i_rank + seen->n_units - 1) / seen->n_units, m->host, seen->device->name,
              seen->units[i_rank].uuid, seen->n_units);
}

/* The units that this rank is to drive. Collective over the node. */
static int32_t take_units(const pstm_machine *m, MPI_Comm node, const seen_device *seen, int32_t *units)
{
    MPI_Comm peers = find_peers(m, node, seen);
    int i_rank, n_ranks;
    if (peers == MPI_COMM_NULL) { /* processors need no division */
        units[0] = 0;
        return seen->n_units > 0 && pstm_machine_works(m);
    }
    MPI_Comm_rank(peers, &i_rank);
    MPI_Comm_size(peers, &n_ranks);
    MPI_Comm_free(&peers);
    if (m->is_mixed && i_rank >= seen->n_units) return 0; /* it has its processors */
    if (!m->is_mixed) warn_of_sharing(m, seen, i_rank, n_ranks);
    return pstm_devices_partition(seen->n_units, i_rank, n_ranks, PSTM_RANK_WORKERS, units);
}

static pstm_status check_numerics(const pstm_machine *m, const seen_device *seen, int32_t unit)
{
    if (m->is_mixed) return PSTM_OK;
    const pstm_device_info *info = &seen->units[unit];
    char id[sizeof m->numerics_id];
    snprintf(id, sizeof id, "%s/%s/%d", seen->device->name, info->kernel, info->numerics);
    if (strcmp(id, m->numerics_id) == 0) return PSTM_OK;
    return pstm_fail(PSTM_USAGE,
                     "the devices of this rank (%s) are %s and %s, and the image would depend on which does "
                     "what; choose one kind with CUDA_VISIBLE_DEVICES",
                     m->host, m->numerics_id, id);
}

/* Adds the slots of one unit, as many as keep it busy while there is room for all units' first ones. */
static void add_slots(pstm_machine *m, const seen_device *seen, int32_t unit, int32_t n_each)
{
    for (int32_t i = 0; i < n_each && m->n_slots < PSTM_RANK_WORKERS; i++) {
        pstm_worker_slot *slot = &m->slots[m->n_slots++];
        *slot = (pstm_worker_slot){.device = seen->device, .unit = unit, .n_sharing = n_each};
        if (seen->units[unit].uuid[0] != '\0')
            snprintf(slot->name, sizeof slot->name, "%s:%d", seen->device->name, unit);
        else
            snprintf(slot->name, sizeof slot->name, "%s", seen->device->name);
    }
}

/* The slots of a device on this rank. Collective over the node. */
static pstm_status fill_for(pstm_machine *m, MPI_Comm node, const pstm_device_ops *device)
{
    seen_device seen = {.device = device};
    int32_t units[PSTM_RANK_WORKERS];
    seen.n_units = pstm_device_units(device, seen.units, PSTM_RANK_WORKERS);
    const int32_t n_units = take_units(m, node, &seen, units);
    int32_t n_each = device->n_workers > 1 ? device->n_workers : 1;
    if (m->n_slots + n_each * n_units > PSTM_RANK_WORKERS - m->is_mixed) n_each = 1;
    for (int32_t u = 0; u < n_units; u++) {
        PSTM_TRY(check_numerics(m, &seen, units[u]));
        add_slots(m, &seen, units[u], n_each);
    }
    return PSTM_OK;
}

/* The rank's threads: half of them, or all where nothing is mixed, evenly for the slots of the first device
 * as far as it makes use of them. The rest is for the processors. */
static void divide_threads(pstm_machine *m)
{
    const int32_t n_first = m->n_slots - (m->is_mixed && m->n_slots > 1);
    int32_t n_left = m->n_threads;
    const int32_t n_threads = m->n_slots > n_first ? n_left / 2 : n_left;
    for (int32_t w = 0; w < m->n_slots; w++) {
        const int32_t most = m->slots[w].device->most_threads;
        int32_t n = w < n_first ? n_threads / n_first : n_left;
        if (most > 0 && n > most) n = most;
        if (n < 1) n = 1;
        m->slots[w].n_threads = n;
        n_left -= n;
    }
}

/* Bits are promised within one numerics id only: all ranks must have the same. Collective. */
static pstm_status compare_devices(pstm_machine *m)
{
    char first[sizeof m->numerics_id];
    memcpy(first, m->numerics_id, sizeof first);
    MPI_Bcast(first, sizeof first, MPI_CHAR, 0, m->comm);
    pstm_status status = PSTM_OK;
    if (strcmp(first, m->numerics_id) != 0)
        status = pstm_fail(
            PSTM_USAGE,
            "this rank (%s) would migrate with %s, rank 0 with %s, and the image would depend on who "
            "does what; start the job on nodes of one kind, or choose a device that all have with "
            "`devices` (and an instruction set with PSTM_CPU_KERNEL)",
            m->host, m->numerics_id, first);
    return pstm_agree(m->comm, status);
}

pstm_status pstm_devices_fill_slots(pstm_machine *m)
{
    PSTM_TRY(compare_devices(m));
    MPI_Comm node;
    MPI_Comm_split_type(m->comm, MPI_COMM_TYPE_SHARED, m->rank, MPI_INFO_NULL, &node);
    pstm_status status = PSTM_OK;
    for (int i = 0; i < 1 + m->is_mixed; i++) {
        const pstm_status filled = fill_for(m, node, m->is_mixed ? mixed_device(i) : m->device);
        if (status == PSTM_OK) status = filled;
    }
    MPI_Comm_free(&node);
    if (status == PSTM_OK && m->n_slots == 0 && pstm_machine_works(m))
        status = pstm_fail(PSTM_SYSTEM, "devices: %s is not there any more", m->device_names);
    divide_threads(m);
    if (status == PSTM_OK) status = PSTM_NEW(&m->n_slots_of, m->n_ranks, "the list of ranks");
    PSTM_TRY(pstm_agree(m->comm, status));
    MPI_Allgather(&m->n_slots, 1, MPI_INT32_T, m->n_slots_of, 1, MPI_INT32_T, m->comm);
    return PSTM_OK;
}

/* ---- getting ready ----------------------------------------------------------------------------------- */

static void *warm_up(void *slot)
{
    const pstm_worker_slot *s = slot;
    s->device->warm_up(s->unit);
    return NULL;
}

void pstm_devices_warm_up(pstm_machine *m)
{
    for (int32_t i = 0; i < m->n_slots; i++) {
        pstm_worker_slot *slot = &m->slots[i];
        const bool again = i > 0 && slot[-1].unit == slot->unit;
        if (slot->device->warm_up == NULL || again) continue;
        slot->is_warming_up = pthread_create(&slot->warm_up, NULL, warm_up, slot) == 0;
    }
}

void pstm_devices_await(pstm_machine *m)
{
    for (int32_t i = 0; i < m->n_slots; i++) {
        pstm_worker_slot *slot = &m->slots[i];
        if (slot->is_warming_up) pthread_join(slot->warm_up, NULL);
        slot->is_warming_up = false;
    }
}

pstm_device_plan pstm_devices_plan(const pstm_worker_slot *slot, const pstm_device_plan *image)
{
    pstm_device_plan plan = *image;
    plan.unit = slot->unit;
    plan.n_sharing = slot->n_sharing;
    plan.n_threads = slot->n_threads;
    return plan;
}

void pstm_devices_release(pstm_machine *m)
{
    pstm_devices_await(m);
    PSTM_FREE(&m->n_slots_of);
}
