/* A cube holds its data itself, and its attributes tell of a grid that a cube can have. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cube_case.h"
#include "io/h5.h"
#include "tests/check/mpi.h"

static char other[96];

/* The cube, finished, and a second file with the same; the first is opened for changes. */
static hid_t open_changed(void)
{
    snprintf(other, sizeof other, "%s/other.h5", folder);
    make(fixture_everything(&about), 16);
    ck_assert_int_eq(rename(path, other), 0);
    ck_assert_int_eq(unlink(journal_path), 0);
    make(fixture_everything(&about), 16);
    pstm_h5_setup();
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_gt(file, 0);
    return file;
}

/* Every way to open the cube refuses it with these words. */
static void expect_refused(hid_t file, const char *words)
{
    pstm_cube *cube = NULL;
    pstm_cube_found found;
    ck_assert_int_ge(H5Fclose(file), 0);
    ck_assert_int_eq(pstm_cube_open_read(path, &cube), PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), words) && strstr(pstm_error_text(), path), "%s",
                  pstm_error_text());
    ck_assert_int_eq(pstm_cube_open_write(path, &cube), PSTM_DATA);
    ck_assert_int_eq(pstm_cube_open_alone(path, &cube), PSTM_DATA);
    ck_assert_int_eq(pstm_cube_probe(path, &about, &found), PSTM_DATA);
    const pstm_cube_area first = {0, 16, 0, 16};
    ck_assert_int_eq(pstm_cube_allocate(path, &first, 1), PSTM_DATA);
    ck_assert_ptr_null(cube);
}

START_TEST(a_link_to_another_file_is_refused)
{
    const hid_t file = open_changed();
    ck_assert_int_ge(H5Ldelete(file, "stack", H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Lcreate_external(other, "/stack", file, "stack", H5P_DEFAULT, H5P_DEFAULT), 0);
    expect_refused(file, "/stack is a link to another file");
}
END_TEST

START_TEST(a_soft_link_is_refused)
{
    const hid_t file = open_changed();
    ck_assert_int_ge(H5Lmove(file, "twt", file, "moved", H5P_DEFAULT, H5P_DEFAULT), 0);
    ck_assert_int_ge(H5Lcreate_soft("/moved", file, "twt", H5P_DEFAULT, H5P_DEFAULT), 0);
    expect_refused(file, "/twt is a soft link");
}
END_TEST

START_TEST(a_link_that_leads_nowhere_is_refused)
{
    const hid_t file = open_changed();
    ck_assert_int_ge(H5Lcreate_soft("/nowhere", file, "notes", H5P_DEFAULT, H5P_DEFAULT), 0);
    expect_refused(file, "/notes is a soft link");
}
END_TEST

START_TEST(a_virtual_dataset_is_refused)
{
    const hid_t file = open_changed();
    const hsize_t n = (hsize_t)about.n_classes;
    const hid_t space = H5Screate_simple(1, &n, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    ck_assert_int_ge(H5Pset_virtual(list, space, other, "/offset", space), 0);
    ck_assert_int_ge(H5Ldelete(file, "offset", H5P_DEFAULT), 0);
    const hid_t made = H5Dcreate2(file, "offset", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert_int_gt(made, 0);
    H5Dclose(made);
    H5Pclose(list);
    H5Sclose(space);
    expect_refused(file, "/offset is a virtual dataset");
}
END_TEST

START_TEST(values_in_a_file_of_their_own_are_refused)
{
    const hid_t file = open_changed();
    const hsize_t n = (hsize_t)about.grid.n_times;
    const hid_t space = H5Screate_simple(1, &n, NULL), list = H5Pcreate(H5P_DATASET_CREATE);
    ck_assert_int_ge(H5Pset_external(list, "values.raw", 0, n * sizeof(double)), 0);
    ck_assert_int_ge(H5Ldelete(file, "twt", H5P_DEFAULT), 0);
    const hid_t made = H5Dcreate2(file, "twt", H5T_IEEE_F64LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert_int_gt(made, 0);
    H5Dclose(made);
    H5Pclose(list);
    H5Sclose(space);
    expect_refused(file, "/twt is a dataset with its values in other files");
}
END_TEST

static const struct {
    const char *attribute;
    double value;
    const char *words;
} bad_attributes[] = {
    {"time_step_s", 1e-320, "tell of a grid"},      {"time_step_s", INFINITY, "tell of a grid"},
    {"step_inline_m", 0, "tell of a grid"},         {"step_crossline_m", -25, "tell of a grid"},
    {"origin_x_m", NAN, "tell of a grid"},          {"azimuth_deg", 1e300, "tell of a grid"},
    {"first_inline", 2147483640, "tell of a grid"}, {"n_times", 1 << 20, "tell of a grid"},
    {"n_classes", 1 << 21, "of classes"},           {"time_window_begin", 19, "samples 19 to 18"},
    {"time_window_begin", -1, "samples -1 to 18"},  {"time_window_end", 20, "samples 0 to 19"}};

START_TEST(attributes_that_no_cube_has_are_refused)
{
    const char *name = bad_attributes[_i].attribute;
    const hid_t file = open_changed();
    const hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
    ck_assert_int_gt(attribute, 0);
    ck_assert_int_ge(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &bad_attributes[_i].value), 0);
    H5Aclose(attribute);
    expect_refused(file, bad_attributes[_i].words);
}
END_TEST

START_TEST(a_class_at_infinity_is_refused)
{
    const double centres[3] = {150, 450, INFINITY};
    const hid_t file = open_changed();
    const hid_t dataset = H5Dopen2(file, "offset", H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, centres), 0);
    H5Dclose(dataset);
    expect_refused(file, "/offset is infinite for class 2");
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube links");
    TCase *tests = cube_case("cube links");
    tcase_add_test(tests, a_link_to_another_file_is_refused);
    tcase_add_test(tests, a_soft_link_is_refused);
    tcase_add_test(tests, a_link_that_leads_nowhere_is_refused);
    tcase_add_test(tests, a_virtual_dataset_is_refused);
    tcase_add_test(tests, values_in_a_file_of_their_own_are_refused);
    tcase_add_test(tests, a_class_at_infinity_is_refused);
    tcase_add_loop_test(tests, attributes_that_no_cube_has_are_refused, 0,
                        sizeof bad_attributes / sizeof bad_attributes[0]);
    suite_add_tcase(suite, tests);
    return suite;
}
