#include "mpi/agree.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

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

void pstm_broadcast_bytes(MPI_Comm comm, void *bytes, int64_t n)
{
    enum { PIECE = 1 << 30 };
    for (int64_t done = 0; done < n; done += PIECE)
        MPI_Bcast((char *)bytes + done, (int)(n - done < PIECE ? n - done : PIECE), MPI_BYTE, 0, comm);
}

/* Where each rank's elements go; rank 0. */
static pstm_status place_elements(const int *counts, int n_ranks, int **places)
{
    PSTM_TRY(PSTM_NEW(places, n_ranks, "a gathering of elements"));
    for (int r = 1; r < n_ranks; r++)
        (*places)[r] = (*places)[r - 1] + counts[r - 1];
    return PSTM_OK;
}

pstm_status pstm_gather_elements(MPI_Comm comm, void *elements, int64_t n, size_t element_bytes)
{
    int rank, n_ranks, mine = (int)n, *counts = NULL, *places = NULL;
    int64_t total = n;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    pstm_sum_over_ranks(comm, &total, 1);
    if (total > INT_MAX)
        return pstm_fail(PSTM_DATA, "%" PRId64 " elements are more than the %d that rank 0 can gather", total,
                         INT_MAX);
    pstm_status status = rank == 0 ? PSTM_NEW(&counts, n_ranks, "a gathering of elements") : PSTM_OK;
    PSTM_GO(pstm_agree(comm, status));
    MPI_Gather(&mine, 1, MPI_INT, counts, 1, MPI_INT, 0, comm);
    PSTM_GO(pstm_agree(comm, rank == 0 ? place_elements(counts, n_ranks, &places) : PSTM_OK));
    MPI_Datatype element;
    MPI_Type_contiguous((int)element_bytes, MPI_BYTE, &element);
    MPI_Type_commit(&element);
    if (rank == 0)
        MPI_Gatherv(MPI_IN_PLACE, 0, element, elements, counts, places, element, 0, comm);
    else
        MPI_Gatherv(elements, mine, element, NULL, NULL, NULL, element, 0, comm);
    MPI_Type_free(&element);
cleanup:
    PSTM_FREE(&counts);
    PSTM_FREE(&places);
    return status;
}

void pstm_sum_over_ranks(MPI_Comm comm, int64_t *values, int n)
{
    MPI_Allreduce(MPI_IN_PLACE, values, n, MPI_INT64_T, MPI_SUM, comm);
}
