#include "qc/check_report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/text.h"
#include "qc/fold_picture.h"
#include "qc/open_cube.h"
#include "qc/plan_report.h"
#include "report/png_mark.h"

static const double GIB = 1073741824.0;

/* ---- grid and image ---------------------------------------------------------------------------------- */

static void print_fold(const pstm_run_check *check, const pstm_grid *grid, FILE *out)
{
    const int64_t n = (int64_t)grid->n_inline * grid->n_crossline;
    int64_t n_bare = 0, sum = 0;
    int32_t most = 0;
    if (check->fold == NULL) return;
    for (int64_t b = 0; b < n; b++) {
        n_bare += check->fold[b] == 0;
        sum += check->fold[b];
        if (check->fold[b] > most) most = check->fold[b];
    }
    fprintf(out,
            "fold:       %" PRId64 " traces in bins of the grid, %" PRId64
            " beside it; %.1f %% of the bins are bare, the others have %.1f in the mean, %d at most\n",
            sum, check->n_beside, 100.0 * (double)n_bare / (double)n,
            n > n_bare ? (double)sum / (double)(n - n_bare) : 0, most);
}

/* The steepest reflection of a frequency f is sampled twice a wave along a bin where f < v / (4 bin
 * sin(angle)). */
static void print_aliasing(const pstm_run_check *check, const pstm_job *job, FILE *out)
{
    const pstm_grid *g = &job->grid;
    const double bin_m =
        fmax(g->n_inline > 1 ? g->step_inline_m : 0, g->n_crossline > 1 ? g->step_crossline_m : 0);
    const double limit_hz =
        check->range.least_m_s / (4 * bin_m * sin(job->aperture.angle_deg * (M_PI / 180)));
    if (!(bin_m > 0)) return;
    fprintf(out,
            "bins:       %g m hold dips of %g degrees up to %.3g Hz where the velocity is least; antialias "
            "is %s\n",
            bin_m, job->aperture.angle_deg, limit_hz,
            job->antialias.method == PSTM_ANTIALIAS_OFF ? "off" : "on");
}

static void print_image(const pstm_run_check *check, const pstm_job *job, FILE *out)
{
    const pstm_grid *g = &job->grid;
    const pstm_run_plan *plan = &check->plan;
    fprintf(out,
            "image:      %d inlines x %d crosslines x %d class%s, %g to %g s; %" PRId64 " tiles of %d x %d\n",
            g->n_inline, g->n_crossline, check->n_classes, check->n_classes == 1 ? "" : "es",
            pstm_grid_time_s(g, check->k_begin), pstm_grid_time_s(g, check->k_end - 1), plan->n_work,
            plan->tile_inline, plan->tile_crossline);
    fprintf(out, "velocity:   %.5g to %.5g m/s (rms)", check->range.least_m_s, check->range.most_m_s);
    fprintf(out, "; aperture up to %.4g m\n", check->reach_m);
    print_aliasing(check, job, out);
    fprintf(out, "work:       %.3g contributions, at %.3g a second measured now on %s, %d thread(s) a rank\n",
            pstm_plan_cost(plan), plan->rate, check->devices, check->n_threads);
    fprintf(out, "memory:     a rank needs %.3g GiB beside its traces, of %.3g GiB\n",
            (double)(plan->worker_bytes + plan->tree_bytes) / GIB, (double)plan->budget_bytes / GIB);
}

/* What a run would say of the cube that stands there. */
static pstm_status judge_cube(const pstm_run_check *check, const pstm_job *job, FILE *out)
{
    pstm_open_cube open;
    pstm_status status = PSTM_OK;
    if (!check->cube_stands) {
        fprintf(out, "output:     %s, which is not there yet\n", job->output.file);
        return PSTM_OK;
    }
    PSTM_GO(pstm_open_cube_at(job->output.file, &open));
    if (strcmp(open.about->image_key, check->image_key) != 0)
        PSTM_GO(
            pstm_fail(PSTM_USAGE,
                      "%s is there and of another image: a run would refuse it; name another output.file, or "
                      "`pstm run --overwrite` replaces it",
                      job->output.file));
    fprintf(out,
            "output:     %s is of this image, %.1f %% done: a run goes on with it, and takes less than the "
            "whole\n",
            job->output.file, 100 * pstm_migrated_share(&open));
cleanup:
    pstm_close_cube(&open);
    return status;
}

pstm_status pstm_check_print(const pstm_run_check *check, const pstm_job *job, FILE *out)
{
    pstm_plan_print_here(&check->plan, job, out);
    fprintf(out, "traces:     %" PRId64 " usable\n", check->plan.n_traces);
    print_fold(check, &job->grid, out);
    print_image(check, job, out);
    PSTM_TRY(judge_cube(check, job, out));
    if (check->n_doubts == 0)
        fprintf(out, "doubts:     none\n");
    else
        fprintf(out, "doubts:     %" PRId64 ", told above\n", check->n_doubts);
    return PSTM_OK;
}

pstm_status pstm_check_draw(const pstm_run_check *check, const pstm_job *job, const char *path,
                            bool overwrite)
{
    PSTM_TRY(pstm_png_check(path, overwrite));
    if (check->fold == NULL)
        return pstm_fail(PSTM_USAGE, "--png %s: the grid has too many bins for a map", path);
    return pstm_fold_picture_write(check->fold, &job->grid, job->path, path);
}
