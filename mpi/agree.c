#include "mpi/agree.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"

pstm_status pstm_agree(MPI_Comm comm, pstm_status status)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    const int mine = status == PSTM_OK ? n_ranks : rank;
    int lowest;
    MPI_Allreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, comm);
    if (lowest == n_ranks) return PSTM_OK;
    struct {
        int status;
        char text[4096];
    } first = {.status = (int)status};
    snprintf(first.text, sizeof first.text, "%s", pstm_error_text());
    MPI_Bcast(&first, (int)sizeof first, MPI_BYTE, lowest, comm);
    if (n_ranks == 1) return (pstm_status)first.status;
    return pstm_fail((pstm_status)first.status, "rank %d: %s", lowest, first.text);
}

pstm_status pstm_share_block(MPI_Comm comm, void **bytes, int64_t *n, const char *what)
{
    enum { PIECE = 1 << 30 };
    int rank;
    MPI_Comm_rank(comm, &rank);
    int64_t size = *n;
    MPI_Bcast(&size, 1, MPI_INT64_T, 0, comm);
    char *block = *bytes;
    pstm_status status = PSTM_OK;
    if (rank != 0) status = PSTM_NEW(&block, size, what);
    const pstm_status agreed = pstm_agree(comm, status);
    if (agreed != PSTM_OK) {
        if (rank != 0 && status == PSTM_OK) PSTM_FREE(&block);
        return agreed;
    }
    for (int64_t done = 0; done < size; done += PIECE) {
        const int64_t left = size - done;
        MPI_Bcast(block + done, (int)(left < PIECE ? left : PIECE), MPI_BYTE, 0, comm);
    }
    *bytes = block;
    *n = size;
    return PSTM_OK;
}

void pstm_sum_over_ranks(MPI_Comm comm, int64_t *values, int n)
{
    MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_INT64_T, MPI_SUM, comm);
}
