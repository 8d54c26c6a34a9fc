/* pstm plan: what a job costs, and how it would scale. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/mpi_session.h"
#include "commands/plan_options.h"
#include "core/memory.h"
#include "job/job.h"
#include "mpi/comm/agree.h"
#include "mpi/run/plan.h"
#include "mpi/survey/tree.h"
#include "plan/simulate.h"
#include "profile/profile.h"
#include "report/curve.h"

static const double DEFAULT_RATE = 1e9; /* of one core, roughly; docs/scaling.md */
static const int64_t MOST_TILES = 20000000;

/* The job's tiles, scaled, with what a machine model needs of them. */
typedef struct scaled_plan {
    pstm_work *work;
    int64_t n_work;
    double cost, costliest, least;
    double n_traces;
} scaled_plan;

/* The tiles side by side, repeats x repeats times; costs times the traces' scale. */
static pstm_status scale_plan(const pstm_run_plan *plan, const pstm_plan_options *o, scaled_plan *out)
{
    const int64_t repeats = (int64_t)ceil(sqrt(o->area_scale) - 1e-9);
    const int64_t n = (int64_t)llround((double)plan->n_work * o->area_scale);
    if (n > MOST_TILES)
        return pstm_fail(PSTM_USAGE,
                         "--area-scale %g: that makes %" PRId64 " tiles, at most %" PRId64 " are simulated",
                         o->area_scale, n, MOST_TILES);
    *out = (scaled_plan){.least = INFINITY,
                         .n_traces = (double)plan->n_traces * o->traces_scale * o->area_scale};
    PSTM_TRY(PSTM_NEW(&out->work, n, "scaled tiles"));
    for (; out->n_work < n; out->n_work++) {
        const int64_t copy = out->n_work / plan->n_work;
        pstm_work *w = &out->work[out->n_work];
        *w = plan->work[out->n_work % plan->n_work];
        w->number = out->n_work;
        w->at_inline += (int32_t)(copy / repeats * plan->tiles_inline);
        w->at_crossline += (int32_t)(copy % repeats * plan->tiles_crossline);
        w->cost *= o->traces_scale;
        out->cost += w->cost;
        out->costliest = fmax(out->costliest, w->cost);
        out->least = fmin(out->least, w->cost);
    }
    return PSTM_OK;
}

/* ---- the rate of a rank ------------------------------------------------------------------------------ */

/* Seconds that the rank's compute threads were at work, on average. */
static double busy_s_of_rank(json_t *rank)
{
    const char *name;
    json_t *lane;
    double busy_s = 0;
    int n = 0;
    json_object_foreach(json_object_get(rank, "lanes"), name, lane)
    {
        if (strncmp(name, "compute", 7) != 0) continue;
        n++;
        busy_s += json_number_value(json_object_get(lane, "wall_s")) -
                  json_number_value(json_object_get(json_object_get(lane, "phases_s"), "wait"));
    }
    return n > 0 ? busy_s / n : 0;
}

/* Seconds that ranks were at work, and what they contributed. */
static void add_up_profile(const json_t *root, double *busy_s, double *contributions)
{
    size_t i;
    json_t *rank;
    json_array_foreach(json_object_get(root, "ranks"), i, rank)
    {
        *busy_s += busy_s_of_rank(rank);
        *contributions +=
            json_number_value(json_object_get(json_object_get(rank, "counts"), "n_contributions"));
    }
}

/* In predicted contributions per second when the profile is of just these tiles. */
static pstm_status read_rate(const char *path, const pstm_run_plan *plan, double *rate)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) return pstm_fail(PSTM_DATA, "%s:%d: %s", path, error.line, error.text);
    double busy_s = 0, contributions = 0, predicted = 0;
    add_up_profile(root, &busy_s, &contributions);
    for (int64_t i = 0; i < plan->n_work; i++)
        predicted += plan->work[i].cost;
    if ((int64_t)json_array_size(json_object_get(root, "tiles")) == plan->n_work) contributions = predicted;
    json_decref(root);
    if (!(busy_s > 0 && contributions > 0))
        return pstm_fail(PSTM_DATA, "%s: holds no rate; a finished run with output.profile leaves one", path);
    *rate = contributions / busy_s;
    return PSTM_OK;
}

/* ---- telling ----------------------------------------------------------------------------------------- */

static int by_cost(const void *a, const void *b)
{
    const double p = ((const pstm_work *)a)->cost, q = ((const pstm_work *)b)->cost;
    return (p > q) - (p < q);
}

static void print_tiles(const pstm_run_plan *plan, scaled_plan *s)
{
    qsort(s->work, (size_t)s->n_work, sizeof *s->work, by_cost);
    double head = 0;
    for (int64_t i = s->n_work - (s->n_work + 9) / 10; i < s->n_work; i++)
        head += s->work[i].cost;
    printf("traces:     %.6g usable, in %" PRId64 " leaves of the survey as it is\n", s->n_traces,
           plan->n_leaves);
    printf("tiles:      %" PRId64 " of %d x %d locations\n", s->n_work, plan->tile_inline,
           plan->tile_crossline);
    printf("cost:       %.4g contributions; a tile %.3g to %.3g, middle %.3g; the costliest tenth makes %.0f "
           "%%\n",
           s->cost, s->least, s->costliest, s->work[s->n_work / 2].cost, 100 * head / fmax(s->cost, 1));
}

static double mib(double bytes)
{
    return bytes / 1048576;
}

static void print_memory(const pstm_run_plan *plan, const scaled_plan *s, int32_t n_ranks)
{
    const double growth = plan->n_traces > 0 ? s->n_traces / (double)plan->n_traces : 1;
    const double tree = (double)plan->tree_bytes * growth;
    const double schedule = (double)pstm_scheduler_bytes(s->n_work, n_ranks) +
                            (double)s->n_work * (double)(sizeof(pstm_work) + sizeof(pstm_tile_record));
    printf("memory:     a rank needs %.1f MiB beside its traces and a tree of %.1f MiB; budget %.1f MiB\n",
           mib((double)plan->worker_bytes), mib(tree), mib((double)plan->budget_bytes));
    printf("            rank 0 also %.1f MiB to schedule %" PRId64 " tiles on %d ranks\n", mib(schedule),
           s->n_work, n_ranks);
    printf("            before that %.1f MiB for its share of the headers and the tree, on %d ranks\n",
           mib(pstm_tree_bytes(s->n_traces, n_ranks)), n_ranks);
    printf("disk:       trace store %.1f MiB, cube %.1f MiB\n", mib(s->n_traces * (double)plan->trace_bytes),
           mib((double)s->n_work * plan->tile_inline * plan->tile_crossline * plan->bytes_per_location));
}

static void print_time(double seconds)
{
    if (seconds < 600)
        printf("%9.1f s", seconds);
    else if (seconds < 36000)
        printf("%9.1f m", seconds / 60);
    else
        printf("%9.1f h", seconds / 3600);
}

static pstm_machine_model make_model(const pstm_run_plan *plan, const pstm_plan_options *o, double rate)
{
    double cost = 0;
    for (int64_t i = 0; i < plan->n_work; i++)
        cost += plan->work[i].cost;
    return (pstm_machine_model){.rate = rate,
                                .speed_spread = o->spread,
                                .latency_s = o->latency_s,
                                .message_s = o->message_s,
                                .bytes_per_location = plan->bytes_per_location,
                                .locations_per_tile = (double)plan->tile_inline * plan->tile_crossline,
                                .write_bytes_s = o->write_bytes_s,
                                .read_bytes_per_cost =
                                    cost > 0 ? plan->traces_read * (double)plan->trace_bytes / cost : 0,
                                .read_bytes_s = o->read_bytes_s,
                                .failures_per_hour = o->failures_per_hour,
                                .seed = (uint64_t)o->seed,
                                .rules = PSTM_SCHEDULE_RULES};
}

static pstm_status draw(const pstm_plan_options *o, const double *ranks, const double *efficiency)
{
    if (o->png == NULL) return PSTM_OK;
    const pstm_curve curve = {.title = "Simulated efficiency",
                              .subtitle = o->job,
                              .x_label = "ranks",
                              .y_label = "ideal / simulated",
                              .x = ranks,
                              .y = efficiency,
                              .n = o->n_ranks};
    return pstm_curve_write(&curve, o->png);
}

static pstm_status simulate(const pstm_run_plan *plan, const scaled_plan *s, const pstm_plan_options *o,
                            double rate)
{
    double ranks[PSTM_PLAN_MOST_RANKS], efficiency[PSTM_PLAN_MOST_RANKS];
    pstm_machine_model model = make_model(plan, o, rate);
    printf("rate:       %.3g contributions/s a rank\n\n", rate);
    printf("   ranks       time       ideal  efficiency  messages/s  rank 0 busy  lost  doubled  bound by\n");
    for (int32_t i = 0; i < o->n_ranks; i++) {
        pstm_simulation out;
        model.n_workers = o->ranks[i];
        PSTM_TRY(pstm_simulate(s->work, s->n_work, &model, &out));
        ranks[i] = o->ranks[i];
        efficiency[i] = out.finished ? out.efficiency : 0;
        printf("%8d", o->ranks[i]);
        print_time(out.wall_s);
        print_time(out.ideal_s);
        printf("  %10.3f  %10.1f  %9.2f %%  %4d  %7" PRId64 "  %s%s\n", out.efficiency, out.messages_s,
               100 * out.rank_0_share, out.n_lost, out.n_doubled, pstm_bound_by_text(out.bound_by),
               out.finished ? "" : ": no rank is left, NOT finished");
    }
    return draw(o, ranks, efficiency);
}

/* Says and draws all of it. Rank 0. */
static pstm_status tell(const pstm_run_plan *plan, const pstm_plan_options *o)
{
    scaled_plan scaled = {0};
    double rate = o->rate > 0 ? o->rate : DEFAULT_RATE;
    pstm_status status = PSTM_OK;
    if (o->profile != NULL) PSTM_GO(read_rate(o->profile, plan, &rate));
    PSTM_GO(scale_plan(plan, o, &scaled));
    print_tiles(plan, &scaled);
    print_memory(plan, &scaled, o->ranks[o->n_ranks - 1]);
    if (o->rate <= 0 && o->profile == NULL) printf("            (no --rate or --profile: a guess)\n");
    PSTM_GO(simulate(plan, &scaled, o, rate));
cleanup:
    PSTM_FREE(&scaled.work);
    return status;
}

/* The headers are read by all ranks. Collective. */
static pstm_status plan_job(const pstm_plan_options *o, int rank)
{
    pstm_job *job = NULL;
    pstm_run_plan plan = {0};
    pstm_status status = pstm_job_read(o->job, o->settings.text, o->settings.n, &job);
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, status));
    PSTM_GO(pstm_run_plan_make(MPI_COMM_WORLD, job, &plan));
    PSTM_GO(pstm_agree(MPI_COMM_WORLD, rank == 0 ? tell(&plan, o) : PSTM_OK));
cleanup:
    pstm_run_plan_clear(&plan);
    pstm_job_destroy(&job);
    return status;
}

int pstm_command_plan(int argc, char **argv)
{
    pstm_plan_options options;
    pstm_status status = pstm_plan_options_parse(argc, argv, &options);
    if (status == PSTM_OK && options.help) {
        fputs(pstm_plan_usage, stdout);
    } else if (status == PSTM_OK) {
        const int rank = pstm_mpi_begin("plan", true);
        status = plan_job(&options, rank);
        if (status != PSTM_OK && rank == 0) pstm_command_failed("plan", status);
        pstm_settings_clear(&options.settings);
        pstm_mpi_end();
        return status;
    }
    pstm_settings_clear(&options.settings);
    return status == PSTM_OK ? PSTM_OK : pstm_command_failed("plan", status);
}
