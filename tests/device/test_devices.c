/* The list of devices, the kernels of the CPU device, the paranoid device and the absent one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/cpu/kernel.h"
#include "device/device.h"
#include "device_contract.h"
#include "kernels.h"
#include "tests/check/suite.h"

/* Of the reference: what devices promise of each other, and what fast_math may cost. */
#define EXACT_NRMS_LIMIT 1e-4
#define FAST_NRMS_LIMIT 1e-3

START_TEST(devices_are_listed_in_order_of_preference_and_found_by_name)
{
    static const char *const expected[] = {"cuda", "cpu", "reference", "paranoid", "stopwatch"};
    size_t n;
    const char *const *names = pstm_device_names(&n);
    ck_assert_uint_eq(n, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(names[i], expected[i]);
        ck_assert_str_eq(pstm_device_find(names[i])->name, names[i]);
    }
    ck_assert_ptr_null(pstm_device_find("cudda"));
    ck_assert_ptr_null(pstm_device_find(""));
}
END_TEST

START_TEST(auto_takes_the_first_device_of_the_list_that_can_be_used)
{
    pstm_device_info info;
    const bool has_gpu = pstm_device_cuda.probe(&info) == PSTM_OK;
    ck_assert_ptr_eq(pstm_device_automatic(false), has_gpu ? &pstm_device_cuda : &pstm_device_cpu);
    ck_assert_ptr_eq(pstm_device_automatic(true), &pstm_device_reference);
    setenv("PSTM_CPU_KERNEL", "none-such", 1); /* the last that it may take says what is wrong */
    if (!has_gpu) ck_assert_ptr_eq(pstm_device_automatic(false), &pstm_device_cpu);
    unsetenv("PSTM_CPU_KERNEL");
    ck_assert(pstm_device_is_automatic(&pstm_device_cpu) && pstm_device_is_automatic(&pstm_device_cuda));
    ck_assert(!pstm_device_is_automatic(&pstm_device_paranoid) &&
              !pstm_device_is_automatic(&pstm_device_reference));
}
END_TEST

START_TEST(a_build_without_cuda_says_how_to_get_it)
{
    pstm_device_info info;
    char id[80] = "untouched";
    if (PSTM_HAS_CUDA) return; /* this build has it */
    ck_assert_int_eq(pstm_device_cuda.probe(&info), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "configure with -DPSTM_CUDA=ON (preset cuda)"));
    ck_assert_int_eq(pstm_device_numerics_id(&pstm_device_cuda, id, sizeof id), PSTM_SYSTEM);
    ck_assert_str_eq(id, "untouched");
}
END_TEST

/** A job that uses the weight, the taper and every class. */
static contract_job *create_job(void)
{
    contract_job *job = contract_job_create(5, 40);
    job->plan.weight = PSTM_WEIGHT_OBLIQUITY;
    job->plan.aperture_taper = 0.2;
    return job;
}

/** Compares every kernel with the reference for each weight and taper. */
static void assert_kernels_near_reference(contract_job *job, double limit)
{
    const char *names[KERNELS_MOST];
    int n_kernels = kernels_list(names);
    for (int variant = 0; variant < 2 * PSTM_LAWS * PSTM_WEIGHTS; variant++) {
        const int formula = variant / 2;
        contract_job_set_formulas(job, (pstm_law)(formula / PSTM_WEIGHTS),
                                  (pstm_weight)(formula % PSTM_WEIGHTS));
        job->plan.aperture_taper = variant & 1 ? 0.2 : 0;
        contract_image reference = contract_run(&pstm_device_reference, job, 40);
        for (int i = 0; i < n_kernels; i++) {
            kernels_force(names[i]);
            contract_image image = contract_run(&pstm_device_cpu, job, 40);
            double nrms = contract_nrms(&image, &reference);
            ck_assert_msg(nrms < limit, "%s, variant %d: NRMS %.3g", names[i], variant, nrms);
            contract_image_free(&image);
        }
        contract_image_free(&reference);
    }
    contract_job_destroy(&job);
}

START_TEST(every_kernel_of_this_processor_is_near_the_reference)
{
    assert_kernels_near_reference(create_job(), EXACT_NRMS_LIMIT);
}
END_TEST

/** A job of 1,000 output samples, so that most blocks may take cubics. */
static contract_job *create_fast_job(double time_step_s)
{
    contract_job *job = contract_job_create_axes(4, 40, 1200, 0.002, (int32_t)(2 / time_step_s), time_step_s);
    job->plan.fast_math = true;
    return job;
}

START_TEST(fast_math_stays_near_the_reference_on_every_kernel)
{
    static const double steps_s[] = {0.001, 0.002, 0.004, 0.008};
    for (size_t i = 0; i < sizeof steps_s / sizeof steps_s[0]; i++)
        assert_kernels_near_reference(create_fast_job(steps_s[i]), FAST_NRMS_LIMIT);
}
END_TEST

/* Every sample of its own: the hardest input for arrival times, since nothing is smooth. It fades only at the
 * ends of live windows, where rounding may decide whether a sample counts. */
static contract_job *create_white_job(void)
{
    enum { FADE = 4 };
    contract_job *job = create_fast_job(0.002);
    uint64_t state = 5;
    for (int64_t i = 0; i < job->n_traces; i++) {
        const pstm_device_trace *trace = &job->traces[i];
        for (int32_t s = trace->live_first; s <= trace->live_last; s++) {
            const double from_end = fmin(s - trace->live_first, trace->live_last - s);
            *contract_job_sample(job, i, s) =
                (float)((contract_random(&state) - 0.5) * fmin(from_end / FADE, 1));
        }
    }
    return job;
}

START_TEST(white_noise_is_summed_like_by_the_reference_on_every_kernel)
{
    const char *names[KERNELS_MOST];
    const int n_kernels = kernels_list(names);
    contract_job *job = create_white_job();
    contract_image reference = contract_run(&pstm_device_reference, job, 40);
    for (int i = 0; i < n_kernels; i++) {
        double nrms[2];
        kernels_force(names[i]);
        for (int fast = 0; fast < 2; fast++) {
            job->plan.fast_math = fast;
            contract_image image = contract_run(&pstm_device_cpu, job, 40);
            nrms[fast] = contract_nrms(&image, &reference);
            contract_image_free(&image);
        }
        printf("white noise, %s: NRMS %.2e, with fast_math %.2e\n", names[i], nrms[0], nrms[1]);
        ck_assert_double_lt(nrms[0], EXACT_NRMS_LIMIT);
        ck_assert_double_lt(nrms[1], FAST_NRMS_LIMIT);
    }
    contract_image_free(&reference);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(fast_math_changes_the_image)
{
    contract_job *job = create_fast_job(0.002);
    contract_image fast = contract_run(&pstm_device_cpu, job, 40);
    job->plan.fast_math = false;
    contract_image exact = contract_run(&pstm_device_cpu, job, 40);
    ck_assert(contract_nrms(&fast, &exact) > 0);
    ck_assert_int_eq(memcmp(fast.fold, exact.fold, (size_t)fast.n * sizeof *fast.fold), 0);
    contract_image_free(&fast);
    contract_image_free(&exact);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(a_forced_kernel_is_the_one_that_the_numerics_id_names)
{
    char id[80];
    kernels_force("portable");
    contract_must(pstm_device_numerics_id(&pstm_device_cpu, id, sizeof id));
    ck_assert_str_eq(id, "cpu/portable/5");
    contract_must(pstm_device_numerics_id(&pstm_device_paranoid, id, sizeof id));
    ck_assert_str_eq(id, "paranoid/portable/5");
}
END_TEST

START_TEST(an_unknown_kernel_is_refused_with_the_known_ones)
{
    contract_job *job = create_job();
    void *self = NULL;
    kernels_force("avx3");
    ck_assert_int_eq(pstm_device_cpu.create(&job->plan, &self), PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "avx512, avx2 or portable"));
    ck_assert_int_eq(pstm_device_paranoid.create(&job->plan, &self), PSTM_USAGE);
    ck_assert_ptr_null(self);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(a_kernel_that_the_processor_lacks_is_refused_with_the_remedy)
{
    const pstm_cpu_kernel *kernel = NULL;
#if defined(__x86_64__)
    kernels_force("avx512");
    if (pstm_cpu_kernel_avx512.usable()) {
        contract_must(pstm_cpu_kernel_pick(&kernel));
        ck_assert(kernel == &pstm_cpu_kernel_avx512_halves || kernel == &pstm_cpu_kernel_avx512);
        kernels_force("avx512-halves");
        contract_must(pstm_cpu_kernel_pick(&kernel));
        ck_assert_ptr_eq(kernel, &pstm_cpu_kernel_avx512_halves);
        kernels_force("avx512-whole");
        contract_must(pstm_cpu_kernel_pick(&kernel));
        ck_assert_ptr_eq(kernel, &pstm_cpu_kernel_avx512);
        return;
    }
#else
    kernels_force("avx2");
#endif
    ck_assert_int_eq(pstm_cpu_kernel_pick(&kernel), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "unset the variable"));
    ck_assert_ptr_null(kernel);
}
END_TEST

START_TEST(the_paranoid_device_has_the_bits_of_the_cpu)
{
    contract_job *job = create_job();
    contract_image cpu = contract_run(&pstm_device_cpu, job, 9);
    contract_image paranoid = contract_run(&pstm_device_paranoid, job, 9);
    contract_assert_equal(&paranoid, &cpu);
    contract_image_free(&cpu);
    contract_image_free(&paranoid);
    contract_job_destroy(&job);
}
END_TEST

/* What a device with its own memory does, and the CPU device does not: a tile changed behind its back counts
 * only after the next begin_tile(). */
START_TEST(the_paranoid_device_works_on_its_copy_of_the_tile)
{
    contract_job *job = create_job();
    contract_image expected = contract_run(&pstm_device_cpu, job, 40);
    contract_image image = contract_run(&pstm_device_cpu, job, 40);
    void *self = NULL;
    contract_must(pstm_device_paranoid.create(&job->plan, &self));
    contract_must(pstm_device_paranoid.begin_tile(self, &job->tile));
    memset(job->x_m, 0xff, 5 * sizeof *job->x_m);
    memset(job->y_m, 0xff, 5 * sizeof *job->y_m);
    contract_job_set_vrms(job, 1);
    contract_must(pstm_device_paranoid.add_batch(self, job->traces, 40));
    contract_must(pstm_device_paranoid.read_tile(self, &(pstm_sums){image.image, image.fold, image.faded}));
    contract_assert_equal(&image, &expected);
    pstm_device_paranoid.destroy(&self);
    contract_image_free(&image);
    contract_image_free(&expected);
    contract_job_destroy(&job);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("devices");
    TCase *tests = tcase_create("devices");
    tcase_add_test(tests, devices_are_listed_in_order_of_preference_and_found_by_name);
    tcase_add_test(tests, auto_takes_the_first_device_of_the_list_that_can_be_used);
    tcase_add_test(tests, a_build_without_cuda_says_how_to_get_it);
    tcase_add_test(tests, every_kernel_of_this_processor_is_near_the_reference);
    tcase_add_test(tests, fast_math_stays_near_the_reference_on_every_kernel);
    tcase_add_test(tests, white_noise_is_summed_like_by_the_reference_on_every_kernel);
    tcase_add_test(tests, fast_math_changes_the_image);
    tcase_add_test(tests, a_forced_kernel_is_the_one_that_the_numerics_id_names);
    tcase_add_test(tests, an_unknown_kernel_is_refused_with_the_known_ones);
    tcase_add_test(tests, a_kernel_that_the_processor_lacks_is_refused_with_the_remedy);
    tcase_add_test(tests, the_paranoid_device_has_the_bits_of_the_cpu);
    tcase_add_test(tests, the_paranoid_device_works_on_its_copy_of_the_tile);
    suite_add_tcase(suite, tests);
    return suite;
}
