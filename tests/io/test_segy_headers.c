/* From trace headers to pstm_trace. */
#include <stdlib.h>
#include <string.h>

#include "segy_made.h"
#include "tests/check/suite.h"

static const made_spec usual = {
    .revision = 1, .format = 5, .n_samples = 50, .interval_us = 2000, .n_traces = 7};
static const pstm_input_options defaults = {.use_delay = true};

static pstm_segy *open_it(made_file *made, const pstm_input_options *how)
{
    pstm_segy *file = NULL;
    ck_assert_msg(open_made(made, how, &file) == PSTM_OK, "%s", pstm_error_text());
    return file;
}

/* Reads trace i of the file as its bytes are now. */
static pstm_trace read_one(made_file *made, const pstm_input_options *how, int i)
{
    pstm_segy *file = open_it(made, how);
    pstm_trace trace;
    ck_assert_msg(pstm_segy_read_headers(file, 3, i, 1, &trace, NULL) == PSTM_OK, "%s", pstm_error_text());
    pstm_segy_close(&file);
    return trace;
}

static void expect_bad_trace(made_file *made, const pstm_input_options *how, const char *words)
{
    pstm_segy *file = open_it(made, how);
    pstm_trace traces[7];
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 7, traces, NULL), PSTM_DATA);
    ck_assert_msg(strstr(pstm_error_text(), words) != NULL, "\"%s\" is not in \"%s\"", words,
                  pstm_error_text());
    pstm_segy_close(&file);
}

START_TEST(all_fields_of_a_trace_are_filled)
{
    for (int little = 0; little <= 1; little++) {
        made_spec spec = usual;
        spec.little = little == 1;
        made_file made = make_file(&spec);
        unsigned char *header = made_trace(&made, 4);
        made_set(&made, header, 109, 2, (uint64_t)-120);
        made_set(&made, header, 111, 2, 30);
        made_set(&made, header, 113, 2, 48);
        const pstm_trace trace = read_one(&made, NULL, 4);
        ck_assert(trace.source_x_m == 1400 && trace.source_y_m == 2000);
        ck_assert(trace.receiver_x_m == 1540 && trace.receiver_y_m == 2100);
        ck_assert(trace.start_s == -0.12);
        ck_assert_int_eq(trace.mute_start_ms, 30);
        ck_assert_int_eq(trace.mute_end_ms, 48);
        ck_assert_int_eq(trace.number, 4);
        ck_assert_int_eq(trace.file, 3);
        ck_assert_int_eq(trace.n_samples, 50);
        ck_assert_int_eq(trace.live_first, 0);
        ck_assert_int_eq(trace.live_last, 49);
        ck_assert_int_eq(trace.fate, PSTM_TRACE_KEPT);
        const pstm_input_options no_delay = {.use_delay = false};
        ck_assert(read_one(&made, &no_delay, 4).start_s == 0);
        remove_made(&made);
    }
}
END_TEST

START_TEST(coordinate_scalars_multiply_and_divide)
{
    static const struct {
        int16_t scalar;
        double expected_m;
    } cases[] = {{0, 123456},      {1, 123456},         {-1, 123456},     {10, 1234560},
                 {-10, 12345.6},   {100, 12345600},     {-100, 1234.56},  {1000, 123456000},
                 {-1000, 123.456}, {10000, 1234560000}, {-10000, 12.3456}};
    made_file made = make_file(&usual);
    unsigned char *header = made_trace(&made, 2);
    made_set(&made, header, 73, 4, 123456);
    made_set(&made, header, 85, 4, (uint64_t)-123456);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made_set(&made, header, 71, 2, (uint16_t)cases[i].scalar);
        const pstm_trace trace = read_one(&made, NULL, 2);
        ck_assert(trace.source_x_m == cases[i].expected_m);
        ck_assert(trace.receiver_y_m == -cases[i].expected_m);
    }
    const pstm_input_options feet = {.coordinate_scalar = 0.3048}, tenths = {.coordinate_scalar = -10};
    ck_assert(read_one(&made, &feet, 2).source_x_m == 123456 * 0.3048);
    ck_assert(read_one(&made, &tenths, 2).source_x_m == 12345.6);
    remove_made(&made);
}
END_TEST

START_TEST(absurd_coordinate_scalars_are_refused_naming_trace_byte_and_key)
{
    static const int16_t absurd[] = {2, -3, 70, 99, -1001, 20000, INT16_MIN, INT16_MAX};
    made_file made = make_file(&usual);
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        made_set(&made, made_trace(&made, 5), 71, 2, (uint16_t)absurd[i]);
        expect_bad_trace(&made, &defaults, "trace 6, byte 71");
        expect_bad_trace(&made, &defaults, "input.coordinate_scalar");
    }
    const pstm_input_options override = {.coordinate_scalar = 1};
    ck_assert(read_one(&made, &override, 5).source_x_m == 1500);
    made_set(&made, made_trace(&made, 5), 29, 2, 2);
    ck_assert_int_eq(read_one(&made, NULL, 5).fate, PSTM_TRACE_NOT_SEISMIC);
    remove_made(&made);
}
END_TEST

START_TEST(other_bytes_can_hold_the_fields)
{
    made_file made = make_file(&usual);
    unsigned char *header = made_trace(&made, 1);
    made_set(&made, header, 201, 4, 77001);
    made_set(&made, header, 205, 4, 77002);
    made_set(&made, header, 237, 4, 77003);
    made_set(&made, header, 219, 4, (uint64_t)-77004);
    made_set(&made, header, 225, 2, (uint64_t)-10);
    made_set(&made, header, 231, 2, 2);
    made_set(&made, header, 41, 2, 44);
    made_set(&made, header, 45, 2, 250);
    const pstm_input_options how = {.use_delay = true,
                                    .bytes = {.source_x = 201,
                                              .source_y = 205,
                                              .receiver_x = 237,
                                              .receiver_y = 219,
                                              .coordinate_scalar = 225,
                                              .n_samples = 41,
                                              .delay = 45}};
    const pstm_trace trace = read_one(&made, &how, 1);
    ck_assert(trace.source_x_m == 7700.1 && trace.source_y_m == 7700.2);
    ck_assert(trace.receiver_x_m == 7700.3 && trace.receiver_y_m == -7700.4);
    ck_assert_int_eq(trace.n_samples, 44);
    ck_assert_int_eq(trace.live_last, 43);
    ck_assert(trace.start_s == 0.25);
    const pstm_input_options other_id = {.bytes = {.trace_id = 231}};
    ck_assert_int_eq(read_one(&made, &other_id, 1).fate, PSTM_TRACE_NOT_SEISMIC);
    remove_made(&made);
}
END_TEST

START_TEST(only_codes_of_something_else_than_seismic_traces_are_left_out)
{
    for (int revision = 1; revision <= 2; revision++) {
        made_spec spec = usual;
        spec.revision = revision;
        made_file made = make_file(&spec);
        for (int id = -2; id <= 60; id++) {
            made_set(&made, made_trace(&made, 3), 29, 2, (uint64_t)id);
            bool seismic = id <= 1 || (id >= 11 && id <= 17) || id > 22;
            if (revision == 2 && id >= 23 && id <= 41) seismic = false;
            const int fate = read_one(&made, NULL, 3).fate;
            ck_assert_msg(fate == (seismic ? PSTM_TRACE_KEPT : PSTM_TRACE_NOT_SEISMIC),
                          "code %d of revision %d", id, revision);
        }
        remove_made(&made);
    }
}
END_TEST

START_TEST(angles_are_refused_unless_overridden)
{
    made_file made = make_file(&usual);
    unsigned char *header = made_trace(&made, 4);
    made_set(&made, header, 89, 2, 2); /* 1400 and 2000 can be arc seconds */
    expect_bad_trace(&made, &defaults, "trace 5, byte 89: unit code 2");
    expect_bad_trace(&made, &defaults, "input.coordinate_scalar");
    const pstm_input_options scalar = {.coordinate_scalar = 1}, bytes = {.bytes = {.source_x = 181}};
    ck_assert(read_one(&made, &scalar, 4).source_x_m == 1400);
    ck_assert(read_one(&made, &bytes, 4).receiver_x_m == 1540);
    made_set(&made, header, 89, 2, 3); /* and cannot be degrees */
    ck_assert(read_one(&made, NULL, 4).source_x_m == 1400);
    remove_made(&made);
}
END_TEST

START_TEST(a_unit_code_that_the_values_disprove_is_told_once_for_the_file)
{
    made_file made = make_file(&usual);
    for (int i = 0; i < 7; i++)
        made_set(&made, made_trace(&made, i), 89, 2, 3);
    /* This trace alone could be in degrees. */
    const int bytes[4] = {73, 77, 81, 85};
    for (int k = 0; k < 4; k++)
        made_set(&made, made_trace(&made, 3), bytes[k], 4, 20);
    pstm_segy *file = open_it(&made, NULL);
    pstm_trace traces[7];
    ck_assert_ptr_nonnull(find_doubt(file, "unit code 3"));
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 7, traces, NULL), PSTM_OK);
    ck_assert(traces[3].source_x_m == 20);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

START_TEST(times_follow_the_time_scalar_of_revisions_1_and_2)
{
    for (int revision = 0; revision <= 2; revision++) {
        made_spec spec = usual;
        spec.revision = revision;
        made_file made = make_file(&spec);
        unsigned char *header = made_trace(&made, 0);
        made_set(&made, header, 109, 2, 1234);
        made_set(&made, header, 111, 2, 100);
        made_set(&made, header, 113, 2, 206);
        made_set(&made, header, 215, 2, (uint64_t)-10);
        pstm_trace trace = read_one(&made, NULL, 0);
        ck_assert(trace.start_s == (revision == 0 ? 1.234 : 0.1234));
        ck_assert_int_eq(trace.mute_start_ms, revision == 0 ? 100 : 10);
        ck_assert_int_eq(trace.mute_end_ms, revision == 0 ? 206 : 21);
        made_set(&made, header, 215, 2, 1000);
        trace = read_one(&made, NULL, 0);
        ck_assert(trace.start_s == (revision == 0 ? 1.234 : 1234.0));
        ck_assert_int_eq(trace.mute_end_ms, revision == 0 ? 206 : INT16_MAX);
        made_set(&made, header, 215, 2, 77);
        if (revision > 0) expect_bad_trace(&made, &defaults, "trace 1, byte 215: time scalar 77");
        for (int byte = 109; byte <= 113; byte += 2)
            made_set(&made, header, byte, 2, 0);
        ck_assert(read_one(&made, NULL, 0).start_s == 0);
        remove_made(&made);
    }
}
END_TEST

START_TEST(a_trace_with_another_interval_is_refused_unless_overridden)
{
    made_file made = make_file(&usual);
    made_set(&made, made_trace(&made, 6), 117, 2, 4000);
    expect_bad_trace(&made, &defaults,
                     "trace 7, byte 117: sample interval 4000 us, but that of the file is 2000 us");
    const pstm_input_options how = {.sample_s = 0.002};
    ck_assert_int_eq(read_one(&made, &how, 6).fate, PSTM_TRACE_KEPT);
    made_set(&made, made_trace(&made, 6), 117, 2, 0);
    ck_assert_int_eq(read_one(&made, NULL, 6).fate, PSTM_TRACE_KEPT);
    remove_made(&made);
}
END_TEST

START_TEST(trace_counts_of_samples_never_pass_what_the_file_holds)
{
    static const struct {
        int in_header, expected;
    } cases[] = {{50, 50}, {49, 49}, {1, 1}, {0, 50}, {51, 50}, {1500, 50}, {65535, 50}};
    made_file made = make_file(&usual);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        made_set(&made, made_trace(&made, 3), 115, 2, (uint64_t)cases[i].in_header);
        const pstm_trace trace = read_one(&made, NULL, 3);
        ck_assert_int_eq(trace.n_samples, cases[i].expected);
        ck_assert_int_eq(trace.live_last, cases[i].expected - 1);
    }
    remove_made(&made);
}
END_TEST

static void set_extended_position(made_file *made, int i, double x_m)
{
    unsigned char *extension = made_trace(made, i) + 240;
    memcpy(extension + 232, "SEG00001", 8);
    for (int k = 0; k < 4; k++)
        made_set_double(made, extension, 97 + 8 * k, x_m + k);
}

START_TEST(double_coordinates_of_header_extension_1_stand_for_the_integers)
{
    for (int little = 0; little <= 1; little++) {
        made_spec spec = usual;
        spec.revision = 2;
        spec.n_extensions = 2;
        spec.little = little == 1;
        made_file made = make_file(&spec);
        set_extended_position(&made, 2, 606000.125);
        pstm_trace trace = read_one(&made, NULL, 2);
        ck_assert(trace.source_x_m == 606000.125 && trace.source_y_m == 606001.125);
        ck_assert(trace.receiver_x_m == 606002.125 && trace.receiver_y_m == 606003.125);
        ck_assert(read_one(&made, NULL, 1).source_x_m == 1100);
        made_set_double(&made, made_trace(&made, 2) + 240, 113, INFINITY);
        ck_assert_int_eq(read_one(&made, NULL, 2).fate, PSTM_TRACE_NO_POSITION);
        set_extended_position(&made, 2, 12.5);
        made_set(&made, made_trace(&made, 2), 89, 2, 3);
        expect_bad_trace(&made, &defaults, "trace 3, byte 89: unit code 3");
        const pstm_input_options scalar = {.coordinate_scalar = 1};
        ck_assert(read_one(&made, &scalar, 2).source_x_m == 1200);
        remove_made(&made);
    }
}
END_TEST

START_TEST(revision_2_1_has_the_survey_type_behind_the_count_of_extensions)
{
    made_spec spec = usual;
    spec.revision = 2;
    spec.n_extensions = 1;
    made_file made = make_file(&spec);
    made_set(&made, made.bytes, 3502, 1, 1);
    made_set(&made, made.bytes, 3507, 2, 1);
    made_set(&made, made.bytes, 3509, 2, 3);
    ck_assert(read_one(&made, NULL, 6).source_x_m == 1600);
    remove_made(&made);
}
END_TEST

START_TEST(pieces_of_any_size_read_the_same_headers)
{
    /* Short traces are read over, long ones skipped: both ways. */
    const int n_samples[2] = {50, 5000};
    for (int way = 0; way < 2; way++) {
        made_spec spec = usual;
        spec.n_samples = n_samples[way];
        spec.n_traces = 40;
        made_file made = make_file(&spec);
        pstm_segy *file = open_it(&made, NULL);
        pstm_trace all[40], pieces[40];
        pstm_segy_seen seen = {0}, again = {0};
        memset(all, 0, sizeof all);
        memset(pieces, 0, sizeof pieces);
        ck_assert_int_eq(pstm_segy_read_headers(file, 1, 0, 40, all, &seen), PSTM_OK);
        for (int i = 0; i < 40; i += 7)
            ck_assert_int_eq(pstm_segy_read_headers(file, 1, i, i + 7 > 40 ? 40 - i : 7, pieces + i, NULL),
                             PSTM_OK);
        ck_assert_mem_eq(all, pieces, sizeof all);
        ck_assert_int_eq(pstm_segy_read_headers(file, 2, 0, 40, all, &again), PSTM_OK);
        ck_assert_uint_eq(seen.digest, again.digest);
        ck_assert_int_eq(pstm_segy_read_headers(file, 1, 0, 0, NULL, &again), PSTM_OK);
        ck_assert_int_eq(pstm_segy_read_headers(file, 1, 39, 2, pieces, NULL), PSTM_DATA);
        ck_assert_int_eq(pstm_segy_read_headers(file, 1, -1, 2, pieces, NULL), PSTM_DATA);
        pstm_segy_close(&file);
        remove_made(&made);
    }
}
END_TEST

START_TEST(digests_see_each_header_byte_and_no_sample)
{
    made_file made = make_file(&usual);
    pstm_trace traces[7];
    pstm_segy_seen headers[4] = {{0}};
    uint64_t reels[4];
    for (int i = 0; i < 4; i++) {
        if (i == 1) made_samples(&made, 6)[3] ^= 1;
        if (i == 2) made_trace(&made, 6)[239] ^= 1;
        if (i == 3) made.bytes[100] ^= 1;
        pstm_segy *file = open_it(&made, NULL);
        ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, 7, traces, &headers[i]), PSTM_OK);
        ck_assert_int_eq(pstm_segy_digest(file, &reels[i]), PSTM_OK);
        pstm_segy_close(&file);
    }
    ck_assert_uint_eq(headers[0].digest, headers[1].digest);
    ck_assert_uint_ne(headers[1].digest, headers[2].digest);
    ck_assert_uint_eq(headers[2].digest, headers[3].digest);
    ck_assert_uint_eq(reels[0], reels[2]);
    ck_assert_uint_ne(reels[2], reels[3]);
    made.n -= made.trace_bytes;
    pstm_segy *file = open_it(&made, NULL);
    ck_assert_int_eq(pstm_segy_digest(file, &reels[0]), PSTM_OK);
    ck_assert_uint_ne(reels[0], reels[3]);
    pstm_segy_close(&file);
    remove_made(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("segy_headers");
    tcase_add_test(tests, all_fields_of_a_trace_are_filled);
    tcase_add_test(tests, coordinate_scalars_multiply_and_divide);
    tcase_add_test(tests, absurd_coordinate_scalars_are_refused_naming_trace_byte_and_key);
    tcase_add_test(tests, other_bytes_can_hold_the_fields);
    tcase_add_test(tests, only_codes_of_something_else_than_seismic_traces_are_left_out);
    tcase_add_test(tests, angles_are_refused_unless_overridden);
    tcase_add_test(tests, a_unit_code_that_the_values_disprove_is_told_once_for_the_file);
    tcase_add_test(tests, times_follow_the_time_scalar_of_revisions_1_and_2);
    tcase_add_test(tests, a_trace_with_another_interval_is_refused_unless_overridden);
    tcase_add_test(tests, trace_counts_of_samples_never_pass_what_the_file_holds);
    tcase_add_test(tests, double_coordinates_of_header_extension_1_stand_for_the_integers);
    tcase_add_test(tests, revision_2_1_has_the_survey_type_behind_the_count_of_extensions);
    tcase_add_test(tests, pieces_of_any_size_read_the_same_headers);
    tcase_add_test(tests, digests_see_each_header_byte_and_no_sample);
    Suite *suite = suite_create("segy_headers");
    suite_add_tcase(suite, tests);
    return suite;
}
