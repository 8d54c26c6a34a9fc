/* The leaf cache: what is borrowed is what the store holds, in any order and within any budget; a list that
 * repeats itself is not read again as a whole; a failing reader fails its user. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/store/leaf_cache.h"
#include "store_fixture.h"
#include "tests/check/suite.h"

enum { CACHED_LEAVES = 40, LEAF_ROWS = TRACES / CACHED_LEAVES };

/* The fixture's rows in more and smaller leaves. */
static pstm_store *make_small_leaves(void)
{
    static pstm_leaf many[CACHED_LEAVES];
    pstm_store_about about = an_about();
    pstm_store *store = NULL;
    make_store();
    about.n_leaves = CACHED_LEAVES;
    for (int64_t i = 0; i < CACHED_LEAVES; i++)
        many[i] = (pstm_leaf){.first_trace = i * LEAF_ROWS, .n_traces = LEAF_ROWS};
    ck_assert_int_eq(pstm_store_create(path, &about, many), PSTM_OK);
    ck_assert_int_eq(pstm_store_open(path, &about, many, true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    ck_assert_int_eq(finish_open(store, 7), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(pstm_store_open(path, &about, many, false, &store), PSTM_OK);
    return store;
}

static pstm_leaf_cache *create_cache(const pstm_store *store, int64_t n_slots, pstm_lane *lane)
{
    pstm_leaf_cache *cache = NULL;
    ck_assert_int_eq(
        pstm_leaf_cache_create(store, n_slots * pstm_leaf_cache_least_bytes(store), lane, &cache), PSTM_OK);
    return cache;
}

static void borrow_and_check(pstm_leaf_cache *cache, const pstm_store *store, int64_t leaf)
{
    const int64_t stride = pstm_store_stride(store), first = leaf * LEAF_ROWS;
    pstm_leaf_view view;
    ck_assert_int_eq(pstm_leaf_cache_borrow(cache, leaf, &view), PSTM_OK);
    ck_assert_int_eq(view.n_traces, LEAF_ROWS);
    for (int64_t i = 0; i < LEAF_ROWS; i++) {
        ck_assert_int_eq(view.traces[i].number, a_trace(first + i).number);
        ck_assert_float_eq(view.samples[i * stride], a_sample(first + i, 0));
        ck_assert_float_eq(view.samples[i * stride + stride - 1], a_sample(first + i, stride - 1));
    }
    pstm_leaf_cache_give_back(cache, leaf);
}

/* Lists of random leaves, each ascending as a tile's is, the next one known when the first leaf of the
 * present one is borrowed. */
START_TEST(any_lists_come_in_order_within_any_budget)
{
    pstm_store *store = make_small_leaves();
    srand(7);
    for (int64_t n_slots = 1; n_slots <= CACHED_LEAVES; n_slots += 1 + n_slots / 2) {
        pstm_leaf_cache *cache = create_cache(store, n_slots, NULL);
        int64_t lists[2][CACHED_LEAVES], n[2] = {0, 0};
        for (int turn = 0; turn < 40; turn++) {
            int64_t *next = lists[turn % 2], *n_next = &n[turn % 2];
            *n_next = 0;
            for (int64_t i = 0; i < CACHED_LEAVES; i++)
                if (rand() % 3 > 0) next[(*n_next)++] = i;
            const int64_t *present = lists[1 - turn % 2], n_present = turn == 0 ? 0 : n[1 - turn % 2];
            ck_assert_int_eq(pstm_leaf_cache_want(cache, next, *n_next), PSTM_OK);
            for (int64_t i = 0; i < n_present; i++)
                borrow_and_check(cache, store, present[i]);
        }
        pstm_leaf_cache_destroy(&cache);
    }
    pstm_store_close(&store);
}
END_TEST

/* Of 40 leaves 12 fit. What is unused for longest is just what comes next, so dropping that would read 40
 * each time. Places that are not read ahead into (12/4 + 1 of them are, and one is in use) are found again.
 */
START_TEST(a_list_that_repeats_finds_most_of_the_cache_again)
{
    enum { SLOTS = 12, TURNS = 10, FOUND = SLOTS - SLOTS / 4 - 2 };
    pstm_store *store = make_small_leaves();
    pstm_rank_profile profile = {0};
    pstm_lane *lane = &profile.lanes[PSTM_LANE_READER];
    pstm_leaf_cache *cache = create_cache(store, SLOTS, lane);
    int64_t all[CACHED_LEAVES];
    for (int64_t i = 0; i < CACHED_LEAVES; i++)
        all[i] = i;
    ck_assert_int_eq(pstm_leaf_cache_want(cache, all, CACHED_LEAVES), PSTM_OK);
    for (int turn = 0; turn < TURNS; turn++) {
        if (turn + 1 < TURNS) ck_assert_int_eq(pstm_leaf_cache_want(cache, all, CACHED_LEAVES), PSTM_OK);
        for (int64_t i = 0; i < CACHED_LEAVES; i++)
            borrow_and_check(cache, store, i);
    }
    pstm_leaf_cache_destroy(&cache);
    const int64_t leaf_bytes = pstm_leaf_cache_least_bytes(store);
    const int64_t n_read = lane->counts[PSTM_COUNT_BYTES_READ] / leaf_bytes;
    ck_assert_int_ge(n_read, CACHED_LEAVES + (TURNS - 1) * (CACHED_LEAVES - SLOTS));
    ck_assert_int_le(n_read, CACHED_LEAVES + (TURNS - 1) * (CACHED_LEAVES - FOUND));
    pstm_store_close(&store);
}
END_TEST

START_TEST(all_that_fits_is_read_once)
{
    pstm_store *store = make_small_leaves();
    pstm_rank_profile profile = {0};
    pstm_lane *lane = &profile.lanes[PSTM_LANE_READER];
    pstm_leaf_cache *cache = create_cache(store, 2 * (int64_t)CACHED_LEAVES, lane);
    for (int64_t turn = 0; turn < 3; turn++)
        for (int64_t i = 0; i < CACHED_LEAVES; i++) {
            ck_assert_int_eq(pstm_leaf_cache_want(cache, &i, 1), PSTM_OK);
            borrow_and_check(cache, store, i);
        }
    pstm_leaf_cache_destroy(&cache);
    ck_assert_int_eq(lane->counts[PSTM_COUNT_BYTES_READ], CACHED_LEAVES * pstm_leaf_cache_least_bytes(store));
    pstm_store_close(&store);
}
END_TEST

/* Nothing is dropped while something is wanted. */
START_TEST(dropped_leaves_are_read_again)
{
    pstm_store *store = make_small_leaves();
    pstm_rank_profile profile = {0};
    pstm_lane *lane = &profile.lanes[PSTM_LANE_READER];
    pstm_leaf_cache *cache = create_cache(store, CACHED_LEAVES, lane);
    const int64_t once[] = {3, 4, 5}, wanted[] = {5, 6}, again[] = {3, 6};
    ck_assert_int_eq(pstm_leaf_cache_want(cache, once, 3), PSTM_OK);
    for (int i = 0; i < 3; i++)
        borrow_and_check(cache, store, once[i]);
    ck_assert_int_eq(pstm_leaf_cache_want(cache, wanted, 2), PSTM_OK);
    pstm_leaf_cache_drop(cache); /* of none */
    for (int i = 0; i < 2; i++)
        borrow_and_check(cache, store, wanted[i]);
    pstm_leaf_cache_drop(cache);
    ck_assert_int_eq(pstm_leaf_cache_want(cache, again, 2), PSTM_OK);
    for (int i = 0; i < 2; i++)
        borrow_and_check(cache, store, again[i]);
    pstm_leaf_cache_destroy(&cache);
    ck_assert_int_eq(lane->counts[PSTM_COUNT_BYTES_READ], 6 * pstm_leaf_cache_least_bytes(store));
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_store_cut_short_while_it_is_read_fails_its_user)
{
    pstm_store *store = make_small_leaves();
    pstm_leaf_cache *cache = create_cache(store, 2, NULL);
    const int64_t last = CACHED_LEAVES - 1;
    ck_assert_int_eq(truncate(path, 100), 0);
    ck_assert_int_eq(pstm_leaf_cache_want(cache, &last, 1), PSTM_OK);
    pstm_leaf_view view;
    ck_assert_int_ne(pstm_leaf_cache_borrow(cache, last, &view), PSTM_OK);
    pstm_leaf_cache_destroy(&cache);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_leaf_that_is_not_as_it_was_written_fails_its_user)
{
    pstm_store *store = make_small_leaves();
    pstm_leaf_cache *cache = create_cache(store, 2, NULL);
    const int64_t wanted[] = {3, 4};
    pstm_leaf_view view;
    pstm_store *other = NULL;
    const pstm_store_about about = *pstm_store_get_about(store);
    ck_assert_int_eq(pstm_store_open(path, &about, pstm_store_leaves(store), true, &other), PSTM_OK);
    ck_assert_int_eq(write_rows(other, 5 * LEAF_ROWS, 1), PSTM_OK); /* the same */
    traces[4 * LEAF_ROWS].mute_end_ms++;
    ck_assert_int_eq(pstm_store_write(other, 4 * LEAF_ROWS, 1, &traces[4 * LEAF_ROWS], NULL), PSTM_OK);
    pstm_store_close(&other);
    ck_assert_int_eq(pstm_leaf_cache_want(cache, wanted, 2), PSTM_OK);
    pstm_status status = pstm_leaf_cache_borrow(cache, 3, &view);
    if (status == PSTM_OK) {
        pstm_leaf_cache_give_back(cache, 3);
        status = pstm_leaf_cache_borrow(cache, 4, &view);
    }
    ck_assert_int_eq(status, PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "leaf 4, rows 100 to 124"));
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    pstm_leaf_cache_destroy(&cache);
    pstm_store_close(&store);
}
END_TEST

START_TEST(too_small_a_budget_names_the_remedy)
{
    pstm_store *store = make_small_leaves();
    pstm_leaf_cache *cache = NULL;
    ck_assert_int_eq(pstm_leaf_cache_create(store, pstm_leaf_cache_least_bytes(store) - 1, NULL, &cache),
                     PSTM_USAGE);
    ck_assert_ptr_null(cache);
    pstm_store_close(&store);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("leaf cache");
    TCase *tests = tcase_create("leaf cache");
    tcase_add_test(tests, any_lists_come_in_order_within_any_budget);
    tcase_add_test(tests, a_list_that_repeats_finds_most_of_the_cache_again);
    tcase_add_test(tests, all_that_fits_is_read_once);
    tcase_add_test(tests, dropped_leaves_are_read_again);
    tcase_add_test(tests, a_store_cut_short_while_it_is_read_fails_its_user);
    tcase_add_test(tests, a_leaf_that_is_not_as_it_was_written_fails_its_user);
    tcase_add_test(tests, too_small_a_budget_names_the_remedy);
    tcase_set_timeout(tests, 60);
    add(suite, tests);
    return suite;
}
