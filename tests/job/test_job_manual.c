/* docs/job.md is what the schema says. With PSTM_WRITE=1 in the environment the test renews it first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/job.h"
#include "tests/check/suite.h"

#define MANUAL PSTM_SOURCE_DIR "/docs/job.md"
enum { MANUAL_LIMIT = 1 << 20 };

static void write_manual(const pstm_text *text)
{
    FILE *file = fopen(MANUAL, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text->bytes, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(the_manual_of_the_job_file_is_fresh)
{
    pstm_text expected = {0}, found = {0};
    ck_assert_int_eq(pstm_job_describe_keys(&expected), PSTM_OK);
    if (getenv("PSTM_WRITE") != NULL) write_manual(&expected);
    ck_assert_msg(pstm_text_read_file(&found, MANUAL, MANUAL_LIMIT) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_msg(strcmp(expected.bytes, found.bytes) == 0,
                  "docs/job.md is stale; renew it (its first lines tell how)");
    pstm_text_clear(&expected);
    pstm_text_clear(&found);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("job_manual");
    TCase *tests = tcase_create("job_manual");
    tcase_add_test(tests, the_manual_of_the_job_file_is_fresh);
    suite_add_tcase(suite, tests);
    return suite;
}
