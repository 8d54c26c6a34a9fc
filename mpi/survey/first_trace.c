#include "mpi/survey/first_trace.h"

pstm_trace pstm_first_trace_of_ranks(MPI_Comm comm, const pstm_trace *traces, int64_t n, int64_t first)
{
    int rank, n_ranks, owner;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    owner = first < n ? rank : n_ranks;
    MPI_Allreduce(MPI_IN_PLACE, &owner, 1, MPI_INT, MPI_MIN, comm);
    pstm_trace trace = {0};
    if (owner == n_ranks) return trace;
    if (owner == rank) trace = traces[first];
    MPI_Bcast(&trace, (int)sizeof trace, MPI_BYTE, owner, comm);
    return trace;
}
