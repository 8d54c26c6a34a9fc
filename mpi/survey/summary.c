#include "mpi/survey/summary.h"

#include "survey/kdtree.h"
#include "survey/line.h"

static void add_summaries(void *other, void *summary, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++)
        pstm_survey_summary_add((pstm_survey_summary *)summary + i, (pstm_survey_summary *)other + i);
}

static void add_facts(void *other, void *facts, int *n, MPI_Datatype *type)
{
    (void)type;
    for (int i = 0; i < *n; i++)
        pstm_header_facts_add((pstm_header_facts *)facts + i, (pstm_header_facts *)other + i);
}

static void add_over_ranks(MPI_Comm comm, void *value, size_t bytes, MPI_User_function *add)
{
    MPI_Datatype type;
    MPI_Op op;
    MPI_Type_contiguous((int)bytes, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op_create(add, 1, &op);
    MPI_Allreduce(MPI_IN_PLACE, value, 1, type, op, comm);
    MPI_Op_free(&op);
    MPI_Type_free(&type);
}

void pstm_summary_over_ranks(MPI_Comm comm, pstm_survey_summary *summary)
{
    add_over_ranks(comm, summary, sizeof *summary, add_summaries);
}

void pstm_facts_over_ranks(MPI_Comm comm, pstm_header_facts *facts)
{
    add_over_ranks(comm, facts, sizeof *facts, add_facts);
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

bool pstm_survey_is_line(MPI_Comm comm, const pstm_trace *traces, int64_t n, pstm_line *line)
{
    *line = (pstm_line){.from = find_start(comm, traces, n)};
    line->from = find_farthest(comm, line, traces, n).at;
    const pstm_farthest other = find_farthest(comm, line, traces, n);
    if (other.far_m == 0.0) return true;
    *line = pstm_line_through(line->from, other.at);
    line->length_m = other.far_m;
    line->beside_m = find_farthest(comm, line, traces, n).far_m;
    return line->beside_m <= PSTM_LINE_TOLERANCE * line->length_m;
}
