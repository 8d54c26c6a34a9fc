/* docs/job.md is what the schema says. With --write the program renews it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/job.h"

#define MANUAL PSTM_SOURCE_DIR "/docs/job.md"
enum { MANUAL_LIMIT = 1 << 20 };

START_TEST(the_manual_of_the_job_file_is_fresh)
{
    pstm_text expected = {0}, found = {0};
    ck_assert_int_eq(pstm_job_describe_keys(&expected), PSTM_OK);
    ck_assert_msg(pstm_text_read_file(&found, MANUAL, MANUAL_LIMIT) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_msg(strcmp(expected.bytes, found.bytes) == 0,
                  "docs/job.md is stale; run test_job_manual --write (its first lines tell how)");
    pstm_text_clear(&expected);
    pstm_text_clear(&found);
}
END_TEST

static int write_manual(void)
{
    pstm_text text = {0};
    FILE *file = fopen(MANUAL, "w");
    const bool good =
        file != NULL && pstm_job_describe_keys(&text) == PSTM_OK && fputs(text.bytes, file) >= 0;
    const bool closed = file != NULL && fclose(file) == 0;
    pstm_text_clear(&text);
    if (good && closed) return 0;
    perror(MANUAL);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--write") == 0) return write_manual();
    Suite *suite = suite_create("job_manual");
    TCase *tests = tcase_create("job_manual");
    tcase_add_test(tests, the_manual_of_the_job_file_is_fresh);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
