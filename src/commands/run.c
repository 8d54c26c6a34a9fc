/* pstm run: migrate a job. */
#include <inttypes.h>
#include <mpi.h>
#include <stdio.h>

#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/mpi_session.h"
#include "core/fault.h"
#include "core/version.h"
#include "job/job.h"
#include "job/settings.h"
#include "mpi/comm/agree.h"
#include "mpi/run/launch.h"
#include "mpi/run/run.h"

static const char usage[] =
    "usage: pstm run JOB.yaml [options]\n"
    "       mpirun -n RANKS pstm run JOB.yaml ...\n\n"
    "Migrates the job into its cube. The same command goes on where a stopped or killed run was.\n\n"
    "  --set KEY=VALUE  overrides a key of the job, for example --set target.tiles=[3,5-9]\n"
    "  --overwrite      starts anew, whatever stands at output.file\n"
    "  --shard I/N      migrates only the I-th of N parts of the target (1 <= I <= N), for job arrays; each\n"
    "                   part needs an output.file of its own, and `pstm merge` puts them together\n"
    "  --max-hours H    ends in good order within H hours, with exit code 75; the end of a Slurm job\n"
    "                   (SLURM_JOB_END_TIME) is kept without being told\n"
    "  --quiet          only warnings and errors\n\n"
    "exit codes: 0 done, 1 usage or job file, 2 data, 3 system, 75 stopped in good order (resumable)\n";

typedef struct arguments {
    const char *job;
    pstm_settings settings;
    bool overwrite, quiet, help;
    int32_t shard, n_shards;
    double max_hours;
} arguments;

static pstm_status read_shard(const char *text, arguments *a)
{
    int end = 0;
    if (sscanf(text, "%" SCNd32 "/%" SCNd32 "%n", &a->shard, &a->n_shards, &end) == 2 && text[end] == '\0' &&
        a->shard >= 1 && a->shard <= a->n_shards)
        return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--shard wants I/N with 1 <= I <= N, for example 3/8, not `%s`", text);
}

static pstm_status read_hours(const char *text, arguments *a)
{
    PSTM_TRY(pstm_argument_number("--max-hours", text, &a->max_hours));
    if (a->max_hours > 0) return PSTM_OK;
    return pstm_fail(PSTM_USAGE, "--max-hours wants a number of hours above 0, not `%s`", text);
}

static pstm_status take(int option, const char *value, void *to)
{
    arguments *a = to;
    switch (option) {
    case 's':
        return pstm_settings_add(&a->settings, value);
    case 'p':
        return read_shard(value, a);
    case 'm':
        return read_hours(value, a);
    case 'o':
        a->overwrite = true;
        return PSTM_OK;
    default:
        a->quiet = true;
        return PSTM_OK;
    }
}

static pstm_status parse(int argc, char **argv, arguments *a)
{
    static const struct option options[] = {{"set", required_argument, NULL, 's'},
                                            {"overwrite", no_argument, NULL, 'o'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"shard", required_argument, NULL, 'p'},
                                            {"max-hours", required_argument, NULL, 'm'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, options, take, a, &left));
    a->help = left.help;
    if (a->help) return PSTM_OK;
    if (left.n != 1)
        return pstm_fail(PSTM_USAGE, "exactly one job file is wanted, %d were given; try: pstm run --help",
                         left.n);
    a->job = left.words[0];
    return PSTM_OK;
}

static pstm_status read_and_run(const arguments *a, int rank)
{
    pstm_job *job = NULL;
    pstm_status status = pstm_job_read(a->job, a->settings.text, a->settings.n, &job);
    if (status == PSTM_OK) status = pstm_fault_setup(rank);
    status = pstm_agree(MPI_COMM_WORLD, status);
    if (status == PSTM_OK) {
        const pstm_run_options options = {.overwrite = a->overwrite,
                                          .quiet = a->quiet,
                                          .shard = a->shard,
                                          .n_shards = a->n_shards,
                                          .max_s = 3600 * a->max_hours,
                                          .version = pstm_version(),
                                          .commit = pstm_commit()};
        status = pstm_run(MPI_COMM_WORLD, job, &options);
    }
    pstm_job_destroy(&job);
    return status;
}

int pstm_command_run(int argc, char **argv)
{
    arguments a = {0};
    pstm_status status = parse(argc, argv, &a);
    if (status != PSTM_OK) return pstm_command_failed("run", status);
    if (a.help) {
        fputs(usage, stdout);
        return PSTM_OK;
    }
    status = pstm_launch_check();
    if (status != PSTM_OK) return pstm_launch_is_first() ? pstm_command_failed("run", status) : (int)status;
    const int rank = pstm_mpi_begin("run", a.quiet);
    int n_ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    status = pstm_launch_check_ranks(n_ranks);
    if (status == PSTM_OK) status = read_and_run(&a, rank);
    if (status != PSTM_OK && rank == 0 && (n_ranks > 1 || pstm_launch_is_first()))
        pstm_command_failed("run", status);
    pstm_settings_clear(&a.settings);
    pstm_mpi_end();
    return status;
}
