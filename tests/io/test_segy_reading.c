/* Where traces are, when headers say it wrongly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "segy_made.h"
#include "tests/check/suite.h"

static const made_spec usual = {
    .revision = 1, .format = 5, .n_samples = 50, .interval_us = 2000, .n_traces = 7};

/* Puts n bytes of one value at a place in the file. */
static void insert(made_file *made, size_t at, size_t n, unsigned char value)
{
    made->bytes = realloc(made->bytes, made->n + n);
    memmove(made->bytes + at + n, made->bytes + at, made->n - at);
    memset(made->bytes + at, value, n);
    made->n += n;
}

/* Opens it, which must find n traces of 50 samples, the last one where it is, and one doubt with these words
 * (NULL: none).
 */
static void expect_traces(const made_file *made, const pstm_input_options *how, int64_t n, const char *words)
{
    pstm_segy *file = NULL;
    pstm_trace trace;
    ck_assert_msg(open_made(made, how, &file) == PSTM_OK, "%s", pstm_error_text());
    ck_assert_int_eq(pstm_segy_n_traces(file), n);
    ck_assert_int_eq(pstm_segy_n_samples(file), made->spec.n_samples);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, n - 1, 1, &trace, NULL), PSTM_OK);
    ck_assert(trace.source_x_m == 1000 + 100 * (double)(n - 1));
    ck_assert_int_eq(trace.n_samples, made->spec.n_samples);
    ck_assert_int_eq(pstm_segy_doubts(file)->n, words != NULL);
    if (words != NULL)
        ck_assert_msg(find_doubt(file, words) != NULL, "%s", pstm_segy_doubts(file)->items[0].text);
    pstm_segy_close(&file);
}

START_TEST(extended_textual_headers_that_are_not_announced_are_found)
{
    for (int revision = 0; revision <= 1; revision++) {
        for (size_t n = 1; n <= 16; n += 5) {
            made_spec spec = usual;
            spec.revision = revision;
            made_file made = make_file(&spec);
            insert(&made, 3600, n * 3200, n == 6 ? 0 : n == 11 ? 0x40 : ' ');
            expect_traces(&made, NULL, 7, revision == 0 ? "byte 3501" : "byte 3505 (0 extended");
            const pstm_input_options how = {.first_trace = (int32_t)(3600 + n * 3200)};
            expect_traces(&made, &how, 7, NULL);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(extended_textual_headers_of_revision_0_are_found_by_their_count_even_if_sizes_fit)
{
    made_spec spec = usual;
    spec.revision = 0;
    spec.format = 8;
    spec.n_samples = 400; /* 5 traces take 3200 bytes */
    made_file made = make_file(&spec);
    insert(&made, 3600, 6400, ' ');
    expect_traces(&made, NULL, 7, "behind 10000 bytes");
    made_set(&made, made.bytes, 3505, 2, 2);
    expect_traces(&made, NULL, 7, "behind 10000 bytes");
    remove_made(&made);
}
END_TEST

START_TEST(announced_headers_that_are_not_there_are_not_skipped)
{
    for (int n = 1; n <= 9; n += 4) {
        made_file made = make_file(&usual);
        made_set(&made, made.bytes, 3505, 2, (uint64_t)n);
        expect_traces(&made, NULL, 7, "behind 3600 bytes");
        remove_made(&made);
    }
}
END_TEST

START_TEST(counts_of_header_extensions_are_read_in_2_and_4_bytes)
{
    for (int minor = 0; minor <= 1; minor++) {
        for (int little = 0; little <= 1; little++) {
            made_spec spec = usual;
            spec.revision = 2;
            spec.n_extensions = 1;
            spec.little = little == 1;
            made_file made = make_file(&spec);
            made_set(&made, made.bytes, 3502, 1, (uint64_t)minor);
            made_set(&made, made.bytes, 3507, 4, 0);
            made_set(&made, made.bytes, 3507, minor == 0 ? 2 : 4, 1);
            /* Little endian numbers of 1 are the same in 2 and 4 bytes. */
            expect_traces(&made, NULL, 7, little ? NULL : "of byte 3507");
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(a_count_in_header_extension_1_stands_for_that_of_2_bytes)
{
    made_spec spec = usual;
    spec.revision = 2;
    spec.n_extensions = 1;
    spec.n_samples = 70000;
    made_file made = make_file(&spec);
    made_set(&made, made.bytes, 3269, 4, 0);
    made_set(&made, made.bytes, 3221, 2, 32767);
    for (int i = 0; i < 7; i++) {
        made_set(&made, made_trace(&made, i), 115, 2, 32767);
        made_set(&made, made_trace(&made, i), 240 + 137, 4, 70000);
        memcpy(made_trace(&made, i) + 240 + 232, "SEG00001", 8);
    }
    expect_traces(&made, NULL, 7, NULL);
    remove_made(&made);
}
END_TEST

START_TEST(counts_beyond_2_bytes_are_found_by_the_size_of_the_file)
{
    for (int su = 0; su <= 1; su++) {
        for (int n = 1; n <= 7; n += 6) {
            made_spec spec = usual;
            spec.su = su == 1;
            spec.revision = su ? 0 : 1;
            spec.little = su == 1;
            spec.n_samples = 3 * 65536 + 4464;
            spec.n_traces = n;
            made_file made = make_file(&spec); /* with 4464 in 2 bytes */
            if (su) snprintf(made.path, sizeof made.path, "/made/line.su");
            expect_traces(&made, NULL, n, "4464 samples a trace");
            const pstm_input_options how = {.n_samples = spec.n_samples};
            expect_traces(&made, &how, n, NULL);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(a_first_trace_at_any_byte_is_found_by_its_header)
{
    made_file made = make_file(&usual);
    insert(&made, 3600, 777, 0x5A);
    expect_traces(&made, NULL, 7, "behind 4377 bytes");
    remove_made(&made);
}
END_TEST

START_TEST(an_su_file_is_known_by_its_first_header_when_its_size_does_not_fit)
{
    for (int little = 0; little <= 1; little++) {
        made_spec spec = usual;
        spec.su = true;
        spec.revision = 0;
        spec.little = little == 1;
        made_file made = make_file(&spec);
        insert(&made, made.n, 512, 0);
        expect_traces(&made, NULL, 7, "bytes of zeros");
        remove_made(&made);
    }
}
END_TEST

START_TEST(padding_behind_the_last_trace_is_left_out)
{
    static const size_t lengths[] = {1, 128, 440, 441, 4096, 9 * 440};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        made_file made = make_file(&usual);
        insert(&made, made.n, lengths[i], 0);
        expect_traces(&made, NULL, 7, "bytes of zeros behind the last trace, 7, from byte 6681");
        memset(made.bytes + 6680, 0xFF, lengths[i]);
        expect_traces(&made, NULL, 7, "bytes of padding");
        for (size_t k = 0; k < lengths[i]; k++)
            made.bytes[6680 + k] = (unsigned char)(k % 600 < 500 ? 'a' + k % 26 : 0);
        if (lengths[i] > 1) expect_traces(&made, NULL, 7, "bytes of text");
        remove_made(&made);
    }
}
END_TEST

START_TEST(a_file_that_was_joined_to_another_is_told_with_the_trace)
{
    for (int odd = 0; odd <= 1; odd++) {
        made_spec spec = usual;
        spec.n_samples = odd ? 50 : 840; /* 3600 bytes are a trace */
        made_file made = make_file(&spec);
        const size_t n = made.n;
        pstm_segy *file = NULL;
        pstm_trace traces[15];
        insert(&made, n, n, 0);
        memcpy(made.bytes + n, made.bytes, n);
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        if (odd) {
            ck_assert_int_eq(pstm_segy_n_traces(file), 7);
            ck_assert_ptr_nonnull(find_doubt(file, "text begins at byte 6681, behind trace 7"));
            ck_assert(pstm_segy_doubts(file)->items[0].is_error);
        } else {
            ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 15, traces, NULL), PSTM_DATA);
            ck_assert_ptr_nonnull(strstr(pstm_error_text(), "trace 8 is text, from byte 28801"));
        }
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(what_is_no_trace_is_told_with_its_place)
{
    made_file made = make_file(&usual);
    pstm_segy *file = NULL;
    insert(&made, made.first_trace + 5 * made.trace_bytes, 17, 0xEE);
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_traces(file), 5);
    ck_assert_ptr_nonnull(find_doubt(file, "from byte 5801 on, behind trace 5"));
    ck_assert(pstm_segy_doubts(file)->items[0].is_error);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(the_plausible_interval_is_taken)
{
    static const struct {
        uint16_t binary, traces;
        double taken_us;
        const char *told;
    } cases[] = {{39971, 2000, 2000, "39971 us in the binary"}, /* -25565 */
                 {2, 2000, 2000, "2 us in the binary"},
                 {0x4040, 2000, 2000, "16448 us"},
                 {2000, 2, 2000, "2 us in trace 1"},
                 {2000, 39971, 2000, "39971 us in trace 1"},
                 {2000, 1000, 2000, "1000 us in trace 1"},
                 {2, 2, 2, "looks like one of 2 ms"},
                 {63536, 63536, 63536, "with a sign it is -2000 us"},
                 {0, 2000, 2000, NULL},
                 {2000, 0, 2000, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made_file made = make_file(&usual);
        pstm_segy *file = NULL;
        made_set(&made, made.bytes, 3217, 2, cases[i].binary);
        for (int t = 0; t < 7; t++)
            made_set(&made, made_trace(&made, t), 117, 2, cases[i].traces);
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert(pstm_segy_sample_s(file) == cases[i].taken_us / 1e6);
        ck_assert_int_eq(pstm_segy_doubts(file)->n, cases[i].told != NULL);
        if (cases[i].told != NULL) ck_assert_ptr_nonnull(find_doubt(file, cases[i].told));
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(intervals_of_traces_that_are_none_are_told_and_not_used)
{
    made_file made = make_file(&usual);
    for (int t = 0; t < 7; t++)
        made_set(&made, made_trace(&made, t), 117, 2, (uint64_t)(4321 + 17 * t));
    pstm_segy *file = NULL;
    pstm_trace traces[7];
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert(pstm_segy_sample_s(file) == 0.002);
    ck_assert_ptr_nonnull(find_doubt(file, "4321 us in trace 1"));
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 7, traces, NULL), PSTM_OK);
    pstm_segy_close(&file);
    made_set(&made, made_trace(&made, 3), 117, 2, 4000); /* this one may be meant */
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 7, traces, NULL), PSTM_DATA);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(an_interval_that_trace_1_lacks_comes_from_the_next)
{
    made_spec spec = usual;
    spec.su = true;
    spec.revision = 0;
    made_file made = make_file(&spec);
    made_set(&made, made_trace(&made, 0), 117, 2, 0);
    expect_traces(&made, NULL, 7, NULL);
    remove_made(&made);
}
END_TEST

START_TEST(short_intervals_of_long_records_are_believed)
{
    made_spec spec = usual;
    spec.interval_us = 10;
    spec.n_samples = 2000; /* 20 ms */
    made_file made = make_file(&spec);
    expect_traces(&made, NULL, 7, NULL);
    remove_made(&made);
    spec.n_samples = 1999;
    made = make_file(&spec);
    expect_traces(&made, NULL, 7, "looks like one of 10 ms");
    remove_made(&made);
}
END_TEST

START_TEST(a_tape_label_is_skipped)
{
    made_spec spec = usual;
    spec.n_texts = 1;
    made_file made = make_file(&spec);
    insert(&made, 0, 128, ' ');
    memcpy(made.bytes, "   1SY1.0RECORD", 15);
    expect_traces(&made, NULL, 7, "SY1.0 at byte 5");
    remove_made(&made);
}
END_TEST

START_TEST(files_of_other_kinds_are_named)
{
    static const struct {
        const char *bytes, *words;
    } kinds[] = {{"\x1f\x8b\x08", "gunzip"},
                 {"BZh9", "bunzip2"},
                 {"PK\x03\x04", "unzip"},
                 {"\x89HDF\r\n\x1a\n", "HDF5"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        made_file made = make_file(&usual);
        memcpy(made.bytes, kinds[i].bytes, strlen(kinds[i].bytes));
        expect_refusal(&made, NULL, kinds[i].words);
        remove_made(&made);
    }
}
END_TEST

START_TEST(files_beyond_half_of_the_limit_of_open_files_are_opened_for_each_read)
{
    enum { N_FILES = 30 };
    const struct rlimit few = {32, 32};
    made_file made[N_FILES];
    pstm_segy *files[N_FILES];
    pstm_trace trace;
    if (setrlimit(RLIMIT_NOFILE, &few) != 0) {
        puts("the limit of open files cannot be lowered, as under Valgrind: not tried");
        return;
    }
    for (int i = 0; i < N_FILES; i++) {
        made[i] = make_file(&usual);
        ck_assert_msg(open_written(&made[i], NULL, &files[i]) == PSTM_OK, "%s", pstm_error_text());
    }
    for (int i = 0; i < N_FILES; i++)
        ck_assert_int_eq(pstm_segy_read_headers(files[i], 0, 6, 1, &trace, NULL), PSTM_OK);
    unlink(made[N_FILES - 1].path);
    ck_assert_int_eq(pstm_segy_read_headers(files[N_FILES - 1], 0, 6, 1, &trace, NULL), PSTM_DATA);
    FILE *other = fopen(made[N_FILES - 1].path, "wb");
    ck_assert_ptr_nonnull(other);
    fclose(other);
    ck_assert_int_eq(pstm_segy_read_headers(files[N_FILES - 1], 0, 6, 1, &trace, NULL), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "has changed"));
    for (int i = 0; i < N_FILES; i++) {
        pstm_segy_close(&files[i]);
        remove_made(&made[i]);
    }
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_reading");
    tcase_add_test(tests, extended_textual_headers_that_are_not_announced_are_found);
    tcase_add_test(tests, extended_textual_headers_of_revision_0_are_found_by_their_count_even_if_sizes_fit);
    tcase_add_test(tests, announced_headers_that_are_not_there_are_not_skipped);
    tcase_add_test(tests, counts_of_header_extensions_are_read_in_2_and_4_bytes);
    tcase_add_test(tests, a_count_in_header_extension_1_stands_for_that_of_2_bytes);
    tcase_add_test(tests, counts_beyond_2_bytes_are_found_by_the_size_of_the_file);
    tcase_add_test(tests, a_first_trace_at_any_byte_is_found_by_its_header);
    tcase_add_test(tests, an_su_file_is_known_by_its_first_header_when_its_size_does_not_fit);
    tcase_add_test(tests, padding_behind_the_last_trace_is_left_out);
    tcase_add_test(tests, a_file_that_was_joined_to_another_is_told_with_the_trace);
    tcase_add_test(tests, what_is_no_trace_is_told_with_its_place);
    tcase_add_test(tests, the_plausible_interval_is_taken);
    tcase_add_test(tests, intervals_of_traces_that_are_none_are_told_and_not_used);
    tcase_add_test(tests, an_interval_that_trace_1_lacks_comes_from_the_next);
    tcase_add_test(tests, short_intervals_of_long_records_are_believed);
    tcase_add_test(tests, a_tape_label_is_skipped);
    tcase_add_test(tests, files_of_other_kinds_are_named);
    tcase_add_test(tests, files_beyond_half_of_the_limit_of_open_files_are_opened_for_each_read);
    Suite *suite = suite_create("segy_reading");
    suite_add_tcase(suite, tests);
    return suite;
}
