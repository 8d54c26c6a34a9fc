/* One rung of the ladder, run and timed. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/version.h"
#include "qc/ladder/parts.h"

enum { MOST_RUNS = 3 /* of a rung that is over at once */ };
static const double TILE_FRACTION = 0.1; /* of the time: for a rung that is timed again in almost a tile */
static const double SHORT_S = 2;         /* a rung below this is measured MOST_RUNS times */

pstm_status pstm_ladder_path(const pstm_ladder *l, int i_rung, const char *ending, pstm_text *path)
{
    if (i_rung == PSTM_RUNG_OPERATIONS)
        return pstm_text_add(path, "%s/operations%s", l->folder.bytes, ending);
    return pstm_text_add(path, "%s/rung_%d%s", l->folder.bytes, i_rung, ending);
}

/* The job file with the user's settings, cut down to the sample, with the switches of the rung. */
static pstm_status read_rung(const pstm_ladder *l, int i_rung, const pstm_sample *sample, const char *name,
                             pstm_job **job)
{
    pstm_made_settings s = {0};
    pstm_text output = {0};
    pstm_status status = PSTM_OK;
    for (size_t i = 0; i < l->wish->settings.n; i++)
        PSTM_GO(pstm_made_settings_borrow(&s, l->wish->settings.text[i]));
    PSTM_GO(pstm_text_add(&output, "%s/%s.h5", l->folder.bytes, name));
    PSTM_GO(pstm_made_settings_add(&s,
                                   "output={file: \"%s\", gathers: on, stack: on, fold: on, profile: on, "
                                   "keep_store: on}",
                                   output.bytes));
    PSTM_GO(pstm_sample_add_settings(sample, l->job, &s));
    PSTM_GO(pstm_rung_add_settings(i_rung, l->job->device, &s));
    PSTM_GO(pstm_job_read(l->wish->job, s.text, s.n, job));
cleanup:
    pstm_text_clear(&output);
    pstm_made_settings_clear(&s);
    return status;
}

/* The conditioned traces are made once; they wander from rung to rung. */
static pstm_status bring_store(pstm_ladder *l, const pstm_job *job)
{
    pstm_text path = {0};
    pstm_status status;
    PSTM_GO(pstm_text_add(&path, "%s.traces.h5", job->output.file));
    if (l->store.bytes != NULL && strcmp(l->store.bytes, path.bytes) != 0 &&
        rename(l->store.bytes, path.bytes) != 0)
        PSTM_GO(pstm_fail_errno(PSTM_SYSTEM, "cannot rename %s to %s", l->store.bytes, path.bytes));
    pstm_text_clear(&l->store);
    l->store = path;
    return PSTM_OK;
cleanup:
    pstm_text_clear(&path);
    return status;
}

pstm_status pstm_ladder_run_once(pstm_ladder *l, int i_rung, const pstm_sample *sample, const char *name,
                                 pstm_run_measured *measured)
{
    pstm_job *job = NULL;
    pstm_status status;
    PSTM_GO(read_rung(l, i_rung, sample, name, &job));
    PSTM_GO(bring_store(l, job));
    const pstm_run_options options = {.overwrite = true,
                                      .quiet = true,
                                      .version = pstm_version(),
                                      .commit = pstm_commit(),
                                      .measured = measured};
    PSTM_GO(pstm_run(MPI_COMM_WORLD, job, &options));
cleanup:
    pstm_job_destroy(&job);
    return status;
}

static int compare_seconds(const void *left, const void *right)
{
    const double a = ((const pstm_run_measured *)left)->busy_s,
                 b = ((const pstm_run_measured *)right)->busy_s;
    return a < b ? -1 : a > b;
}

/* A short rung is run several times; the fastest counts, since whatever else runs here can only add. */
static pstm_status run_fastest(pstm_ladder *l, int i_rung, const pstm_sample *sample, const char *name,
                               pstm_run_measured *fastest)
{
    pstm_run_measured runs[MOST_RUNS];
    int n = 0;
    do {
        PSTM_TRY(pstm_ladder_run_once(l, i_rung, sample, name, &runs[n++]));
    } while (n < MOST_RUNS && runs[0].busy_s < SHORT_S);
    qsort(runs, (size_t)n, sizeof *runs, compare_seconds);
    *fastest = runs[0];
    return PSTM_OK;
}

/*
 * In a block of few locations a fast device waits for each trace's samples and for its own tables; a block of
 * up to a tile shows what it does in a job. Its time is scaled to the sample's locations.
 */
static pstm_status time_in_tile(pstm_ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_sample block = {0};
    pstm_run_measured m = {0};
    const double n_allowed =
        TILE_FRACTION * l->wish->seconds / row->run.busy_s * (double)row->run.n_locations;
    const int64_t tile = (int64_t)l->job->tile_inline * l->job->tile_crossline;
    pstm_status status;
    PSTM_GO(pstm_sample_locations(l->job, (int64_t)fmin(n_allowed, (double)(tile - 1)), &block));
    const double scale = (double)row->run.n_locations / (double)block.n_locations;
    if (!block.is_block || scale > 0.5) goto cleanup;
    PSTM_GO(run_fastest(l, i_rung, &block, "timing", &m));
    row->run.busy_s = m.busy_s * scale;
    row->run.processor_s = m.processor_s * scale;
    row->n_timed_locations = m.n_locations;
cleanup:
    pstm_sample_clear(&block);
    return status;
}

pstm_status pstm_ladder_run_rung(pstm_ladder *l, int i_rung, pstm_ladder_row *row)
{
    char name[16];
    snprintf(name, sizeof name, "rung_%d", i_rung);
    row->rung = &pstm_rungs[i_rung];
    PSTM_TRY(run_fastest(l, i_rung, &l->sample, name, &row->run));
    row->n_timed_locations = row->run.n_locations;
    return l->sample.is_block ? time_in_tile(l, i_rung, row) : PSTM_OK;
}
