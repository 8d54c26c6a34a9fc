/* The stopwatch device: the reference's bits, and times that add up. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "contract_job.h"
#include "device/device.h"
#include "device/operations.h"
#include "tests/check/suite.h"

/* The sum of the parts against the reference device's own time, each the least of several rounds: what a
 * shared processor does to the same loop at two moments. */
#define TOTAL_TOLERANCE 0.35

enum { N_LOCATIONS = 24, N_TRACES = 120, ROUNDS = 9 };

static void expect_reference_bits(bool depth_loop, pstm_weight weight)
{
    contract_job *job = contract_job_create(5, 40);
    job->plan.depth_loop = depth_loop;
    job->plan.weight = weight;
    job->plan.aperture_taper = 0.2;
    contract_image reference = contract_run(&pstm_device_reference, job, 40);
    contract_image stopwatch = contract_run(&pstm_device_stopwatch, job, 7);
    contract_assert_equal(&stopwatch, &reference);
    contract_image_free(&reference);
    contract_image_free(&stopwatch);
    contract_job_destroy(&job);
}

START_TEST(its_image_has_the_bits_of_the_reference)
{
    expect_reference_bits(false, PSTM_WEIGHT_OBLIQUITY);
    expect_reference_bits(true, PSTM_WEIGHT_OBLIQUITY);
    expect_reference_bits(false, PSTM_WEIGHT_NONE);
}
END_TEST

static double processor_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Processor seconds of the sum of one tile; its operations, if the device tells them, in seconds. */
static double time_sum(const pstm_device_ops *device, const contract_job *job, double *seconds)
{
    void *self = NULL;
    contract_must(device->create(&job->plan, &self));
    contract_must(device->begin_tile(self, &job->tile));
    const double before_s = processor_s();
    contract_must(device->add_batch(self, job->traces, N_TRACES));
    const double took_s = processor_s() - before_s;
    if (device->operations != NULL) device->operations(self, seconds);
    device->destroy(&self);
    return took_s;
}

START_TEST(the_operations_add_up_to_the_time_of_the_reference)
{
    contract_job *job = contract_job_create(N_LOCATIONS, N_TRACES);
    job->plan.weight = PSTM_WEIGHT_OBLIQUITY;
    double whole_s = INFINITY, parts_s = INFINITY;
    for (int i = 0; i < ROUNDS; i++) {
        double seconds[PSTM_OPERATIONS] = {0}, sum_s = 0;
        whole_s = fmin(whole_s, time_sum(&pstm_device_reference, job, NULL));
        const double took_s = time_sum(&pstm_device_stopwatch, job, seconds);
        for (int o = 0; o < PSTM_OPERATIONS; o++)
            sum_s += seconds[o];
        ck_assert(sum_s > 0 && sum_s < took_s);
        parts_s = fmin(parts_s, sum_s);
    }
    ck_assert_msg(fabs(parts_s / whole_s - 1) < TOTAL_TOLERANCE, "parts %g s, whole %g s", parts_s, whole_s);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(each_tile_adds_to_the_times_of_those_before)
{
    contract_job *job = contract_job_create(N_LOCATIONS, N_TRACES);
    double first[PSTM_OPERATIONS] = {0}, both[PSTM_OPERATIONS] = {0}, first_s = 0, both_s = 0;
    void *self = NULL;
    contract_must(pstm_device_stopwatch.create(&job->plan, &self));
    for (int tile = 0; tile < 2; tile++) {
        contract_must(pstm_device_stopwatch.begin_tile(self, &job->tile));
        contract_must(pstm_device_stopwatch.add_batch(self, job->traces, N_TRACES));
        pstm_device_stopwatch.operations(self, tile == 0 ? first : both);
    }
    pstm_device_stopwatch.destroy(&self);
    for (int o = 0; o < PSTM_OPERATIONS; o++) {
        first_s += first[o];
        both_s += both[o];
    }
    ck_assert(both_s > 1.2 * first_s);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(other_devices_time_nothing)
{
    size_t n;
    const char *const *names = pstm_device_names(&n);
    for (size_t i = 0; i < n; i++)
        ck_assert((pstm_device_find(names[i])->operations != NULL) == (strcmp(names[i], "stopwatch") == 0));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("stopwatch");
    TCase *tests = tcase_create("stopwatch");
    tcase_add_test(tests, its_image_has_the_bits_of_the_reference);
    tcase_add_test(tests, the_operations_add_up_to_the_time_of_the_reference);
    tcase_add_test(tests, each_tile_adds_to_the_times_of_those_before);
    tcase_add_test(tests, other_devices_time_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
