#include "mpi/comm/exchange.h"

#include <stdbool.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"

static const int64_t PIECE_BYTES = 4 << 20;

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void pstm_broadcast_bytes(MPI_Comm comm, void *bytes, int64_t n)
{
    for (int64_t done = 0; done < n; done += PIECE_BYTES)
        MPI_Bcast((char *)bytes + done, (int)at_most(n - done, PIECE_BYTES), MPI_BYTE, 0, comm);
}

/* Bytes on their way to or from a rank. */
typedef struct stream {
    char *bytes;
    int64_t n;
    int peer;
} stream;

/* Sends one stream while another is received, piece by piece; each of any length, 0 too. */
static void send_and_receive(MPI_Comm comm, stream out, stream in)
{
    for (int64_t done = 0; done < out.n || done < in.n; done += PIECE_BYTES) {
        const bool sends = done < out.n, receives = done < in.n;
        MPI_Sendrecv(sends ? out.bytes + done : NULL, sends ? (int)at_most(out.n - done, PIECE_BYTES) : 0,
                     MPI_BYTE, sends ? out.peer : MPI_PROC_NULL, 0, receives ? in.bytes + done : NULL,
                     receives ? (int)at_most(in.n - done, PIECE_BYTES) : 0, MPI_BYTE,
                     receives ? in.peer : MPI_PROC_NULL, 0, comm, MPI_STATUS_IGNORE);
    }
}

void pstm_gather_elements(MPI_Comm comm, void *elements, int64_t n, size_t element_bytes)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    const stream nothing = {.peer = MPI_PROC_NULL};
    stream mine = {elements, n * (int64_t)element_bytes, 0};
    if (rank != 0) {
        MPI_Send(&mine.n, 1, MPI_INT64_T, 0, 0, comm);
        send_and_receive(comm, mine, nothing);
    }
    for (int r = 1; r < n_ranks && rank == 0; r++) {
        stream theirs = {.bytes = mine.bytes + mine.n, .peer = r};
        MPI_Recv(&theirs.n, 1, MPI_INT64_T, r, 0, comm, MPI_STATUS_IGNORE);
        send_and_receive(comm, nothing, theirs);
        mine.n += theirs.n;
    }
}

/* Where in `received` the elements of each rank begin: [n_ranks + 1]. */
static void count_received(MPI_Comm comm, const int64_t *first, int n_ranks, int64_t *to, int64_t *from)
{
    for (int r = 0; r < n_ranks; r++)
        to[r] = first[r + 1] - first[r];
    MPI_Alltoall(to, 1, MPI_INT64_T, from + 1, 1, MPI_INT64_T, comm);
    for (int r = 0; r < n_ranks; r++)
        from[r + 1] += from[r];
}

/* In n_ranks steps; in each a rank sends to one rank and receives from one. */
static void exchange(MPI_Comm comm, char *sent, const int64_t *first, char *received, const int64_t *from,
                     int64_t element_bytes)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    if (first[rank] < first[rank + 1])
        memcpy(received + from[rank] * element_bytes, sent + first[rank] * element_bytes,
               (size_t)((first[rank + 1] - first[rank]) * element_bytes));
    for (int step = 1; step < n_ranks; step++) {
        const int to = (rank + step) % n_ranks, back = (rank - step + n_ranks) % n_ranks;
        const stream out = {sent + first[to] * element_bytes, (first[to + 1] - first[to]) * element_bytes,
                            to};
        const stream in = {received + from[back] * element_bytes,
                           (from[back + 1] - from[back]) * element_bytes, back};
        send_and_receive(comm, out, in);
    }
}

pstm_status pstm_exchange_elements(MPI_Comm comm, void *elements, const int64_t *first, size_t element_bytes,
                                   void **received, int64_t *n_received)
{
    int n_ranks;
    MPI_Comm_size(comm, &n_ranks);
    int64_t *to = NULL, *from = NULL;
    void *room = NULL;
    pstm_status status = PSTM_NEW(&to, n_ranks, "an exchange between ranks");
    if (status == PSTM_OK) status = PSTM_NEW(&from, n_ranks + 1, "an exchange between ranks");
    PSTM_GO(pstm_agree(comm, status));
    count_received(comm, first, n_ranks, to, from);
    PSTM_GO(pstm_agree(comm, pstm_new(&room, from[n_ranks], element_bytes, "elements of other ranks")));
    exchange(comm, elements, first, room, from, (int64_t)element_bytes);
    *received = room;
    *n_received = from[n_ranks];
    room = NULL;
cleanup:
    PSTM_FREE(&room);
    PSTM_FREE(&to);
    PSTM_FREE(&from);
    return status;
}
