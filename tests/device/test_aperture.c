#include <float.h>
#include <math.h>

#include "device/aperture_limits.h"
#include "device/reference/depth_loop.h"
#include "sum/aperture.h"
#include "tests/check/suite.h"

/* Rounding of some double operations. */
#define DOUBLE_TOLERANCE 1e-13

enum { N_TIMES = 5 };

static pstm_device_plan make_plan(double aperture_m, double aperture_tan)
{
    return (pstm_device_plan){.n_times = N_TIMES,
                              .time_first_s = -0.5,
                              .time_step_s = 0.5,
                              .aperture_m = aperture_m,
                              .aperture_tan = aperture_tan};
}

static void find_limits(const pstm_device_plan *plan, float *vrms_m_s, float *limit2_m2)
{
    const pstm_columns column = {.n_times = plan->n_times, .one_column = true, .vrms_m_s = vrms_m_s};
    pstm_aperture_limits(plan, &column, limit2_m2);
}

START_TEST(the_limit_is_the_smaller_of_distance_and_angle)
{
    float vrms_m_s[N_TIMES] = {2000, 2000, 2000, 2000, 3000};
    pstm_device_plan plan = make_plan(1200, 1);
    float limit2_m2[N_TIMES];
    find_limits(&plan, vrms_m_s, limit2_m2);
    ck_assert(limit2_m2[0] == -1); /* -0.5 s */
    ck_assert(limit2_m2[1] == -1); /* 0 s */
    ck_assert(limit2_m2[2] == 500.0f * 500.0f);
    ck_assert(limit2_m2[3] == 1000.0f * 1000.0f);
    ck_assert(limit2_m2[4] == 1200.0f * 1200.0f);
}
END_TEST

START_TEST(the_aperture_opens_from_nothing_at_t0_zero_with_the_angle)
{
    /* 1700 m/s and 60 degrees: 1700 * 0.05 * tan(60 degrees) = 147.2 m at 100 ms. */
    float vrms_m_s[] = {1700, 1700};
    pstm_device_plan plan = {
        .n_times = 2, .time_step_s = 0.1, .aperture_m = 3000, .aperture_tan = tan(M_PI / 3)};
    float limit2_m2[2];
    find_limits(&plan, vrms_m_s, limit2_m2);
    ck_assert(limit2_m2[0] == -1);
    ck_assert(!pstm_aperture_passes(0, limit2_m2[0]));
    ck_assert_double_eq_tol(sqrt(limit2_m2[1]), 147.22, 0.01);
    ck_assert_double_eq_tol(pstm_aperture_radius_m(plan.aperture_m, plan.aperture_tan, 1700, 0.1), 147.22,
                            0.01);
    plan.aperture_tan = INFINITY; /* optimise.time_dependent_aperture: off */
    find_limits(&plan, vrms_m_s, limit2_m2);
    ck_assert(limit2_m2[0] == -1 && limit2_m2[1] == 3000.0f * 3000.0f);
}
END_TEST

START_TEST(no_limit_and_limits_beyond_floats_are_infinite)
{
    float vrms_m_s[N_TIMES] = {2000, 2000, 2000, 2000, 2000};
    static const double apertures_m[] = {INFINITY, 1e20, DBL_MAX};
    for (size_t i = 0; i < 3; i++) {
        pstm_device_plan plan = make_plan(apertures_m[i], INFINITY);
        float limit2_m2[N_TIMES];
        find_limits(&plan, vrms_m_s, limit2_m2);
        ck_assert(limit2_m2[1] == -1);
        ck_assert(isinf(limit2_m2[2]) && limit2_m2[2] > 0);
        ck_assert(pstm_aperture_passes(FLT_MAX, limit2_m2[2]));
    }
}
END_TEST

START_TEST(the_limit_is_rounded_once)
{
    float vrms_m_s[N_TIMES] = {1, 1, 1, 1, 1};
    for (int i = 0; i < 1000; i++) {
        double aperture_m = 1000 + 1.7320508 * i;
        pstm_device_plan plan = make_plan(aperture_m, INFINITY);
        float limit2_m2[N_TIMES];
        find_limits(&plan, vrms_m_s, limit2_m2);
        ck_assert(limit2_m2[4] == (float)(aperture_m * aperture_m));
    }
}
END_TEST

START_TEST(a_leg_is_as_exact_far_from_the_origin_as_near_it)
{
    ck_assert(pstm_aperture_leg2(0, 0, 3, -4) == 25);
    ck_assert(pstm_aperture_leg2(700000.03125, 8000000.5, 699999.96875, 8000000.25) == 0.06640625f);
}
END_TEST

START_TEST(the_taper_is_one_up_to_its_fraction_of_the_aperture)
{
    for (int i = 1; i < 10; i++) {
        double fraction = i / 10.0;
        double at_start = (1 - pow(1 - fraction, 2)) * pstm_aperture_taper_scale(fraction);
        ck_assert_double_eq_tol(at_start, 1, DOUBLE_TOLERANCE);
    }
    ck_assert(isinf(pstm_aperture_taper_scale(0)));
}
END_TEST

static const pstm_device_plan straight_obliquity = {.law = PSTM_LAW_STRAIGHT,
                                                    .weight = PSTM_WEIGHT_OBLIQUITY};

START_TEST(a_vertical_ray_arrives_at_its_image_time_with_the_weight_of_a_sphere)
{
    pstm_arrival arrival = pstm_reference_arrival(&straight_obliquity, 1.5, &(pstm_medium){2000, 0, 0}, 0, 0);
    ck_assert_double_eq_tol(arrival.time_s, 1.5, DOUBLE_TOLERANCE);
    ck_assert_double_eq_tol(arrival.weight * 1500 * 1500, 1, DOUBLE_TOLERANCE);
}
END_TEST

START_TEST(a_triangle_in_whole_numbers_gives_its_travel_time)
{
    /* At 1000 m/s and t0 = 2.4 s the depth is 1200 m: legs 500 and 900 slant to 1300 and 1500 m. */
    pstm_arrival arrival =
        pstm_reference_arrival(&straight_obliquity, 2.4, &(pstm_medium){1000, 0, 0}, 500, 900);
    ck_assert_double_eq_tol(arrival.time_s, 2.8, DOUBLE_TOLERANCE);
    double expected = 1200.0 / 1300 * (1200.0 / 1500) / (1300.0 * 1500);
    ck_assert_double_eq_tol(arrival.weight / expected, 1, DOUBLE_TOLERANCE);
}
END_TEST

START_TEST(the_depth_loop_is_the_same_mathematics)
{
    for (int i = 0; i < 1000; i++) {
        double t0_s = 0.004 * (i + 1), vrms_m_s = 1500 + 3 * i, source_m = 7 * i, receiver_m = 5000 - 4 * i;
        pstm_device_plan plan = {.law = PSTM_LAW_STRAIGHT, .weight = (pstm_weight)(i % PSTM_WEIGHTS)};
        pstm_arrival time =
            pstm_reference_arrival(&plan, t0_s, &(pstm_medium){vrms_m_s, 0, 0}, source_m, receiver_m);
        pstm_arrival depth = pstm_depth_loop_arrival(&plan, t0_s, vrms_m_s, source_m, receiver_m);
        ck_assert_double_eq_tol(depth.time_s / time.time_s, 1, DOUBLE_TOLERANCE);
        ck_assert_double_eq_tol(depth.weight / time.weight, 1, DOUBLE_TOLERANCE);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("aperture");
    TCase *tests = tcase_create("aperture and arrivals");
    tcase_add_test(tests, the_limit_is_the_smaller_of_distance_and_angle);
    tcase_add_test(tests, the_aperture_opens_from_nothing_at_t0_zero_with_the_angle);
    tcase_add_test(tests, no_limit_and_limits_beyond_floats_are_infinite);
    tcase_add_test(tests, the_limit_is_rounded_once);
    tcase_add_test(tests, a_leg_is_as_exact_far_from_the_origin_as_near_it);
    tcase_add_test(tests, the_taper_is_one_up_to_its_fraction_of_the_aperture);
    tcase_add_test(tests, a_vertical_ray_arrives_at_its_image_time_with_the_weight_of_a_sphere);
    tcase_add_test(tests, a_triangle_in_whole_numbers_gives_its_travel_time);
    tcase_add_test(tests, the_depth_loop_is_the_same_mathematics);
    suite_add_tcase(suite, tests);
    return suite;
}
