#include "mpi/survey/summary.h"

#include "survey/kdtree.h"
#include "survey/line.h"

static void add_summary(void *other, void *summary, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++)
        pstm_survey_summary_add((pstm_survey_summary *)summary + i, (pstm_survey_summary *)other + i);
}

void pstm_summary_over_ranks(MPI_Comm comm, pstm_survey_summary *summary)
{
    MPI_Datatype type;
    MPI_Op op;
    MPI_Type_contiguous((int)sizeof *summary, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op_create(add_summary, 1, &op);
    MPI_Allreduce(MPI_IN_PLACE, summary, 1, type, op, comm);
    MPI_Op_free(&op);
    MPI_Type_free(&type);
}

/* The position on the rank where `value` is greatest; the lowest such rank, where the earliest traces are. */
static pstm_farthest of_greatest(MPI_Comm comm, double value, pstm_farthest mine)
{
    struct {
        double value;
        int rank;
    } best = {.value = value};
    MPI_Comm_rank(comm, &best.rank);
    MPI_Allreduce(MPI_IN_PLACE, &best, 1, MPI_DOUBLE_INT, MPI_MAXLOC, comm);
    MPI_Bcast(&mine, (int)sizeof mine, MPI_BYTE, best.rank, comm);
    return mine;
}

static pstm_farthest find_farthest(MPI_Comm comm, const pstm_line *line, const pstm_trace *traces, int64_t n)
{
    const pstm_farthest mine = pstm_line_farthest(line, traces, n);
    return of_greatest(comm, mine.far_m, mine);
}

/* The source of the first usable trace; any position without one. */
static pstm_position find_start(MPI_Comm comm, const pstm_trace *traces, int64_t n)
{
    pstm_farthest start = {0};
    int64_t i = 0;
    while (i < n && !pstm_trace_is_usable(&traces[i]))
        i++;
    if (i < n) start.at = (pstm_position){traces[i].source_x_m, traces[i].source_y_m};
    return of_greatest(comm, i < n, start).at;
}

bool pstm_survey_is_line(MPI_Comm comm, const pstm_trace *traces, int64_t n)
{
    pstm_line line = {.from = find_start(comm, traces, n)};
    line.from = find_farthest(comm, &line, traces, n).at;
    const pstm_farthest other = find_farthest(comm, &line, traces, n);
    if (other.far_m == 0.0) return true;
    line = pstm_line_through(line.from, other.at);
    return find_farthest(comm, &line, traces, n).far_m <= PSTM_LINE_TOLERANCE * other.far_m;
}
