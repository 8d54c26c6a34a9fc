/* pstm plan: what a job costs, and how it would scale. */
#include <math.h>
#include <mpi.h>
#include <stdbool.h>
#include <stdlib.h>

#include "commands/command.h"
#include "commands/mpi_session.h"
#include "core/place.h"
#include "job/job.h"
#include "job/settings.h"
#include "mpi/comm/agree.h"
#include "mpi/run/plan.h"
#include "qc/plan_report.h"
#include "report/png_mark.h"

typedef struct plan_options {
    const char *job;
    pstm_settings settings;
    pstm_plan_wish wish;
    bool overwrite;
} plan_options;

static pstm_status read_ranks(const pstm_option *option, const char *text, void *to)
{
    plan_options *options = to;
    pstm_plan_wish *o = &options->wish;
    o->n_ranks = 0;
    for (const char *at = text;;) {
        char *end;
        const long n = strtol(at, &end, 10);
        const int32_t last = o->n_ranks > 0 ? o->ranks[o->n_ranks - 1] : 0;
        if (end == at || n <= last || n > 1000000 || o->n_ranks == PSTM_PLAN_RANKS ||
            (*end != ',' && *end != '\0'))
            return pstm_fail(PSTM_USAGE, "--%s wants rising counts, such as 1,16,4096, not '%s'",
                             option->name, text);
        o->ranks[o->n_ranks++] = (int32_t)n;
        if (*end == '\0') return PSTM_OK;
        at = end + 1;
    }
}

#define ABOVE_ZERO "a number above 0", PSTM_ABOVE_ZERO, INFINITY
#define FROM_ZERO "a number from 0 on", 0, INFINITY
#define NUMBER(name, value, field, range, help)                                                              \
    PSTM_OPTION_WITHIN(name, value, pstm_option_number, plan_options, wish.field, range, help)

static const pstm_option table[] = {
    PSTM_OPTION_REPEATED("set", "KEY=VALUE", pstm_option_setting, plan_options, settings,
                         "overrides a key of the job"),
    PSTM_OPTION("ranks", "N,N,...", read_ranks, plan_options, wish.ranks,
                "counts of ranks to simulate (1,2,4,... up to one for each tile)"),
    NUMBER("rate", "R", rate, ABOVE_ZERO, "contributions per second of a rank"),
    PSTM_OPTION("profile", "FILE", pstm_option_text, plan_options, wish.profile,
                "takes the rate from the profile of a run (OUTPUT.profile.json); of this very job, it\n"
                "also corrects the predicted cost"),
    NUMBER("traces-scale", "X", traces_scale, ABOVE_ZERO, "as if each tile had X times the traces"),
    PSTM_OPTION_WITHIN("area-scale", "X", pstm_option_number, plan_options, wish.area_scale,
                       "a number from 1 on", 1, INFINITY,
                       "as if the survey were X times as large: the tiles are repeated side by side"),
    NUMBER("spread", "S", spread, FROM_ZERO, "standard deviation of ln(speed) of the ranks (0)"),
    NUMBER("failures", "F", failures_per_hour, FROM_ZERO,
           "failures per hour of a rank (0); half are errors, half hang"),
    NUMBER("latency", "S", latency_s, FROM_ZERO, "seconds that a message travels (0.001)"),
    NUMBER("message", "S", message_s, FROM_ZERO, "seconds that rank 0 works on a message (0.00001)"),
    NUMBER("write-rate", "B", write_bytes_s, ABOVE_ZERO,
           "bytes per second that the file system writes, for all ranks together (no limit)"),
    NUMBER("read-rate", "B", read_bytes_s, ABOVE_ZERO,
           "bytes per second that it reads, if no rank had a cache (no limit)"),
    PSTM_OPTION("seed", "N", pstm_option_integer, plan_options, wish.seed, "of the chances above (1)"),
    PSTM_OPTION("png", "FILE", pstm_option_text, plan_options, wish.png, "draws efficiency against ranks"),
    PSTM_OPTION("overwrite", NULL, pstm_option_flag, plan_options, overwrite,
                "replaces a file that pstm has not made, too"),
};

static const char usage[] =
    "usage: pstm plan JOB.yaml [options]\n"
    "\n"
    "Says first how long the job takes here, at a rate that is measured now, and what room it needs; then\n"
    "from the headers alone which tiles a job has, what they cost and how much memory it takes,\n"
    "and simulates the run on many ranks with the scheduler of a real run. Nothing is written but the\n"
    "picture. Under mpirun the ranks share the headers, which one rank may have no memory for.\n"
    "\n"
    "exit codes: 0 done, 1 usage or job file, 2 data, 3 system\n";

static const pstm_command_line line = {
    .usage = usage,
    PSTM_OPTIONS(table),
    .words = "one job file is wanted",
    .least_words = 1,
    .most_words = 1,
};

/* The headers are read by all ranks. */
static pstm_status plan(const void *argument, int rank, int n_ranks)
{
    const plan_options *o = argument;
    pstm_job *job = NULL;
    pstm_run_plan plan = {0};
    pstm_status status = pstm_job_read(o->job, o->settings.text, o->settings.n, &job);
    (void)n_ranks;
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, status));
    PSTM_GO(pstm_run_plan_make(MPI_COMM_WORLD, job, &plan));
    if (rank == 0) pstm_plan_print_here(&plan, job, stdout);
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, rank == 0 ? pstm_plan_report(&plan, &o->wish, stdout) : PSTM_OK));
cleanup:
    pstm_run_plan_clear(&plan);
    pstm_job_destroy(&job);
    return status;
}

static void set_defaults(pstm_plan_wish *wish)
{
    *wish = (pstm_plan_wish){.traces_scale = 1,
                             .area_scale = 1,
                             .latency_s = 1e-3,
                             .message_s = 1e-5,
                             .write_bytes_s = INFINITY,
                             .read_bytes_s = INFINITY,
                             .seed = 1};
}

static pstm_status check(const plan_options *options)
{
    const pstm_plan_wish *wish = &options->wish;
    if (wish->rate > 0 && wish->profile != NULL)
        return pstm_fail(PSTM_USAGE, "--rate and --profile both give the rate; leave one out");
    if (wish->png == NULL) return PSTM_OK;
    if (pstm_place_is_same(wish->png, options->job))
        return pstm_fail(PSTM_USAGE, "--png %s is the job file; name another file", wish->png);
    return pstm_png_check(wish->png, options->overwrite);
}

int pstm_command_plan(int argc, char **argv)
{
    plan_options options = {0};
    int code;
    set_defaults(&options.wish);
    char **words = pstm_command_line_read(&line, argc, argv, &options, &code);
    if (words != NULL) {
        options.job = options.wish.title = words[0];
        code = pstm_command_end("plan", check(&options));
        if (code == PSTM_OK) code = pstm_command_with_mpi("plan", true, plan, &options);
    }
    pstm_settings_clear(&options.settings);
    return code;
}
