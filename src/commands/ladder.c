/* pstm ladder: each optimisation switched on in turn, measured on a part of a job. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/mpi_session.h"
#include "core/version.h"
#include "core/write_file.h"
#include "device/device.h"
#include "qc/ladder/parts.h"

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

enum { FIRST_LOCATIONS = 4 /* of the run that tells how fast the start is */ };
static const double START_SHARE = 0.25; /* of the time for rung 0; the four rungs behind it take the most */
static const double DEFAULT_SECONDS = 60;

/* ---- options ----------------------------------------------------------------------------------------- */

static pstm_status take(int option, const char *value, void *to)
{
    pstm_ladder_options *options = to;
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

static pstm_status read_options(int argc, char **argv, pstm_ladder_options *options)
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

static pstm_status prepare(pstm_ladder *l)
{
    const pstm_ladder_options *o = l->options;
    PSTM_TRY(pstm_job_read(o->job_path, o->settings.text, o->settings.n, &l->job));
    if (isinf(l->job->aperture.distance_m))
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
    const double n = fmin(START_SHARE * l->options->seconds / location_s, (double)first.n_job_locations);
    PSTM_GO(pstm_sample_locations(l->job, (int64_t)fmax(n, FIRST_LOCATIONS), &l->sample));
cleanup:
    pstm_sample_clear(&first);
    return status;
}

static pstm_status choose_sample(pstm_ladder *l, pstm_text *words)
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

static pstm_status print_row(const pstm_ladder *l, int i_rung)
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
    fputs(text.bytes, stdout);
cleanup:
    pstm_text_clear(&text);
    return status;
}

static pstm_status ladder_all(const pstm_ladder_options *options)
{
    pstm_ladder l = {.options = options};
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
    pstm_ladder_options options = {0};
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
