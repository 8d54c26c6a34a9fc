/* Which traces an image can take, by place and by time. */
#include <math.h>

#include "survey/extent.h"
#include "tests/check/suite.h"

/* A line of 41 nodes from x = 1000 m on, 25 m apart; times up to 0.8 s at 2000 m/s. */
static pstm_grid grid = {.origin_x_m = 1000,
                         .azimuth_deg = 90,
                         .n_inline = 1,
                         .n_crossline = 41,
                         .step_inline_m = 25,
                         .step_crossline_m = 25};
static pstm_bins bins;

static pstm_extent make_extent(void)
{
    pstm_grid_prepare(&grid);
    return (pstm_extent){.grid = &grid,
                         .bins = &bins,
                         .i_end = 1,
                         .j_end = 41,
                         .last_s = 0.8,
                         .reach_m = 1385,
                         .aperture_tan = tan(M_PI / 3),
                         .most_m_s = 2000,
                         .fastest_m_s = 2000,
                         .slowest_m_s = 2000,
                         .sample_s = 0.004};
}

static pstm_trace make_trace(double midpoint_m, double offset_m)
{
    return (pstm_trace){
        .source_x_m = midpoint_m - offset_m / 2, .receiver_x_m = midpoint_m + offset_m / 2, .n_samples = 251};
}

static bool is_reached(const pstm_extent *e, double midpoint_m, double offset_m)
{
    const pstm_box box = pstm_extent_box(e);
    const pstm_trace trace = make_trace(midpoint_m, offset_m);
    return pstm_extent_reached_by(e, &box, &trace);
}

static bool is_recorded(const pstm_extent *e, const pstm_trace *trace)
{
    const pstm_box box = pstm_extent_box(e);
    const pstm_record record = pstm_extent_record(e, trace);
    return pstm_extent_recorded_by(e, &box, trace, &record);
}

START_TEST(half_an_offset_and_the_way_to_a_node_must_fit_the_aperture)
{
    pstm_extent e = make_extent();
    ck_assert(is_reached(&e, 1500, 2760) && !is_reached(&e, 1500, 2780));
    e.reach_m = 10;
    ck_assert(is_reached(&e, 1509, 0) && is_reached(&e, 1500, 19));
    ck_assert(!is_reached(&e, 1512, 0) && !is_reached(&e, 1500, 21) && !is_reached(&e, 1509, 12));
    e.reach_m = INFINITY;
    ck_assert(is_reached(&e, 1e6, 1e5));
}
END_TEST

START_TEST(only_the_nodes_of_the_target_count)
{
    pstm_extent e = make_extent();
    e.reach_m = 100;
    ck_assert(is_reached(&e, 1000, 100));
    e.j_begin = 32;
    ck_assert(!is_reached(&e, 1000, 100) && is_reached(&e, 1800, 100));
}
END_TEST

START_TEST(a_record_must_last_until_reflections_arrive)
{
    pstm_extent e = make_extent();
    pstm_trace trace = make_trace(1500, 400);
    ck_assert(is_recorded(&e, &trace));
    trace.n_samples = 48; /* 0.188 s; straight from source to receiver takes 0.2 s */
    ck_assert(!is_recorded(&e, &trace));
    trace.n_samples = 60;
    ck_assert(is_recorded(&e, &trace));
    e.first_s = 0.3;
    ck_assert(!is_recorded(&e, &trace));
}
END_TEST

/* A law by which rays along the surface are faster than vrms. */
START_TEST(arrivals_of_a_fast_law_come_earlier)
{
    pstm_extent e = make_extent();
    pstm_trace trace = make_trace(1500, 400);
    trace.n_samples = 48;
    ck_assert(!is_recorded(&e, &trace));
    e.fastest_m_s = 2800;
    ck_assert(is_recorded(&e, &trace));
    trace = make_trace(1500, 0);
    trace.start_s = 1.1;
    ck_assert(!is_recorded(&e, &trace));
    e.slowest_m_s = 1200;
    ck_assert(is_recorded(&e, &trace));
}
END_TEST

START_TEST(a_record_must_begin_before_the_last_reflection_is_gone)
{
    pstm_extent e = make_extent();
    pstm_trace trace = make_trace(1500, 0);
    trace.start_s = 1.1; /* from either end of the grid at 0.8 s: 0.943 s */
    ck_assert(!is_recorded(&e, &trace));
    trace.start_s = 0.9;
    ck_assert(is_recorded(&e, &trace));
}
END_TEST

/* Coordinates a hundred times too small: the aperture opens late, and the record is over. */
START_TEST(the_aperture_opens_with_time)
{
    const pstm_extent e = make_extent();
    pstm_trace trace = make_trace(15, 1);
    ck_assert(is_reached(&e, 15, 1) && !is_recorded(&e, &trace));
    trace.n_samples = 400;
    ck_assert(is_recorded(&e, &trace));
}
END_TEST

START_TEST(mutes_shorten_a_record)
{
    pstm_extent e = make_extent();
    pstm_trace trace = make_trace(1500, 400);
    trace.mute_start_ms = 0;
    trace.mute_end_ms = 300;
    ck_assert_double_eq(pstm_extent_record(&e, &trace).begin_s, 0);
    e.header_mute = true;
    ck_assert_double_eq_tol(pstm_extent_record(&e, &trace).begin_s, 0.3, 1e-12);
    trace.mute_start_ms = 600;
    trace.mute_end_ms = 3000;
    ck_assert_double_eq_tol(pstm_extent_record(&e, &trace).end_s, 0.6, 1e-12);
    trace.mute_start_ms = -10;
    const pstm_record nothing = pstm_extent_record(&e, &trace);
    ck_assert(nothing.begin_s > nothing.end_s && !is_recorded(&e, &trace));
    e.header_mute = false;
    e.mute_velocity_m_s = 1000;
    e.mute_delay_s = 0.1;
    ck_assert_double_eq_tol(pstm_extent_record(&e, &trace).begin_s, 0.5, 1e-12);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("extent");
    TCase *tests = tcase_create("extent");
    tcase_add_test(tests, half_an_offset_and_the_way_to_a_node_must_fit_the_aperture);
    tcase_add_test(tests, only_the_nodes_of_the_target_count);
    tcase_add_test(tests, a_record_must_last_until_reflections_arrive);
    tcase_add_test(tests, arrivals_of_a_fast_law_come_earlier);
    tcase_add_test(tests, a_record_must_begin_before_the_last_reflection_is_gone);
    tcase_add_test(tests, the_aperture_opens_with_time);
    tcase_add_test(tests, mutes_shorten_a_record);
    suite_add_tcase(suite, tests);
    return suite;
}
