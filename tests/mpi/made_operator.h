/** @file made_operator.h
 * A tile operator made for tests of the worker, over the store of tests/io/store_fixture.h: it counts traces,
 * checks that all comes in turn, and fails or waits where it is told to. Bit i of an item's number names leaf
 * i. The result has the number of traces in fold[0].
 */
#ifndef PSTM_TESTS_MPI_MADE_OPERATOR_H
#define PSTM_TESTS_MPI_MADE_OPERATOR_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "mpi/farm/tile_operator.h"

enum { N_LOCATIONS = 4, FIXED_BYTES = 1000 /**< a location */ };

extern const pstm_tile_operator made_operator;

/** What it is to do. */
extern struct script {
    int fails_at_add; /**< counted from 1 over all items; 0: never */
    bool create_fails, start_fails, prepare_fails, finish_fails;
    bool start_waits; /**< until it is released */
    int add_waits;    /**< this add, counted likewise, until it is released */
    atomic_bool released;
} script;

/** What it has seen. */
extern struct seen {
    atomic_int n_prepared, n_begun, n_added, n_finished, n_started, n_stopped, n_destroyed;
    atomic_int n_prepared_in_work; /**< items that were prepared between begin and finish of another one */
    atomic_bool wrong;             /**< something came out of turn */
    pthread_t thread;              /**< that started it */
} seen;

#endif
