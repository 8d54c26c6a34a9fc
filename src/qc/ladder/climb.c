#include "qc/ladder/ladder.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "core/place.h"
#include "core/processor.h"
#include "core/version.h"
#include "core/write_file.h"
#include "device/device.h"
#include "qc/ladder/parts.h"

enum { FIRST_LOCATIONS = 4 /* of the run that tells how fast the start is */ };
/* Of the time, for rung 0; the four rungs behind it take the most. */
static const double START_FRACTION = 0.25;

/* Whether the job's device is another one than that of the rungs below. */
static bool has_own_device(const pstm_job *job)
{
    const bool is_auto = strcmp(job->device, "auto") == 0;
    const pstm_device_ops *own = is_auto ? pstm_device_automatic(false) : pstm_device_find(job->device);
    return own != NULL && own != &pstm_device_cpu && pstm_device_is_automatic(own);
}

/* Whether there is nothing in a folder, or no folder. */
static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    bool empty = true;
    if (folder == NULL) return true;
    for (const struct dirent *entry; empty && (entry = readdir(folder)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(folder);
    return empty;
}

/* Makes the folder of the tables, or takes one that a ladder has made: it has a table, which bears a mark
 * from the beginning. Files of others are not replaced. */
static pstm_status take_folder(const char *folder)
{
    const pstm_mark mark = {.bytes = PSTM_LADDER_MARK, .n = strlen(PSTM_LADDER_MARK)};
    pstm_text path = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(pstm_text_add(&path, "%s/ladder.txt", folder));
    if (!is_empty(folder)) {
        if (access(path.bytes, F_OK) != 0)
            PSTM_GO(pstm_fail(
                PSTM_USAGE,
                "%s is a folder with files of others, which a ladder might replace; name another one, "
                "or an empty one, with --out",
                folder));
        PSTM_GO(pstm_place_check_mark(path.bytes, &mark, false));
    }
    PSTM_GO(pstm_make_folders(folder));
    PSTM_GO(pstm_write_file(path.bytes, PSTM_LADDER_MARK, strlen(PSTM_LADDER_MARK)));
cleanup:
    pstm_text_clear(&path);
    return status;
}

static pstm_status prepare(pstm_ladder *l)
{
    const pstm_ladder_wish *wish = l->wish;
    PSTM_TRY(pstm_job_read(wish->job, wish->settings.text, wish->settings.n, &l->job));
    if (isinf(l->job->aperture.distance_m))
        return pstm_fail(PSTM_USAGE,
                         "%s: the first rungs have a constant aperture, and the job gives none; give "
                         "`migrate.aperture.distance`, for example --set migrate.aperture.distance=3000",
                         wish->job);
    if (wish->out != NULL)
        PSTM_TRY(pstm_text_add(&l->folder, "%s", wish->out));
    else
        PSTM_TRY(pstm_text_add(&l->folder, "%s.ladder", l->job->output.file));
    l->n_rungs = has_own_device(l->job) ? PSTM_RUNGS : PSTM_RUNGS - 1;
    pstm_processor_name(l->processor, sizeof l->processor);
    return take_folder(l->folder.bytes);
}

/* The sample that the time allows, from the speed of the start on a few locations. */
static pstm_status fit_sample(pstm_ladder *l)
{
    pstm_sample first = {0};
    pstm_run_measured m = {0};
    pstm_status status;
    PSTM_GO(pstm_sample_locations(l->job, FIRST_LOCATIONS, &first));
    PSTM_GO(pstm_ladder_run_once(l, 0, &first, "timing", &m));
    /* Threads beyond the locations had nothing to do. */
    const double used = fmin(m.n_threads, (double)m.n_locations);
    const double location_s = m.busy_s * used / m.n_threads / (double)m.n_locations;
    const double n = fmin(START_FRACTION * l->wish->seconds / location_s, (double)first.n_job_locations);
    PSTM_GO(pstm_sample_locations(l->job, (int64_t)fmax(n, FIRST_LOCATIONS), &l->sample));
cleanup:
    pstm_sample_clear(&first);
    return status;
}

static pstm_status choose_sample(pstm_ladder *l, pstm_text *words)
{
    if (l->wish->n_tiles > 0)
        PSTM_TRY(pstm_sample_tiles(l->job, l->wish->n_tiles, &l->sample));
    else
        PSTM_TRY(fit_sample(l));
    PSTM_TRY(pstm_sample_describe(&l->sample, words));
    l->table =
        (pstm_ladder_table){.job_path = l->wish->job,
                            .version = pstm_version(),
                            .commit = pstm_commit(),
                            .processor = l->processor,
                            .sample = words->bytes,
                            .scale = (double)l->sample.n_job_locations / (double)l->sample.n_locations};
    return PSTM_OK;
}

static pstm_status print_row(const pstm_ladder *l, int i_rung)
{
    pstm_text text = {0};
    pstm_status status = PSTM_OK;
    if (i_rung == 0) {
        PSTM_GO(pstm_ladder_head(&l->table, &text));
        PSTM_GO(pstm_ladder_names(&text));
    }
    PSTM_GO(pstm_ladder_line(&l->table, i_rung, &text));
    fputs(text.bytes, l->out);
    fflush(l->out);
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status climb(pstm_ladder *l)
{
    for (int i = 0; i < l->n_rungs; i++) {
        pstm_ladder_row *row = &l->table.rows[i];
        PSTM_TRY(pstm_ladder_run_rung(l, i, row));
        PSTM_TRY(pstm_ladder_compare_with_start(l, i, row));
        PSTM_TRY(pstm_ladder_compare_with_before(l, i, row));
        PSTM_TRY(pstm_ladder_draw(l, i, row));
        l->table.n_rows = i + 1;
        PSTM_TRY(print_row(l, i));
    }
    return PSTM_OK;
}

static pstm_status time_operations(pstm_ladder *l)
{
    pstm_text text = {0};
    pstm_status status;
    PSTM_GO(pstm_ladder_run_once(l, PSTM_RUNG_OPERATIONS, &l->sample, "operations", &l->table.operations));
    PSTM_GO(pstm_ladder_operations(&l->table, &text));
    fputs(text.bytes, l->out);
cleanup:
    pstm_text_clear(&text);
    return status;
}

pstm_status pstm_ladder_climb(const pstm_ladder_wish *wish, FILE *out)
{
    pstm_ladder l = {.wish = wish, .out = out};
    pstm_text words = {0};
    pstm_status status = PSTM_OK;
    PSTM_GO(prepare(&l));
    PSTM_GO(choose_sample(&l, &words));
    PSTM_GO(climb(&l));
    if (wish->operations) PSTM_GO(time_operations(&l));
    PSTM_GO(pstm_ladder_write(&l.table, l.folder.bytes));
    fprintf(out, "table, cubes and pictures: %s\n", l.folder.bytes);
cleanup:
    if (l.store.bytes != NULL) unlink(l.store.bytes);
    pstm_job_destroy(&l.job);
    pstm_sample_clear(&l.sample);
    pstm_text_clear(&words);
    pstm_text_clear(&l.folder);
    pstm_text_clear(&l.store);
    return status;
}
