/* The making of a cube: its space, its draft, and what is refused. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cube_case.h"
#include "tests/check/mpi.h"

static int64_t bytes_on_disk(void)
{
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    return (int64_t)file.st_blocks * 512;
}

START_TEST(space_is_taken_for_the_areas_wanted_and_no_more)
{
    /* Chunks of 256 KB, so that blocks of the file system weigh nothing. */
    about.grid.n_inline = about.grid.n_crossline = 64;
    about.grid.n_times = about.k_end = 256;
    const int64_t column = 16 * 16 * 256 * 4 * (2 * 3 + 2), slack = 300 * 1024;
    const pstm_cube_area areas[3] = {{0, 16, 0, 32}, {32, 48, 48, 64}, {0, 16, 16, 32}};
    ok(pstm_cube_create(path, &about, areas, 3, NULL));
    ck_assert_int_ge(bytes_on_disk(), 3 * column);
    ck_assert_int_le(bytes_on_disk(), 3 * column + slack);
    const pstm_cube_area more = {48, 64, 0, 64};
    ok(pstm_cube_allocate(path, &more, 1));
    ck_assert_int_ge(bytes_on_disk(), 7 * column);
    ck_assert_int_le(bytes_on_disk(), 7 * column + slack);
    ok(pstm_cube_allocate(path, areas, 3)); /* there already */
    ck_assert_int_le(bytes_on_disk(), 7 * column + slack);
    ok(pstm_cube_allocate(path, NULL, 0));
    ck_assert_int_ge(bytes_on_disk(), 16 * column);

    /* Writing where space was reserved takes none. */
    const int64_t before = bytes_on_disk();
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_write(path, &cube));
    fixture_write(cube, areas[1], 16, NULL);
    ok(pstm_cube_close(&cube));
    ck_assert_int_le(bytes_on_disk(), before + slack);
}
END_TEST

START_TEST(a_new_cube_replaces_the_old_one_and_its_journal)
{
    make(fixture_everything(&about), 16);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    ck_assert_int_ne(access(journal_path, F_OK), 0);
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    const pstm_cube_range range = {0, 1, 0, 1, 0, 1, 3, 4};
    float value = 5;
    ok(pstm_cube_read(cube, PSTM_CUBE_STACK, &range, &value));
    ck_assert(value == 0);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_cube_that_cannot_be_made_leaves_everything_as_it_was)
{
    make(fixture_everything(&about), 16);
    const int64_t before = bytes_on_disk();
    const pstm_cube_area outside = {32, 48, 0, 16};
    ck_assert(pstm_cube_create(path, &about, &outside, 1, NULL) == PSTM_SYSTEM);
    ck_assert_int_eq(bytes_on_disk(), before);
    ck_assert_int_eq(access(journal_path, F_OK), 0);
    char temporary[120];
    snprintf(temporary, sizeof temporary, "%s.making", path);
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

START_TEST(a_draft_touches_nothing_until_it_takes_its_place)
{
    char draft[128];
    snprintf(draft, sizeof draft, "%s.making", path);
    make(fixture_everything(&about), 16);
    const int64_t before = bytes_on_disk();
    for (int turn = 0; turn < 2; turn++) {
        ok(pstm_cube_draft(path, &about, NULL, 0, NULL));
        ck_assert_int_eq(access(draft, F_OK), 0);
        ck_assert_int_eq(bytes_on_disk(), before);
        ck_assert_int_eq(access(journal_path, F_OK), 0);
        if (turn == 0) pstm_cube_drop_draft(path);
        ck_assert(turn == 1 || access(draft, F_OK) != 0);
    }
    ok(pstm_cube_place(path));
    ck_assert_int_ne(access(draft, F_OK), 0);
    ck_assert_int_ne(access(journal_path, F_OK), 0);
    ck_assert_int_eq(pstm_cube_place(path), PSTM_SYSTEM); /* there is no draft any more */
}
END_TEST

START_TEST(a_link_in_the_place_of_the_draft_is_not_followed)
{
    char draft[128], victim[128], words[16] = "";
    snprintf(draft, sizeof draft, "%s.making", path);
    snprintf(victim, sizeof victim, "%s/victim", folder);
    FILE *file = fopen(victim, "w");
    fputs("untouched", file);
    fclose(file);
    ck_assert_int_eq(symlink(victim, draft), 0);
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    file = fopen(victim, "r");
    ck_assert_ptr_nonnull(fgets(words, sizeof words, file));
    fclose(file);
    ck_assert_str_eq(words, "untouched");
}
END_TEST

START_TEST(a_folder_that_cannot_be_written_is_named)
{
    char nowhere[200];
    snprintf(nowhere, sizeof nowhere, "%s/none/image.h5", folder);
    ck_assert(pstm_cube_create(nowhere, &about, NULL, 0, NULL) == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), nowhere));
    if (geteuid() == 0) return; /* root may write anywhere */
    chmod(folder, 0500);
    ck_assert(pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_SYSTEM);
    chmod(folder, 0700);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
}
END_TEST

START_TEST(a_tile_that_is_not_in_the_grid_or_lacks_values_is_refused)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    pstm_journal_record records[6];
    ok(pstm_cube_open_write(path, &cube));
    fixture_tile t = fixture_tile_make(&about, fixture_everything(&about));
    static const pstm_cube_area bad[] = {
        {0, 16, 16, 22}, {0, 16, -1, 16}, {0, 48, 0, 16}, {16, 16, 0, 16}, {-16, 16, 0, 16}};
    for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++) {
        t.tile.area = bad[b];
        ck_assert(pstm_cube_write_tile(cube, &t.tile, records) == PSTM_SYSTEM);
    }
    t.tile.area = (pstm_cube_area){0, 16, 0, 16};
    t.tile.fold = NULL;
    ck_assert(pstm_cube_write_tile(cube, &t.tile, records) == PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/fold"));
    fixture_tile_free(&t);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_range_outside_the_cube_is_refused)
{
    ok(pstm_cube_create(path, &about, NULL, 0, NULL));
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    static const pstm_cube_range bad[] = {{0, 38, 0, 1, 0, 1, 0, 1},
                                          {0, 1, -1, 1, 0, 1, 0, 1},
                                          {0, 1, 0, 1, 0, 4, 0, 1},
                                          {0, 1, 0, 1, 0, 1, 0, 20},
                                          {2, 1, 0, 1, 0, 1, 0, 1}};
    float out[64];
    for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++)
        ck_assert(pstm_cube_read(cube, PSTM_CUBE_GATHER, &bad[b], out) == PSTM_USAGE);
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(too_long_a_time_axis_is_refused)
{
    about.grid.n_times = PSTM_GRID_MOST_TIMES + 1;
    ck_assert(pstm_cube_create(path, &about, NULL, 0, NULL) == PSTM_USAGE);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "grid.time.n"));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("cube create");
    TCase *tests = cube_case("cube create");
    tcase_add_test(tests, space_is_taken_for_the_areas_wanted_and_no_more);
    tcase_add_test(tests, a_new_cube_replaces_the_old_one_and_its_journal);
    tcase_add_test(tests, a_cube_that_cannot_be_made_leaves_everything_as_it_was);
    tcase_add_test(tests, a_draft_touches_nothing_until_it_takes_its_place);
    tcase_add_test(tests, a_link_in_the_place_of_the_draft_is_not_followed);
    tcase_add_test(tests, a_folder_that_cannot_be_written_is_named);
    tcase_add_test(tests, a_tile_that_is_not_in_the_grid_or_lacks_values_is_refused);
    tcase_add_test(tests, a_range_outside_the_cube_is_refused);
    tcase_add_test(tests, too_long_a_time_axis_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
