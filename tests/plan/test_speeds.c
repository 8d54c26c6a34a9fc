/* The scheduler with workers of very different speeds, as GPUs and processors together. */
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"
#include "plan/scheduler.h"
#include "tests/check/suite.h"

enum { MOST_WORKERS = 4, MOST_HELD = 2 * PSTM_SCHEDULE_HOLD };

/* A worker that computes what it holds, one after the other, and writes at once. */
typedef struct modelled {
    double speed, ends_s; /* of its first tile */
    int64_t held[MOST_HELD];
    int n_held, n_written;
} modelled;

typedef struct run {
    pstm_scheduler *scheduler;
    modelled workers[MOST_WORKERS];
    int n_workers;
    double cost, now_s; /* of every tile */
    bool finished;
} run;

static void tell(run *r, pstm_event_kind kind, int32_t worker, int64_t tile);

static void take_on(run *r, modelled *w, int64_t tile)
{
    if (w->n_held == 0) w->ends_s = r->now_s + r->cost / w->speed;
    ck_assert_int_lt(w->n_held, MOST_HELD);
    w->held[w->n_held++] = tile;
}

static void obey(run *r)
{
    pstm_action a;
    while (pstm_scheduler_next(r->scheduler, &a)) {
        if (a.kind == PSTM_ACTION_ASSIGN) take_on(r, &r->workers[a.worker], a.tile);
        if (a.kind == PSTM_ACTION_FINISH) r->finished = true;
        if (a.kind == PSTM_ACTION_RECORD) r->workers[a.worker].n_written++;
        if (a.kind == PSTM_ACTION_GRANT) tell(r, PSTM_EVENT_WRITTEN, a.worker, a.tile);
        ck_assert_int_ne(a.kind, PSTM_ACTION_ABORT);
    }
}

static void tell(run *r, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    const pstm_event event = {.kind = kind, .worker = worker, .tile = tile, .now_s = r->now_s};
    ck_assert_int_eq(pstm_scheduler_handle(r->scheduler, &event), PSTM_OK);
    obey(r);
}

/* The worker's first tile is done. */
static void end_tile(run *r, int32_t worker)
{
    modelled *w = &r->workers[worker];
    const int64_t tile = w->held[0];
    for (int i = 1; i < w->n_held; i++)
        w->held[i - 1] = w->held[i];
    w->n_held--;
    w->ends_s = r->now_s + r->cost / w->speed;
    tell(r, PSTM_EVENT_ASKS, worker, tile);
}

/* Runs n_tiles equal tiles; returns the seconds until the end. */
static double go(run *r, int64_t n_tiles)
{
    pstm_work *work = NULL;
    ck_assert_int_eq(PSTM_NEW(&work, n_tiles, "tiles"), PSTM_OK);
    for (int64_t t = 0; t < n_tiles; t++)
        work[t] = (pstm_work){.number = t, .at_crossline = (int32_t)t, .cost = r->cost};
    ck_assert_int_eq(pstm_scheduler_create(work, n_tiles, r->n_workers, &PSTM_SCHEDULE_RULES, &r->scheduler),
                     PSTM_OK);
    for (int32_t w = 0; w < r->n_workers; w++)
        tell(r, PSTM_EVENT_READY, w, -1);
    for (double tick_s = 1; !r->finished;) {
        int32_t next = -1;
        for (int32_t w = 0; w < r->n_workers; w++)
            if (r->workers[w].n_held > 0 && (next < 0 || r->workers[w].ends_s < r->workers[next].ends_s))
                next = w;
        const bool tick = next < 0 || tick_s < r->workers[next].ends_s;
        r->now_s = tick ? tick_s : r->workers[next].ends_s;
        ck_assert_double_lt(r->now_s, 1e5);
        if (tick) {
            tick_s += 1;
            tell(r, PSTM_EVENT_TICK, -1, -1);
        } else {
            end_tile(r, next);
        }
    }
    pstm_scheduler_destroy(&r->scheduler);
    PSTM_FREE(&work);
    return r->now_s;
}

/* For each of the two tiles that the slow worker may hold: a tick, by which that is noticed, and the tile
 * once more by the fast one. */
static const double LATE_S = 4;

START_TEST(a_slow_worker_never_makes_a_run_longer)
{
    for (int64_t n_tiles = 2; n_tiles <= 90; n_tiles++) {
        run both = {.n_workers = 2, .cost = 20, .workers = {{.speed = 20}, {.speed = 1}}};
        run alone = {.n_workers = 1, .cost = 20, .workers = {{.speed = 20}}};
        const double both_s = go(&both, n_tiles), alone_s = go(&alone, n_tiles);
        ck_assert_msg(both_s <= alone_s + LATE_S, "%d tiles: %.1f s, alone %.1f s", (int)n_tiles, both_s,
                      alone_s);
    }
}
END_TEST

START_TEST(workers_get_tiles_by_their_measured_speed)
{
    run r = {.n_workers = 3, .cost = 2, .workers = {{.speed = 8}, {.speed = 4}, {.speed = 1}}};
    const double took_s = go(&r, 650), ideal_s = 650 * 2 / 13.0;
    ck_assert_double_le(took_s, 1.03 * ideal_s);
    ck_assert_int_le(abs(r.workers[0].n_written - 400), 12);
    ck_assert_int_le(abs(r.workers[1].n_written - 200), 12);
    ck_assert_int_le(abs(r.workers[2].n_written - 50), 12);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("speeds");
    TCase *tests = tcase_create("speeds");
    tcase_add_test(tests, a_slow_worker_never_makes_a_run_longer);
    tcase_add_test(tests, workers_get_tiles_by_their_measured_speed);
    suite_add_tcase(suite, tests);
    return suite;
}
