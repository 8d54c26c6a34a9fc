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

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube probe");
    TCase *tests = cube_case("cube probe");
    tcase_add_test(tests, a_cube_says_what_it_was_made_of);
    tcase_add_test(tests, a_cube_of_another_image_is_refused_with_the_difference_named);
    tcase_add_test(tests, a_cube_of_other_samples_is_refused_without_being_opened_again);
    tcase_add_test(tests, a_file_that_is_no_cube_is_named_and_left_alone);
    tcase_add_test(tests, a_torn_cube_is_an_error_and_not_a_crash);
    suite_add_tcase(suite, tests);
    return suite;
}
