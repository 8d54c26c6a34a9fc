/* The axis of the classes: what a cube says of them comes back, whatever their kind. */
#include <math.h>
#include <string.h>

#include "cube_case.h"
#include "io/h5.h"
#include "tests/check/mpi.h"

static void expect_centres(const pstm_class_centre *expected, const char *bins)
{
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_about *back = pstm_cube_get_about(cube);
    ck_assert_int_eq(back->n_classes, about.n_classes);
    ck_assert_str_eq(back->bins, bins);
    for (int32_t c = 0; c < about.n_classes; c++)
        ck_assert_str_eq(pstm_class_centre_name(back->centres[c]).text,
                         pstm_class_centre_name(expected[c]).text);
    ok(pstm_cube_close(&cube));
}

/* Whether a name is in the file. */
static bool has(const char *name)
{
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const bool found = H5Lexists(file, name, H5P_DEFAULT) > 0;
    H5Fclose(file);
    return found;
}

START_TEST(offset_classes_have_their_offsets_as_axis)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    expect_centres(about.centres, "offset");
    ck_assert(has("offset") && !has("bin") && !has("azimuth") && !has("hx") && !has("hy"));
}
END_TEST

START_TEST(classes_by_azimuth_are_written_and_read_with_their_values)
{
    about = fixture_about_azimuths();
    make(fixture_everything(&about), 16);
    expect_centres(about.centres, "azimuth");
    ck_assert(has("bin") && has("offset") && has("azimuth") && !has("hx") && !has("hy"));
    pstm_cube *cube = NULL;
    fixture_tile all = fixture_tile_make(&about, fixture_everything(&about));
    ok(pstm_cube_open_read(path, &cube));
    for (int d = 0; d < PSTM_CUBE_N_DATA; d++)
        expect_range(cube, &all, (pstm_cube_data)d, whole_range());
    ok(pstm_cube_close(&cube));
    fixture_tile_free(&all);
}
END_TEST

START_TEST(offset_vectors_come_back_with_both_components)
{
    static const pstm_class_centre vectors[3] = {
        {NAN, NAN, -100, 50}, {NAN, NAN, 0, 50}, {NAN, NAN, 100, -50}};
    about.centres = vectors;
    about.bins = "vectors";
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    expect_centres(vectors, "vectors");
    ck_assert(has("bin") && !has("offset") && has("hx") && has("hy"));
}
END_TEST

START_TEST(one_class_with_all_traces_says_nothing_of_offsets)
{
    static const pstm_class_centre nothing = PSTM_NO_CENTRE;
    about.n_classes = 1;
    about.centres = &nothing;
    about.bins = "all";
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    expect_centres(&nothing, "all");
    ck_assert(has("bin") && !has("offset"));
}
END_TEST

/* Takes the attribute that names the kind away, and so makes a cube of the time before there were kinds. */
static void make_older(void)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert(H5Adelete(file, "bins") >= 0);
    H5Fclose(file);
}

START_TEST(a_cube_of_before_there_were_kinds_is_read_and_gone_on_with)
{
    pstm_cube_found found;
    make_older();
    expect_centres(about.centres, "");
    ok(pstm_cube_probe(path, &about, &found));
    ck_assert(found.is_there);
}
END_TEST

START_TEST(a_cube_of_another_kind_of_bins_is_refused)
{
    pstm_cube_found found;
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    about.bins = "azimuth";
    ck_assert(pstm_cube_probe(path, &about, &found) == PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), "bins: offset in the cube, azimuth in the job") != NULL, "%s",
                  pstm_error_text());
}
END_TEST

static void expect_damaged(const char *words)
{
    pstm_cube *cube = NULL;
    ck_assert(pstm_cube_open_read(path, &cube) == PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "%s", pstm_error_text());
}

START_TEST(a_cube_without_an_axis_of_its_classes_is_damaged)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert(H5Ldelete(file, "offset", H5P_DEFAULT) >= 0);
    H5Fclose(file);
    expect_damaged("it has no dataset /offset or /bin");

    about = fixture_about_azimuths();
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    ok(pstm_h5_put_integer(file, "n_classes", 1000000));
    H5Fclose(file);
    expect_damaged("/offset does not have 1000000 values");
}
END_TEST

START_TEST(a_changed_azimuth_changes_the_frame)
{
    uint64_t frame[2];
    about = fixture_about_azimuths();
    for (int i = 0; i < 2; i++) {
        pstm_class_centre centres[3];
        pstm_cube *cube = NULL;
        memcpy(centres, about.centres, sizeof centres);
        centres[1].azimuth_deg += i;
        pstm_cube_about changed = about;
        changed.centres = centres;
        ok(pstm_cube_create(path, &changed, NULL, 0, NULL));
        ok(pstm_cube_open_read(path, &cube));
        ok(pstm_cube_frame(cube, &frame[i]));
        ok(pstm_cube_close(&cube));
    }
    ck_assert(frame[0] != frame[1]);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube_classes");
    TCase *tests = cube_case("cube_classes");
    tcase_add_test(tests, offset_classes_have_their_offsets_as_axis);
    tcase_add_test(tests, classes_by_azimuth_are_written_and_read_with_their_values);
    tcase_add_test(tests, offset_vectors_come_back_with_both_components);
    tcase_add_test(tests, one_class_with_all_traces_says_nothing_of_offsets);
    tcase_add_test(tests, a_cube_of_before_there_were_kinds_is_read_and_gone_on_with);
    tcase_add_test(tests, a_cube_of_another_kind_of_bins_is_refused);
    tcase_add_test(tests, a_cube_without_an_axis_of_its_classes_is_damaged);
    tcase_add_test(tests, a_changed_azimuth_changes_the_frame);
    suite_add_tcase(suite, tests);
    return suite;
}
