/* The scheduler: every tile is granted and recorded once, whatever the order of events. */
#include <stdbool.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/memory.h"
#include "plan/scheduler.h"
#include "scheduler_fixture.h"
#include "tests/check/suite.h"

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
    Suite *suite = suite_create("scheduler, random runs");
    TCase *many = tcase_create("many");
    tcase_add_loop_test(many, random_runs_record_every_tile_once_and_finish_once, 0, 200);
    tcase_add_loop_test(many, random_runs_with_faults_end_and_never_grant_or_record_a_tile_twice, 0, 500);
    tcase_add_test(many, a_million_tiles_on_ten_thousand_workers_take_seconds);
    suite_add_tcase(suite, many);
    return suite;
}
