/* The scheduler: every tile is granted and recorded once, whatever the order of events. */
#include <check.h>
#include <stdlib.h>

#include "core/memory.h"
#include "plan/scheduler.h"

static pstm_work work_at(int64_t number, int32_t i, int32_t j, double cost)
{
    return (pstm_work){.number = number, .at_inline = i, .at_crossline = j, .cost = cost};
}

static pstm_scheduler *make(const pstm_work *work, int64_t n, int32_t workers)
{
    pstm_scheduler *s = NULL;
    ck_assert_int_eq(pstm_scheduler_create(work, n, workers, &s), PSTM_OK);
    return s;
}

static void send(pstm_scheduler *s, pstm_event_kind kind, int32_t worker, int64_t tile)
{
    const pstm_event event = {.kind = kind, .worker = worker, .tile = tile};
    ck_assert_int_eq(pstm_scheduler_handle(s, &event), PSTM_OK);
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

START_TEST(the_dearest_tile_goes_first_and_then_a_near_one_of_like_cost)
{
    const pstm_work work[] = {work_at(0, 0, 0, 10), work_at(1, 9, 9, 90), work_at(2, 0, 1, 100),
                              work_at(3, 0, 2, 60)};
    pstm_scheduler *s = make(work, 4, 1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 2);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 3); /* 60 is within half of 90, and next door */
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
    send(s, PSTM_EVENT_READY, 0, -1);
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
    ck_assert_int_eq(pstm_scheduler_create(twice, 2, 1, &none), PSTM_SYSTEM);
    ck_assert_ptr_null(none);
    const pstm_event bad[] = {{PSTM_EVENT_READY, 1, -1}, {PSTM_EVENT_ASKS, 0, 9}, {PSTM_EVENT_WRITTEN, 0, 0}};
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
    pstm_scheduler *s = make(work, 2, 1);
    send(s, PSTM_EVENT_READY, 0, -1);
    expect(s, PSTM_ACTION_ASSIGN, 0, 0);
    send(s, PSTM_EVENT_STOP, 0, -1);
    send(s, PSTM_EVENT_READY, 0, -1);
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

/* ---- random runs ------------------------------------------------------------------------------------- */

enum { MOST_TILES = 40, MOST_WORKERS = 6 };

typedef struct model_worker {
    int64_t computing[MOST_TILES], granted[MOST_TILES];
    int n_computing, n_granted;
} model_worker;

typedef struct model {
    pstm_scheduler *s;
    model_worker workers[MOST_WORKERS];
    int assigned[MOST_TILES], granted[MOST_TILES], recorded[MOST_TILES];
    int n_finish;
} model;

static void take_actions(model *m)
{
    pstm_action a;
    while (pstm_scheduler_next(m->s, &a)) {
        if (a.kind == PSTM_ACTION_FINISH) {
            m->n_finish++;
            continue;
        }
        model_worker *w = &m->workers[a.worker];
        if (a.kind == PSTM_ACTION_ASSIGN) {
            m->assigned[a.tile]++;
            w->computing[w->n_computing++] = a.tile;
        } else if (a.kind == PSTM_ACTION_GRANT) {
            m->granted[a.tile]++;
            w->granted[w->n_granted++] = a.tile;
        } else if (a.kind == PSTM_ACTION_RECORD) {
            m->recorded[a.tile]++;
        } else {
            ck_abort_msg("unexpected action %d", a.kind);
        }
    }
}

static void one_random_event(model *m, int n_workers)
{
    const int i = rand() % n_workers;
    model_worker *w = &m->workers[i];
    if (w->n_granted > 0 && rand() % 2) {
        send(m->s, PSTM_EVENT_WRITTEN, i, w->granted[--w->n_granted]);
    } else if (w->n_computing > 0 && rand() % 2) {
        send(m->s, PSTM_EVENT_ASKS, i, w->computing[--w->n_computing]);
        send(m->s, PSTM_EVENT_READY, i, -1);
    }
    take_actions(m);
}

START_TEST(random_runs_record_every_tile_once_and_finish_once)
{
    srand((unsigned)_i + 1);
    const int n_tiles = 1 + rand() % MOST_TILES, n_workers = 1 + rand() % MOST_WORKERS;
    pstm_work work[MOST_TILES];
    for (int t = 0; t < n_tiles; t++)
        work[t] = work_at(t, rand() % 6, rand() % 6, rand() % 5);
    model m = {.s = make(work, n_tiles, n_workers)};
    for (int w = 0; w < n_workers; w++)
        for (int r = 0; r < 2; r++)
            send(m.s, PSTM_EVENT_READY, w, -1);
    take_actions(&m);
    for (int step = 0; step < 100000 && m.n_finish == 0; step++)
        one_random_event(&m, n_workers);
    ck_assert_int_eq(m.n_finish, 1);
    for (int t = 0; t < n_tiles; t++) {
        ck_assert_int_eq(m.assigned[t], 1);
        ck_assert_int_eq(m.granted[t], 1);
        ck_assert_int_eq(m.recorded[t], 1);
    }
    pstm_scheduler_destroy(&m.s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scheduler");
    TCase *rules = tcase_create("rules");
    tcase_add_test(rules, the_dearest_tile_goes_first_and_then_a_near_one_of_like_cost);
    tcase_add_test(rules, a_worker_gets_no_tile_in_advance_when_few_are_left);
    tcase_add_test(rules, a_tile_is_granted_once_and_other_askers_are_told_to_discard);
    tcase_add_test(rules, what_cannot_be_is_refused_and_changes_nothing);
    tcase_add_test(rules, a_stop_finishes_what_is_out_and_assigns_nothing_more);
    tcase_add_test(rules, a_failure_aborts_once);
    tcase_add_test(rules, with_no_tiles_it_finishes_at_once);
    tcase_add_loop_test(rules, random_runs_record_every_tile_once_and_finish_once, 0, 200);
    suite_add_tcase(suite, rules);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
