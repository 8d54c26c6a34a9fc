/** @file log.h
 * Lines to standard error for the person who runs the job. Rank 0 speaks; the other ranks are silent
 * unless what they say is a warning. All functions are Local and thread-safe.
 */
#ifndef PSTM_CORE_LOG_H
#define PSTM_CORE_LOG_H

#include "core/status.h"

/** Says which command (borrowed; "": none) and rank this process is (0 before the call), and whether notes
 * are wanted. */
void pstm_log_setup(const char *command, int rank, int quiet);

/** A line of information; only rank 0 prints it, and not when quiet. */
void pstm_note(const char *format, ...) PSTM_PRINTF(1, 2);

/** "pstm run: warning: ..." with the rank when it is not 0. */
void pstm_warn(const char *format, ...) PSTM_PRINTF(1, 2);

/** "pstm run: GRADE: ..." of what all ranks know: only rank 0 prints it. */
void pstm_tell(const char *grade, const char *format, ...) PSTM_PRINTF(2, 3);

#endif
