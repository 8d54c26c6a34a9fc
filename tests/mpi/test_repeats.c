/* Traces that are there more than once are counted and found, whatever ranks hold them. */
#include "mpi/comm/partition.h"
#include "mpi/survey/repeats.h"
#include "tests/check/mpi.h"

enum { N_TRACES = 5000 };

/* Identities that are all different and spread like hashes, of traces of two files. */
static void make(uint64_t *ids, pstm_trace *traces)
{
    for (int64_t i = 0; i < N_TRACES; i++) {
        ids[i] = (uint64_t)(i + 1) * UINT64_C(0x9E3779B97F4A7C15);
        traces[i] = (pstm_trace){.file = i >= 3000, .number = i >= 3000 ? i - 3000 : i};
    }
}

static pstm_repeats find(const uint64_t *ids, const pstm_trace *traces, int64_t n)
{
    const int64_t first = pstm_partition_first(n, rank, n_ranks),
                  next = pstm_partition_first(n, rank + 1, n_ranks);
    pstm_repeats repeats;
    ck_assert(everywhere(
        pstm_repeats_find(MPI_COMM_WORLD, ids + first, traces + first, next - first, &repeats) == PSTM_OK));
    return repeats;
}

START_TEST(different_traces_are_no_repeats)
{
    static uint64_t ids[N_TRACES];
    static pstm_trace traces[N_TRACES];
    make(ids, traces);
    ck_assert(everywhere(find(ids, traces, N_TRACES).n == 0));
    ck_assert(everywhere(find(ids, traces, 0).n == 0));
    for (int64_t i = 0; i < N_TRACES; i += 2)
        ids[i] = 0; /* do not count */
    ck_assert(everywhere(find(ids, traces, N_TRACES).n == 0));
}
END_TEST

START_TEST(each_repetition_counts_once_and_the_first_two_are_named)
{
    static uint64_t ids[N_TRACES];
    static pstm_trace traces[N_TRACES];
    make(ids, traces);
    ids[4999] = ids[4100] = ids[17];
    const pstm_repeats repeats = find(ids, traces, N_TRACES);
    ck_assert(everywhere(repeats.n == 2 && repeats.n_examples == 1));
    const pstm_repeat *r = &repeats.examples[0];
    ck_assert(everywhere(r->file[0] == 0 && r->number[0] == 17));
    ck_assert(everywhere(r->file[1] == 1 && r->number[1] == 1100));
}
END_TEST

START_TEST(a_copy_of_all_traces_is_found)
{
    static uint64_t ids[N_TRACES];
    static pstm_trace traces[N_TRACES];
    make(ids, traces);
    for (int64_t i = 0; i < N_TRACES / 2; i++)
        ids[N_TRACES / 2 + i] = ids[i];
    const pstm_repeats repeats = find(ids, traces, N_TRACES);
    ck_assert(everywhere(repeats.n == N_TRACES / 2 && repeats.n_examples == PSTM_REPEAT_EXAMPLES));
    for (int64_t i = 0; i < N_TRACES; i++)
        ids[i] = 42;
    ck_assert(everywhere(find(ids, traces, N_TRACES).n == N_TRACES - 1));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("repeats");
    TCase *tests = tcase_create("repeats");
    tcase_add_test(tests, different_traces_are_no_repeats);
    tcase_add_test(tests, each_repetition_counts_once_and_the_first_two_are_named);
    tcase_add_test(tests, a_copy_of_all_traces_is_found);
    suite_add_tcase(suite, tests);
    return suite;
}
