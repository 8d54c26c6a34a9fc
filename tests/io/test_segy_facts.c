/* What trace headers say besides the geometry; and geometry from CDP, offset and azimuth. */
#include <math.h>

#include "segy_made.h"
#include "tests/check/suite.h"

enum { N = 8 };

static const made_spec usual = {
    .revision = 1, .format = 5, .n_samples = 50, .interval_us = 2000, .n_traces = N};

static pstm_segy_seen read_made(const made_file *made, const pstm_input_options *how, pstm_trace *traces,
                                uint64_t *identities)
{
    pstm_segy_seen seen = {.facts = pstm_header_facts_none(), .identities = identities};
    pstm_segy *file = NULL;
    ck_assert_int_eq(open_made(made, how, &file), PSTM_OK);
    ck_assert_int_eq(pstm_segy_read_headers(file, 0, 0, N, traces, &seen), PSTM_OK);
    pstm_segy_close(&file);
    return seen;
}

static pstm_header_facts facts_of(const made_file *made, const pstm_input_options *how)
{
    pstm_trace traces[N];
    return read_made(made, how, traces, NULL).facts;
}

START_TEST(what_headers_change_is_counted)
{
    const pstm_input_options how = {.use_delay = true},
                             whole = {.use_delay = true, .trace_n_samples = PSTM_TRACE_COUNT_OFF};
    made_file made = make_file(&usual);
    made_set(&made, made_trace(&made, 1), 115, 2, 20);
    made_set(&made, made_trace(&made, 2), 113, 2, 30);
    made_set(&made, made_trace(&made, 3), 113, 2, 80);
    made_set(&made, made_trace(&made, 4), 109, 2, 7);
    made_set(&made, made_trace(&made, 5), 29, 2, 2); /* dead: nothing of it counts */
    made_set(&made, made_trace(&made, 5), 115, 2, 10);
    const pstm_header_facts f = facts_of(&made, &how);
    ck_assert_int_eq(f.n_traces, N - 1);
    ck_assert(f.n_short == 1 && f.least_samples == 20 && f.of_samples == 50);
    ck_assert(f.n_muted == 2 && f.n_mostly_muted == 1);
    ck_assert(f.n_delayed == 1 && f.least_delay_s == 0);
    ck_assert_double_eq_tol(f.most_delay_s, 0.007, 1e-12);
    ck_assert_int_eq(facts_of(&made, &whole).n_short, 0);
    remove_made(&made);
}
END_TEST

START_TEST(positions_are_compared_with_other_headers)
{
    const pstm_input_options how = {.use_delay = true};
    made_file made = make_file(&usual);
    for (int i = 0; i < N; i++) {
        unsigned char *header = made_trace(&made, i);
        const double distance = hypot(500 - 90 * i, 100);
        made_set(&made, header, 37, 4, (uint64_t)llrint(i < 3 ? distance : 5 * distance + 100));
        if (i < 5) made_set(&made, header, 181, 4, 1234);
        for (int byte = 73; byte < 89 && i == 7; byte += 4)
            made_set(&made, header, byte, 4, 0);
        if (i == 6) made_set(&made, header, 81, 4, 0);
        if (i == 6) made_set(&made, header, 85, 4, 0);
        made_set(&made, header, 71, 2, i % 2 == 0 ? 1 : (uint16_t)-10);
    }
    const pstm_header_facts f = facts_of(&made, &how);
    ck_assert(f.n_source_at_origin == 1 && f.n_receiver_at_origin == 2 && f.n_both_at_origin == 1);
    ck_assert(f.n_cdp == 5 && f.n_offset == N);
    ck_assert(f.n_of_scalar[0] == 3 && f.n_of_scalar[5] == 3);
    ck_assert(f.sources.min_x_m == 110 && f.sources.max_x_m == 1600);
    remove_made(&made);
}
END_TEST

START_TEST(cdp_offset_and_azimuth_give_both_ends)
{
    pstm_input_options how = {.geometry = PSTM_GEOMETRY_CDP_OFFSET, .offset_azimuth_deg = 90};
    pstm_trace traces[N];
    made_file made = make_file(&usual);
    for (int i = 0; i < N; i++) {
        made_set(&made, made_trace(&made, i), 181, 4, 50000);
        made_set(&made, made_trace(&made, i), 185, 4, 70000);
        made_set(&made, made_trace(&made, i), 71, 2, (uint16_t)-100);
        made_set(&made, made_trace(&made, i), 37, 4, i == 0 ? 400 : (uint64_t)-400);
        made_set(&made, made_trace(&made, i), 61, 2, 180);
    }
    read_made(&made, &how, traces, NULL);
    ck_assert(traces[0].source_x_m == 300 && traces[0].source_y_m == 700 && traces[0].receiver_x_m == 700);
    ck_assert(traces[1].source_x_m == 700 && traces[1].receiver_x_m == 300 && traces[1].receiver_y_m == 700);
    how.bytes.azimuth = 61;
    how.offset_scalar = -10;
    read_made(&made, &how, traces, NULL);
    ck_assert(traces[0].source_x_m == 500 && traces[0].source_y_m == 720 && traces[0].receiver_y_m == 680);
    remove_made(&made);
}
END_TEST

START_TEST(a_trace_is_told_by_source_receiver_and_record)
{
    const pstm_input_options how = {.use_delay = true};
    uint64_t ids[N];
    pstm_trace traces[N];
    made_file made = make_file(&usual);
    for (int i = 0; i < N; i++)
        for (int byte = 73; byte < 89; byte += 4)
            made_set(&made, made_trace(&made, i), byte, 4, (uint64_t)(i < 4 ? 7000 : 8000 + i));
    made_set(&made, made_trace(&made, 1), 9, 4, 5);
    made_set(&made, made_trace(&made, 2), 1, 4, 5);
    made_set(&made, made_trace(&made, 3), 29, 2, 2);
    read_made(&made, &how, traces, ids);
    ck_assert_uint_eq(ids[0], ids[2]);
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert_uint_eq(ids[3], 0);
    ck_assert_uint_ne(ids[4], ids[5]);
    remove_made(&made);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("segy_facts");
    TCase *tests = tcase_create("segy_facts");
    tcase_add_test(tests, what_headers_change_is_counted);
    tcase_add_test(tests, positions_are_compared_with_other_headers);
    tcase_add_test(tests, cdp_offset_and_azimuth_give_both_ends);
    tcase_add_test(tests, a_trace_is_told_by_source_receiver_and_record);
    suite_add_tcase(suite, tests);
    return suite;
}
