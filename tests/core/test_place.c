/* Where files may be made, and that making one touches nothing else. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/place.h"
#include "core/write_file.h"
#include "tests/check/suite.h"

static char folder[64], before[1024];

/* Each test works in a folder of its own. */
static void set_up(void)
{
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    snprintf(folder, sizeof folder, "/tmp/pstm_place_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
    char command[96];
    ck_assert_int_eq(chdir(before), 0);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0); /* NOLINT(bugprone-command-processor) */
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void expect_text(const char *path, const char *text)
{
    char bytes[256] = "";
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes - 1, file), strlen(text));
    ck_assert_str_eq(bytes, text);
    fclose(file);
}

static void refused(pstm_status status, const char *words)
{
    ck_assert_int_eq(status, PSTM_USAGE);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "%s", pstm_error_text());
}

START_TEST(a_new_file_and_one_that_is_there_have_a_place)
{
    put("there", "x");
    ck_assert_int_eq(pstm_place_check("new"), PSTM_OK);
    ck_assert_int_eq(pstm_place_check("./there"), PSTM_OK);
    ck_assert_int_eq(symlink(".", "here"), 0); /* links on the way are the user's way */
    ck_assert_int_eq(pstm_place_check("here/there"), PSTM_OK);
}
END_TEST

START_TEST(what_cannot_be_a_file_is_named_with_the_remedy)
{
    put("file", "x");
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    ck_assert_int_eq(mkfifo("pipe", 0666), 0);
    ck_assert_int_eq(symlink("nowhere/file", "link"), 0);
    refused(pstm_place_check("no/such/file"), "no/such/file: its folder no/such is not there; make it with");
    refused(pstm_place_check("file/file"), "file is a file and no folder");
    refused(pstm_place_check("folder"), "folder is a folder, so no file can be made there");
    refused(pstm_place_check("pipe"), "pipe is a named pipe, so no file");
    refused(pstm_place_check("/dev/null"), "/dev/null is a device, so no file");
    refused(pstm_place_check("link"), "link is a symbolic link to nowhere/file");
}
END_TEST

START_TEST(all_that_a_run_makes_beside_its_cube_needs_a_place)
{
    char path[64], words[96];
    ck_assert_int_eq(pstm_place_check_cube("image.h5"), PSTM_OK);
    for (int i = 0; pstm_beside_endings[i] != NULL; i++) {
        snprintf(path, sizeof path, "image.h5%s", pstm_beside_endings[i]);
        snprintf(words, sizeof words, "%s is a symbolic link to precious", path);
        ck_assert_int_eq(symlink("precious", path), 0);
        refused(pstm_place_check_cube("image.h5"), words);
        ck_assert_int_eq(unlink(path), 0);
    }
}
END_TEST

START_TEST(a_file_without_the_mark_is_replaced_on_demand_only)
{
    const pstm_mark mark = {.at = 2, .bytes = "mark", .n = 4};
    put("ours", "a mark");
    put("other", "something else");
    put("short", "a ma");
    put("empty", "");
    ck_assert_int_eq(pstm_place_check_mark("new", &mark, false), PSTM_OK);
    ck_assert_int_eq(pstm_place_check_mark("ours", &mark, false), PSTM_OK);
    ck_assert_int_eq(pstm_place_check_mark("empty", &mark, false), PSTM_OK);
    refused(pstm_place_check_mark("other", &mark, false), "other is there already");
    refused(pstm_place_check_mark("short", &mark, false), "--overwrite");
    ck_assert_int_eq(pstm_place_check_mark("other", &mark, true), PSTM_OK);
    ck_assert_int_eq(mkdir("folder", 0777), 0);
    refused(pstm_place_check_mark("folder", &mark, true), "is a folder");
}
END_TEST

START_TEST(making_a_file_leaves_what_links_there_name)
{
    put("precious", "p");
    ck_assert_int_eq(symlink("precious", "soft"), 0);
    ck_assert_int_eq(link("precious", "hard"), 0);
    const char *const names[] = {"soft", "hard", "new"};
    for (int i = 0; i < 3; i++) {
        const int descriptor = pstm_place_make(names[i]);
        ck_assert_int_ge(descriptor, 0);
        ck_assert_int_eq(write(descriptor, "q", 1), 1);
        close(descriptor);
        expect_text(names[i], "q");
        expect_text("precious", "p");
    }
    ck_assert_int_lt(pstm_place_make("no/such"), 0);
}
END_TEST

START_TEST(a_small_file_is_written_past_a_link_in_its_temporary_place)
{
    char temporary[64];
    put("precious", "p");
    snprintf(temporary, sizeof temporary, "out.%ld.tmp", (long)getpid());
    ck_assert_int_eq(symlink("precious", temporary), 0);
    ck_assert_int_eq(pstm_write_file("out", "q", 1), PSTM_OK);
    expect_text("out", "q");
    expect_text("precious", "p");
}
END_TEST

START_TEST(names_of_one_file_are_the_same)
{
    put("file", "x");
    put("other", "x");
    ck_assert_int_eq(symlink("file", "soft"), 0);
    ck_assert_int_eq(link("file", "hard"), 0);
    ck_assert(pstm_place_is_same("file", "./file") && pstm_place_is_same("soft", "hard"));
    ck_assert(!pstm_place_is_same("file", "other") && !pstm_place_is_same("none", "none"));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("place");
    TCase *tests = tcase_create("place");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_new_file_and_one_that_is_there_have_a_place);
    tcase_add_test(tests, what_cannot_be_a_file_is_named_with_the_remedy);
    tcase_add_test(tests, all_that_a_run_makes_beside_its_cube_needs_a_place);
    tcase_add_test(tests, a_file_without_the_mark_is_replaced_on_demand_only);
    tcase_add_test(tests, making_a_file_leaves_what_links_there_name);
    tcase_add_test(tests, a_small_file_is_written_past_a_link_in_its_temporary_place);
    tcase_add_test(tests, names_of_one_file_are_the_same);
    suite_add_tcase(suite, tests);
    return suite;
}
