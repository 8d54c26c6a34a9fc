/* What a cube says of itself, and which files are refused as the cube of a job. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cube_case.h"
#include "io/h5.h"
#include "tests/check/mpi.h"

START_TEST(a_cube_says_what_it_was_made_of)
{
    static char long_text[200001]; /* beyond the 64 KB of an HDF5 object header */
    memset(long_text, 'x', sizeof long_text - 1);
    about.job_text = long_text;
    about.devices = "";
    about.commit = NULL;
    about.k_begin = 3;
    about.k_end = 12;
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_about *back = pstm_cube_get_about(cube);
    /* Numbers come back to the bit. */
    ck_assert_mem_eq(&back->grid, &about.grid, sizeof about.grid);
    ck_assert_int_eq(back->n_classes, 3);
    for (int c = 0; c < 3; c++)
        ck_assert_mem_eq(&back->centres[c], &about.centres[c], sizeof(pstm_class_centre));
    ck_assert(back->gathers && back->stack && back->fold);
    ck_assert_int_eq(back->k_begin, 3);
    ck_assert_int_eq(back->k_end, 12);
    ck_assert_str_eq(back->image_key_text, about.image_key_text);
    ck_assert_str_eq(back->image_key, about.image_key);
    ck_assert_str_eq(back->job_text, long_text);
    ck_assert_str_eq(back->numerics_id, about.numerics_id);
    ck_assert_str_eq(back->version, about.version);
    ck_assert_str_eq(back->commit, "");
    ck_assert_str_eq(back->devices, "");
    const pstm_cube_state state = pstm_cube_get_state(cube);
    ck_assert_int_eq(state.n_columns, 6);
    ck_assert_int_eq(state.n_done, 0);
    ck_assert_str_eq(state.checksum, "");
    ok(pstm_cube_close(&cube));
    ck_assert_ptr_null(cube);
}
END_TEST

static void expect_changed(const pstm_cube_about *wanted, const char *words)
{
    pstm_cube_found found;
    ck_assert(pstm_cube_probe(path, wanted, &found) == PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "%s", pstm_error_text());
    ck_assert(strstr(pstm_error_text(), path) != NULL && !found.is_there);
}

START_TEST(a_cube_of_another_image_is_refused_with_the_difference_named)
{
    pstm_cube_found found = {.is_there = true};
    ok(pstm_cube_probe(path, &about, &found));
    ck_assert(!found.is_there);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ok(pstm_cube_probe(path, &about, &found));
    ck_assert(found.is_there);

    pstm_cube_about other = about;
    other.image_key_text = "grid.azimuth: 32.5\nmigrate.weight: obliquity\n";
    expect_changed(&other, "migrate.weight: none in the cube, obliquity in the job");
    other = about;
    other.fold = false;
    expect_changed(&other, "/fold: on in the cube, off in the job");
    other = about;
    other.k_end = 10;
    expect_changed(&other, "samples 0 to 18 in the cube, 0 to 9 in the job");
    other = about;
    other.numerics_id = "cpu/avx512/1";
    expect_changed(&other, "numerics: cpu/avx2/1 in the cube, cpu/avx512/1 in the job");
    other = about;
    other.n_classes = 2;
    expect_changed(&other, "37 x 21 x 3 x 19 in the cube, 37 x 21 x 2 x 19 in the job");
}
END_TEST

static void expect_no_cube(const char *words)
{
    pstm_cube_found found;
    pstm_cube *cube = NULL;
    ck_assert(pstm_cube_probe(path, &about, &found) == PSTM_DATA);
    ck_assert(pstm_cube_open_read(path, &cube) == PSTM_DATA);
    ck_assert_ptr_null(cube);
    ck_assert_msg(strstr(pstm_error_text(), words) && strstr(pstm_error_text(), path), "%s",
                  pstm_error_text());
}

START_TEST(a_cube_of_other_samples_is_refused_without_being_opened_again)
{
    pstm_cube_found found;
    pstm_cube_about with = about;
    with.samples_digest = "0123456789abcdef";
    ok(pstm_cube_create(path, &with, NULL, 0, NULL));
    ok(pstm_cube_probe(path, &about, &found)); /* the job does not know its samples yet */
    ck_assert_str_eq(found.samples_digest, "0123456789abcdef");
    ck_assert_int_eq(unlink(path), 0);
    ok(pstm_cube_check_samples(path, &found, &with));
    ok(pstm_cube_check_samples(path, &(pstm_cube_found){0}, &with));
    with.samples_digest = "0123456789abcdee";
    ck_assert(pstm_cube_check_samples(path, &found, &with) == PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), path) != NULL &&
                      strstr(pstm_error_text(),
                             "digest 0123456789abcdef in the cube, 0123456789abcdee in the job") != NULL,
                  "%s", pstm_error_text());
}
END_TEST

START_TEST(a_file_that_is_no_cube_is_named_and_left_alone)
{
    pstm_cube *cube = NULL;
    ck_assert(pstm_cube_open_read(path, &cube) == PSTM_DATA);
    FILE *file = fopen(path, "w");
    fputs("a picture", file);
    fclose(file);
    expect_no_cube("no HDF5 file");
    const hid_t other = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    expect_no_cube("no image cube");
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    const hid_t changed = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ok(pstm_h5_put_integer(changed, "n_times", 20));
    H5Fclose(changed);
    expect_no_cube("does not have the type, axes and chunks");
}
END_TEST

START_TEST(a_torn_cube_is_an_error_and_not_a_crash)
{
    make(fixture_everything(&about), 16);
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    for (int part = 0; part < 8; part++) {
        ck_assert_int_eq(truncate(path, file.st_size * (8 - part) / 9), 0);
        pstm_cube *cube = NULL;
        ck_assert(pstm_cube_open_read(path, &cube) != PSTM_OK);
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
        ck_assert_ptr_null(cube);
    }
}
END_TEST

/* ---- changed by another program, or restored --------------------------------------------------------- */

static void put_attribute(const char *object, const char *name, double value, const char *text)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), changed = H5Oopen(file, object, H5P_DEFAULT);
    if (text != NULL)
        ok(pstm_h5_put_text(changed, name, text));
    else
        ok(pstm_h5_put_double(changed, name, value));
    H5Oclose(changed);
    H5Fclose(file);
}

/* Adds to a value of a dataset of numbers. */
static void change_value(const char *name, hsize_t at, double by)
{
    double value;
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset), one = H5Screate(H5S_SCALAR);
    const hsize_t start[2] = {at, at}, count[2] = {1, 1};
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    ck_assert_int_ge(H5Dread(dataset, H5T_NATIVE_DOUBLE, one, space, H5P_DEFAULT, &value), 0);
    value += by;
    ck_assert_int_ge(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, one, space, H5P_DEFAULT, &value), 0);
    H5Sclose(one);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

START_TEST(attributes_that_are_not_the_jobs_are_named)
{
    about.bins = "offset";
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    put_attribute("/", "origin_x_m", about.grid.origin_x_m + 0.5, NULL);
    expect_changed(&about, "origin_x_m: ");
    put_attribute("/", "origin_x_m", about.grid.origin_x_m, NULL);
    put_attribute("/", "image_key", 0, "00");
    expect_changed(&about, "image_key: 00 in the cube");
    put_attribute("/", "image_key", 0, about.image_key);
    change_value("/offset", 1, 12);
    expect_changed(&about, "/offset of class 1: ");
    change_value("/offset", 1, -12);
    pstm_cube_found found;
    ok(pstm_cube_probe(path, &about, &found));
}
END_TEST

START_TEST(axes_that_are_not_the_jobs_are_named)
{
    static const char *const names[] = {"/inline", "/crossline", "/twt", "/cdp_x", "/cdp_y"};
    pstm_cube_found found;
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    for (int i = 0; i < 5; i++) {
        change_value(names[i], 11, 1);
        ck_assert_int_eq(pstm_cube_probe(path, &about, &found), PSTM_DATA);
        ck_assert_msg(strstr(pstm_error_text(), names[i]) && strstr(pstm_error_text(), "--overwrite"), "%s",
                      pstm_error_text());
        ck_assert(!found.is_there);
        change_value(names[i], 11, -1);
    }
    ok(pstm_cube_probe(path, &about, &found));
}
END_TEST

static pstm_status check_journal(pstm_cube_found *found)
{
    pstm_journal *journal = append_journal();
    const pstm_status status = pstm_cube_check_journal(path, journal, found);
    pstm_journal_close(&journal);
    return status;
}

START_TEST(other_attributes_than_the_journal_knows_are_refused)
{
    pstm_cube_found found;
    make(fixture_everything(&about), 16);
    ok(check_journal(&found));
    put_attribute("/twt", "units", 0, "ms");
    ck_assert_int_eq(check_journal(&found), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    put_attribute("/twt", "units", 0, "s");
    ok(check_journal(&found));
}
END_TEST

START_TEST(marks_tell_a_journal_of_another_state_and_values_a_record_that_is_not_true)
{
    pstm_cube *cube = NULL;
    pstm_cube_found found;
    bool holds;
    const pstm_cube_area half = {0, 16, 0, about.grid.n_crossline};
    make(half, 16);
    ok(check_journal(&found));
    ck_assert(found.is_marked);
    ck_assert_int_eq(found.n_marked, 2);
    pstm_journal *journal = append_journal();
    const pstm_journal_record *first = pstm_journal_get(journal, 0, 0);
    pstm_journal_record more = *first;
    more.column_inline = 1; /* which was never written */
    ok(pstm_journal_add(journal, &more, 1));
    ok(pstm_cube_check_journal(path, journal, &found));
    ck_assert(!found.is_marked);
    ok(pstm_cube_open_read(path, &cube));
    ok(pstm_cube_holds(cube, pstm_journal_get(journal, 0, 0), &holds));
    ck_assert(holds);
    ok(pstm_cube_holds(cube, &more, &holds));
    ck_assert(!holds);
    ok(pstm_cube_close(&cube));
    pstm_journal_close(&journal);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube probe");
    TCase *tests = cube_case("cube probe");
    tcase_add_test(tests, a_cube_says_what_it_was_made_of);
    tcase_add_test(tests, a_cube_of_another_image_is_refused_with_the_difference_named);
    tcase_add_test(tests, a_cube_of_other_samples_is_refused_without_being_opened_again);
    tcase_add_test(tests, a_file_that_is_no_cube_is_named_and_left_alone);
    tcase_add_test(tests, a_torn_cube_is_an_error_and_not_a_crash);
    tcase_add_test(tests, attributes_that_are_not_the_jobs_are_named);
    tcase_add_test(tests, axes_that_are_not_the_jobs_are_named);
    tcase_add_test(tests, other_attributes_than_the_journal_knows_are_refused);
    tcase_add_test(tests, marks_tell_a_journal_of_another_state_and_values_a_record_that_is_not_true);
    suite_add_tcase(suite, tests);
    return suite;
}
