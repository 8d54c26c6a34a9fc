#include "mpi/survey/apart.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "survey/box.h"
#include "survey/kdtree.h"

/* The range of a file's midpoints along an axis; least > most: it has none. */
typedef struct reach {
    double least_m, most_m;
    int32_t file;
} reach;

static pstm_box box_of(const double *ranges)
{
    return (pstm_box){ranges[0], -ranges[1], ranges[2], -ranges[3]};
}

/* ranges: [n_files][4], min x, -max x, min y, -max y, so that all are least ones. */
static void find_ranges(MPI_Comm comm, const pstm_trace *traces, int64_t n, int64_t n_files, double *ranges)
{
    for (int64_t i = 0; i < 4 * n_files; i++)
        ranges[i] = INFINITY;
    for (int64_t i = 0; i < n; i++) {
        if (!pstm_trace_is_usable(&traces[i])) continue;
        const double x_m = pstm_trace_midpoint_m(&traces[i], false);
        const double y_m = pstm_trace_midpoint_m(&traces[i], true);
        double *of_file = ranges + 4 * (int64_t)traces[i].file;
        of_file[0] = fmin(of_file[0], x_m);
        of_file[1] = fmin(of_file[1], -x_m);
        of_file[2] = fmin(of_file[2], y_m);
        of_file[3] = fmin(of_file[3], -y_m);
    }
    MPI_Allreduce(MPI_IN_PLACE, ranges, (int)(4 * n_files), MPI_DOUBLE, MPI_MIN, comm);
}

static int by_least(const void *a_reach, const void *b_reach)
{
    const reach *a = a_reach, *b = b_reach;
    if (a->least_m != b->least_m) return a->least_m < b->least_m ? -1 : 1;
    return (a->file > b->file) - (a->file < b->file);
}

/* The first gap along an axis: the files on both sides of it; false: there is none. */
static bool find_gap(const double *ranges, int64_t n_files, bool along_y, reach *order, reach gap[2])
{
    int64_t n = 0;
    for (int64_t f = 0; f < n_files; f++) {
        const double *of_axis = ranges + 4 * f + (along_y ? 2 : 0);
        if (of_axis[0] <= -of_axis[1]) order[n++] = (reach){of_axis[0], -of_axis[1], (int32_t)f};
    }
    if (n > 0) qsort(order, (size_t)n, sizeof *order, by_least);
    for (int64_t i = 0; i < n; i++) {
        if (i > 0 && order[i].least_m - gap[0].most_m >= PSTM_FILES_APART_M) {
            gap[1] = order[i];
            return true;
        }
        if (i == 0 || order[i].most_m > gap[0].most_m) gap[0] = order[i];
    }
    return false;
}

static pstm_status doubt_gap(const pstm_inputs *inputs, const double *ranges, const reach gap[2],
                             pstm_doubts *doubts)
{
    const int32_t a = gap[0].file, b = gap[1].file;
    const pstm_box p = box_of(ranges + 4 * (int64_t)a), q = box_of(ranges + 4 * (int64_t)b);
    return pstm_doubts_add(
        doubts, PSTM_DOUBT_FILES_APART, false,
        "%s has midpoints in x %.1f to %.1f, y %.1f to %.1f m, %s in x %.1f to %.1f, y %.1f to "
        "%.1f m: %.0f km apart, with none between them",
        pstm_segy_path(inputs->files[a]), p.min_x_m, p.max_x_m, p.min_y_m, p.max_y_m,
        pstm_segy_path(inputs->files[b]), q.min_x_m, q.max_x_m, q.min_y_m, q.max_y_m,
        1e-3 * sqrt(pstm_box_distance2_m2(&p, &q)));
}

pstm_status pstm_doubt_files_apart(MPI_Comm comm, const pstm_inputs *inputs, const pstm_trace *traces,
                                   int64_t n, pstm_doubts *doubts)
{
    double *ranges = NULL;
    reach *order = NULL, gap[2] = {{0}};
    if (inputs->n_files == 1) return PSTM_OK;
    pstm_status status = PSTM_NEW(&ranges, 4 * inputs->n_files, "the boxes of the files");
    if (status == PSTM_OK) status = PSTM_NEW(&order, inputs->n_files, "the boxes of the files");
    PSTM_GO(pstm_agree(comm, status));
    find_ranges(comm, traces, n, inputs->n_files, ranges);
    if (find_gap(ranges, inputs->n_files, false, order, gap) ||
        find_gap(ranges, inputs->n_files, true, order, gap))
        status = doubt_gap(inputs, ranges, gap, doubts);
    status = pstm_agree(comm, status);
cleanup:
    PSTM_FREE(&ranges);
    PSTM_FREE(&order);
    return status;
}
