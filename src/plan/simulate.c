#include "plan/simulate.h"

#include <math.h>

#include "core/memory.h"

enum { RESULTS = 2 }; /* that a worker can hold, as in mpi/farm/worker.h */
static const double BEAT_S = 10;
static const double TICKS = 2000; /* of an ideal run, so that a long one costs no more than a short one */
static const double BINDS = 1.1;  /* a bound within this factor of the run's length explains it */

typedef enum happening_kind { ORDERED, COMPUTED, STORED, MESSAGE, FAILS, TICKS_BY } happening_kind;

typedef struct happening {
    double at_s;
    int64_t order; /* of two at once, the one that was foreseen first */
    happening_kind kind;
    int32_t what; /* a pstm_action_kind of ORDERED, a pstm_event_kind of MESSAGE */
    int32_t worker;
    int64_t tile;
} happening;

typedef struct worker_slot {
    double speed, started_s;
    int64_t queue[PSTM_SCHEDULE_HOLD], computing; /* -1: nothing */
    int32_t n_queue, n_results;
    bool hangs, lost;
} worker_slot;

typedef struct simulation {
    const pstm_machine_model *machine;
    const pstm_work *work;
    pstm_scheduler *scheduler;
    worker_slot *slots;
    happening *heap;
    int64_t n_heap, heap_capacity, n_foreseen;
    uint64_t random;
    double now_s, rank_0_free_s, disk_free_s, beat_s, tick_s;
    double rank_0_busy_s, kept_s;
    int64_t n_messages;
    bool ended, finished;
} simulation;

/* ---- chance ------------------------------------------------------------------------------------------ */

/* SplitMix64 (Steele, Lea and Flood 2014: docs/references.md). */
static double even(simulation *s)
{
    uint64_t z = s->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
}

static double normal(simulation *s)
{
    const double radius = sqrt(-2 * log(even(s)));
    return radius * cos(2 * M_PI * even(s));
}

/* ---- what is to come --------------------------------------------------------------------------------- */

static bool is_before(const happening *a, const happening *b)
{
    return a->at_s != b->at_s ? a->at_s < b->at_s : a->order < b->order;
}

static pstm_status foresee(simulation *s, happening h)
{
    PSTM_TRY(PSTM_GROW(&s->heap, &s->heap_capacity, s->n_heap + 1, "simulated events"));
    h.order = s->n_foreseen++;
    int64_t i = s->n_heap++;
    for (; i > 0 && is_before(&h, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = h;
    return PSTM_OK;
}

static happening take_next(simulation *s)
{
    const happening first = s->heap[0], last = s->heap[--s->n_heap];
    int64_t i = 0;
    for (int64_t child; (child = 2 * i + 1) < s->n_heap; i = child) {
        if (child + 1 < s->n_heap && is_before(&s->heap[child + 1], &s->heap[child])) child++;
        if (!is_before(&s->heap[child], &last)) break;
        s->heap[i] = s->heap[child];
    }
    s->heap[i] = last;
    return first;
}

static pstm_status tell_rank_0(simulation *s, pstm_event_kind what, int32_t worker, int64_t tile)
{
    return foresee(s, (happening){.at_s = s->now_s + s->machine->latency_s,
                                  .kind = MESSAGE,
                                  .what = (int32_t)what,
                                  .worker = worker,
                                  .tile = tile});
}

/* ---- rank 0 ------------------------------------------------------------------------------------------ */

/* Rank 0 is busy with n messages; returns when it is through with them. */
static double spend(simulation *s, int64_t n)
{
    const double took_s = (double)n * s->machine->message_s;
    s->rank_0_free_s = fmax(s->rank_0_free_s, s->now_s) + took_s;
    s->rank_0_busy_s += took_s;
    s->n_messages += n;
    return s->rank_0_free_s;
}

static pstm_status carry_out(simulation *s)
{
    int32_t last_to = -1;
    pstm_action a;
    while (pstm_scheduler_next(s->scheduler, &a)) {
        if (a.kind == PSTM_ACTION_FINISH || a.kind == PSTM_ACTION_ABORT) {
            s->ended = true;
            s->finished = a.kind == PSTM_ACTION_FINISH;
            s->now_s = fmax(s->now_s, s->rank_0_free_s) + s->machine->latency_s;
        }
        if (a.kind != PSTM_ACTION_ASSIGN && a.kind != PSTM_ACTION_GRANT && a.kind != PSTM_ACTION_DISCARD)
            continue;
        if (a.worker != last_to) spend(s, 1); /* orders of one event for one worker travel together */
        last_to = a.worker;
        PSTM_TRY(foresee(s, (happening){.at_s = s->rank_0_free_s + s->machine->latency_s,
                                        .kind = ORDERED,
                                        .what = (int32_t)a.kind,
                                        .worker = a.worker,
                                        .tile = a.tile}));
    }
    return PSTM_OK;
}

static pstm_status tell_scheduler(simulation *s, pstm_event_kind kind, int32_t worker, int64_t tile,
                                  double now_s)
{
    const pstm_event event = {.kind = kind, .worker = worker, .tile = tile, .now_s = now_s};
    return pstm_scheduler_handle(s->scheduler, &event);
}

static pstm_status message_arrives(simulation *s, const happening *h)
{
    PSTM_TRY(tell_scheduler(s, (pstm_event_kind)h->what, h->worker, h->tile, spend(s, 1)));
    return carry_out(s);
}

static pstm_status time_goes_by(simulation *s)
{
    if (s->now_s - s->beat_s >= BEAT_S) {
        const double rounds = floor((s->now_s - s->beat_s) / BEAT_S);
        for (int32_t w = 0; w < s->machine->n_workers; w++)
            PSTM_TRY(
                tell_scheduler(s, PSTM_EVENT_BEAT, w, s->slots[w].hangs ? -1 : (int64_t)s->now_s, s->now_s));
        spend(s, (int64_t)rounds * s->machine->n_workers);
        s->beat_s = s->now_s;
    }
    PSTM_TRY(tell_scheduler(s, PSTM_EVENT_TICK, -1, -1, fmax(s->now_s, s->rank_0_free_s)));
    PSTM_TRY(carry_out(s));
    return foresee(s, (happening){.at_s = s->now_s + s->tick_s, .kind = TICKS_BY});
}

/* ---- workers ----------------------------------------------------------------------------------------- */

static double compute_s(const simulation *s, const worker_slot *w, int64_t tile)
{
    const pstm_machine_model *m = s->machine;
    const double cost = s->work[tile].cost;
    return fmax(cost / (m->rate * w->speed),
                cost * m->read_bytes_per_cost / (m->read_bytes_s / m->n_workers));
}

static pstm_status go_on(simulation *s, int32_t who)
{
    worker_slot *w = &s->slots[who];
    if (w->hangs || w->lost || w->computing >= 0 || w->n_queue == 0 || w->n_results == RESULTS)
        return PSTM_OK;
    w->computing = w->queue[0];
    w->started_s = s->now_s;
    w->n_queue--;
    for (int32_t i = 0; i < w->n_queue; i++)
        w->queue[i] = w->queue[i + 1];
    return foresee(s, (happening){.at_s = s->now_s + compute_s(s, w, w->computing),
                                  .kind = COMPUTED,
                                  .worker = who,
                                  .tile = w->computing});
}

static pstm_status order_arrives(simulation *s, const happening *h)
{
    worker_slot *w = &s->slots[h->worker];
    const pstm_machine_model *m = s->machine;
    if (h->what == PSTM_ACTION_ASSIGN) {
        if (!w->lost) w->queue[w->n_queue++] = h->tile;
    } else if (h->what == PSTM_ACTION_DISCARD) {
        w->n_results--;
    } else {
        s->kept_s += compute_s(s, w, h->tile);
        s->disk_free_s =
            fmax(s->disk_free_s, s->now_s) + m->bytes_per_location * m->locations_per_tile / m->write_bytes_s;
        PSTM_TRY(foresee(
            s, (happening){.at_s = s->disk_free_s, .kind = STORED, .worker = h->worker, .tile = h->tile}));
    }
    return go_on(s, h->worker);
}

static pstm_status tile_is_computed(simulation *s, const happening *h)
{
    worker_slot *w = &s->slots[h->worker];
    if (w->hangs || w->lost) return PSTM_OK;
    w->computing = -1;
    w->n_results++;
    PSTM_TRY(tell_rank_0(s, PSTM_EVENT_ASKS, h->worker, h->tile));
    return go_on(s, h->worker);
}

static pstm_status tile_is_stored(simulation *s, const happening *h)
{
    s->slots[h->worker].n_results--;
    PSTM_TRY(tell_rank_0(s, PSTM_EVENT_WRITTEN, h->worker, h->tile));
    return go_on(s, h->worker);
}

static pstm_status worker_fails(simulation *s, const happening *h)
{
    worker_slot *w = &s->slots[h->worker];
    if (even(s) < 0.5) {
        w->hangs = true;
        return PSTM_OK;
    }
    w->lost = true;
    return tell_rank_0(s, PSTM_EVENT_LOST, h->worker, w->computing);
}

static pstm_status happen(simulation *s, const happening *h)
{
    s->now_s = h->at_s;
    switch (h->kind) {
    case ORDERED:
        return order_arrives(s, h);
    case COMPUTED:
        return tile_is_computed(s, h);
    case STORED:
        return tile_is_stored(s, h);
    case MESSAGE:
        return message_arrives(s, h);
    case FAILS:
        return worker_fails(s, h);
    case TICKS_BY:
        return time_goes_by(s);
    }
    return PSTM_OK;
}

/* ---- a run ------------------------------------------------------------------------------------------- */

static pstm_status start_workers(simulation *s)
{
    const pstm_machine_model *m = s->machine;
    for (int32_t w = 0; w < m->n_workers; w++) {
        s->slots[w] = (worker_slot){.computing = -1, .speed = exp(m->speed_spread * normal(s))};
        PSTM_TRY(tell_rank_0(s, PSTM_EVENT_READY, w, -1));
        if (!(m->failures_per_hour > 0)) continue;
        const double at_s = -log(even(s)) * 3600 / m->failures_per_hour;
        PSTM_TRY(foresee(s, (happening){.at_s = at_s, .kind = FAILS, .worker = w}));
    }
    return foresee(s, (happening){.at_s = s->tick_s, .kind = TICKS_BY});
}

typedef struct totals {
    double cost, costliest, speed, fastest;
} totals;

static totals add_up(const simulation *s, int64_t n_work)
{
    totals t = {0};
    for (int64_t i = 0; i < n_work; i++) {
        t.cost += s->work[i].cost;
        t.costliest = fmax(t.costliest, s->work[i].cost);
    }
    for (int32_t w = 0; w < s->machine->n_workers; w++) {
        t.speed += s->slots[w].speed;
        t.fastest = fmax(t.fastest, s->slots[w].speed);
    }
    return t;
}

static pstm_bound_by find_bound(const simulation *s, const totals *t, int64_t n_work, int32_t n_lost)
{
    const pstm_machine_model *m = s->machine;
    const double bounds_s[] = {[PSTM_BOUND_BY_WORK] = t->cost / (m->rate * t->speed),
                               [PSTM_BOUND_BY_PIECE] = t->costliest / (m->rate * t->fastest),
                               [PSTM_BOUND_BY_READ] = t->cost * m->read_bytes_per_cost / m->read_bytes_s,
                               [PSTM_BOUND_BY_WRITE] = (double)n_work * m->bytes_per_location *
                                                       m->locations_per_tile / m->write_bytes_s,
                               [PSTM_BOUND_BY_RANK_0] = s->rank_0_busy_s};
    int greatest = 0;
    for (int i = 1; i < (int)(sizeof bounds_s / sizeof *bounds_s); i++)
        if (bounds_s[i] > bounds_s[greatest]) greatest = i;
    if (s->now_s <= BINDS * bounds_s[greatest]) return (pstm_bound_by)greatest;
    return n_lost > 0 ? PSTM_BOUND_BY_FAULTS : PSTM_BOUND_BY_END;
}

static pstm_simulation conclude(const simulation *s, const totals *t, int64_t n_work)
{
    const pstm_machine_model *m = s->machine;
    const pstm_schedule_state state = pstm_scheduler_state(s->scheduler);
    pstm_simulation out = {.wall_s = s->now_s,
                           .ideal_s = fmax(t->cost / t->speed, t->costliest / t->fastest) / m->rate,
                           .n_messages = s->n_messages,
                           .n_doubled = state.n_doubled,
                           .n_lost = m->n_workers - state.n_alive,
                           .finished = s->finished};
    if (s->now_s > 0) {
        out.efficiency = fmin(out.ideal_s / s->now_s, 1); /* time goes in ticks */
        out.busy_share = s->kept_s / (s->now_s * m->n_workers);
        out.messages_s = (double)s->n_messages / s->now_s;
        out.rank_0_share = s->rank_0_busy_s / s->now_s;
    }
    out.bound_by = find_bound(s, t, n_work, out.n_lost);
    return out;
}

static pstm_status check(const pstm_machine_model *m)
{
    if (m->n_workers < 1 || !(m->rate > 0) || !(m->write_bytes_s > 0) || !(m->read_bytes_s > 0) ||
        m->latency_s < 0 || m->message_s < 0 || m->speed_spread < 0)
        return pstm_fail(PSTM_USAGE,
                         "simulation: workers, rate and bandwidths must be above 0, times not below");
    return PSTM_OK;
}

pstm_status pstm_simulate(const pstm_work *work, int64_t n_work, const pstm_machine_model *machine,
                          pstm_simulation *out)
{
    PSTM_TRY(check(machine));
    simulation s = {.machine = machine, .random = machine->seed};
    pstm_work *numbered = NULL; /* tile number = index */
    pstm_status status;
    PSTM_GO(PSTM_NEW(&numbered, n_work, "simulated tiles"));
    PSTM_GO(PSTM_NEW(&s.slots, machine->n_workers, "simulated workers"));
    for (int64_t i = 0; i < n_work; i++) {
        numbered[i] = work[i];
        numbered[i].number = i;
    }
    s.work = numbered;
    PSTM_GO(pstm_scheduler_create(numbered, n_work, machine->n_workers, &machine->rules, &s.scheduler));
    PSTM_GO(carry_out(&s));
    PSTM_GO(start_workers(&s));
    const totals t = add_up(&s, n_work);
    s.tick_s = fmax(1, fmax(t.cost / t.speed, t.costliest / t.fastest) / machine->rate / TICKS);
    while (!s.ended) {
        const happening next = take_next(&s);
        PSTM_GO(happen(&s, &next));
    }
    *out = conclude(&s, &t, n_work);
cleanup:
    pstm_scheduler_destroy(&s.scheduler);
    PSTM_FREE(&numbered);
    PSTM_FREE(&s.slots);
    PSTM_FREE(&s.heap);
    return status;
}

const char *pstm_bound_by_text(pstm_bound_by bound_by)
{
    switch (bound_by) {
#define PSTM_BOUND_BY_CASE(name, text)                                                                       \
    case PSTM_BOUND_BY_##name:                                                                               \
        return text;
        PSTM_BOUND_BY_LIST(PSTM_BOUND_BY_CASE)
#undef PSTM_BOUND_BY_CASE
    }
    return "something unknown";
}
