/* The part of a job that the ladder migrates. */
#include "qc/ladder/rungs.h"
#include "tests/check/suite.h"
#include "tests/job/job_text.h"

/* The job of job_text.h has 40 inlines and 50 crosslines: 3 x 4 tiles of 16 x 16. */
static pstm_sample sample_of(const char *target)
{
    const char *const settings[] = {target};
    pstm_job *job = small_job_with(settings, 1);
    pstm_sample sample = {0};
    ck_assert(pstm_sample_locations(job, 4, &sample) == PSTM_OK);
    ck_assert(sample.is_block);
    pstm_job_destroy(&job);
    return sample;
}

START_TEST(a_block_lies_round_the_tile_in_the_middle_of_the_target)
{
    pstm_sample sample = sample_of("target.tiles=all");
    ck_assert_int_eq(sample.i_begin, 23);
    ck_assert_int_eq(sample.i_end, 25);
    ck_assert_int_eq(sample.j_begin, 23);
    ck_assert_int_eq(sample.j_end, 25);
    pstm_sample_clear(&sample);
    sample = sample_of("target.tiles=[0-7]"); /* two rows: by number the middle one, 4, is at the rim */
    ck_assert_int_eq(sample.j_begin, 23);
    pstm_sample_clear(&sample);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("ladder sample");
    TCase *tests = tcase_create("ladder sample");
    tcase_add_test(tests, a_block_lies_round_the_tile_in_the_middle_of_the_target);
    suite_add_tcase(suite, tests);
    return suite;
}
