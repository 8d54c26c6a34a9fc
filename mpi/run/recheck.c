#include "mpi/run/recheck.h"

#include <inttypes.h>

#include "core/log.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/partition.h"

/* The records of the journal, on every rank, and which of them are not true. */
typedef struct recheck {
    pstm_journal_record *records; /* [n] */
    char *is_lost;                /* [n_mine]; on rank 0 [n] in the end */
    int64_t n, first, n_mine;
} recheck;

/* The journal alone does not tell that it is older than the cube, for it goes on to be true. */
static void warn_of_older_journal(const pstm_run_sink *sink)
{
    const int64_t n_done = pstm_journal_n_done(sink->journal);
    if (sink->found.n_marked > n_done)
        pstm_warn("%s was left with %" PRId64 " chunk columns, and its journal holds %" PRId64
                  " (was it lost, or an older one restored?); the others are migrated again",
                  sink->options->file, sink->found.n_marked, n_done);
}

/* Rank 0. */
static pstm_status list_doubtful(const pstm_run_sink *sink, recheck *r)
{
    if (!sink->found.is_there || sink->found.is_marked) return PSTM_OK;
    warn_of_older_journal(sink);
    PSTM_TRY(pstm_journal_list(sink->journal, &r->records));
    r->n = pstm_journal_n_records(sink->journal);
    return PSTM_OK;
}

/* Gives every rank the records. Collective. */
static pstm_status share_records(const pstm_machine *machine, recheck *r)
{
    const int rank = machine->rank, n_ranks = machine->n_ranks;
    MPI_Bcast(&r->n, 1, MPI_INT64_T, 0, machine->comm);
    r->first = pstm_partition_first(r->n, rank, n_ranks);
    r->n_mine = pstm_partition_first(r->n, rank + 1, n_ranks) - r->first;
    pstm_status status = PSTM_OK;
    if (rank != 0) status = PSTM_NEW(&r->records, r->n, "the journal's records");
    if (status == PSTM_OK) status = PSTM_NEW(&r->is_lost, rank == 0 ? r->n : r->n_mine, "marks of records");
    PSTM_TRY(pstm_agree(machine->comm, status));
    pstm_broadcast_bytes(machine->comm, r->records, r->n * (int64_t)sizeof *r->records);
    return PSTM_OK;
}

static pstm_status read_columns(const char *path, const recheck *r)
{
    pstm_cube *cube = NULL;
    bool holds;
    if (r->n_mine == 0) return PSTM_OK;
    PSTM_TRY(pstm_cube_open_read(path, &cube));
    pstm_status status = PSTM_OK;
    for (int64_t i = 0; i < r->n_mine && status == PSTM_OK; i++) {
        status = pstm_cube_holds(cube, &r->records[r->first + i], &holds);
        r->is_lost[i] = (char)!holds;
    }
    const pstm_status closed = pstm_cube_close(&cube);
    return status != PSTM_OK ? status : closed;
}

/* Rank 0. */
static pstm_status withdraw(const pstm_run_sink *sink, recheck *r)
{
    int64_t n_lost = 0;
    for (int64_t i = 0; i < r->n; i++)
        if (r->is_lost[i]) r->records[n_lost++] = r->records[i];
    pstm_note("%s: %" PRId64 " chunk columns compared with its journal", sink->options->file, r->n);
    if (n_lost == 0) return PSTM_OK;
    pstm_warn("%s: %" PRId64 " of the %" PRId64
              " chunk columns that its journal holds are not in it as they were written (was a backup of one "
              "of the two restored, or the cube changed?); they are migrated again",
              sink->options->file, n_lost, r->n);
    PSTM_TRY(pstm_journal_withdraw(sink->journal, r->records, n_lost));
    return pstm_journal_sync(sink->journal);
}

pstm_status pstm_run_recheck(const pstm_machine *machine, pstm_run_image *image)
{
    const bool is_root = machine->rank == 0;
    recheck r = {0};
    pstm_status status;
    PSTM_GO(pstm_agree(machine->comm, is_root ? list_doubtful(&image->sink, &r) : PSTM_OK));
    PSTM_GO(share_records(machine, &r));
    if (r.n == 0) goto cleanup;
    PSTM_GO(pstm_agree(machine->comm, read_columns(image->job->output.file, &r)));
    pstm_gather_elements(machine->comm, r.is_lost, r.n_mine, 1);
    status = pstm_agree(machine->comm, is_root ? withdraw(&image->sink, &r) : PSTM_OK);
cleanup:
    PSTM_FREE(&r.records);
    PSTM_FREE(&r.is_lost);
    return status;
}
