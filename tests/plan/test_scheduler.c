/* The scheduler: what it does at each event. */
#include "plan/scheduler.h"
#include "scheduler_fixture.h"
#include "tests/check/suite.h"

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
    return suite;
}
