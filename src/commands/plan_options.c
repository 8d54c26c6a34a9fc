#include "commands/plan_options.h"

#include <math.h>
#include <stdlib.h>

#include "commands/arguments.h"

const char pstm_plan_usage[] =
    "usage: pstm plan JOB.yaml [options]\n\n"
    "Says from the headers alone which tiles a job has, what they cost and how much memory it takes, and "
    "simulates\n"
    "the run on many ranks with the scheduler of a real run. Nothing is written but the picture. Under "
    "mpirun "
    "the\n"
    "ranks share the headers, which one rank may have no memory for.\n\n"
    "  --set KEY=VALUE      overrides a key of the job\n"
    "  --ranks N,N,...      counts of ranks to simulate (1,2,4,...,4096)\n"
    "  --rate R             contributions per second of a rank\n"
    "  --profile FILE       takes the rate from the profile of a run (OUTPUT.profile.json); of this very "
    "job, it\n"
    "                       also mends what the predicted cost is off\n"
    "  --traces-scale X     as if each tile had X times the traces\n"
    "  --area-scale X       as if the survey were X times as large: the tiles are repeated side by side\n"
    "  --spread S           standard deviation of ln(speed) of the ranks (0)\n"
    "  --failures F         failures per hour of a rank (0); half are errors, half hang\n"
    "  --latency S          seconds that a message travels (0.001)\n"
    "  --message S          seconds that rank 0 works on a message (0.00001)\n"
    "  --write-rate B       bytes per second that the file system writes, for all ranks together (no limit)\n"
    "  --read-rate B        bytes per second that it reads, if no rank had a cache (no limit)\n"
    "  --seed N             of the chances above (1)\n"
    "  --png FILE           draws efficiency against ranks\n\n"
    "exit codes: 0 done, 1 usage or job file, 2 data, 3 system\n";

static pstm_status read_ranks(const char *text, pstm_plan_options *o)
{
    o->n_ranks = 0;
    for (const char *at = text;;) {
        char *end;
        const long n = strtol(at, &end, 10);
        const int32_t last = o->n_ranks > 0 ? o->ranks[o->n_ranks - 1] : 0;
        if (end == at || n <= last || n > 1000000 || o->n_ranks == PSTM_PLAN_MOST_RANKS ||
            (*end != ',' && *end != '\0'))
            return pstm_fail(PSTM_USAGE, "--ranks `%s`: rising counts are wanted, such as 1,16,4096", text);
        o->ranks[o->n_ranks++] = (int32_t)n;
        if (*end == '\0') return PSTM_OK;
        at = end + 1;
    }
}

/* A number of at least `least`; with `beyond`, above it. */
static pstm_status read_number(const char *option, const char *text, double least, bool beyond,
                               double *number)
{
    double value;
    PSTM_TRY(pstm_argument_number(option, text, &value));
    if (value < least || (beyond && value == least))
        return pstm_fail(PSTM_USAGE, "%s %s: must be %s %g", option, text, beyond ? "above" : "at least",
                         least);
    *number = value;
    return PSTM_OK;
}

static pstm_status take(int option, const char *value, void *to)
{
    pstm_plan_options *o = to;
    switch (option) {
    case 's':
        return pstm_settings_add(&o->settings, value);
    case 'n':
        return read_ranks(value, o);
    case 'r':
        return read_number("--rate", value, 0, true, &o->rate);
    case 't':
        return read_number("--traces-scale", value, 0, true, &o->traces_scale);
    case 'a':
        return read_number("--area-scale", value, 1, false, &o->area_scale);
    case 'd':
        return read_number("--spread", value, 0, false, &o->spread);
    case 'f':
        return read_number("--failures", value, 0, false, &o->failures_per_hour);
    case 'l':
        return read_number("--latency", value, 0, false, &o->latency_s);
    case 'm':
        return read_number("--message", value, 0, false, &o->message_s);
    case 'w':
        return read_number("--write-rate", value, 0, true, &o->write_bytes_s);
    case 'R':
        return read_number("--read-rate", value, 0, true, &o->read_bytes_s);
    case 'S':
        return pstm_argument_integer("--seed", value, &o->seed);
    case 'p':
        o->profile = value;
        return PSTM_OK;
    default:
        o->png = value;
        return PSTM_OK;
    }
}

pstm_status pstm_plan_options_parse(int argc, char **argv, pstm_plan_options *o)
{
    static const struct option options[] = {{"set", required_argument, NULL, 's'},
                                            {"ranks", required_argument, NULL, 'n'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"profile", required_argument, NULL, 'p'},
                                            {"traces-scale", required_argument, NULL, 't'},
                                            {"area-scale", required_argument, NULL, 'a'},
                                            {"spread", required_argument, NULL, 'd'},
                                            {"failures", required_argument, NULL, 'f'},
                                            {"latency", required_argument, NULL, 'l'},
                                            {"message", required_argument, NULL, 'm'},
                                            {"write-rate", required_argument, NULL, 'w'},
                                            {"read-rate", required_argument, NULL, 'R'},
                                            {"seed", required_argument, NULL, 'S'},
                                            {"png", required_argument, NULL, 'g'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    *o = (pstm_plan_options){.traces_scale = 1,
                             .area_scale = 1,
                             .latency_s = 1e-3,
                             .message_s = 1e-5,
                             .write_bytes_s = INFINITY,
                             .read_bytes_s = INFINITY,
                             .seed = 1};
    for (int32_t n = 1; n <= 4096; n *= 2)
        o->ranks[o->n_ranks++] = n;
    pstm_arguments left;
    PSTM_TRY(pstm_arguments_read(argc, argv, options, take, o, &left));
    o->help = left.help;
    if (o->help) return PSTM_OK;
    if (left.n != 1) return pstm_fail(PSTM_USAGE, "one job file is wanted; try: pstm plan --help");
    if (o->rate > 0 && o->profile != NULL)
        return pstm_fail(PSTM_USAGE, "--rate and --profile both give the rate; leave one out");
    o->job = left.words[0];
    return PSTM_OK;
}
