/* The trace store: what goes in comes out, and what is broken is told so. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <hdf5.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/memory.h"
#include "io/store.h"
#include "migrate/device.h"

enum { TRACES = 1000, SAMPLES = 101, LEAVES = 4 };

static char folder[64];
static char path[128];

/* Each test has a folder of its own, since Check runs each in a process of its own. */
static void make_folder(void)
{
    strcpy(folder, "/tmp/pstm_test_store.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/image.h5.traces.h5", folder);
}

static void remove_folder(void)
{
    glob_t found = {0};
    char pattern[80];
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            unlink(found.gl_pathv[i]);
    globfree(&found);
    rmdir(folder);
}

static size_t files_in_folder(void)
{
    glob_t found = {0};
    char pattern[80];
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    glob(pattern, 0, NULL, &found);
    size_t n = found.gl_pathc;
    globfree(&found);
    return n;
}

static pstm_store_about an_about(void)
{
    return (pstm_store_about){.key = "input: 12ab\ncondition.agc: off\n",
                              .commit = "0123abc",
                              .n_traces = TRACES,
                              .n_leaves = LEAVES,
                              .n_samples = SAMPLES,
                              .sample_s = 0.002};
}

static pstm_trace a_trace(int64_t i)
{
    return (pstm_trace){.source_x_m = 600000.25 + (double)i,
                        .source_y_m = -1.0 / 3.0,
                        .receiver_x_m = 1e-3 * (double)i,
                        .receiver_y_m = 6e6,
                        .start_s = 0.1,
                        .number = ((int64_t)1 << 40) + i,
                        .file = 3,
                        .n_samples = SAMPLES,
                        .live_first = (int32_t)(i % 7),
                        .live_last = SAMPLES - 1,
                        .mute_start_ms = -5,
                        .mute_end_ms = 17,
                        .fate = (int32_t)(i % PSTM_TRACE_FATES)};
}

static float a_sample(int64_t row, int64_t column)
{
    return (float)(row * 1000 + column);
}

static pstm_trace traces[TRACES];
static pstm_leaf leaves[LEAVES];

static pstm_status create(const pstm_store_about *about)
{
    for (int64_t i = 0; i < TRACES; i++)
        traces[i] = a_trace(i);
    for (int i = 0; i < LEAVES; i++)
        leaves[i] = (pstm_leaf){.first_trace = 256 * i,
                                .n_traces = i == 3 ? 232 : 256,
                                .midpoints = {10.0 * i, 10.0 * i + 9, -1, 1},
                                .min_half_offset_m = 50,
                                .max_half_offset_m = 1500.5};
    return pstm_store_create(path, about, traces, leaves);
}

static void make_store(void)
{
    pstm_store_about about = an_about();
    pstm_status status = create(&about);
    ck_assert_msg(status == PSTM_OK, "%s", pstm_error_text());
}

/** Writes rows [first, first + n) with a_sample() in every column. */
static pstm_status write_rows(pstm_store *store, int64_t first, int64_t n)
{
    int64_t stride = pstm_store_stride(store);
    float *samples = NULL;
    PSTM_TRY(PSTM_NEW(&samples, n * stride, "rows"));
    for (int64_t i = 0; i < n * stride; i++)
        samples[i] = a_sample(first + i / stride, i % stride);
    pstm_status status = pstm_store_write(store, first, n, traces + first, samples);
    PSTM_FREE(&samples);
    return status;
}

static void assert_rows(const pstm_store *store, int64_t first, int64_t n)
{
    int64_t stride = pstm_store_stride(store);
    float *samples = NULL;
    ck_assert_int_eq(PSTM_NEW(&samples, n * stride, "rows"), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_samples(store, first, n, samples), PSTM_OK);
    int64_t n_wrong = 0;
    for (int64_t i = 0; i < n * stride; i++)
        n_wrong += samples[i] != a_sample(first + i / stride, i % stride);
    ck_assert_int_eq(n_wrong, 0);
    PSTM_FREE(&samples);
}

static void set_integer_attribute(const char *name, int64_t value)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t attribute = H5Aopen(file, name, H5P_DEFAULT);
    ck_assert(H5Awrite(attribute, H5T_NATIVE_INT64, &value) >= 0);
    H5Aclose(attribute);
    H5Fclose(file);
}

static void assert_unusable_data(void)
{
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_DATA);
    ck_assert_ptr_null(store);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
}

/* ---- in and out -------------------------------------------------------------------------------------- */

START_TEST(a_new_store_holds_its_traces_and_leaves_and_zeros_for_samples)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    const pstm_store_about *about = pstm_store_get_about(store);
    ck_assert_str_eq(about->key, an_about().key);
    ck_assert_str_eq(about->commit, "0123abc");
    ck_assert_int_eq(about->n_traces, TRACES);
    ck_assert_int_eq(about->n_leaves, LEAVES);
    ck_assert_int_eq(about->n_samples, SAMPLES);
    ck_assert_double_eq(about->sample_s, 0.002);
    ck_assert(!pstm_store_is_complete(store));
    ck_assert_int_eq(pstm_store_stride(store), pstm_trace_stride(SAMPLES));
    ck_assert_mem_eq(pstm_store_leaves(store), leaves, sizeof leaves);

    static pstm_trace read[TRACES];
    ck_assert_int_eq(pstm_store_read_traces(store, 0, TRACES, read), PSTM_OK);
    ck_assert_mem_eq(read, traces, sizeof traces);
    static float samples[3 * 176];
    ck_assert_int_le(3 * pstm_store_stride(store), 3 * 176);
    memset(samples, 0xff, sizeof samples);
    ck_assert_int_eq(pstm_store_read_samples(store, TRACES - 3, 3, samples), PSTM_OK);
    for (int64_t i = 0; i < 3 * pstm_store_stride(store); i++)
        ck_assert(samples[i] == 0.0F);
    pstm_store_close(&store);
    ck_assert_ptr_null(store);
    pstm_store_close(&store);
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(rows_are_read_as_they_were_written_and_their_neighbours_stay)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    traces[500].fate = PSTM_TRACE_MUTED;
    traces[500].live_first = 99;
    float *zeros = NULL;
    ck_assert_int_eq(PSTM_NEW(&zeros, pstm_store_stride(store), "a row"), PSTM_OK);
    ck_assert_int_eq(pstm_store_write(store, 500, 1, &traces[500], NULL), PSTM_OK);
    assert_rows(store, 499, 3);
    ck_assert_int_eq(pstm_store_write(store, 500, 1, NULL, zeros), PSTM_OK);
    PSTM_FREE(&zeros);
    ck_assert_int_eq(pstm_store_sync(store), PSTM_OK);
    pstm_store_close(&store);

    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    assert_rows(store, 0, 500);
    assert_rows(store, 501, TRACES - 501);
    static pstm_trace read[TRACES];
    ck_assert_int_eq(pstm_store_read_traces(store, 0, TRACES, read), PSTM_OK);
    ck_assert_mem_eq(read, traces, sizeof traces);
    pstm_store_close(&store);
}
END_TEST

/** One of four threads that write and read back every fourth block of 10 rows. */
typedef struct worker {
    pstm_store *store;
    int first_block;
    bool failed;
} worker;

static void *write_blocks(void *argument)
{
    worker *mine = argument;
    for (int64_t block = mine->first_block; block < TRACES / 10; block += 4)
        mine->failed |= write_rows(mine->store, 10 * block, 10) != PSTM_OK;
    return NULL;
}

START_TEST(threads_write_their_rows_at_once)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, true, &store), PSTM_OK);
    pthread_t threads[4];
    worker workers[4];
    for (int i = 0; i < 4; i++) {
        workers[i] = (worker){.store = store, .first_block = i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_blocks, &workers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert(!workers[i].failed);
    }
    assert_rows(store, 0, TRACES);
    pstm_store_close(&store);
}
END_TEST

START_TEST(rows_outside_the_store_and_writes_into_a_read_only_one_are_refused)
{
    make_store();
    pstm_store *store = NULL;
    pstm_trace trace;
    const int64_t rows[][2] = {{-1, 1}, {0, TRACES + 1}, {TRACES, 1},
                               {5, -1}, {INT64_MAX, 1},  {1, INT64_MAX}};
    ck_assert_int_eq(pstm_store_open(path, true, &store), PSTM_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(pstm_store_read_traces(store, rows[i][0], rows[i][1], &trace), PSTM_USAGE);
        ck_assert_int_eq(pstm_store_write(store, rows[i][0], rows[i][1], traces, NULL), PSTM_USAGE);
    }
    ck_assert_int_eq(pstm_store_read_traces(store, TRACES, 0, &trace), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    ck_assert_int_eq(pstm_store_write(store, 0, 1, traces, NULL), PSTM_USAGE);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_store_without_traces_is_a_store)
{
    pstm_store_about about = an_about();
    about.n_traces = about.n_leaves = 0;
    about.commit = NULL;
    ck_assert_int_eq(create(&about), PSTM_OK);
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    pstm_store *store = NULL;
    ck_assert_msg(pstm_store_open(path, false, &store) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_store_get_about(store)->n_traces, 0);
    ck_assert_str_eq(pstm_store_get_about(store)->commit, "");
    ck_assert_int_eq(pstm_store_read_samples(store, 0, 0, NULL), PSTM_OK);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_key_longer_than_64_KiB_comes_back_whole)
{
    enum { LONG = 200000 };
    char *key = NULL;
    ck_assert_int_eq(PSTM_NEW(&key, LONG + 1, "key"), PSTM_OK);
    memset(key, 'k', LONG);
    pstm_store_about about = an_about();
    about.key = key;
    ck_assert_msg(create(&about) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    bool usable = false;
    ck_assert_int_eq(pstm_store_probe(path, key, &usable), PSTM_OK);
    ck_assert(usable);
    PSTM_FREE(&key);
}
END_TEST

START_TEST(only_the_owner_can_read_a_store)
{
    make_store();
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
}
END_TEST

/** What read_store.py returns when h5py is missing. */
enum { SKIPPED = 77 };

START_TEST(h5py_reads_every_row_and_attribute)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    char command[400];
    snprintf(command, sizeof command, "/usr/bin/python3 %s/tests/io/read_store.py %s", PSTM_SOURCE_DIR, path);
    int result = system(command);
    ck_assert(WIFEXITED(result));
    ck_assert(WEXITSTATUS(result) == 0 || WEXITSTATUS(result) == SKIPPED);
}
END_TEST

/* ---- life -------------------------------------------------------------------------------------------- */

START_TEST(a_store_is_usable_when_finished_and_of_the_same_key)
{
    bool usable = true;
    ck_assert_int_eq(pstm_store_probe(path, an_about().key, &usable), PSTM_OK);
    ck_assert(!usable); /* nothing there */
    make_store();
    usable = true;
    ck_assert_int_eq(pstm_store_probe(path, an_about().key, &usable), PSTM_OK);
    ck_assert(!usable); /* not finished */
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    ck_assert_int_eq(pstm_store_probe(path, an_about().key, &usable), PSTM_OK);
    ck_assert(usable);
    ck_assert_int_eq(pstm_store_probe(path, "another key", &usable), PSTM_OK);
    ck_assert(!usable);
}
END_TEST

START_TEST(finishing_changes_no_row_and_shows_at_the_next_opening)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    ck_assert_int_eq(pstm_store_sync(store), PSTM_OK);
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    ck_assert(!pstm_store_is_complete(store));
    pstm_store_close(&store);
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    ck_assert(pstm_store_is_complete(store));
    assert_rows(store, 0, TRACES);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_new_store_takes_the_place_of_an_older_one)
{
    make_store();
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    pstm_store_about about = an_about();
    about.key = "new";
    ck_assert_int_eq(create(&about), PSTM_OK);
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    ck_assert_str_eq(pstm_store_get_about(store)->key, "new");
    ck_assert(!pstm_store_is_complete(store));
    pstm_store_close(&store);
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

/* ---- broken files ------------------------------------------------------------------------------------ */

START_TEST(a_missing_store_is_the_systems_word)
{
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_SYSTEM);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), strerror(ENOENT)));
    ck_assert_int_eq(pstm_store_finish(path), PSTM_SYSTEM);
}
END_TEST

START_TEST(a_store_cut_anywhere_is_refused_and_made_anew)
{
    make_store();
    ck_assert_int_eq(pstm_store_finish(path), PSTM_OK);
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    const double parts[] = {0.9999, 0.5, 0.1, 0.001};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ck_assert_int_eq(truncate(path, (off_t)((double)about.st_size * parts[i])), 0);
        assert_unusable_data();
        bool usable = true;
        ck_assert_int_eq(pstm_store_probe(path, an_about().key, &usable), PSTM_OK);
        ck_assert(!usable);
    }
    make_store();
}
END_TEST

START_TEST(a_file_cut_while_it_is_open_ends_early)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
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
    bool usable = false;
    ck_assert_int_eq(pstm_store_probe(path, "key", &usable), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "move it away"));

    unlink(path);
    hid_t other = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    assert_unusable_data();
    ck_assert_int_eq(pstm_store_probe(path, "key", &usable), PSTM_DATA);
    ck_assert_int_eq(pstm_store_finish(path), PSTM_DATA);
}
END_TEST

START_TEST(another_version_is_named_and_made_anew)
{
    make_store();
    set_integer_attribute("version", 77);
    assert_unusable_data();
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "77"));
    bool usable = true;
    ck_assert_int_eq(pstm_store_probe(path, an_about().key, &usable), PSTM_OK);
    ck_assert(!usable);
}
END_TEST

static const struct {
    const char *attribute;
    int64_t value;
} lies[] = {{"n_samples", 0}, {"n_samples", 5000}, {"n_samples", INT64_MAX}, {"complete", 9}};

START_TEST(attributes_that_do_not_fit_the_data_are_found)
{
    make_store();
    set_integer_attribute(lies[_i].attribute, lies[_i].value);
    assert_unusable_data();
}
END_TEST

START_TEST(a_missing_attribute_or_dataset_is_named)
{
    const char *gone[] = {"key", "/samples"};
    for (int i = 0; i < 2; i++) {
        make_store();
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        ck_assert((i == 0 ? H5Adelete(file, "key") : H5Ldelete(file, "/samples", H5P_DEFAULT)) >= 0);
        H5Fclose(file);
        assert_unusable_data();
        ck_assert_ptr_nonnull(strstr(pstm_error_text(), gone[i]));
    }
}
END_TEST

START_TEST(a_leaf_that_points_outside_the_traces_is_found)
{
    for (int64_t i = 0; i < TRACES; i++)
        traces[i] = a_trace(i);
    leaves[0] = (pstm_leaf){.first_trace = TRACES - 5, .n_traces = 6};
    pstm_store_about about = an_about();
    about.n_leaves = 1;
    ck_assert_int_eq(pstm_store_create(path, &about, traces, leaves), PSTM_OK);
    assert_unusable_data();
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "leaf 0"));
}
END_TEST

START_TEST(flipped_bytes_of_the_metadata_never_crash)
{
    make_store();
    int descriptor = open(path, O_RDWR);
    for (off_t at = 0; at < 2000; at += 23) {
        unsigned char kept, flipped;
        ck_assert_int_eq(pread(descriptor, &kept, 1, at), 1);
        flipped = (unsigned char)~kept;
        ck_assert_int_eq(pwrite(descriptor, &flipped, 1, at), 1);
        pstm_store *store = NULL;
        if (pstm_store_open(path, false, &store) == PSTM_OK) pstm_store_close(&store);
        ck_assert_ptr_null(store);
        ck_assert_int_eq(pwrite(descriptor, &kept, 1, at), 1);
    }
    close(descriptor);
    pstm_store *store = NULL;
    ck_assert_int_eq(pstm_store_open(path, false, &store), PSTM_OK);
    pstm_store_close(&store);
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

static void add(Suite *suite, TCase *tests)
{
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    suite_add_tcase(suite, tests);
}

static void add_good_cases(Suite *suite)
{
    TCase *tests = tcase_create("in and out");
    tcase_add_test(tests, a_new_store_holds_its_traces_and_leaves_and_zeros_for_samples);
    tcase_add_test(tests, rows_are_read_as_they_were_written_and_their_neighbours_stay);
    tcase_add_test(tests, threads_write_their_rows_at_once);
    tcase_add_test(tests, rows_outside_the_store_and_writes_into_a_read_only_one_are_refused);
    tcase_add_test(tests, a_store_without_traces_is_a_store);
    tcase_add_test(tests, a_key_longer_than_64_KiB_comes_back_whole);
    tcase_add_test(tests, only_the_owner_can_read_a_store);
    tcase_add_test(tests, h5py_reads_every_row_and_attribute);
    add(suite, tests);
    tests = tcase_create("life");
    tcase_add_test(tests, a_store_is_usable_when_finished_and_of_the_same_key);
    tcase_add_test(tests, finishing_changes_no_row_and_shows_at_the_next_opening);
    tcase_add_test(tests, a_new_store_takes_the_place_of_an_older_one);
    add(suite, tests);
}

static void add_bad_cases(Suite *suite)
{
    TCase *tests = tcase_create("broken files");
    tcase_add_test(tests, a_missing_store_is_the_systems_word);
    tcase_add_test(tests, a_store_cut_anywhere_is_refused_and_made_anew);
    tcase_add_test(tests, a_file_cut_while_it_is_open_ends_early);
    tcase_add_test(tests, a_file_that_is_no_store_is_neither_opened_nor_replaced);
    tcase_add_test(tests, another_version_is_named_and_made_anew);
    tcase_add_loop_test(tests, attributes_that_do_not_fit_the_data_are_found, 0,
                        (int)(sizeof lies / sizeof *lies));
    tcase_add_test(tests, a_missing_attribute_or_dataset_is_named);
    tcase_add_test(tests, a_leaf_that_points_outside_the_traces_is_found);
    tcase_add_test(tests, flipped_bytes_of_the_metadata_never_crash);
    add(suite, tests);
    tests = tcase_create("a system that refuses");
    tcase_add_test(tests, a_folder_that_is_not_there_is_named);
    tcase_add_test(tests, more_traces_than_any_file_holds_are_refused);
    tcase_add_test(tests, a_limit_of_the_file_size_leaves_no_file_behind);
    tcase_add_test(tests, a_full_disk_is_told_with_the_bytes_needed_and_free);
    add(suite, tests);
}

int main(void)
{
    Suite *suite = suite_create("store");
    add_good_cases(suite);
    add_bad_cases(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
