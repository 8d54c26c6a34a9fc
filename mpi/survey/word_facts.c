#include "mpi/survey/word_facts.h"

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/first_failure.h"
#include "mpi/comm/partition.h"

enum { BLOCK_TRACES = 2048, MOST_READERS = 8 };

static void take_row(const int32_t *row, pstm_word_facts *facts)
{
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        facts[w].n_not_zero += row[w] != 0;
        if (row[w] < facts[w].least) facts[w].least = row[w];
        if (row[w] > facts[w].most) facts[w].most = row[w];
    }
}

static void clear(pstm_word_facts *facts)
{
    for (int w = 0; w < PSTM_SEGY_WORDS; w++)
        facts[w] = (pstm_word_facts){0, INT32_MAX, INT32_MIN};
}

static void join(pstm_word_facts *facts, const pstm_word_facts *other)
{
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        facts[w].n_not_zero += other[w].n_not_zero;
        if (other[w].least < facts[w].least) facts[w].least = other[w].least;
        if (other[w].most > facts[w].most) facts[w].most = other[w].most;
    }
}

static pstm_status read_block(const pstm_segy *file, int64_t first, int64_t n, pstm_word_facts *facts)
{
    pstm_word_facts found[PSTM_SEGY_WORDS];
    int32_t *rows = NULL;
    pstm_status status;
    clear(found);
    PSTM_GO(PSTM_NEW(&rows, n * PSTM_SEGY_WORDS, "words of headers"));
    PSTM_GO(pstm_segy_read_words(file, first, n, rows));
    for (int64_t i = 0; i < n; i++)
        take_row(rows + i * PSTM_SEGY_WORDS, found);
#pragma omp critical(pstm_word_facts)
    join(facts, found);
cleanup:
    PSTM_FREE(&rows);
    return status;
}

static pstm_status read_file(const pstm_segy *file, int rank, int n_ranks, int n_threads,
                             pstm_word_facts *facts)
{
    const int64_t n = pstm_segy_n_traces(file), end = pstm_partition_first(n, rank + 1, n_ranks);
    pstm_first_failure failure;
    pstm_first_failure_clear(&failure);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads < MOST_READERS ? n_threads : MOST_READERS)
    for (int64_t first = pstm_partition_first(n, rank, n_ranks); first < end; first += BLOCK_TRACES) {
        const int64_t count = end - first < BLOCK_TRACES ? end - first : BLOCK_TRACES;
        const pstm_status status = read_block(file, first, count, facts);
        if (status != PSTM_OK) pstm_first_failure_keep(&failure, first, status);
    }
    return pstm_first_failure_raise(&failure);
}

static void over_ranks(MPI_Comm comm, pstm_word_facts *facts)
{
    int32_t least[PSTM_SEGY_WORDS], most[PSTM_SEGY_WORDS];
    int64_t n_not_zero[PSTM_SEGY_WORDS];
    for (int w = 0; w < PSTM_SEGY_WORDS; w++) {
        least[w] = facts[w].least;
        most[w] = facts[w].most;
        n_not_zero[w] = facts[w].n_not_zero;
    }
    MPI_Allreduce(MPI_IN_PLACE, least, PSTM_SEGY_WORDS, MPI_INT32_T, MPI_MIN, comm);
    MPI_Allreduce(MPI_IN_PLACE, most, PSTM_SEGY_WORDS, MPI_INT32_T, MPI_MAX, comm);
    pstm_sum_over_ranks(comm, n_not_zero, PSTM_SEGY_WORDS);
    for (int w = 0; w < PSTM_SEGY_WORDS; w++)
        facts[w] = (pstm_word_facts){n_not_zero[w], least[w], most[w]};
}

pstm_status pstm_word_facts_find(MPI_Comm comm, const pstm_inputs *inputs, int n_threads,
                                 pstm_word_facts *facts)
{
    int rank, n_ranks;
    pstm_status status = PSTM_OK;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    clear(facts);
    for (int64_t f = 0; f < inputs->n_files && status == PSTM_OK; f++)
        status = read_file(inputs->files[f], rank, n_ranks, n_threads, facts);
    PSTM_TRY(pstm_agree(comm, status));
    over_ranks(comm, facts);
    return PSTM_OK;
}
