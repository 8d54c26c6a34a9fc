/* Which traces have no coordinates, and what headers say against each other. */
#include <math.h>
#include <string.h>

#include "survey/header_facts.h"
#include "survey/header_judge.h"
#include "tests/check/suite.h"

enum { N = 100 };

static const pstm_input_options input = {.bytes = {.source_x = 73, .offset = 37}};

/* Shots from x = from_m on, 25 m apart, each with one receiver offset_m away. */
static void make_line(pstm_trace *traces, double from_m, double offset_m)
{
    for (int i = 0; i < N; i++)
        traces[i] = (pstm_trace){.source_x_m = from_m + 25 * i, .receiver_x_m = from_m + 25 * i + offset_m};
}

static void enlarge(pstm_box *box, double x_m, double y_m)
{
    const pstm_box point = {x_m, x_m, y_m, y_m};
    *box = pstm_box_unite(box, &point);
}

/* What the reader notes of positions. */
static pstm_header_facts facts_of(const pstm_trace *traces)
{
    pstm_header_facts facts = pstm_header_facts_none();
    for (int i = 0; i < N; i++) {
        const pstm_trace *t = &traces[i];
        const bool source = t->source_x_m == 0 && t->source_y_m == 0;
        const bool receiver = t->receiver_x_m == 0 && t->receiver_y_m == 0;
        facts.n_traces++;
        facts.n_source_at_origin += source;
        facts.n_receiver_at_origin += receiver;
        facts.n_both_at_origin += source && receiver;
        facts.n_zero_offset += !source && t->source_x_m == t->receiver_x_m;
        if (!source) enlarge(&facts.sources, t->source_x_m, t->source_y_m);
        if (!receiver) enlarge(&facts.receivers, t->receiver_x_m, t->receiver_y_m);
    }
    facts.least_record = 1;
    facts.most_record = N;
    return facts;
}

static int64_t n_dropped(pstm_trace *traces)
{
    const pstm_header_facts facts = facts_of(traces);
    return pstm_header_facts_drop(&facts, traces, N);
}

static void clear_source(pstm_trace *t)
{
    t->source_x_m = t->source_y_m = 0;
}

static void clear_both(pstm_trace *t)
{
    clear_source(t);
    t->receiver_x_m = t->receiver_y_m = 0;
}

START_TEST(traces_at_the_origin_far_from_all_others_are_dropped)
{
    pstm_trace traces[N];
    make_line(traces, 5000, 100);
    clear_both(&traces[3]);
    clear_source(&traces[7]);
    ck_assert_int_eq(n_dropped(traces), 2);
    ck_assert(traces[3].fate == PSTM_TRACE_NO_COORDINATES && traces[7].fate == PSTM_TRACE_NO_COORDINATES);
    ck_assert(traces[4].fate == PSTM_TRACE_KEPT);
    make_line(traces, 5000, 0);
    clear_both(&traces[3]);
    ck_assert_int_eq(n_dropped(traces), 1);
}
END_TEST

START_TEST(local_coordinates_may_begin_at_the_origin)
{
    pstm_trace traces[N];
    make_line(traces, 0, 0);
    ck_assert_int_eq(n_dropped(traces), 0);
    make_line(traces, 0, 100);
    ck_assert_int_eq(n_dropped(traces), 0);
    make_line(traces, -1000, 100);
    ck_assert_int_eq(n_dropped(traces), 0);
    clear_both(&traces[3]); /* there are others with an end there */
    ck_assert_int_eq(n_dropped(traces), 0);
}
END_TEST

START_TEST(no_offset_where_all_others_have_one_is_no_position)
{
    pstm_trace traces[N];
    make_line(traces, -1010, 100);
    ck_assert_int_eq(n_dropped(traces), 0);
    clear_both(&traces[3]);
    ck_assert_int_eq(n_dropped(traces), 1);
}
END_TEST

START_TEST(nothing_is_dropped_where_an_end_is_missing_in_most)
{
    pstm_trace traces[N];
    make_line(traces, 5000, 100);
    for (int i = 0; i < N; i++)
        clear_both(&traces[i]);
    ck_assert_int_eq(n_dropped(traces), 0);
    make_line(traces, 5000, 100);
    for (int i = 0; i < 60; i++)
        clear_source(&traces[i]);
    clear_both(&traces[99]);
    ck_assert_int_eq(n_dropped(traces), 1);
}
END_TEST

/* The kind of the first doubt, -1: none; *is_error of it. */
static int judge(const pstm_header_facts *facts, bool *is_error)
{
    const pstm_dropped_headers none = {.place = ""};
    pstm_doubts doubts = {0};
    ck_assert_int_eq(pstm_header_facts_judge(facts, &input, true, &none, "in.sgy", &doubts), PSTM_OK);
    const int kind = doubts.n > 0 ? (int)doubts.items[0].kind : -1;
    *is_error = doubts.n > 0 && doubts.items[0].is_error;
    pstm_doubts_clear(&doubts);
    return kind;
}

START_TEST(one_end_alone_is_doubted_where_headers_speak_against_it)
{
    pstm_trace traces[N];
    bool is_error;
    make_line(traces, 5000, 100);
    pstm_header_facts facts = facts_of(traces);
    ck_assert_int_eq(judge(&facts, &is_error), -1);
    for (int i = 0; i < N; i++)
        traces[i].source_x_m = 6000;
    facts = facts_of(traces);
    ck_assert_int_eq(judge(&facts, &is_error), PSTM_DOUBT_MISSING_POSITION);
    ck_assert(is_error);
    facts.most_record = 1; /* one shot */
    ck_assert_int_eq(judge(&facts, &is_error), -1);
    facts.n_offset = facts.n_offset_differs = N;
    ck_assert_int_eq(judge(&facts, &is_error), PSTM_DOUBT_MISSING_POSITION);
    facts.n_offset_differs = 0;
    facts.most_record = N;
    ck_assert_int_eq(judge(&facts, &is_error), -1);
}
END_TEST

START_TEST(changes_of_a_few_traces_are_warnings_of_many_errors)
{
    pstm_trace traces[N];
    bool is_error;
    make_line(traces, 5000, 100);
    pstm_header_facts facts = facts_of(traces);
    facts.n_short = 10;
    ck_assert(judge(&facts, &is_error) == PSTM_DOUBT_TRACE_N_SAMPLES && !is_error);
    facts.n_short = 11;
    ck_assert(judge(&facts, &is_error) == PSTM_DOUBT_TRACE_N_SAMPLES && is_error);
    facts.n_short = 0;
    facts.n_mostly_muted = 10;
    ck_assert_int_eq(judge(&facts, &is_error), -1);
    facts.n_mostly_muted = 50;
    ck_assert(judge(&facts, &is_error) == PSTM_DOUBT_HEADER_MUTE && !is_error);
    facts.n_mostly_muted = 51;
    ck_assert(judge(&facts, &is_error) == PSTM_DOUBT_HEADER_MUTE && is_error);
}
END_TEST

START_TEST(facts_add_up_in_any_order)
{
    pstm_trace traces[N];
    make_line(traces, 5000, 100);
    clear_both(&traces[3]);
    const pstm_header_facts a = facts_of(traces);
    make_line(traces, -700, 0);
    const pstm_header_facts b = facts_of(traces);
    pstm_header_facts ab = pstm_header_facts_none(), ba = pstm_header_facts_none();
    pstm_header_facts_add(&ab, &a);
    pstm_header_facts_add(&ab, &b);
    pstm_header_facts_add(&ba, &b);
    pstm_header_facts_add(&ba, &a);
    ck_assert_mem_eq(&ab, &ba, sizeof ab);
    ck_assert(ab.n_traces == 2 * N && ab.sources.min_x_m == -700);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("header_facts");
    TCase *tests = tcase_create("header_facts");
    tcase_add_test(tests, traces_at_the_origin_far_from_all_others_are_dropped);
    tcase_add_test(tests, local_coordinates_may_begin_at_the_origin);
    tcase_add_test(tests, no_offset_where_all_others_have_one_is_no_position);
    tcase_add_test(tests, nothing_is_dropped_where_an_end_is_missing_in_most);
    tcase_add_test(tests, one_end_alone_is_doubted_where_headers_speak_against_it);
    tcase_add_test(tests, changes_of_a_few_traces_are_warnings_of_many_errors);
    tcase_add_test(tests, facts_add_up_in_any_order);
    suite_add_tcase(suite, tests);
    return suite;
}
