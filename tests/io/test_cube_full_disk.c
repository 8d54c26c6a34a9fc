/* A disk that is too small, played by a file system in memory; only root may make one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cube_fixture.h"
#include "io/cube/cube.h"
#include "io/durable.h"
#include "tests/check/suite.h"

static char folder[64], path[96];
static pstm_cube_about about;

/* Chunk columns of 256 KB x 8 on a disk of 6 MB: two fit, three do not. */
static void set_up(void)
{
    about = fixture_about();
    about.grid.n_inline = about.grid.n_crossline = 64;
    about.grid.n_times = about.k_end = 256;
    snprintf(path, sizeof path, "%s/image.h5", folder);
}

static void tear_down(void)
{
    char name[160];
    static const char *const ends[] = {"", ".journal", ".making"};
    for (int e = 0; e < 3; e++) {
        snprintf(name, sizeof name, "%s%s", path, ends[e]);
        unlink(name);
    }
}

static const pstm_cube_area two_columns = {0, 16, 0, 32}, four_columns = {0, 16, 0, 64};

static void expect_full(pstm_status status)
{
    ck_assert_int_eq(status, PSTM_SYSTEM);
    const char *text = pstm_error_text();
    ck_assert_msg(strstr(text, "needs") && strstr(text, "free") && strstr(text, folder), "%s", text);
}

START_TEST(a_cube_that_does_not_fit_is_refused_with_the_figures_and_leaves_nothing)
{
    expect_full(pstm_cube_create(path, &about, NULL, 0, NULL));
    expect_full(pstm_cube_create(path, &about, &four_columns, 1, NULL));
    char temporary[120];
    snprintf(temporary, sizeof temporary, "%s.making", path);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

START_TEST(the_part_that_fits_is_made_and_more_is_refused_later)
{
    ok(pstm_cube_create(path, &about, &two_columns, 1, NULL));
    expect_full(pstm_cube_allocate(path, &four_columns, 1));
    expect_full(pstm_cube_allocate(path, NULL, 0));
    pstm_cube *cube = NULL;
    ok(pstm_cube_open_read(path, &cube));
    ok(pstm_cube_close(&cube));
}
END_TEST

START_TEST(a_disk_that_fills_between_the_look_and_the_reservation_is_named_too)
{
    char name[120];
    snprintf(name, sizeof name, "%s.making", path);
    const int descriptor = open(name, O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(descriptor, 0);
    ok(pstm_durable_check_room(name, 1 << 20));
    ok(pstm_durable_reserve(descriptor, name, 0, 1 << 20, 1 << 20));
    expect_full(pstm_durable_reserve(descriptor, name, 0, 100 << 20, 100 << 20));
    close(descriptor);
}
END_TEST

static void unmount(void)
{
    umount2(folder, MNT_DETACH);
    rmdir(folder);
}

Suite *pstm_test_suite(void)
{
    fixture_folder_make(folder);
    if (mount("pstm", folder, "tmpfs", 0, "size=6m") != 0) {
        printf("skipped: cannot mount a small file system: %s\n", strerror(errno));
        rmdir(folder);
        return NULL;
    }
    Suite *suite = suite_create("cube_full_disk");
    TCase *tests = tcase_create("cube_full_disk");
    tcase_add_unchecked_fixture(tests, NULL, unmount);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_cube_that_does_not_fit_is_refused_with_the_figures_and_leaves_nothing);
    tcase_add_test(tests, the_part_that_fits_is_made_and_more_is_refused_later);
    tcase_add_test(tests, a_disk_that_fills_between_the_look_and_the_reservation_is_named_too);
    suite_add_tcase(suite, tests);
    return suite;
}
