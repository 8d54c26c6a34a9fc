/* What the CUDA device cannot do it says by name before it looks for a GPU: this runs without one. */
#include <string.h>

#include "device/device.h"
#include "tests/check/suite.h"

static pstm_device_plan small_plan(void)
{
    return (pstm_device_plan){.n_times = 100,
                              .time_step_s = 0.004,
                              .k_end = 100,
                              .n_samples = 200,
                              .sample_s = 0.004,
                              .n_classes = 1,
                              .n_levels = 1,
                              .aperture_m = 1000,
                              .aperture_tan = 1,
                              .n_threads = 1};
}

static void refuses(const pstm_device_plan *plan, const char *word)
{
    void *self = NULL;
    ck_assert_int_eq(pstm_device_cuda.create(plan, &self), PSTM_USAGE);
    ck_assert_ptr_null(self);
    ck_assert_msg(strstr(pstm_error_text(), word) != NULL, "%s", pstm_error_text());
}

START_TEST(the_depth_loop_is_refused)
{
    pstm_device_plan plan = small_plan();
    plan.depth_loop = true;
    refuses(&plan, "optimise.time_domain");
}
END_TEST

/* A position is rounded to a line by adding 1.5 * 2^23: beyond, lines would be mixed up. */
START_TEST(traces_with_more_samples_than_positions_can_tell_are_refused)
{
    pstm_device_plan plan = small_plan();
    plan.n_samples = 3000000;
    refuses(&plan, "3000000");
    plan.n_samples = 300000;
    plan.n_levels = 9;
    refuses(&plan, "antialias copies");
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("refusals");
    tcase_add_test(tests, the_depth_loop_is_refused);
    tcase_add_test(tests, traces_with_more_samples_than_positions_can_tell_are_refused);
    Suite *suite = suite_create("cuda");
    suite_add_tcase(suite, tests);
    return suite;
}
