/* Every kernel of the CPU device against the reference, sample by sample, over random jobs. A job is named by
 * its seed, the iteration that Check tells; PSTM_RANDOM_JOBS="N FIRST" looks at N others. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "kernels.h"
#include "random_job.h"
#include "tests/check/suite.h"

#if defined(__SANITIZE_ADDRESS__)
enum { N_JOBS = 200 };
#else
enum { N_JOBS = 1000 };
#endif

static random_job *random_of_test;
static contract_job *job;
static contract_image reference;
static random_allowance *allowed;

static void create(uint64_t seed)
{
    random_of_test = random_job_create(seed);
    job = random_job_get(random_of_test);
}

static void create_with_reference(uint64_t seed)
{
    create(seed);
    reference = contract_run(&pstm_device_reference, job, job->n_traces);
    allowed = calloc((size_t)reference.n, sizeof *allowed);
    ck_assert_ptr_nonnull(allowed);
}

static void destroy(void)
{
    contract_image_free(&reference);
    free(allowed);
    allowed = NULL;
    random_job_destroy(&random_of_test);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* An assertion of Check writes a file each time, so only what fails is told. */
static void assert_allowed(const contract_image *image, uint64_t seed, const char *kernel)
{
    for (int64_t i = 0; i < image->n; i++) {
        const double difference = fabs((double)image->image[i] - reference.image[i]);
        if (difference <= allowed[i].image &&
            distance(image->fold[i], reference.fold[i]) <= allowed[i].undecided)
            continue;
        ck_abort_msg("seed %d, %s, fast_math %d, sum %d (k %d): image %.9g is %.3g from the reference, %.3g "
                     "allowed; fold %u and %u, %u undecided; %s",
                     (int)seed, kernel, job->plan.fast_math, (int)i, (int)(i % job->plan.n_times),
                     image->image[i], difference, allowed[i].image, image->fold[i], reference.fold[i],
                     allowed[i].undecided, random_job_describe(random_of_test));
    }
}

START_TEST(every_kernel_makes_the_image_and_fold_of_the_reference)
{
    const char *names[KERNELS_MOST];
    const int n_kernels = kernels_list(names);
    create_with_reference((uint64_t)_i);
    for (int fast = 0; fast < 2; fast++) {
        job->plan.fast_math = fast;
        random_job_allow(random_of_test, allowed);
        for (int i = 0; i < n_kernels; i++) {
            kernels_force(names[i]);
            contract_image image = contract_run(&pstm_device_cpu, job, job->n_traces);
            assert_allowed(&image, (uint64_t)_i, names[i]);
            contract_image_free(&image);
        }
    }
    destroy();
}
END_TEST

/* The job at one of its locations. */
static contract_job of_location(int32_t i)
{
    contract_job alone = *job;
    alone.tile.n_locations = 1;
    alone.tile.x_m = job->x_m + i;
    alone.tile.y_m = job->y_m + i;
    alone.tile.columns = pstm_columns_view(&job->tile.columns, pstm_columns_index(&job->tile.columns, i));
    return alone;
}

/* The bits of `whole` at location i, from another cut of the job: batches, threads, a time window. */
static void assert_bits(const contract_image *whole, int32_t i, int64_t n_batch, uint64_t seed,
                        const char *kernel)
{
    contract_job part = of_location(i);
    const int32_t n_times = part.plan.n_times, k_end = part.plan.k_end;
    part.plan.k_begin += (int32_t)(seed % 40) < k_end - part.plan.k_begin ? (int32_t)(seed % 40) : 0;
    part.plan.k_end -= (int32_t)(seed / 3 % 30) < k_end - part.plan.k_begin ? (int32_t)(seed / 3 % 30) : 0;
    part.plan.n_threads = seed % 32 == 0 ? 2 : 1; /* rarely: idle threads spin */
    contract_image image = contract_run(&pstm_device_cpu, &part, n_batch);
    const int64_t first = i * image.n;
    for (int64_t s = 0; s < image.n; s++) {
        const bool wanted = s % n_times >= part.plan.k_begin && s % n_times < part.plan.k_end;
        const float expected = wanted ? whole->image[first + s] : 0;
        const uint32_t fold = wanted ? whole->fold[first + s] : 0;
        if (memcmp(&image.image[s], &expected, sizeof expected) == 0 && image.fold[s] == fold) continue;
        ck_abort_msg(
            "seed %d, %s, location %d, [%d, %d), batches of %d, sum %d: %.9g and %.9g, fold %u and %u; %s",
            (int)seed, kernel, i, part.plan.k_begin, part.plan.k_end, (int)n_batch, (int)s, image.image[s],
            expected, image.fold[s], fold, random_job_describe(random_of_test));
    }
    contract_image_free(&image);
}

START_TEST(every_cut_of_a_job_gives_the_same_bits_on_every_kernel)
{
    const char *names[KERNELS_MOST];
    const int n_kernels = kernels_list(names);
    create((uint64_t)_i);
    job->plan.fast_math = _i % 4 > 0;
    for (int i = 0; i < n_kernels; i++) {
        kernels_force(names[i]);
        contract_image whole = contract_run(&pstm_device_cpu, job, job->n_traces);
        assert_bits(&whole, _i % job->tile.n_locations, 1 + _i % 11, (uint64_t)_i, names[i]);
        contract_image_free(&whole);
    }
    destroy();
}
END_TEST

/* A test of sums in which nothing is summed would pass. */
START_TEST(most_of_the_random_jobs_sum_something_that_is_decided)
{
    enum { N = 100 };
    int32_t n_with_sums = 0;
    int64_t n_sums = 0, n_decided = 0;
    for (uint64_t seed = 0; seed < N; seed++) {
        create_with_reference(seed);
        random_job_allow(random_of_test, allowed);
        int64_t n_before = n_sums;
        for (int64_t i = 0; i < reference.n; i++) {
            n_sums += allowed[i].n_traces > 0;
            n_decided += allowed[i].n_traces > 0 && allowed[i].undecided == 0;
        }
        n_with_sums += n_sums - n_before > 20;
        destroy();
    }
    printf("%d of %d jobs with more than 20 sums; %lld sums, %lld decided\n", n_with_sums, N,
           (long long)n_sums, (long long)n_decided);
    ck_assert_int_ge(n_with_sums, N * 7 / 10);
    ck_assert_int_ge(n_decided, n_sums * 8 / 10);
}
END_TEST

/* What a job takes of the lists and of what else decides which loop of a kernel runs. */
enum { N_CHOICES = 5, MOST_ENTRIES = 64 };

static void entries_of(const pstm_device_plan *plan, int entries[N_CHOICES], int numbers[N_CHOICES])
{
    const int taken[N_CHOICES] = {(int)plan->law, (int)plan->weight, plan->n_classes > 1,
                                  plan->aperture_taper > 0, plan->n_levels > 1};
    const int of[N_CHOICES] = {PSTM_LAWS, PSTM_WEIGHTS, 2, 2, 2};
    memcpy(entries, taken, sizeof taken);
    memcpy(numbers, of, sizeof of);
}

START_TEST(every_pair_of_entries_is_among_the_random_jobs)
{
    static int n[N_CHOICES][MOST_ENTRIES][N_CHOICES][MOST_ENTRIES];
    int entries[N_CHOICES], numbers[N_CHOICES];
    for (uint64_t seed = 0; seed < 200; seed++) { /* as many as under a sanitizer */
        create(seed);
        entries_of(&job->plan, entries, numbers);
        for (int a = 0; a < N_CHOICES; a++)
            for (int b = a + 1; b < N_CHOICES; b++)
                n[a][entries[a]][b][entries[b]]++;
        destroy();
    }
    for (int a = 0; a < N_CHOICES; a++)
        for (int b = a + 1; b < N_CHOICES; b++)
            for (int pair = 0; pair < numbers[a] * numbers[b]; pair++)
                ck_assert_int_gt(n[a][pair / numbers[b]][b][pair % numbers[b]], 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    const char *chosen = getenv("PSTM_RANDOM_JOBS");
    int n = N_JOBS, first = 0;
    if (chosen != NULL) sscanf(chosen, "%d %d", &n, &first);
    Suite *suite = suite_create("random jobs");
    TCase *tests = tcase_create("random jobs");
    tcase_add_test(tests, most_of_the_random_jobs_sum_something_that_is_decided);
    tcase_add_test(tests, every_pair_of_entries_is_among_the_random_jobs);
    tcase_add_loop_test(tests, every_kernel_makes_the_image_and_fold_of_the_reference, first, first + n);
    tcase_add_loop_test(tests, every_cut_of_a_job_gives_the_same_bits_on_every_kernel, first, first + n);
    suite_add_tcase(suite, tests);
    return suite;
}
