/* The lists of a launch (gpu/cuda_lists.h), without a GPU: every trace is in one range and one turn, in its
 * order, and turns of a class follow each other. */
#include <stdlib.h>

#include "gpu/cuda_lists.h"
#include "tests/check/suite.h"

enum { N = 3 * PSTM_CUDA_TURN + 100, CAPACITY = N + 7, CLASSES = 4 };

static pstm_cuda_trace traces[N];
static int32_t classes[N], places[CLASSES + 1];

/* Classes 0 and 3 have more traces than a turn, class 1 has 40, class 2 none; each trace knows its number. */
static void set_up(void)
{
    for (int32_t i = 0; i < N; i++) {
        classes[i] = i % 100 == 0 && i < 4000 ? 1 : i % 3 == 0 ? 0 : 3;
        traces[i] = (pstm_cuda_trace){.ends_m = {i, -i, 2.0 * i, 7}, .start = (float)i};
    }
}

static int32_t count(int32_t class_index)
{
    int32_t n = 0;
    for (int32_t i = 0; i < N; i++)
        n += classes[i] == class_index;
    return n;
}

/* A range lists traces of its class in their order, and boxes hold them. */
static void check_range(const pstm_cuda_batch *batch, const pstm_cuda_range *range, float *last)
{
    for (int32_t i = 0; i < range->n_traces; i++) {
        const pstm_cuda_trace *trace = &batch->traces[range->first_trace + i];
        const pstm_cuda_box *box = &batch->boxes[range->first_group + i / PSTM_CUDA_GROUP];
        ck_assert_int_eq(classes[(int32_t)trace->start], range->class_index);
        ck_assert(trace->start > *last);
        *last = trace->start;
        for (int end = 0; end < 4; end++)
            ck_assert(box->least_m[end] <= trace->ends_m[end] && trace->ends_m[end] <= box->most_m[end]);
    }
}

START_TEST(traces_are_in_one_range_and_one_turn_in_their_order)
{
    char *block = malloc(pstm_cuda_list_bytes(CAPACITY));
    pstm_cuda_batch batch = {0};
    float last[CLASSES] = {-1, -1, -1, -1};
    int32_t n_seen[CLASSES] = {0}, n_turns_of[CLASSES] = {0}, chain_of[CLASSES] = {0};
    pstm_cuda_lists_fill(&(pstm_cuda_arrivals){N, CLASSES, traces, classes}, places, block, CAPACITY, &batch);
    pstm_cuda_lists_find(block, CAPACITY, &batch);
    ck_assert_int_eq(batch.n_ranges, 3);
    for (int32_t r = 0; r < batch.n_ranges; r++) {
        float before = -1;
        ck_assert_int_eq(batch.ranges[r].n_traces, count(batch.ranges[r].class_index));
        check_range(&batch, &batch.ranges[r], &before);
    }
    for (int32_t t = 0; t < batch.n_turns; t++) {
        const pstm_cuda_turn *turn = &batch.turns[t];
        const int32_t c = turn->range.class_index;
        ck_assert_int_le(turn->range.n_traces, PSTM_CUDA_TURN);
        ck_assert_int_eq(turn->before, n_turns_of[c]++);
        if (turn->before > 0) ck_assert_int_eq(turn->chain, chain_of[c]);
        chain_of[c] = turn->chain;
        n_seen[c] += turn->range.n_traces;
        check_range(&batch, &turn->range, &last[c]);
    }
    for (int32_t c = 0; c < CLASSES; c++)
        ck_assert_int_eq(n_seen[c], count(c));
    ck_assert_int_eq(chain_of[1], -1);
    ck_assert_int_ne(chain_of[0], chain_of[3]);
    ck_assert(chain_of[0] >= 0 && chain_of[0] < CAPACITY / PSTM_CUDA_TURN);
    ck_assert(chain_of[3] >= 0 && chain_of[3] < CAPACITY / PSTM_CUDA_TURN);
    free(block);
}
END_TEST

Suite *pstm_test_suite(void)
{
    TCase *tests = tcase_create("lists");
    tcase_add_unchecked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, traces_are_in_one_range_and_one_turn_in_their_order);
    Suite *suite = suite_create("cuda lists");
    suite_add_tcase(suite, tests);
    return suite;
}
