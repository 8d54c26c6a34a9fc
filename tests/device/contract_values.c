/* The contract's promises about values, each from the formulas of device.h written out again here. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "device/device.h"
#include "device_contract.h"
#include "sum/real_double.h"

/* Samples. Four roundings of a float time of 1,024 samples, and that of the float that reports it. */
#define POSITION_TOLERANCE 5e-4

/* The same at 20,000 samples, where floats lie 2e-3 apart. */
#define LONG_POSITION_TOLERANCE 6e-3

/* Relative. Some ten roundings of a float. */
#define WEIGHT_TOLERANCE 1e-6

/* Samples. Closer than this to an end of a live window, rounding may decide. */
#define EDGE 1e-3

static float one(int32_t i)
{
    (void)i;
    return 1;
}

/** A trace of this migrates to the arrival time in samples. */
static float ramp(int32_t i)
{
    return (float)i;
}

static void place_legs(contract_job *job, double source_x_m, double source_y_m, double receiver_x_m,
                       double receiver_y_m)
{
    pstm_device_trace *trace = &job->traces[0];
    trace->source_x_m = source_x_m;
    trace->source_y_m = source_y_m;
    trace->receiver_x_m = receiver_x_m;
    trace->receiver_y_m = receiver_y_m;
}

/** Arrival of a trace at an image sample in its samples, in double. */
static double position_of(const contract_job *job, const pstm_device_trace *trace, int64_t i_location,
                          int32_t k)
{
    double tau_s = pstm_device_time_s(&job->plan, k) / 2;
    double v_m_s = job->vrms_m_s[i_location * job->plan.n_times + k];
    double dx_m = job->x_m[i_location] - trace->source_x_m, dy_m = job->y_m[i_location] - trace->source_y_m;
    double ts_s = sqrt(tau_s * tau_s + (dx_m * dx_m + dy_m * dy_m) / (v_m_s * v_m_s));
    dx_m = job->x_m[i_location] - trace->receiver_x_m;
    dy_m = job->y_m[i_location] - trace->receiver_y_m;
    double tr_s = sqrt(tau_s * tau_s + (dx_m * dx_m + dy_m * dy_m) / (v_m_s * v_m_s));
    return (ts_s + tr_s - trace->start_s) / job->plan.sample_s;
}

/** Migrates the ramp of a single job and compares every sample with its arrival. */
static void assert_positions(const contract_job *job, double tolerance)
{
    contract_image image = contract_run(contract_device, job, 1);
    int32_t n_live = 0;
    for (int32_t k = 0; k < job->plan.n_times; k++) {
        double position = position_of(job, &job->traces[0], 0, k);
        bool later = pstm_device_time_s(&job->plan, k) > 0;
        if (later && position > EDGE && position < job->plan.n_samples - 1 - EDGE) {
            ck_assert_msg(image.fold[k] == 1, "fold[%d] is %u at %.6f samples", k, image.fold[k], position);
            ck_assert_msg(fabs(image.image[k] - position) < tolerance, "image[%d] is %.6f, not %.6f", k,
                          image.image[k], position);
            n_live++;
        } else if (!later || position < -EDGE || position > job->plan.n_samples - 1 + EDGE) {
            ck_assert_msg(image.fold[k] == 0, "fold[%d] is %u at %.6f samples", k, image.fold[k], position);
            ck_assert(image.image[k] == 0);
        }
    }
    ck_assert_int_gt(n_live, 20);
    contract_image_free(&image);
}

static contract_job *create_ramp(int32_t n_samples)
{
    contract_job *job = contract_job_create_single(n_samples, ramp);
    place_legs(job, 300, 400, -120, 50);
    for (int32_t k = 0; k < job->plan.n_times; k++)
        job->vrms_m_s[k] = (float)(1700 + 0.9 * k);
    return job;
}

START_TEST(a_sample_is_read_at_the_double_square_root_time)
{
    contract_job *job = create_ramp(1024);
    assert_positions(job, POSITION_TOLERANCE);
    contract_job_destroy(&job);
}
END_TEST

/** The same by the definitions of the lists: a trace with legs of 500 m and 130 m. */
START_TEST(each_law_is_read_at_its_time_up_to_its_longest_leg)
{
    contract_job *job = create_ramp(1024);
    const pstm_device_plan *plan = &job->plan;
    int32_t n_read = 0;
    contract_job_set_formulas(job, (pstm_law)_i, PSTM_WEIGHT_NONE);
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 1; k < plan->n_times; k++) {
        const double t0_s = pstm_device_time_s(plan, k);
        const pstm_medium medium = pstm_device_medium(&job->tile.columns, k);
        const bool passes = 500 <= pstm_law_longest_leg_m(plan->law, t0_s, &medium);
        const double position = (sqrt(pstm_law_square_s2(plan->law, t0_s / 2, 500, &medium)) +
                                 sqrt(pstm_law_square_s2(plan->law, t0_s / 2, 130, &medium))) /
                                plan->sample_s;
        const bool is_read = passes && position < plan->n_samples - 1 - EDGE;
        n_read += is_read;
        if (passes && !is_read && position < plan->n_samples - 1 + EDGE) continue;
        ck_assert_msg(image.fold[k] == is_read, "fold[%d] is %u at %.6f samples", k, image.fold[k], position);
        ck_assert_msg(!is_read || fabs(image.image[k] - position) < POSITION_TOLERANCE,
                      "image[%d] is %.6f, not %.6f", k, image.image[k], position);
    }
    ck_assert_int_gt(n_read, 20);
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(time_counts_from_the_start_of_a_trace)
{
    static const double starts_s[] = {0.5, 0.1234, -0.25, 3.0};
    contract_job *job = create_ramp(1024);
    for (size_t i = 0; i < sizeof starts_s / sizeof starts_s[0]; i++) {
        job->traces[0].start_s = starts_s[i];
        assert_positions(job, POSITION_TOLERANCE);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(output_may_be_coarser_finer_and_later_than_input)
{
    static const double steps_s[] = {0.008, 0.0005, 0.003};
    contract_job *job = create_ramp(1000);
    job->plan.sample_s = 0.002;
    for (size_t i = 0; i < sizeof steps_s / sizeof steps_s[0]; i++) {
        job->plan.time_step_s = steps_s[i];
        job->plan.time_first_s = 0;
        assert_positions(job, POSITION_TOLERANCE);
        job->plan.time_first_s = 0.777;
        assert_positions(job, POSITION_TOLERANCE);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(long_records_are_read_at_the_right_sample)
{
    contract_job *job = create_ramp(20001);
    job->plan.sample_s = job->plan.time_step_s = 0.001;
    assert_positions(job, LONG_POSITION_TOLERANCE);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(between_samples_the_trace_is_linear)
{
    enum { SLOPE = 4 }; /* of the trace, a sample */
    contract_job *job = contract_job_create_single(64, one);
    job->plan.time_step_s = 1.0 / 1024;
    for (int32_t i = 1; i < 64; i += 2)
        *contract_job_sample(job, 0, i) = 1 - SLOPE;
    contract_image image = contract_run(contract_device, job, 1);
    static const float expected[8] = {1, 0, -1, -2, -3, -2, -1, 0};
    for (int32_t k = 1; k < 64; k++)
        ck_assert_msg(fabs(image.image[k] - expected[k % 8]) < SLOPE * POSITION_TOLERANCE, "image[%d] is %g",
                      k, image.image[k]);
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(the_live_window_counts_with_both_ends)
{
    contract_job *job = contract_job_create_single(64, ramp);
    static const int32_t windows[][2] = {{10, 20}, {0, 63}, {15, 16}, {31, 31}, {63, 63}};
    for (size_t w = 0; w < sizeof windows / sizeof windows[0]; w++) {
        job->traces[0].live_first = windows[w][0];
        job->traces[0].live_last = windows[w][1];
        contract_image image = contract_run(contract_device, job, 1);
        for (int32_t k = 0; k < 64; k++) {
            bool live = k > 0 && k >= windows[w][0] && k <= windows[w][1];
            ck_assert_msg(image.fold[k] == (live ? 1 : 0), "fold[%d] is %u", k, image.fold[k]);
            ck_assert(live ? fabs(image.image[k] - k) < POSITION_TOLERANCE : image.image[k] == 0);
        }
        contract_image_free(&image);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(time_zero_and_before_is_zero_with_fold_zero)
{
    contract_job *job = contract_job_create_single(64, one);
    job->plan.time_first_s = -8.0 / 256;
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 0; k < 64; k++) {
        ck_assert_uint_eq(image.fold[k], k > 8);
        ck_assert(image.image[k] == (k > 8 ? 1 : 0));
    }
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

/** How many of the first n samples a single job's trace reaches. */
static uint32_t count_fold(const contract_job *job, int32_t n)
{
    contract_image image = contract_run(contract_device, job, 1);
    uint32_t count = 0;
    for (int32_t k = 0; k < n; k++)
        count += image.fold[k];
    contract_image_free(&image);
    return count;
}

START_TEST(a_leg_as_long_as_the_aperture_passes_and_one_rounding_more_does_not)
{
    contract_job *job = contract_job_create_single(512, one);
    for (int leg = 0; leg < 2; leg++) {
        place_legs(job, leg == 0 ? 300 : 0, leg == 0 ? 400 : 0, leg == 1 ? 300 : 0, leg == 1 ? 400 : 0);
        job->plan.aperture_m = 500;
        ck_assert_uint_eq(count_fold(job, 300), 299);
        job->plan.aperture_m = sqrt(nextafterf(250000, 0));
        ck_assert_uint_eq(count_fold(job, 300), 0);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(the_angle_opens_the_aperture_with_time_and_velocity)
{
    contract_job *job = contract_job_create_single(1024, one);
    place_legs(job, 0, 0, 300, 400);
    job->plan.aperture_tan = 1; /* A = 2000 m/s * t0/2: 500 m at 0.5 s, which is sample 128 */
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 0; k < 900; k++)
        ck_assert_msg(image.fold[k] == (k >= 128), "fold[%d] is %u", k, image.fold[k]);
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(an_aperture_that_shrinks_and_opens_again_is_followed)
{
    contract_job *job = contract_job_create_single(1024, one);
    place_legs(job, 0, 0, 300, 400);
    job->plan.aperture_tan = 1;
    for (int32_t period = 10; period <= 40; period += 10) {
        for (int32_t k = 0; k < 1024; k++)
            job->vrms_m_s[k] = k / period % 2 ? 4000 : 500;
        contract_image image = contract_run(contract_device, job, 1);
        for (int32_t k = 0; k < 500; k++) {
            bool passes = 500 <= job->vrms_m_s[k] * (k / 512.0);
            ck_assert_msg(image.fold[k] == passes, "fold[%d] is %u", k, image.fold[k]);
        }
        contract_image_free(&image);
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(without_an_aperture_every_leg_passes)
{
    contract_job *job = contract_job_create_single(1024, one);
    place_legs(job, 1e6, 0, 0, 1e6); /* arrives after 1000 s at 2000 m/s */
    job->traces[0].start_s = 999;
    ck_assert_uint_eq(count_fold(job, 1024), 1023);
    job->plan.aperture_m = 1e30; /* its square is no float */
    ck_assert_uint_eq(count_fold(job, 1024), 1023);
    job->plan.aperture_taper = 0.25;
    ck_assert_uint_eq(count_fold(job, 1024), 1023);
    job->plan.aperture_m = 1e5;
    ck_assert_uint_eq(count_fold(job, 1024), 0);
    contract_job_destroy(&job);
}
END_TEST

/** T of aperture.h. */
static double expected_taper(double leg_m, double radius_m, double fraction)
{
    if (leg_m <= (1 - fraction) * radius_m) return 1;
    return (1 - pow(leg_m / radius_m, 2)) / (1 - pow(1 - fraction, 2));
}

START_TEST(both_legs_fade_out_towards_the_edge_of_the_aperture)
{
    static const double legs_m[] = {0, 299, 301, 350, 420, 480, 499, 500};
    contract_job *job = contract_job_create_single(512, one);
    job->plan.aperture_m = 500;
    job->plan.aperture_taper = 0.4;
    for (size_t s = 0; s < 8; s++) {
        for (size_t r = 0; r < 8; r++) {
            place_legs(job, legs_m[s], 0, 0, -legs_m[r]);
            contract_image image = contract_run(contract_device, job, 1);
            double expected = expected_taper(legs_m[s], 500, 0.4) * expected_taper(legs_m[r], 500, 0.4);
            for (int32_t k = 1; k < 200; k++) {
                ck_assert_uint_eq(image.fold[k], 1);
                ck_assert_msg(fabs(image.faded[k] - (1 - expected)) < WEIGHT_TOLERANCE,
                              "legs %g and %g: faded[%d] is %.8g, not 1 - %.8g", legs_m[s], legs_m[r], k,
                              image.faded[k], expected);
                ck_assert_msg(fabs(image.image[k] - expected) < WEIGHT_TOLERANCE,
                              "legs %g and %g: image[%d] is %.8g, not %.8g", legs_m[s], legs_m[r], k,
                              image.image[k], expected);
            }
            contract_image_free(&image);
        }
    }
    contract_job_destroy(&job);
}
END_TEST

START_TEST(the_taper_follows_the_aperture_of_the_sample)
{
    contract_job *job = contract_job_create_single(512, one);
    job->plan.aperture_tan = 1;
    job->plan.aperture_taper = 0.2;
    place_legs(job, 150, 200, 0, 200);
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 64; k < 300; k++) {
        double radius_m = 2000 * k / 512.0;
        double expected = expected_taper(250, radius_m, 0.2) * expected_taper(200, radius_m, 0.2);
        ck_assert_msg(fabs(image.image[k] - expected) < WEIGHT_TOLERANCE, "image[%d] is %.8g, not %.8g", k,
                      image.image[k], expected);
    }
    ck_assert_uint_eq(image.fold[63], 0);
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(tapers_are_summed_for_kinematic_weights_alone)
{
    pstm_device_plan plan = {.aperture_taper = 0.2};
    const pstm_accumulators two = PSTM_ACCUMULATOR_BIT(SUM) | PSTM_ACCUMULATOR_BIT(FOLD);
    for (int weight = 0; weight < PSTM_WEIGHTS; weight++) {
        plan.weight = (pstm_weight)weight;
        const pstm_accumulators faded = pstm_weight_is_true(weight) ? 0 : PSTM_ACCUMULATOR_BIT(FADED);
        ck_assert_uint_eq(pstm_device_accumulators(&plan), two | faded);
    }
    plan = (pstm_device_plan){.weight = PSTM_WEIGHT_NONE};
    ck_assert_uint_eq(pstm_device_accumulators(&plan), two);
}
END_TEST

START_TEST(obliquity_is_the_cosines_over_the_slant_distances)
{
    contract_job *job = contract_job_create_single(1024, one);
    place_legs(job, 600, 800, -30, 40);
    job->plan.weight = PSTM_WEIGHT_OBLIQUITY;
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 1; k < 700; k++) {
        double z_m = 2000 * k / 512.0;
        double r_s_m = hypot(z_m, 1000), r_r_m = hypot(z_m, 50);
        double expected = z_m / r_s_m * (z_m / r_r_m) / (r_s_m * r_r_m);
        ck_assert_msg(fabs(image.image[k] / expected - 1) < WEIGHT_TOLERANCE, "image[%d] is %.8g, not %.8g",
                      k, image.image[k], expected);
    }
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

START_TEST(each_weight_is_its_definition)
{
    const pstm_law law = (pstm_law)(_i / PSTM_WEIGHTS);
    contract_job *job = contract_job_create_single(1024, one);
    place_legs(job, 600, 800, -30, 40);
    contract_job_set_formulas(job, law, (pstm_weight)(_i % PSTM_WEIGHTS));
    contract_image image = contract_run(contract_device, job, 1);
    for (int32_t k = 1; k < 700; k++) {
        const double tau_s = pstm_device_time_s(&job->plan, k) / 2;
        const pstm_medium medium = pstm_device_medium(&job->tile.columns, k);
        const pstm_leg source = pstm_law_leg(law, tau_s, 1000, &medium);
        const pstm_leg receiver = pstm_law_leg(law, tau_s, 50, &medium);
        if (1000 > pstm_law_longest_leg_m(law, 2 * tau_s, &medium)) continue;
        const double expected =
            job->traces[0].factor *
            pstm_weight_whole(job->plan.weight, tau_s, medium.vrms_m_s, &source, &receiver);
        ck_assert_msg(fabs(image.image[k] / expected - 1) < WEIGHT_TOLERANCE, "image[%d] is %.8g, not %.8g",
                      k, image.image[k], expected);
    }
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

/** Traces that reach a sample, with the live windows made longer by `edge` samples. */
static uint32_t expected_fold(const contract_job *job, int64_t i_location, int32_t i_class, int32_t k,
                              double edge)
{
    const pstm_device_plan *plan = &job->plan;
    double t0_s = pstm_device_time_s(plan, k);
    double radius_m =
        fmin(plan->aperture_m, job->vrms_m_s[i_location * plan->n_times + k] * t0_s / 2 * plan->aperture_tan);
    uint32_t fold = 0;
    for (int64_t i = 0; i < job->n_traces; i++) {
        const pstm_device_trace *trace = &job->traces[i];
        double x_m = job->x_m[i_location], y_m = job->y_m[i_location];
        double position = position_of(job, trace, i_location, k);
        fold += t0_s > 0 && trace->class_index == i_class && position >= trace->live_first - edge &&
                position <= trace->live_last + edge &&
                hypot(x_m - trace->source_x_m, y_m - trace->source_y_m) <= radius_m &&
                hypot(x_m - trace->receiver_x_m, y_m - trace->receiver_y_m) <= radius_m;
    }
    return fold;
}

START_TEST(the_fold_counts_the_traces_that_contribute)
{
    contract_job *job = contract_job_create(6, 40);
    contract_image image = contract_run(contract_device, job, 40);
    int64_t n_certain = 0;
    for (int64_t i = 0; i < image.n; i++) {
        int32_t k = (int32_t)(i % job->plan.n_times);
        int32_t i_class = (int32_t)(i / job->plan.n_times % job->plan.n_classes);
        int64_t i_location = i / job->plan.n_times / job->plan.n_classes;
        uint32_t least = expected_fold(job, i_location, i_class, k, -EDGE);
        uint32_t most = expected_fold(job, i_location, i_class, k, EDGE);
        ck_assert_msg(image.fold[i] >= least && image.fold[i] <= most, "fold[%lld] is %u, not %u to %u",
                      (long long)i, image.fold[i], least, most);
        n_certain += least == most;
    }
    ck_assert_int_ge(n_certain, image.n * 99 / 100);
    contract_image_free(&image);
    contract_job_destroy(&job);
}
END_TEST

TCase *contract_values_case(void)
{
    TCase *tests = tcase_create("values");
    tcase_add_test(tests, a_sample_is_read_at_the_double_square_root_time);
    tcase_add_loop_test(tests, each_law_is_read_at_its_time_up_to_its_longest_leg, 0, PSTM_LAWS);
    tcase_add_test(tests, time_counts_from_the_start_of_a_trace);
    tcase_add_test(tests, output_may_be_coarser_finer_and_later_than_input);
    tcase_add_test(tests, long_records_are_read_at_the_right_sample);
    tcase_add_test(tests, between_samples_the_trace_is_linear);
    tcase_add_test(tests, the_live_window_counts_with_both_ends);
    tcase_add_test(tests, time_zero_and_before_is_zero_with_fold_zero);
    tcase_add_test(tests, a_leg_as_long_as_the_aperture_passes_and_one_rounding_more_does_not);
    tcase_add_test(tests, the_angle_opens_the_aperture_with_time_and_velocity);
    tcase_add_test(tests, an_aperture_that_shrinks_and_opens_again_is_followed);
    tcase_add_test(tests, without_an_aperture_every_leg_passes);
    tcase_add_test(tests, both_legs_fade_out_towards_the_edge_of_the_aperture);
    tcase_add_test(tests, the_taper_follows_the_aperture_of_the_sample);
    tcase_add_test(tests, tapers_are_summed_for_kinematic_weights_alone);
    tcase_add_test(tests, obliquity_is_the_cosines_over_the_slant_distances);
    tcase_add_loop_test(tests, each_weight_is_its_definition, 0, PSTM_LAWS * PSTM_WEIGHTS);
    tcase_add_test(tests, the_fold_counts_the_traces_that_contribute);
    return tests;
}
