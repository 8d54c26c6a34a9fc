/* The contract's promises about whole images, which are near those of the reference device, and about what a
 * device says of itself. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "device/device_list.h"
#include "device_contract.h"

/* What the devices promise of each other on records up to 2,048 samples. */
#define NRMS_LIMIT 1e-4

/* With fast_math. */
#define FAST_NRMS_LIMIT 1e-3

/* What tapers take, of a trace: two factors in float of a slope of 2 at most. */
#define FADED_TOLERANCE 2e-6

static void assert_faded_near(const contract_image *image, const contract_image *reference)
{
    if (reference->faded == NULL) return;
    double most = 0;
    for (int64_t i = 0; i < image->n; i++) {
        if (image->fold[i] != reference->fold[i]) continue;
        const double off = fabs((double)image->faded[i] - (double)reference->faded[i]);
        ck_assert_msg(off <= FADED_TOLERANCE * (1 + image->fold[i]), "faded[%lld]: %.9g, reference %.9g",
                      (long long)i, image->faded[i], reference->faded[i]);
        most = fmax(most, image->faded[i]);
    }
    ck_assert_double_gt(most, 1);
}

static void assert_near_reference(const contract_job *job)
{
    contract_image image = contract_run(contract_device, job, 16);
    contract_image reference = contract_run(&pstm_device_reference, job, 16);
    double nrms = contract_nrms(&image, &reference);
    ck_assert_msg(nrms < (job->plan.fast_math ? FAST_NRMS_LIMIT : NRMS_LIMIT),
                  "NRMS against the reference is %.3g", nrms);
    assert_faded_near(&image, &reference);
    contract_image_free(&image);
    contract_image_free(&reference);
}

START_TEST(images_are_those_of_the_reference)
{
    contract_job *job = contract_job_create(8, 40);
    for (int formula = 0; formula < PSTM_LAWS * PSTM_WEIGHTS; formula++) {
        contract_job_set_formulas(job, (pstm_law)(formula / PSTM_WEIGHTS),
                                  (pstm_weight)(formula % PSTM_WEIGHTS));
        job->plan.aperture_taper = 0;
        assert_near_reference(job);
        job->plan.aperture_taper = 0.3;
        assert_near_reference(job);
    }
    job->plan.aperture_taper = 0;
    job->plan.aperture_m = job->plan.aperture_tan = INFINITY;
    assert_near_reference(job);
    for (int64_t i = 0; i < job->n_traces; i++)
        job->traces[i].start_s = 0.0013 * (double)(i - 20);
    assert_near_reference(job);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(long_and_coarse_and_fine_images_are_those_of_the_reference)
{
    contract_job *job = contract_job_create_axes(3, 30, 2048, 0.002, 500, 0.008);
    assert_near_reference(job);
    contract_job_destroy(&job);
    job = contract_job_create_axes(3, 30, 500, 0.004, 1601, 0.001);
    assert_near_reference(job);
    job->plan.time_first_s = 0.3;
    assert_near_reference(job);
    contract_job_destroy(&job);
}
END_TEST

/* A level that differs for one block in some thousands would pass the limit. */
START_TEST(antialiased_images_are_those_of_the_reference)
{
    contract_job *job = contract_job_create_antialias(8, 40);
    const int32_t n_times = job->plan.n_times;
    for (int variant = 0; variant < 8 * PSTM_LAWS * PSTM_WEIGHTS; variant++) {
        const int formula = variant / 8;
        contract_job_set_formulas(job, (pstm_law)(formula / PSTM_WEIGHTS),
                                  (pstm_weight)(formula % PSTM_WEIGHTS));
        job->plan.aperture_taper = variant & 1 ? 0.3 : 0;
        job->plan.k_begin = variant & 2 ? n_times / 3 : 0;
        job->plan.k_end = variant & 2 ? n_times * 3 / 4 : n_times;
        job->plan.fast_math = variant & 4;
        assert_near_reference(job);
    }
    job->plan.time_first_s = -0.05;
    job->plan.bin_step_m[0][0] = job->plan.bin_step_m[0][1] = 0;
    assert_near_reference(job);
    contract_job_destroy(&job);
}
END_TEST

/* Each level alone: all of its copies are read, and weigh what they should. */
START_TEST(every_antialias_level_is_read)
{
    contract_job *job = contract_job_create_antialias(8, 40);
    int32_t stride = (int32_t)pstm_trace_stride(job->plan.n_samples);
    for (int32_t level = 0; level < job->plan.n_levels; level++) {
        for (int64_t i = 0; i < job->n_traces; i++)
            for (int32_t other = 0; other < job->plan.n_levels; other++)
                for (int32_t s = job->traces[i].live_first; s <= job->traces[i].live_last; s++)
                    *contract_job_sample(job, i, other * stride + s) = other == level;
        contract_image image = contract_run(contract_device, job, 40);
        double sum = 0;
        for (int64_t i = 0; i < image.n; i++)
            sum += image.image[i];
        ck_assert_double_ge(sum, 20);
        contract_image_free(&image);
        assert_near_reference(job);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(the_depth_loop_is_done_or_refused_by_name)
{
    contract_job *job = contract_job_create(2, 10);
    job->plan.depth_loop = true;
    void *self = NULL;
    pstm_status status = contract_device->create(&job->plan, &self);
    if (contract_device == &pstm_device_reference || contract_device == &pstm_device_stopwatch) {
        contract_must(status);
    } else {
        ck_assert_int_eq(status, PSTM_USAGE);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), "optimise.time_domain"));
        ck_assert_ptr_null(self);
    }
    contract_device->destroy(&self);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(a_device_says_what_it_is)
{
    pstm_device_info info;
    contract_must(contract_device->probe(&info));
    ck_assert_int_ge(info.numerics, 1);
    ck_assert_uint_gt(strlen(info.description), 0);
    char expected[80], id[80];
    snprintf(expected, sizeof expected, "%s/%s/%d", contract_device->name, info.kernel, info.numerics);
    contract_must(pstm_device_numerics_id(contract_device, id, sizeof id));
    ck_assert_str_eq(id, expected);
    ck_assert_ptr_eq(pstm_device_find(contract_device->name), contract_device);
}
END_TEST

TCase *contract_reference_case(void)
{
    TCase *tests = tcase_create("reference");
    tcase_add_test(tests, images_are_those_of_the_reference);
    tcase_add_test(tests, long_and_coarse_and_fine_images_are_those_of_the_reference);
    tcase_add_test(tests, antialiased_images_are_those_of_the_reference);
    tcase_add_test(tests, every_antialias_level_is_read);
    tcase_add_test(tests, the_depth_loop_is_done_or_refused_by_name);
    tcase_add_test(tests, a_device_says_what_it_is);
    return tests;
}
