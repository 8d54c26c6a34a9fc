#include "mpi/survey/apart.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "survey/box.h"
#include "survey/kdtree.h"

static const pstm_box no_box = {INFINITY, -INFINITY, INFINITY, -INFINITY};

static bool is_empty(const pstm_box *box)
{
    return box->min_x_m > box->max_x_m;
}

static double diagonal_m(const pstm_box *box)
{
    return is_empty(box) ? 0 : hypot(box->max_x_m - box->min_x_m, box->max_y_m - box->min_y_m);
}

/* ---- where the midpoints of each file are -------------------------------------------------------------- */

/* The range of a file along an axis. */
typedef struct reach {
    double least_m, most_m;
    int64_t file;
} reach;

/* The boxes of the files, [n]; those of the files before and after each, [n + 1]; all the same on every
 * rank. */
typedef struct places {
    const pstm_inputs *inputs;
    int64_t n;
    pstm_box *of, *before, *after;
    reach *order; /* [n] of the files with midpoints, for sorting */
    double most_offset_m;
} places;

static void find_boxes(MPI_Comm comm, const pstm_trace *traces, int64_t n, places *p)
{
    for (int64_t f = 0; f < p->n; f++)
        p->of[f] = no_box;
    for (int64_t i = 0; i < n; i++) {
        if (!pstm_trace_is_usable(&traces[i])) continue;
        const double x_m = pstm_trace_midpoint_m(&traces[i], false);
        const double y_m = pstm_trace_midpoint_m(&traces[i], true);
        const pstm_box midpoint = {x_m, x_m, y_m, y_m};
        p->of[traces[i].file] = pstm_box_unite(&p->of[traces[i].file], &midpoint);
        p->most_offset_m = fmax(p->most_offset_m, pstm_trace_offset_m(&traces[i]));
    }
    for (int64_t f = 0; f < p->n; f++) {
        p->of[f].max_x_m = -p->of[f].max_x_m; /* so that all are least ones */
        p->of[f].max_y_m = -p->of[f].max_y_m;
    }
    MPI_Allreduce(MPI_IN_PLACE, p->of, (int)(4 * p->n), MPI_DOUBLE, MPI_MIN, comm);
    MPI_Allreduce(MPI_IN_PLACE, &p->most_offset_m, 1, MPI_DOUBLE, MPI_MAX, comm);
    for (int64_t f = 0; f < p->n; f++) {
        p->of[f].max_x_m = -p->of[f].max_x_m;
        p->of[f].max_y_m = -p->of[f].max_y_m;
    }
}

static void unite_others(places *p)
{
    p->before[0] = p->after[p->n] = no_box;
    for (int64_t f = 0; f < p->n; f++)
        p->before[f + 1] = pstm_box_unite(&p->before[f], &p->of[f]);
    for (int64_t f = p->n - 1; f >= 0; f--)
        p->after[f] = pstm_box_unite(&p->after[f + 1], &p->of[f]);
}

/* ---- a file that would fit if it were read otherwise
 * ---------------------------------------------------- */

/* Of the file as written next to none is in the box of the others, which is this part of their diagonal away;
 * read otherwise nearly all is, or it lies beside them, as it did not by far. */
static const double NEXT_TO_NONE = 0.1, AWAY = 0.1, NEARLY_ALL = 0.9, FAR_AWAY = 0.5, BESIDE = 0.05;
/* How far beyond the box of the others a file may reach, in parts of their diagonal. */
static const double MARGIN = 0.1;
/* A file that is read with another factor is about as large as the others, this many times either way. */
static const double LIKE_SIZE = 3;

typedef struct otherwise {
    const char *words;
    double factor; /* 0: x and y are swapped */
} otherwise;

static const otherwise readings[] = {{"x and y were swapped", 0},
                                     {"they were feet, times 0.3048", 0.3048},
                                     {"the others were feet, divided by 0.3048", 1 / 0.3048},
                                     {"they were multiplied by 10", 10},
                                     {"they were multiplied by 100", 100},
                                     {"they were multiplied by 1000", 1000},
                                     {"they were divided by 10", 0.1},
                                     {"they were divided by 100", 0.01},
                                     {"they were divided by 1000", 0.001}};
enum { N_READINGS = sizeof readings / sizeof readings[0] };

static pstm_box read_so(const pstm_box *box, const otherwise *how)
{
    const double k = how->factor;
    if (k == 0) return (pstm_box){box->min_y_m, box->max_y_m, box->min_x_m, box->max_x_m};
    return (pstm_box){k * box->min_x_m, k * box->max_x_m, k * box->min_y_m, k * box->max_y_m};
}

/* The part of a range that is in another one; a point is in it or not. */
static double part_within(double min, double max, double least, double most)
{
    if (max <= min) return min >= least && min <= most;
    return fmax(0, fmin(max, most) - fmax(min, least)) / (max - min);
}

static double part_inside(const pstm_box *box, const pstm_box *others, double margin_m)
{
    return part_within(box->min_x_m, box->max_x_m, others->min_x_m - margin_m, others->max_x_m + margin_m) *
           part_within(box->min_y_m, box->max_y_m, others->min_y_m - margin_m, others->max_y_m + margin_m);
}

/* The mean diagonal of the other files. */
static double usual_size_m(const places *p, int64_t but)
{
    double sum_m = 0;
    int64_t n = 0;
    for (int64_t f = 0; f < p->n; f++) {
        if (f == but || is_empty(&p->of[f])) continue;
        sum_m += diagonal_m(&p->of[f]);
        n++;
    }
    return n > 0 ? sum_m / (double)n : 0;
}

/* How a file would have to be read to lie with the others; NULL: it lies with them, or nothing helps. */
static const otherwise *find_reading(const places *p, int64_t f, const pstm_box *others)
{
    const double size_m = diagonal_m(others);
    if (is_empty(&p->of[f]) || is_empty(others) || size_m == 0) return NULL;
    const double away_m = sqrt(pstm_box_distance2_m2(&p->of[f], others));
    if (away_m < AWAY * size_m) return NULL;
    if (part_inside(&p->of[f], others, 0) > NEXT_TO_NONE) return NULL;
    const double usual_m = usual_size_m(p, f);
    for (int i = 0; i < N_READINGS; i++) {
        const pstm_box box = read_so(&p->of[f], &readings[i]);
        const double mine_m = diagonal_m(&box);
        const bool alike =
            readings[i].factor == 0 || (mine_m <= LIKE_SIZE * usual_m && usual_m <= LIKE_SIZE * mine_m);
        const bool is_beside =
            away_m >= FAR_AWAY * size_m && sqrt(pstm_box_distance2_m2(&box, others)) <= BESIDE * size_m;
        if (alike && (is_beside || part_inside(&box, others, MARGIN * size_m) >= NEARLY_ALL))
            return &readings[i];
    }
    return NULL;
}

/* Of two files that would fit to each other it is told of the second. */
static pstm_status doubt_readings(const places *p, bool *told, pstm_doubts *doubts)
{
    for (int64_t f = p->n == 2; f < p->n; f++) {
        const pstm_box others = pstm_box_unite(&p->before[f], &p->after[f + 1]), *mine = &p->of[f];
        const otherwise *how = find_reading(p, f, &others);
        if (how == NULL) continue;
        *told = true;
        PSTM_TRY(pstm_doubts_add(doubts, PSTM_DOUBT_FILE_COORDINATES, false,
                                 "%s has midpoints in x %.1f to %.1f, y %.1f to %.1f m, outside those of the "
                                 "other files, in x %.1f "
                                 "to %.1f, y %.1f to %.1f m; they would lie there if %s",
                                 pstm_segy_path(p->inputs->files[f]), mine->min_x_m, mine->max_x_m,
                                 mine->min_y_m, mine->max_y_m, others.min_x_m, others.max_x_m, others.min_y_m,
                                 others.max_y_m, how->words));
    }
    return PSTM_OK;
}

/* ---- gaps
 * ----------------------------------------------------------------------------------------------- */

/* Nor has a survey a gap of a kilometre and more that is this many times the size of what lies on either
 * side, and of the largest offset. */
static const double LEAST_GAP_M = 1000, GAP_FACTOR = 10;

static int by_least(const void *a_reach, const void *b_reach)
{
    const reach *a = a_reach, *b = b_reach;
    if (a->least_m != b->least_m) return a->least_m < b->least_m ? -1 : 1;
    return (a->file > b->file) - (a->file < b->file);
}

/* The widest gap along an axis: the last file before it, the first one behind it, and how many are before. */
typedef struct gap {
    double m;
    int64_t file[2], n_before, n;
} gap;

static gap find_gap(const places *p, bool along_y)
{
    gap widest = {0};
    for (int64_t f = 0; f < p->n; f++) {
        const pstm_box *box = &p->of[f];
        if (is_empty(box)) continue;
        p->order[widest.n++] =
            along_y ? (reach){box->min_y_m, box->max_y_m, f} : (reach){box->min_x_m, box->max_x_m, f};
    }
    qsort(p->order, (size_t)widest.n, sizeof *p->order, by_least);
    const reach *farthest = p->order;
    for (int64_t i = 1; i < widest.n; i++) {
        const reach *next = &p->order[i];
        if (next->least_m - farthest->most_m > widest.m)
            widest = (gap){next->least_m - farthest->most_m, {farthest->file, next->file}, i, widest.n};
        if (next->most_m > farthest->most_m) farthest = next;
    }
    return widest;
}

static bool is_too_wide(const places *p, const gap *g)
{
    pstm_box side[2] = {no_box, no_box};
    if (g->m >= PSTM_FILES_APART_M) return true;
    if (g->m < LEAST_GAP_M) return false;
    for (int64_t i = 0; i < g->n; i++)
        side[i >= g->n_before] = pstm_box_unite(&side[i >= g->n_before], &p->of[p->order[i].file]);
    const double size_m = fmax(diagonal_m(&side[0]), diagonal_m(&side[1]));
    return g->m >= GAP_FACTOR * fmax(size_m, p->most_offset_m);
}

static pstm_status doubt_gap(const places *p, const gap *g, pstm_doubts *doubts)
{
    const pstm_box *a = &p->of[g->file[0]], *b = &p->of[g->file[1]];
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_FILES_APART, false,
        "%s has midpoints in x %.1f to %.1f, y %.1f to %.1f m, %s in x %.1f to %.1f, y %.1f to "
        "%.1f m: %.3g km apart, with none between them",
        pstm_segy_path(p->inputs->files[g->file[0]]), a->min_x_m, a->max_x_m, a->min_y_m, a->max_y_m,
        pstm_segy_path(p->inputs->files[g->file[1]]), b->min_x_m, b->max_x_m, b->min_y_m, b->max_y_m,
        1e-3 * sqrt(pstm_box_distance2_m2(a, b)));
}

static pstm_status doubt_gaps(const places *p, pstm_doubts *doubts)
{
    for (int along_y = 0; along_y < 2; along_y++) {
        const gap widest = find_gap(p, along_y == 1);
        if (is_too_wide(p, &widest)) return doubt_gap(p, &widest, doubts);
    }
    return PSTM_OK;
}

/* ---- both
 * ----------------------------------------------------------------------------------------------- */

static pstm_status allocate(places *p)
{
    PSTM_TRY(PSTM_NEW(&p->of, p->n, "the boxes of the files"));
    PSTM_TRY(PSTM_NEW(&p->before, p->n + 1, "the boxes of the files"));
    PSTM_TRY(PSTM_NEW(&p->after, p->n + 1, "the boxes of the files"));
    return PSTM_NEW(&p->order, p->n, "the boxes of the files");
}

pstm_status pstm_doubt_files_apart(MPI_Comm comm, const pstm_inputs *inputs, const pstm_trace *traces,
                                   int64_t n, pstm_doubts *doubts)
{
    places p = {.inputs = inputs, .n = inputs->n_files};
    bool told = false;
    if (inputs->n_files == 1) return PSTM_OK;
    pstm_status status;
    PSTM_GO(pstm_agree(comm, allocate(&p)));
    find_boxes(comm, traces, n, &p);
    unite_others(&p);
    status = doubt_readings(&p, &told, doubts);
    if (status == PSTM_OK && !told) status = doubt_gaps(&p, doubts);
    status = pstm_agree(comm, status);
cleanup:
    PSTM_FREE(&p.of);
    PSTM_FREE(&p.before);
    PSTM_FREE(&p.after);
    PSTM_FREE(&p.order);
    return status;
}
