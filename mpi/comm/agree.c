#include "mpi/comm/agree.h"

#include <stdio.h>

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

void pstm_sum_over_ranks(MPI_Comm comm, int64_t *values, int n)
{
    MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_INT64_T, MPI_SUM, comm);
}
