/* pstm scan: what is in a survey's files, and the grid and job that they ask for. */
#include <math.h>
#include <mpi.h>
#include <string.h>

#include "commands/command.h"
#include "commands/mpi_session.h"
#include "core/place.h"
#include "core/write_file.h"
#include "job/settings.h"
#include "mpi/comm/agree.h"
#include "qc/overview_text.h"

typedef struct scan_options {
    pstm_settings settings;
    const char *job, *png;
    double headers[2];
    bool json, text, overwrite;
    char **files;
    int64_t n_files;
} scan_options;

static const pstm_option table[] = {
    PSTM_OPTION("job", "FILE", pstm_option_text, scan_options, job,
                "writes a job file with the grid that was found, for `pstm run`"),
    PSTM_OPTION("png", "NAME", pstm_option_text, scan_options, png,
                "draws NAME.map.png (sources, receivers, midpoints, grid), NAME.fold.png and\n"
                "NAME.headers.png (histograms)"),
    PSTM_OPTION("text", NULL, pstm_option_flag, scan_options, text, "prints textual headers too"),
    PSTM_OPTION("headers", "A,B", pstm_option_pair, scan_options, headers,
                "prints the words of traces A to B, counted from 1, with tabs between, and nothing else"),
    PSTM_OPTION("json", NULL, pstm_option_flag, scan_options, json, "prints JSON instead of tables"),
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, scan_options, settings,
                         "says how the files are read, for example --set input.bytes.source_x=201;\n"
                         "keys of `input` and `accept`: pstm keys"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, scan_options, overwrite,
                "replaces a file that pstm has not made, too"),
};

static const char usage[] =
    "usage: pstm scan FILE... [options]\n"
    "       mpirun -n RANKS pstm scan FILE... [options]\n"
    "\n"
    "Reads the headers of SEG-Y or SU files of one survey, and says what is in them: formats, counts,\n"
    "ranges of header words, geometry, the grid on which midpoints lie, and what is doubtful, with a\n"
    "remedy. No sample is changed or migrated.\n"
    "\n"
    "exit codes: 0 done (also with doubts), 1 usage, 2 files cannot be read, 3 system\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "SEG-Y or SU files are wanted",
    .least_words = 1,
    .most_words = PSTM_ANY_WORDS,
};

static const pstm_mark job_mark = {.bytes = pstm_overview_job_mark, .n = 40};

static pstm_status write_job(const pstm_overview *overview, const pstm_job *job, const char *path)
{
    pstm_text text = {0};
    pstm_status status;
    PSTM_GO(pstm_overview_add_job(overview, job, strchr(path, '/') == NULL, &text));
    PSTM_GO(pstm_write_file(path, text.bytes, (size_t)text.length));
cleanup:
    pstm_text_clear(&text);
    return status;
}

/* Rank 0. */
static pstm_status report(const scan_options *o, const pstm_job *job, const pstm_overview *overview)
{
    if (!isnan(o->headers[0]))
        return pstm_overview_print_headers(overview, (int64_t)o->headers[0], (int64_t)o->headers[1], stdout);
    PSTM_TRY(o->json ? pstm_overview_print_json(overview, stdout)
                     : pstm_overview_print(overview, o->text, job->accepted, stdout));
    FILE *names = o->json ? stderr : stdout;
    if (o->png != NULL) PSTM_TRY(pstm_overview_draw(overview, o->png, o->overwrite, names));
    if (o->job == NULL) return PSTM_OK;
    PSTM_TRY(write_job(overview, job, o->job));
    fprintf(names, "%s\n", o->job);
    return PSTM_OK;
}

static pstm_status scan(const void *argument, int rank, int n_ranks)
{
    const scan_options *o = argument;
    pstm_job *job = NULL;
    pstm_overview overview = {.fold = NULL};
    pstm_status status = pstm_overview_job_of(o->n_files, o->files, o->settings.text, o->settings.n, &job);
    (void)n_ranks;
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, status));
    PSTM_GO(pstm_overview_make(MPI_COMM_WORLD, job, &overview));
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, rank == 0 ? report(o, job, &overview) : PSTM_OK));
cleanup:
    pstm_overview_clear(&overview);
    pstm_job_destroy(&job);
    return status;
}

static pstm_status check(const scan_options *o)
{
    if (o->job == NULL) return PSTM_OK;
    for (int64_t f = 0; f < o->n_files; f++)
        if (pstm_place_is_same(o->job, o->files[f]))
            return pstm_fail(PSTM_USAGE, "--job %s is an input file; name another file", o->job);
    return pstm_place_check_mark(o->job, &job_mark, o->overwrite);
}

int pstm_command_scan(int argc, char **argv)
{
    scan_options options = {.headers = {NAN, NAN}};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words != NULL) {
        options.files = words;
        while (words[options.n_files] != NULL)
            options.n_files++;
        code = pstm_command_end("scan", check(&options));
        if (code == PSTM_OK) code = pstm_command_with_mpi("scan", true, scan, &options);
    }
    pstm_settings_clear(&options.settings);
    return code;
}
