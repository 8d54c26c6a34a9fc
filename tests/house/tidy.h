/** @file tidy.h
 * What clang-tidy's analyzer is told, since it looks into no other file: a failure returns the status that it
 * was given, and nobody agrees on success after a failure of his own. tidy.py puts this file in front of each
 * source but those that define these functions; no program is built with it.
 */
#ifndef PSTM_TESTS_HOUSE_TIDY_H
#define PSTM_TESTS_HOUSE_TIDY_H

#include "core/status.h"

#define pstm_fail(status, ...) ((void)!(pstm_fail)(status, __VA_ARGS__), (status))
#define pstm_fail_errno(status, ...) ((void)!(pstm_fail_errno)(status, __VA_ARGS__), (status))
#define pstm_while(status, ...) ((void)!(pstm_while)(status, __VA_ARGS__), (status))

#ifdef PSTM_TIDY_IO
#include "io/h5.h"
#define pstm_h5_fail(...) ((void)!(pstm_h5_fail)(__VA_ARGS__), PSTM_SYSTEM)
#endif

#ifdef PSTM_TIDY_MPI
#include "mpi/comm/agree.h"
#define pstm_agree(comm, status)                                                                             \
    ({                                                                                                       \
        const pstm_status mine_ = (status), agreed_ = (pstm_agree)(comm, mine_);                             \
        mine_ == PSTM_OK ? agreed_ : mine_;                                                                  \
    })
#endif

#endif
