#include "mpi/survey/dropped.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/place.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/partition.h"
#include "survey/trace.h"

static int by_file_and_number(const void *a, const void *b)
{
    const pstm_dropped *p = a, *q = b;
    if (p->file != q->file) return p->file < q->file ? -1 : 1;
    return (p->number > q->number) - (p->number < q->number);
}

/* Brings each to the rank that has its trace when all traces are partitioned in the order of the files. */
static pstm_status bring_home(MPI_Comm comm, const pstm_inputs *inputs, pstm_dropped *dropped, int64_t n,
                              pstm_dropped **received, int64_t *n_received)
{
    int n_ranks, file = 0, rank = 0;
    int64_t *first = NULL, before = 0; /* traces of the files before `file` */
    void *at_home;
    pstm_status status;
    MPI_Comm_size(comm, &n_ranks);
    PSTM_GO(pstm_agree(comm, PSTM_NEW(&first, n_ranks + 1, "the list of dropped traces")));
    if (n > 0) qsort(dropped, (size_t)n, sizeof *dropped, by_file_and_number);
    for (int64_t i = 0; i < n; i++) {
        while (file < dropped[i].file)
            before += pstm_segy_n_traces(inputs->files[file++]);
        while (rank < pstm_partition_owner(inputs->n_traces, before + dropped[i].number, n_ranks))
            first[++rank] = i;
    }
    while (rank < n_ranks)
        first[++rank] = n;
    PSTM_GO(pstm_exchange_elements(comm, dropped, first, sizeof *dropped, &at_home, n_received));
    *received = at_home;
    qsort(*received, (size_t)*n_received, sizeof **received, by_file_and_number);
cleanup:
    PSTM_FREE(&first);
    return status;
}

/* Writes a line, or counts its bytes where file is NULL. */
static int put_line(FILE *file, const pstm_inputs *inputs, const pstm_dropped *d)
{
    const char *path = pstm_segy_path(inputs->files[d->file]), *why = pstm_trace_fate_text(d->fate);
    static const char form[] = "%s %" PRId64 " %s\n";
    if (file == NULL) return snprintf(NULL, 0, form, path, d->number + 1, why);
    return fprintf(file, form, path, d->number + 1, why);
}

/* Writes lines from byte `at` of the list on; with at 0, a new list and its heading. */
static pstm_status write_part(const char *path, int64_t at, const pstm_inputs *inputs,
                              const pstm_dropped *dropped, int64_t n, const char *heading)
{
    const int descriptor = at == 0 ? pstm_place_make(path) : open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", path);
    FILE *file = fdopen(descriptor, at == 0 ? "w" : "r+");
    if (file == NULL) {
        const pstm_status status = pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", path);
        close(descriptor);
        return status;
    }
    int bad = fseeko(file, (off_t)at, SEEK_SET);
    if (at == 0) fputs(heading, file);
    for (int64_t i = 0; i < n; i++)
        put_line(file, inputs, &dropped[i]);
    bad |= ferror(file);
    if (fclose(file) != 0 || bad) return pstm_fail_errno(PSTM_SYSTEM, "cannot write %s", path);
    return PSTM_OK;
}

/* Rank 0 makes the file before the others add to it. Collective. */
static pstm_status write_parts(MPI_Comm comm, const pstm_inputs *inputs, const char *path,
                               const pstm_dropped *dropped, int64_t n)
{
    static const char heading[] = "# traces that do not contribute: file, trace (from 1), why\n";
    int rank;
    MPI_Comm_rank(comm, &rank);
    int64_t bytes = rank == 0 ? (int64_t)sizeof heading - 1 : 0, end;
    for (int64_t i = 0; i < n; i++)
        bytes += put_line(NULL, inputs, &dropped[i]);
    MPI_Scan(&bytes, &end, 1, MPI_INT64_T, MPI_SUM, comm);
    PSTM_TRY(pstm_agree(comm, rank == 0 ? write_part(path, 0, inputs, dropped, n, heading) : PSTM_OK));
    return pstm_agree(comm, rank != 0 && n > 0 ? write_part(path, end - bytes, inputs, dropped, n, heading)
                                               : PSTM_OK);
}

pstm_status pstm_dropped_write(MPI_Comm comm, const pstm_inputs *inputs, const char *path,
                               pstm_dropped *dropped, int64_t n)
{
    pstm_dropped *mine = NULL;
    int64_t n_mine;
    PSTM_TRY(bring_home(comm, inputs, dropped, n, &mine, &n_mine));
    const pstm_status status = write_parts(comm, inputs, path, mine, n_mine);
    PSTM_FREE(&mine);
    return status;
}
