/* Counts and places past 2^31, in files that are nearly all holes. Skipped where the file system holds no
 * such file. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "core/memory.h"
#include "device/device.h"
#include "io/store/store.h"
#include "segy_made.h"
#include "store_fixture.h"
#include "tests/check/suite.h"

static const int64_t FIRST_HUGE = (int64_t)1 << 31; /* the first count that is no int */

static bool skip(const char *what)
{
    fprintf(stderr, "skipped: this file system has no room for %s\n", what);
    return true;
}

/* ---- SEG-Y --------------------------------------------------------------------------------------------- */

enum { N_LAST = 20 /* traces behind the holes */ };

/* FIRST_HUGE traces of one sample of a byte, which are holes but for the first, and N_LAST more. */
static bool make_huge(made_file *made, pstm_segy **file)
{
    made_file last =
        make_file(&(made_spec){.format = 8, .n_samples = 1, .interval_us = 4000, .n_traces = N_LAST});
    *made = make_file(&(made_spec){.format = 8, .n_samples = 1, .interval_us = 4000, .n_traces = 1});
    ck_assert_msg(open_written(made, NULL, file) == PSTM_OK, "%s", pstm_error_text());
    pstm_segy_close(file);
    for (int i = 0; i < N_LAST; i++)
        *made_samples(&last, i) = (unsigned char)(100 + i);
    const off_t at = (off_t)made->first_trace + FIRST_HUGE * (off_t)made->trace_bytes;
    const int descriptor = open(made->path, O_WRONLY);
    const size_t n = N_LAST * last.trace_bytes;
    const ssize_t written = pwrite(descriptor, made_trace(&last, 0), n, at);
    close(descriptor);
    remove_made(&last);
    if (written < 0 && (errno == EFBIG || errno == ENOSPC)) return !skip("a file so long");
    ck_assert_int_eq(written, n);
    const pstm_input_options defaults = {.use_delay = true};
    ck_assert_msg(pstm_segy_open(made->path, &defaults, file) == PSTM_OK, "%s", pstm_error_text());
    return true;
}

START_TEST(traces_past_2_to_the_31_are_read_by_their_number)
{
    made_file made;
    pstm_segy *file = NULL;
    if (make_huge(&made, &file)) {
        pstm_trace headers[N_LAST];
        float samples[N_LAST];
        ck_assert_int_eq(pstm_segy_n_traces(file), FIRST_HUGE + N_LAST);
        ck_assert_int_eq(pstm_segy_read_headers(file, 3, FIRST_HUGE, N_LAST, headers, NULL), PSTM_OK);
        ck_assert_int_eq(pstm_segy_read_samples(file, FIRST_HUGE, N_LAST, samples, 1, NULL), PSTM_OK);
        for (int i = 0; i < N_LAST; i++) {
            ck_assert(headers[i].file == 3 && headers[i].number == FIRST_HUGE + i);
            ck_assert(headers[i].source_x_m == 1000 + 100 * i && headers[i].receiver_x_m == 1500 + 10 * i);
            ck_assert(samples[i] == (float)(100 + i));
        }
        ck_assert_int_eq(pstm_segy_read_headers(file, 0, FIRST_HUGE + 1, N_LAST, headers, NULL), PSTM_DATA);
        pstm_segy_close(&file);
    }
    remove_made(&made);
}
END_TEST

/* ---- the trace store ----------------------------------------------------------------------------------- */

/* A store reserves its room; that is no file of holes where memory is the disk. */
static bool has_room(int64_t bytes)
{
    struct statfs about;
    ck_assert_int_eq(statfs(folder, &about), 0);
    return about.f_type != TMPFS_MAGIC && (int64_t)about.f_bavail > 2 * bytes / (int64_t)about.f_bsize;
}

START_TEST(rows_past_2_to_the_31_samples_are_where_they_belong)
{
    pstm_store_about about = an_about();
    make_store();
    pstm_store *store = NULL;
    ck_assert_int_eq(open_store(false, &store), PSTM_OK);
    const int64_t stride = pstm_store_stride(store), n_rows = FIRST_HUGE / (PSTM_MOST_LEVELS * stride) + 10;
    pstm_store_close(&store);

    about.n_traces = n_rows;
    about.n_levels = PSTM_MOST_LEVELS;
    if (!has_room(n_rows * PSTM_MOST_LEVELS * stride * (int64_t)sizeof(float)) && skip("a store so large"))
        return;
    ck_assert_msg(create(&about) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(open_store(true, &store), PSTM_OK);
    ck_assert(n_rows * pstm_store_stride(store) > FIRST_HUGE);
    ck_assert_int_eq(write_rows(store, 0, 1), PSTM_OK);
    float *row = NULL;
    ck_assert_int_eq(PSTM_NEW(&row, 2 * pstm_store_stride(store), "rows"), PSTM_OK);
    row[0] = 17;
    const pstm_trace last = {.number = FIRST_HUGE};
    pstm_trace read;
    ck_assert_int_eq(pstm_store_write(store, n_rows - 1, 1, &last, row), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_samples(store, n_rows - 2, 2, row), PSTM_OK);
    ck_assert_int_eq(pstm_store_read_traces(store, n_rows - 1, 1, &read), PSTM_OK);
    ck_assert(row[0] == 0 && row[pstm_store_stride(store)] == 17 && read.number == FIRST_HUGE);
    assert_rows(store, 0, 1);
    PSTM_FREE(&row);
    pstm_store_close(&store);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("huge");
    TCase *tests = tcase_create("SEG-Y");
    tcase_add_test(tests, traces_past_2_to_the_31_are_read_by_their_number);
    suite_add_tcase(suite, tests);
    tests = tcase_create("store");
    tcase_add_test(tests, rows_past_2_to_the_31_samples_are_where_they_belong);
    add(suite, tests);
    return suite;
}
