#include "mpi/survey/repeats.h"

#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"

enum {
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    FEW = 32 /* are sorted by insertion */
};

/* ---- sorting ------------------------------------------------------------------------------------------ */

static void sort_few(uint64_t *ids, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const uint64_t id = ids[i];
        int64_t k = i;
        for (; k > 0 && ids[k - 1] > id; k--)
            ids[k] = ids[k - 1];
        ids[k] = id;
    }
}

/* By the digit whose lowest bit is `shift`, in place: each bucket's next free place takes what belongs there.
 * */
static void sort_by_digit(uint64_t *ids, int64_t n, int shift, int64_t *end)
{
    int64_t at[DIGITS] = {0}, sum = 0;
    for (int64_t i = 0; i < n; i++)
        at[ids[i] >> shift & (DIGITS - 1)]++;
    for (int d = 0; d < DIGITS; d++) {
        const int64_t begin = sum;
        sum += at[d];
        at[d] = begin;
        end[d] = sum;
    }
    for (int d = 0; d < DIGITS; d++) {
        while (at[d] < end[d]) {
            uint64_t id = ids[at[d]];
            for (int to = (int)(id >> shift & (DIGITS - 1)); to != d;
                 to = (int)(id >> shift & (DIGITS - 1))) {
                const uint64_t held = ids[at[to]];
                ids[at[to]++] = id;
                id = held;
            }
            ids[at[d]++] = id;
        }
    }
}

/* Most significant digit first. Identities are hashes, so that buckets are about equal. */
static void sort_identities(uint64_t *ids, int64_t n, int shift)
{
    int64_t end[DIGITS], begin = 0;
    if (n <= FEW || shift < 0) {
        if (shift >= 0) sort_few(ids, n);
        return;
    }
    sort_by_digit(ids, n, shift, end);
    for (int d = 0; d < DIGITS; begin = end[d++])
        sort_identities(ids + begin, end[d] - begin, shift - DIGIT_BITS);
}

/* ---- over the ranks ----------------------------------------------------------------------------------- */

static int owner_of(uint64_t id, int n_ranks)
{
    return (int)((id >> 32) * (uint64_t)n_ranks >> 32);
}

/* Copies the identities in the order of their owners; first: [n_ranks + 1]. */
static void sort_by_owner(const uint64_t *identities, int64_t n, int n_ranks, int64_t *first,
                          uint64_t *sorted)
{
    for (int64_t i = 0; i < n; i++)
        if (identities[i] != 0) first[owner_of(identities[i], n_ranks)]++;
    int64_t sum = 0;
    for (int r = 0; r <= n_ranks; r++) {
        const int64_t count = first[r];
        first[r] = sum;
        sum += count;
    }
    for (int64_t i = 0; i < n; i++)
        if (identities[i] != 0) sorted[first[owner_of(identities[i], n_ranks)]++] = identities[i];
    memmove(first + 1, first, (size_t)n_ranks * sizeof *first);
    first[0] = 0;
}

/* Brings each identity to its owner, sorted there. */
static pstm_status bring_together(MPI_Comm comm, const uint64_t *identities, int64_t n, uint64_t **out,
                                  int64_t *n_out)
{
    int n_ranks;
    int64_t *first = NULL;
    uint64_t *mine = NULL;
    void *received = NULL;
    MPI_Comm_size(comm, &n_ranks);
    pstm_status status = PSTM_NEW(&first, n_ranks + 1, "identities of traces");
    if (status == PSTM_OK) status = PSTM_NEW(&mine, n, "identities of traces");
    PSTM_GO(pstm_agree(comm, status));
    sort_by_owner(identities, n, n_ranks, first, mine);
    if (n_ranks == 1) {
        *n_out = first[1];
        received = mine;
        mine = NULL;
    } else {
        PSTM_GO(pstm_exchange_elements(comm, mine, first, sizeof *mine, &received, n_out));
    }
    *out = received;
    sort_identities(*out, *n_out, 64 - DIGIT_BITS);
cleanup:
    PSTM_FREE(&first);
    PSTM_FREE(&mine);
    return status;
}

/* Counts the repetitions among sorted identities and notes the lowest ones that are repeated; 0: none. */
static int64_t count_repeats(const uint64_t *ids, int64_t n, uint64_t *lowest)
{
    int64_t n_repeats = 0;
    int n_lowest = 0;
    for (int64_t i = 1; i < n; i++) {
        if (ids[i] != ids[i - 1]) continue;
        n_repeats++;
        if (n_lowest < PSTM_REPEAT_EXAMPLES && (n_lowest == 0 || lowest[n_lowest - 1] != ids[i]))
            lowest[n_lowest++] = ids[i];
    }
    return n_repeats;
}

/* The lowest of all ranks: owners ascend with the identities, so that the first ones found stand first. */
static pstm_status share_lowest(MPI_Comm comm, uint64_t *lowest)
{
    int n_ranks, rank;
    uint64_t *all = NULL;
    MPI_Comm_size(comm, &n_ranks);
    MPI_Comm_rank(comm, &rank);
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&all, (int64_t)n_ranks * PSTM_REPEAT_EXAMPLES, "repeated traces")));
    MPI_Allgather(lowest, PSTM_REPEAT_EXAMPLES, MPI_UINT64_T, all, PSTM_REPEAT_EXAMPLES, MPI_UINT64_T, comm);
    memset(lowest, 0, PSTM_REPEAT_EXAMPLES * sizeof *lowest);
    for (int i = 0, k = 0; i < n_ranks * PSTM_REPEAT_EXAMPLES && k < PSTM_REPEAT_EXAMPLES; i++)
        if (all[i] != 0) lowest[k++] = all[i];
    PSTM_FREE(&all);
    return PSTM_OK;
}

/* ---- examples ----------------------------------------------------------------------------------------- */

/* The first two of these traces with this identity. */
static pstm_repeat find_here(uint64_t id, const uint64_t *identities, const pstm_trace *traces, int64_t n)
{
    pstm_repeat found = {.file = {-1, -1}};
    for (int64_t i = 0, k = 0; i < n && k < 2; i++) {
        if (identities[i] != id) continue;
        found.file[k] = traces[i].file;
        found.number[k++] = traces[i].number;
    }
    return found;
}

/* The first two of all ranks: the traces of rank 0 come before those of rank 1. */
static pstm_status share_example(MPI_Comm comm, pstm_repeat *example)
{
    int n_ranks;
    pstm_repeat *all = NULL;
    MPI_Comm_size(comm, &n_ranks);
    PSTM_TRY(pstm_agree(comm, PSTM_NEW(&all, n_ranks, "repeated traces")));
    MPI_Allgather(example, (int)sizeof *example, MPI_BYTE, all, (int)sizeof *example, MPI_BYTE, comm);
    *example = (pstm_repeat){.file = {-1, -1}};
    for (int i = 0, k = 0; i < 2 * n_ranks && k < 2; i++) {
        if (all[i / 2].file[i % 2] < 0) continue;
        example->file[k] = all[i / 2].file[i % 2];
        example->number[k++] = all[i / 2].number[i % 2];
    }
    PSTM_FREE(&all);
    return PSTM_OK;
}

pstm_status pstm_repeats_find(MPI_Comm comm, const uint64_t *identities, const pstm_trace *traces, int64_t n,
                              pstm_repeats *out)
{
    uint64_t *ids = NULL, lowest[PSTM_REPEAT_EXAMPLES] = {0};
    int64_t n_ids = 0;
    *out = (pstm_repeats){0};
    PSTM_TRY(bring_together(comm, identities, n, &ids, &n_ids));
    out->n = count_repeats(ids, n_ids, lowest);
    PSTM_FREE(&ids);
    pstm_sum_over_ranks(comm, &out->n, 1);
    if (out->n == 0) return PSTM_OK;
    PSTM_TRY(share_lowest(comm, lowest));
    for (int i = 0; i < PSTM_REPEAT_EXAMPLES && lowest[i] != 0; i++) {
        out->examples[i] = find_here(lowest[i], identities, traces, n);
        PSTM_TRY(share_example(comm, &out->examples[i]));
        out->n_examples++;
    }
    return PSTM_OK;
}
