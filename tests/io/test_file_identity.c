/* Whether a file is still the one that it was: each way to change it is found and named. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cube_fixture.h"
#include "io/file_identity.h"
#include "io/segy/byte_source.h"
#include "tests/check/suite.h"

static char folder[64], path[96];

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void set_up(void)
{
    fixture_folder_make(folder);
    snprintf(path, sizeof path, "%s/file", folder);
    put(path, "shot 1");
}

static void tear_down(void)
{
    fixture_folder_remove(folder);
}

static pstm_file_identity identity_of(const char *name)
{
    struct stat about;
    ck_assert_int_eq(stat(name, &about), 0);
    return pstm_file_identity_make(&about);
}

/* Until the clock of the file system, which ticks a few hundred times a second, stamps another time. */
static void await_tick(void)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    char probe[112];
    snprintf(probe, sizeof probe, "%s.tick", path);
    put(probe, "");
    const int64_t begin_ns = identity_of(probe).changed_ns;
    while (identity_of(probe).changed_ns == begin_ns) {
        nanosleep(&pause, NULL);
        put(probe, "");
    }
    unlink(probe);
}

/* Under the old times of access and modification. */
static void rewrite_in_place(const char *text)
{
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    const struct timespec times[2] = {about.st_atim, about.st_mtim};
    const int descriptor = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(descriptor, text, strlen(text), 0), strlen(text));
    close(descriptor);
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void expect_difference(const pstm_file_identity *was, const pstm_file_identity *is, const char *words)
{
    pstm_text text = {0};
    ck_assert(!pstm_file_identity_is_same(was, is));
    ok(pstm_file_identity_difference(was, is, &text));
    ck_assert_msg(text.bytes != NULL && strstr(text.bytes, words) != NULL, "%s", text.bytes);
    pstm_text_clear(&text);
}

START_TEST(a_file_that_is_read_only_stays_the_same)
{
    const pstm_file_identity was = identity_of(path), is = identity_of(path);
    pstm_text text = {0};
    ck_assert(pstm_file_identity_is_same(&was, &is));
    ok(pstm_file_identity_difference(&was, &is, &text));
    ck_assert_int_eq(text.length, 0);
}
END_TEST

START_TEST(each_change_is_named)
{
    const pstm_file_identity was = identity_of(path);
    await_tick();
    put(path, "shot 12");
    pstm_file_identity is = identity_of(path);
    expect_difference(&was, &is, "its size is 7 bytes and was 6");
    put(path, "shot 2");
    is = identity_of(path);
    expect_difference(&was, &is, "its time of modification is ");
    is = was;
    is.inode++;
    expect_difference(&was, &is, "it is another file");
}
END_TEST

START_TEST(a_file_rewritten_in_place_under_its_old_time_is_found)
{
    const pstm_file_identity was = identity_of(path);
    await_tick();
    rewrite_in_place("shot 2");
    const pstm_file_identity is = identity_of(path);
    ck_assert_int_eq(was.modified_ns, is.modified_ns);
    expect_difference(&was, &is, "its time of change");
}
END_TEST

START_TEST(device_numbers_count_on_one_machine_only)
{
    const pstm_file_identity was = identity_of(path);
    pstm_file_identity is = was;
    is.device++;
    expect_difference(&was, &is, "of device");
    is.machine++;
    ck_assert(pstm_file_identity_is_same(&was, &is));
}
END_TEST

START_TEST(an_open_source_notices_that_its_file_has_changed)
{
    pstm_byte_source source;
    ok(pstm_byte_source_open(path, &source));
    ok(pstm_byte_source_check(&source));
    await_tick();
    rewrite_in_place("shot 3");
    ck_assert_int_eq(pstm_byte_source_check(&source), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "has changed while it was read"));
    pstm_byte_source_close(&source);

    ok(pstm_byte_source_open(path, &source));
    await_tick();
    ck_assert_int_eq(unlink(path), 0); /* another one takes its place */
    put(path, "shot 3");
    ck_assert_int_eq(pstm_byte_source_check(&source), PSTM_DATA);
    pstm_byte_source_close(&source);
    source = pstm_byte_source_memory("memory", "x", 1);
    ok(pstm_byte_source_check(&source));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("file identity");
    TCase *tests = tcase_create("file identity");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_file_that_is_read_only_stays_the_same);
    tcase_add_test(tests, each_change_is_named);
    tcase_add_test(tests, a_file_rewritten_in_place_under_its_old_time_is_found);
    tcase_add_test(tests, device_numbers_count_on_one_machine_only);
    tcase_add_test(tests, an_open_source_notices_that_its_file_has_changed);
    suite_add_tcase(suite, tests);
    return suite;
}
