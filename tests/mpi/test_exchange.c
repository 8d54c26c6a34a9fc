/* Shares, and arrays between ranks: longer than a piece, of odd sizes, empty. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "mpi/comm/exchange.h"
#include "mpi/comm/partition.h"
#include "tests/check/mpi.h"

/* ---- shares ------------------------------------------------------------------------------------------ */

static const int64_t counts[] = {1, 2, 5, 255, 4096, 1000003, INT64_C(2147483648), INT64_C(1099511627783)};
static const int rank_counts[] = {1, 2, 3, 7, 4096};

static void check_shares(int64_t n, int ranks)
{
    ck_assert(pstm_partition_first(n, 0, ranks) == 0 && pstm_partition_first(n, ranks, ranks) == n);
    for (int r = 0; r < ranks; r++) {
        const int64_t first = pstm_partition_first(n, r, ranks), next = pstm_partition_first(n, r + 1, ranks);
        ck_assert(next - first == n / ranks || next - first == n / ranks + 1);
        if (first == next) continue;
        ck_assert_int_eq(pstm_partition_owner(n, first, ranks), r);
        ck_assert_int_eq(pstm_partition_owner(n, next - 1, ranks), r);
    }
}

START_TEST(shares_are_equal_and_each_thing_has_one_owner)
{
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < sizeof rank_counts / sizeof *rank_counts; k++)
            check_shares(counts[i], rank_counts[k]);
}
END_TEST

/* ---- arrays ------------------------------------------------------------------------------------------ */

enum { LONG = 10 * 1000 * 1000 + 3 /* bytes; several pieces */ };

START_TEST(bytes_of_rank_0_reach_every_rank)
{
    char *bytes = NULL;
    int right = PSTM_NEW(&bytes, LONG, "bytes") == PSTM_OK;
    for (int64_t i = 0; rank == 0 && i < LONG; i++)
        bytes[i] = (char)(i % 101);
    pstm_broadcast_bytes(MPI_COMM_WORLD, bytes, LONG);
    for (int64_t i = 0; i < LONG; i++)
        right &= bytes[i] == i % 101;
    PSTM_FREE(&bytes);
    ck_assert(everywhere(right));
}
END_TEST

/* An element tells from whom to whom it is, and its place; its size divides no piece. */
typedef struct element {
    int64_t from, to, place;
    char filling[48];
} element;

static void fill(element *elements, int64_t n, int64_t from, int64_t to)
{
    for (int64_t i = 0; i < n; i++)
        elements[i] = (element){.from = from, .to = to, .place = i, .filling = "filling"};
}

static int is_right(const element *elements, int64_t n, int64_t from, int64_t to)
{
    for (int64_t i = 0; i < n; i++)
        if (elements[i].from != from || elements[i].to != to || elements[i].place != i ||
            strcmp(elements[i].filling, "filling") != 0)
            return 0;
    return 1;
}

/* None from the second rank; from others more than a piece. */
static int64_t n_of(int r)
{
    return r == 1 ? 0 : 100000 + 7 * r;
}

START_TEST(the_elements_of_all_ranks_come_to_rank_0_in_order)
{
    int64_t total = 0;
    element *elements = NULL;
    for (int r = 0; r < n_ranks; r++)
        total += n_of(r);
    int right = PSTM_NEW(&elements, rank == 0 ? total : n_of(rank), "elements") == PSTM_OK;
    fill(elements, n_of(rank), rank, 0);
    pstm_gather_elements(MPI_COMM_WORLD, elements, n_of(rank), sizeof *elements);
    const element *next = elements;
    for (int r = 0; rank == 0 && r < n_ranks; r++) {
        right &= is_right(next, n_of(r), r, 0);
        next += n_of(r);
    }
    PSTM_FREE(&elements);
    ck_assert(everywhere(right));
}
END_TEST

/* Uneven, often nothing, sometimes several pieces. */
static int64_t n_between(int from, int to, int scale)
{
    return (from * 3 + to * 5) % 4 * (int64_t)scale;
}

static void check_exchange(int scale)
{
    int64_t first[65] = {0}, n_received = -1;
    element *sent = NULL, *at = NULL;
    void *received = NULL;
    for (int r = 0; r < n_ranks; r++)
        first[r + 1] = first[r] + n_between(rank, r, scale);
    int right = PSTM_NEW(&sent, first[n_ranks], "elements") == PSTM_OK;
    for (int r = 0; r < n_ranks; r++)
        fill(sent + first[r], n_between(rank, r, scale), rank, r);
    right &=
        pstm_exchange_elements(MPI_COMM_WORLD, sent, first, sizeof *sent, &received, &n_received) == PSTM_OK;
    at = received;
    for (int r = 0; r < n_ranks; r++) {
        right &= is_right(at, n_between(r, rank, scale), r, rank);
        at += n_between(r, rank, scale);
    }
    right &= at - (element *)received == n_received;
    PSTM_FREE(&sent);
    PSTM_FREE(&received);
    ck_assert(everywhere(right));
}

START_TEST(every_rank_gets_what_each_has_sent_to_it)
{
    check_exchange(0);
    check_exchange(1);
    check_exchange(70001);
}
END_TEST

START_TEST(ranks_that_have_nothing_need_no_array)
{
    const int64_t first[65] = {0};
    void *received = NULL;
    int64_t n_received = -1;
    int right = pstm_exchange_elements(MPI_COMM_WORLD, NULL, first, 8, &received, &n_received) == PSTM_OK;
    right &= received != NULL && n_received == 0;
    PSTM_FREE(&received);
    ck_assert(everywhere(right));
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("exchange");
    TCase *tests = tcase_create("exchange");
    tcase_add_test(tests, shares_are_equal_and_each_thing_has_one_owner);
    tcase_add_test(tests, bytes_of_rank_0_reach_every_rank);
    tcase_add_test(tests, the_elements_of_all_ranks_come_to_rank_0_in_order);
    tcase_add_test(tests, every_rank_gets_what_each_has_sent_to_it);
    tcase_add_test(tests, ranks_that_have_nothing_need_no_array);
    suite_add_tcase(suite, tests);
    return suite;
}
