/* The worker with an operator made for the test, without MPI and without a device: what it promises to
 * operators (mpi/farm/tile_operator.h) and to the main thread. */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "device/device.h"
#include "made_operator.h"
#include "mpi/farm/worker.h"
#include "tests/check/suite.h"
#include "tests/io/store_fixture.h"

enum { ALL_LEAVES = (1 << LEAVES) - 1, RANK = 7 };
static const double DEADLINE_S = 20;

/* ---- a worker of it ---------------------------------------------------------------------------------- */

static pstm_store *store;
static pstm_rank_profile profile;

static pstm_worker_plan make_plan(void)
{
    make_store();
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    ck_assert_int_eq(finish_open(store, 7), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    pstm_worker_plan plan = {
        .op = &made_operator,
        .store = store,
        .shape = {N_LOCATIONS, 1, 1, PSTM_ACCUMULATOR_BIT(SUM) | PSTM_ACCUMULATOR_BIT(FOLD)},
        .rank = RANK,
        .name = "counter",
        .profile = &profile};
    plan.memory_bytes = pstm_worker_fixed_bytes(&plan) + LEAVES * pstm_leaf_cache_least_bytes(store);
    return plan;
}

static pstm_worker *make_worker(const pstm_worker_plan *plan)
{
    pstm_worker *worker = NULL;
    ck_assert_msg(pstm_worker_create(plan, &worker) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_worker_await(worker), PSTM_OK);
    return worker;
}

/* A worker that begins when the items that it shall find are given and script.released is set. */
static pstm_worker *make_waiting(const pstm_worker_plan *plan)
{
    pstm_worker *worker = NULL;
    script.start_waits = true;
    ck_assert_msg(pstm_worker_create(plan, &worker) == PSTM_OK, "%s", pstm_error_text());
    return worker;
}

static void give(pstm_worker *worker, int64_t number)
{
    const pstm_work_item item = {{.number = number, .i_end = 2, .j_end = 2}, {.n = 1, .at = {{0, 1}}}};
    ck_assert_int_eq(pstm_worker_give(worker, &item), PSTM_OK);
}

/* Waits for what comes out next: a result or an error. */
static pstm_status await_result(pstm_worker *worker, pstm_tile_result **result)
{
    const double until_s = pstm_now_s() + DEADLINE_S;
    do {
        PSTM_TRY(pstm_worker_take(worker, result));
        if (*result == NULL) pstm_sleep_s(0.001);
    } while (*result == NULL && pstm_now_s() < until_s);
    ck_assert_ptr_nonnull(*result);
    return PSTM_OK;
}

static int64_t traces_of(int64_t number)
{
    int64_t n = 0;
    for (int leaf = 0; leaf < LEAVES; leaf++)
        if (number >> leaf & 1) n += leaves[leaf].n_traces;
    return n;
}

/* Takes the result of an item and gives it back. */
static void take_and_check(pstm_worker *worker, int64_t number)
{
    pstm_tile_result *result;
    ck_assert_int_eq(await_result(worker, &result), PSTM_OK);
    ck_assert_int_eq(result->item.tile.number, number);
    ck_assert_uint_eq(result->fold[0], traces_of(number));
    pstm_worker_give_back(worker, result);
}

/* The error that the worker ends with, naming the tile. */
static void expect_failure(pstm_worker *worker, const char *text, int64_t tile)
{
    pstm_tile_result *result;
    char where[60];
    snprintf(where, sizeof where, "while migrating tile %d", (int)tile);
    ck_assert_int_eq(await_result(worker, &result), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), text));
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), where));
    ck_assert_int_eq(pstm_worker_tile_in_work(worker), tile);
}

static void await_added(int n)
{
    const double until_s = pstm_now_s() + DEADLINE_S;
    while (seen.n_added < n && pstm_now_s() < until_s)
        pstm_sleep_s(0.001);
    ck_assert_int_ge(seen.n_added, n);
}

/* Frees all; nothing may have come out of turn. */
static void end(pstm_worker **worker)
{
    pstm_worker_destroy(worker, DEADLINE_S);
    ck_assert_ptr_null(*worker);
    ck_assert(!seen.wrong);
    ck_assert_int_eq(seen.n_stopped, 1);
    ck_assert_int_eq(seen.n_destroyed, 1);
    pstm_store_close(&store);
}

/* ---- items and results ------------------------------------------------------------------------------- */

START_TEST(leaves_come_once_and_in_order_and_so_do_results)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_worker(&plan);
    const int64_t numbers[] = {ALL_LEAVES, 5, 0, 8, 10, 5, 1};
    enum { N = sizeof numbers / sizeof *numbers };
    for (int i = 0; i < N; i++)
        give(worker, numbers[i]);
    for (int i = 0; i < N; i++)
        take_and_check(worker, numbers[i]);
    pstm_tile_result *none;
    ck_assert_int_eq(pstm_worker_take(worker, &none), PSTM_OK);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(pstm_worker_tile_in_work(worker), -1);
    ck_assert_int_eq(seen.n_prepared, N);
    ck_assert_int_eq(seen.n_finished, N);
    end(&worker);
}
END_TEST

START_TEST(the_next_item_is_prepared_while_one_is_in_work)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_waiting(&plan);
    give(worker, ALL_LEAVES);
    give(worker, 3);
    script.released = true;
    take_and_check(worker, ALL_LEAVES);
    take_and_check(worker, 3);
    ck_assert_int_eq(seen.n_prepared_in_work, 1);
    end(&worker);
}
END_TEST

START_TEST(with_two_results_out_no_further_item_is_begun)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_worker(&plan);
    pstm_tile_result *results[2];
    for (int64_t i = 1; i <= 3; i++)
        give(worker, i);
    ck_assert_int_eq(await_result(worker, &results[0]), PSTM_OK);
    ck_assert_int_eq(await_result(worker, &results[1]), PSTM_OK);
    pstm_sleep_s(0.1);
    ck_assert_int_eq(seen.n_begun, 2);
    ck_assert_uint_eq(results[0]->fold[0], traces_of(1));
    pstm_worker_give_back(worker, results[0]);
    take_and_check(worker, 3);
    pstm_worker_give_back(worker, results[1]);
    end(&worker);
}
END_TEST

START_TEST(an_item_too_many_is_refused)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_waiting(&plan);
    const pstm_work_item item = {{.number = 0}, {.n = 1}};
    for (int i = 0; i < PSTM_WORKER_ITEMS; i++)
        give(worker, i % 4);
    ck_assert_int_eq(pstm_worker_give(worker, &item), PSTM_SYSTEM);
    script.released = true;
    for (int i = 0; i < PSTM_WORKER_ITEMS; i++)
        take_and_check(worker, i % 4);
    end(&worker);
}
END_TEST

START_TEST(a_record_says_what_its_item_cost_and_on_what)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_worker(&plan);
    pstm_tile_result *result;
    give(worker, 1);
    take_and_check(worker, 1);
    give(worker, 6);
    ck_assert_int_eq(await_result(worker, &result), PSTM_OK);
    ck_assert_int_eq(result->record.tile, 6);
    ck_assert_int_eq(result->record.rank, RANK);
    ck_assert_str_eq(result->record.device, "counter");
    ck_assert_int_eq(result->record.counts[PSTM_COUNT_TRACES], traces_of(6));
    ck_assert(result->record.step_s[0] == 4); /* of two leaves */
    pstm_worker_give_back(worker, result);
    end(&worker);
}
END_TEST

START_TEST(progress_grows_with_each_leaf)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_worker(&plan);
    const int64_t before = pstm_worker_progress(worker);
    give(worker, ALL_LEAVES);
    take_and_check(worker, ALL_LEAVES);
    ck_assert_int_ge(pstm_worker_progress(worker), before + LEAVES);
    end(&worker);
}
END_TEST

/* ---- memory ------------------------------------------------------------------------------------------ */

START_TEST(the_budget_of_one_leaf_is_enough)
{
    pstm_worker_plan plan = make_plan();
    plan.memory_bytes = pstm_worker_fixed_bytes(&plan) + pstm_leaf_cache_least_bytes(store);
    pstm_worker *worker = make_worker(&plan);
    give(worker, ALL_LEAVES);
    give(worker, 9);
    take_and_check(worker, ALL_LEAVES);
    take_and_check(worker, 9);
    end(&worker);
}
END_TEST

START_TEST(a_byte_less_is_refused_with_the_remedy)
{
    pstm_worker_plan plan = make_plan();
    pstm_worker *worker = NULL;
    ck_assert_int_eq(pstm_worker_fixed_bytes(&plan),
                     N_LOCATIONS * FIXED_BYTES + 2 * pstm_tile_result_bytes(&plan.shape));
    plan.memory_bytes = pstm_worker_fixed_bytes(&plan) + pstm_leaf_cache_least_bytes(store) - 1;
    ck_assert_int_eq(pstm_worker_create(&plan, &worker), PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "raise `memory`"));
    ck_assert_ptr_null(worker);
    ck_assert_int_eq(seen.n_destroyed, 1);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_worker_at_rest_drops_its_leaves_and_reads_them_again)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = make_worker(&plan);
    for (int turn = 0; turn < 3; turn++) {
        give(worker, ALL_LEAVES);
        take_and_check(worker, ALL_LEAVES);
        if (turn == 1) pstm_worker_rest(worker);
        if (turn == 1) pstm_sleep_s(0.5); /* for its thread to drop them */
    }
    end(&worker);
    const int64_t row_bytes = (int64_t)sizeof(pstm_trace) + 4 * pstm_trace_stride(SAMPLES);
    ck_assert_int_eq(profile.lanes[PSTM_LANE_READER].counts[PSTM_COUNT_BYTES_READ], 2 * TRACES * row_bytes);
}
END_TEST

/* ---- failures and the end ---------------------------------------------------------------------------- */

START_TEST(a_failure_at_a_leaf_comes_out_behind_the_results_before_it)
{
    const pstm_worker_plan plan = make_plan();
    script.fails_at_add = _i + 1; /* of the leaves of the items 3, 5 and 15 */
    pstm_worker *worker = make_worker(&plan);
    const int64_t numbers[] = {3, 5, 15};
    const int n_good = _i / 2;
    for (int i = 0; i < 3; i++)
        give(worker, numbers[i]);
    for (int i = 0; i < n_good && i < 2; i++)
        take_and_check(worker, numbers[i]);
    expect_failure(worker, "the counter fails", numbers[n_good < 2 ? n_good : 2]);
    ck_assert_int_eq(seen.n_added, script.fails_at_add);
    end(&worker);
}
END_TEST

START_TEST(a_failure_to_prepare_names_the_tile)
{
    const pstm_worker_plan plan = make_plan();
    pstm_tile_result *result;
    script.prepare_fails = true;
    pstm_worker *worker = make_worker(&plan);
    give(worker, 3);
    ck_assert_int_eq(await_result(worker, &result), PSTM_SYSTEM);
    ck_assert_str_eq(pstm_error_text(), "while preparing tile 3: the counter cannot prepare");
    end(&worker);
}
END_TEST

START_TEST(a_failure_to_finish_names_the_tile)
{
    const pstm_worker_plan plan = make_plan();
    script.finish_fails = true;
    pstm_worker *worker = make_worker(&plan);
    give(worker, 3);
    expect_failure(worker, "the counter cannot finish", 3);
    end(&worker);
}
END_TEST

START_TEST(a_failure_to_start_is_awaited)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = NULL;
    script.start_fails = true;
    ck_assert_int_eq(pstm_worker_create(&plan, &worker), PSTM_OK);
    ck_assert_int_eq(pstm_worker_await(worker), PSTM_SYSTEM);
    ck_assert_str_eq(pstm_error_text(), "the counter does not start");
    end(&worker);
}
END_TEST

START_TEST(a_failure_to_create_makes_no_worker)
{
    const pstm_worker_plan plan = make_plan();
    pstm_worker *worker = NULL;
    script.create_fails = true;
    ck_assert_int_eq(pstm_worker_create(&plan, &worker), PSTM_USAGE);
    ck_assert_ptr_null(worker);
    ck_assert_int_eq(seen.n_started, 0);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_worker_is_stopped_between_two_leaves)
{
    const pstm_worker_plan plan = make_plan();
    script.add_waits = 2;
    pstm_worker *worker = make_worker(&plan);
    give(worker, ALL_LEAVES);
    give(worker, ALL_LEAVES);
    await_added(2);
    pstm_worker_stop(worker);
    script.released = true;
    end(&worker);
    ck_assert_int_eq(seen.n_added, 2);
    ck_assert_int_eq(seen.n_finished, 0);
}
END_TEST

START_TEST(a_worker_that_hangs_is_left_alone)
{
    const pstm_worker_plan plan = make_plan();
    script.add_waits = 1;
    pstm_worker *worker = make_worker(&plan);
    give(worker, 1);
    await_added(1);
    pstm_worker_give_up(worker);
    const double before_s = pstm_now_s();
    pstm_worker_destroy(&worker, 3600);
    ck_assert_ptr_null(worker);
    ck_assert(pstm_now_s() - before_s < DEADLINE_S);
    ck_assert_int_eq(seen.n_destroyed, 0); /* it may still touch all it has */
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("worker");
    TCase *tests = tcase_create("items and results");
    tcase_add_test(tests, leaves_come_once_and_in_order_and_so_do_results);
    tcase_add_test(tests, the_next_item_is_prepared_while_one_is_in_work);
    tcase_add_test(tests, with_two_results_out_no_further_item_is_begun);
    tcase_add_test(tests, an_item_too_many_is_refused);
    tcase_add_test(tests, a_record_says_what_its_item_cost_and_on_what);
    tcase_add_test(tests, progress_grows_with_each_leaf);
    add(suite, tests);
    tests = tcase_create("memory");
    tcase_add_test(tests, the_budget_of_one_leaf_is_enough);
    tcase_add_test(tests, a_byte_less_is_refused_with_the_remedy);
    tcase_add_test(tests, a_worker_at_rest_drops_its_leaves_and_reads_them_again);
    add(suite, tests);
    tests = tcase_create("failures and the end");
    tcase_add_loop_test(tests, a_failure_at_a_leaf_comes_out_behind_the_results_before_it, 0, 8);
    tcase_add_test(tests, a_failure_to_prepare_names_the_tile);
    tcase_add_test(tests, a_failure_to_finish_names_the_tile);
    tcase_add_test(tests, a_failure_to_start_is_awaited);
    tcase_add_test(tests, a_failure_to_create_makes_no_worker);
    tcase_add_test(tests, a_worker_is_stopped_between_two_leaves);
    tcase_add_test(tests, a_worker_that_hangs_is_left_alone);
    tcase_set_timeout(tests, 60);
    add(suite, tests);
    return suite;
}
