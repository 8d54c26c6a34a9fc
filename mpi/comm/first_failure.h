/** @file first_failure.h
 * The first of the failures that the threads of a loop meet: which one is told does not depend on which
 * thread meets which when. First is what has the lowest place; what lies before a failure must still be done,
 * what lies behind it may be left out.
 */
#ifndef PSTM_MPI_COMM_FIRST_FAILURE_H
#define PSTM_MPI_COMM_FIRST_FAILURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

typedef struct pstm_first_failure {
    _Atomic int64_t place; /**< INT64_MAX: none so far */
    pstm_status status;
    char text[4096];
} pstm_first_failure;

/** None so far. Before the threads start. */
void pstm_first_failure_clear(pstm_first_failure *failure);

/** Whether something before `place` has failed. By any thread, at any time. */
bool pstm_first_failure_is_before(const pstm_first_failure *failure, int64_t place);

/** Keeps a status that is not PSTM_OK, with this thread's pstm_error_text(), unless one before it is kept. By
 * any thread, at any time. */
void pstm_first_failure_keep(pstm_first_failure *failure, int64_t place, pstm_status status);

/** PSTM_OK, or fails as the first one did. After the threads have ended. Local. */
PSTM_MUST_CHECK pstm_status pstm_first_failure_raise(const pstm_first_failure *failure);

#endif
