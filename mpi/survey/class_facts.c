#include "mpi/survey/class_facts.h"

#include <math.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/partition.h"

enum { BUCKETS = 512 /* of the time from 0 to the last sample */ };

/* A part of the traces at either end of their windows that does not count. */
static const double LEFT_OUT = 0.05;

/* Whole numbers, so that their order does not count. */
typedef struct counts {
    int64_t n, offsets_mm;
    int64_t begins[BUCKETS], ends[BUCKETS];
} counts;

typedef struct extremes {
    double least_offset_m, most_offset_m, last_begin_s, first_end_s; /* all as greatest: the lesser negated */
} extremes;

typedef struct finder {
    const pstm_store *rows;
    const pstm_kdtree *tree;
    const pstm_bins *bins;
    const pstm_condition_options *condition;
    double end_s;       /* end of the last record */
    counts *counts;     /* [n_classes] */
    extremes *extremes; /* [n_classes] */
} finder;

typedef void visit(finder *f, const pstm_trace *trace, int32_t class_index);

/* Goes through the used traces of leaves [first, last). */
static pstm_status visit_traces(finder *f, int64_t first, int64_t last, visit *each)
{
    pstm_trace traces[PSTM_LEAF_TRACES];
    for (int64_t leaf = first; leaf < last; leaf++) {
        const int64_t n = f->tree->leaves[leaf].n_traces;
        PSTM_TRY(pstm_store_read_traces(f->rows, f->tree->leaves[leaf].first_trace, n, traces));
        for (int64_t i = 0; i < n; i++) {
            const pstm_trace *t = &traces[i];
            if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
            const int32_t class_index = pstm_bins_class(f->bins, t);
            if (class_index >= 0) each(f, t, class_index);
        }
    }
    return PSTM_OK;
}

static double time_of(const finder *f, const pstm_trace *t, int32_t sample)
{
    return t->start_s + sample * pstm_store_get_about(f->rows)->sample_s;
}

static void find_end(finder *f, const pstm_trace *t, int32_t class_index)
{
    (void)class_index;
    f->end_s = fmax(f->end_s, time_of(f, t, t->live_last));
}

static int bucket_of(const finder *f, double time_s)
{
    const double at = f->end_s > 0 ? time_s / f->end_s * BUCKETS : 0;
    return at < 0 ? 0 : at < BUCKETS - 1 ? (int)at : BUCKETS - 1;
}

static void count_trace(finder *f, const pstm_trace *t, int32_t class_index)
{
    counts *c = &f->counts[class_index];
    extremes *e = &f->extremes[class_index];
    const double offset_m = pstm_trace_offset_m(t);
    double begin_s = time_of(f, t, t->live_first), end_s = time_of(f, t, t->live_last);
    if (t->live_first > 0) begin_s += f->condition->mute_taper_s;
    if (f->condition->ramps_ends) end_s -= f->condition->mute_taper_s;
    c->n++;
    c->offsets_mm += llround(1000 * offset_m);
    c->begins[bucket_of(f, begin_s)]++;
    c->ends[bucket_of(f, end_s)]++;
    e->least_offset_m = fmax(e->least_offset_m, -offset_m);
    e->most_offset_m = fmax(e->most_offset_m, offset_m);
    e->last_begin_s = fmax(e->last_begin_s, begin_s);
    e->first_end_s = fmax(e->first_end_s, -end_s);
}

/* The upper edge of the bucket up to which all but the left out begin. */
static double begin_of(const finder *f, const counts *c)
{
    int64_t after = 0;
    int bucket = BUCKETS - 1;
    while (bucket > 0 && (double)(after + c->begins[bucket]) <= LEFT_OUT * (double)c->n)
        after += c->begins[bucket--];
    return f->end_s * (bucket + 1) / BUCKETS;
}

static double end_of(const finder *f, const counts *c)
{
    int64_t before = 0;
    int bucket = 0;
    while (bucket < BUCKETS - 1 && (double)(before + c->ends[bucket]) <= LEFT_OUT * (double)c->n)
        before += c->ends[bucket++];
    return f->end_s * bucket / BUCKETS;
}

static pstm_class_facts facts_of(const finder *f, int32_t class_index)
{
    const counts *c = &f->counts[class_index];
    const extremes *e = &f->extremes[class_index];
    if (c->n == 0) return (pstm_class_facts){0};
    return (pstm_class_facts){.n_traces = c->n,
                              .offset_m = 0.001 * (double)c->offsets_mm / (double)c->n,
                              .least_offset_m = -e->least_offset_m,
                              .most_offset_m = e->most_offset_m,
                              .begin_s = fmin(begin_of(f, c), e->last_begin_s),
                              .end_s = fmax(end_of(f, c), -e->first_end_s)};
}

/* Collective. */
static pstm_status find(MPI_Comm comm, finder *f)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    const int64_t first = pstm_partition_first(f->tree->n_leaves, rank, n_ranks);
    const int64_t last = pstm_partition_first(f->tree->n_leaves, rank + 1, n_ranks);
    PSTM_TRY(pstm_agree(comm, visit_traces(f, first, last, find_end)));
    MPI_Allreduce(MPI_IN_PLACE, &f->end_s, 1, MPI_DOUBLE, MPI_MAX, comm);
    PSTM_TRY(pstm_agree(comm, visit_traces(f, first, last, count_trace)));
    for (int32_t c = 0; c < f->bins->n; c++) {
        pstm_sum_over_ranks(comm, (int64_t *)&f->counts[c], sizeof *f->counts / sizeof(int64_t));
        MPI_Allreduce(MPI_IN_PLACE, &f->extremes[c], sizeof *f->extremes / sizeof(double), MPI_DOUBLE,
                      MPI_MAX, comm);
    }
    return PSTM_OK;
}

pstm_status pstm_class_facts_find(MPI_Comm comm, const pstm_store *rows, const pstm_kdtree *tree,
                                  const pstm_bins *bins, const pstm_condition_options *condition,
                                  pstm_class_facts *facts)
{
    finder f = {.rows = rows, .tree = tree, .bins = bins, .condition = condition};
    pstm_status status = PSTM_NEW(&f.counts, bins->n, "counts of classes");
    if (status == PSTM_OK) status = PSTM_NEW(&f.extremes, bins->n, "extremes of classes");
    PSTM_GO(pstm_agree(comm, status));
    for (int32_t c = 0; c < bins->n; c++)
        f.extremes[c] = (extremes){-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    PSTM_GO(find(comm, &f));
    for (int32_t c = 0; c < bins->n; c++)
        facts[c] = facts_of(&f, c);
cleanup:
    PSTM_FREE(&f.counts);
    PSTM_FREE(&f.extremes);
    return status;
}
