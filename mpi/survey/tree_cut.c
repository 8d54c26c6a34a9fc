/* Exact selection by multisection: the keys of a node are integers, and their range is divided by 16 again
 * and again until it is cut at the right number of traces. Only the part with the cut is looked at again. */
#include "mpi/survey/tree_cut.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "survey/kdtree.h"

enum { BIN_BITS = 4, BINS = 1 << BIN_BITS };

__extension__ typedef unsigned __int128 wide;

/* Where the cut of a node is looked for: among the traces whose keys are in [low, low + 2^bits). */
typedef struct search {
    pstm_cut *cut;
    wide low;
    int bits;
    int64_t begin, end; /* those traces on this rank */
    int64_t wanted;     /* how many of all ranks' belong to the lower child: more than none, not all */
} search;

struct pstm_cutter {
    MPI_Comm comm;
    pstm_trace *traces;
    uint64_t n_numbers; /* trace numbers are below it */
    int name_bits;
    search *searches;        /* [most] */
    double (*boxes)[4];      /* [most]: least x and y, greatest x and y negated */
    int64_t (*counts)[BINS]; /* [most]: of traces by the place of their key in the range of the search */
};

/* ---- keys -------------------------------------------------------------------------------------------- */

static int n_bits(wide value)
{
    int n = 0;
    for (; value > 0; value >>= 1)
        n++;
    return n;
}

/* Integers in the order of the numbers, none of which is NaN or a negative zero. */
static uint64_t rising(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static uint64_t name_of(const pstm_cutter *cutter, const pstm_trace *trace)
{
    return (uint64_t)trace->file * cutter->n_numbers + (uint64_t)trace->number;
}

/* Keys stand as is_before() of survey/kdtree.c says. */
static wide key_of(const pstm_cutter *cutter, const pstm_trace *trace, bool along_y)
{
    return (wide)rising(pstm_trace_midpoint_m(trace, along_y)) << cutter->name_bits | name_of(cutter, trace);
}

/* Numbers traces by file and number. */
static pstm_status name_traces(pstm_cutter *cutter, int64_t n_traces)
{
    int64_t most[2] = {0, 0};
    for (int64_t i = 0; i < n_traces; i++) {
        if (cutter->traces[i].number > most[0]) most[0] = cutter->traces[i].number;
        if (cutter->traces[i].file > most[1]) most[1] = cutter->traces[i].file;
    }
    MPI_Allreduce(MPI_IN_PLACE, most, 2, MPI_INT64_T, MPI_MAX, cutter->comm);
    cutter->n_numbers = (uint64_t)most[0] + 1;
    const wide n_names = (wide)cutter->n_numbers * ((wide)most[1] + 1);
    if (n_names > UINT64_MAX)
        return pstm_fail(PSTM_DATA, "%" PRId64 " files of up to %" PRId64 " traces are too many", most[1] + 1,
                         most[0] + 1);
    cutter->name_bits = n_bits(n_names - 1);
    return PSTM_OK;
}

pstm_status pstm_cutter_create(MPI_Comm comm, pstm_trace *traces, int64_t n_traces, int64_t most,
                               pstm_cutter **out)
{
    pstm_cutter *cutter = NULL;
    pstm_status status = PSTM_NEW(&cutter, 1, "cuts of the KD-tree");
    if (status == PSTM_OK) status = PSTM_NEW(&cutter->searches, most, "cuts of the KD-tree");
    if (status == PSTM_OK) status = PSTM_NEW(&cutter->boxes, most, "cuts of the KD-tree");
    if (status == PSTM_OK) status = PSTM_NEW(&cutter->counts, most, "cuts of the KD-tree");
    PSTM_GO(pstm_agree(comm, status));
    cutter->comm = comm;
    cutter->traces = traces;
    PSTM_GO(name_traces(cutter, n_traces));
    *out = cutter;
    cutter = NULL;
cleanup:
    pstm_cutter_destroy(&cutter);
    return status;
}

void pstm_cutter_destroy(pstm_cutter **cutter)
{
    if (*cutter == NULL) return;
    PSTM_FREE(&(*cutter)->searches);
    PSTM_FREE(&(*cutter)->boxes);
    PSTM_FREE(&(*cutter)->counts);
    PSTM_FREE(cutter);
}

/* ---- the search -------------------------------------------------------------------------------------- */

/* The boxes of the nodes' midpoints over all ranks. */
static void find_boxes(pstm_cutter *cutter, const pstm_cut *cuts, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const pstm_box box = pstm_kdtree_box(cutter->traces + cuts[i].begin, cuts[i].end - cuts[i].begin);
        cutter->boxes[i][0] = box.min_x_m;
        cutter->boxes[i][1] = box.min_y_m;
        cutter->boxes[i][2] = -box.max_x_m;
        cutter->boxes[i][3] = -box.max_y_m;
    }
    MPI_Allreduce(MPI_IN_PLACE, cutter->boxes, (int)(4 * n), MPI_DOUBLE, MPI_MIN, cutter->comm);
}

static search begin_search(const pstm_cutter *cutter, pstm_cut *cut, const double box[4])
{
    const pstm_box midpoints = {box[0], -box[2], box[1], -box[3]};
    const bool along_y = pstm_kdtree_cuts_along_y(&midpoints);
    cut->along_y = along_y;
    const uint64_t least = rising(box[along_y]), greatest = rising(-box[2 + along_y]);
    return (search){.cut = cut,
                    .low = (wide)least << cutter->name_bits,
                    .bits = n_bits((wide)(greatest - least) + 1) + cutter->name_bits,
                    .begin = cut->begin,
                    .end = cut->end,
                    .wanted = pstm_kdtree_lower_leaves(cut->n_leaves) * PSTM_LEAF_TRACES};
}

/* The bits of a key below those that choose its bin. */
static int shift_of(const search *s)
{
    return s->bits > BIN_BITS ? s->bits - BIN_BITS : 0;
}

static int bin_of(const pstm_cutter *cutter, const search *s, const pstm_trace *trace)
{
    return (int)((key_of(cutter, trace, s->cut->along_y) - s->low) >> shift_of(s));
}

static void count_bins(const pstm_cutter *cutter, const search *s, int64_t *counts)
{
    memset(counts, 0, BINS * sizeof *counts);
    for (int64_t i = s->begin; i < s->end; i++)
        counts[bin_of(cutter, s, &cutter->traces[i])]++;
}

/* Brings the traces of bins below `bin` to the front; returns where the others begin. */
static int64_t split(pstm_cutter *cutter, const search *s, int64_t begin, int bin)
{
    for (int64_t i = begin; i < s->end; i++) {
        if (bin_of(cutter, s, &cutter->traces[i]) >= bin) continue;
        if (i > begin) {
            const pstm_trace held = cutter->traces[i];
            cutter->traces[i] = cutter->traces[begin];
            cutter->traces[begin] = held;
        }
        begin++;
    }
    return begin;
}

/* Cuts between two bins where that is right, else goes on within one. *done tells which. */
static pstm_status narrow(pstm_cutter *cutter, search *s, const int64_t *counts, bool *done)
{
    int bin = 0;
    int64_t below = 0; /* traces of bins below `bin` */
    while (below + counts[bin] <= s->wanted)
        below += counts[bin++];
    s->wanted -= below;
    s->begin = split(cutter, s, s->begin, bin);
    *done = s->wanted == 0;
    if (*done) {
        s->cut->middle = s->begin;
        return PSTM_OK;
    }
    if (s->bits == 0) return pstm_fail(PSTM_DATA, "two traces have the same file and number");
    s->end = split(cutter, s, s->begin, bin + 1);
    s->bits = shift_of(s);
    s->low += (wide)bin << s->bits;
    return PSTM_OK;
}

pstm_status pstm_cut_nodes(pstm_cutter *cutter, pstm_cut *cuts, int64_t n)
{
    find_boxes(cutter, cuts, n);
    for (int64_t i = 0; i < n; i++)
        cutter->searches[i] = begin_search(cutter, &cuts[i], cutter->boxes[i]);
    while (n > 0) {
        for (int64_t i = 0; i < n; i++)
            count_bins(cutter, &cutter->searches[i], cutter->counts[i]);
        MPI_Allreduce(MPI_IN_PLACE, cutter->counts, (int)(n * BINS), MPI_INT64_T, MPI_SUM, cutter->comm);
        int64_t n_left = 0;
        for (int64_t i = 0; i < n; i++) {
            bool done;
            PSTM_TRY(narrow(cutter, &cutter->searches[i], cutter->counts[i], &done));
            if (!done) cutter->searches[n_left++] = cutter->searches[i];
        }
        n = n_left;
    }
    return PSTM_OK;
}
