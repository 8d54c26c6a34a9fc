#include "mpi/survey/areas.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/first_failure.h"
#include "mpi/comm/partition.h"
#include "survey/areas.h"
#include "survey/spacing.h"

enum {
    BLOCK_LEAVES = 64,   /* of which spacings are found */
    AREA_LEAVES = 16,    /* a thread's piece of work */
    SAMPLED_BLOCKS = 64, /* at most, from which spacings are found */
    COUNTED = PSTM_SPACINGS
};

/* Where all midpoints of a class are one place. */
static const double ANY_SPACING_M = 25;

/* The traces of some leaves that are used, by class. */
typedef struct traces_of_block {
    pstm_area_point *points; /* [n] class by class */
    pstm_position *places;   /* of the same, for their spacing */
    int32_t *class_of;       /* before they are sorted */
    int64_t n, capacity[3];
    int64_t *first; /* [n_classes + 1]: where a class begins */
    pstm_trace leaf[PSTM_LEAF_TRACES];
} traces_of_block;

static void block_clear(traces_of_block *b)
{
    PSTM_FREE(&b->points);
    PSTM_FREE(&b->places);
    PSTM_FREE(&b->class_of);
    PSTM_FREE(&b->first);
}

static pstm_status block_grow(traces_of_block *b, int64_t n)
{
    PSTM_TRY(PSTM_GROW(&b->points, &b->capacity[0], n, "midpoints of areas"));
    return PSTM_GROW(&b->class_of, &b->capacity[2], n, "midpoints of areas");
}

/* Adds the used traces of a leaf that lie within the margin of their class round the box. margins:
 * [n_classes]; NULL: all. */
static pstm_status add_leaf(const pstm_areas_work *work, int64_t leaf, const pstm_box *box,
                            const double *margins, traces_of_block *b)
{
    const int64_t first = work->tree->leaves[leaf].first_trace, n = work->tree->leaves[leaf].n_traces;
    PSTM_TRY(pstm_store_read_traces(work->rows, first, n, b->leaf));
    PSTM_TRY(block_grow(b, b->n + n));
    for (int64_t i = 0; i < n; i++) {
        const pstm_trace *t = &b->leaf[i];
        if (t->fate != PSTM_TRACE_KEPT || t->live_first > t->live_last) continue;
        const int32_t class_index = pstm_bins_class(work->bins, t);
        if (class_index < 0) continue;
        const double x = pstm_trace_midpoint_m(t, false), y = pstm_trace_midpoint_m(t, true);
        const pstm_box here = {x, x, y, y};
        if (margins != NULL &&
            pstm_box_distance2_m2(&here, box) > margins[class_index] * margins[class_index])
            continue;
        b->points[b->n] = pstm_area_point_of(t, first + i, work->line);
        b->class_of[b->n++] = class_index;
    }
    return PSTM_OK;
}

/* Sorts the points by class, each of them in its order. */
static pstm_status sort_block(int32_t n_classes, traces_of_block *b)
{
    pstm_area_point *points = NULL;
    pstm_status status = PSTM_OK;
    if (b->first == NULL) PSTM_TRY(PSTM_NEW(&b->first, n_classes + 2, "classes of a block"));
    PSTM_GO(PSTM_NEW(&points, b->n, "midpoints of areas"));
    memset(b->first, 0, (size_t)(n_classes + 2) * sizeof *b->first);
    for (int64_t i = 0; i < b->n; i++)
        b->first[b->class_of[i] + 2]++;
    for (int32_t c = 2; c < n_classes + 2; c++)
        b->first[c] += b->first[c - 1];
    memcpy(points, b->points, (size_t)b->n * sizeof *points);
    for (int64_t i = 0; i < b->n; i++)
        b->points[b->first[b->class_of[i] + 1]++] = points[i];
cleanup:
    PSTM_FREE(&points);
    return status;
}

/* ---- spacings ---------------------------------------------------------------------------------------- */

/* Adds each class's number of traces to the count of its spacing in this block. counts: [class][COUNTED]. */
static pstm_status count_spacings(const pstm_areas_work *work, traces_of_block *b, int64_t *counts)
{
    pstm_status status = sort_block(work->bins->n, b);
    if (status == PSTM_OK) status = PSTM_GROW(&b->places, &b->capacity[1], b->n, "midpoints of areas");
    for (int32_t c = 0; c < work->bins->n && status == PSTM_OK; c++) {
        const int64_t first = b->first[c], n = b->first[c + 1] - first;
        int number;
        for (int64_t i = first; i < first + n; i++)
            b->places[i] = (pstm_position){b->points[i].u_m, b->points[i].v_m};
        status = pstm_spacing_find(b->places + first, n, work->line != NULL, &number);
        if (status != PSTM_OK || number < 0) continue;
#pragma omp atomic
        counts[(int64_t)c * COUNTED + number] += n;
    }
    return status;
}

static pstm_status sample_block(const pstm_areas_work *work, int64_t block, int64_t *counts)
{
    traces_of_block b = {0};
    pstm_status status = PSTM_OK;
    const int64_t begin = block * BLOCK_LEAVES, end = begin + BLOCK_LEAVES;
    for (int64_t leaf = begin; leaf < end && leaf < work->tree->n_leaves && status == PSTM_OK; leaf++)
        status = add_leaf(work, leaf, NULL, NULL, &b);
    if (status == PSTM_OK) status = count_spacings(work, &b, counts);
    block_clear(&b);
    return status;
}

static pstm_status sample_blocks(MPI_Comm comm, const pstm_areas_work *work, int64_t *counts)
{
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    const int64_t n_blocks = (work->tree->n_leaves + BLOCK_LEAVES - 1) / BLOCK_LEAVES;
    const int64_t n = n_blocks < SAMPLED_BLOCKS ? n_blocks : SAMPLED_BLOCKS;
    pstm_first_failure failed;
    pstm_first_failure_clear(&failed);
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads)
    for (int64_t i = pstm_partition_first(n, rank, n_ranks); i < pstm_partition_first(n, rank + 1, n_ranks);
         i++) {
        const pstm_status status = sample_block(work, i * n_blocks / n, counts);
        if (status != PSTM_OK) pstm_first_failure_keep(&failed, i, status);
    }
    return pstm_first_failure_raise(&failed);
}

/* The median of counts[COUNTED] as a number; -1 without any. */
static int median(const int64_t *counts)
{
    int64_t n = 0, below = 0;
    int number = 0;
    for (int i = 0; i < COUNTED; i++)
        n += counts[i];
    if (n == 0) return -1;
    while (2 * (below + counts[number]) < n)
        below += counts[number++];
    return number;
}

pstm_status pstm_spacings_find(MPI_Comm comm, const pstm_areas_work *work, double *spacing_m)
{
    const int32_t n_classes = work->bins->n;
    int64_t *counts = NULL, all[COUNTED] = {0};
    pstm_status status = PSTM_NEW(&counts, (int64_t)n_classes * COUNTED, "counts of spacings");
    if (status == PSTM_OK) status = sample_blocks(comm, work, counts);
    PSTM_GO(pstm_agree(comm, status));
    for (int32_t c = 0; c < n_classes; c++)
        pstm_sum_over_ranks(comm, counts + (int64_t)c * COUNTED, COUNTED);
    for (int64_t i = 0; i < (int64_t)n_classes * COUNTED; i++)
        all[i % COUNTED] += counts[i];
    for (int32_t c = 0; c < n_classes; c++) {
        int number = median(counts + (int64_t)c * COUNTED);
        if (number < 0) number = median(all);
        spacing_m[c] = number < 0 ? ANY_SPACING_M : pstm_spacing_m(number);
    }
cleanup:
    PSTM_FREE(&counts);
    return status;
}

/* ---- areas ------------------------------------------------------------------------------------------- */

/* What threads share. */
typedef struct partition {
    const pstm_areas_work *work;
    const double *spacing_m;
    double *margins, widest_m; /* [n_classes], and the largest */
    float *areas;              /* of the whole survey */
} partition;

/* Adds the traces of all leaves within the widest margin of the box. */
static pstm_status add_leaves_near(const partition *p, const pstm_box *box, traces_of_block *b)
{
    const pstm_kdtree *tree = p->work->tree;
    for (int64_t i = 0; i < tree->n_nodes;) {
        const pstm_kdnode *node = &tree->nodes[i];
        if (pstm_box_distance2_m2(&node->midpoints, box) > p->widest_m * p->widest_m) {
            i = node->skip;
            continue;
        }
        if (node->leaf >= 0) PSTM_TRY(add_leaf(p->work, node->leaf, box, p->margins, b));
        i++;
    }
    return PSTM_OK;
}

static pstm_status find_in_block(const partition *p, int64_t row_begin, int64_t row_end, traces_of_block *b)
{
    const int32_t n_classes = p->work->bins->n;
    PSTM_TRY(sort_block(n_classes, b));
    for (int32_t c = 0; c < n_classes; c++) {
        const int64_t first = b->first[c], n = b->first[c + 1] - first;
        if (n > 0)
            PSTM_TRY(pstm_areas_find(b->points + first, n, row_begin, row_end, p->spacing_m[c],
                                     p->work->line != NULL, p->areas + row_begin));
    }
    return PSTM_OK;
}

/* The areas of the traces of leaves [begin, end). */
static pstm_status do_block(const partition *p, int64_t begin, int64_t end)
{
    const pstm_leaf *leaves = p->work->tree->leaves;
    traces_of_block b = {0};
    pstm_box box = leaves[begin].midpoints;
    for (int64_t leaf = begin + 1; leaf < end; leaf++)
        box = pstm_box_unite(&box, &leaves[leaf].midpoints);
    pstm_status status = add_leaves_near(p, &box, &b);
    if (status == PSTM_OK)
        status = find_in_block(p, leaves[begin].first_trace,
                               leaves[end - 1].first_trace + leaves[end - 1].n_traces, &b);
    block_clear(&b);
    return status;
}

/* Of this rank's leaves [first, last). */
static pstm_status do_blocks(const partition *p, int64_t first, int64_t last)
{
    const int64_t n_blocks = (last - first + AREA_LEAVES - 1) / AREA_LEAVES;
    pstm_first_failure failed;
    pstm_first_failure_clear(&failed);
#pragma omp parallel for schedule(dynamic) num_threads(p->work->n_threads)
    for (int64_t i = 0; i < n_blocks; i++) {
        const int64_t begin = first + i * AREA_LEAVES, end = begin + AREA_LEAVES;
        const pstm_status status = do_block(p, begin, end < last ? end : last);
        if (status != PSTM_OK) pstm_first_failure_keep(&failed, i, status);
    }
    return pstm_first_failure_raise(&failed);
}

/* Collective. */
static pstm_status find_areas(MPI_Comm comm, const pstm_areas_work *work, pstm_areas *areas)
{
    partition p = {.work = work, .spacing_m = areas->spacing_m, .areas = areas->of_trace};
    int rank, n_ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &n_ranks);
    const pstm_kdtree *tree = work->tree;
    const int64_t first = pstm_partition_first(tree->n_leaves, rank, n_ranks);
    const int64_t last = pstm_partition_first(tree->n_leaves, rank + 1, n_ranks);
    pstm_status status = PSTM_NEW(&p.margins, areas->n_classes, "margins of classes");
    for (int32_t c = 0; c < areas->n_classes && status == PSTM_OK; c++) {
        p.margins[c] = pstm_areas_margin_m(areas->spacing_m[c]);
        p.widest_m = fmax(p.widest_m, p.margins[c]);
    }
    if (status == PSTM_OK) status = do_blocks(&p, first, last);
    PSTM_GO(pstm_agree(comm, status));
    const int64_t row = first < tree->n_leaves ? tree->leaves[first].first_trace : tree->n_traces;
    const int64_t next = last < tree->n_leaves ? tree->leaves[last].first_trace : tree->n_traces;
    pstm_gather_elements(comm, areas->of_trace + row, next - row, sizeof *areas->of_trace);
    pstm_broadcast_bytes(comm, areas->of_trace, tree->n_traces * (int64_t)sizeof *areas->of_trace);
cleanup:
    PSTM_FREE(&p.margins);
    return status;
}

double pstm_areas_bytes(double n_traces, double n_classes)
{
    return n_traces * (double)sizeof(float) + n_classes * (COUNTED * (double)sizeof(int64_t));
}

pstm_status pstm_areas_make(MPI_Comm comm, const pstm_areas_work *work, pstm_areas *areas)
{
    *areas = (pstm_areas){.n_traces = work->tree->n_traces, .n_classes = work->bins->n};
    pstm_status status = PSTM_NEW(&areas->of_trace, areas->n_traces, "the areas of the traces");
    if (status == PSTM_OK) status = PSTM_NEW(&areas->spacing_m, areas->n_classes, "the spacings of classes");
    PSTM_GO(pstm_agree(comm, status));
    PSTM_GO(pstm_spacings_find(comm, work, areas->spacing_m));
    PSTM_GO(find_areas(comm, work, areas));
    return PSTM_OK;
cleanup:
    pstm_areas_clear(areas);
    return status;
}

void pstm_areas_clear(pstm_areas *areas)
{
    PSTM_FREE(&areas->of_trace);
    PSTM_FREE(&areas->spacing_m);
}
