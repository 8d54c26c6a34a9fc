/* The timeline: what was added comes out as JSON, and never more than its room. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "profile/profile.h"
#include "profile/timeline_json.h"
#include "tests/check/suite.h"

static pstm_timeline *make(int64_t capacity)
{
    pstm_timeline *t = NULL;
    ck_assert_int_eq(pstm_timeline_create(capacity, &t), PSTM_OK);
    return t;
}

START_TEST(a_full_timeline_keeps_the_longer_events_from_end_to_end)
{
    pstm_timeline *t = make(100);
    double now_s = 0;
    for (int i = 0; i < 10000; i++) {
        const double length_s = i % 1000 == 0 ? 1 : 1e-4;
        pstm_timeline_add(t, PSTM_PHASE_SUM, now_s, now_s + length_s);
        now_s += length_s;
    }
    int64_t n;
    pstm_timeline_events(t, &n);
    ck_assert_int_le(n, 100);
    ck_assert_int_ge(n, 10); /* the ten long ones */
    ck_assert_double_gt(pstm_timeline_least_s(t), 1e-4);
    ck_assert_double_le(pstm_timeline_least_s(t), 2e-4 + 1e-9);
    pstm_timeline_destroy(&t);
    ck_assert_ptr_null(t);
}
END_TEST

START_TEST(the_phases_of_a_lane_are_in_the_json_with_its_rank_and_role)
{
    pstm_timeline *lanes[PSTM_LANES] = {[PSTM_LANE_COMPUTE] = make(16)};
    pstm_lane lane = {.timeline = lanes[PSTM_LANE_COMPUTE]};
    pstm_lane_start(&lane, PSTM_PHASE_READ);
    pstm_sleep_s(0.002);
    pstm_phase_switch(&lane, PSTM_PHASE_SUM);
    pstm_sleep_s(0.001);
    pstm_lane_stop(&lane);
    char path[] = "/tmp/pstm_timeline_XXXXXX";
    close(mkstemp(path));
    ck_assert_int_eq(pstm_timeline_write(path, 3, "node-\"7", lane.started_s, lanes), PSTM_OK);
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error), *events = json_object_get(root, "traceEvents");
    ck_assert_msg(root != NULL, "%s", error.text);
    ck_assert_int_eq(json_array_size(events), 4); /* two names, two phases */
    const json_t *read = json_array_get(events, 2), *sum = json_array_get(events, 3);
    ck_assert_str_eq(json_string_value(json_object_get(read, "name")), "read");
    ck_assert_str_eq(json_string_value(json_object_get(sum, "name")), "sum");
    ck_assert_int_eq(json_integer_value(json_object_get(sum, "pid")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(sum, "tid")), PSTM_LANE_COMPUTE);
    ck_assert_double_ge(json_number_value(json_object_get(read, "dur")), 2000);
    ck_assert_double_eq_tol(json_number_value(json_object_get(read, "dur")),
                            json_number_value(json_object_get(sum, "ts")), 0.2); /* printed to 0.1 us */
    json_decref(root);
    unlink(path);
    pstm_timeline_destroy(&lanes[PSTM_LANE_COMPUTE]);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named)
{
    pstm_timeline *lanes[PSTM_LANES] = {0};
    ck_assert_int_eq(pstm_timeline_write("/dev/null/t.json", 0, "host", 0, lanes), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/dev/null/t.json"));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("timeline");
    TCase *timeline = tcase_create("timeline");
    tcase_add_test(timeline, a_full_timeline_keeps_the_longer_events_from_end_to_end);
    tcase_add_test(timeline, the_phases_of_a_lane_are_in_the_json_with_its_rank_and_role);
    tcase_add_test(timeline, a_folder_that_is_not_there_is_named);
    suite_add_tcase(suite, timeline);
    return suite;
}
