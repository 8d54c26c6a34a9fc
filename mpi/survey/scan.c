#include "mpi/survey/scan.h"

#include <stdbool.h>
#include <xxhash.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/first_failure.h"
#include "mpi/comm/partition.h"
#include "mpi/survey/summary.h"

/* Headers are read, hashed and given to ranks by blocks, so that the digest does not know the ranks. */
enum { BLOCK_TRACES = PSTM_SCAN_BLOCK_TRACES };

enum { MOST_READERS = 8 /* threads of a rank: what more would gain, a disk does not have */ };

typedef struct block {
    int32_t file;
    int64_t first, n, place; /* place: of its first trace among those of all files */
} block;

/* What one rank has read. */
typedef struct partition {
    int64_t first_block, n_blocks, n_traces;
    pstm_trace *traces;
    uint64_t *identities; /* [n_traces] */
    pstm_header_facts facts;
    uint64_t *digests; /* [n_blocks]; on rank 0 with room for those of all ranks */
} partition;

static pstm_status list_blocks(const pstm_inputs *inputs, block **out, int64_t *n_out)
{
    int64_t n = 0;
    for (int64_t f = 0; f < inputs->n_files; f++)
        n += (pstm_segy_n_traces(inputs->files[f]) + BLOCK_TRACES - 1) / BLOCK_TRACES;
    block *blocks;
    PSTM_TRY(PSTM_NEW(&blocks, n, "header blocks"));
    int64_t i = 0, place = 0;
    for (int64_t f = 0; f < inputs->n_files; f++) {
        const int64_t n_traces = pstm_segy_n_traces(inputs->files[f]);
        for (int64_t first = 0; first < n_traces; first += BLOCK_TRACES)
            blocks[i++] = (block){.file = (int32_t)f,
                                  .first = first,
                                  .n = n_traces - first < BLOCK_TRACES ? n_traces - first : BLOCK_TRACES,
                                  .place = place + first};
        place += n_traces;
    }
    *out = blocks;
    *n_out = n;
    return PSTM_OK;
}

static pstm_status read_block(const pstm_inputs *inputs, const block *from, int64_t place, partition *mine,
                              uint64_t *digest)
{
    pstm_segy_seen seen = {.facts = pstm_header_facts_none(), .identities = mine->identities + place};
    PSTM_TRY(pstm_segy_read_headers(inputs->files[from->file], from->file, from->first, from->n,
                                    mine->traces + place, &seen));
    *digest = seen.digest;
#pragma omp critical(pstm_header_facts)
    pstm_header_facts_add(&mine->facts, &seen.facts);
    return PSTM_OK;
}

static pstm_status read_blocks(const pstm_inputs *inputs, const block *blocks, int n_threads, partition *mine)
{
    pstm_first_failure first;
    pstm_first_failure_clear(&first);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads < MOST_READERS ? n_threads : MOST_READERS)
    for (int64_t b = 0; b < mine->n_blocks; b++) {
        if (pstm_first_failure_is_before(&first, b)) continue;
        const pstm_status status =
            read_block(inputs, &blocks[b], blocks[b].place - blocks->place, mine, &mine->digests[b]);
        if (status != PSTM_OK) pstm_first_failure_keep(&first, b, status);
    }
    return pstm_first_failure_raise(&first);
}

/* Reads the partition of a rank. */
static pstm_status read_partition(const pstm_inputs *inputs, const block *blocks, int64_t n_blocks,
                                  bool is_root, int n_threads, partition *mine)
{
    for (int64_t b = 0; b < mine->n_blocks; b++)
        mine->n_traces += blocks[mine->first_block + b].n;
    PSTM_TRY(PSTM_NEW(&mine->traces, mine->n_traces, "trace headers"));
    PSTM_TRY(PSTM_NEW(&mine->identities, mine->n_traces, "identities of traces"));
    PSTM_TRY(PSTM_NEW(&mine->digests, is_root ? n_blocks : mine->n_blocks, "header digests"));
    return read_blocks(inputs, blocks + mine->first_block, n_threads, mine);
}

static pstm_status digest_inputs(const pstm_inputs *inputs, const uint64_t *blocks, int64_t n_blocks,
                                 uint64_t *digest)
{
    uint64_t *all;
    PSTM_TRY(PSTM_NEW(&all, n_blocks + inputs->n_files, "header digests"));
    pstm_status status = PSTM_OK;
    for (int64_t f = 0; f < inputs->n_files && status == PSTM_OK; f++)
        status = pstm_segy_digest(inputs->files[f], &all[f]);
    for (int64_t b = 0; b < n_blocks; b++)
        all[inputs->n_files + b] = blocks[b];
    if (status == PSTM_OK) *digest = XXH3_64bits(all, (size_t)(n_blocks + inputs->n_files) * sizeof *all);
    PSTM_FREE(&all);
    return status;
}

pstm_status pstm_scan_headers(MPI_Comm comm, const pstm_inputs *inputs, int n_threads, pstm_scan **out)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    pstm_scan *scan = NULL;
    block *blocks = NULL;
    int64_t n_blocks = 0;
    partition mine = {.facts = pstm_header_facts_none()};
    pstm_status status = PSTM_NEW(&scan, 1, "the scan");
    if (status == PSTM_OK) status = list_blocks(inputs, &blocks, &n_blocks);
    if (status == PSTM_OK) {
        mine.first_block = pstm_partition_first(n_blocks, rank, n_ranks);
        mine.n_blocks = pstm_partition_first(n_blocks, rank + 1, n_ranks) - mine.first_block;
        status = read_partition(inputs, blocks, n_blocks, rank == 0, n_threads, &mine);
        const pstm_status unchanged =
            pstm_inputs_check(inputs); /* else that is why reading may have failed */
        if (unchanged != PSTM_OK) status = unchanged;
    }
    PSTM_GO(pstm_agree(comm, status));
    pstm_gather_elements(comm, mine.digests, mine.n_blocks, sizeof *mine.digests);
    if (rank == 0) status = digest_inputs(inputs, mine.digests, n_blocks, &scan->digest);
    PSTM_GO(pstm_agree(comm, status));
    scan->n_traces = mine.n_traces;
    scan->traces = mine.traces;
    scan->identities = mine.identities;
    scan->facts = mine.facts;
    pstm_facts_over_ranks(comm, &scan->facts);
    mine.traces = NULL;
    mine.identities = NULL;
    *out = scan;
    scan = NULL;
cleanup:
    PSTM_FREE(&blocks);
    PSTM_FREE(&mine.traces);
    PSTM_FREE(&mine.identities);
    PSTM_FREE(&mine.digests);
    pstm_scan_destroy(&scan);
    return status;
}

void pstm_scan_destroy(pstm_scan **scan)
{
    if (*scan == NULL) return;
    PSTM_FREE(&(*scan)->traces);
    PSTM_FREE(&(*scan)->identities);
    PSTM_FREE(scan);
}
