/* Stretches of busy time that overlap count once, in whatever order they come. */
#include <stdlib.h>

#include "core/busy.h"
#include "tests/check/suite.h"

/* Sums and differences of a few numbers near 100. */
static const double rounding_s = 1e-12;

START_TEST(stretches_apart_count_whole)
{
    pstm_busy busy = {0};
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 10, 12), 2, rounding_s);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 20, 21), 1, rounding_s);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 14, 15), 1, rounding_s);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 3, 3), 0, rounding_s);
    ck_assert_int_eq(busy.n, 3);
}
END_TEST

START_TEST(what_was_told_before_counts_no_second_time)
{
    pstm_busy busy = {0};
    pstm_busy_add(&busy, 10, 12);
    pstm_busy_add(&busy, 14, 16);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 11, 11.5), 0, rounding_s);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 11, 13), 1, rounding_s);
    ck_assert_double_eq_tol(pstm_busy_add(&busy, 9, 20), 1 + 1 + 4, rounding_s);
    ck_assert_int_eq(busy.n, 1);
}
END_TEST

/* The union by brute force: a clock of 4,000 ticks, of which each is busy or not. */
START_TEST(random_stretches_add_up_to_their_union)
{
    enum { TICKS = 4000, STRETCHES = 60, LONGEST = 90 };
    char is_busy[TICKS] = {0};
    pstm_busy busy = {0};
    double sum_s = 0;
    int n_busy = 0;
    srand(4);
    for (int i = 0; i < STRETCHES; i++) {
        const int begin = rand() % (TICKS - LONGEST), end = begin + rand() % LONGEST;
        sum_s += pstm_busy_add(&busy, begin, end);
        for (int t = begin; t < end; t++)
            is_busy[t] = 1;
    }
    for (int t = 0; t < TICKS; t++)
        n_busy += is_busy[t];
    ck_assert_double_eq(sum_s, n_busy);
}
END_TEST

START_TEST(more_stretches_than_are_remembered_count_as_well)
{
    enum { MANY = 10 * PSTM_BUSY_STRETCHES };
    pstm_busy busy = {0};
    double sum_s = 0;
    for (int i = 0; i < MANY; i++) {
        sum_s += pstm_busy_add(&busy, 2 * i, 2 * i + 1);
        if (i > 0) sum_s += pstm_busy_add(&busy, 2 * (i - 1), 2 * (i - 1) + 1); /* a late repetition */
    }
    ck_assert_double_eq(sum_s, MANY);
    ck_assert_int_eq(busy.n, PSTM_BUSY_STRETCHES);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("busy");
    tcase_add_test(tests, stretches_apart_count_whole);
    tcase_add_test(tests, what_was_told_before_counts_no_second_time);
    tcase_add_test(tests, random_stretches_add_up_to_their_union);
    tcase_add_test(tests, more_stretches_than_are_remembered_count_as_well);
    Suite *suite = suite_create("busy");
    suite_add_tcase(suite, tests);
    return suite;
}
