#include "mpi/survey/tree.h"

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/partition.h"
#include "mpi/survey/tree_cut.h"

/* A tree that is being built, on one rank. */
typedef struct builder {
    MPI_Comm comm;
    int rank, n_ranks, n_threads;
    int64_t n_traces, n_leaves; /* of the tree */
    pstm_trace *traces;         /* of this rank */
    int64_t n_mine;
    pstm_cut *cuts; /* level by level */
    int64_t n_cuts;
    int64_t *first; /* [n_ranks + 1]: where the traces begin here that each rank is to hold */
} builder;

/* ---- the upper levels: all ranks together ------------------------------------------------------------- */

static int64_t first_leaf_of(const builder *b, int rank)
{
    return pstm_partition_first(b->n_leaves, rank, b->n_ranks);
}

static int owner_of(const builder *b, int64_t leaf)
{
    return pstm_partition_owner(b->n_leaves, leaf, b->n_ranks);
}

/* Adds a node to the next level if several ranks are to hold its leaves; its number, or -1. */
static int64_t add_cut(builder *b, int64_t first_leaf, int64_t n_leaves, int64_t begin, int64_t end)
{
    if (owner_of(b, first_leaf) == owner_of(b, first_leaf + n_leaves - 1)) return -1;
    b->cuts[b->n_cuts] =
        (pstm_cut){.first_leaf = first_leaf, .n_leaves = n_leaves, .begin = begin, .end = end};
    return b->n_cuts++;
}

/* A node that was cut: its children, and the ranks whose leaves begin with the upper one. */
static void follow_cut(builder *b, pstm_cut *cut)
{
    const int64_t n_lower = pstm_kdtree_lower_leaves(cut->n_leaves), middle = cut->first_leaf + n_lower;
    for (int rank = owner_of(b, middle); first_leaf_of(b, rank) == middle; rank--)
        b->first[rank] = cut->middle;
    cut->lower = add_cut(b, cut->first_leaf, n_lower, cut->begin, cut->middle);
    cut->upper = add_cut(b, middle, cut->n_leaves - n_lower, cut->middle, cut->end);
}

static int64_t n_levels(int64_t n_leaves)
{
    int64_t n = 0;
    while ((int64_t)1 << n < n_leaves)
        n++;
    return n;
}

/* Brings the traces into the order of the ranks that are to hold them. Each node that is cut holds the first
 * leaf of a rank but rank 0, so that a level has fewer cuts than there are ranks. Collective. */
static pstm_status cut_levels(builder *b)
{
    const int64_t most = b->n_ranks - 1;
    pstm_cutter *cutter = NULL;
    pstm_status status = PSTM_NEW(&b->cuts, most * n_levels(b->n_leaves), "the upper levels of the KD-tree");
    if (status == PSTM_OK) status = PSTM_NEW(&b->first, b->n_ranks + 1, "the partitions of the ranks");
    PSTM_GO(pstm_agree(b->comm, status));
    PSTM_GO(pstm_cutter_create(b->comm, b->traces, b->n_mine, most, &cutter));
    b->first[b->n_ranks] = b->n_mine;
    if (b->n_leaves > 0) add_cut(b, 0, b->n_leaves, 0, b->n_mine);
    for (int64_t begin = 0, end; begin < b->n_cuts; begin = end) {
        end = b->n_cuts;
        PSTM_GO(pstm_cut_nodes(cutter, b->cuts + begin, end - begin));
        for (int64_t i = begin; i < end; i++)
            follow_cut(b, &b->cuts[i]);
    }
cleanup:
    pstm_cutter_destroy(&cutter);
    return status;
}

static pstm_status exchange_traces(builder *b)
{
    void *received;
    PSTM_TRY(pstm_exchange_elements(b->comm, b->traces, b->first, sizeof *b->traces, &received, &b->n_mine));
    PSTM_FREE(&b->traces);
    b->traces = received;
    return PSTM_OK;
}

/* ---- the lower levels: each rank its own -------------------------------------------------------------- */

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Sorts the traces of this rank that belong to a node, which is cuts[i], or wholly this rank's. Those to both
 * sides of a cut came mixed, but how many there are on each side is known. */
static void sort_node(const builder *b, int64_t first_leaf, int64_t n_leaves, int64_t i)
{
    const int64_t mine = first_leaf_of(b, b->rank), next = first_leaf_of(b, b->rank + 1);
    const int64_t begin = first_leaf > mine ? first_leaf : mine, end = at_most(first_leaf + n_leaves, next);
    if (begin >= end) return;
    pstm_trace *traces = b->traces + (begin - mine) * PSTM_LEAF_TRACES;
    const int64_t n = at_most(end * PSTM_LEAF_TRACES, b->n_traces) - begin * PSTM_LEAF_TRACES;
    if (i < 0) {
        pstm_kdtree_sort(traces, n, b->n_threads);
        return;
    }
    const pstm_cut *cut = &b->cuts[i];
    const int64_t middle = first_leaf + pstm_kdtree_lower_leaves(n_leaves);
    if (begin < middle && middle < end)
        pstm_kdtree_cut(traces, n, (middle - begin) * PSTM_LEAF_TRACES, cut->along_y);
    sort_node(b, first_leaf, middle - first_leaf, cut->lower);
    sort_node(b, middle, first_leaf + n_leaves - middle, cut->upper);
}

/* The whole tree on every rank, from the leaves of each. Collective. */
static pstm_status join(const builder *b, pstm_kdtree **out)
{
    pstm_kdtree *tree = NULL;
    PSTM_TRY(pstm_agree(b->comm, pstm_kdtree_create(b->n_traces, &tree)));
    const int64_t first = first_leaf_of(b, b->rank), n = first_leaf_of(b, b->rank + 1) - first;
    pstm_kdtree_make_leaves(b->traces, b->n_mine, first, tree->leaves + first);
    pstm_gather_elements(b->comm, tree->leaves + first, n, sizeof *tree->leaves);
    pstm_broadcast_bytes(b->comm, tree->leaves, tree->n_leaves * (int64_t)sizeof *tree->leaves);
    pstm_kdtree_join(tree);
    *out = tree;
    return PSTM_OK;
}

pstm_status pstm_tree_build(MPI_Comm comm, int n_threads, pstm_trace **traces, int64_t *n_traces,
                            pstm_kdtree **tree)
{
    builder b = {
        .comm = comm, .n_threads = n_threads, .n_traces = *n_traces, .traces = *traces, .n_mine = *n_traces};
    MPI_Comm_rank(comm, &b.rank);
    MPI_Comm_size(comm, &b.n_ranks);
    pstm_sum_over_ranks(comm, &b.n_traces, 1);
    b.n_leaves = pstm_kdtree_n_leaves(b.n_traces);
    pstm_status status = PSTM_OK;
    if (b.n_ranks > 1) {
        status = cut_levels(&b);
        if (status == PSTM_OK) status = exchange_traces(&b);
    }
    if (status == PSTM_OK && b.n_leaves > 0) sort_node(&b, 0, b.n_leaves, b.n_cuts > 0 ? 0 : -1);
    if (status == PSTM_OK) status = join(&b, tree);
    PSTM_FREE(&b.cuts);
    PSTM_FREE(&b.first);
    *traces = b.traces;
    *n_traces = b.n_mine;
    return status;
}

double pstm_tree_bytes(double n_traces, int n_ranks)
{
    const double leaf_bytes = sizeof(pstm_leaf) + 2 * sizeof(pstm_kdnode);
    const double headers = n_traces / n_ranks * sizeof(pstm_trace);
    return headers * (n_ranks > 1 ? 2 : 1) + n_traces / PSTM_LEAF_TRACES * leaf_bytes;
}
