#include <math.h>
#include <stdlib.h>

#include "survey/classes.h"
#include "tests/check/suite.h"

static const pstm_range NO_RANGE = {0};

START_TEST(a_class_holds_its_lower_edge_and_not_its_upper_edge)
{
    pstm_job_offsets offsets = {.first_m = 150, .step_m = 300, .n = 10};
    pstm_classes classes = pstm_classes_of_job(&offsets, &NO_RANGE);
    ck_assert_int_eq(classes.n, 10);
    ck_assert_int_eq(pstm_classes_index(&classes, 0), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, nextafter(300, 0)), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, 300), 1);
    ck_assert_int_eq(pstm_classes_index(&classes, nextafter(3000, 0)), 9);
}
END_TEST

START_TEST(an_offset_in_no_class_is_left_out_and_not_snapped)
{
    pstm_job_offsets offsets = {.first_m = 500, .step_m = 200, .n = 3};
    pstm_classes classes = pstm_classes_of_job(&offsets, &NO_RANGE);
    ck_assert_int_eq(pstm_classes_index(&classes, nextafter(400, 0)), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, 400), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, 1000), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, 1e12), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, INFINITY), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, NAN), -1);
}
END_TEST

START_TEST(without_classes_one_takes_everything)
{
    pstm_job_offsets offsets = {.n = 0};
    pstm_classes classes = pstm_classes_of_job(&offsets, &NO_RANGE);
    ck_assert_int_eq(classes.n, 1);
    ck_assert_int_eq(pstm_classes_index(&classes, 0), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, 1e9), 0);
}
END_TEST

START_TEST(selection_is_a_closed_range_and_comes_before_the_classes)
{
    pstm_range select = {.set = true, .first = 100, .last = 350};
    pstm_job_offsets none = {.n = 0};
    pstm_classes classes = pstm_classes_of_job(&none, &select);
    ck_assert_int_eq(pstm_classes_index(&classes, nextafter(100, 0)), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, 100), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, 350), 0);
    ck_assert_int_eq(pstm_classes_index(&classes, nextafter(350, 400)), -1);

    pstm_job_offsets offsets = {.first_m = 150, .step_m = 300, .n = 10};
    classes = pstm_classes_of_job(&offsets, &select);
    ck_assert_int_eq(pstm_classes_index(&classes, 50), -1);
    ck_assert_int_eq(pstm_classes_index(&classes, 320), 1);
    ck_assert_int_eq(pstm_classes_index(&classes, 400), -1);
}
END_TEST

START_TEST(neighbouring_classes_meet_without_gap_or_overlap_for_awkward_steps)
{
    static const double steps_m[] = {0.1, 33.3, 1.0 / 3, 7.7, 123.456};
    for (size_t s = 0; s < sizeof steps_m / sizeof *steps_m; s++) {
        pstm_job_offsets offsets = {.first_m = 0.7 * steps_m[s], .step_m = steps_m[s], .n = 1000};
        pstm_classes classes = pstm_classes_of_job(&offsets, &NO_RANGE);
        for (int k = 1; k < 1000; k++) {
            double edge = offsets.first_m + (k - 0.5) * offsets.step_m;
            ck_assert_int_eq(pstm_classes_index(&classes, edge), k);
            ck_assert_int_eq(pstm_classes_index(&classes, nextafter(edge, 0)), k - 1);
        }
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("classes");
    tcase_add_test(tests, a_class_holds_its_lower_edge_and_not_its_upper_edge);
    tcase_add_test(tests, an_offset_in_no_class_is_left_out_and_not_snapped);
    tcase_add_test(tests, without_classes_one_takes_everything);
    tcase_add_test(tests, selection_is_a_closed_range_and_comes_before_the_classes);
    tcase_add_test(tests, neighbouring_classes_meet_without_gap_or_overlap_for_awkward_steps);
    Suite *suite = suite_create("survey/classes");
    suite_add_tcase(suite, tests);
    return suite;
}
