/* The scheduler: every tile is granted and recorded once, whatever the order of events. */
#include <stdlib.h>

#include "core/clock.h"
#include "core/memory.h"
#include "plan/index_set.h"
#include "plan/scheduler.h"
#include "tests/check/suite.h"

static pstm_work work_at(int64_t number, int32_t i, int32_t j, double cost)
{
    return (pstm_work){.number = number, .at_inline = i, .at_crossline = j, .cost = cost};
}

static pstm_scheduler *make(const pstm_work *work, int64_t n, int32_t workers)
{
    pstm_scheduler *s = NULL;
    ck_assert_int_eq(pstm_scheduler_create(work, n, workers, &PSTM_SCHEDULE_RULES, &s), PSTM_OK);
    return s;
}

static void send_at(pstm_scheduler *s, double now_s, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    const pstm_event event = {.kind = kind, .worker = worker, .tile = tile, .now_s = now_s};
    ck_assert_int_eq(pstm_scheduler_handle(s, &event), PSTM_OK);
}

static void send(pstm_scheduler *s, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    send_at(s, 0, kind, worker, tile);
}

static void expect(pstm_scheduler *s, pstm_action_kind kind, int32_t worker, int64_t tile)
{
    pstm_action action;
    ck_assert(pstm_scheduler_next(s, &action));
    ck_assert_int_eq(action.kind, kind);
    if (worker >= 0) ck_assert_int_eq(action.worker, worker);
    if (tile >= 0) ck_assert_int_eq(action.tile, tile);
}

static void expect_nothing(pstm_scheduler *s)
{
    pstm_action action;
    ck_assert(!pstm_scheduler_next(s, &action));
}

START_TEST(the_costliest_tile_goes_first_and_then_a_near_one_of_like_cost)
{
    const pstm_work work[] = {work_at(0, 0, 0, 10), work_at(1, 9, 9, 90), work_at(2, 0, 1, 100),
                              work_at(3, 0, 2, 60), work_at(4, 0, 3, 10), work_at(5, 0, 4, 10),
                              work_at(6, 0, 5, 10)};
    pstm_scheduler *s = make(work, 7, 1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 2);
    expect(s, PSTM_ACTION_ASSIGN, 0, 3); /* 60 is within half of 90, and next door */
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(near_the_end_the_costliest_goes_first_wherever_it_is)
{
    const pstm_work work[] = {work_at(0, 0, 0, 10), work_at(1, 9, 9, 90), work_at(2, 0, 1, 100),
                              work_at(3, 0, 2, 60)};
    pstm_scheduler *s = make(work, 4, 1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 2);
    expect(s, PSTM_ACTION_ASSIGN, 0, 1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_worker_gets_no_tile_in_advance_when_few_are_left)
{
    const pstm_work work[] = {work_at(0, 0, 0, 1), work_at(1, 0, 1, 1)};
    pstm_scheduler *s = make(work, 2, 2);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, -1);
    expect_nothing(s);
    send(s, PSTM_EVENT_READY, 1, -1);
    expect(s, PSTM_ACTION_ASSIGN, 1, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_tile_is_granted_once_and_other_askers_are_told_to_discard)
{
    const pstm_work work[] = {work_at(7, 0, 0, 1)};
    pstm_scheduler *s = make(work, 1, 2);
    send(s, PSTM_EVENT_READY, 1, -1);
    expect(s, PSTM_ACTION_ASSIGN, 1, 7);
    send(s, PSTM_EVENT_ASKS, 0, 7);
    expect(s, PSTM_ACTION_DISCARD, 0, 7);
    send(s, PSTM_EVENT_ASKS, 1, 7);
    expect(s, PSTM_ACTION_GRANT, 1, 7);
    send(s, PSTM_EVENT_ASKS, 1, 7);
    expect(s, PSTM_ACTION_DISCARD, 1, 7);
    send(s, PSTM_EVENT_WRITTEN, 1, 7);
    expect(s, PSTM_ACTION_RECORD, 1, 7);
    expect(s, PSTM_ACTION_FINISH, -1, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(what_cannot_be_is_refused_and_changes_nothing)
{
    const pstm_work work[] = {work_at(0, 0, 0, 1)}, twice[] = {work_at(4, 0, 0, 1), work_at(4, 0, 0, 2)};
    pstm_scheduler *s = make(work, 1, 1), *none = NULL;
    ck_assert_int_eq(pstm_scheduler_create(twice, 2, 1, &PSTM_SCHEDULE_RULES, &none), PSTM_SYSTEM);
    ck_assert_ptr_null(none);
    const pstm_event bad[] = {
        {PSTM_EVENT_READY, 1, -1, 0}, {PSTM_EVENT_ASKS, 0, 9, 0}, {PSTM_EVENT_WRITTEN, 0, 0, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(pstm_scheduler_handle(s, &bad[i]), PSTM_SYSTEM);
        expect_nothing(s);
    }
    ck_assert_int_eq(pstm_scheduler_state(s).n_pending, 1);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_stop_finishes_what_is_out_and_assigns_nothing_more)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2), work_at(1, 0, 1, 1)};
    pstm_scheduler *s = make(work, 2, 2);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send(s, PSTM_EVENT_STOP, 0, -1);
    send(s, PSTM_EVENT_READY, 1, -1);
    expect_nothing(s);
    send(s, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_GRANT, 0, 0);
    send(s, PSTM_EVENT_WRITTEN, 0, 0);
    expect(s, PSTM_ACTION_RECORD, 0, 0);
    expect(s, PSTM_ACTION_FINISH, -1, -1);
    ck_assert_int_eq(pstm_scheduler_state(s).n_pending, 1);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_failure_aborts_once)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2)};
    pstm_scheduler *s = make(work, 1, 2);
    send(s, PSTM_EVENT_FAILED, 1, -1);
    expect(s, PSTM_ACTION_ABORT, 1, -1);
    send(s, PSTM_EVENT_FAILED, 0, -1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(with_no_tiles_it_finishes_at_once)
{
    pstm_scheduler *s = make(NULL, 0, 3);
    expect(s, PSTM_ACTION_FINISH, -1, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

/* ---- faults ------------------------------------------------------------------------------------------ */

START_TEST(what_a_lost_worker_has_not_computed_goes_to_others_and_its_late_result_is_discarded)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2), work_at(1, 0, 1, 1)};
    pstm_scheduler *s = make(work, 2, 2);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send(s, PSTM_EVENT_READY, 1, -1);
    expect(s, PSTM_ACTION_ASSIGN, 1, 1);
    send(s, PSTM_EVENT_ASKS, 1, 1);
    expect(s, PSTM_ACTION_GRANT, 1, 1);
    send(s, PSTM_EVENT_LOST, 0, 0);
    expect(s, PSTM_ACTION_ASSIGN, 1, 0);
    send(s, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_DISCARD, 0, 0);
    send(s, PSTM_EVENT_ASKS, 1, 0);
    expect(s, PSTM_ACTION_GRANT, 1, 0);
    expect_nothing(s);
    ck_assert_int_eq(pstm_scheduler_state(s).n_alive, 1);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_lost_worker_still_writes_what_it_was_granted)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2)};
    pstm_scheduler *s = make(work, 1, 1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send(s, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_GRANT, 0, 0);
    send(s, PSTM_EVENT_LOST, 0, -1);
    expect_nothing(s);
    send(s, PSTM_EVENT_WRITTEN, 0, 0);
    expect(s, PSTM_ACTION_RECORD, 0, 0);
    expect(s, PSTM_ACTION_FINISH, -1, -1);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(when_no_worker_is_left_it_aborts_with_the_last_ones_error)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2)};
    pstm_scheduler *s = make(work, 1, 2);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send(s, PSTM_EVENT_LOST, 0, 0);
    expect_nothing(s);
    send(s, PSTM_EVENT_LOST, 1, -1);
    expect(s, PSTM_ACTION_ABORT, 1, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_tile_at_which_three_workers_fail_ends_the_job_though_others_are_left)
{
    const pstm_work work[] = {work_at(5, 0, 0, 2)};
    pstm_scheduler *s = make(work, 1, 9);
    for (int w = 0; w < 3; w++) {
        send(s, PSTM_EVENT_READY, w, -1);
        expect(s, PSTM_ACTION_ASSIGN, w, 5);
        send(s, PSTM_EVENT_LOST, w, 5);
    }
    expect(s, PSTM_ACTION_ABORT, 2, 5);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_worker_without_progress_is_retired_though_it_answers)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2)};
    const double silence_s = PSTM_SCHEDULE_RULES.silence_s;
    pstm_scheduler *s = make(work, 1, 2);
    send_at(s, 0, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send_at(s, 0.5 * silence_s, PSTM_EVENT_READY, 1, -1);
    send_at(s, 0.5 * silence_s, PSTM_EVENT_BEAT, 0, 4); /* the count has grown */
    send_at(s, 1.4 * silence_s, PSTM_EVENT_BEAT, 0, 4);
    send_at(s, 1.4 * silence_s, PSTM_EVENT_BEAT, 1, 0);
    send_at(s, 1.4 * silence_s, PSTM_EVENT_TICK, -1, -1);
    expect_nothing(s);
    send_at(s, 1.6 * silence_s, PSTM_EVENT_TICK, -1, -1);
    expect(s, PSTM_ACTION_RETIRE, 0, 0);
    expect(s, PSTM_ACTION_ASSIGN, 1, 0);
    expect_nothing(s);
    ck_assert_int_eq(pstm_scheduler_state(s).n_unresponsive, 0);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_granted_tile_whose_owner_becomes_unresponsive_is_left_to_a_later_run)
{
    const pstm_work work[] = {work_at(0, 0, 0, 2), work_at(1, 0, 1, 1), work_at(2, 0, 2, 1)};
    const double late_s = 2 * PSTM_SCHEDULE_RULES.silence_s;
    pstm_scheduler *s = make(work, 3, 3);
    for (int w = 0; w < 2; w++) {
        send_at(s, 0, PSTM_EVENT_READY, w, -1);
        expect(s, PSTM_ACTION_ASSIGN, w, w);
    }
    send_at(s, 0, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_GRANT, 0, 0);
    expect(s, PSTM_ACTION_ASSIGN, 0, 2);
    send_at(s, 1, PSTM_EVENT_ASKS, 1, 1);
    expect(s, PSTM_ACTION_GRANT, 1, 1);
    send_at(s, late_s, PSTM_EVENT_BEAT, 1, 0);
    send_at(s, late_s, PSTM_EVENT_TICK, -1, -1);
    expect(s, PSTM_ACTION_RETIRE, 0, 2);
    expect_nothing(s);
    send_at(s, late_s, PSTM_EVENT_WRITTEN, 1, 1);
    expect(s, PSTM_ACTION_RECORD, 1, 1);
    expect(s, PSTM_ACTION_FINISH, -1, -1);
    const pstm_schedule_state state = pstm_scheduler_state(s);
    ck_assert_int_eq(state.n_abandoned, 1);
    ck_assert_int_eq(state.n_recorded, 1);
    ck_assert_int_eq(state.n_unresponsive, 1);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_stragglers_last_tile_is_started_again_by_an_idle_worker_and_the_first_to_ask_writes)
{
    const pstm_work work[] = {work_at(0, 0, 0, 4), work_at(1, 0, 1, 4)};
    pstm_scheduler *s = make(work, 2, 2);
    for (int w = 0; w < 2; w++) {
        send_at(s, 0, PSTM_EVENT_READY, w, -1);
        expect(s, PSTM_ACTION_ASSIGN, w, w);
    }
    send_at(s, 2, PSTM_EVENT_ASKS, 1, 1);
    expect(s, PSTM_ACTION_GRANT, 1, 1);
    send_at(s, 4, PSTM_EVENT_TICK, -1, -1); /* late by 2, so believed to need 2 more: as long as again */
    expect_nothing(s);
    send_at(s, 5, PSTM_EVENT_TICK, -1, -1);
    expect(s, PSTM_ACTION_ASSIGN, 1, 0);
    expect_nothing(s);
    ck_assert_int_eq(pstm_scheduler_state(s).n_doubled, 1);
    send_at(s, 6, PSTM_EVENT_TICK, -1, -1);
    expect_nothing(s); /* not a third time */
    send_at(s, 7, PSTM_EVENT_ASKS, 1, 0);
    expect(s, PSTM_ACTION_GRANT, 1, 0);
    send_at(s, 8, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_DISCARD, 0, 0);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

START_TEST(a_worker_of_small_tiles_holds_as_many_as_last_hold_s_but_one_at_the_end)
{
    pstm_work work[200];
    for (int t = 0; t < 200; t++)
        work[t] = work_at(t, 0, t, 1);
    pstm_scheduler *s = make(work, 200, 2);
    send_at(s, 0, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, -1);
    expect_nothing(s);
    send_at(s, PSTM_SCHEDULE_RULES.hold_s / 5, PSTM_EVENT_ASKS, 0, 0);
    expect(s, PSTM_ACTION_GRANT, 0, 0);
    for (int i = 0; i < 4; i++) /* one is there, five last hold_s */
        expect(s, PSTM_ACTION_ASSIGN, 0, -1);
    expect_nothing(s);
    pstm_scheduler_destroy(&s);
}
END_TEST

/* ---- the index set ----------------------------------------------------------------------------------- */

START_TEST(the_next_member_is_found_as_by_looking_at_each)
{
    static const int64_t sizes[] = {1, 63, 64, 65, 4096, 4097, 300000};
    srand(5);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const int64_t n = sizes[k];
        pstm_index_set set = {0};
        char *in = NULL;
        ck_assert_int_eq(pstm_index_set_make(&set, n), PSTM_OK);
        ck_assert_int_eq(PSTM_NEW(&in, n, "members"), PSTM_OK);
        ck_assert_int_eq(pstm_index_set_next(&set, 0), -1);
        for (int step = 0; step < 300; step++) {
            const int64_t i = step == 0 ? n - 1 : rand() % n;
            in[i] = step == 0 || rand() % 3 > 0;
            if (in[i])
                pstm_index_set_add(&set, i);
            else
                pstm_index_set_remove(&set, i);
            int64_t from = rand() % n, next = from;
            while (next < n && !in[next])
                next++;
            ck_assert_int_eq(pstm_index_set_next(&set, from), next < n ? next : -1);
        }
        PSTM_FREE(&in);
        pstm_index_set_clear(&set);
    }
}
END_TEST

/* ---- random runs ------------------------------------------------------------------------------------- */

enum { MOST_TILES = 40, MOST_WORKERS = 6 };

typedef struct model_worker {
    int64_t computing[MOST_TILES], granted[MOST_TILES];
    int n_computing, n_granted;
    bool hangs;        /* its compute thread */
    bool unresponsive; /* all of it */
} model_worker;

typedef struct model {
    pstm_scheduler *s;
    model_worker workers[MOST_WORKERS];
    int assigned[MOST_TILES], granted[MOST_TILES], recorded[MOST_TILES];
    int n_workers, n_finish, n_abort;
    bool abandoned; /* a tile, at some time */
    double now_s;
} model;

static void take_actions(model *m)
{
    pstm_action a;
    while (pstm_scheduler_next(m->s, &a)) {
        model_worker *w = a.worker < 0 ? NULL : &m->workers[a.worker];
        switch (a.kind) {
        case PSTM_ACTION_FINISH:
            m->n_finish++;
            break;
        case PSTM_ACTION_ABORT:
            m->n_abort++;
            break;
        case PSTM_ACTION_ASSIGN:
            m->assigned[a.tile]++;
            w->computing[w->n_computing++] = a.tile;
            break;
        case PSTM_ACTION_GRANT:
            m->granted[a.tile]++;
            w->granted[w->n_granted++] = a.tile;
            break;
        case PSTM_ACTION_RECORD:
            m->recorded[a.tile]++;
            break;
        case PSTM_ACTION_RETIRE:
            ck_assert(w->hangs || w->unresponsive);
            break;
        case PSTM_ACTION_DISCARD:
            break;
        }
    }
}

/* Takes the first tile that it holds out: workers compute and write in order. */
static int64_t take_first(int64_t *tiles, int *n)
{
    const int64_t first = tiles[0];
    for (int i = 1; i < *n; i++)
        tiles[i - 1] = tiles[i];
    --*n;
    return first;
}

static void one_random_event(model *m, bool with_faults)
{
    const int i = rand() % m->n_workers;
    model_worker *w = &m->workers[i];
    m->now_s += 1;
    if (w->unresponsive) {
        if (rand() % 400 == 0) w->unresponsive = false; /* back, too late or not */
    } else if (with_faults && rand() % 150 == 0) {
        w->unresponsive = true;
    } else if (with_faults && rand() % 150 == 0) {
        w->hangs = true;
    } else if (with_faults && rand() % 150 == 0) {
        send_at(m->s, m->now_s, PSTM_EVENT_LOST, i, w->n_computing > 0 ? w->computing[0] : -1);
        w->hangs = true;
    } else if (w->n_granted > 0 && rand() % 2) {
        send_at(m->s, m->now_s, PSTM_EVENT_WRITTEN, i, take_first(w->granted, &w->n_granted));
    } else if (w->n_computing > 0 && !w->hangs && rand() % 2) {
        send_at(m->s, m->now_s, PSTM_EVENT_ASKS, i, take_first(w->computing, &w->n_computing));
    }
    take_actions(m);
}

/* Everybody who can beats, then time is seen to go by. */
static void beat_and_tick(model *m)
{
    for (int i = 0; i < m->n_workers; i++)
        if (!m->workers[i].unresponsive)
            send_at(m->s, m->now_s, PSTM_EVENT_BEAT, i, m->workers[i].hangs ? -7 : (int64_t)m->now_s);
    send_at(m->s, m->now_s, PSTM_EVENT_TICK, -1, -1);
    take_actions(m);
    if (pstm_scheduler_state(m->s).n_abandoned > 0) m->abandoned = true;
}

static model random_run(int seed, bool with_faults)
{
    srand((unsigned)seed + 1);
    const int n_tiles = 1 + rand() % MOST_TILES;
    pstm_work work[MOST_TILES];
    for (int t = 0; t < n_tiles; t++)
        work[t] = work_at(t, rand() % 6, rand() % 6, rand() % 5);
    model m = {.n_workers = 1 + rand() % MOST_WORKERS};
    m.s = make(work, n_tiles, m.n_workers);
    for (int w = 0; w < m.n_workers; w++)
        send(m.s, PSTM_EVENT_READY, w, -1);
    take_actions(&m);
    for (int step = 0; step < 100000 && m.n_finish + m.n_abort == 0; step++) {
        one_random_event(&m, with_faults);
        if (step % 20 == 0) beat_and_tick(&m);
    }
    ck_assert_int_eq(m.n_finish + m.n_abort, 1);
    return m;
}

START_TEST(random_runs_record_every_tile_once_and_finish_once)
{
    model m = random_run(_i, false);
    ck_assert_int_eq(m.n_finish, 1);
    const int64_t n_tiles = pstm_scheduler_state(m.s).n_tiles;
    for (int t = 0; t < n_tiles; t++) {
        ck_assert_int_ge(m.assigned[t], 1);
        ck_assert_int_eq(m.granted[t], 1);
        ck_assert_int_eq(m.recorded[t], 1);
    }
    pstm_scheduler_destroy(&m.s);
}
END_TEST

START_TEST(random_runs_with_faults_end_and_never_grant_or_record_a_tile_twice)
{
    model m = random_run(_i, true);
    const pstm_schedule_state state = pstm_scheduler_state(m.s);
    int64_t n_recorded = 0;
    for (int t = 0; t < state.n_tiles; t++) {
        ck_assert_int_le(m.granted[t], 1);
        ck_assert_int_le(m.recorded[t], m.granted[t]);
        n_recorded += m.recorded[t];
    }
    ck_assert_int_eq(n_recorded, state.n_recorded);
    /* A finish without all tiles has its reason. */
    if (m.n_finish == 1 && n_recorded < state.n_tiles) ck_assert(m.abandoned);
    if (m.n_abort == 1) ck_assert_int_lt(n_recorded, state.n_tiles);
    pstm_scheduler_destroy(&m.s);
}
END_TEST

/* 10,000 workers and 1e6 tiles: 3e6 events and their actions. */
static const double MOST_SECONDS = 60; /* 2 s on one core of 2024; a quadratic step would take hours */

static void take_million(pstm_scheduler *s, pstm_action *given, int64_t *n_given, int64_t *n_recorded)
{
    pstm_action a;
    while (pstm_scheduler_next(s, &a)) {
        if (a.kind == PSTM_ACTION_ASSIGN) given[(*n_given)++] = a;
        *n_recorded += a.kind == PSTM_ACTION_RECORD;
    }
}

START_TEST(a_million_tiles_on_ten_thousand_workers_take_seconds)
{
#ifdef __SANITIZE_ADDRESS__
    enum { TILES = 100000, WORKERS = 10000 }; /* several times slower */
#else
    enum { TILES = 1000000, WORKERS = 10000 };
#endif
    pstm_work *work = NULL;
    pstm_action *given = NULL;
    ck_assert_int_eq(PSTM_NEW(&work, TILES, "tiles"), PSTM_OK);
    ck_assert_int_eq(PSTM_NEW(&given, TILES, "assignments"), PSTM_OK);
    for (int t = 0; t < TILES; t++)
        work[t] = work_at(t, t / 1000, t % 1000, 1 + (t * INT64_C(7919)) % 1000);
    const double started_s = pstm_now_s();
    pstm_scheduler *s = make(work, TILES, WORKERS);
    for (int w = 0; w < WORKERS; w++)
        send(s, PSTM_EVENT_READY, w, -1);
    int64_t n_given = 0, n_recorded = 0;
    take_million(s, given, &n_given, &n_recorded);
    for (int64_t i = 0; i < n_given; i++) {
        send(s, PSTM_EVENT_ASKS, given[i].worker, given[i].tile);
        send(s, PSTM_EVENT_WRITTEN, given[i].worker, given[i].tile);
        take_million(s, given, &n_given, &n_recorded);
    }
    ck_assert_int_eq(n_recorded, TILES);
    ck_assert_double_lt(pstm_now_s() - started_s, MOST_SECONDS);
    pstm_scheduler_destroy(&s);
    PSTM_FREE(&work);
    PSTM_FREE(&given);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("scheduler");
    TCase *rules = tcase_create("rules");
    tcase_add_test(rules, the_costliest_tile_goes_first_and_then_a_near_one_of_like_cost);
    tcase_add_test(rules, near_the_end_the_costliest_goes_first_wherever_it_is);
    tcase_add_test(rules, a_worker_gets_no_tile_in_advance_when_few_are_left);
    tcase_add_test(rules, a_tile_is_granted_once_and_other_askers_are_told_to_discard);
    tcase_add_test(rules, what_cannot_be_is_refused_and_changes_nothing);
    tcase_add_test(rules, a_stop_finishes_what_is_out_and_assigns_nothing_more);
    tcase_add_test(rules, a_failure_aborts_once);
    tcase_add_test(rules, with_no_tiles_it_finishes_at_once);
    tcase_add_test(rules, a_worker_of_small_tiles_holds_as_many_as_last_hold_s_but_one_at_the_end);
    suite_add_tcase(suite, rules);
    TCase *faults = tcase_create("faults");
    tcase_add_test(faults,
                   what_a_lost_worker_has_not_computed_goes_to_others_and_its_late_result_is_discarded);
    tcase_add_test(faults, a_lost_worker_still_writes_what_it_was_granted);
    tcase_add_test(faults, when_no_worker_is_left_it_aborts_with_the_last_ones_error);
    tcase_add_test(faults, a_tile_at_which_three_workers_fail_ends_the_job_though_others_are_left);
    tcase_add_test(faults, a_worker_without_progress_is_retired_though_it_answers);
    tcase_add_test(faults, a_granted_tile_whose_owner_becomes_unresponsive_is_left_to_a_later_run);
    tcase_add_test(faults,
                   a_stragglers_last_tile_is_started_again_by_an_idle_worker_and_the_first_to_ask_writes);
    suite_add_tcase(suite, faults);
    TCase *many = tcase_create("many");
    tcase_add_test(many, the_next_member_is_found_as_by_looking_at_each);
    tcase_add_loop_test(many, random_runs_record_every_tile_once_and_finish_once, 0, 200);
    tcase_add_loop_test(many, random_runs_with_faults_end_and_never_grant_or_record_a_tile_twice, 0, 500);
    tcase_add_test(many, a_million_tiles_on_ten_thousand_workers_take_seconds);
    suite_add_tcase(suite, many);
    return suite;
}
