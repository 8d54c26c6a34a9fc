/* A disk that fails at any byte: what is read is right or an error, with the path and the byte. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "segy_made.h"
#include "tests/check/suite.h"

enum { N_TRACES = 16, N_SAMPLES = 30, STEP = 100 }; /* SU too is longer than the first read, of 3600 bytes */

/* All that a reader tells of a file. */
typedef struct contents {
    pstm_status opened;
    char refusal[512]; /* when it was not opened */
    int64_t n_traces;
    int32_t n_samples;
    double sample_s;
    pstm_trace *traces; /* [n_traces] */
    float *samples;     /* [n_traces][n_samples] */
    uint64_t headers_digest, digest;
} contents;

static void expect_io_error(pstm_status status, const made_file *made)
{
    const char *text = pstm_error_text();
    ck_assert_int_eq(status, PSTM_SYSTEM);
    ck_assert_msg(strstr(text, made->path) != NULL && strstr(text, " at byte ") != NULL, "%s", text);
}

static contents read_whole(const made_file *made)
{
    contents all = {0};
    pstm_segy *file = NULL;
    all.opened = open_made(made, NULL, &file);
    if (all.opened != PSTM_OK) {
        snprintf(all.refusal, sizeof all.refusal, "%s", pstm_error_text());
        return all;
    }
    all.n_traces = pstm_segy_n_traces(file);
    all.n_samples = pstm_segy_n_samples(file);
    all.sample_s = pstm_segy_sample_s(file);
    ck_assert_int_eq(PSTM_NEW(&all.traces, all.n_traces, "traces"), PSTM_OK);
    ck_assert_int_eq(PSTM_NEW(&all.samples, all.n_traces * all.n_samples, "samples"), PSTM_OK);
    pstm_segy_seen seen = {0};
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, all.n_traces, all.traces, &seen), PSTM_OK);
    all.headers_digest = seen.digest;
    ck_assert_int_eq(pstm_segy_read_samples(file, 0, all.n_traces, all.samples, all.n_samples, NULL),
                     PSTM_OK);
    ck_assert_int_eq(pstm_segy_digest(file, &all.digest), PSTM_OK);
    pstm_segy_close(&file);
    return all;
}

static void forget(contents *all)
{
    PSTM_FREE(&all->traces);
    PSTM_FREE(&all->samples);
}

/* Each trace by itself: right where its bytes end before `k`, an error where they do not. */
static void check_traces(const pstm_segy *file, const made_file *made, const contents *all, int64_t k)
{
    const size_t sample_bytes = (size_t)all->n_samples * sizeof(float);
    float samples[2 * N_SAMPLES];
    for (int64_t i = 0; i < all->n_traces; i++) {
        pstm_trace trace;
        const int64_t headers_end =
            (int64_t)(made->first_trace + (size_t)i * made->trace_bytes + made->header_bytes);
        const int64_t end = headers_end + (int64_t)(made->trace_bytes - made->header_bytes);
        const pstm_status headers = pstm_segy_read_headers(file, 0, i, 1, &trace, NULL);
        if (headers_end <= k) {
            ck_assert_int_eq(headers, PSTM_OK);
            ck_assert_mem_eq(&trace, &all->traces[i], sizeof trace);
        } else {
            expect_io_error(headers, made);
        }
        const pstm_status read = pstm_segy_read_samples(file, i, 1, samples, all->n_samples, NULL);
        if (end <= k) {
            ck_assert_int_eq(read, PSTM_OK);
            ck_assert_mem_eq(samples, all->samples + i * all->n_samples, sample_bytes);
        } else {
            expect_io_error(read, made);
        }
    }
}

/* Everything at once. */
static void check_whole(const pstm_segy *file, const made_file *made, const contents *all, int64_t k)
{
    pstm_trace traces[2 * N_TRACES];
    float samples[2 * N_TRACES * N_SAMPLES];
    uint64_t digest;
    pstm_segy_seen seen = {0};
    const size_t n = (size_t)all->n_traces;
    if (k >= (int64_t)made->n) {
        ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, all->n_traces, traces, &seen), PSTM_OK);
        ck_assert_mem_eq(traces, all->traces, n * sizeof *traces);
        ck_assert(seen.digest == all->headers_digest);
        ck_assert_int_eq(pstm_segy_read_samples(file, 0, all->n_traces, samples, all->n_samples, NULL),
                         PSTM_OK);
        ck_assert_mem_eq(samples, all->samples, n * (size_t)all->n_samples * sizeof(float));
    } else {
        expect_io_error(pstm_segy_read_samples(file, 0, all->n_traces, samples, all->n_samples, NULL), made);
    }
    const pstm_status status = pstm_segy_digest(file, &digest);
    if (status == PSTM_OK)
        ck_assert(digest == all->digest);
    else
        expect_io_error(status, made);
}

/* Returns whether the file could be opened. */
static bool check_fault(const made_file *made, const contents *all, int64_t k)
{
    const pstm_input_options how = {.use_delay = true};
    const pstm_byte_source memory = pstm_byte_source_memory(made->path, made->bytes, (int64_t)made->n);
    pstm_byte_source failing = pstm_byte_source_failing(&memory, k);
    pstm_segy *file = NULL;
    const pstm_status status = pstm_segy_open_source(&failing, &how, &file);
    if (status != PSTM_OK) {
        ck_assert_ptr_null(file);
        if (status == PSTM_SYSTEM)
            expect_io_error(status, made);
        else
            ck_assert_str_eq(pstm_error_text(), all->refusal);
        return false;
    }
    ck_assert_int_eq(all->opened, PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_traces(file), all->n_traces);
    ck_assert_int_eq(pstm_segy_n_samples(file), all->n_samples);
    ck_assert(pstm_segy_sample_s(file) == all->sample_s);
    check_traces(file, made, all, k);
    check_whole(file, made, all, k);
    pstm_segy_close(&file);
    return true;
}

/* Each STEP bytes, and around the border of each structure. Before all that is looked at to open it the file
 * cannot be opened; with the last byte everything is right. */
static void sweep(const made_file *made)
{
    contents all = read_whole(made);
    for (int64_t k = 0; k < (int64_t)made->n; k += STEP)
        check_fault(made, &all, k);
    const size_t places[] = {3200, 3600, made->first_trace};
    for (int i = 0; i < 3 + 2 * N_TRACES; i++) {
        size_t border = i < 3 ? places[i] : made->first_trace + (size_t)((i - 3) / 2) * made->trace_bytes;
        if (i >= 3 && i % 2 == 0) border += made->header_bytes;
        for (int64_t k = (int64_t)border - 1; k <= (int64_t)border + 1; k++)
            if (k >= 0) check_fault(made, &all, k);
    }
    ck_assert(!check_fault(made, &all, 0));
    check_fault(made, &all, (int64_t)made->n - 1);
    ck_assert(check_fault(made, &all, (int64_t)made->n) == (all.opened == PSTM_OK));
    forget(&all);
}

static made_file make_numbered(made_spec spec)
{
    spec.n_samples = N_SAMPLES;
    spec.n_traces = N_TRACES;
    spec.interval_us = 2000;
    made_file made = make_file(&spec);
    for (int i = 0; i < N_TRACES; i++)
        for (size_t byte = 0; byte < made.trace_bytes - made.header_bytes; byte++)
            made_samples(&made, i)[byte] = (unsigned char)(1 + (i + (int)byte) % 60);
    return made;
}

static const made_spec layouts[] = {
    {.revision = 0, .format = 5},
    {.revision = 1, .format = 3, .little = true, .n_texts = 2},
    {.revision = 2, .format = 1, .n_extensions = 2},
    {.su = true, .format = 5},
    {.su = true, .format = 5, .little = true},
};
enum { N_LAYOUTS = sizeof layouts / sizeof layouts[0] };

START_TEST(a_fault_at_any_byte_is_an_error_or_the_right_data)
{
    made_file made = make_numbered(layouts[_i]);
    sweep(&made);
    if (made.spec.su) {
        snprintf(made.path, sizeof made.path, "/made/line.su");
        sweep(&made);
    }
    remove_made(&made);
}
END_TEST

START_TEST(a_fault_while_doubtful_counts_are_settled_settles_none)
{
    made_file made = make_numbered(layouts[0]);
    made_set(&made, made.bytes, 3221, 2, N_SAMPLES + 1); /* the traces' own count is the right one */
    sweep(&made);
    made_set(&made, made.bytes, 3221, 2, N_SAMPLES);
    made_set(&made, made_trace(&made, 0), 115, 2, N_SAMPLES - 2); /* short, but its length is that of all */
    sweep(&made);
    remove_made(&made);
}
END_TEST

START_TEST(a_fault_before_traces_of_varying_length_are_told_is_told_instead)
{
    made_file made = make_numbered(layouts[0]);
    unsigned char header[240];
    memcpy(header, made_trace(&made, 1), sizeof header);
    made_set(&made, made_trace(&made, 0), 115, 2, N_SAMPLES - 10);
    made_set(&made, header, 115, 2, N_SAMPLES + 10);
    memcpy(made_samples(&made, 0) + 4 * (size_t)(N_SAMPLES - 10), header, sizeof header);
    sweep(&made);
    remove_made(&made);
}
END_TEST

START_TEST(an_end_of_texts_is_looked_for_up_to_the_fault)
{
    made_file made = make_numbered(layouts[1]);
    made_set(&made, made.bytes, 3505, 2, 0xffff);
    memcpy(made.bytes + 3600 + 3200, "((SEG: EndText))", 16);
    sweep(&made);
    remove_made(&made);
}
END_TEST

START_TEST(a_source_gives_the_bytes_that_it_has_and_no_others)
{
    static const char bytes[] = "0123456789";
    char read[10];
    pstm_byte_source memory = pstm_byte_source_memory("digits", bytes, 10);
    ck_assert_int_eq(pstm_byte_source_read(&memory, 3, 4, read), PSTM_OK);
    ck_assert_mem_eq(read, "3456", 4);
    ck_assert_int_eq(pstm_byte_source_read(&memory, 10, 0, read), PSTM_OK);
    ck_assert_int_eq(pstm_byte_source_read(&memory, 7, 4, read), PSTM_DATA);
    ck_assert_str_eq(pstm_error_text(), "digits: 4 bytes at byte 7 are not among its 10 bytes");
    ck_assert_int_eq(pstm_byte_source_read(&memory, -1, 2, read), PSTM_DATA);
    ck_assert_int_eq(pstm_byte_source_read(&memory, INT64_MAX, INT64_MAX, read), PSTM_DATA);
    pstm_byte_source failing = pstm_byte_source_failing(&memory, 5);
    ck_assert_int_eq(failing.size_bytes, 10);
    ck_assert_int_eq(pstm_byte_source_read(&failing, 1, 4, read), PSTM_OK);
    ck_assert_mem_eq(read, "1234", 4);
    ck_assert_int_eq(pstm_byte_source_read(&failing, 1, 5, read), PSTM_SYSTEM);
    ck_assert_str_eq(pstm_error_text(), "digits: cannot read 5 bytes at byte 1: Input/output error");
    ck_assert_int_eq(pstm_byte_source_read(&failing, 8, 1, read), PSTM_SYSTEM);
    pstm_byte_source_close(&failing);
    pstm_byte_source_close(&memory);
    ck_assert_int_eq(memory.size_bytes, 0);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_faults");
    tcase_add_test(tests, a_source_gives_the_bytes_that_it_has_and_no_others);
    tcase_add_loop_test(tests, a_fault_at_any_byte_is_an_error_or_the_right_data, 0, N_LAYOUTS);
    tcase_add_test(tests, a_fault_while_doubtful_counts_are_settled_settles_none);
    tcase_add_test(tests, a_fault_before_traces_of_varying_length_are_told_is_told_instead);
    tcase_add_test(tests, an_end_of_texts_is_looked_for_up_to_the_fault);
    Suite *suite = suite_create("segy_faults");
    suite_add_tcase(suite, tests);
    return suite;
}
