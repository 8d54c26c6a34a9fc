/* The trace store: what goes in comes out. Broken files and full disks: test_store_faults.c. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "core/memory.h"
#include "device/device.h"
#include "io/store/store.h"
#include "store_fixture.h"
#include "tests/check/suite.h"

/* ---- in and out -------------------------------------------------------------------------------------- */

START_TEST(a_new_store_holds_its_leaves_and_zeros_for_traces_and_samples)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    const pstm_store_about *about = pstm_store_get_about(store);
    ck_assert_int_eq(about->n_traces, TRACES);
    ck_assert_int_eq(about->n_leaves, LEAVES);
    ck_assert_int_eq(about->n_samples, SAMPLES);
    ck_assert_double_eq(about->sample_s, 0.002);
    ck_assert(!pstm_store_is_complete(store));
    ck_assert_int_eq(pstm_store_stride(store), pstm_trace_stride(SAMPLES));
    ck_assert_ptr_eq(pstm_store_leaves(store), leaves); /* held once, by whom it was opened */

    static pstm_trace read[TRACES], zeros[TRACES];
    memset(read, 0xff, sizeof read);
    ck_assert_int_eq(pstm_store_read_traces(store, 0, TRACES, read), PSTM_OK);
    ck_assert_mem_eq(read, zeros, sizeof zeros);
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
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
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

    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
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
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
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
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(pstm_store_read_traces(store, rows[i][0], rows[i][1], &trace), PSTM_USAGE);
        ck_assert_int_eq(pstm_store_write(store, rows[i][0], rows[i][1], traces, NULL), PSTM_USAGE);
    }
    ck_assert_int_eq(pstm_store_read_traces(store, TRACES, 0, &trace), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
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
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    pstm_store *store = NULL;
    ck_assert_msg(open_store(false, &store) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_store_get_about(store)->n_traces, 0);
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
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    ck_assert(is_usable(key));
    key[LONG - 1] = 'K';
    ck_assert(!is_usable(key));
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

/* Reads each leaf; all are right but one, if that is >= 0. */
static void expect_leaves(int64_t damaged)
{
    static pstm_trace read[256];
    pstm_store *store = NULL;
    float *samples = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(PSTM_NEW(&samples, 256 * pstm_store_stride(store), "a leaf"), PSTM_OK);
    for (int64_t i = 0; i < LEAVES; i++) {
        const pstm_status status = pstm_store_read_leaf(store, i, read, samples);
        ck_assert_int_eq(status, i == damaged ? PSTM_DATA : PSTM_OK);
        if (status == PSTM_OK)
            ck_assert_mem_eq(read, traces + 256 * i, (size_t)leaves[i].n_traces * sizeof *read);
    }
    PSTM_FREE(&samples);
    pstm_store_close(&store);
}

/* In a complete store, behind its back. */
static void write_row(int64_t row, const pstm_trace *trace, const float *samples)
{
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(pstm_store_write(store, row, 1, trace, samples), PSTM_OK);
    pstm_store_close(&store);
}

START_TEST(a_leaf_is_held_to_what_was_written_to_it)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_leaf(store, 0, NULL, NULL), PSTM_USAGE); /* not complete */
    ck_assert_int_eq(finish_open(store, 7), PSTM_OK);
    float *row = NULL;
    const int64_t stride = pstm_store_stride(store);
    ck_assert_int_eq(PSTM_NEW(&row, stride, "a row"), PSTM_OK);
    pstm_store_close(&store);
    expect_leaves(-1);
    for (int64_t i = 0; i < stride; i++)
        row[i] = a_sample(600, i);
    row[stride - 1] += 1; /* the last pad: all is covered */
    write_row(600, NULL, row);
    expect_leaves(2);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "leaf 2, rows 512 to 767"));
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "delete it"));
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    row[stride - 1] -= 1;
    write_row(600, NULL, row);
    expect_leaves(-1);
    pstm_trace other = traces[TRACES - 1];
    other.number++;
    write_row(TRACES - 1, &other, NULL);
    expect_leaves(LEAVES - 1);
    PSTM_FREE(&row);
}
END_TEST

START_TEST(it_says_which_files_it_was_made_of)
{
    make_store();
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    pstm_store *store = NULL;
    pstm_file_identity read[INPUTS] = {0};
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(pstm_store_get_about(store)->n_inputs, INPUTS);
    ck_assert_int_eq(pstm_store_read_inputs(store, read), PSTM_OK);
    ck_assert_mem_eq(read, inputs, sizeof inputs);
    pstm_store_close(&store);
}
END_TEST

/** What read_store.py returns when h5py is missing. */
enum { SKIPPED = 77 };

START_TEST(h5py_reads_every_row_and_attribute)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    pstm_store_close(&store);
    ck_assert_int_eq(finish_store(7), PSTM_OK);
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
    ck_assert(!is_usable(an_about().key)); /* nothing there */
    make_store();
    ck_assert(!is_usable(an_about().key)); /* not finished */
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    ck_assert(is_usable(an_about().key));
    ck_assert(!is_usable("another key"));
}
END_TEST

START_TEST(a_store_of_other_numbers_or_leaves_is_not_usable)
{
    make_store();
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    pstm_store_about others[6];
    for (int i = 0; i < 6; i++)
        others[i] = an_about();
    others[0].n_traces++;
    others[1].n_leaves--;
    others[2].n_samples++;
    others[3].n_levels++;
    others[4].sample_s = 0.0021;
    others[5].n_inputs--;
    bool usable = true;
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(pstm_store_probe(path, &others[i], leaves, &usable), PSTM_OK);
        ck_assert(!usable);
    }
    leaves[LEAVES - 1].midpoints.max_x_m++;
    ck_assert(!is_usable(an_about().key));
    leaves[LEAVES - 1].midpoints.max_x_m--;
    ck_assert(is_usable(an_about().key));
}
END_TEST

START_TEST(a_store_of_other_numbers_or_leaves_is_not_opened)
{
    make_store();
    pstm_store *store = NULL;
    pstm_store_about other = an_about();
    other.n_samples++;
    ck_assert_int_eq(pstm_store_open(path, &other, leaves, false, &store), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), path));
    leaves[LEAVES - 1].midpoints.max_x_m++;
    ck_assert_int_eq(open_store(true, &store), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "another output.file"));
    ck_assert_ptr_null(store);
    leaves[LEAVES - 1].midpoints.max_x_m--;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    pstm_store_close(&store);
}
END_TEST

START_TEST(finishing_changes_no_row_and_shows_at_the_next_opening)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert_int_eq(write_rows(store, 0, TRACES), PSTM_OK);
    ck_assert_int_eq(pstm_store_sync(store), PSTM_OK);
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    ck_assert(!pstm_store_is_complete(store));
    ck_assert_uint_eq(pstm_store_get_about(store)->samples_digest, 0);
    pstm_store_close(&store);
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert(pstm_store_is_complete(store));
    ck_assert_uint_eq(pstm_store_get_about(store)->samples_digest, 7);
    assert_rows(store, 0, TRACES);
    pstm_store_close(&store);
}
END_TEST

/* Where files cannot be locked: half of the rows of the new one are missing, whoever finishes the old. */
START_TEST(finishing_leaves_alone_a_store_that_another_run_has_put_in_its_place)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    make_store();
    ck_assert_int_eq(finish_open(store, 7), PSTM_OK);
    pstm_store_close(&store);
    ck_assert(!is_usable(an_about().key));
}
END_TEST

START_TEST(only_who_may_write_a_store_finishes_it)
{
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    ck_assert_int_eq(finish_open(store, 7), PSTM_USAGE);
    pstm_store_close(&store);
}
END_TEST

START_TEST(a_new_store_takes_the_place_of_an_older_one)
{
    make_store();
    ck_assert_int_eq(finish_store(7), PSTM_OK);
    ck_assert(is_usable(an_about().key));
    make_store();
    ck_assert(!is_usable(an_about().key));
    ck_assert_uint_eq(files_in_folder(), 1);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *tests = tcase_create("in and out");
    tcase_add_test(tests, a_new_store_holds_its_leaves_and_zeros_for_traces_and_samples);
    tcase_add_test(tests, rows_are_read_as_they_were_written_and_their_neighbours_stay);
    tcase_add_test(tests, threads_write_their_rows_at_once);
    tcase_add_test(tests, rows_outside_the_store_and_writes_into_a_read_only_one_are_refused);
    tcase_add_test(tests, a_store_without_traces_is_a_store);
    tcase_add_test(tests, a_key_longer_than_64_KiB_comes_back_whole);
    tcase_add_test(tests, only_the_owner_can_read_a_store);
    tcase_add_test(tests, a_leaf_is_held_to_what_was_written_to_it);
    tcase_add_test(tests, it_says_which_files_it_was_made_of);
    tcase_add_test(tests, h5py_reads_every_row_and_attribute);
    add(suite, tests);
    tests = tcase_create("life");
    tcase_add_test(tests, a_store_is_usable_when_finished_and_of_the_same_key);
    tcase_add_test(tests, a_store_of_other_numbers_or_leaves_is_not_usable);
    tcase_add_test(tests, a_store_of_other_numbers_or_leaves_is_not_opened);
    tcase_add_test(tests, finishing_changes_no_row_and_shows_at_the_next_opening);
    tcase_add_test(tests, finishing_leaves_alone_a_store_that_another_run_has_put_in_its_place);
    tcase_add_test(tests, only_who_may_write_a_store_finishes_it);
    tcase_add_test(tests, a_new_store_takes_the_place_of_an_older_one);
    add(suite, tests);
}

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("store");
    add_cases(suite);
    return suite;
}
