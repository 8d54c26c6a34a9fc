/* What pstm_segy_open() finds out, and what it refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segy_made.h"
#include "tests/check/suite.h"

static const made_spec usual = {
    .revision = 1, .format = 5, .n_samples = 50, .interval_us = 2000, .n_traces = 7};

static void put_bytes(made_file *made, const char *bytes, size_t n)
{
    made->bytes = realloc(made->bytes, n);
    memcpy(made->bytes, bytes, n);
    made->n = n;
}

START_TEST(every_revision_opens_in_both_byte_orders)
{
    for (int revision = 0; revision <= 2; revision++) {
        for (int little = 0; little <= 1; little++) {
            made_spec spec = usual;
            spec.revision = revision;
            spec.little = little == 1;
            made_file made = make_file(&spec);
            pstm_segy *file = NULL;
            ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
            ck_assert_int_eq(pstm_segy_kind(file), PSTM_KIND_SEGY);
            ck_assert_int_eq(pstm_segy_revision(file), revision);
            ck_assert_int_eq(pstm_segy_byte_order(file), little ? PSTM_ORDER_LITTLE : PSTM_ORDER_BIG);
            ck_assert_int_eq(pstm_segy_format(file), 5);
            ck_assert_int_eq(pstm_segy_n_traces(file), 7);
            ck_assert_int_eq(pstm_segy_n_samples(file), 50);
            ck_assert(pstm_segy_sample_s(file) == 0.002);
            ck_assert_int_eq(pstm_segy_size_bytes(file), (int64_t)made.n);
            ck_assert_str_eq(pstm_segy_path(file), made.path);
            ck_assert_int_eq(pstm_segy_doubts(file)->n, 0);
            pstm_segy_close(&file);
            ck_assert_ptr_null(file);
            pstm_segy_close(&file);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(su_files_are_known_by_name_and_by_looking_in_both_byte_orders)
{
    for (int little = 0; little <= 1; little++) {
        for (int named = 0; named <= 1; named++) {
            made_spec spec = usual;
            spec.su = true;
            spec.revision = 0;
            spec.little = little == 1;
            spec.n_traces = named ? 1 : 7;
            made_file made = make_file(&spec);
            if (named) snprintf(made.path, sizeof made.path, "/made/line.su");
            pstm_segy *file = NULL;
            ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
            ck_assert_int_eq(pstm_segy_kind(file), PSTM_KIND_SU);
            ck_assert_int_eq(pstm_segy_byte_order(file), little ? PSTM_ORDER_LITTLE : PSTM_ORDER_BIG);
            ck_assert_int_eq(pstm_segy_n_traces(file), spec.n_traces);
            ck_assert_int_eq(pstm_segy_n_samples(file), 50);
            ck_assert_int_eq(pstm_segy_format(file), 5);
            ck_assert(pstm_segy_sample_s(file) == 0.002);
            pstm_segy_close(&file);
            remove_made(&made);
        }
    }
}
END_TEST

START_TEST(sample_counts_of_two_bytes_are_unsigned)
{
    for (int su = 0; su <= 1; su++) {
        made_spec spec = usual;
        spec.su = su == 1;
        spec.revision = su ? 0 : 1;
        spec.n_samples = 40001;
        spec.n_traces = 3;
        made_file made = make_file(&spec);
        pstm_segy *file = NULL;
        pstm_trace traces[3];
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_samples(file), 40001);
        ck_assert_int_eq(pstm_segy_n_traces(file), 3);
        ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 3, traces, NULL), PSTM_OK);
        ck_assert_int_eq(traces[2].n_samples, 40001);
        ck_assert_int_eq(traces[2].live_last, 40000);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(revision_2_extended_counts_stand_for_the_old_ones)
{
    made_spec spec = usual;
    spec.revision = 2;
    spec.n_samples = 70000;
    spec.n_traces = 2;
    for (int little = 0; little <= 1; little++) {
        spec.little = little == 1;
        made_file made = make_file(&spec);
        made_set(&made, made.bytes, 3221, 2, 0);
        made_set_double(&made, made.bytes, 3273, 62.5);
        made_set(&made, made.bytes, 3217, 2, 62);
        for (int i = 0; i < 2; i++) {
            made_set(&made, made_trace(&made, i), 115, 2, 0);
            made_set(&made, made_trace(&made, i), 117, 2, 62);
        }
        pstm_segy *file = NULL;
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_samples(file), 70000);
        ck_assert_int_eq(pstm_segy_n_traces(file), 2);
        ck_assert(pstm_segy_sample_s(file) == 62.5 / 1e6);
        ck_assert_int_eq(pstm_segy_doubts(file)->n, 0);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(extended_textual_headers_are_skipped_by_count_and_by_their_end)
{
    static const unsigned char ebcdic[] = {0x4D, 0x4D, 0xE2, 0xC5, 0xC7, 0x7A, 0x40, 0xC5,
                                           0x95, 0x84, 0xE3, 0x85, 0xA7, 0xA3, 0x5D, 0x5D};
    for (int way = 0; way < 4; way++) {
        made_spec spec = usual;
        spec.revision = way == 3 ? 2 : 1;
        spec.n_texts = 3;
        made_file made = make_file(&spec);
        unsigned char *last = made.bytes + 3600 + 2 * 3200;
        if (way == 1) memcpy(last, "((SEG: EndText))", 16);
        if (way == 2) memcpy(last + 1000, ebcdic, sizeof ebcdic);
        if (way > 0) made_set(&made, made.bytes, 3505, 2, 0xffff);
        if (way == 3) made_set(&made, made.bytes, 3521, 8, 3600 + 3 * 3200);
        pstm_segy *file = NULL;
        pstm_trace trace;
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_traces(file), 7);
        ck_assert_int_eq(pstm_segy_read_headers(file, 0, 6, 1, &trace, NULL), PSTM_OK);
        ck_assert(trace.source_x_m == 1600);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(revision_2_trailers_are_not_traces)
{
    for (int counted = 0; counted <= 1; counted++) {
        made_spec spec = usual;
        spec.revision = 2;
        made_file made = make_file(&spec);
        made.bytes = realloc(made.bytes, made.n + 2 * 3200);
        memset(made.bytes + made.n, 'x', 2 * 3200);
        made.n += 2 * 3200;
        made_set(&made, made.bytes, 3529, 4, counted ? 2 : UINT32_MAX);
        if (!counted) made_set(&made, made.bytes, 3513, 8, 7);
        pstm_segy *file = NULL;
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_traces(file), 7);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(the_job_overrides_format_interval_and_byte_order)
{
    made_spec spec = usual;
    spec.little = true;
    spec.revision = 0;
    made_file made = make_file(&spec);
    made_set(&made, made.bytes, 3225, 2, 0);
    made_set(&made, made.bytes, 3217, 2, 0);
    expect_refusal(&made, NULL, "input.sample_format");
    const pstm_input_options how = {.format = 2, .sample_s = 0.0015, .byte_order = PSTM_ORDER_LITTLE};
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_made(&made, &how, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_format(file), 2);
    ck_assert(pstm_segy_sample_s(file) == 0.0015);
    ck_assert_int_eq(pstm_segy_byte_order(file), PSTM_ORDER_LITTLE);
    pstm_segy_close(&file);
    const pstm_input_options sizes_decide = {.format = 2, .sample_s = 0.0015};
    ck_assert_int_eq(open_made(&made, &sizes_decide, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_byte_order(file), PSTM_ORDER_LITTLE);
    pstm_segy_close(&file);
    const pstm_input_options obsolete = {.format = 4};
    ck_assert_int_eq(open_made(&made, &obsolete, &file), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "fixed point with gain"));
    remove_made(&made);
}
END_TEST

START_TEST(what_the_binary_header_lacks_comes_from_the_first_trace)
{
    made_file made = make_file(&usual);
    made_set(&made, made.bytes, 3217, 2, 0);
    made_set(&made, made.bytes, 3221, 2, 0);
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_samples(file), 50);
    ck_assert(pstm_segy_sample_s(file) == 0.002);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(contradicting_headers_are_told_as_doubts)
{
    made_file made = make_file(&usual);
    pstm_segy *file = NULL;
    for (int i = 0; i < 7; i++) {
        made_set(&made, made_trace(&made, i), 115, 2, 40);
        made_set(&made, made_trace(&made, i), 117, 2, 1000);
    }
    made_set(&made, made.bytes, 3255, 2, 2);
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_samples(file), 50);
    ck_assert(pstm_segy_sample_s(file) == 0.002);
    ck_assert_ptr_nonnull(
        find_doubt(file, "2000 us in the binary header (byte 3217) and 1000 us in trace 1"));
    ck_assert_ptr_nonnull(find_doubt(file, "40 samples in the header of trace 1 (byte 115), 50"));
    ck_assert_ptr_nonnull(find_doubt(file, "feet"));
    pstm_segy_close(&file);
    remove_made(&made);

    made = make_file(&usual);
    made_set(&made, made.bytes, 3221, 2, 60);
    ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_samples(file), 50);
    ck_assert_int_eq(pstm_segy_n_traces(file), 7);
    ck_assert_ptr_nonnull(find_doubt(file, "do not fit the size of the file"));
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(a_truncated_file_is_told_with_size_and_trace)
{
    for (int su = 0; su <= 1; su++) {
        pstm_segy *file = NULL;
        made_spec spec = usual;
        spec.su = su == 1;
        spec.revision = su ? 0 : 1;
        made_file made = make_file(&spec);
        if (su) snprintf(made.path, sizeof made.path, "/made/line.su");
        char size[64];
        snprintf(size, sizeof size, "should be %zu bytes", made.n);
        made.n -= 30;
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_traces(file), 6);
        ck_assert_ptr_nonnull(find_doubt(file, "end inside trace 7: it has 410 of its 440 bytes"));
        ck_assert_ptr_nonnull(find_doubt(file, size));
        ck_assert(pstm_segy_doubts(file)->items[0].is_error);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(files_without_traces_are_refused)
{
    made_file made = make_file(&usual);
    const size_t lengths[] = {0, 1, 3000, 3599, 3600, 3839};
    const char *words[] = {"empty",          "less than the 3600", "less than the 3600", "less than the 3600",
                           "no trace in it", "no trace in it"};
    for (int i = 0; i < 6; i++) {
        made.n = lengths[i];
        expect_refusal(&made, NULL, words[i]);
    }
    made.n = 3840;
    expect_refusal(&made, NULL, "end inside trace 1");
    remove_made(&made);
}
END_TEST

START_TEST(text_and_noise_are_not_segy)
{
    made_file made = make_file(&usual);
    char text[8000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 60 == 59 ? '\n' : (char)('a' + i % 26);
    put_bytes(&made, text, sizeof text);
    expect_refusal(&made, NULL, "is a text file");
    put_bytes(&made, text, 20);
    expect_refusal(&made, NULL, "is a text file");
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof text; i++) {
        state = state * 1664525u + 1013904223u;
        text[i] = (char)(state >> 24);
    }
    put_bytes(&made, text, sizeof text);
    expect_refusal(&made, NULL, "not SEG-Y in either byte order");
    memset(text, 0, sizeof text);
    put_bytes(&made, text, sizeof text);
    expect_refusal(&made, NULL, "not SEG-Y in either byte order");
    remove_made(&made);
}
END_TEST

START_TEST(zero_counts_are_refused_with_the_key_that_mends_them)
{
    made_file made = make_file(&usual);
    made_set(&made, made.bytes, 3217, 2, 0);
    for (int i = 0; i < 7; i++)
        made_set(&made, made_trace(&made, i), 117, 2, 0);
    expect_refusal(&made, NULL, "input.sample_interval");
    made_set(&made, made.bytes, 3221, 2, 0);
    made_set(&made, made_trace(&made, 0), 115, 2, 0);
    expect_refusal(&made, NULL, "number of samples is zero");
    remove_made(&made);
}
END_TEST

START_TEST(claims_of_a_header_beyond_the_file_are_not_believed)
{
    static const struct {
        int byte, width;
        uint64_t claim;
        const char *told; /* NULL: nothing, it decides nothing */
    } claims[] = {{3269, 4, 0xfffffff0, "do not fit the size of the file"},
                  {3507, 4, 0x7fffffff, "of byte 3507"},
                  {3521, 8, UINT64_MAX, "byte 3521"},
                  {3529, 4, 0x7fffffff, NULL},
                  {3505, 2, 30000, "byte 3505 (30000 extended"},
                  {3505, 2, 0xffff, "byte 3505 (-1 extended"},
                  {3505, 2, 0xff00, "byte 3505 (-256 extended"}};
    made_spec spec = usual;
    spec.revision = 2;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        made_file made = make_file(&spec);
        pstm_segy *file = NULL;
        made_set(&made, made.bytes, claims[i].byte, claims[i].width, claims[i].claim);
        ck_assert_int_eq(open_made(&made, NULL, &file), PSTM_OK);
        ck_assert_int_eq(pstm_segy_n_traces(file), 7);
        ck_assert_int_eq(pstm_segy_n_samples(file), 50);
        ck_assert_int_eq(pstm_segy_doubts(file)->n, claims[i].told != NULL);
        if (claims[i].told != NULL) ck_assert_ptr_nonnull(find_doubt(file, claims[i].told));
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(traces_of_varying_length_are_refused)
{
    made_file made = make_file(&usual);
    /* 7 traces of 50 samples become traces of 40, 60, 50, 50 ... of the same total length. */
    unsigned char header[240];
    memcpy(header, made_trace(&made, 1), 240);
    made_set(&made, made_trace(&made, 0), 115, 2, 40);
    made_set(&made, header, 115, 2, 60);
    memcpy(made_trace(&made, 0) + 240 + 160, header, 240);
    expect_refusal(&made, NULL, "traces of varying length");
    made.n -= 4;
    made_set(&made, made_trace(&made, 6), 115, 2, 49);
    expect_refusal(&made, NULL, "traces of varying length");
    remove_made(&made);
}
END_TEST

START_TEST(bytes_swapped_in_pairs_are_recognized)
{
    made_spec spec = usual;
    spec.revision = 2;
    made_file made = make_file(&spec);
    made_set(&made, made.bytes, 3297, 4, 0x02010403);
    expect_refusal(&made, NULL, "swapped in pairs");
    remove_made(&made);
}
END_TEST

START_TEST(an_su_file_of_doubtful_byte_order_asks_for_it)
{
    made_spec spec = usual;
    spec.su = true;
    spec.revision = 0;
    spec.n_samples = 257; /* 0x0101: the same in both orders */
    made_file made = make_file(&spec);
    snprintf(made.path, sizeof made.path, "/made/line.su");
    pstm_segy *guessed = NULL; /* by the trace identification code and the scalar */
    ck_assert_int_eq(open_made(&made, NULL, &guessed), PSTM_OK);
    ck_assert_int_eq(pstm_segy_byte_order(guessed), PSTM_ORDER_BIG);
    pstm_segy_close(&guessed);
    made_set(&made, made_trace(&made, 0), 29, 2, 0);
    made_set(&made, made_trace(&made, 0), 71, 2, 0);
    expect_refusal(&made, NULL, "input.byte_order");
    const pstm_input_options how = {.byte_order = PSTM_ORDER_BIG};
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_made(&made, &how, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_n_samples(file), 257);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(missing_files_and_folders_are_refused_by_name)
{
    const pstm_input_options how = {0};
    pstm_segy *file = NULL;
    ck_assert_int_eq(pstm_segy_open("/dev/null/line.sgy", &how, &file), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "/dev/null/line.sgy"));
    ck_assert_int_eq(pstm_segy_open("/tmp", &how, &file), PSTM_DATA);
    ck_assert_ptr_nonnull(strstr(pstm_error_text(), "not a regular file"));
    ck_assert_ptr_null(file);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_layout");
    tcase_add_test(tests, every_revision_opens_in_both_byte_orders);
    tcase_add_test(tests, su_files_are_known_by_name_and_by_looking_in_both_byte_orders);
    tcase_add_test(tests, sample_counts_of_two_bytes_are_unsigned);
    tcase_add_test(tests, revision_2_extended_counts_stand_for_the_old_ones);
    tcase_add_test(tests, extended_textual_headers_are_skipped_by_count_and_by_their_end);
    tcase_add_test(tests, revision_2_trailers_are_not_traces);
    tcase_add_test(tests, the_job_overrides_format_interval_and_byte_order);
    tcase_add_test(tests, what_the_binary_header_lacks_comes_from_the_first_trace);
    tcase_add_test(tests, contradicting_headers_are_told_as_doubts);
    tcase_add_test(tests, a_truncated_file_is_told_with_size_and_trace);
    tcase_add_test(tests, files_without_traces_are_refused);
    tcase_add_test(tests, text_and_noise_are_not_segy);
    tcase_add_test(tests, zero_counts_are_refused_with_the_key_that_mends_them);
    tcase_add_test(tests, claims_of_a_header_beyond_the_file_are_not_believed);
    tcase_add_test(tests, traces_of_varying_length_are_refused);
    tcase_add_test(tests, bytes_swapped_in_pairs_are_recognized);
    tcase_add_test(tests, an_su_file_of_doubtful_byte_order_asks_for_it);
    tcase_add_test(tests, missing_files_and_folders_are_refused_by_name);
    Suite *suite = suite_create("segy_layout");
    suite_add_tcase(suite, tests);
    return suite;
}
