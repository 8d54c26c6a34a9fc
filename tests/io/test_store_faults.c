/* The trace store: what is broken is told so, and a system that refuses leaves nothing behind. */
#include <errno.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/store/store.h"
#include "store_fixture.h"
#include "tests/check/suite.h"

static void assert_unusable_data(void)
{
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_DATA);
    ck_assert_ptr_null(store);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
}

/* The file is something else: it must stay. */
static void assert_foreign(void)
{
    const pstm_store_about about = an_about();
    bool usable = true;
    ck_assert_int_eq(pstm_store_probe(path, &about, leaves, &usable), PSTM_DATA);
    ck_assert(!usable);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "move it away"));
}

/* ---- broken files ------------------------------------------------------------------------------------ */

START_TEST(a_missing_store_is_the_systems_word)
{
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), strerror(ENOENT)));
    ck_assert_int_eq(finish_store(7), PSTM_SYSTEM);
}
END_TEST

START_TEST(a_file_cut_while_it_is_open_ends_early)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(truncate(path, 100000), 0);
    float samples[256];
    ck_assert_int_eq(pstm_store_read_samples(store, TRACES - 1, 1, samples), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "ends at byte"));
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_file_that_is_no_store_is_neither_opened_nor_replaced)
{
    FILE *file = fopen(path, "w");
    fputs("a shopping list\n", file);
    fclose(file);
    assert_unusable_data();
    assert_foreign();

    unlink(path);
    hid_t other = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    assert_unusable_data();
    assert_foreign();
    ck_assert_int_eq(finish_store(7), PSTM_DATA);
}
END_TEST

START_TEST(a_folder_or_a_pipe_in_its_place_is_told_and_holds_nobody_up)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_unusable_data();
    assert_foreign();
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_unusable_data();
    assert_foreign();
    unlink(path);
}
END_TEST

/* Versions 1 and 2 were HDF5 from the first byte on, in the format of 1.8. */
static void make_older_store(const char *leaf)
{
    const char *const names[] = {"trace", leaf, "samples"};
    hid_t list = H5Pcreate(H5P_FILE_ACCESS), space = H5Screate(H5S_SCALAR);
    H5Pset_libver_bounds(list, H5F_LIBVER_V18, H5F_LIBVER_V18);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, list);
    for (int i = 0; i < 3; i++)
        H5Dclose(H5Dcreate2(file, names[i], H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(list);
    H5Fclose(file);
}

START_TEST(a_store_of_an_older_version_is_made_anew)
{
    make_older_store("leaf");
    assert_unusable_data();
    ck_assert(!is_usable(an_about().key));
    make_older_store("loaf");
    assert_foreign();
}
END_TEST

/* ---- a system that refuses --------------------------------------------------------------------------- */

START_TEST(a_folder_that_is_not_there_is_named)
{
    pstm_store_about about = an_about();
    strcpy(path, "/tmp/pstm_no_such_folder/traces.h5");
    ck_assert_int_eq(create(&about), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/tmp/pstm_no_such_folder"));
}
END_TEST

START_TEST(more_traces_than_any_file_holds_are_refused)
{
    pstm_store_about about = an_about();
    about.n_traces = INT64_MAX / 100;
    ck_assert_int_eq(create(&about), PSTM_DATA);
    about.n_traces = (int64_t)1 << 45; /* fits a file offset, but no disk */
    ck_assert_int_eq(create(&about), PSTM_SYSTEM);
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

START_TEST(a_limit_of_the_file_size_leaves_no_file_behind)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {100000, 100000};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    pstm_store_about about = an_about();
    ck_assert_int_eq(create(&about), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), folder));
    ck_assert_uint_eq(files_in_folder(), 0);
}
END_TEST

START_TEST(a_full_disk_is_told_with_the_bytes_needed_and_free)
{
    if (mount("tmpfs", folder, "tmpfs", 0, "size=262144") != 0) {
        printf("skipped: a full disk needs the right to mount a tmpfs (%s)\n", strerror(errno));
        return;
    }
    pstm_store_about about = an_about();
    pstm_status status = create(&about);
    char said[1000];
    snprintf(said, sizeof said, "%s", pstm_error_text());
    size_t n_left = files_in_folder();
    umount(folder);
    ck_assert_int_eq(status, PSTM_SYSTEM);
    ck_assert_msg(strstr(said, "262144 bytes") && strstr(said, "free"), "%s", said);
    ck_assert_uint_eq(n_left, 0);
}
END_TEST

/* Makes an empty file `path` + suffix and gives its name. */
static const char *make_beside(const char *suffix)
{
    static char name[512];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    return name;
}

START_TEST(drafts_of_a_killed_run_are_removed_and_nothing_else)
{
    const char *const others[] = {".a1B2c", ".a1B2c3d", "x.a1B2c3", ".a1B2c_", ""};
    make_beside(".a1B2c3");
    make_beside(".ZZZZZZ");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        make_beside(others[i]);
    const size_t before = files_in_folder();
    pstm_store_remove_drafts(path);
    ck_assert_uint_eq(files_in_folder(), before - 2);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_int_eq(unlink(make_beside(others[i])), 0);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *tests = tcase_create("broken files");
    tcase_add_test(tests, a_missing_store_is_the_systems_word);
    tcase_add_test(tests, a_file_cut_while_it_is_open_ends_early);
    tcase_add_test(tests, a_file_that_is_no_store_is_neither_opened_nor_replaced);
    tcase_add_test(tests, a_folder_or_a_pipe_in_its_place_is_told_and_holds_nobody_up);
    tcase_add_test(tests, a_store_of_an_older_version_is_made_anew);
    tcase_add_test(tests, drafts_of_a_killed_run_are_removed_and_nothing_else);
    add(suite, tests);
    tests = tcase_create("a system that refuses");
    tcase_add_test(tests, a_folder_that_is_not_there_is_named);
    tcase_add_test(tests, more_traces_than_any_file_holds_are_refused);
    tcase_add_test(tests, a_limit_of_the_file_size_leaves_no_file_behind);
    tcase_add_test(tests, a_full_disk_is_told_with_the_bytes_needed_and_free);
    add(suite, tests);
}

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("store faults");
    add_cases(suite);
    return suite;
}
