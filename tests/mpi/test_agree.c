/* Collective agreement and the mailbox, on any number of ranks. */
#include <stdio.h>
#include <string.h>

#include "core/clock.h"
#include "core/memory.h"
#include "mpi/comm/agree.h"
#include "mpi/farm/mailbox.h"
#include "mpi/run/devices.h"
#include "tests/check/mpi.h"

START_TEST(agreement_without_a_failure_is_ok)
{
    ck_assert(everywhere(pstm_agree(MPI_COMM_WORLD, PSTM_OK) == PSTM_OK));
}
END_TEST

START_TEST(all_ranks_get_the_lowest_failing_ranks_error)
{
    const int lowest = n_ranks / 2;
    pstm_status status = PSTM_OK;
    if (rank >= lowest) status = pstm_fail(rank == lowest ? PSTM_DATA : PSTM_SYSTEM, "bad thing %d", rank);
    status = pstm_agree(MPI_COMM_WORLD, status);
    char expected[64];
    if (n_ranks == 1)
        snprintf(expected, sizeof expected, "bad thing 0");
    else
        snprintf(expected, sizeof expected, "rank %d: bad thing %d", lowest, lowest);
    ck_assert(everywhere(status == PSTM_DATA && strcmp(pstm_error_text(), expected) == 0));
}
END_TEST

enum { N_MESSAGES = 50 };

/* Every rank sends to every rank, itself too; each must get all in order. */
START_TEST(messages_arrive_once_and_in_order_from_each_rank)
{
    pstm_mailbox *box = NULL;
    int64_t next[64] = {0};
    int right = everywhere(pstm_mailbox_create(MPI_COMM_WORLD, &box) == PSTM_OK);
    for (int64_t i = 0; right && i < N_MESSAGES; i++) {
        const pstm_message sent = {.kind = PSTM_SAYS_ASKS,
                                   .worker = (int32_t)i % 5,
                                   .tile = i,
                                   .n_bytes = i % 3 ? (int64_t)sizeof i : 0,
                                   .payload = &i};
        for (int to = 0; to < n_ranks; to++)
            right &= pstm_mailbox_send(box, to, &sent) == PSTM_OK;
    }
    const double deadline_s = pstm_now_s() + 30;
    for (int64_t n_got = 0; right && n_got < (int64_t)N_MESSAGES * n_ranks && pstm_now_s() < deadline_s;) {
        pstm_message message;
        bool got;
        right &= pstm_mailbox_poll(box, &message, &got) == PSTM_OK;
        if (!got) continue;
        n_got++;
        const int64_t i = next[message.from]++;
        right &= message.tile == i && message.worker == i % 5 && message.n_bytes == (i % 3 ? 8 : 0);
        if (message.n_bytes == 8) right &= memcmp(message.payload, &i, 8) == 0;
        PSTM_FREE(&message.payload);
    }
    for (int from = 0; from < n_ranks; from++)
        right &= next[from] == N_MESSAGES;
    right = everywhere(right);
    pstm_mailbox_destroy(&box);
    ck_assert(right);
}
END_TEST

/* Far above what MPI sends without the receiver. */
enum { LONG_MESSAGE = 1 << 20 };

START_TEST(messages_that_nobody_takes_keep_nobody_from_ending)
{
    pstm_mailbox *box = NULL;
    char *bytes = NULL;
    int right = everywhere(pstm_mailbox_create(MPI_COMM_WORLD, &box) == PSTM_OK);
    right &= PSTM_NEW(&bytes, LONG_MESSAGE, "a message") == PSTM_OK;
    for (int to = 0; right && to < n_ranks; to++)
        right &= pstm_mailbox_send(box, to,
                                   &(pstm_message){.kind = PSTM_SAYS_WRITTEN,
                                                   .tile = to,
                                                   .n_bytes = LONG_MESSAGE,
                                                   .payload = bytes}) == PSTM_OK;
    PSTM_FREE(&bytes);
    pstm_mailbox_destroy(&box);
    ck_assert(everywhere(right));
}
END_TEST

/* Each of n_ranks takes its units of n_units, together all; each no more than needed. */
static void check_partition(int32_t n_units, int32_t ranks)
{
    int32_t users[PSTM_RANK_WORKERS] = {0}, units[PSTM_RANK_WORKERS];
    for (int32_t r = 0; r < ranks; r++) {
        const int32_t n = pstm_devices_partition(n_units, r, ranks, PSTM_RANK_WORKERS, units);
        ck_assert_int_ge(n, 1);
        ck_assert_int_le(n, (n_units + ranks - 1) / ranks);
        for (int32_t i = 0; i < n; i++)
            users[units[i]]++;
    }
    for (int32_t u = 0; u < n_units; u++) {
        ck_assert_int_ge(users[u], 1);
        ck_assert_int_le(users[u], (ranks + n_units - 1) / n_units);
    }
}

START_TEST(the_units_of_a_node_go_to_its_ranks_evenly)
{
    int32_t units[PSTM_RANK_WORKERS];
    for (int32_t n_units = 1; n_units <= 8; n_units++)
        for (int32_t ranks = 1; ranks <= 20; ranks++)
            check_partition(n_units, ranks);
    ck_assert_int_eq(pstm_devices_partition(0, 0, 1, PSTM_RANK_WORKERS, units), 0);
    ck_assert_int_eq(pstm_devices_partition(8, 0, 1, 3, units), 3);
}
END_TEST

Suite *pstm_test_suite(void)
{
    Suite *suite = suite_create("agree");
    TCase *tests = tcase_create("agree");
    tcase_add_test(tests, agreement_without_a_failure_is_ok);
    tcase_add_test(tests, all_ranks_get_the_lowest_failing_ranks_error);
    tcase_add_test(tests, messages_arrive_once_and_in_order_from_each_rank);
    tcase_add_test(tests, messages_that_nobody_takes_keep_nobody_from_ending);
    tcase_add_test(tests, the_units_of_a_node_go_to_its_ranks_evenly);
    suite_add_tcase(suite, tests);
    return suite;
}
