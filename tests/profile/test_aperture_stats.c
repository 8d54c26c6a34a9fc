#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "profile/aperture_stats.h"
#include "tests/check/suite.h"

enum { N_LOCATIONS = 37, N_TIMES = 50, K_BEGIN = 4, K_END = 41, N_TRACES = 100 };

static const pstm_grid grid = {.n_times = N_TIMES, .time_first_s = -0.02, .time_step_s = 0.004};
static uint32_t fold[N_LOCATIONS][N_TIMES];

static void fill_fold(void)
{
    srand(4);
    for (int i = 0; i < N_LOCATIONS; i++)
        for (int k = 0; k < N_TIMES; k++)
            fold[i][k] = (uint32_t)(rand() % 30);
}

static pstm_aperture_stats *make_stats(void)
{
    pstm_aperture_stats *stats = NULL;
    ck_assert_int_eq(pstm_aperture_stats_create(&grid, K_BEGIN, K_END, N_TRACES, &stats), PSTM_OK);
    return stats;
}

START_TEST(figures_equal_those_of_brute_force)
{
    fill_fold();
    pstm_aperture_stats *stats = make_stats();
    pstm_aperture_stats_add(stats, &fold[0][0], N_LOCATIONS, 1);
    const int k_first = 6; /* t0(5) = 0 does not count, though the window begins at 4 */
    int64_t total = 0, least = INT64_MAX, most = -1, n_points = 0;
    for (int k = k_first; k < K_END; k++) {
        int64_t sum = 0;
        for (int i = 0; i < N_LOCATIONS; i++) {
            const int64_t traces = (int64_t)fold[i][k];
            sum += traces;
            least = traces < least ? traces : least;
            most = traces > most ? traces : most;
            n_points++;
        }
        ck_assert_int_eq(stats->sum[k], sum);
        total += sum;
    }
    const pstm_aperture_summary summary = pstm_aperture_stats_summary(stats);
    ck_assert_int_eq(summary.n_points, n_points);
    ck_assert_int_eq(summary.n_contributions, total);
    ck_assert_int_eq(summary.least, least);
    ck_assert_int_eq(summary.most, most);
    ck_assert_double_eq(summary.mean, (double)total / (double)n_points);
    ck_assert_double_eq(summary.share, summary.mean / N_TRACES);
    ck_assert_int_eq(stats->sum[5], 0);
    ck_assert_int_eq(stats->sum[K_END], 0);
    pstm_aperture_stats_destroy(&stats);
}
END_TEST

START_TEST(tiles_in_any_order_on_any_rank_with_any_threads_give_the_same_bytes)
{
    fill_fold();
    pstm_aperture_stats *whole = make_stats(), *ranks[2] = {make_stats(), make_stats()};
    pstm_aperture_stats_add(whole, &fold[0][0], N_LOCATIONS, 3);
    for (int i = N_LOCATIONS - 1; i >= 0; i--)
        pstm_aperture_stats_add(ranks[i % 2], &fold[i][0], 1, 1);
    pstm_aperture_stats_merge(ranks[1], ranks[0]);
    ck_assert_int_eq(ranks[1]->n_locations, N_LOCATIONS);
    ck_assert_mem_eq(whole->values, ranks[1]->values, 3 * N_TIMES * sizeof(int64_t));
    pstm_aperture_stats_destroy(&whole);
    pstm_aperture_stats_destroy(&ranks[0]);
    pstm_aperture_stats_destroy(&ranks[1]);
}
END_TEST

START_TEST(nothing_added_gives_zeros_and_merging_it_changes_nothing)
{
    fill_fold();
    pstm_aperture_stats *empty = make_stats(), *some = make_stats();
    pstm_aperture_summary summary = pstm_aperture_stats_summary(empty);
    ck_assert_int_eq(summary.n_points, 0);
    ck_assert_int_eq(summary.least, 0);
    ck_assert_double_eq(summary.share, 0);
    pstm_aperture_stats_add(some, &fold[0][0], N_LOCATIONS, 1);
    const pstm_aperture_summary before = pstm_aperture_stats_summary(some);
    pstm_aperture_stats_merge(some, empty);
    summary = pstm_aperture_stats_summary(some);
    ck_assert_int_eq(summary.least, before.least);
    ck_assert_int_eq(summary.n_contributions, before.n_contributions);
    pstm_aperture_stats_add(NULL, &fold[0][0], N_LOCATIONS, 1);
    pstm_aperture_stats_destroy(&empty);
    pstm_aperture_stats_destroy(&some);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("aperture statistics");
    tcase_add_test(tests, figures_equal_those_of_brute_force);
    tcase_add_test(tests, tiles_in_any_order_on_any_rank_with_any_threads_give_the_same_bytes);
    tcase_add_test(tests, nothing_added_gives_zeros_and_merging_it_changes_nothing);
    Suite *suite = suite_create("aperture statistics");
    suite_add_tcase(suite, tests);
    return suite;
}
