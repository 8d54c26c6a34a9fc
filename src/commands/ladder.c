/* pstm ladder: each optimisation switched on in turn, measured on a part of a job. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/comparison.h"
#include "commands/ladder_rungs.h"
#include "commands/ladder_table.h"
#include "commands/mpi_session.h"
#include "commands/settings.h"
#include "commands/version.h"
#include "core/memory.h"
#include "migrate/device.h"
#include "mpi/run.h"
#include "report/write_file.h"

static const char usage[] =
    "usage: pstm ladder JOB.yaml [--tiles N | --seconds S] [--out DIR] [--operations]\n"
    "                   [--set KEY=VALUE ...]\n"
    "\n"
    "Migrates a part of the job again and again: first as the old program did (depth loop in double "
    "precision,\n"
    "all traces, constant aperture, one trace at a time), then with one optimisation more each time, up to\n"
    "everything on. Prints a table with speed-up and change of the image, and saves it with the images.\n"
    "\n"
    "  --seconds S      choose the part so that the whole takes about S seconds; default: 60\n"
    "  --tiles N        N whole tiles, evenly spread over the job's target\n"
    "  --out DIR        where table, cubes and pictures go; default: <output.file>.ladder\n"
    "  --operations     also times the operations of the sum in double precision (device `stopwatch`)\n"
    "  --set KEY=VALUE  overrides a key of the job\n"
    "  --help           this text\n"
    "\n"
    "The job needs migrate.aperture.distance, the constant aperture of the first rungs. One process: "
    "without\n"
    "mpirun. docs/ladder.md explains the columns.\n";

enum {
    FIRST_LOCATIONS = 4, /* of the run that tells how fast the start is */
    MOST_RUNS = 3,       /* of a rung that is over at once */
};
static const double TILE_SHARE = 0.1;   /* of the time: for a rung that is timed again in almost a tile */
static const double START_SHARE = 0.25; /* of the time for rung 0; the four rungs behind it take the most */
static const double SHORT_S = 2;        /* a rung below this is measured MOST_RUNS times */
static const double DEFAULT_SECONDS = 60;

typedef struct ladder_options {
    const char *job_path, *out;
    pstm_settings settings;
    int32_t n_tiles;
    double seconds;
    bool operations, help;
} ladder_options;

typedef struct ladder {
    const ladder_options *options;
    pstm_job *job; /* as the user gave it */
    pstm_text folder, store;
    pstm_sample sample;
    int n_rungs;
    double limit; /* of the pictures, from the start's image */
    char processor[128];
    pstm_ladder_table table;
} ladder;

/* ---- options ----------------------------------------------------------------------------------------- */

static pstm_status take(int option, const char *value, void *to)
{
    ladder_options *options = to;
    switch (option) {
    case 't':
        PSTM_TRY(pstm_argument_integer("--tiles", value, &options->n_tiles));
        if (options->n_tiles >= 1) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--tiles wants a number from 1 on, not '%s'", value);
    case 's':
        PSTM_TRY(pstm_argument_number("--seconds", value, &options->seconds));
        if (options->seconds > 0) return PSTM_OK;
        return pstm_fail(PSTM_USAGE, "--seconds wants a number above 0, not '%s'", value);
    case 'p':
        options->operations = true;
        return PSTM_OK;
    case 'e':
        return pstm_settings_add(&options->settings, value);
    default:
        options->out = value;
        return PSTM_OK;
    }
}

static pstm_status read_options(int argc, char **argv, ladder_options *options)
{
    static const struct option known[] = {{"tiles", required_argument, NULL, 't'},
                                          {"seconds", required_argument, NULL, 's'},
                                          {"out", required_argument, NULL, 'o'},
                                          {"set", required_argument, NULL, 'e'},
                                          {"operations", no_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, known, take, options, &left));
    options->help = left.help;
    if (options->help) return PSTM_OK;
    if (left.n != 1)
        return pstm_fail(PSTM_USAGE, "exactly one job file is wanted, %d were given; try --help", left.n);
    if (options->n_tiles > 0 && options->seconds > 0)
        return pstm_fail(PSTM_USAGE, "--tiles and --seconds both say how much is migrated; give one");
    if (options->seconds == 0) options->seconds = DEFAULT_SECONDS;
    options->job_path = left.words[0];
    return PSTM_OK;
}

/* ---- one rung ---------------------------------------------------------------------------------------- */

static pstm_status rung_path(const ladder *l, int i_rung, const char *ending, pstm_text *path)
{
    if (i_rung == PSTM_RUNG_OPERATIONS)
        return pstm_text_add(path, "%s/operations%s", l->folder.bytes, ending);
    return pstm_text_add(path, "%s/rung_%d%s", l->folder.bytes, i_rung, ending);
}

/* The job file with the user's settings, cut down to the sample, with the switches of the rung. */
static pstm_status read_rung(const ladder *l, int i_rung, const pstm_sample *sample, const char *name,
                             pstm_job **job)
{
    pstm_made_settings s = {0};
    pstm_text output = {0};
    pstm_status status = PSTM_OK;
    for (size_t i = 0; i < l->options->settings.n; i++)
        PSTM_GO(pstm_made_settings_borrow(&s, l->options->settings.text[i]));
    PSTM_GO(pstm_text_add(&output, "%s/%s.h5", l->folder.bytes, name));
    PSTM_GO(pstm_made_settings_add(&s,
                                   "output={file: \"%s\", gathers: on, stack: on, fold: on, profile: on, "
                                   "keep_store: on}",
                                   output.bytes));
    PSTM_GO(pstm_sample_add_settings(sample, l->job, &s));
    PSTM_GO(pstm_rung_add_settings(i_rung, l->job->device, &s));
    PSTM_GO(pstm_job_read(l->options->job_path, s.text, s.n, job));
cleanup:
    pstm_text_clear(&output);
    pstm_made_settings_clear(&s);
    return status;
}

/* The conditioned traces are made once; they wander from rung to rung. */
static pstm_status bring_store(ladder *l, const pstm_job *job)
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

static pstm_status run_once(ladder *l, int i_rung, const pstm_sample *sample, const char *name,
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
static pstm_status run_fastest(ladder *l, int i_rung, const pstm_sample *sample, const char *name,
                               pstm_run_measured *fastest)
{
    pstm_run_measured runs[MOST_RUNS];
    int n = 0;
    do {
        PSTM_TRY(run_once(l, i_rung, sample, name, &runs[n++]));
    } while (n < MOST_RUNS && runs[0].busy_s < SHORT_S);
    qsort(runs, (size_t)n, sizeof *runs, compare_seconds);
    *fastest = runs[0];
    return PSTM_OK;
}

/*
 * In a block of few locations a fast device waits for each trace's samples and for its own tables; a block of
 * up to a tile shows what it does in a job. Its time is scaled to the sample's locations.
 */
static pstm_status time_in_tile(ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_sample block = {0};
    pstm_run_measured m = {0};
    const double n_allowed =
        TILE_SHARE * l->options->seconds / row->run.busy_s * (double)row->run.n_locations;
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

static pstm_status run_rung(ladder *l, int i_rung, pstm_ladder_row *row)
{
    char name[16];
    snprintf(name, sizeof name, "rung_%d", i_rung);
    row->rung = &pstm_rungs[i_rung];
    PSTM_TRY(run_fastest(l, i_rung, &l->sample, name, &row->run));
    row->n_timed_locations = row->run.n_locations;
    return l->sample.is_block ? time_in_tile(l, i_rung, row) : PSTM_OK;
}

/* ---- the images -------------------------------------------------------------------------------------- */

static pstm_status open_rungs(const ladder *l, int i_rung, int i_other, pstm_text paths[2],
                              pstm_comparison *with)
{
    PSTM_TRY(rung_path(l, i_rung, ".h5", &paths[0]));
    PSTM_TRY(rung_path(l, i_other, ".h5", &paths[1]));
    const pstm_comparison_wish wish = {.paths = {paths[0].bytes, paths[1].bytes}, .dataset = "gather"};
    PSTM_TRY(pstm_comparison_open(&wish, with));
    return pstm_comparison_run(with);
}

static pstm_status compare_with_start(const ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_comparison with = {0};
    pstm_text paths[2] = {{0}}, picture = {0};
    pstm_status status;
    PSTM_GO(open_rungs(l, i_rung, 0, paths, &with));
    row->nrms = pstm_difference_nrms(with.difference);
    row->n_shifts = with.difference->n_shifts;
    pstm_difference_shifts(with.difference, &row->shift_s, &row->shift_95_s);
    if (i_rung == 0) goto cleanup;
    PSTM_GO(rung_path(l, i_rung, "_difference.png", &picture));
    PSTM_GO(pstm_comparison_draw(&with, picture.bytes));
cleanup:
    pstm_comparison_close(&with);
    pstm_text_clear(&paths[0]);
    pstm_text_clear(&paths[1]);
    pstm_text_clear(&picture);
    return status;
}

static pstm_status compare_with_before(const ladder *l, int i_rung, pstm_ladder_row *row)
{
    pstm_comparison with = {0};
    pstm_text paths[2] = {{0}};
    if (i_rung == 0) return PSTM_OK;
    const pstm_status status = open_rungs(l, i_rung, i_rung - 1, paths, &with);
    if (status == PSTM_OK) {
        row->same_bits = pstm_difference_is_none(with.difference);
        row->nrms_before = pstm_difference_nrms(with.difference);
    }
    pstm_comparison_close(&with);
    pstm_text_clear(&paths[0]);
    pstm_text_clear(&paths[1]);
    return status;
}

/* The section through the middle of the sample, in indices of the rungs' grid. */
static pstm_section middle_section(const ladder *l, const pstm_cube_about *about)
{
    const pstm_sample *s = &l->sample;
    const int32_t i = (s->i_end - s->i_begin) / 2, j = (s->j_end - s->j_begin) / 2;
    return (pstm_section){.kind = about->grid.n_crossline > 1 ? PSTM_SECTION_INLINE : PSTM_SECTION_CROSSLINE,
                          .data = about->n_classes == 1 ? PSTM_CUBE_GATHER : PSTM_CUBE_STACK,
                          .i = s->is_block ? i : s->i_begin + i,
                          .j = s->is_block ? j : s->j_begin + j,
                          .k_begin = about->k_begin,
                          .k_end = about->k_end};
}

/* All rungs in the grey scale of the start. */
static pstm_status draw_image(ladder *l, int i_rung, const pstm_ladder_row *row)
{
    pstm_open_cube cube = {0};
    pstm_section_values values = {0};
    pstm_text path = {0}, picture_path = {0}, title = {0};
    pstm_status status;
    PSTM_GO(rung_path(l, i_rung, ".h5", &path));
    PSTM_GO(rung_path(l, i_rung, ".png", &picture_path));
    PSTM_GO(pstm_open_cube_at(path.bytes, &cube));
    const pstm_section section = middle_section(l, cube.about);
    PSTM_GO(pstm_section_read(&cube, &section, &values));
    if (i_rung == 0)
        PSTM_GO(pstm_picture_percentile(values.values, values.n_columns * values.n_rows, 99, &l->limit));
    PSTM_GO(pstm_text_add(&title, "rung %d, %s, ", i_rung, row->rung->name));
    PSTM_GO(pstm_section_describe(&cube, &section, &title));
    pstm_picture picture = pstm_section_picture(&section, &values);
    picture.title = title.bytes;
    picture.subtitle = row->run.numerics_id;
    picture.limit = l->limit;
    PSTM_GO(pstm_picture_write(&picture, picture_path.bytes, NULL));
cleanup:
    pstm_section_free(&values);
    pstm_close_cube(&cube);
    pstm_text_clear(&path);
    pstm_text_clear(&picture_path);
    pstm_text_clear(&title);
    return status;
}

/* ---- the ladder -------------------------------------------------------------------------------------- */

static bool has_own_device(const pstm_job *job)
{
    pstm_device_info info;
    if (strcmp(job->device, "cuda") == 0) return true;
    return strcmp(job->device, "auto") == 0 && pstm_device_find("cuda")->probe(&info) == PSTM_OK;
}

/* The processor's name as the system tells it. */
static void find_processor(char *text, size_t n)
{
    char line[256];
    snprintf(text, n, "unknown processor");
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL) continue;
        snprintf(text, n, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (file != NULL) fclose(file);
}

static pstm_status prepare(ladder *l)
{
    const ladder_options *o = l->options;
    PSTM_TRY(pstm_job_read(o->job_path, o->settings.text, o->settings.n, &l->job));
    if (isinf(l->job->migrate.aperture_m))
        return pstm_fail(PSTM_USAGE,
                         "%s: the first rungs have a constant aperture, and the job gives none; give "
                         "`migrate.aperture.distance`, for example --set migrate.aperture.distance=3000",
                         o->job_path);
    if (o->out != NULL)
        PSTM_TRY(pstm_text_add(&l->folder, "%s", o->out));
    else
        PSTM_TRY(pstm_text_add(&l->folder, "%s.ladder", l->job->output.file));
    l->n_rungs = has_own_device(l->job) ? PSTM_RUNGS : PSTM_RUNGS - 1;
    find_processor(l->processor, sizeof l->processor);
    return pstm_make_folders(l->folder.bytes);
}

/* The sample that the time allows, from the speed of the start on a few locations. */
static pstm_status fit_sample(ladder *l)
{
    pstm_sample first = {0};
    pstm_run_measured m = {0};
    pstm_status status;
    PSTM_GO(pstm_sample_locations(l->job, FIRST_LOCATIONS, &first));
    PSTM_GO(run_once(l, 0, &first, "timing", &m));
    /* Threads beyond the locations had nothing to do. */
    const double used = fmin(m.n_threads, (double)m.n_locations);
    const double location_s = m.busy_s * used / m.n_threads / (double)m.n_locations;
    const double n = fmin(START_SHARE * l->options->seconds / location_s, (double)first.n_job_locations);
    PSTM_GO(pstm_sample_locations(l->job, (int64_t)fmax(n, FIRST_LOCATIONS), &l->sample));
cleanup:
    pstm_sample_clear(&first);
    return status;
}

static pstm_status choose_sample(ladder *l, pstm_text *words)
{
    if (l->options->n_tiles > 0)
        PSTM_TRY(pstm_sample_tiles(l->job, l->options->n_tiles, &l->sample));
    else
        PSTM_TRY(fit_sample(l));
    PSTM_TRY(pstm_sample_describe(&l->sample, words));
    l->table =
        (pstm_ladder_table){.job_path = l->options->job_path,
                            .version = pstm_version(),
                            .commit = pstm_commit(),
                            .processor = l->processor,
                            .sample = words->bytes,
                            .scale = (double)l->sample.n_job_locations / (double)l->sample.n_locations};
    return PSTM_OK;
}

static pstm_status print_row(const ladder *l, int i_rung)
{
    pstm_text text = {0};
    pstm_status status = PSTM_OK;
    if (i_rung == 0) {
        PSTM_GO(pstm_ladder_head(&l->table, &text));
        PSTM_GO(pstm_ladder_names(&text));
    }
    PSTM_GO(pstm_ladder_line(&l->table, i_rung, &text));
    fputs(text.bytes, stdout);
    fflush(stdout);
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status climb(ladder *l)
{
    for (int i = 0; i < l->n_rungs; i++) {
        pstm_ladder_row *row = &l->table.rows[i];
        PSTM_TRY(run_rung(l, i, row));
        PSTM_TRY(compare_with_start(l, i, row));
        PSTM_TRY(compare_with_before(l, i, row));
        PSTM_TRY(draw_image(l, i, row));
        l->table.n_rows = i + 1;
        PSTM_TRY(print_row(l, i));
    }
    return PSTM_OK;
}

static pstm_status time_operations(ladder *l)
{
    pstm_text text = {0};
    pstm_status status;
    PSTM_GO(run_once(l, PSTM_RUNG_OPERATIONS, &l->sample, "operations", &l->table.operations));
    PSTM_GO(pstm_ladder_operations(&l->table, &text));
    fputs(text.bytes, stdout);
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status ladder_all(const ladder_options *options)
{
    ladder l = {.options = options};
    pstm_text words = {0};
    int n_ranks;
    pstm_status status = PSTM_OK;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    if (n_ranks > 1)
        return pstm_fail(PSTM_USAGE,
                         "one process measures, with the threads of the job: start it without mpirun");
    PSTM_GO(prepare(&l));
    PSTM_GO(choose_sample(&l, &words));
    PSTM_GO(climb(&l));
    if (options->operations) PSTM_GO(time_operations(&l));
    PSTM_GO(pstm_ladder_write(&l.table, l.folder.bytes));
    printf("table, cubes and pictures: %s\n", l.folder.bytes);
cleanup:
    if (l.store.bytes != NULL) unlink(l.store.bytes);
    pstm_job_destroy(&l.job);
    pstm_sample_clear(&l.sample);
    pstm_text_clear(&words);
    pstm_text_clear(&l.folder);
    pstm_text_clear(&l.store);
    return status;
}

int pstm_command_ladder(int argc, char **argv)
{
    ladder_options options = {0};
    pstm_status status = read_options(argc, argv, &options);
    if (status == PSTM_OK && options.help) fputs(usage, stdout);
    if (status == PSTM_OK && !options.help) {
        const int rank = pstm_mpi_begin("ladder", true);
        status = ladder_all(&options);
        if (status != PSTM_OK && rank == 0) pstm_command_failed("ladder", status);
        pstm_settings_clear(&options.settings);
        pstm_mpi_end();
        return status;
    }
    pstm_settings_clear(&options.settings);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("ladder", status);
}
