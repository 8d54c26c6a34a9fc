/* pstm run: migrate a job. */
#include <inttypes.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>

#include "commands/command.h"
#include "commands/mpi_session.h"
#include "core/fault.h"
#include "core/version.h"
#include "job/job.h"
#include "job/settings.h"
#include "mpi/comm/agree.h"
#include "mpi/comm/stop.h"
#include "mpi/run/launch.h"
#include "mpi/run/run.h"

typedef struct run_options {
    const char *job;
    pstm_settings settings;
    bool overwrite, quiet;
    int32_t shard, n_shards;
    double max_hours;
} run_options;

static pstm_status read_shard(const pstm_option *option, const char *text, void *to)
{
    run_options *o = to;
    int end = 0;
    if (sscanf(text, "%" SCNd32 "/%" SCNd32 "%n", &o->shard, &o->n_shards, &end) == 2 && text[end] == '\0' &&
        o->shard >= 1 && o->shard <= o->n_shards)
        return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--%s wants I/N with 1 <= I <= N, for example 3/8, not '%s'", option->name,
                     text);
}

static const pstm_option table[] = {
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, run_options, settings,
                         "overrides a key of the job, for example --set target.tiles=[3,5-9]"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, run_options, overwrite,
                "starts anew, whatever cube stands at output.file and trace store beside it"),
    PSTM_OPTION("shard", "I/N", read_shard, run_options, shard,
                "migrates only the I-th of N parts of the target (1 <= I <= N), for job arrays; each\n"
                "part needs an output.file of its own, and `pstm merge` puts them together"),
    PSTM_OPTION_WITHIN("max-hours", "H", pstm_option_number, run_options, max_hours,
                       "a number of hours above 0", PSTM_ABOVE_ZERO, INFINITY,
                       "ends in good order within H hours, with exit code 75; the end of a Slurm job\n"
                       "(SLURM_JOB_END_TIME) is kept without being told"),
    PSTM_OPTION("quiet", NULL, pstm_option_flag, run_options, quiet, "only warnings and errors"),
};

static const char usage[] =
    "usage: pstm run JOB.yaml [options]\n"
    "       mpirun -n RANKS pstm run JOB.yaml ...\n"
    "\n"
    "Migrates the job into its cube. The same command goes on where a stopped or killed run was.\n"
    "\n"
    "exit codes: 0 done, 1 usage or job file, 2 data, 3 system, 75 stopped in good order (resumable)\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "exactly one job file is wanted",
    .least_words = 1,
    .most_words = 1,
};

static pstm_status run(const void *argument, int rank, int n_ranks)
{
    const run_options *o = argument;
    const pstm_run_options options = {.overwrite = o->overwrite,
                                      .anew = o->overwrite,
                                      .quiet = o->quiet,
                                      .shard = o->shard,
                                      .n_shards = o->n_shards,
                                      .max_s = 3600 * o->max_hours,
                                      .version = pstm_version(),
                                      .commit = pstm_commit()};
    pstm_jobs jobs = {0};
    pstm_stop_on_interrupt(rank == 0);          /* once more: MPI may have set its own */
    PSTM_TRY(pstm_launch_check_ranks(n_ranks)); /* fails only where there is one */
    pstm_status status = pstm_jobs_read(o->job, &o->settings, &jobs);
    if (status == PSTM_OK) status = pstm_fault_setup(rank);
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, status));
    PSTM_GO(pstm_run_images(MPI_COMM_WORLD, (const pstm_job *const *)jobs.job, jobs.n, &options));
cleanup:
    pstm_jobs_clear(&jobs);
    return status;
}

int pstm_command_run(int argc, char **argv)
{
    run_options options = {0};
    int code;
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words != NULL) {
        options.job = words[0];
        pstm_stop_on_interrupt(pstm_launch_is_first());
        code = pstm_command_with_mpi("run", options.quiet, run, &options);
    }
    pstm_settings_clear(&options.settings);
    return code;
}
