/* What a class is called. */
#include <check.h>
#include <string.h>

#include "survey/class_centre.h"
#include "tests/check/suite.h"

static void expect_name(pstm_class_centre centre, const char *name)
{
    ck_assert_str_eq(pstm_class_centre_name(centre).text, name);
}

START_TEST(a_class_is_named_by_what_is_said_of_its_centre)
{
    expect_name((pstm_class_centre)PSTM_NO_CENTRE, "all traces");
    expect_name((pstm_class_centre){450, NAN, NAN, NAN}, "offset 450 m");
    expect_name((pstm_class_centre){NAN, 22.5, NAN, NAN}, "azimuth 22.5 degrees");
    expect_name((pstm_class_centre){450, 22.5, NAN, NAN}, "offset 450 m, azimuth 22.5 degrees");
    expect_name((pstm_class_centre){NAN, NAN, -100, 0}, "hx -100 m, hy 0 m");
}
END_TEST

START_TEST(the_longest_name_has_room)
{
    const double long_number = -1.23456789e-100;
    const pstm_class_name name =
        pstm_class_centre_name((pstm_class_centre){long_number, long_number, long_number, long_number});
    ck_assert_ptr_nonnull(strstr(name.text, "hy -1.23457e-100 m"));
}
END_TEST

START_TEST(a_coordinate_is_an_axis_where_it_rises_from_class_to_class)
{
    const pstm_class_centre centres[] = {{100, 60, 5, NAN}, {200, 60, 5, NAN}, {300, 120, 4, 3}};
    ck_assert(pstm_class_centres_rise(centres, 3, PSTM_CLASS_offset));
    ck_assert(pstm_class_centres_rise(centres + 1, 2, PSTM_CLASS_azimuth));
    ck_assert(!pstm_class_centres_rise(centres, 3, PSTM_CLASS_azimuth));
    ck_assert(!pstm_class_centres_rise(centres, 3, PSTM_CLASS_hx));
    ck_assert(pstm_class_centres_say(centres, 3, PSTM_CLASS_hx));
    ck_assert(!pstm_class_centres_say(centres, 3, PSTM_CLASS_hy));
    ck_assert(!pstm_class_centres_rise(centres, 1, PSTM_CLASS_hy));
    ck_assert(pstm_class_centres_rise(centres, 1, PSTM_CLASS_hx));
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("class_centre");
    tcase_add_test(tests, a_class_is_named_by_what_is_said_of_its_centre);
    tcase_add_test(tests, the_longest_name_has_room);
    tcase_add_test(tests, a_coordinate_is_an_axis_where_it_rises_from_class_to_class);
    Suite *suite = suite_create("survey/class_centre");
    suite_add_tcase(suite, tests);
    return suite;
}
