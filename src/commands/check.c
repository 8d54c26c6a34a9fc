/* pstm check: what a run of a job would do and doubt, before it. */
#include <inttypes.h>
#include <mpi.h>
#include <stdbool.h>

#include "commands/command.h"
#include "commands/mpi_session.h"
#include "core/place.h"
#include "job/job.h"
#include "job/settings.h"
#include "mpi/comm/agree.h"
#include "qc/check_report.h"

typedef struct check_options {
    const char *job, *png;
    pstm_settings settings;
    bool strict, overwrite;
} check_options;

static const pstm_option table[] = {
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, check_options, settings,
                         "overrides a key of the job"),
    PSTM_OPTION("png", "FILE", pstm_option_text, check_options, png,
                "draws the fold of the traces over the grid"),
    PSTM_OPTION("strict", NULL, pstm_option_flag, check_options, strict,
                "fails, with exit code 2, if anything is doubted that the job does not accept"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, check_options, overwrite,
                "replaces a picture that pstm has not made, too"),
};

static const char usage[] =
    "usage: pstm check JOB.yaml [options]\n"
    "       mpirun -n RANKS pstm check JOB.yaml [options]\n"
    "\n"
    "Says what a run of the job would do on these ranks and what it would doubt, from headers and\n"
    "velocities: time, memory, disk, the grid against the survey, doubts with their remedies. Nothing\n"
    "is written but the picture. What would end a run ends the check in the same way.\n"
    "\n"
    "exit codes: 0 a run can begin, 1 usage or job file, 2 data, 3 system\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one job file is wanted",
    .least_words = 1,
    .most_words = 1,
};

/* Rank 0. */
static pstm_status report(const check_options *o, const pstm_run_check *check, const pstm_job *job)
{
    PSTM_TRY(pstm_check_print(check, job, stdout));
    if (o->png != NULL) PSTM_TRY(pstm_check_draw(check, job, o->png, o->overwrite));
    if (!o->strict || check->n_doubts == 0) return PSTM_OK;
    return pstm_fail(PSTM_DATA,
                     "--strict: %" PRId64 " doubt(s); `accept` in the job names those that are meant",
                     check->n_doubts);
}

static pstm_status check(const void *argument, int rank, int n_ranks)
{
    const check_options *o = argument;
    pstm_jobs jobs = {0};
    pstm_run_check found = {.fold = NULL};
    (void)n_ranks;
    pstm_status status = pstm_agree(MPI_COMM_WORLD, pstm_jobs_read(o->job, &o->settings, &jobs));
    for (int i = 0; i < jobs.n && status == PSTM_OK; i++) {
        status = pstm_run_check_make(MPI_COMM_WORLD, jobs.job[i], &found);
        if (status == PSTM_OK)
            status = pstm_agree(MPI_COMM_WORLD, rank == 0 ? report(o, &found, jobs.job[i]) : PSTM_OK);
        pstm_run_check_clear(&found);
    }
    pstm_jobs_clear(&jobs);
    return status;
}

static pstm_status check_picture(const check_options *o)
{
    if (o->png == NULL || !pstm_place_is_same(o->png, o->job)) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--png %s is the job file; name another file", o->png);
}

int pstm_command_check(int argc, char **argv)
{
    check_options options = {0};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words != NULL) {
        options.job = words[0];
        code = pstm_command_end("check", check_picture(&options));
        if (code == PSTM_OK) code = pstm_command_with_mpi("check", false, check, &options);
    }
    pstm_settings_clear(&options.settings);
    return code;
}
