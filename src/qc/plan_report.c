#include "qc/plan_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "core/memory.h"
#include "mpi/survey/tree.h"
#include "plan/simulate.h"
#include "profile/profile.h"
#include "profile/rate.h"
#include "report/curve.h"

static const double GIB = 1073741824.0;
static const int64_t MOST_TILES = 20000000;
enum { MOST_RANKS = 4096 };

/* ---- here and now ------------------------------------------------------------------------------------ */

double pstm_plan_cost(const pstm_run_plan *plan)
{
    double cost = 0;
    for (int64_t i = 0; i < plan->n_work; i++)
        cost += plan->work[i].cost;
    return cost;
}

static void print_about(double seconds, FILE *out)
{
    if (seconds < 90)
        fprintf(out, "%.2g s", fmax(seconds, 1));
    else if (seconds < 5400)
        fprintf(out, "%.2g min", seconds / 60);
    else
        fprintf(out, "%.3g h", seconds / 3600);
}

/* Of the file system that will hold the cube; NAN: not known. */
static double free_bytes(const char *path)
{
    struct statvfs about;
    char folder[4096] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    return statvfs(folder, &about) == 0 ? (double)about.f_bavail * (double)about.f_frsize : (double)NAN;
}

void pstm_plan_print_here(const pstm_run_plan *plan, const pstm_job *job, FILE *out)
{
    const double n_locations = (double)job->grid.n_inline * job->grid.n_crossline;
    fprintf(out, "here:       about ");
    print_about(pstm_plan_cost(plan) / plan->rate, out);
    fprintf(out,
            " to migrate on %d rank%s; cube %.3g GiB, traces kept beside it %.3g GiB, of %.3g GiB that are "
            "free; a rank "
            "has %.3g GiB of memory\n",
            plan->n_ranks, plan->n_ranks == 1 ? "" : "s", n_locations * plan->bytes_per_location / GIB,
            (double)plan->n_traces * (double)plan->trace_bytes / GIB, free_bytes(job->output.file) / GIB,
            (double)plan->budget_bytes / GIB);
}

/* ---- scaled ------------------------------------------------------------------------------------------ */

/* The job's tiles, scaled, with what a machine model needs of them. */
typedef struct scaled_plan {
    pstm_work *work;
    int64_t n_work;
    double cost, least, most;
    double n_traces;
} scaled_plan;

/* The tiles side by side, repeats x repeats times; costs times the traces' scale. */
static pstm_status scale_plan(const pstm_run_plan *plan, const pstm_plan_wish *wish, scaled_plan *out)
{
    const int64_t repeats = (int64_t)ceil(sqrt(wish->area_scale) - 1e-9);
    const int64_t n = (int64_t)llround((double)plan->n_work * wish->area_scale);
    if (n > MOST_TILES)
        return pstm_fail(PSTM_USAGE,
                         "--area-scale %g: that makes %" PRId64 " tiles, at most %" PRId64 " are simulated",
                         wish->area_scale, n, MOST_TILES);
    *out = (scaled_plan){.least = INFINITY,
                         .n_traces = (double)plan->n_traces * wish->traces_scale * wish->area_scale};
    PSTM_TRY(PSTM_NEW(&out->work, n, "scaled tiles"));
    for (; out->n_work < n; out->n_work++) {
        const int64_t copy = out->n_work / plan->n_work;
        pstm_work *w = &out->work[out->n_work];
        *w = plan->work[out->n_work % plan->n_work];
        w->number = out->n_work;
        w->at_inline += (int32_t)(copy / repeats * plan->tiles_inline);
        w->at_crossline += (int32_t)(copy % repeats * plan->tiles_crossline);
        w->cost *= wish->traces_scale;
        out->cost += w->cost;
        out->most = fmax(out->most, w->cost);
        out->least = fmin(out->least, w->cost);
    }
    return PSTM_OK;
}

/* Contributions per second of a rank; predicted ones when the profile is of just these tiles. */
static pstm_status read_rate(const char *path, const pstm_run_plan *plan, double *rate)
{
    pstm_profile_rate found;
    double predicted = 0;
    PSTM_TRY(pstm_profile_read_rate(path, &found));
    for (int64_t i = 0; i < plan->n_work; i++)
        predicted += plan->work[i].cost;
    *rate = (found.n_tiles == plan->n_work ? predicted : found.n_contributions) / found.busy_s;
    return PSTM_OK;
}

/* ---- printing ---------------------------------------------------------------------------------------- */

static int by_cost(const void *a, const void *b)
{
    const double p = ((const pstm_work *)a)->cost, q = ((const pstm_work *)b)->cost;
    return (p > q) - (p < q);
}

static void print_tiles(const pstm_run_plan *plan, scaled_plan *s, FILE *out)
{
    qsort(s->work, (size_t)s->n_work, sizeof *s->work, by_cost);
    double head = 0;
    for (int64_t i = s->n_work - (s->n_work + 9) / 10; i < s->n_work; i++)
        head += s->work[i].cost;
    fprintf(out, "traces:     %.6g usable\n", s->n_traces);
    fprintf(out, "tiles:      %" PRId64 " of %d x %d locations\n", s->n_work, plan->tile_inline,
            plan->tile_crossline);
    fprintf(out,
            "cost:       %.4g contributions; a tile %.3g to %.3g, middle %.3g; the costliest tenth makes "
            "%.0f %%\n",
            s->cost, s->least, s->most, s->work[s->n_work / 2].cost, 100 * head / fmax(s->cost, 1));
}

static double mib(double bytes)
{
    return bytes / 1048576;
}

static void print_memory(const pstm_run_plan *plan, const scaled_plan *s, int32_t n_ranks, FILE *out)
{
    const double growth = plan->n_traces > 0 ? s->n_traces / (double)plan->n_traces : 1;
    const double tree = (double)plan->tree_bytes * growth;
    const double schedule = (double)pstm_scheduler_bytes(s->n_work, n_ranks) +
                            (double)s->n_work * (double)(sizeof(pstm_work) + sizeof(pstm_tile_record));
    fprintf(out,
            "memory:     a rank needs %.1f MiB beside its traces and a tree of %.1f MiB; budget %.1f MiB\n",
            mib((double)plan->worker_bytes), mib(tree), mib((double)plan->budget_bytes));
    fprintf(out, "            rank 0 also %.1f MiB to schedule %" PRId64 " tiles on %d ranks\n",
            mib(schedule), s->n_work, n_ranks);
    fprintf(out,
            "            before that %.1f MiB for its partition of the headers and the tree, on %d ranks\n",
            mib(pstm_tree_bytes(s->n_traces, n_ranks)), n_ranks);
    fprintf(out, "disk:       trace store %.1f MiB, cube %.1f MiB\n",
            mib(s->n_traces * (double)plan->trace_bytes),
            mib((double)s->n_work * plan->tile_inline * plan->tile_crossline * plan->bytes_per_location));
}

static void print_time(double seconds, FILE *out)
{
    if (seconds < 600)
        fprintf(out, "%9.1f s", seconds);
    else if (seconds < 36000)
        fprintf(out, "%9.1f m", seconds / 60);
    else
        fprintf(out, "%9.1f h", seconds / 3600);
}

static pstm_machine_model make_model(const pstm_run_plan *plan, const pstm_plan_wish *wish, double rate)
{
    const double cost = pstm_plan_cost(plan);
    return (pstm_machine_model){.rate = rate,
                                .speed_spread = wish->spread,
                                .latency_s = wish->latency_s,
                                .message_s = wish->message_s,
                                .bytes_per_location = plan->bytes_per_location,
                                .locations_per_tile = (double)plan->tile_inline * plan->tile_crossline,
                                .write_bytes_s = wish->write_bytes_s,
                                .read_bytes_per_cost =
                                    cost > 0 ? plan->traces_read * (double)plan->trace_bytes / cost : 0,
                                .read_bytes_s = wish->read_bytes_s,
                                .failures_per_hour = wish->failures_per_hour,
                                .seed = (uint64_t)wish->seed,
                                .rules = PSTM_SCHEDULE_RULES};
}

static pstm_status draw(const pstm_plan_wish *wish, const double *ranks, const double *efficiency)
{
    if (wish->png == NULL) return PSTM_OK;
    const pstm_curve curve = {.title = "Simulated efficiency",
                              .subtitle = wish->title,
                              .x_label = "ranks",
                              .y_label = "ideal / simulated",
                              .x = ranks,
                              .y = efficiency,
                              .n = wish->n_ranks};
    return pstm_curve_write(&curve, wish->png);
}

static void print_simulation(int32_t n_ranks, const pstm_simulation *s, FILE *out)
{
    fprintf(out, "%8d", n_ranks);
    print_time(s->wall_s, out);
    print_time(s->ideal_s, out);
    fprintf(out, "  %10.3f  %10.1f  %9.2f %%  %4d  %7" PRId64 "  %s%s\n", s->efficiency, s->messages_s,
            100 * s->rank_0_share, s->n_lost, s->n_doubled, pstm_bound_by_text(s->bound_by),
            s->finished ? "" : ": no rank is left, NOT finished");
}

static pstm_status simulate(const pstm_run_plan *plan, const scaled_plan *s, const pstm_plan_wish *wish,
                            double rate, FILE *out)
{
    double ranks[PSTM_PLAN_RANKS], efficiency[PSTM_PLAN_RANKS];
    pstm_machine_model model = make_model(plan, wish, rate);
    fprintf(out, "rate:       %.3g contributions/s a rank\n\n", rate);
    fprintf(
        out,
        "   ranks       time       ideal  efficiency  messages/s  rank 0 busy  lost  doubled  bound by\n");
    for (int32_t i = 0; i < wish->n_ranks; i++) {
        pstm_simulation simulated;
        model.n_workers = wish->ranks[i];
        PSTM_TRY(pstm_simulate(s->work, s->n_work, &model, &simulated));
        print_simulation(wish->ranks[i], &simulated, out);
        ranks[i] = wish->ranks[i];
        efficiency[i] = simulated.finished ? simulated.efficiency : 0;
    }
    return draw(wish, ranks, efficiency);
}

/* 1, 2, 4, ... until there is a rank for each tile. */
static void choose_ranks(int64_t n_work, pstm_plan_wish *wish)
{
    for (int32_t n = 1; wish->n_ranks == 0 || (n / 2 < n_work && n <= MOST_RANKS); n *= 2)
        wish->ranks[wish->n_ranks++] = n;
}

pstm_status pstm_plan_report(const pstm_run_plan *plan, const pstm_plan_wish *asked, FILE *out)
{
    scaled_plan scaled = {0};
    pstm_plan_wish chosen = *asked, *wish = &chosen;
    double rate = wish->rate > 0 ? wish->rate : plan->rate / plan->n_ranks;
    pstm_status status = PSTM_OK;
    if (wish->profile != NULL) PSTM_GO(read_rate(wish->profile, plan, &rate));
    PSTM_GO(scale_plan(plan, wish, &scaled));
    if (wish->n_ranks == 0) choose_ranks(scaled.n_work, wish);
    print_tiles(plan, &scaled, out);
    print_memory(plan, &scaled, wish->ranks[wish->n_ranks - 1], out);
    if (wish->rate <= 0 && wish->profile == NULL)
        fprintf(out, "            (no --rate or --profile: the rate that was measured here and now)\n");
    PSTM_GO(simulate(plan, &scaled, wish, rate, out));
cleanup:
    PSTM_FREE(&scaled.work);
    return status;
}
