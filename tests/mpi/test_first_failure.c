/* Of several failures in a loop the one with the lowest place is told, though it is met last. */
#include <stdlib.h>

#include "core/clock.h"
#include "mpi/comm/first_failure.h"
#include "tests/check/suite.h"

enum { N_PLACES = 64, N_THREADS = 4, FIRST = 7, OTHER = 9 };

static pstm_status do_place(int64_t place)
{
    if (place == OTHER) return pstm_fail(PSTM_SYSTEM, "place %d", OTHER);
    if (place != FIRST) return PSTM_OK;
    pstm_sleep_s(0.05); /* until the others are far ahead */
    return pstm_fail(PSTM_DATA, "place %d", FIRST);
}

START_TEST(the_lowest_place_is_told_though_it_fails_last)
{
    pstm_first_failure failure;
    int n_done[N_PLACES] = {0};
    pstm_first_failure_clear(&failure);
    ck_assert_int_eq(pstm_first_failure_raise(&failure), PSTM_OK);
#pragma omp parallel for schedule(dynamic) num_threads(N_THREADS)
    for (int64_t place = 0; place < N_PLACES; place++) {
        if (pstm_first_failure_is_before(&failure, place)) continue;
        const pstm_status status = do_place(place);
        n_done[place] = 1;
        if (status != PSTM_OK) pstm_first_failure_keep(&failure, place, status);
    }
    for (int place = 0; place <= FIRST; place++)
        ck_assert_int_eq(n_done[place], 1);
    ck_assert_int_eq(pstm_first_failure_raise(&failure), PSTM_DATA);
    ck_assert_str_eq(pstm_error_text(), "place 7");
    for (int64_t place = 0; place < 2 * N_PLACES; place++)
        ck_assert_int_eq(pstm_first_failure_is_before(&failure, place), place > FIRST);
}
END_TEST

START_TEST(what_fails_later_and_lies_behind_changes_nothing)
{
    pstm_first_failure failure;
    pstm_first_failure_clear(&failure);
    pstm_first_failure_keep(&failure, 3, pstm_fail(PSTM_DATA, "the third"));
    pstm_first_failure_keep(&failure, 3, pstm_fail(PSTM_SYSTEM, "the third again"));
    pstm_first_failure_keep(&failure, 5, pstm_fail(PSTM_SYSTEM, "the fifth"));
    ck_assert_int_eq(pstm_first_failure_raise(&failure), PSTM_DATA);
    ck_assert_str_eq(pstm_error_text(), "the third");
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("first_failure");
    TCase *tests = tcase_create("first_failure");
    tcase_add_test(tests, the_lowest_place_is_told_though_it_fails_last);
    tcase_add_test(tests, what_fails_later_and_lies_behind_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
