/* What many ranks find in the headers is what one finds, to the bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mpi/comm/partition.h"
#include "mpi/survey/summary.h"
#include "tests/check/mpi.h"

enum { N_TRACES = 1001, LENGTH_M = 10000 };

/* Positions along a line at an odd angle, wandering to both sides by up to width_m / 2; some traces are no
 * seismic ones, and those are far away. */
static void make_line(pstm_trace *traces, double width_m)
{
    const double sin_a = sin(0.7), cos_a = cos(0.7);
    for (int64_t i = 0; i < N_TRACES; i++) {
        const double along = (double)(i * 7919 % N_TRACES) * LENGTH_M / (N_TRACES - 1);
        const double across = (i % 3 == 0 ? 0.5 : i % 3 == 1 ? -0.5 : 0) * width_m;
        traces[i] = (pstm_trace){.source_x_m = 5e5 + along * sin_a + across * cos_a,
                                 .source_y_m = 6e6 + along * cos_a - across * sin_a,
                                 .number = i,
                                 .n_samples = i % 2 == 0 ? 251 : 20};
        traces[i].receiver_x_m = traces[i].source_x_m;
        traces[i].receiver_y_m = traces[i].source_y_m;
        if (i % 11 != 0) continue;
        traces[i].fate = PSTM_TRACE_NOT_SEISMIC;
        traces[i].receiver_x_m = 1e9;
    }
}

static bool is_line(const pstm_trace *traces, int64_t n)
{
    const int64_t first = pstm_partition_first(n, rank, n_ranks),
                  next = pstm_partition_first(n, rank + 1, n_ranks);
    pstm_line line;
    return pstm_survey_is_line(MPI_COMM_WORLD, traces + first, next - first, &line);
}

START_TEST(a_line_may_wander_by_a_hundredth_of_its_length)
{
    pstm_trace traces[N_TRACES];
    make_line(traces, 0);
    ck_assert(everywhere(is_line(traces, N_TRACES)));
    make_line(traces, 0.009 * LENGTH_M);
    ck_assert(everywhere(is_line(traces, N_TRACES)));
    make_line(traces, 0.03 * LENGTH_M);
    ck_assert(everywhere(!is_line(traces, N_TRACES)));
}
END_TEST

/* The position that decides is on one rank only, whichever that is. */
START_TEST(one_receiver_off_the_line_is_found_on_any_rank)
{
    pstm_trace traces[N_TRACES];
    for (int64_t i = 1; i < N_TRACES; i += 71) {
        make_line(traces, 0);
        traces[i].fate = PSTM_TRACE_KEPT;
        traces[i].receiver_x_m = traces[i].source_x_m + 300 * cos(0.7);
        traces[i].receiver_y_m = traces[i].source_y_m - 300 * sin(0.7);
        ck_assert(everywhere(!is_line(traces, N_TRACES)));
    }
}
END_TEST

START_TEST(traces_without_position_do_not_count)
{
    pstm_trace traces[N_TRACES];
    make_line(traces, 0);
    for (int64_t i = 0; i < N_TRACES; i += 17) {
        traces[i].source_x_m = traces[i].receiver_y_m = NAN;
        traces[i].fate = PSTM_TRACE_NO_POSITION;
    }
    ck_assert(everywhere(is_line(traces, N_TRACES)));
}
END_TEST

START_TEST(a_single_point_and_no_trace_are_on_a_line)
{
    pstm_trace traces[5] = {{.source_x_m = 5, .receiver_x_m = 5}, {.fate = PSTM_TRACE_NOT_SEISMIC}};
    ck_assert(everywhere(is_line(traces, 0)));
    ck_assert(everywhere(is_line(traces, 1)));
    ck_assert(everywhere(is_line(traces, 2)));
    ck_assert(everywhere(is_line(traces + 1, 1)));
    ck_assert(everywhere(is_line(traces + 2, 3)));
}
END_TEST

START_TEST(the_facts_of_many_ranks_are_those_of_one)
{
    pstm_trace traces[N_TRACES];
    pstm_grid grid = {.origin_x_m = 5e5,
                      .origin_y_m = 6e6,
                      .n_inline = 100,
                      .n_crossline = 50,
                      .step_inline_m = 25,
                      .step_crossline_m = 25};
    const pstm_bins_options options = {.offset = {.first_m = 100, .step_m = 200, .n = 3}};
    const pstm_bins bins = pstm_bins_make(&options, &(pstm_range){0});
    pstm_survey_summary summary, whole;
    pstm_grid_prepare(&grid);
    make_line(traces, 50);
    for (int64_t i = 0; i < N_TRACES; i++)
        if (i % 11 != 0) traces[i].receiver_y_m += (double)(i % 9) * 100;
    const int64_t first = pstm_partition_first(N_TRACES, rank, n_ranks);
    const int64_t next = pstm_partition_first(N_TRACES, rank + 1, n_ranks);
    const pstm_extent extent = {.grid = &grid,
                                .bins = &bins,
                                .i_end = grid.n_inline,
                                .j_end = grid.n_crossline,
                                .last_s = 1,
                                .reach_m = 1000,
                                .aperture_tan = 2,
                                .most_m_s = 3000,
                                .fastest_m_s = 3000,
                                .slowest_m_s = 1500,
                                .sample_s = 0.004};
    pstm_doubts doubts = {0};
    pstm_survey_summary_find(traces, N_TRACES, &extent, &whole);
    pstm_survey_summary_find(traces + first, next - first, &extent, &summary);
    pstm_summary_over_ranks(MPI_COMM_WORLD, &summary);
    ck_assert(everywhere(memcmp(&summary, &whole, sizeof summary) == 0));
    ck_assert(summary.n_traces == N_TRACES && summary.n_usable == N_TRACES - N_TRACES / 11);
    ck_assert(summary.n_fate[PSTM_TRACE_NOT_SEISMIC] == N_TRACES / 11);
    ck_assert(summary.n_no_class > 0 && summary.n_reach > 0);
    ck_assert(summary.n_reach < summary.n_usable - summary.n_no_class);
    ck_assert(summary.n_recorded > 0 && summary.n_recorded < summary.n_reach);
    ck_assert(summary.coverage.parts[PSTM_ORIENTATION_GIVEN] != 0);
    ck_assert(pstm_survey_summary_judge(&summary, &extent, &doubts) == PSTM_OK);
    pstm_doubts_clear(&doubts);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("summary");
    TCase *tests = tcase_create("summary");
    tcase_add_test(tests, a_line_may_wander_by_a_hundredth_of_its_length);
    tcase_add_test(tests, one_receiver_off_the_line_is_found_on_any_rank);
    tcase_add_test(tests, traces_without_position_do_not_count);
    tcase_add_test(tests, a_single_point_and_no_trace_are_on_a_line);
    tcase_add_test(tests, the_facts_of_many_ranks_are_those_of_one);
    suite_add_tcase(suite, tests);
    return suite;
}
