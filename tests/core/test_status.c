/* Statuses, their exit codes and the text of a failure. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/status.h"
#include "tests/check/suite.h"

START_TEST(a_status_is_the_exit_code_of_the_manual)
{
    ck_assert_int_eq(PSTM_OK, 0);
    ck_assert_int_eq(PSTM_USAGE, 1);
    ck_assert_int_eq(PSTM_DATA, 2);
    ck_assert_int_eq(PSTM_SYSTEM, 3);
    ck_assert_int_eq(PSTM_STOPPED, 75);
}
END_TEST

START_TEST(every_status_has_a_text_of_its_own)
{
    static const pstm_status all[] = {PSTM_OK, PSTM_USAGE, PSTM_DATA, PSTM_SYSTEM, PSTM_STOPPED};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(pstm_status_text(all[i]), pstm_status_text(all[k]));
    ck_assert_str_eq(pstm_status_text((pstm_status)42), "unknown status");
}
END_TEST

START_TEST(a_failure_keeps_its_status_and_text)
{
    ck_assert_str_eq(pstm_error_text(), "");
    ck_assert_int_eq(pstm_fail(PSTM_DATA, "trace %d, byte %d", 7, 73), PSTM_DATA);
    ck_assert_str_eq(pstm_error_text(), "trace 7, byte 73");
}
END_TEST

START_TEST(callers_put_their_words_in_front)
{
    pstm_status status = pstm_fail(PSTM_DATA, "no samples");
    status = pstm_while(status, "trace %d", 3);
    status = pstm_while(status, "%s", "a.sgy");
    ck_assert_int_eq(status, PSTM_DATA);
    ck_assert_str_eq(pstm_error_text(), "a.sgy: trace 3: no samples");
}
END_TEST

START_TEST(the_new_text_may_quote_the_old_one)
{
    pstm_status status = pstm_fail(PSTM_USAGE, "inner");
    status = pstm_fail(PSTM_SYSTEM, "outer (%s)", pstm_error_text());
    ck_assert_int_eq(status, PSTM_SYSTEM);
    ck_assert_str_eq(pstm_error_text(), "outer (inner)");
}
END_TEST

START_TEST(the_text_of_errno_is_added)
{
    errno = ENOENT;
    ck_assert_int_eq(pstm_fail_errno(PSTM_USAGE, "cannot open %s", "x"), PSTM_USAGE);
    ck_assert_str_eq(pstm_error_text(), "cannot open x: No such file or directory");
}
END_TEST

START_TEST(an_errno_of_the_machine_is_no_fault_of_job_or_data)
{
    errno = EMFILE;
    ck_assert_int_eq(pstm_fail_errno(PSTM_USAGE, "cannot open x"), PSTM_SYSTEM);
    errno = EIO;
    ck_assert_int_eq(pstm_fail_errno(PSTM_DATA, "cannot open x"), PSTM_SYSTEM);
}
END_TEST

START_TEST(an_endless_text_is_cut_and_stays_a_text)
{
    char long_text[20000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    pstm_status status = pstm_fail(PSTM_DATA, "%s", long_text);
    status = pstm_while(status, "in front");
    ck_assert_int_eq(status, PSTM_DATA);
    ck_assert_uint_gt(strlen(pstm_error_text()), 1000);
    ck_assert_uint_lt(strlen(pstm_error_text()), sizeof long_text);
    ck_assert_int_eq(strncmp(pstm_error_text(), "in front: xxx", 13), 0);
}
END_TEST

static void *fail_elsewhere(void *text_before)
{
    *(bool *)text_before = pstm_error_text()[0] != '\0';
    return pstm_fail(PSTM_SYSTEM, "of the other thread") == PSTM_SYSTEM ? NULL : text_before;
}

START_TEST(each_thread_has_its_own_text)
{
    pthread_t thread;
    bool had_text = true;
    void *result = &had_text;
    ck_assert_int_eq(pstm_fail(PSTM_DATA, "of this thread"), PSTM_DATA);
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_elsewhere, &had_text), 0);
    ck_assert_int_eq(pthread_join(thread, &result), 0);
    ck_assert_ptr_null(result);
    ck_assert(!had_text);
    ck_assert_str_eq(pstm_error_text(), "of this thread");
}
END_TEST

static pstm_status try_both(pstm_status first, int *reached)
{
    PSTM_TRY(first);
    *reached = 1;
    return PSTM_OK;
}

static pstm_status go_both(pstm_status first, int *reached, int *cleaned)
{
    pstm_status status;
    PSTM_GO(first);
    *reached = 1;
cleanup:
    *cleaned = 1;
    return status;
}

START_TEST(try_returns_and_go_cleans_up_at_the_first_failure)
{
    int reached = 0, cleaned = 0;
    ck_assert_int_eq(try_both(PSTM_DATA, &reached), PSTM_DATA);
    ck_assert_int_eq(go_both(PSTM_STOPPED, &reached, &cleaned), PSTM_STOPPED);
    ck_assert(!reached && cleaned);
    ck_assert_int_eq(try_both(PSTM_OK, &reached), PSTM_OK);
    ck_assert(reached);
    reached = cleaned = 0;
    ck_assert_int_eq(go_both(PSTM_OK, &reached, &cleaned), PSTM_OK);
    ck_assert(reached && cleaned);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tests = tcase_create("status");
    tcase_add_test(tests, a_status_is_the_exit_code_of_the_manual);
    tcase_add_test(tests, every_status_has_a_text_of_its_own);
    tcase_add_test(tests, a_failure_keeps_its_status_and_text);
    tcase_add_test(tests, callers_put_their_words_in_front);
    tcase_add_test(tests, the_new_text_may_quote_the_old_one);
    tcase_add_test(tests, the_text_of_errno_is_added);
    tcase_add_test(tests, an_errno_of_the_machine_is_no_fault_of_job_or_data);
    tcase_add_test(tests, an_endless_text_is_cut_and_stays_a_text);
    tcase_add_test(tests, each_thread_has_its_own_text);
    tcase_add_test(tests, try_returns_and_go_cleans_up_at_the_first_failure);
    suite_add_tcase(suite, tests);
    return suite;
}
